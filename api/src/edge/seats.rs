//! Counts open sockets and streams: in all for this process, whose descriptors end; for one caller at all replicas that hear
//! each other ([`super::sharing`]). Who holds fewer than [`NOTABLE`] at a replica is not told of; so a caller holds at most
//! that many more at each of the others, besides what they open there at once, within the time of one telling.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::allowance::Spender;
use super::limits::SocketLimits;

/// How many seats of one caller are worth telling.
const NOTABLE: usize = 5;
/// Of how many callers is told at most, those with the most seats first.
const TOLD: usize = 1000;
/// How long what a replica has told holds.
const HOLDS: Duration = Duration::from_secs(5);

/// Who holds how many open sockets and streams.
pub struct Seats {
    most: usize,
    most_for_one: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by: HashMap<Spender, usize>,
    /// What each of the other replicas has told, and when.
    elsewhere: HashMap<Uuid, (Instant, HashMap<Spender, usize>)>,
}

impl Taken {
    fn elsewhere(&self, who: Spender) -> usize {
        let told = self.elsewhere.values().filter(|(when, _)| when.elapsed() < HOLDS);
        told.filter_map(|(_, seats)| seats.get(&who)).sum()
    }
}

/// One open socket or stream; given back when it is dropped.
pub struct Seat {
    seats: Arc<Seats>,
    of: Option<Spender>,
}

impl Seats {
    /// Nobody holds any.
    #[must_use]
    pub fn new(limits: &SocketLimits) -> Arc<Self> {
        Arc::new(Self { most: limits.open, most_for_one: limits.open_for_one, taken: Mutex::default() })
    }

    /// What other replicas are to be told: who holds many here.
    #[must_use]
    pub fn to_tell(&self) -> Vec<(Spender, usize)> {
        let taken = self.taken();
        let mut many: Vec<_> =
            taken.by.iter().map(|(who, held)| (*who, *held)).filter(|(_, held)| *held >= NOTABLE).collect();
        drop(taken);
        many.sort_unstable_by_key(|(_, held)| std::cmp::Reverse(*held));
        many.truncate(TOLD);
        many
    }

    /// Another replica has told who holds many there.
    pub fn told(&self, replica: Uuid, seats: Vec<(Spender, usize)>) {
        let mut taken = self.taken();
        taken.elsewhere.retain(|_, (when, _)| when.elapsed() < HOLDS);
        taken.elsewhere.insert(replica, (Instant::now(), seats.into_iter().collect()));
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one for somebody who has not yet said who they are; none when all are taken.
    #[must_use]
    pub fn take(self: &Arc<Self>) -> Option<Seat> {
        let mut taken = self.taken();
        if taken.all >= self.most {
            return None;
        }
        taken.all += 1;
        Some(Seat { seats: self.clone(), of: None })
    }
}

impl Seat {
    /// Gives it to whoever holds it from now on; false when they hold as many as one may.
    #[must_use]
    pub fn give(&mut self, to: Spender) -> bool {
        let mut taken = self.seats.taken();
        let elsewhere = taken.elsewhere(to);
        let held = taken.by.entry(to).or_default();
        if *held + elsewhere >= self.seats.most_for_one {
            return false;
        }
        *held += 1;
        drop(taken);
        self.of = Some(to);
        true
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        taken.all -= 1;
        if let Some(of) = self.of
            && let Some(held) = taken.by.get_mut(&of)
        {
            *held -= 1;
            if *held == 0 {
                taken.by.remove(&of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_at_another_replica_count_until_it_is_silent() {
        let seats = Seats::new(&SocketLimits { open: 100, open_for_one: 10, ..SocketLimits::default() });
        let (me, other) = (Spender::Known(Uuid::from_u128(1)), Spender::Known(Uuid::from_u128(2)));
        let there = Uuid::from_u128(3);
        seats.told(there, vec![(me, 5)]);
        let mut held: Vec<Seat> = std::iter::repeat_with(|| seats.take().unwrap()).take(5).collect();
        assert!(held.iter_mut().all(|seat| seat.give(me)));
        assert_eq!(seats.to_tell(), [(me, 5)]);
        assert!(!seats.take().unwrap().give(me), "five here and five there");
        assert!(seats.take().unwrap().give(other));
        seats.told(there, Vec::new());
        assert!(seats.take().unwrap().give(me));
        assert!(seats.to_tell().iter().all(|(who, _)| *who == me), "whoever holds few is not told of");
    }

    #[test]
    fn seats_end_for_one_and_for_all_and_come_back() {
        let seats = Seats::new(&SocketLimits { open: 3, open_for_one: 1, ..SocketLimits::default() });
        let (me, you) = (Spender::Known(Uuid::from_u128(1)), Spender::Known(Uuid::from_u128(2)));
        let mut first = seats.take().unwrap();
        let mut second = seats.take().unwrap();
        assert!(first.give(me));
        assert!(!second.give(me));
        assert!(second.give(you));
        let third = seats.take().unwrap();
        assert!(seats.take().is_none());
        drop((first, third));
        assert!(seats.take().unwrap().give(me));
    }
}
