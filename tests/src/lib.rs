//! The world in which tests play: an app over a database of its own, a small town of people, and a way to ask.

pub mod ask;
pub mod database;
pub mod drawing;
pub mod town;
pub mod world;

pub use world::World;
