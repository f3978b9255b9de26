//! What an event says of how its case is counted, written and read: figures are counted again from the log alone (E4.5.3).
//!
//! It stands in the log and is shown to nobody: what a viewer sees of an event is its kind, names and words. Of who filed a
//! case nothing is said, and of one of nobody known only that (D7).

use chrono::{DateTime, Utc};
use domain::complaint::Kind;
use entity::complaint;
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::error::upper_snake;

/// Under which name a receipt says it.
const RECEIVED: &str = "counts";

/// As what a case came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// What the customer wants.
    pub kind: Kind,
    /// What it is about.
    pub category: Uuid,
    /// Whether nobody is known.
    pub anonymous: bool,
    /// When it was received; for a part of a case that was split, when that was.
    pub received_at: DateTime<Utc>,
    /// The employee whom it is about.
    pub about: Option<Uuid>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    kind: String,
    category: Uuid,
    anonymous: bool,
    received_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<Uuid>,
}

/// What the receipt of a case says: its number, and as what it counts. Where it goes is said beside it.
#[must_use]
pub fn received(row: &complaint::Model) -> Value {
    let kept = Kept {
        kind: row.kind.to_value(),
        category: row.category_id,
        anonymous: row.anonymous,
        received_at: row.received_at,
        about: row.about_account_id,
    };
    let mut data = json!({ "number": row.number });
    data[RECEIVED] = json!(kept);
    data
}

/// As what a case came in; nothing where its receipt does not say so, as those from before the log kept it.
#[must_use]
pub fn as_received(data: &Value) -> Option<Received> {
    let kept: Kept = serde_json::from_value(data.get(RECEIVED)?.clone()).ok()?;
    let kind = Kind::try_from_value(&kept.kind).ok()?;
    let Kept { category, anonymous, received_at, about, .. } = kept;
    Some(Received { kind, category, anonymous, received_at, about })
}

/// How a case is classified, as a correction says it of before and after.
#[must_use]
pub fn classified(row: &complaint::Model) -> Value {
    json!({
        "kind": row.kind.to_value(),
        "category": row.category_id,
        "severity": upper_snake(row.severity.name()),
    })
}

/// Kind and category after a correction; nothing where it does not say so.
#[must_use]
pub fn reclassified(data: &Value) -> Option<(Kind, Uuid)> {
    let after = data.get("after")?;
    let kind = Kind::try_from_value(&after.get("kind")?.as_str()?.to_owned()).ok()?;
    Some((kind, Uuid::try_parse(after.get("category")?.as_str()?).ok()?))
}
