//! Follow-ups 回访 (C10, D0–D2): opened by themselves on resolution, held, inspected, signed.

pub mod graphql;
pub mod low_rating;
pub mod service;
