//! Wakes those who wait for events. It carries no content: whoever wakes reads the log under their own scope.
//!
//! What this process has written wakes its own streams at once, and those of other replicas by the wire; what others have
//! written comes in by [`super::watching`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use crate::app::wire::{Topic, Wire};

/// The newest known position of each organization's log.
#[derive(Default)]
pub struct Bus {
    streams: Mutex<HashMap<Uuid, watch::Sender<i64>>>,
    wire: Wire,
    /// How often anything was written, wherever.
    anything: watch::Sender<u64>,
}

impl Bus {
    /// A bus that reaches other replicas by a wire.
    #[must_use]
    pub fn over(wire: Wire) -> Self {
        Self { wire, ..Self::default() }
    }

    /// Says that an organization's log has reached a position: this process has committed it.
    pub fn wake(&self, organization: Uuid, position: i64) {
        self.heard(organization, position);
        self.wire.say(Topic::Log, &organization);
    }

    /// The same of a position that was found in the database, wherever it was written.
    pub fn heard(&self, organization: Uuid, position: i64) {
        self.anything.send_modify(|times| *times = times.wrapping_add(1));
        if let Some(stream) = self.streams().get(&organization) {
            stream.send_if_modified(|newest| {
                let newer = position > *newest;
                *newest = (*newest).max(position);
                newer
            });
        }
    }

    /// Wakes an organization's streams although nothing has happened in its log: somebody's session has ended, and each
    /// stream looks whether it still has a viewer.
    pub fn look_again(&self, organization: Uuid) {
        self.look_again_here(organization);
        self.wire.say(Topic::Access, &organization);
    }

    /// The same where another replica has said so.
    pub fn look_again_here(&self, organization: Uuid) {
        if let Some(stream) = self.streams().get(&organization) {
            stream.send_modify(|_| {});
        }
    }

    /// Wakes them after an act, which has told something or has changed something else.
    pub fn woken_by_act(&self, organization: Uuid, told: Option<i64>) {
        match told {
            Some(position) => self.wake(organization, position),
            None => self.look_again(organization),
        }
    }

    /// Waits for an organization's log from now on.
    pub fn listen(&self, organization: Uuid) -> watch::Receiver<i64> {
        self.streams().entry(organization).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Whether somebody waits for an organization's log.
    pub fn is_listened(&self, organization: Uuid) -> bool {
        self.streams().get(&organization).is_some_and(|stream| stream.receiver_count() > 0)
    }

    /// Waits for anything that is written from now on, in any organization's log.
    pub fn listen_to_all(&self) -> watch::Receiver<u64> {
        self.anything.subscribe()
    }

    /// The organizations somebody waits for; streams that nobody waits for are forgotten.
    pub fn listened(&self) -> Vec<Uuid> {
        let mut streams = self.streams();
        streams.retain(|_, stream| stream.receiver_count() > 0);
        streams.keys().copied().collect()
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<Uuid, watch::Sender<i64>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
