//! The operations of one socket. Each asks anew who the viewer is, so that a role or a session that has ended since the
//! connection began ends here too, and each has loaders of its own. A subscription that has joined its group has no task.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::task::AbortHandle;
use tracing::Instrument;

use crate::edge::incoming::Incoming;
use crate::edge::mailbox::Mailbox;
use crate::edge::shared::{self, Line, Membership};
use crate::edge::who::Asking;
use crate::edge::{Edge, operation};

/// The operations of one socket. Dropping it ends them all, but for mutations, which run to their end.
#[derive(Default)]
pub struct Operations {
    running: Vec<Running>,
    turn: u32,
}

struct Running {
    /// The client's name for it, written as JSON.
    id: Box<str>,
    /// Tells an operation from a later one under the same id.
    turn: u32,
    /// What keeps it; dropped when it ends.
    state: State,
}

enum State {
    Works(AbortHandle),
    Follows(#[expect(dead_code, reason = "kept until the operation ends")] Box<Membership>),
}

impl Drop for Running {
    fn drop(&mut self) {
        if let State::Works(task) = &self.state {
            task.abort();
        }
    }
}

impl Operations {
    /// Whether one runs under an id.
    pub fn runs(&self, id: &str) -> bool {
        self.running.iter().any(|it| *it.id == *id)
    }

    /// Begins one. Its items come into the mailbox.
    pub fn begin(
        &mut self,
        edge: &Edge,
        asking: &Asking,
        mailbox: &Arc<Mailbox>,
        id: String,
        payload: Map<String, Value>,
    ) {
        self.turn = self.turn.wrapping_add(1);
        let room = self.running.len() < edge.limits.socket.operations;
        let line = Line { mailbox: mailbox.clone(), turn: self.turn, language: asking.language };
        let work = work(edge.clone(), asking.clone(), line, payload, room);
        let span = tracing::info_span!("socket", request = asking.request.as_deref());
        let task = tokio::spawn(work.instrument(span)).abort_handle();
        self.running.push(Running { id: id.into(), turn: self.turn, state: State::Works(task) });
    }

    /// Ends one that the client wants no more of.
    pub fn end(&mut self, id: &str) {
        self.keep(|it| *it.id != *id);
    }

    /// Ends one.
    pub fn over(&mut self, turn: u32) {
        self.keep(|it| it.turn != turn);
    }

    /// One follows a topic from now on.
    pub fn follows(&mut self, turn: u32, membership: Box<Membership>) {
        if let Some(running) = self.running.iter_mut().find(|it| it.turn == turn) {
            running.state = State::Follows(membership);
        }
    }

    /// The id of one, as JSON; none where it is over.
    pub fn id(&self, turn: u32) -> Option<&str> {
        self.running.iter().find(|it| it.turn == turn).map(|it| &*it.id)
    }

    fn keep(&mut self, condition: impl FnMut(&Running) -> bool) {
        self.running.retain(condition);
        if self.running.is_empty() {
            self.running = Vec::new();
        }
    }
}

async fn work(edge: Edge, asking: Asking, line: Line, payload: Map<String, Value>, room: bool) {
    let never = |code: &str, message: &str| operation::never(code, message);
    let refusal = match Incoming::of(Value::Object(payload)) {
        _ if !room => never("TOO_MANY", "This socket runs too many operations."),
        Err(problem) => never(problem.code, problem.message),
        Ok(incoming) => match operation::prepare(&edge, &asking, incoming, "socket").await {
            Ok(prepared) => return Box::pin(shared::run(&edge, prepared, &line)).await,
            Err(refusal) => refusal,
        },
    };
    line.answer(&refusal).await;
}
