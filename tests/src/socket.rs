//! A client of the protocol that says exactly what a test tells it to.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::{Request, generate_key};
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

use crate::edge::Edge;

/// A bound for a server that says nothing, not a measure.
const PATIENCE: Duration = Duration::from_mins(1);

const PROTOCOL: &str = "graphql-transport-ws";

fn asking(address: &str, protocols: &str) -> Request {
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    if !protocols.is_empty() {
        request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    }
    request
}

/// An open socket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one that names protocols; none where the text is empty.
    pub async fn open(edge: &Edge, protocols: &str) -> Self {
        Self(connect_async(asking(&edge.address, protocols)).await.unwrap().0)
    }

    /// Opens one and begins as the holder of a token, at any address.
    pub async fn begun_at(address: &str, token: &str) -> Self {
        Self(connect_async(asking(address, PROTOCOL)).await.unwrap().0).begin(token).await
    }

    /// The same with a small buffer of the system: what is not read of it stays with the server.
    pub async fn narrow_at(address: &str, token: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(address.parse().unwrap()).await.unwrap());
        Self(client_async(asking(address, PROTOCOL), stream).await.unwrap().0).begin(token).await
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
        Self::open(edge, PROTOCOL).await.begin(token).await
    }

    async fn begin(mut self, token: &str) -> Self {
        let payload = if token.is_empty() { json!({}) } else { json!({ "authorization": format!("Bearer {token}") }) };
        self.say(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(self.hear().await, json!({ "type": "connection_ack" }));
        self
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

    /// Reads until it is over, by a close or without a word.
    pub async fn ends(&mut self) {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("the server says something") {
                None | Some(Err(_) | Ok(Message::Close(_))) => return,
                Some(Ok(_)) => {}
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
