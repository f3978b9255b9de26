//! Quotes 报价 (C6, E4.2.1): made from the price list in force, approved by the head where they must be, answered by the
//! customer, and bound to what the customer saw by a hash.

pub mod expiry;
pub mod facts;
pub mod graphql;
pub mod mutation;
pub mod service;
