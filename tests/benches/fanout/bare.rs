//! The bare server: one frame, built beforehand, through a channel to each socket. It knows nobody and judges nothing.

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::broadcast::{self, Sender};

use crate::stand;

async fn upgrade(State(frames): State<Sender<Utf8Bytes>>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.protocols(["graphql-transport-ws"]).read_buffer_size(1024).write_buffer_size(0);
    upgrade.max_write_buffer_size(512 * 1024).on_upgrade(move |socket| follow(socket, frames.subscribe()))
}

async fn follow(mut socket: WebSocket, mut frames: broadcast::Receiver<Utf8Bytes>) {
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let Ok(frame) = frame else { return };
                if socket.send(Message::Text(frame)).await.is_err() {
                    return;
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}

/// Serves, and does what it is told.
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", json!({ "address": listener.local_addr().unwrap().to_string() }));
    let frames = broadcast::channel(16).0;
    let routes = Router::new().route("/graphql", get(upgrade)).with_state(frames.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(bytes) = line.strip_prefix("emit ") {
            frames.send("x".repeat(bytes.parse().unwrap()).into()).ok();
            println!("{}", json!({ "took": 0.0 }));
        } else {
            println!("{}", stand());
        }
    }
}
