//! What was found: visits on site with a finding for every matter (A5, C3), the cause and who is liable (A4, C4).

pub mod graphql;
pub mod service;
