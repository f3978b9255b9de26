//! The world in which tests play: an app over a database of its own, a small town of people, and a way to ask.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on says where by panicking"
)]

pub mod ask;
pub mod crowd;
pub mod database;
pub mod door;
pub mod drawing;
pub mod edge;
pub mod load;
pub mod measure;
pub mod outside;
pub mod recount;
pub mod replicas;
pub mod reports;
pub mod seed;
pub mod server;
pub mod socket;
pub mod town;
pub mod world;

pub use world::World;
