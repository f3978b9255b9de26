//! What is made anew when it is read, by links that need no token.
//!
//! | path | what it does |
//! |---|---|
//! | `GET /papers/{kind}/{id}?of=&language=&for=&until=&key=` | a paper to print, or a table; the link holds for minutes |
//! | `GET /verify?seal=` | whether the signature on a printed paper is genuine |
//! | `GET /feeds/{key}` | a feed for a calendar; the link holds until it is revoked |

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::organization::Language;
use serde::Deserialize;

use super::Edge;
use super::answer::{Format, Problem};
use super::files::{GONE, failed, file_name};
use super::who::Asking;
use crate::access::guesses;
use crate::app::error::Error;
use crate::day_feed::calendar;
use crate::paper::link::{self, Written};
use crate::paper::making;
use crate::signature::page::page;
use crate::signature::verifying;

const SLOWER: Problem =
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", "Too many tries. Come again in a moment.");
/// What has no more digits than this may be a seal.
const LONGEST: usize = 200;

/// The routes.
pub fn routes() -> Router<Edge> {
    Router::new()
        .route("/papers/{kind}/{id}", get(paper))
        .route("/verify", get(verify))
        .route("/feeds/{key}", get(feed))
}

#[derive(Deserialize)]
struct Opens {
    #[serde(default)]
    of: String,
    #[serde(default)]
    language: String,
    #[serde(default, rename = "for")]
    viewer: String,
    #[serde(default)]
    until: i64,
    #[serde(default)]
    key: String,
}

/// Hands out a paper.
async fn paper(
    State(edge): State<Edge>,
    Path((kind, id)): Path<(String, String)>,
    Query(Opens { of, language, viewer, until, key }): Query<Opens>,
) -> Response {
    let written = Written { kind: &kind, id: &id, of: &of, language: &language, viewer: &viewer, until, key: &key };
    let Some(asked) = link::opens(&edge.app, &written) else { return Format::Json.problem(GONE) };
    let made = making::open(&edge.app, &asked, &edge.address).await;
    match made {
        Ok(Some(paper)) => {
            let name = format!("inline; filename*=UTF-8''{}", file_name(&paper.name));
            let mut answer =
                ([(CONTENT_TYPE, HeaderValue::from_static(paper.media_type)), (CACHE_CONTROL, NO_STORE)], paper.bytes)
                    .into_response();
            answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            if let Ok(name) = HeaderValue::from_str(&name) {
                answer.headers_mut().insert(CONTENT_DISPOSITION, name);
            }
            answer
        }
        Ok(None) => Format::Json.problem(GONE),
        Err(error) => failed(&error),
    }
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

#[derive(Deserialize)]
struct Proof {
    #[serde(default)]
    seal: String,
}

/// Counts somebody's try by their address.
async fn counted(edge: &Edge, asking: &Asking) -> Result<(), Response> {
    match guesses::count(&edge.app, asking.address).await {
        Ok(()) => Ok(()),
        Err(Error::Limited) => {
            let mut answer = Format::Json.problem(SLOWER);
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
            Err(answer)
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Says whether a signature is genuine.
async fn verify(State(edge): State<Edge>, Query(Proof { seal }): Query<Proof>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let asking = Asking::of(&parts, &edge.proxies);
    if let Err(answer) = counted(&edge, &asking).await {
        return answer;
    }
    let seal = if seal.len() > LONGEST { "" } else { seal.as_str() };
    match verifying::verify(&edge.app.db, seal).await {
        Ok(found) => {
            let page = page(asking.language.unwrap_or(Language::ZhCn), &found);
            let headers = [
                (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
                (CACHE_CONTROL, NO_STORE),
                (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, Html(page)).into_response()
        }
        Err(error) => failed(&error),
    }
}

/// Hands out a feed. Whoever has a key that holds is no stranger; whoever has none is counted as one that guesses.
async fn feed(State(edge): State<Edge>, Path(key): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match calendar::feed(&edge.app, &key).await {
        Ok(Some(text)) => {
            let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
            ([(CONTENT_TYPE, kind), (CACHE_CONTROL, NO_STORE)], text).into_response()
        }
        Ok(None) => match counted(&edge, &Asking::of(&parts, &edge.proxies)).await {
            Ok(()) => Format::Json.problem(GONE),
            Err(answer) => answer,
        },
        Err(error) => failed(&error),
    }
}
