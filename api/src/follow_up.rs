//! Follow-ups 回访 (C10, D0–D2): opened by themselves on resolution, held, inspected, signed.

pub mod coverage;
pub mod graphql;
pub mod input;
pub mod low_rating;
pub mod mutation;
pub mod parts;
pub mod reading;
pub mod service;
