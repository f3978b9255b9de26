//! One tick for all connections: asks clients whether they are there, in turns so that not all are asked at once, and ends
//! the connections whose token has ended, whose client is silent, and all of them when the server stops.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::Edge;
use super::mailbox::{Cut, ENDED, Mailbox, RESTART};
use super::server::stopped;

/// In how many turns clients are asked.
const TURNS: usize = 20;
/// The shortest time between two turns.
const SHORTEST: Duration = Duration::from_millis(1);

/// All connections that are open.
pub struct Pulse {
    began: Instant,
    mailboxes: Mutex<Vec<Weak<Mailbox>>>,
}

impl Pulse {
    /// None are open.
    pub fn new() -> Self {
        Self { began: Instant::now(), mailboxes: Mutex::default() }
    }

    /// What time it is for the pulse, in milliseconds.
    pub fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A mailbox for a new connection.
    pub fn mailbox(&self) -> Arc<Mailbox> {
        let mailbox = Mailbox::new(self.now());
        self.all().push(Arc::downgrade(&mailbox));
        mailbox
    }

    fn all(&self) -> MutexGuard<'_, Vec<Weak<Mailbox>>> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that are open; the others are forgotten.
    fn open(&self) -> Vec<Arc<Mailbox>> {
        let mut all = self.all();
        let open = all.iter().filter_map(Weak::upgrade).collect();
        all.retain(|mailbox| mailbox.strong_count() > 0);
        if all.capacity() > 4 * all.len() + 64 {
            all.shrink_to_fit();
        }
        open
    }
}

/// Beats until the server stops, and then says goodbye to everybody.
pub async fn beat(edge: Edge) {
    let mut stop = std::pin::pin!(stopped(edge.stopping.clone()));
    let limits = edge.limits.socket.clone();
    let mut ticks = tokio::time::interval((limits.ping / 20).max(SHORTEST));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let silence = u64::try_from(limits.silence.as_millis()).unwrap_or(u64::MAX);
    for turn in (0..TURNS).cycle() {
        tokio::select! {
            () = &mut stop => break,
            _ = ticks.tick() => {}
        }
        let (clock, now) = (edge.app.clock.now(), edge.pulse.now());
        for (place, mailbox) in edge.pulse.open().iter().enumerate() {
            if mailbox.is_over(clock) {
                mailbox.cut(ENDED);
            } else if place % TURNS == turn {
                if mailbox.silence(now) > silence {
                    mailbox.cut(Cut::Gone);
                } else {
                    mailbox.ping();
                }
            }
        }
    }
    // Not all come again at once.
    let pause = limits.farewells / u32::try_from(TURNS).unwrap_or(1);
    for turn in 0..TURNS {
        let open = edge.pulse.open();
        let share = open.len().div_ceil(TURNS - turn);
        open.iter().take(share).for_each(|mailbox| mailbox.cut(RESTART));
        tokio::time::sleep(pause).await;
    }
    // Whoever came in meanwhile.
    edge.pulse.open().iter().for_each(|mailbox| mailbox.cut(RESTART));
}
