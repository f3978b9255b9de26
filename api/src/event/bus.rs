//! Wakes those who wait for events. It carries no content: whoever wakes reads the log under their own scope.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

/// The newest known position of each organization's log.
#[derive(Default)]
pub struct Bus {
    streams: Mutex<HashMap<Uuid, watch::Sender<i64>>>,
    /// How often anything was written, wherever.
    anything: watch::Sender<u64>,
}

impl Bus {
    /// Says that an organization's log has reached a position.
    pub fn wake(&self, organization: Uuid, position: i64) {
        self.anything.send_modify(|times| *times = times.wrapping_add(1));
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stream) = streams.get(&organization) {
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
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stream) = streams.get(&organization) {
            stream.send_modify(|_| {});
        }
    }

    /// Waits for an organization's log from now on.
    pub fn listen(&self, organization: Uuid) -> watch::Receiver<i64> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.entry(organization).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Waits for anything that is written from now on, in any organization's log.
    pub fn listen_to_all(&self) -> watch::Receiver<u64> {
        self.anything.subscribe()
    }

    /// The organizations somebody waits for; streams that nobody waits for are forgotten.
    pub fn listened(&self) -> Vec<Uuid> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.retain(|_, stream| stream.receiver_count() > 0);
        streams.keys().copied().collect()
    }
}
