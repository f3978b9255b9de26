//! A version tried on the past: how many of the clocks that ended would have been kept by it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};
use domain::clock::policy::choose;
use domain::clock::promise::{Line, is_promised};
use domain::clock::{Kind, State};
use domain::refusal::Code;
use entity::{category, clock, complaint, site};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::access::viewer::parse_zone;
use crate::app::error::{Error, Result};
use crate::calendar::Calendars;
use crate::clock::matter::{branch_among, matter};

/// The longest period.
const MAX_DAYS: i64 = 92;
/// The most clocks that are looked at; the request of somebody who waits.
const MAX_CLOCKS: u64 = 50_000;

/// What came of the clocks of one kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// How many ended, of those for which the version or the defaults promise anything.
    pub ended: i64,
    /// How many were kept as it was.
    pub kept: i64,
    /// How many would have been.
    pub would_be_kept: i64,
}

/// Tries promises on the clocks of a site that began in a period and have ended, by the calendar as it is now. What was
/// waited for is waited for again.
///
/// # Errors
/// `INVALID` for a period that is too long or that has too many clocks.
pub async fn replay(
    db: &impl ConnectionTrait,
    site: &site::Model,
    lines: &[Line],
    (from, to): (NaiveDate, NaiveDate),
    calendars: &Arc<Calendars>,
) -> Result<BTreeMap<Kind, Tally>> {
    let shorter = || Error::refused_needing(Code::Invalid, "to", vec![format!("from..from + {MAX_DAYS} days")]);
    if to < from || (to - from).num_days() >= MAX_DAYS {
        return Err(shorter());
    }
    let midnight = |day: NaiveDate| {
        let zone = parse_zone(&site.time_zone);
        zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().map(|at| at.to_utc())
    };
    let (begin, end) = (midnight(from), to.succ_opt().and_then(midnight));
    let (Some(begin), Some(end)) = (begin, end) else { return Err(shorter()) };
    let rows = clock::Entity::find()
        .filter(clock::Column::SiteId.eq(site.id))
        .filter(clock::Column::StartedAt.gte(begin))
        .filter(clock::Column::StartedAt.lt(end))
        .filter(clock::Column::State.is_in([State::Met, State::Missed]))
        .order_by_asc(clock::Column::StartedAt)
        .limit(MAX_CLOCKS + 1)
        .all(db)
        .await?;
    if rows.len() as u64 > MAX_CLOCKS {
        return Err(shorter());
    }
    let cases = cases_of(db, &rows).await?;
    let categories = category::Entity::find().filter(category::Column::SiteId.eq(site.id)).all(db).await?;
    let mut tallies: BTreeMap<Kind, Tally> = BTreeMap::new();
    for row in rows.iter().filter(|row| is_promised(row.kind)) {
        let (Some(case), Some(ended)) = (cases.get(&row.complaint_id), row.ended_at) else { continue };
        let matter = matter(case, &branch_among(&categories, case.category_id));
        let by = |hours| calendars.of_hours(hours);
        let Some(choice) = choose(row.kind, &matter, lines, row.started_at, by) else { continue };
        let waited = TimeDelta::seconds(row.paused_seconds);
        let due = by(choice.line.promise.hours).add(choice.timing.due, waited);
        let tally = tallies.entry(row.kind).or_default();
        tally.ended += 1;
        tally.kept += i64::from(row.state == State::Met);
        tally.would_be_kept += i64::from(due.is_some_and(|due| ended <= due));
    }
    Ok(tallies)
}

async fn cases_of(db: &impl ConnectionTrait, clocks: &[clock::Model]) -> Result<HashMap<Uuid, complaint::Model>> {
    /// What both databases take as parameters of one statement.
    const PART: usize = 1_000;
    let mut ids: Vec<Uuid> = clocks.iter().map(|clock| clock.complaint_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut cases = HashMap::with_capacity(ids.len());
    for part in ids.chunks(PART) {
        let rows = complaint::Entity::find().filter(complaint::Column::Id.is_in(part.iter().copied())).all(db).await?;
        cases.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(cases)
}
