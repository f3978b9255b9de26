//! Clocks 时限: moved by what happens to their case (`drive.rs`) and by their calendar (`moving.rs`), found when they are
//! due (`sweep.rs`), and shown.

pub mod drive;
pub mod explained;
pub mod graphql;
pub mod matter;
pub mod moving;
mod running;
pub mod sweep;
pub mod told;
