//! Promises as the database keeps them: durations in minutes, words of the schema for what comes from closed sets.

use chrono::TimeDelta;
use domain::clock::promise::{About, Climb, Condition, Limit, Line, Promise, Reminders};
use sea_orm::{ActiveEnum, DbErr};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::app::error::Result;

/// How categories are named that are no single one.
const WATER_OR_ELECTRICITY: &str = "WATER_OR_ELECTRICITY";
const EMERGENCY: &str = "EMERGENCY";

#[derive(Serialize, Deserialize)]
struct Kept {
    clock: String,
    severity: Option<String>,
    about: Option<String>,
    channel: Option<String>,
    kind: Option<String>,
    department: Option<Uuid>,
    minutes: Option<i64>,
    working_days: Option<u32>,
    target_minutes: Option<i64>,
    hours: String,
    source: String,
    warn_at: Vec<u8>,
    climb_minutes: Option<(i64, i64)>,
    waits_for: Vec<String>,
    words: Option<String>,
}

/// Writes a promise. One to a named moment is none that can be kept for later.
///
/// # Errors
/// Never, for a promise.
pub fn write(line: &Line) -> Result<Value> {
    let Line { clock, condition, promise, words } = line;
    let (minutes, working_days) = match promise.limit {
        Limit::Within(time) => (Some(time.num_minutes()), None),
        Limit::WorkingDays(days) => (None, Some(days)),
        Limit::Until(_) => return Err("a named moment is no promise to be kept".to_owned().into()),
    };
    let about = condition.about.map(|about| match about {
        About::WaterOrElectricity => WATER_OR_ELECTRICITY.to_owned(),
        About::Emergency => EMERGENCY.to_owned(),
        About::Category(id) => id.to_string(),
    });
    let climb =
        promise.reminders.climb.map(|climb| (climb.office_head.num_minutes(), climb.company_leader.num_minutes()));
    Ok(serde_json::to_value(Kept {
        clock: clock.to_value(),
        severity: condition.severity.map(|severity| severity.to_value()),
        about,
        channel: condition.channel.map(|channel| channel.to_value()),
        kind: condition.kind.map(|kind| kind.to_value()),
        department: condition.department,
        minutes,
        working_days,
        target_minutes: promise.target.map(|target| target.num_minutes()),
        hours: promise.hours.to_value(),
        source: promise.source.to_value(),
        warn_at: promise.reminders.warn_at.clone(),
        climb_minutes: climb,
        waits_for: promise.waits_for.iter().map(ActiveEnum::to_value).collect(),
        words: words.clone(),
    })?)
}

/// Reads a promise.
///
/// # Errors
/// When it is not as it was written.
pub fn read(kept: &Value) -> Result<Line> {
    let kept: Kept = serde_json::from_value(kept.clone())?;
    let limit = match (kept.minutes, kept.working_days) {
        (Some(minutes), None) => Limit::Within(TimeDelta::minutes(minutes)),
        (None, Some(days)) => Limit::WorkingDays(days),
        _ => return Err("a promise has one limit".to_owned().into()),
    };
    let about = match kept.about.as_deref() {
        None => None,
        Some(WATER_OR_ELECTRICITY) => Some(About::WaterOrElectricity),
        Some(EMERGENCY) => Some(About::Emergency),
        Some(id) => Some(About::Category(Uuid::try_parse(id).map_err(|fault| fault.to_string())?)),
    };
    let climb = kept.climb_minutes.map(|(office_head, company_leader)| Climb {
        office_head: TimeDelta::minutes(office_head),
        company_leader: TimeDelta::minutes(company_leader),
    });
    Ok(Line {
        clock: value(&kept.clock)?,
        condition: Condition {
            severity: optional(kept.severity.as_ref())?,
            about,
            channel: optional(kept.channel.as_ref())?,
            kind: optional(kept.kind.as_ref())?,
            department: kept.department,
        },
        promise: Promise {
            limit,
            target: kept.target_minutes.map(TimeDelta::minutes),
            hours: value(&kept.hours)?,
            source: value(&kept.source)?,
            reminders: Reminders { warn_at: kept.warn_at, climb },
            waits_for: kept.waits_for.iter().map(value).collect::<Result<_, DbErr>>()?,
        },
        words: kept.words,
    })
}

/// Writes the promises of a version.
///
/// # Errors
/// Never, for promises.
pub fn write_all(lines: &[Line]) -> Result<Value> {
    Ok(Value::Array(lines.iter().map(write).collect::<Result<_>>()?))
}

/// Reads the promises of a version.
///
/// # Errors
/// When they are not as they were written.
pub fn read_all(kept: &Value) -> Result<Vec<Line>> {
    let kept: Vec<Value> = serde_json::from_value(kept.clone())?;
    kept.iter().map(read).collect()
}

fn value<T: ActiveEnum<Value = String>>(text: &String) -> Result<T, DbErr> {
    T::try_from_value(text)
}

fn optional<T: ActiveEnum<Value = String>>(text: Option<&String>) -> Result<Option<T>, DbErr> {
    text.map(value).transpose()
}

#[cfg(test)]
mod tests {
    use domain::clock::promise::defaults;

    use super::*;

    #[test]
    fn every_default_is_read_as_it_was_written() {
        let mut lines = defaults().to_vec();
        for line in &mut lines {
            line.promise.reminders.climb =
                Some(Climb { office_head: TimeDelta::minutes(3), company_leader: TimeDelta::minutes(9) });
            line.condition.department = Some(Uuid::from_u128(5));
        }
        let mut category = lines[0].clone();
        category.condition.about = Some(About::Category(Uuid::from_u128(7)));
        category.words = Some("说到做到".to_owned());
        lines.push(category);
        assert_eq!(read_all(&write_all(&lines).unwrap()).unwrap(), lines);
    }
}
