//! What waits to be written to one client. It holds a bounded amount: a client that does not take it is cut, and told to
//! come again from its last cursor.
//!
//! It is also how the rest of the server speaks to a connection: that it is to ask whether the client is there, or to end.
//! An idle connection waits for its client and for this, and for nothing else; no timer of its own.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::extract::ws::Utf8Bytes;
use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use super::shared::Membership;
use crate::event::hub::{Listener, News};

/// How many items may wait, and how many bytes; then the client has read too slowly.
const MOST: usize = 128;
const MOST_BYTES: usize = 512 * 1024;
/// How many may wait before whoever can wait does.
const ROOM: usize = 16;

/// Something for one operation of the client.
pub enum Parcel {
    /// An item.
    Item(u32, Utf8Bytes),
    /// The errors of an operation that never ran.
    Never(u32, Utf8Bytes),
    /// The end of the operation.
    Over(u32),
    /// The operation follows a topic from now on, until this is dropped.
    Follows(u32, Box<Membership>),
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The client has gone, or does not answer any more.
    Gone,
    /// With a code and a reason.
    Close(u16, &'static str),
}

/// The token holds no longer.
pub const ENDED: Cut = Cut::Close(4403, "The token holds no longer");
/// The client is cut because it does not read.
pub const SLOW: Cut = Cut::Close(1013, "Reads too slowly");

/// Something of ours does not answer for a moment. Clients come again after a close, and not after an error.
pub const LATER: Cut = Cut::Close(1013, "Try again later");
/// The server stops.
pub const RESTART: Cut = Cut::Close(1012, "Service restart");

/// What comes out of a mailbox.
pub enum Post {
    /// Something for an operation.
    Parcel(Parcel),
    /// Ask the client whether it is there.
    Ping,
    /// End.
    Cut(Cut),
}

/// What waits for one client.
pub struct Mailbox {
    held: Mutex<Held>,
    /// When the client was last heard, in milliseconds of the pulse.
    heard: AtomicU64,
    /// When its token ends, in milliseconds since 1970.
    ends_at: AtomicI64,
}

#[derive(Default)]
struct Held {
    parcels: VecDeque<(Parcel, Way)>,
    /// Bytes that came by each way.
    bytes: [usize; 2],
    ping: bool,
    cut: Option<Cut>,
    waker: Option<Waker>,
    room: Option<Arc<Notify>>,
}

/// How a parcel came: by whoever waits for nobody, or by whoever waited for room.
#[derive(Clone, Copy)]
enum Way {
    Pushed,
    Put,
}

impl Held {
    /// Whether something finds room. One item may be as large as it is.
    fn has_room(&self, bytes: usize, way: Way) -> bool {
        let most = match way {
            Way::Pushed => MOST,
            Way::Put => ROOM,
        };
        let held = self.bytes[way as usize];
        self.parcels.len() < most && (held == 0 || held + bytes <= MOST_BYTES)
    }
}

impl Parcel {
    fn bytes(&self) -> usize {
        match self {
            Self::Item(_, text) | Self::Never(_, text) => text.len(),
            Self::Over(_) | Self::Follows(..) => 0,
        }
    }
}

impl Mailbox {
    /// An empty one of a client that has just been heard.
    pub fn new(now: u64) -> Arc<Self> {
        let (heard, ends_at) = (AtomicU64::new(now), AtomicI64::new(i64::MAX));
        Arc::new(Self { held: Mutex::default(), heard, ends_at })
    }

    /// Notes when the client's token ends.
    pub fn until(&self, ends_at: DateTime<Utc>) {
        self.ends_at.store(ends_at.timestamp_millis(), Ordering::Relaxed);
    }

    /// Whether the token has ended.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now.timestamp_millis() >= self.ends_at.load(Ordering::Relaxed)
    }

    /// Notes that the client was heard.
    pub fn hears(&self, now: u64) {
        self.heard.store(now, Ordering::Relaxed);
    }

    /// How long the client has been silent.
    pub fn silence(&self, now: u64) -> u64 {
        now.saturating_sub(self.heard.load(Ordering::Relaxed))
    }

    /// Puts something in for a client that must keep up. One that does not is cut.
    pub fn push(&self, parcel: Parcel) {
        let held = self.held();
        if held.cut.is_some() {
            return;
        }
        if held.has_room(parcel.bytes(), Way::Pushed) {
            add(held, parcel, Way::Pushed);
        } else {
            cut(held, SLOW);
        }
    }

    /// Puts something in, and waits for room first.
    pub async fn put(&self, parcel: Parcel) {
        loop {
            let room = {
                let mut held = self.held();
                if held.cut.is_some() {
                    return;
                }
                if held.has_room(parcel.bytes(), Way::Put) {
                    return add(held, parcel, Way::Put);
                }
                held.room.get_or_insert_default().clone()
            };
            let freed = room.notified();
            let comes = {
                let held = self.held();
                // Room that was made and taken again meanwhile was told to nobody: who waits now waits for the next.
                let awaited = held.room.as_ref().is_some_and(|awaited| Arc::ptr_eq(awaited, &room));
                !awaited || held.cut.is_some() || held.has_room(parcel.bytes(), Way::Put)
            };
            if !comes {
                freed.await;
            }
        }
    }

    /// Has the client asked whether it is there.
    pub fn ping(&self) {
        let mut held = self.held();
        held.ping = true;
        wake(held);
    }

    /// Ends the connection; what still waits is not delivered.
    pub fn cut(&self, why: Cut) {
        let held = self.held();
        if held.cut.is_none() {
            cut(held, why);
        }
    }

    /// What comes next.
    pub fn poll(&self, context: &mut Context<'_>) -> Poll<Post> {
        let mut held = self.held();
        if let Some(why) = held.cut {
            return Poll::Ready(Post::Cut(why));
        }
        if std::mem::take(&mut held.ping) {
            return Poll::Ready(Post::Ping);
        }
        let Some((parcel, way)) = held.parcels.pop_front() else {
            if !held.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
                held.waker = Some(context.waker().clone());
            }
            return Poll::Pending;
        };
        held.bytes[way as usize] -= parcel.bytes();
        if held.parcels.is_empty() {
            // Whatever it has grown to is given back: most of the time nothing waits.
            held.parcels = VecDeque::new();
        }
        if let Some(room) = held.room.take() {
            room.notify_waiters();
        }
        Poll::Ready(Post::Parcel(parcel))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(mut held: MutexGuard<'_, Held>, parcel: Parcel, way: Way) {
    held.bytes[way as usize] += parcel.bytes();
    held.parcels.push_back((parcel, way));
    wake(held);
}

fn cut(mut held: MutexGuard<'_, Held>, why: Cut) {
    held.cut = Some(why);
    let parcels = std::mem::take(&mut held.parcels);
    held.bytes = [0; 2];
    if let Some(room) = held.room.take() {
        room.notify_waiters();
    }
    wake(held);
    // Outside the lock: an operation that ends by it leaves its topic.
    drop(parcels);
}

fn wake(mut held: MutexGuard<'_, Held>) {
    let waker = held.waker.take();
    drop(held);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Listener for Mailbox {
    fn hear(self: Arc<Self>, news: News) {
        if let News::Look(person) = news
            && person.has_ended()
        {
            self.cut(ENDED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(mailbox: &Mailbox) -> Option<Post> {
        match mailbox.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(post) => Some(post),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_client_that_does_not_take_what_waits_is_cut_and_nothing_more_is_held() {
        let mailbox = Mailbox::new(0);
        for _ in 0..MOST {
            mailbox.push(Parcel::Item(1, "x".into()));
        }
        assert!(matches!(taken(&mailbox), Some(Post::Parcel(Parcel::Item(1, _)))));
        mailbox.push(Parcel::Item(1, "x".into()));
        mailbox.push(Parcel::Item(1, "x".into()));
        assert!(matches!(taken(&mailbox), Some(Post::Cut(why)) if why == SLOW));
        assert_eq!(mailbox.held().parcels.len(), 0);
        let mailbox = Mailbox::new(0);
        mailbox.push(Parcel::Item(1, "x".repeat(2 * MOST_BYTES).into()));
        assert!(matches!(taken(&mailbox), Some(Post::Parcel(_))), "one item may be as large as it is");
        for _ in 0..3 {
            mailbox.push(Parcel::Item(1, "x".repeat(MOST_BYTES / 2).into()));
        }
        assert!(matches!(taken(&mailbox), Some(Post::Cut(_))));
    }

    #[tokio::test]
    async fn whoever_can_wait_waits_for_room() {
        let mailbox = Mailbox::new(0);
        let putting = {
            let mailbox = mailbox.clone();
            tokio::spawn(async move {
                for n in 0..1000 {
                    mailbox.put(Parcel::Over(n)).await;
                }
            })
        };
        for n in 0..1000 {
            let post = std::future::poll_fn(|context| mailbox.poll(context)).await;
            assert!(matches!(post, Post::Parcel(Parcel::Over(got)) if got == n));
            assert!(mailbox.held().parcels.len() <= ROOM);
        }
        putting.await.unwrap();
    }
}
