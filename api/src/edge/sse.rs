//! Operations by server-sent events, as graphql-sse has them in its mode of distinct connections: `next` for each item,
//! `complete` at the end.
//!
//! A stream that the server breaks off says why in a last `next`, an error without data, and has no `complete`: a client's
//! library takes it for a broken connection, not for the end, and comes again. The protocol has no event of its own for
//! that, and its libraries refuse events that they do not know.

use std::convert::Infallible;

use async_stream::stream;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::task::AbortHandle;
use tracing::Instrument;

use super::Edge;
use super::answer::{Format, Problem};
use super::mailbox::{Cut, ENDED, Parcel, Post, RESTART, SLOW};
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

/// The last item of a stream that is broken off: why, by a stable code, and how to go on.
fn farewell(why: Cut) -> String {
    let (code, message) = match why {
        // Whoever has taken nothing for long reads too slowly as well, where they read on at all.
        SLOW | Cut::Gone => {
            ("TOO_SLOW", "You read too slowly, and what waited for you was dropped: nothing of it is lost.")
        }
        ENDED => ("UNAUTHENTICATED", "The token holds no longer: come with a new one."),
        RESTART => ("UNAVAILABLE", "The server is about to stop: another one, or its successor, goes on."),
        Cut::Close(..) => ("UNAVAILABLE", "The server cannot go on for a moment."),
    };
    let message = format!("{message} Open the stream again with the last cursor that you have as `after`.");
    json!({ "data": null, "errors": [{ "message": message, "extensions": { "code": code } }] }).to_string()
}

/// Streams the items of an operation. When the client reads too slowly, the server stops or the token ends, the stream says
/// so and breaks off without `complete`, so that the client comes again.
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
                Post::Cut(why) => {
                    // Whether or not the client takes what is said to it, nothing is done for it any more.
                    drop(keeps);
                    yield Ok(Event::default().event("next").data(farewell(why)));
                    return;
                }
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::edge::mailbox::LATER;

    #[test]
    fn whoever_is_cut_is_told_why_and_how_to_go_on() {
        let whys = [SLOW, Cut::Gone, ENDED, RESTART, LATER];
        let codes = ["TOO_SLOW", "TOO_SLOW", "UNAUTHENTICATED", "UNAVAILABLE", "UNAVAILABLE"];
        for (why, code) in whys.into_iter().zip(codes) {
            let item: Value = serde_json::from_str(&farewell(why)).unwrap();
            assert_eq!(
                (&item["data"], &item["errors"][0]["extensions"]["code"]),
                (&Value::Null, &json!(code)),
                "{why:?}"
            );
            assert!(item["errors"][0]["message"].as_str().unwrap().contains("`after`"), "{item}");
        }
    }
}
