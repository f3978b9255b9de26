//! Repeated matters (C4, D6): an earlier report of the same unit or customer is found when a case is filed, shown to whoever
//! files it, linked, and told up; staff link and unlink with a reason.
//!
//! An anonymous case is compared with nothing and nothing with it (D7). A case about an employee is of the same matter as
//! one about the same employee only, so that nobody learns of a complaint about themself by what is linked to it (C11).

pub mod graphql;
pub mod query;
pub mod service;
