//! Signed links: short-lived, and good for one thing only. Whoever has one needs no token.

use chrono::{DateTime, TimeDelta, Utc};

use super::App;

/// For how long a link holds.
const HOLDS: TimeDelta = TimeDelta::minutes(5);

/// What a link to something ends with, from now on for five minutes: until when it holds, and its key.
#[must_use]
pub fn signed(app: &App, purpose: &str, what: &[&[u8]]) -> String {
    let until = (app.clock.now() + HOLDS).timestamp();
    format!("until={until}&key={}", app.vault.digest(purpose, &bound(what, &until.to_be_bytes())))
}

/// Whether such a link holds now.
#[must_use]
pub fn holds(app: &App, purpose: &str, what: &[&[u8]], until: i64, key: &str) -> bool {
    let in_time = DateTime::<Utc>::from_timestamp(until, 0).is_some_and(|until| app.clock.now() <= until);
    in_time && app.vault.is_digest(key, purpose, &bound(what, &until.to_be_bytes()))
}

fn bound<'a>(what: &[&'a [u8]], until: &'a [u8]) -> Vec<&'a [u8]> {
    what.iter().copied().chain([until]).collect()
}
