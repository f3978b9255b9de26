//! Forms: what a case is asked for when it comes in, as data that an app draws a form from. What every case has and what a
//! site asks for besides (`service.rs`, kept as `stored.rs` has it) are one description, by which intake is checked.

pub mod graphql;
pub mod mutation;
pub mod service;
pub mod stored;
