//! Organizations, sites, units, people, departments, teams and categories: what cases refer to.

pub mod admin;
pub mod graphql;
pub mod query;
