//! All that a service is given: database, clock, ids and dice, bus, settings. Nothing else is global.

pub mod act;
pub mod clock;
pub mod database;
pub mod dice;
pub mod error;
pub mod language;
pub mod loader;
pub mod metrics;
pub mod notes;
pub mod page;
mod process;
pub mod public_id;
pub mod request;
pub mod validate;

use std::sync::Arc;

use sea_orm::DatabaseConnection;

use crate::access::password::Passwords;
use crate::access::token::TokenKeys;
use crate::event::bus::Bus;
use clock::Clock;
use dice::Dice;
use error::Error;
use metrics::Metrics;

/// All that a service is given. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// The database.
    pub db: DatabaseConnection,
    /// Whose turn it is to write, where the database has one writer at a time (SQLite).
    pub writer: Option<Arc<tokio::sync::Semaphore>>,
    /// What time it is.
    pub clock: Clock,
    /// Ids and random numbers.
    pub dice: Dice,
    /// Wakes those who wait for events.
    pub bus: Bus,
    /// Signs and checks access tokens.
    pub tokens: TokenKeys,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Slows those who guess at receipt codes or passwords.
    pub guesses: crate::access::guesses::Guesses,
    /// Figures about this process.
    pub metrics: Metrics,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Counts and logs a panic that was caught, and makes an error of it. What it said stays out of the log, as it may
    /// hold anything; where it happened is logged by the hook of the command line.
    #[must_use]
    pub fn panicked(&self) -> Error {
        self.metrics.panics.inc();
        Error::from("a panic; the line before says where".to_owned())
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
