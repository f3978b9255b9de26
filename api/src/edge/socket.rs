//! `GET /graphql`, upgrade: operations and subscriptions over `graphql-transport-ws`.
//!
//! | close code | why |
//! |---|---|
//! | 4400 | a message that is not of the protocol |
//! | 4401 | an operation before the connection was acknowledged |
//! | 4403 | the token does not hold, or holds no longer |
//! | 4408 | no `connection_init` in time |
//! | 4429 | a second `connection_init` |
//! | 1012 | the server restarts: come again |

mod conversation;
mod executor;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::UPGRADE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::answer::{Format, Problem};
use super::who::Asking;
use super::{Edge, MAX_BYTES};
use conversation::converse;

const PROTOCOL: &str = "graphql-transport-ws";
const NOT_A_SOCKET: Problem = Problem::new(
    StatusCode::METHOD_NOT_ALLOWED,
    "METHOD_NOT_ALLOWED",
    "Send operations by POST, or upgrade to a socket of the protocol graphql-transport-ws.",
);
const OTHER_PROTOCOL: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "BAD_REQUEST",
    "The socket speaks graphql-transport-ws: name it in Sec-WebSocket-Protocol.",
);

/// Upgrades to a socket.
pub async fn upgrade(
    State(edge): State<Edge>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]).max_message_size(MAX_BYTES).max_frame_size(MAX_BYTES),
        Err(rejection) => return refuse(&parts, rejection),
    };
    if upgrade.selected_protocol().is_none() {
        return Format::Json.problem(OTHER_PROTOCOL);
    }
    let asking = Asking::of(&parts);
    upgrade.on_upgrade(move |socket| converse(edge, asking, socket))
}

fn refuse(parts: &Parts, rejection: WebSocketUpgradeRejection) -> Response {
    if parts.headers.contains_key(UPGRADE) { rejection.into_response() } else { Format::Json.problem(NOT_A_SOCKET) }
}
