//! When a loader's batch begins: as soon as whoever asks has nothing left to ask.
//!
//! An execution and its batches run on one task, by turns. The execution is polled until it waits; whatever it has asked
//! for by then is fetched, one batch for each kind of row; it goes on as rows come, and what it asks for meanwhile is fetched
//! once all of them are there. So the same kind of row is asked for once at each level of a document, whichever statement the
//! database answers first. A loader by itself waits for a moment instead: that makes every level slower by the moment, and on
//! a busy machine it cuts batches in two, so that a longer page costs more statements.

use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_graphql::runtime::{Timer, TokioSpawner, TokioTimer};
use futures_util::future::{BoxFuture, poll_fn, ready};
use futures_util::stream::{self, FuturesUnordered, select_all};
use futures_util::task::{FutureObj, Spawn, SpawnError};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::task_local;
use tracing::Instrument;

/// Batches that were asked for and not begun.
type Asked = Arc<Mutex<Vec<FutureObj<'static, ()>>>>;

task_local! {
    /// Where the execution that is being polled puts its batches.
    static ASKED: Asked;
}

/// An execution with its batches. Each is polled only when it was woken itself: an execution is a large tree to walk through,
/// and a batch hears from the database more than once.
struct Turns<Work> {
    work: Work,
    asked: Asked,
    batches: FuturesUnordered<FutureObj<'static, ()>>,
}

impl<Work: Stream + Unpin> Turns<Work> {
    fn of(work: Work) -> Self {
        Self { work, asked: Asked::default(), batches: FuturesUnordered::new() }
    }

    fn begin(&mut self) {
        let asked = take(&mut *waiting(&self.asked));
        self.batches.extend(asked);
    }

    /// Polls the work, and its batches whenever it waits, until there is an outcome or everything waits.
    fn poll(&mut self, context: &mut Context) -> Poll<Option<Work::Item>> {
        ASKED.sync_scope(self.asked.clone(), || {
            loop {
                let outcome = self.work.poll_next_unpin(context);
                if outcome.is_ready() {
                    return outcome;
                }
                if self.batches.is_empty() {
                    self.begin();
                }
                let (asked, mut ended) = (waiting(&self.asked).len(), false);
                while let Poll::Ready(Some(())) = self.batches.poll_next_unpin(context) {
                    ended = true;
                }
                if waiting(&self.asked).len() > asked {
                    // A batch that asks for something itself does not end before that.
                    self.begin();
                } else if !ended {
                    return Poll::Pending;
                }
            }
        })
    }
}

fn waiting(asked: &Asked) -> MutexGuard<'_, Vec<FutureObj<'static, ()>>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries `work` out together with its batches.
pub async fn by_turns<Work: Future>(work: Work) -> Work::Output {
    let mut turns = Turns::of(FuturesUnordered::from_iter([work]));
    poll_fn(|context| match turns.poll(context) {
        Poll::Ready(Some(outcome)) => Poll::Ready(outcome),
        // There is one work, and nobody polls this after its outcome.
        Poll::Ready(None) | Poll::Pending => Poll::Pending,
    })
    .await
}

/// The same for each item of a stream.
pub fn stream_by_turns<Items: Stream + Unpin>(items: Items) -> impl Stream<Item = Items::Item> {
    let mut turns = Turns::of(select_all([items]));
    stream::poll_fn(move |context| turns.poll(context))
}

/// Starts batches within the span of whoever asks, on the task of the execution. Where there is none, as in a paper that
/// is drawn, they are tasks of their own that wait for a moment.
pub struct Gathered;

impl Spawn for Gathered {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        let batch = FutureObj::new(Box::new(future.in_current_span()));
        match ASKED.try_with(Arc::clone) {
            Ok(asked) => {
                waiting(&asked).push(batch);
                Ok(())
            }
            Err(_) => TokioSpawner::current().spawn_obj(batch),
        }
    }
}

impl Timer for Gathered {
    fn delay(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // A batch that an execution polls begins when everything is asked for: that is when it is polled.
        if ASKED.try_with(|_| ()).is_ok() { ready(()).boxed() } else { TokioTimer::default().delay(duration) }
    }
}
