//! The operations of one socket. Each asks anew who the viewer is, so that a role or a session that has ended since the
//! connection began ends here too, and each has loaders of its own.

use std::collections::HashMap;

use async_graphql::Response;
use futures_util::StreamExt;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tracing::Instrument;

use crate::edge::incoming::Incoming;
use crate::edge::who::Asking;
use crate::edge::{Edge, operation};

/// How many items may wait for a client that reads slowly; then the operations wait as well.
const WAITING: usize = 16;

/// An item of an operation, or its end.
pub struct Item {
    id: String,
    /// Tells an operation from a later one under the same id.
    turn: u64,
    /// None at its end.
    pub response: Option<Response>,
}

/// The operations of one socket. Dropping it ends them all, but for mutations, which run to their end.
pub struct Operations {
    edge: Edge,
    running: HashMap<String, (u64, AbortHandle)>,
    tasks: JoinSet<()>,
    turn: u64,
    items: mpsc::Sender<Item>,
}

impl Operations {
    /// None are running. Their items come out of the receiver.
    pub fn new(edge: Edge) -> (Self, mpsc::Receiver<Item>) {
        let (items, waiting) = mpsc::channel(WAITING);
        (Self { edge, running: HashMap::new(), tasks: JoinSet::new(), turn: 0, items }, waiting)
    }

    /// Whether one runs under an id.
    pub fn runs(&self, id: &str) -> bool {
        self.running.contains_key(id)
    }

    /// Begins one.
    pub fn begin(&mut self, asking: &Asking, id: String, payload: Map<String, Value>) {
        self.turn += 1;
        let (edge, asking, items, turn) = (self.edge.clone(), asking.clone(), self.items.clone(), self.turn);
        let room = self.running.len() < edge.limits.socket.operations;
        let name = id.clone();
        let work = async move {
            let mut answers = match Incoming::of(Value::Object(payload)) {
                _ if !room => operation::only(operation::never("TOO_MANY", "This socket runs too many operations.")),
                Err(problem) => operation::only(operation::never(problem.code, problem.message)),
                Ok(incoming) => match operation::prepare(&edge, &asking, incoming, "socket").await {
                    Ok(prepared) => operation::run(&edge, prepared),
                    Err(refusal) => operation::only(refusal),
                },
            };
            while let Some(response) = answers.next().await {
                let item = Item { id: name.clone(), turn, response: Some(response) };
                if items.send(item).await.is_err() {
                    return;
                }
            }
            // Without a receiver the socket is gone, and nobody is left to tell.
            items.send(Item { id: name, turn, response: None }).await.ok();
        };
        let handle = self.tasks.spawn(work.in_current_span());
        self.running.insert(id, (turn, handle));
    }

    /// Ends one that the client wants no more of.
    pub fn end(&mut self, id: &str) {
        if let Some((_, handle)) = self.running.remove(id) {
            handle.abort();
        }
    }

    /// The id under which an item is told; none where its operation is over. One that never ran, or has ended, is over
    /// with this item.
    pub fn told(&mut self, item: &Item) -> Option<String> {
        while self.tasks.try_join_next().is_some() {}
        let runs = self.running.get(&item.id).is_some_and(|(turn, _)| *turn == item.turn);
        if !runs {
            return None;
        }
        if item.response.as_ref().is_none_or(operation::never_ran) {
            self.end(&item.id);
        }
        Some(item.id.clone())
    }
}
