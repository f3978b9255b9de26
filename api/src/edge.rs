//! The protocol and nothing else: HTTP, WebSocket, limits, explorer, health. Knows no domain word.
//!
//! | path | what it does |
//! |---|---|
//! | `POST /graphql` | one operation, as JSON (`http.rs`) |
//! | `GET /graphql` | upgrade to `graphql-transport-ws` (`socket.rs`) |
//! | `GET /graphiql` | an explorer in the browser (`explorer.rs`) |
//! | `GET /healthz`, `GET /readyz` | alive; able to serve (`health.rs`) |

mod answer;
mod document;
mod explorer;
mod health;
mod http;
mod operation;
mod server;
mod socket;
mod trace;
mod who;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::schema::{self, HuiyinSchema};

pub use server::serve;

/// The largest request, and the largest message of a socket, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// What every handler is given.
#[derive(Clone)]
struct Edge {
    app: App,
    schema: HuiyinSchema,
    /// Turns true when the server stops. Whoever must finish before the process ends holds a copy.
    stopping: watch::Receiver<bool>,
}

/// The routes. `stopping` turns true when the server stops: sockets then end, and `/readyz` says no.
pub fn router(app: App, stopping: watch::Receiver<bool>) -> Router {
    let edge = Edge { schema: schema::build(&app), app, stopping };
    Router::new()
        .route("/graphql", post(http::post).get(socket::upgrade))
        .route("/graphiql", get(explorer::page))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(edge)
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(middleware::from_fn(trace::request))
}
