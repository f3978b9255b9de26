//! The audit trail: who did what to accounts, rights and the set-up. What happened to a case is in its own log.

pub mod graphql;
pub mod trail;
