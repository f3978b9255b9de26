//! What an event of a visit says beside the case, written and read.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::booking::Window;
use entity::booking;
use serde_json::{Value, json};

/// What is told of a visit: its window, also as people at the site say it, and since when one was agreed.
#[must_use]
pub fn data(row: &booking::Model, zone: Tz) -> Value {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone);
    let words = format!("{}–{}", local(row.from_at).format("%Y-%m-%d %H:%M"), local(row.to_at).format("%H:%M"));
    json!({ "booking": row.id, "from": row.from_at, "to": row.to_at, "agreed": row.agreed_since, "window": words })
}

/// The window that an event tells of.
#[must_use]
pub fn window(data: &Value) -> Option<Window> {
    Some(Window { from: moment(data, "from")?, to: moment(data, "to")? })
}

/// Since when a visit was agreed, as an event tells it.
#[must_use]
pub fn agreed(data: &Value) -> Option<DateTime<Utc>> {
    moment(data, "agreed")
}

fn moment(data: &Value, name: &str) -> Option<DateTime<Utc>> {
    data.get(name)?.as_str()?.parse().ok()
}
