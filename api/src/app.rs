//! All that a service is given: database, clock, ids and dice, bus, settings. Nothing else is global.

pub mod act;
pub mod answered;
pub mod apart;
pub mod batch;
pub mod clock;
pub mod database;
pub mod decimal;
pub mod dice;
pub mod error;
pub mod evidence;
pub mod files;
pub mod happening;
pub mod language;
pub mod lease;
pub mod link;
pub mod loader;
pub mod metrics;
pub mod notes;
pub mod page;
pub mod period;
mod process;
pub mod public_id;
mod recall;
pub mod request;
pub mod set_up;
pub mod sms;
pub mod validate;
pub mod vault;
pub mod wire;
pub mod witness;

use std::sync::Arc;

use domain::session::SecondFactorPolicy;
use sea_orm::DatabaseConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::access::guesses::Unwritten;
use crate::access::known::Known;
use crate::access::password::Passwords;
use crate::access::token::TokenKeys;
use crate::event::bus::Bus;
use crate::event::hub::Hub;
use clock::Clock;
use dice::Dice;
use error::Error;
use files::Files;
use lease::Leases;
use metrics::Metrics;
use set_up::SetUps;
use sms::Sms;
use vault::Vault;
use wire::Wire;

/// All that a service is given. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Whole>);

struct Whole {
    parts: Parts,
    hub: Hub,
    known: Known,
    unwritten: Unwritten,
    set_ups: SetUps,
}

/// The parts of an [`App`].
pub struct Parts {
    /// The database.
    pub db: DatabaseConnection,
    /// Whose turn it is to write, where the database has one writer at a time (SQLite).
    pub writer: Option<Arc<Semaphore>>,
    /// What time it is.
    pub clock: Clock,
    /// Ids and random numbers.
    pub dice: Dice,
    /// Wakes those who wait for events.
    pub bus: Bus,
    /// What replicas tell each other.
    pub wire: Wire,
    /// Signs and checks access tokens.
    pub tokens: TokenKeys,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Which jobs are this process's to do.
    pub leases: Leases,
    /// Figures about this process.
    pub metrics: Metrics,
    /// Seals and hashes under the server's secret.
    pub vault: Vault,
    /// Sends text messages.
    pub sms: Sms,
    /// Keeps photos and papers.
    pub files: Files,
    /// Whether roles that call for a second factor must have one.
    pub second_factor: SecondFactorPolicy,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Whole {
            parts,
            hub: Hub::default(),
            known: Known::default(),
            unwritten: Unwritten::default(),
            set_ups: SetUps::default(),
        }))
    }

    /// Brings what happens to those of this process who follow it.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Who asked this process lately.
    #[must_use]
    pub fn known(&self) -> &Known {
        &self.0.known
    }

    /// What the sites work by that this process had to do with lately.
    #[must_use]
    pub fn set_ups(&self) -> &SetUps {
        &self.0.set_ups
    }

    /// What whoever stays unknown has tried at this process (D7).
    #[must_use]
    pub fn unwritten(&self) -> &Unwritten {
        &self.0.unwritten
    }

    /// Counts and logs a panic that was caught, and makes an error of it. What it said stays out of the log, as it may
    /// hold anything; where it happened is logged by the hook of the command line.
    #[must_use]
    pub fn panicked(&self) -> Error {
        self.metrics.panics.inc();
        Error::from("a panic; the line before says where".to_owned())
    }

    /// Waits for the turn to write, where the database has one writer at a time.
    ///
    /// # Errors
    /// When the queue is gone, with the server.
    pub async fn writing_turn(&self) -> error::Result<Option<OwnedSemaphorePermit>> {
        match &self.writer {
            Some(queue) => Ok(Some(queue.clone().acquire_owned().await.map_err(|error| error.to_string())?)),
            None => Ok(None),
        }
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
