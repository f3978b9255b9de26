//! Organizations, sites, units, people, departments, teams and categories: what cases refer to, and how it is set up.

pub mod admin;
pub mod card;
pub mod graphql;
pub mod import;

pub mod people;
pub mod query;
pub mod resident;
pub mod setup;
pub mod staff;
