//! The public keys that access tokens are checked with, for whoever checks them elsewhere.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde_json::json;

use super::Edge;

/// Short enough that a new key is known before the first token that it signs matters, long enough to spare the server.
const CACHED: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "public, max-age=300")];

/// A JSON Web Key Set (RFC 7517).
pub async fn published(State(edge): State<Edge>) -> impl IntoResponse {
    (CACHED, Json(json!({ "keys": edge.app.tokens.public() })))
}
