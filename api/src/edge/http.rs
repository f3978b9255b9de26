//! `POST /graphql`: one operation as JSON, of at most 256 KiB.
//!
//! Only `application/json` is read: it is what a page of another site cannot send without asking first, so a browser
//! cannot be made to act for the person who sits at it.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::answer::{Format, Problem};
use super::who::Asking;
use super::{Edge, operation};

/// How long a client may take to send its request.
const READING: Duration = Duration::from_secs(30);

const WRONG_MEDIA_TYPE: Problem = Problem::new(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "UNSUPPORTED_MEDIA_TYPE",
    "Send the operation as application/json in UTF-8.",
);
const TOO_LARGE: Problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", "A request has at most 256 KiB.");
const UNREADABLE: Problem = Problem::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "The request did not arrive whole.");
const TOO_SLOW: Problem = Problem::new(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", "The request took too long to arrive.");
const BATCH: Problem =
    Problem::new(StatusCode::BAD_REQUEST, "BATCH_REFUSED", "Send one operation in a request; batches are not run.");
const MALFORMED: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "BAD_REQUEST",
    "Send a JSON object with query (text) and, where needed, operationName (text), variables (object) and extensions \
     (object).",
);

/// Answers one operation.
pub async fn post(State(edge): State<Edge>, request: Request) -> Response {
    let format = match Format::accepted(request.headers()) {
        Ok(format) => format,
        Err(problem) => return Format::Json.problem(problem),
    };
    match answer(&edge, request).await {
        Ok(answer) => format.answer(&answer),
        Err(problem) => format.problem(problem),
    }
}

async fn answer(edge: &Edge, request: Request) -> Result<async_graphql::Response, Problem> {
    if !is_json(request.headers()) {
        return Err(WRONG_MEDIA_TYPE);
    }
    let (parts, body) = request.into_parts();
    let asking = Asking::of(&parts);
    let reading = Bytes::from_request(Request::from_parts(parts, body), &());
    let body = tokio::time::timeout(READING, reading).await.map_err(|_| TOO_SLOW)?.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { TOO_LARGE } else { UNREADABLE }
    })?;
    let request = parse(&body)?;
    Ok(match operation::prepare(edge, &asking, request).await {
        Ok(request) => operation::execute(edge, request).await,
        Err(error) => operation::refused(error),
    })
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

fn parse(body: &[u8]) -> Result<async_graphql::Request, Problem> {
    // What the parser says about a wrong document may repeat parts of it, so it is not passed on.
    let value: serde_json::Value = serde_json::from_slice(body).map_err(|_| MALFORMED)?;
    match &value {
        serde_json::Value::Array(_) => Err(BATCH),
        serde_json::Value::Object(fields) if fields.get("query").is_some_and(serde_json::Value::is_string) => {
            serde_json::from_value(value).map_err(|_| MALFORMED)
        }
        _ => Err(MALFORMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_operation_in_an_object_is_read() {
        assert!(parse(br#"{"query":"{ viewer { name } }","variables":null,"operationName":null}"#).is_ok());
        let code = |body: &[u8]| parse(body).err().map(|problem| problem.code);
        assert_eq!(code(br#"[{"query":"{ viewer { name } }"}]"#), Some("BATCH_REFUSED"));
        for body in ["", "{", "null", "{}", r#"{"query":1}"#, r#"{"query":"{a}","variables":[1]}"#] {
            assert_eq!(code(body.as_bytes()), Some("BAD_REQUEST"), "{body}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        let is = |text: &str| is_json(&HeaderMap::from_iter([(CONTENT_TYPE, text.parse().unwrap())]));
        assert!(is("application/json") && is("Application/JSON; charset=UTF-8"));
        assert!(!is("text/plain") && !is("application/json; charset=gbk") && !is("multipart/form-data; boundary=x"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
