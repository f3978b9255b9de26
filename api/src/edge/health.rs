//! Whether the process lives, and whether it can serve.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::ConnectionTrait;

use super::Edge;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Alive.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Able to serve: the database answers, and the server is not about to stop. All else only degrades it.
pub async fn ready(State(edge): State<Edge>) -> (StatusCode, &'static str) {
    if *edge.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match tokio::time::timeout(PATIENCE, edge.app.db.execute_unprepared("SELECT 1")).await {
        // Without the wire nothing is lost and little is late, so nobody is sent elsewhere.
        Ok(Ok(_)) if edge.app.wire.connected() == Some(false) => {
            (StatusCode::OK, "ready, degraded: other replicas cannot be heard\n")
        }
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer in time\n"),
    }
}
