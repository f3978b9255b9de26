//! Operations by server-sent events, as graphql-sse has them in its mode of distinct connections: `next` for each item,
//! `complete` at the end.

use std::convert::Infallible;

use async_stream::stream;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::answer::{Format, Problem};
use super::operation::{Prepared, run};
use super::server::stopped;
use super::who::Asking;
use super::{Edge, farewell};

const TOO_MANY: Problem = Problem::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "TOO_MANY",
    "There are too many open streams, yours or in all. Come again later.",
);

/// Streams the items of an operation. When the server stops or the token ends, the stream breaks off without `complete`,
/// so that the client comes again.
pub fn stream(edge: &Edge, asking: &Asking, prepared: Prepared) -> Response {
    let Some(seat) = edge.seats.take().and_then(|mut seat| seat.give(prepared.spender).then_some(seat)) else {
        return Format::EventStream.problem(TOO_MANY);
    };
    let (stopping, spread, ends) = (stopped(edge.stopping.clone()), farewell(edge), asking.clone().ended(edge.clone()));
    let mut items = run(edge, prepared);
    let events = stream! {
        let _seat = seat;
        let mut over = std::pin::pin!(async {
            tokio::select! {
                () = stopping => tokio::time::sleep(spread).await,
                () = ends => {}
            }
        });
        loop {
            let item = tokio::select! {
                item = items.next() => item,
                () = &mut over => return,
            };
            let Some(item) = item else { break };
            match serde_json::to_string(&item) {
                Ok(json) => yield Ok::<_, Infallible>(Event::default().event("next").data(json)),
                Err(error) => {
                    tracing::error!(%error, "cannot write an item");
                    return;
                }
            }
        }
        yield Ok(Event::default().event("complete").data(""));
    };
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}
