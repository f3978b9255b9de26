//! What an event says of the clock of resolution that it began, moved or ended, written and read.
//!
//! Only of that one: whether a case was handled in time is counted again from the log alone (E4.5.3), and the row of the
//! clock is not the log.

use chrono::{DateTime, Utc};
use domain::clock::State;
use entity::clock;
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// Under which name it stands in what an event says.
const NAME: &str = "resolution";

/// A clock of resolution as it stood after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The clock.
    pub clock: Uuid,
    /// Where it stood.
    pub state: State,
    /// When it had begun.
    pub started_at: DateTime<Utc>,
    /// The end that was promised then.
    pub due_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    clock: Uuid,
    state: String,
    started_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
}

/// Adds it to what an event says.
pub fn keep(data: &mut Value, row: &clock::Model) {
    let kept = Kept { clock: row.id, state: row.state.to_value(), started_at: row.started_at, due_at: row.due_at };
    if let Some(fields) = data.as_object_mut() {
        fields.insert(NAME.to_owned(), json!(kept));
    }
}

/// Reads it; nothing where an event says nothing of that clock.
#[must_use]
pub fn read(data: &Value) -> Option<Told> {
    let kept: Kept = serde_json::from_value(data.get(NAME)?.clone()).ok()?;
    let state = State::try_from_value(&kept.state).ok()?;
    Some(Told { clock: kept.clock, state, started_at: kept.started_at, due_at: kept.due_at })
}
