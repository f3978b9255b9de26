//! How an answer is written: media type and status, as the GraphQL-over-HTTP specification gives them.
//!
//! With `application/json` whatever a well-formed request leads to is a 200, errors included. With
//! `application/graphql-response+json` an operation that never ran has a status of its own: 401 for a token that does
//! not hold, 400 otherwise. Our own failures (500, 503) and requests that are no GraphQL (4xx) show in both.

use std::any::Any;
use std::collections::BTreeMap;

use async_graphql::{ServerError, Value};
use axum::body::Body;
use axum::http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::operation;
use crate::app::App;

/// A request that is no GraphQL, or that we failed to answer.
#[derive(Debug, Clone, Copy)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What would be right.
    pub message: &'static str,
}

impl Problem {
    /// A problem.
    pub const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }
}

const NOT_ACCEPTABLE: Problem = Problem::new(
    StatusCode::NOT_ACCEPTABLE,
    "NOT_ACCEPTABLE",
    "Accept application/json, application/graphql-response+json or text/event-stream.",
);
const PANICKED: Problem =
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Something went wrong on our side.");

/// The media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`, also for whoever does not say.
    Json,
    /// `application/graphql-response+json`.
    GraphQl,
    /// `text/event-stream`: the items of a stream. What never ran is answered as JSON.
    EventStream,
}

/// An answer to an operation that never ran has no `data`, not even null.
#[derive(Serialize)]
struct NeverRan<'a> {
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl Format {
    /// What the client accepts, by weight and then in its own order.
    ///
    /// # Errors
    /// When it accepts neither of the two.
    pub fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut ranges = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|v| v.split(','))
            .peekable();
        if ranges.peek().is_none() {
            return Ok(Self::Json);
        }
        let mut wanted: Vec<(f32, Self)> = ranges.filter_map(range).collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, format)| *format).ok_or(NOT_ACCEPTABLE)
    }

    /// Writes the answer to an operation.
    pub fn answer(self, answer: &async_graphql::Response) -> Response {
        let never_ran = operation::never_ran(answer);
        let body = if never_ran {
            serde_json::to_vec(&NeverRan { errors: &answer.errors, extensions: &answer.extensions })
        } else {
            serde_json::to_vec(answer)
        };
        let Ok(body) = body else { return self.problem(PANICKED) };
        let status = if never_ran { self.status(&answer.errors) } else { StatusCode::OK };
        let mut response = self.write(status, body.into());
        response.headers_mut().extend(answer.http_headers.clone());
        response
    }

    /// Writes a problem.
    pub fn problem(self, problem: Problem) -> Response {
        let body = json!({ "errors": [{ "message": problem.message, "extensions": { "code": problem.code } }] });
        let mut response = self.write(problem.status, body.to_string().into());
        if problem.status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
        }
        response
    }

    fn status(self, errors: &[ServerError]) -> StatusCode {
        match errors.iter().find_map(operation::code) {
            Some("INTERNAL") => StatusCode::INTERNAL_SERVER_ERROR,
            Some(operation::TIMED_OUT) => StatusCode::SERVICE_UNAVAILABLE,
            Some(operation::RATE_LIMITED) => StatusCode::TOO_MANY_REQUESTS,
            _ if self == Self::Json => StatusCode::OK,
            Some("UNAUTHENTICATED") => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn write(self, status: StatusCode, body: Body) -> Response {
        let media_type = match self {
            Self::Json | Self::EventStream => "application/json; charset=utf-8",
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
        };
        let mut response = (status, [(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-store")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// One media range of an `Accept` header, if it is one of ours.
fn range(range: &str) -> Option<(f32, Format)> {
    let mut pieces = range.split(';').map(str::trim);
    let format = match pieces.next()?.to_ascii_lowercase().as_str() {
        "application/graphql-response+json" => Format::GraphQl,
        "text/event-stream" => Format::EventStream,
        "application/json" | "application/*" | "*/*" => Format::Json,
        _ => return None,
    };
    let weight = pieces.find_map(|piece| piece.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
    (weight > 0.0).then_some((weight, format))
}

/// The answer when a handler has panicked: an id, under which the log has it. What the panic said goes nowhere.
pub fn panicked(app: App) -> impl Fn(Box<dyn Any + Send + 'static>) -> Response + Clone + Send + Sync + 'static {
    move |_| Format::Json.answer(&operation::refused(app.panicked()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(header: &str) -> Option<Format> {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(header).unwrap())]);
        Format::accepted(&headers).ok()
    }

    #[test]
    fn the_client_chooses_the_media_type() {
        assert_eq!(Format::accepted(&HeaderMap::new()).ok(), Some(Format::Json));
        assert_eq!(accepted("*/*"), Some(Format::Json));
        assert_eq!(accepted("application/graphql-response+json, application/json;q=0.9"), Some(Format::GraphQl));
        assert_eq!(accepted("application/json, application/graphql-response+json"), Some(Format::Json));
        assert_eq!(accepted("application/graphql-response+json;q=0.5, application/json"), Some(Format::Json));
        assert_eq!(accepted("text/html"), None);
        assert_eq!(accepted("application/json;q=0"), None);
    }

    #[test]
    fn a_token_that_does_not_hold_shows_in_the_status_of_the_newer_format() {
        let answer = operation::refused(crate::app::error::Error::Unauthenticated);
        assert_eq!(Format::Json.answer(&answer).status(), StatusCode::OK);
        assert_eq!(Format::GraphQl.answer(&answer).status(), StatusCode::UNAUTHORIZED);
    }
}
