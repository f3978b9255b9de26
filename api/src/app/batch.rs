//! When a loader's batch begins: as soon as whoever asks has nothing left to ask.
//!
//! An execution and its batches run on one task, by turns. The execution is polled until it waits; whatever it has asked
//! for by then is fetched, one batch for each kind of row; and it goes on once those rows are there. A loader by itself
//! waits for a moment instead: that makes every level of a document slower by the moment, and on a busy machine it cuts
//! batches in two, so that a longer page costs more statements.

use std::mem::take;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_graphql::runtime::{Timer, TokioSpawner, TokioTimer};
use futures_util::future::{BoxFuture, poll_fn, ready};
use futures_util::stream::{self, FuturesUnordered};
use futures_util::task::{FutureObj, Spawn, SpawnError};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::task_local;
use tracing::Instrument;

/// Batches that were asked for in the execution's last turn.
type Asked = Arc<Mutex<Vec<FutureObj<'static, ()>>>>;

task_local! {
    /// Where the execution that is being polled puts its batches.
    static ASKED: Asked;
}

/// An execution's batches.
#[derive(Default)]
struct Batches {
    asked: Asked,
    running: FuturesUnordered<FutureObj<'static, ()>>,
}

impl Batches {
    /// Polls `work`, and its batches whenever it waits, until it is ready or everything waits.
    fn poll<T>(&mut self, context: &mut Context, mut work: impl FnMut(&mut Context) -> Poll<T>) -> Poll<T> {
        ASKED.sync_scope(self.asked.clone(), || {
            loop {
                let outcome = work(context);
                if outcome.is_ready() || !self.advance(context) {
                    return outcome;
                }
            }
        })
    }

    /// Polls the batches, also those that batches ask for. Tells whether any has ended, so that the work may go on.
    fn advance(&mut self, context: &mut Context) -> bool {
        let mut ended = false;
        loop {
            let asked = take(&mut *self.asked());
            self.running.extend(asked);
            while let Poll::Ready(Some(())) = self.running.poll_next_unpin(context) {
                ended = true;
            }
            if self.asked().is_empty() {
                return ended;
            }
        }
    }

    fn asked(&self) -> MutexGuard<'_, Vec<FutureObj<'static, ()>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries `work` out together with its batches.
pub async fn by_turns<Work: Future>(work: Work) -> Work::Output {
    let mut work = pin!(work);
    let mut batches = Batches::default();
    poll_fn(|context| batches.poll(context, |context| work.as_mut().poll(context))).await
}

/// The same for each item of a stream.
pub fn stream_by_turns<Items: Stream + Unpin>(mut items: Items) -> impl Stream<Item = Items::Item> {
    let mut batches = Batches::default();
    stream::poll_fn(move |context| batches.poll(context, |context| items.poll_next_unpin(context)))
}

/// Starts batches within the span of whoever asks, on the task of the execution. Where there is none, as in a paper that
/// is drawn, they are tasks of their own that wait for a moment.
pub struct Gathered(TokioSpawner);

impl Gathered {
    /// For the runtime that is running.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[must_use]
    pub fn current() -> Self {
        Self(TokioSpawner::current())
    }
}

impl Spawn for Gathered {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        let batch = FutureObj::new(Box::new(future.in_current_span()));
        match ASKED.try_with(Arc::clone) {
            Ok(asked) => {
                asked.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
                Ok(())
            }
            Err(_) => self.0.spawn_obj(batch),
        }
    }
}

impl Timer for Gathered {
    fn delay(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // A batch that an execution polls begins when everything is asked for: that is when it is polled.
        if ASKED.try_with(|_| ()).is_ok() { ready(()).boxed() } else { TokioTimer::default().delay(duration) }
    }
}
