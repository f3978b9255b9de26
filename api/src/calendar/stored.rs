//! Spans and days as the database keeps them.

use chrono::NaiveDate;
use domain::working_time::holidays::{OfficialDay, OfficialDayKind};
use domain::working_time::{Span, Week};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::error::Result;

/// An official day as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptDay {
    date: NaiveDate,
    make_up: bool,
    name: String,
}

/// Writes spans: a pair of minutes of the day for each.
///
/// # Errors
/// Never, for spans.
pub fn write_spans(spans: &[Span]) -> Result<Value> {
    let pairs: Vec<[u16; 2]> = spans.iter().map(|span| [span.from, span.to]).collect();
    Ok(serde_json::to_value(pairs)?)
}

/// Reads spans.
///
/// # Errors
/// When they are not as they were written.
pub fn read_spans(kept: &Value) -> Result<Vec<Span>> {
    let pairs: Vec<[u16; 2]> = serde_json::from_value(kept.clone())?;
    Ok(pairs.into_iter().map(|[from, to]| Span { from, to }).collect())
}

/// Writes a week: the spans of each weekday, Monday first.
///
/// # Errors
/// Never, for a week.
pub fn write_week(week: &Week) -> Result<Value> {
    Ok(Value::Array(week.days().map(write_spans).collect::<Result<Vec<Value>>>()?))
}

/// Reads a week.
///
/// # Errors
/// When it is not as it was written.
pub fn read_week(kept: &Value) -> Result<Week> {
    let days: [Value; 7] = serde_json::from_value(kept.clone())?;
    let mut week: [Vec<Span>; 7] = Default::default();
    for (spans, day) in week.iter_mut().zip(&days) {
        *spans = read_spans(day)?;
    }
    Ok(Week::new(week))
}

/// Writes official days.
///
/// # Errors
/// Never, for days.
pub fn write_official(days: &[OfficialDay]) -> Result<Value> {
    let kept: Vec<KeptDay> = days
        .iter()
        .map(|day| KeptDay { date: day.date, make_up: day.kind == OfficialDayKind::MakeUp, name: day.name.clone() })
        .collect();
    Ok(serde_json::to_value(kept)?)
}

/// Reads official days.
///
/// # Errors
/// When they are not as they were written.
pub fn read_official(kept: &Value) -> Result<Vec<OfficialDay>> {
    let days: Vec<KeptDay> = serde_json::from_value(kept.clone())?;
    let kind = |day: &KeptDay| if day.make_up { OfficialDayKind::MakeUp } else { OfficialDayKind::Rest };
    Ok(days.into_iter().map(|day| OfficialDay { kind: kind(&day), date: day.date, name: day.name }).collect())
}
