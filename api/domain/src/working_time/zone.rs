//! When a time zone changes its offset.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

const A_DAY: i64 = 86_400;
/// 1970-01-01 and 2101-01-01: after 2100 the zones' rules are not written out, and no offset changes.
const FROM: i64 = 0;
const UNTIL: i64 = 4_133_980_800;

/// An offset and when it begins to hold, both in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// When; the first one has always been.
    pub(super) at: i64,
    /// How far the wall clock is ahead of UTC from then on.
    pub(super) offset: i64,
}

/// What has been found, by the zone's name: looking takes longer than making a calendar, and the answer never changes.
static FOUND: Mutex<BTreeMap<&'static str, Arc<[Change]>>> = Mutex::new(BTreeMap::new());

/// The offsets of a zone from 1970 to 2100, in order; the first holds for whatever is earlier.
pub(super) fn changes(zone: Tz) -> Arc<[Change]> {
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    found.entry(zone.name()).or_insert_with(|| find(zone).into()).clone()
}

/// Looks at every day, and halves the day in which the offset changes until the second is found. An offset that comes
/// and goes within one day would be missed; no zone has one.
fn find(zone: Tz) -> Vec<Change> {
    let mut current = Change { at: i64::MIN, offset: offset(zone, FROM) };
    let mut changes = vec![current];
    let mut looked_at = FROM;
    while looked_at < UNTIL {
        let next = looked_at + A_DAY;
        if offset(zone, next) == current.offset {
            looked_at = next;
            continue;
        }
        let (mut before, mut after) = (looked_at, next);
        while after - before > 1 {
            let middle = before.midpoint(after);
            if offset(zone, middle) == current.offset {
                before = middle;
            } else {
                after = middle;
            }
        }
        current = Change { at: after, offset: offset(zone, after) };
        changes.push(current);
        looked_at = after;
    }
    changes
}

fn offset(zone: Tz, seconds: i64) -> i64 {
    let moment = DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc();
    i64::from(zone.offset_from_utc_datetime(&moment).fix().local_minus_utc())
}
