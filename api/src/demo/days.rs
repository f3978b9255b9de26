//! Days and hours of the history, in the sites' time.

use std::ops::Range;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::access::viewer::HOME_ZONE;

/// Minutes of a day.
pub const DAY: i64 = 24 * 60;

/// When people act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// While customers are awake.
    Awake,
    /// While crews work.
    Crew,
    /// While the office is open.
    Office,
}

/// The moment itself, or one soon after the next beginning of the hours.
#[must_use]
pub fn within(rng: &mut StdRng, at: DateTime<Utc>, hours: Hours) -> DateTime<Utc> {
    let (opens, closes) = match hours {
        Hours::Awake => (7 * 60, 23 * 60),
        Hours::Crew => (8 * 60, 20 * 60 + 30),
        Hours::Office => (8 * 60 + 30, 18 * 60),
    };
    let minute = minute_of_day(at);
    if (opens..closes).contains(&minute) {
        return at;
    }
    let today = day_of(at);
    let day = if minute < opens { today } else { today + Days::new(1) };
    midnight(day, at) + TimeDelta::seconds(opens * 60 + rng.random_range(60..45 * 60))
}

/// A moment so many days before the end, within some minutes of the day.
#[must_use]
pub fn moment(rng: &mut StdRng, end: DateTime<Utc>, days_ago: i64, minutes: Range<i64>) -> DateTime<Utc> {
    let seconds = rng.random_range(minutes) * 60 + rng.random_range(0..60);
    let at = midnight(day_of(end - TimeDelta::days(days_ago)), end) + TimeDelta::seconds(seconds);
    // What would come later today came yesterday.
    if at < end { at } else { at - TimeDelta::days(1) }
}

/// The end itself, or the evening before when it is night.
#[must_use]
pub fn last_waking_moment(end: DateTime<Utc>) -> DateTime<Utc> {
    let minute = minute_of_day(end);
    if (9 * 60..21 * 60).contains(&minute) {
        return end;
    }
    let day = if minute < 9 * 60 { day_of(end) - Days::new(1) } else { day_of(end) };
    midnight(day, end) + TimeDelta::minutes(20 * 60 + 30)
}

fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&HOME_ZONE).date_naive()
}

fn minute_of_day(at: DateTime<Utc>) -> i64 {
    let local = at.with_timezone(&HOME_ZONE);
    i64::from(local.hour() * 60 + local.minute())
}

/// When a day begins, or `otherwise` where the clocks are changed at midnight.
fn midnight(day: NaiveDate, otherwise: DateTime<Utc>) -> DateTime<Utc> {
    let begins = day.and_time(NaiveTime::MIN).and_local_timezone(HOME_ZONE).earliest();
    begins.map_or(otherwise, |begins| begins.with_timezone(&Utc))
}
