//! Ids and random numbers, injected so that a seed repeats a run.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

/// Dice: from the system, or from a seed.
pub struct Dice(Mutex<StdRng>);

impl Dice {
    /// Dice that nobody can foresee: a cryptographic generator seeded by the system.
    #[must_use]
    pub fn system() -> Self {
        Self(Mutex::new(rand::make_rng()))
    }

    /// Dice that repeat.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// Random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A new id (version 7), which sorts by time.
    #[must_use]
    pub fn id(&self, now: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

/// When an id was made: it begins with its milliseconds.
#[must_use]
pub fn made_at(id: Uuid) -> DateTime<Utc> {
    let millis = i64::try_from(id.as_u128() >> 80).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// The least id of a moment's millisecond.
#[must_use]
pub fn first_id(moment: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(moment.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}
