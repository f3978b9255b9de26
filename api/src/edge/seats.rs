//! Counts open sockets and streams: in all, and for one caller.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::allowance::Spender;
use super::limits::SocketLimits;

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

    /// Takes one for somebody who has not yet said who they are; none when all are taken.
    #[must_use]
    pub fn take(self: &Arc<Self>) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
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
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let held = taken.by.entry(to).or_default();
        if *held >= self.seats.most_for_one {
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
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
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
    use uuid::Uuid;

    use super::*;

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
