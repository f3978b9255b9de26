//! What a handheld says of the time of an act, as it is kept and shown.

use async_graphql::SimpleObject;
use chrono::{DateTime, TimeDelta, Utc};
use domain::handheld::{Evidence, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::upper_snake;
use crate::handheld::position::Fix;

/// What a handheld that was out of reach says of an act.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// Which device it is: the one that began to sync, or the person where no cursor came with the act.
    pub device: Uuid,
    /// When it was done.
    pub time: Evidence,
    /// Where.
    pub fix: Option<Fix>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    device_time: DateTime<Utc>,
    received_at: DateTime<Utc>,
    skew_seconds: i64,
    verdict: String,
}

/// Writes it.
#[must_use]
pub fn write(said: &Evidence) -> Value {
    json!(Kept {
        device_time: said.device_time,
        received_at: said.received_at,
        skew_seconds: said.skew.num_seconds(),
        verdict: upper_snake(said.verdict.name()),
    })
}

/// Reads it; nothing where none was said.
#[must_use]
pub fn read(kept: &Value) -> Option<DeviceEvidence> {
    let kept: Kept = serde_json::from_value(kept.clone()).ok()?;
    let verdict = Verdict::ALL.iter().copied().find(|verdict| upper_snake(verdict.name()) == kept.verdict)?;
    let skew = TimeDelta::try_seconds(kept.skew_seconds)?;
    let said = Evidence { device_time: kept.device_time, received_at: kept.received_at, skew, verdict };
    Some(DeviceEvidence {
        device_time: said.device_time,
        received_at: said.received_at,
        skew_seconds: kept.skew_seconds,
        verdict,
        counts_from: said.occurred_at(),
    })
}

/// What a handheld that was out of reach has said of the time of an act. It is evidence, not truth.
#[derive(SimpleObject)]
pub struct DeviceEvidence {
    /// When the act was done by the device's own clock.
    pub device_time: DateTime<Utc>,
    /// When the server heard of it.
    pub received_at: DateTime<Utc>,
    /// By how many seconds the server's clock was ahead of the device's when it heard of it.
    pub skew_seconds: i64,
    /// Whether the device's time is believed.
    pub verdict: Verdict,
    /// When the act counts as done: the device's time put right where it is believed, else when the server heard of it.
    pub counts_from: DateTime<Utc>,
}
