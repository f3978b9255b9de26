//! Clocks 时限: moved by what happens to their case (`drive.rs`), found when they are due (`sweep.rs`), and shown.

pub mod drive;
pub mod graphql;
mod running;
pub mod sweep;
