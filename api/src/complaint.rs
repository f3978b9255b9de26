//! Complaints, repairs and paid services (E1, E2): intake, routing, decision, ordinary life, end.

pub mod actions;
pub mod asked;
pub mod case;
pub mod contact;
pub mod details;
pub mod graphql;
pub mod input;
pub mod intake;
pub mod mutation;
pub mod numbers;
pub mod owner;
pub mod parts;
pub mod passing_on;
pub mod query;
pub mod reading;
pub mod receipt;
pub mod service;
pub mod told;
pub mod within;
