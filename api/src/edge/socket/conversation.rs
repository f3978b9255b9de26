//! Carries messages between a socket and its operations, until the client, the token or the server ends it.
//!
//! An idle conversation is as small as can be: it waits for its client and its mailbox, and what is rare is on the heap
//! while it lasts.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{FutureExt, Stream};
use serde_json::{Map, Value};
use tokio::task::AbortHandle;
use tokio::time::Sleep;

use super::message::{Heard, Said};
use super::operations::Operations;
use crate::access::viewer::Viewer;
use crate::app::error::Error;
use crate::edge::Edge;
use crate::edge::allowance::Spender;
use crate::edge::mailbox::{Cut, ENDED, LATER, Mailbox, Parcel, Post, SLOW};
use crate::edge::metrics::Open;
use crate::edge::seats::Seat;
use crate::edge::who::Asking;
use crate::event::hub::Listener;
use crate::event::person::{Follower, Person};

/// How long a client may take to answer a farewell.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why a conversation is over.
enum End {
    /// For one of the usual reasons.
    Cut(Cut),
    /// A name is in use.
    InUse(String),
}

const fn because(code: u16, reason: &'static str) -> End {
    End::Cut(Cut::Close(code, reason))
}

const TOO_LATE: End = because(4408, "Connection initialisation timeout");

struct Conversation {
    edge: Edge,
    socket: WebSocket,
    seat: Seat,
    asking: Asking,
    mailbox: Arc<Mailbox>,
    operations: Operations,
    /// Until when the client must begin; none once it has.
    beginning: Option<Pin<Box<Sleep>>>,
    keeps: Keeps,
    /// Whose turn it is to be asked first, so that neither starves.
    client_first: bool,
}

/// What is kept of who asks, for as long as they are connected.
#[derive(Default)]
struct Keeps {
    person: Option<Arc<Person>>,
    /// Looks whether a key of a machine still holds.
    key: Option<AbortHandle>,
}

impl Drop for Keeps {
    fn drop(&mut self) {
        drop(self.person.take());
        if let Some(task) = &self.key {
            task.abort();
        }
    }
}

/// What comes next.
enum Next {
    Heard(Option<Result<Message, axum::Error>>),
    Post(Post),
    TooLate,
}

/// Closes a socket whose client does not speak the protocol.
pub async fn decline(mut socket: WebSocket) {
    close(&mut socket, 4406, "Subprotocol not acceptable".into()).await;
}

/// Carries messages until the client, the token or the server ends it.
pub async fn converse(edge: Edge, asking: Asking, socket: WebSocket, seat: Seat) {
    let _open = Open::new(&edge.app);
    let mailbox = edge.pulse.mailbox();
    let beginning = Some(Box::pin(tokio::time::sleep(edge.limits.socket.beginning)));
    let (operations, keeps) = (Operations::default(), Keeps::default());
    let mut conversation =
        Conversation { edge, socket, seat, asking, mailbox, operations, beginning, keeps, client_first: true };
    let end = conversation.run().await;
    Box::pin(conversation.finish(end)).await;
}

async fn close(socket: &mut WebSocket, code: u16, reason: Utf8Bytes) {
    let parting = async {
        let frame = CloseFrame { code, reason };
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            // Dropped before the farewell is exchanged, the connection would look broken to the other side.
            while socket.recv().await.is_some_and(|message| message.is_ok()) {}
        }
    };
    // A client that does not read is not waited for.
    tokio::time::timeout(FAREWELL, parting).await.ok();
}

impl Conversation {
    async fn run(&mut self) -> End {
        loop {
            let next = std::future::poll_fn(|context| self.poll(context)).await;
            let outcome = match next {
                Next::Post(Post::Parcel(parcel)) => self.tell(parcel).await,
                Next::Post(Post::Ping) => self.send(Message::Ping(Bytes::new())).await,
                Next::Post(Post::Cut(cut)) => Err(End::Cut(cut)),
                Next::TooLate => Err(TOO_LATE),
                Next::Heard(message) => {
                    self.mailbox.hears(self.edge.pulse.now());
                    Box::pin(self.listen(message)).await
                }
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Next> {
        self.client_first = !self.client_first;
        for client in [self.client_first, !self.client_first] {
            let next = if client {
                Pin::new(&mut self.socket).poll_next(context).map(Next::Heard)
            } else {
                self.mailbox.poll(context).map(Next::Post)
            };
            if next.is_ready() {
                return next;
            }
        }
        match &mut self.beginning {
            Some(beginning) => beginning.as_mut().poll(context).map(|()| Next::TooLate),
            None => Poll::Pending,
        }
    }

    async fn finish(self, end: End) {
        let Self { mut socket, operations, keeps, seat, mailbox, edge, .. } = self;
        drop((operations, keeps));
        // What waits in it may hold the place of a subscription, which holds the mailbox: nothing stays in it, and nothing
        // comes in any more.
        mailbox.cut(Cut::Gone);
        match end {
            End::Cut(Cut::Gone) => {}
            End::Cut(Cut::Close(code, reason)) => close(&mut socket, code, reason.into()).await,
            End::InUse(reason) => close(&mut socket, 4409, reason.into()).await,
        }
        drop((seat, mailbox, edge));
    }

    async fn listen(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match message {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(heard) => self.hear(heard).await,
                Err(_) => Err(because(4400, "Invalid message")),
            },
            Some(Ok(Message::Binary(_))) => Err(because(4400, "Messages are text")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Err(error)) if is_too_large(&error) => Err(because(1009, "Message too large")),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Cut(Cut::Gone)),
        }
    }

    async fn hear(&mut self, heard: Heard) -> Result<(), End> {
        let begun = self.beginning.is_none();
        match heard {
            Heard::ConnectionInit { .. } if begun => Err(because(4429, "Too many initialisation requests")),
            Heard::ConnectionInit { payload } => self.begin(payload).await,
            Heard::Ping { payload } => self.say(&Said::Pong { payload }).await,
            Heard::Pong { .. } => Ok(()),
            Heard::Subscribe { .. } if !begun => Err(because(4401, "Unauthorized")),
            Heard::Subscribe { id, payload } => {
                let name = quoted(&id)?;
                if self.operations.runs(&name) {
                    let shown: String = id.chars().take(20).collect();
                    return Err(End::InUse(format!("Subscriber for {shown} already exists")));
                }
                self.operations.begin(&self.edge, &self.asking, &self.mailbox, name, payload);
                Ok(())
            }
            Heard::Complete { id } => {
                self.operations.end(&quoted(&id)?);
                Ok(())
            }
        }
    }

    async fn begin(&mut self, payload: Map<String, Value>) -> Result<(), End> {
        let asking = self.asking.clone().beginning(&Value::Object(payload));
        let viewer = match asking.viewer(&self.edge.app).await {
            Ok(viewer) => viewer,
            Err(Error::Unauthenticated) => return Err(because(4403, "Forbidden")),
            Err(_) => return Err(End::Cut(LATER)),
        };
        let stranger = Spender::stranger(asking.address);
        if !self.seat.give(viewer.as_ref().map_or(stranger, |(viewer, _)| Spender::Known(viewer.id))) {
            return Err(because(1013, "Too many sockets"));
        }
        self.asking = asking;
        self.beginning = None;
        if let Some((viewer, ends_at)) = viewer {
            self.mailbox.until(ends_at);
            self.keep(&viewer).await?;
        }
        self.say(&Said::ConnectionAck).await
    }

    /// Ends with the session of who asks, or with their key.
    async fn keep(&mut self, viewer: &Viewer) -> Result<(), End> {
        if viewer.is_machine() {
            let (ended, mailbox) = (self.asking.clone().ended(self.edge.clone()), self.mailbox.clone());
            let task = async move {
                ended.await;
                mailbox.cut(ENDED);
            };
            self.keeps.key = Some(tokio::spawn(task).abort_handle());
            return Ok(());
        }
        let organization = self.edge.app.hub().of(&self.edge.app, viewer.organization_id).await;
        let organization = organization.map_err(|_| End::Cut(LATER))?;
        let person = organization.person(Follower::of(viewer));
        let listener: Arc<dyn Listener> = self.mailbox.clone();
        person.watched_by(&listener);
        self.keeps.person = Some(person);
        Ok(())
    }

    async fn tell(&mut self, parcel: Parcel) -> Result<(), End> {
        let (kind, turn, text) = match parcel {
            Parcel::Item(turn, text) => ("next", turn, Some(text)),
            Parcel::Never(turn, text) => ("error", turn, Some(text)),
            Parcel::Over(turn) => ("complete", turn, None),
            Parcel::Follows(turn, membership) => {
                self.operations.follows(turn, membership);
                return Ok(());
            }
        };
        let Some(id) = self.operations.id(turn) else { return Ok(()) };
        let frame = frame(kind, id, text.as_deref());
        if kind != "next" {
            self.operations.over(turn);
        }
        self.send(Message::Text(frame.into())).await
    }

    async fn say(&mut self, said: &Said) -> Result<(), End> {
        let text = serde_json::to_string(said).map_err(|error| unwritten(&error))?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        let mut sending = Box::pin(self.socket.send(message));
        // Nearly always the system takes it at once.
        let sent = match (&mut sending).now_or_never() {
            Some(sent) => sent,
            None => match Box::pin(tokio::time::timeout(self.edge.limits.socket.reading, sending)).await {
                Ok(sent) => sent,
                Err(_) => return Err(End::Cut(SLOW)),
            },
        };
        sent.map_err(|_| End::Cut(Cut::Gone))
    }
}

/// A message of an operation, around bytes that others get as well.
fn frame(kind: &str, id: &str, payload: Option<&str>) -> String {
    let length = kind.len() + id.len() + payload.map_or(0, str::len) + 40;
    let mut frame = String::with_capacity(length);
    for piece in [r#"{"type":""#, kind, r#"","id":"#, id] {
        frame.push_str(piece);
    }
    if let Some(payload) = payload {
        frame.push_str(r#","payload":"#);
        frame.push_str(payload);
    }
    frame.push('}');
    frame
}

fn quoted(id: &str) -> Result<String, End> {
    serde_json::to_string(id).map_err(|error| unwritten(&error))
}

fn unwritten(error: &serde_json::Error) -> End {
    tracing::error!(%error, "cannot write a message");
    because(1011, "Internal error")
}

fn is_too_large(error: &axum::Error) -> bool {
    // axum hides which error of the protocol it was; its text is the only sign.
    error.to_string().contains("too long") || error.to_string().contains("too large")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_json_whatever_the_client_calls_its_operation() {
        let id = quoted("a \"quote\"\n").map_err(|_| ()).unwrap();
        let read = |frame: String| serde_json::from_str::<Value>(&frame).unwrap();
        assert_eq!(
            read(frame("next", &id, Some(r#"{"data":1}"#))),
            serde_json::json!({ "type": "next", "id": "a \"quote\"\n", "payload": { "data": 1 } })
        );
        assert_eq!(read(frame("complete", "\"1\"", None)), serde_json::json!({ "type": "complete", "id": "1" }));
    }
}
