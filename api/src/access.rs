//! Who asks, what a role may do, and what a viewer may see.

pub mod graphql;
pub mod guard;
pub mod guesses;
pub mod password;
pub mod scope;
pub mod service;
pub mod token;
pub mod viewer;
