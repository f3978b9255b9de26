//! `/graphql` by POST (any operation, as JSON) and by GET (queries, and streams by server-sent events).
//!
//! A POST must be `application/json`: it is what a page of another site cannot send without asking first, so a browser
//! cannot be made to act for the person who sits at it. A GET never acts.

use async_graphql::parser::types::OperationType;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, UPGRADE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::{Format, Problem};
use super::incoming::Incoming;
use super::who::Asking;
use super::{Edge, operation, socket, sse};

const WRONG_MEDIA_TYPE: Problem = Problem::new(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "UNSUPPORTED_MEDIA_TYPE",
    "Send the operation as application/json in UTF-8, not compressed.",
);
const TOO_LARGE: Problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", "The request is too large.");
const TOO_LONG: Problem =
    Problem::new(StatusCode::URI_TOO_LONG, "TOO_LARGE", "The query string is too long: send the operation by POST.");
const UNREADABLE: Problem = Problem::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "The request did not arrive whole.");
const TOO_SLOW: Problem = Problem::new(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", "The request took too long to arrive.");
const MUST_POST: Problem = Problem::new(
    StatusCode::METHOD_NOT_ALLOWED,
    "METHOD_NOT_ALLOWED",
    "A mutation is sent by POST; a GET runs queries, and streams where text/event-stream is accepted.",
);
const LONG_HEADERS: Problem =
    Problem::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "TOO_LARGE", "The headers are too large.");
/// Any other method.
pub const WRONG_METHOD: Problem =
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "Operations are sent by POST or GET.");

/// Refuses requests whose headers are too long in all: what is read in one piece passes the connection's own bound.
pub async fn short_headers(State(most): State<usize>, request: Request, next: Next) -> Response {
    let length: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if length > most { Format::Json.problem(LONG_HEADERS) } else { next.run(request).await }
}

/// Answers one operation that is sent in a body.
pub async fn post(State(edge): State<Edge>, request: Request) -> Response {
    match Format::accepted(request.headers()) {
        Ok(format) => {
            let (asking, incoming) = match posted(&edge, request).await {
                Ok(read) => read,
                Err(problem) => return format.problem(problem),
            };
            answer(&edge, &asking, incoming, format, false).await
        }
        Err(problem) => Format::Json.problem(problem),
    }
}

/// Answers one query that is sent in the query string, or upgrades to a socket.
pub async fn get(
    State(edge): State<Edge>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    match upgrade {
        Ok(upgrade) => return socket::upgrade(edge, &parts, upgrade),
        Err(rejection) if parts.headers.contains_key(UPGRADE) => return rejection.into_response(),
        Err(_) => {}
    }
    let format = match Format::accepted(&parts.headers) {
        Ok(format) => format,
        Err(problem) => return Format::Json.problem(problem),
    };
    let query_string = parts.uri.query().unwrap_or_default();
    if query_string.len() > edge.limits.query_string {
        return format.problem(TOO_LONG);
    }
    match Incoming::of_query_string(query_string) {
        Ok(incoming) => answer(&edge, &Asking::of(&parts, &edge.proxies), incoming, format, true).await,
        Err(problem) => format.problem(problem),
    }
}

async fn posted(edge: &Edge, request: Request) -> Result<(Asking, Incoming), Problem> {
    // A small body can unpack to a large one, so it is not unpacked.
    if !is_json(request.headers()) || request.headers().contains_key(CONTENT_ENCODING) {
        return Err(WRONG_MEDIA_TYPE);
    }
    let (parts, body) = request.into_parts();
    let asking = Asking::of(&parts, &edge.proxies);
    let reading = Bytes::from_request(Request::from_parts(parts, body), &());
    let body =
        tokio::time::timeout(edge.limits.reading, reading).await.map_err(|_| TOO_SLOW)?.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { TOO_LARGE } else { UNREADABLE }
        })?;
    Ok((asking, Incoming::of_json(&body)?))
}

async fn answer(edge: &Edge, asking: &Asking, incoming: Incoming, format: Format, safe: bool) -> Response {
    let protocol = if format == Format::EventStream { "events" } else { "http" };
    let prepared = match operation::prepare(edge, asking, incoming, protocol).await {
        Ok(prepared) => prepared,
        Err(refusal) => return format.answer(&refusal),
    };
    if safe && prepared.kind == Some(OperationType::Mutation) {
        return format.problem(MUST_POST);
    }
    match format {
        Format::EventStream => sse::stream(edge, asking, prepared),
        Format::Json | Format::GraphQl => format.answer(&operation::execute(edge, prepared).await),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut pieces = media_type.split(';').map(|piece| piece.trim().to_ascii_lowercase());
    let is_utf8 = |piece: String| match piece.strip_prefix("charset=") {
        Some(charset) => charset.trim_matches('"') == "utf-8",
        None => true,
    };
    pieces.next().is_some_and(|name| name == "application/json") && pieces.all(is_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf8_is_read() {
        let is = |text: &str| is_json(&HeaderMap::from_iter([(CONTENT_TYPE, text.parse().unwrap())]));
        assert!(is("application/json") && is("Application/JSON; charset=UTF-8"));
        assert!(!is("text/plain") && !is("application/json; charset=gbk") && !is("multipart/form-data; boundary=x"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
