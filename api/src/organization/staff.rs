//! Who works here: accounts, the roles that they hold from one day to another, and who takes over when they leave (A0).

pub mod account;
pub mod input;
pub mod leave;
pub mod mutation;
pub mod role;
pub mod sweep;
