//! `GET /metrics`, at an address of its own: figures are for whoever runs the server, and a proxy that passes the API on
//! to the world must not pass them on as well.

use std::io;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::app::App;

const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves the figures until it is dropped.
///
/// # Errors
/// When the listener fails.
pub async fn serve(app: App, listener: TcpListener) -> io::Result<()> {
    axum::serve(listener, routes(app)).await
}

fn routes(app: App) -> Router {
    Router::new().route("/metrics", get(figures)).with_state(app)
}

async fn figures(State(app): State<App>) -> Response {
    match app.metrics.text(&app.db) {
        Ok(text) => ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "cannot write the figures");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Counts a socket for as long as it is open.
pub struct Open(App);

impl Open {
    /// One more.
    #[must_use]
    pub fn new(app: &App) -> Self {
        app.metrics.sockets.inc();
        Self(app.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.metrics.sockets.dec();
    }
}
