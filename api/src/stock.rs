//! Materials 材料: what a team has in stock, and every movement of it. The count of a material is the sum of its movements;
//! both are written in one act, under the lock of the material's row, so that it is never below nothing.

pub mod changes;
pub mod consumption;
pub mod graphql;
pub mod mutation;
pub mod service;
