//! What paid work costs 有偿服务收费标准 (E4.2.1): a price list per site in versions that never change, read by everybody,
//! and what holds for quotes at the site (C6).

pub mod graphql;
pub mod item;
pub mod mutation;
pub mod policy;
pub mod service;
