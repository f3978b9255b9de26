//! The hotline (B2), answered for 24 hours: calls that lead to no case are kept as well (`service.rs`), a caller is found among
//! the residents by the number (`caller.rs`), and employees see who is on duty (`duty.rs`). Calls that lead to a case are
//! registered with it (E3.5, E7.2).

pub mod caller;
pub mod duty;
pub mod graphql;
pub mod mutation;
pub mod service;
