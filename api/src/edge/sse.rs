//! Operations by server-sent events, as graphql-sse has them in its mode of distinct connections: `next` for each item,
//! `complete` at the end.

use std::convert::Infallible;

use async_stream::stream;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio::task::AbortHandle;
use tracing::Instrument;

use super::Edge;
use super::answer::{Format, Problem};
use super::mailbox::{ENDED, Parcel, Post};
use super::operation::Prepared;
use super::shared::{self, Line, Membership};
use super::who::Asking;

const TOO_MANY: Problem = Problem::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "TOO_MANY",
    "There are too many open streams, yours or in all. Come again later.",
);

/// What a stream keeps, and ends when it is dropped.
struct Keeps {
    work: AbortHandle,
    ends: AbortHandle,
    membership: Option<Box<Membership>>,
}

impl Drop for Keeps {
    fn drop(&mut self) {
        self.work.abort();
        self.ends.abort();
        drop(self.membership.take());
    }
}

/// Streams the items of an operation. When the server stops or the token ends, the stream breaks off without `complete`,
/// so that the client comes again.
pub fn stream(edge: &Edge, asking: &Asking, prepared: Prepared) -> Response {
    let Some(seat) = edge.seats.take().and_then(|mut seat| seat.give(prepared.spender).then_some(seat)) else {
        return Format::EventStream.problem(TOO_MANY);
    };
    let mailbox = edge.pulse.mailbox();
    let line = Line { mailbox: mailbox.clone(), turn: 0, language: asking.language };
    let working = edge.clone();
    let work = async move { Box::pin(shared::run(&working, prepared, &line)).await };
    let work = tokio::spawn(work.in_current_span()).abort_handle();
    let (ended, over) = (asking.clone().ended(edge.clone()), mailbox.clone());
    let ends = tokio::spawn(async move {
        ended.await;
        over.cut(ENDED);
    });
    let mut keeps = Keeps { work, ends: ends.abort_handle(), membership: None };
    let edge = edge.clone();
    let events = stream! {
        let _seat = seat;
        loop {
            match std::future::poll_fn(|context| mailbox.poll(context)).await {
                // Whether somebody is still there shows when something is written.
                Post::Ping => mailbox.hears(edge.pulse.now()),
                Post::Cut(_) => return,
                Post::Parcel(Parcel::Item(_, text)) => {
                    yield Ok::<_, Infallible>(Event::default().event("next").data(text.as_str()));
                }
                Post::Parcel(Parcel::Never(_, text)) => {
                    let answer = format!(r#"{{"data":null,"errors":{text}}}"#);
                    yield Ok(Event::default().event("next").data(answer));
                    break;
                }
                Post::Parcel(Parcel::Follows(_, membership)) => keeps.membership = Some(membership),
                Post::Parcel(Parcel::Over(_)) => break,
            }
        }
        drop(keeps);
        yield Ok(Event::default().event("complete").data(""));
    };
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}
