//! Work orders 维修单 (E4.2.1A–C): from issue to both copies, with the signature that ends the work.

pub mod board;
pub mod graphql;
pub mod mutation;
pub mod service;
pub mod suggestion;
