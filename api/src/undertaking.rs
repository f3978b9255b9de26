//! What somebody has undertaken for a case, to a date: promises to the customer (C6, C9), tasks of other departments (C4),
//! questions to outside parties (E4.4), actions against causes (C11).

pub mod figures;
pub mod graphql;
pub mod input;
pub mod mutation;
pub mod party;
pub mod service;
