//! A client of the protocol that says exactly what a test tells it to.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::edge::Edge;

/// A bound for a server that says nothing, not a measure.
const PATIENCE: Duration = Duration::from_mins(1);

/// An open socket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one that names protocols; none where the text is empty.
    pub async fn open(edge: &Edge, protocols: &str) -> Self {
        let mut request = format!("ws://{}/graphql", edge.address).into_client_request().unwrap();
        if !protocols.is_empty() {
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
        }
        Self(connect_async(request).await.unwrap().0)
    }

    /// Opens one although the server accepts none of the protocols, which the library would not.
    pub async fn unaccepted(edge: &Edge, protocols: &str) -> Self {
        let mut stream = TcpStream::connect(&edge.address).await.unwrap();
        let named =
            if protocols.is_empty() { String::new() } else { format!("sec-websocket-protocol: {protocols}\r\n") };
        let head = format!(
            "GET /graphql HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: {}\r\n{named}\r\n",
            edge.address,
            generate_key()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
        Self(WebSocketStream::from_raw_socket(MaybeTlsStream::Plain(stream), Role::Client, None).await)
    }

    /// Opens one and begins as the holder of a token; as a stranger where it is empty.
    pub async fn begun(edge: &Edge, token: &str) -> Self {
        let mut socket = Self::open(edge, "graphql-transport-ws").await;
        let payload = if token.is_empty() { json!({}) } else { json!({ "authorization": format!("Bearer {token}") }) };
        socket.say(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// Sends a message.
    pub async fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// Begins an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(&json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// Sends a frame, whatever it is. One that closes meanwhile shows in what is heard.
    pub async fn send(&mut self, message: Message) {
        self.0.send(message).await.ok();
    }

    /// The next message, which must not be the end.
    pub async fn hear(&mut self) -> Value {
        match self.frame().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("a message expected, not {other:?}"),
        }
    }

    /// Whether the server lets it begin, and does not close it.
    pub async fn begins(&mut self) -> bool {
        matches!(self.frame().await, Message::Text(_))
    }

    /// The code and the reason with which the server closes; messages before it are passed over.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.frame().await {
                let frame = frame.expect("a reason");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    async fn frame(&mut self) -> Message {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("the server says something");
            match frame.expect("the socket is open").expect("the socket holds") {
                Message::Ping(_) | Message::Pong(_) => {}
                other => return other,
            }
        }
    }
}
