//! Files over HTTP: their parts come by the tus protocol (1.0, core), and they are read by links that hold for minutes.
//!
//! | path | what it does |
//! |---|---|
//! | `HEAD /uploads/{id}?key=` | how much has come |
//! | `PATCH /uploads/{id}?key=` | takes what comes, from where the upload stands |
//! | `GET /files/{id}/file?for=&until=&key=`, `…/thumbnail` | the file, whole or in part, as long as its person sees it |

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head};
use axum::{Json, Router};
use domain::attachment::{Kind, State as Stands};
use entity::attachment;
use futures_util::StreamExt;
use http_range_header::parse_range_header;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::Edge;
use super::answer::{Format, Problem};
use crate::app::error::{Error, upper_snake};
use crate::attachment::link::{self, Which, Written};
use crate::attachment::transfer::{self, Kept};
use crate::attachment::{kept, ready, thumbnail};

/// Which version of tus is spoken.
pub const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
/// How much of an upload has come.
pub const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const VERSION: HeaderName = HeaderName::from_static("tus-version");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const SPOKEN: HeaderValue = HeaderValue::from_static("1.0.0");
/// How much is kept at once: whoever is cut off sends at most so much again.
const PART: usize = 1024 * 1024;
/// For how long nothing may come.
const SILENCE: Duration = Duration::from_secs(30);

/// What a link is told that leads nowhere.
pub const GONE: Problem =
    Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", "This link leads nowhere, or holds no more.");
const NOT_SPOKEN: Problem =
    Problem::new(StatusCode::PRECONDITION_FAILED, "TUS_VERSION", "Send the header Tus-Resumable: 1.0.0.");
const NOT_A_PART: Problem = Problem::new(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "MEDIA_TYPE",
    "Send the bytes as application/offset+octet-stream.",
);
const NO_OFFSET: Problem =
    Problem::new(StatusCode::BAD_REQUEST, "UPLOAD_OFFSET", "Send the header Upload-Offset with a whole number.");
const OTHER_OFFSET: Problem = Problem::new(
    StatusCode::CONFLICT,
    "UPLOAD_OFFSET",
    "The upload stands elsewhere: ask with HEAD and go on from there.",
);
const TOO_LONG: Problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LONG", "This is more than was announced.");
const NO_RANGE: Problem =
    Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE", "Ask for one range of bytes within the file.");

const NO_ROOM: Problem = Problem::new(
    StatusCode::INSUFFICIENT_STORAGE,
    "NO_ROOM",
    "There is no room for files at the moment. What has come stays: go on later from where the upload stands.",
);

/// The routes.
pub fn routes() -> Router<Edge> {
    Router::new().route("/uploads/{id}", head(stands).patch(take)).route("/files/{id}/{which}", get(read))
}

#[derive(Deserialize)]
struct Key {
    #[serde(default)]
    key: String,
}

fn problem(problem: Problem) -> Response {
    let mut answer = Format::Json.problem(problem);
    answer.headers_mut().insert(RESUMABLE, SPOKEN);
    answer.headers_mut().insert(VERSION, SPOKEN);
    answer
}

/// What went wrong on our side, told with the id under which the log has it.
pub fn failed(error: &Error) -> Response {
    if matches!(error, Error::NoRoom) {
        return problem(NO_ROOM);
    }
    if let Error::Internal { id, cause } = error {
        tracing::error!(%id, cause, "a file could not be kept or read");
    }
    Format::Json.problem(Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "INTERNAL",
        "Something went wrong on our side. Try again in a moment.",
    ))
}

/// The upload that a link opens.
async fn opened(edge: &Edge, id: &str, key: &str) -> Result<attachment::Model, Response> {
    let id = Uuid::try_parse(id).ok().filter(|id| link::opens_upload(&edge.app, *id, key));
    let id = id.ok_or_else(|| problem(GONE))?;
    let found = transfer::open(&edge.app, id).await.map_err(|error| failed(&error))?;
    found.ok_or_else(|| problem(GONE))
}

fn where_it_stands(status: StatusCode, row: &attachment::Model) -> Response {
    let expires = row.expires_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut answer = (
        status,
        [
            (RESUMABLE, SPOKEN),
            (OFFSET, HeaderValue::from(row.received)),
            (LENGTH, HeaderValue::from(row.expected)),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
    )
        .into_response();
    if let Ok(expires) = HeaderValue::from_str(&expires) {
        answer.headers_mut().insert(EXPIRES, expires);
    }
    answer
}

/// How much has come.
async fn stands(State(edge): State<Edge>, Path(id): Path<String>, Query(Key { key }): Query<Key>) -> Response {
    match opened(&edge, &id, &key).await {
        Ok(row) => whole(&edge, &row, StatusCode::OK).await,
        Err(answer) => answer,
    }
}

/// Takes what comes.
async fn take(
    State(edge): State<Edge>,
    Path(id): Path<String>,
    Query(Key { key }): Query<Key>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let mut row = match opened(&edge, &id, &key).await {
        Ok(row) => row,
        Err(answer) => return answer,
    };
    if let Err(wrong) = check(&headers, &row) {
        return problem(wrong);
    }
    if let Err(answer) = drain(&edge, &mut row, request.into_body()).await {
        return answer;
    }
    whole(&edge, &row, StatusCode::NO_CONTENT).await
}

/// Where an upload stands, once what has come whole was looked at: whoever is told that everything is there may count on it.
async fn whole(edge: &Edge, row: &attachment::Model, status: StatusCode) -> Response {
    if row.received < row.expected || row.state != Stands::Uploading {
        return where_it_stands(status, row);
    }
    // By itself, so that it is done also where the line drops now; the copy keeps the process from ending before.
    let (app, upload, stays) = (edge.app.clone(), row.clone(), edge.stopping.clone());
    let looked = tokio::spawn(async move {
        let looked = ready::make(&app, &upload).await;
        drop(stays);
        looked
    });
    match looked.await.unwrap_or_else(|_| Err(edge.app.panicked())) {
        Ok(None) => where_it_stands(status, row),
        Ok(Some(fault)) => {
            let told = json!({ "errors": [{ "message": "This may not be attached.",
                "extensions": { "code": "REFUSED", "fault": upper_snake(fault.name()) } }] });
            (StatusCode::UNPROCESSABLE_ENTITY, [(RESUMABLE, SPOKEN)], Json(told)).into_response()
        }
        // Everything has come and is kept: the server looks at it by itself as soon as it can.
        Err(error) => {
            failed(&error);
            where_it_stands(status, row)
        }
    }
}

fn check(headers: &HeaderMap, row: &attachment::Model) -> Result<(), Problem> {
    if headers.get(RESUMABLE) != Some(&SPOKEN) {
        return Err(NOT_SPOKEN);
    }
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != "application/offset+octet-stream") {
        return Err(NOT_A_PART);
    }
    let offset = headers.get(OFFSET).and_then(|value| value.to_str().ok()?.parse::<i64>().ok()).ok_or(NO_OFFSET)?;
    if offset != row.received || row.state != Stands::Uploading {
        return Err(OTHER_OFFSET);
    }
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    if announced.is_some_and(|length| length > row.expected - offset) {
        return Err(TOO_LONG);
    }
    Ok(())
}

/// Keeps what comes, in parts; also what had come when the line dropped.
async fn drain(edge: &Edge, row: &mut attachment::Model, body: Body) -> Result<(), Response> {
    let mut body = body.into_data_stream();
    let mut part = Vec::with_capacity(PART);
    loop {
        let next = tokio::time::timeout(SILENCE, body.next()).await;
        let more = matches!(&next, Ok(Some(Ok(_))));
        if let Ok(Some(Ok(bytes))) = &next {
            part.extend_from_slice(bytes);
        }
        let stands = row.received + i64::try_from(part.len()).unwrap_or(i64::MAX);
        if stands > row.expected {
            return Err(problem(TOO_LONG));
        }
        if !part.is_empty() && (part.len() >= PART || !more) {
            match transfer::keep(&edge.app, row, Bytes::from(std::mem::take(&mut part))).await {
                Ok(Kept::UpTo(_)) => {}
                Ok(Kept::Overtaken) => return Err(problem(OTHER_OFFSET)),
                Err(error) => return Err(failed(&error)),
            }
        }
        if !more {
            return Ok(());
        }
    }
}

#[derive(Deserialize)]
struct Opens {
    #[serde(default, rename = "for")]
    viewer: String,
    #[serde(default)]
    until: i64,
    #[serde(default)]
    key: String,
}

/// Hands out a file.
async fn read(
    State(edge): State<Edge>,
    Path((id, which)): Path<(String, String)>,
    Query(Opens { viewer, until, key }): Query<Opens>,
    headers: HeaderMap,
) -> Response {
    let which = match which.as_str() {
        "file" => Which::File,
        "thumbnail" => Which::Thumbnail,
        _ => return problem(GONE),
    };
    let written = Written { id: &id, which, viewer: &viewer, until, key: &key };
    match link::opened(&edge.app, &written).await {
        Ok(Some(row)) => hand_out(&edge, &row, which, &headers).await,
        Ok(None) => problem(GONE),
        Err(error) => failed(&error),
    }
}

async fn hand_out(edge: &Edge, row: &attachment::Model, which: Which, headers: &HeaderMap) -> Response {
    let (name, media_type) = match which {
        Which::File => (kept(row.id), row.media_type.clone().unwrap_or_default()),
        Which::Thumbnail => (thumbnail(row.id), "image/jpeg".to_owned()),
    };
    let size = row.size.and_then(|size| u64::try_from(size).ok()).filter(|_| which == Which::File);
    let Some(size) = size else {
        // A small picture is read whole.
        return match edge.app.files.get(&name).await {
            Ok(bytes) => (secured(row, &media_type), bytes).into_response(),
            Err(error) => failed(&error),
        };
    };
    let asked = headers.get(RANGE).and_then(|range| range.to_str().ok());
    let range = match asked.map(|range| one_range(range, size)) {
        None => None,
        Some(Some(range)) => Some(range),
        Some(None) => return problem(NO_RANGE),
    };
    let (from, to) = range.unwrap_or((0, size.saturating_sub(1)));
    let bytes = match edge.app.files.stream(&name, from..to + 1).await {
        Ok(bytes) => bytes,
        Err(error) => return failed(&error),
    };
    let mut answer = (secured(row, &media_type), Body::from_stream(bytes)).into_response();
    let told = answer.headers_mut();
    told.insert(CONTENT_LENGTH, HeaderValue::from(to + 1 - from));
    told.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if range.is_some() {
        if let Ok(part) = HeaderValue::from_str(&format!("bytes {from}-{to}/{size}")) {
            told.insert(CONTENT_RANGE, part);
        }
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    answer
}

/// The first and the last byte of the only range that is asked for.
fn one_range(asked: &str, size: u64) -> Option<(u64, u64)> {
    let ranges = parse_range_header(asked).ok()?.validate(size).ok()?;
    match ranges.as_slice() {
        [only] => Some((*only.start(), *only.end())),
        _ => None,
    }
}

/// What a browser may do with a file that somebody has sent: show a photo, save a paper, run nothing.
fn secured(row: &attachment::Model, media_type: &str) -> HeaderMap {
    let how = if row.kind == Some(Kind::Photo) { "inline" } else { "attachment" };
    let name = file_name(&row.name);
    let pairs = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("{how}; filename*=UTF-8''{name}")),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (CACHE_CONTROL, "private, max-age=300".to_owned()),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?))).collect()
}

/// The name of a file as a header holds it.
pub fn file_name(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20")
}
