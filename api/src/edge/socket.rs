//! `GET /graphql`, upgrade: operations and subscriptions over `graphql-transport-ws`.
//!
//! | close code | why |
//! |---|---|
//! | 4400 | a message that is not of the protocol |
//! | 4401 | an operation before the connection was acknowledged |
//! | 4403 | the token does not hold, or holds no longer |
//! | 4406 | the client does not speak `graphql-transport-ws` |
//! | 4408 | no `connection_init` in time |
//! | 4409 | an operation under an id that is in use |
//! | 4429 | a second `connection_init` |
//! | 1009 | a message that is too large |
//! | 1012 | the server restarts: come again |
//! | 1013 | the client reads too slowly or has too many sockets, or the database does not answer: come again |

mod conversation;
mod message;
mod operations;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::Edge;
use super::answer::{Format, Problem};
use super::who::Asking;
use conversation::{converse, decline};

const PROTOCOL: &str = "graphql-transport-ws";
const FULL: Problem =
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TOO_MANY", "There are too many open sockets. Come again later.");

/// Upgrades to a socket.
pub fn upgrade(edge: Edge, parts: &Parts, upgrade: WebSocketUpgrade) -> Response {
    let Some(seat) = edge.seats.take() else {
        return Format::Json.problem(FULL);
    };
    let most = edge.limits.body;
    // The default buffers would cost an idle socket 130 KiB.
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * most)
        .max_message_size(most)
        .max_frame_size(most);
    if upgrade.selected_protocol().is_none() {
        return upgrade.on_upgrade(decline);
    }
    let asking = Asking::of(parts, &edge.proxies);
    // Not within the span of the request, which would be kept as long as the socket is open.
    upgrade.on_upgrade(move |socket| converse(edge, asking, socket, seat))
}
