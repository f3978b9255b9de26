//! Carries messages between a socket and its operations, until the client, the token or the server ends it.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::message::{Heard, Said};
use super::operations::{Item, Operations};
use crate::app::error::Error;
use crate::edge::allowance::Spender;
use crate::edge::metrics::Open;
use crate::edge::operation::never_ran;
use crate::edge::seats::Seat;
use crate::edge::server::stopped;
use crate::edge::who::Asking;
use crate::edge::{Edge, farewell};

/// How long a client may take to answer a farewell.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why a conversation is over.
enum End {
    /// The client has gone, or does not answer any more.
    Gone,
    /// We close it, for a reason.
    Close(u16, String),
}

impl End {
    fn because(code: u16, reason: &str) -> Self {
        Self::Close(code, reason.to_owned())
    }
}

struct Conversation {
    edge: Edge,
    socket: WebSocket,
    seat: Seat,
    asking: Asking,
    begun: bool,
    operations: Operations,
}

/// Closes a socket whose client does not speak the protocol.
pub async fn decline(mut socket: WebSocket) {
    close(&mut socket, 4406, "Subprotocol not acceptable".to_owned()).await;
}

/// Carries messages until the client, the token or the server ends it.
pub async fn converse(edge: Edge, asking: Asking, socket: WebSocket, seat: Seat) {
    let _open = Open::new(&edge.app);
    let (operations, items) = Operations::new(edge.clone());
    let mut conversation = Conversation { edge, socket, seat, asking, begun: false, operations };
    let end = conversation.run(items).await;
    let Conversation { mut socket, operations, .. } = conversation;
    drop(operations);
    if let End::Close(code, reason) = end {
        close(&mut socket, code, reason).await;
    }
}

async fn close(socket: &mut WebSocket, code: u16, reason: String) {
    let parting = async {
        let frame = CloseFrame { code, reason: reason.into() };
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            // Dropped before the farewell is exchanged, the connection would look broken to the other side.
            while socket.recv().await.is_some_and(|message| message.is_ok()) {}
        }
    };
    // A client that does not read is not waited for.
    tokio::time::timeout(FAREWELL, parting).await.ok();
}

impl Conversation {
    async fn run(&mut self, mut items: mpsc::Receiver<Item>) -> End {
        let limits = self.edge.limits.socket.clone();
        // Until it begins, the time for that; then, the time that the token holds.
        let mut deadline: Pin<Box<dyn Future<Output = End> + Send>> = Box::pin(async move {
            tokio::time::sleep(limits.beginning).await;
            End::because(4408, "Connection initialisation timeout")
        });
        let mut stop = Box::pin(stops(self.edge.clone()));
        let (mut ping, mut heard, mut open) = (tokio::time::interval(limits.ping), Instant::now(), false);
        loop {
            let outcome = tokio::select! {
                message = self.socket.recv() => {
                    heard = Instant::now();
                    self.listen(message).await
                }
                Some(item) = items.recv() => self.tell(&item).await,
                end = &mut deadline => Err(end),
                () = &mut stop => Err(End::because(1012, "Service restart")),
                _ = ping.tick() => {
                    if heard.elapsed() > limits.silence { Err(End::Gone) } else { self.send(Message::Ping(Bytes::new())).await }
                }
            };
            if let Err(end) = outcome {
                return end;
            }
            if self.begun && !open {
                open = true;
                deadline = Box::pin(forbidden(self.asking.clone(), self.edge.clone()));
            }
        }
    }

    async fn listen(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match message {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(heard) => self.hear(heard).await,
                Err(_) => Err(End::because(4400, "Invalid message")),
            },
            Some(Ok(Message::Binary(_))) => Err(End::because(4400, "Messages are text")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Err(error)) if is_too_large(&error) => Err(End::because(1009, "Message too large")),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
        }
    }

    async fn hear(&mut self, heard: Heard) -> Result<(), End> {
        match heard {
            Heard::ConnectionInit { .. } if self.begun => Err(End::because(4429, "Too many initialisation requests")),
            Heard::ConnectionInit { payload } => self.begin(payload).await,
            Heard::Ping { payload } => self.say(&Said::Pong { payload }).await,
            Heard::Pong { .. } => Ok(()),
            Heard::Subscribe { .. } if !self.begun => Err(End::because(4401, "Unauthorized")),
            Heard::Subscribe { id, .. } if self.operations.runs(&id) => {
                let shown: String = id.chars().take(20).collect();
                Err(End::Close(4409, format!("Subscriber for {shown} already exists")))
            }
            Heard::Subscribe { id, payload } => {
                self.operations.begin(&self.asking, id, payload);
                Ok(())
            }
            Heard::Complete { id } => {
                self.operations.end(&id);
                Ok(())
            }
        }
    }

    async fn begin(&mut self, payload: Map<String, Value>) -> Result<(), End> {
        let asking = self.asking.clone().beginning(&Value::Object(payload));
        let viewer = match asking.viewer(&self.edge.app).await {
            Ok(viewer) => viewer,
            Err(Error::Unauthenticated) => return Err(End::because(4403, "Forbidden")),
            Err(_) => return Err(End::because(1013, "Try again later")),
        };
        let stranger = Spender::stranger(asking.address);
        if !self.seat.give(viewer.map_or(stranger, |(viewer, _)| Spender::Known(viewer.id))) {
            return Err(End::because(1013, "Too many sockets"));
        }
        self.asking = asking;
        self.begun = true;
        self.say(&Said::ConnectionAck).await
    }

    async fn tell(&mut self, item: &Item) -> Result<(), End> {
        let Some(id) = self.operations.told(item) else {
            return Ok(());
        };
        match &item.response {
            Some(response) if never_ran(response) => {
                self.say(&Said::Error { id: &id, payload: &response.errors }).await
            }
            Some(response) => self.say(&Said::Next { id: &id, payload: response }).await,
            None => self.say(&Said::Complete { id: &id }).await,
        }
    }

    async fn say(&mut self, said: &Said<'_>) -> Result<(), End> {
        let text = serde_json::to_string(said).map_err(|error| {
            tracing::error!(%error, "cannot write a message");
            End::because(1011, "Internal error")
        })?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match tokio::time::timeout(self.edge.limits.socket.reading, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::because(1013, "Reads too slowly")),
        }
    }
}

/// Waits until the server stops and it is this socket's turn to go: not all come again at once.
async fn stops(edge: Edge) {
    stopped(edge.stopping.clone()).await;
    tokio::time::sleep(farewell(&edge)).await;
}

async fn forbidden(asking: Asking, edge: Edge) -> End {
    asking.ended(edge).await;
    End::because(4403, "The token holds no longer")
}

fn is_too_large(error: &axum::Error) -> bool {
    // axum hides which error of the protocol it was; its text is the only sign.
    error.to_string().contains("too long") || error.to_string().contains("too large")
}
