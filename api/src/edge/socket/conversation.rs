//! Carries messages between a socket and the engine.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::Data;
use async_graphql::http::{WebSocket as Conversation, WebSocketProtocols, WsMessage};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep};

use super::executor::Operations;
use crate::edge::Edge;
use crate::edge::server::stopped;
use crate::edge::who::Asking;

/// How long a client may take to begin.
const BEGINNING: Duration = Duration::from_secs(10);
/// How often a client is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);
/// After how long a silence it is not.
const SILENCE: Duration = Duration::from_mins(1);
/// How long a client may take to read a message before it is cut.
const READING: Duration = Duration::from_secs(15);
/// How long a client may take to answer a farewell.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many messages of a client may wait for us.
const WAITING: usize = 16;

/// How far a connection has come.
#[derive(Default)]
struct Beginning {
    refused: AtomicBool,
    /// Set when it has begun: when its token ends, if it has one.
    ends: OnceLock<Option<DateTime<Utc>>>,
}

/// Why a conversation is over.
enum End {
    /// The client has gone, or does not read or answer any more.
    Gone,
    /// We close it, for a reason.
    Close(u16, String),
}

/// Carries messages between the socket and the engine until one of them, the token or the server ends.
pub async fn converse(edge: Edge, asking: Asking, mut socket: WebSocket) {
    let beginning = Arc::new(Beginning::default());
    let (feed, mut waiting) = mpsc::channel::<Bytes>(WAITING);
    let input = stream::poll_fn(move |context| waiting.poll_recv(context));
    let begin = {
        let (edge, beginning) = (edge.clone(), beginning.clone());
        move |payload| begin(edge, asking.beginning(&payload), beginning)
    };
    let talk = Conversation::new(Operations::new(edge.clone()), input, WebSocketProtocols::GraphQLWS)
        .on_connection_init(begin);
    let mut talk = std::pin::pin!(talk);
    let mut stop = std::pin::pin!(stopped(edge.stopping.clone()));
    let mut deadline = Box::pin(tokio::time::sleep(BEGINNING));
    let (mut ping, mut heard, mut open) = (tokio::time::interval(PING), Instant::now(), false);
    let end = loop {
        // Only one message waits inside the engine; the others wait in the channel, and then at the client.
        let room = feed.capacity() > 0;
        let outcome = tokio::select! {
            message = socket.recv(), if room => {
                heard = Instant::now();
                listen(message, &feed)
            }
            message = talk.next() => speak(&mut socket, message, &beginning).await,
            () = &mut deadline => Err(late(open)),
            () = &mut stop => Err(End::Close(1012, "Service restart".to_owned())),
            _ = ping.tick() => ask(&mut socket, heard).await,
        };
        if let Err(end) = outcome {
            break end;
        }
        if let (false, Some(ends)) = (open, beginning.ends.get()) {
            open = true;
            hold_until(deadline.as_mut(), &edge, *ends);
        }
    };
    if let End::Close(code, reason) = end {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        deliver(&mut socket, close).await.ok();
    }
    part(socket).await;
}

/// Lets the farewell be exchanged before the connection is dropped, or the other side would think that it broke.
async fn part(mut socket: WebSocket) {
    let farewell = async { while socket.recv().await.is_some_and(|message| message.is_ok()) {} };
    tokio::time::timeout(FAREWELL, farewell).await.ok();
}

/// Checks who begins, and keeps what they said for every operation to come.
async fn begin(edge: Edge, asking: Asking, beginning: Arc<Beginning>) -> async_graphql::Result<Data> {
    let viewer = match asking.viewer(&edge.app).await {
        Ok(viewer) => viewer,
        Err(error) => {
            beginning.refused.store(true, Ordering::SeqCst);
            return Err(error.into());
        }
    };
    beginning.ends.set(viewer.map(|(_, ends)| ends)).ok();
    let mut data = Data::default();
    data.insert(asking);
    Ok(data)
}

fn listen(message: Option<Result<Message, axum::Error>>, feed: &mpsc::Sender<Bytes>) -> Result<(), End> {
    match message {
        Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
            feed.try_send(message.into_data()).map_err(|_| End::Gone)
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
    }
}

async fn speak(socket: &mut WebSocket, message: Option<WsMessage>, beginning: &Beginning) -> Result<(), End> {
    match message {
        Some(WsMessage::Text(text)) => deliver(socket, Message::Text(text.into())).await,
        Some(WsMessage::Close(code, reason)) => Err(close(code, reason, beginning)),
        None => Err(End::Gone),
    }
}

/// The engine's close codes, as the protocol has them.
fn close(code: u16, reason: String, beginning: &Beginning) -> End {
    match code {
        1002 if beginning.refused.load(Ordering::SeqCst) => End::Close(4403, "Forbidden".to_owned()),
        // What the engine says about a bad message may repeat parts of it.
        1002 => End::Close(4400, "Invalid message".to_owned()),
        1011 => End::Close(4401, "Unauthorized".to_owned()),
        code => End::Close(code, reason),
    }
}

fn late(open: bool) -> End {
    if open {
        End::Close(4403, "The token has expired".to_owned())
    } else {
        End::Close(4408, "Connection initialisation timeout".to_owned())
    }
}

async fn ask(socket: &mut WebSocket, heard: Instant) -> Result<(), End> {
    if heard.elapsed() > SILENCE {
        return Err(End::Gone);
    }
    deliver(socket, Message::Ping(Bytes::new())).await
}

async fn deliver(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match tokio::time::timeout(READING, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

/// Lets the connection hold until its token ends; without a token, until something else ends it.
fn hold_until(deadline: Pin<&mut Sleep>, edge: &Edge, ends: Option<DateTime<Utc>>) {
    const LONG: Duration = Duration::from_hours(720);
    let left = ends.map_or(LONG, |ends| (ends - edge.app.clock.now()).to_std().unwrap_or_default());
    deadline.reset(Instant::now() + left.min(LONG));
}
