//! One line in the log for each request: what it was, how it went, how long it took. Never a token, a phone number or a
//! word of what was sent.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, field};
use uuid::Uuid;

/// Names a request, in the request where a proxy has named it, and in the answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken over.
const MAX_ID: usize = 64;
/// Any other path is not logged: it holds whatever somebody has typed.
const PATHS: [&str; 4] = ["/graphql", "/graphiql", "/healthz", "/readyz"];

/// Names the request and logs how it went.
pub async fn request(request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(fresh);
    let path = PATHS.into_iter().find(|path| *path == request.uri().path()).unwrap_or("other");
    let span = tracing::info_span!("request", %id, method = %request.method(), path, operation = field::Empty);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis());
    span.in_scope(|| {
        if path.ends_with('z') {
            tracing::debug!(status, ms, "answered");
        } else {
            tracing::info!(status, ms, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (plain && (1..=MAX_ID).contains(&id.len())).then(|| id.to_owned())
}

fn fresh() -> String {
    #[expect(clippy::disallowed_methods, reason = "an id for the log: no act or row follows from it")]
    Uuid::new_v4().to_string()
}
