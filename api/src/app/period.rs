//! The period of which something is counted case by case: bounded, so that counting costs what a site does in it, and not
//! what it has done in all its years.

use async_graphql::Context;
use chrono::{DateTime, Datelike, Days, Months, TimeDelta, TimeZone, Utc};
use domain::refusal::Code;
use uuid::Uuid;

use super::error::{Error, Result};
use super::loader::SiteById;
use super::request::Asked;
use crate::access::viewer::{HOME_ZONE, parse_zone};

/// The longest period.
const LONGEST: TimeDelta = TimeDelta::days(92);

/// The period that is asked for, which ends before its end: from the beginning of the current month at the site where no
/// beginning is given, for a month where no end is.
///
/// # Errors
/// `INVALID` unless it ends after it begins, by at most 92 days.
pub async fn counted(
    ctx: &Context<'_>,
    site: Uuid,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let zone = ctx.load(SiteById(site)).await?.map_or(HOME_ZONE, |site| parse_zone(&site.time_zone));
    let now = ctx.app()?.clock.now();
    let this_month = || {
        let today = now.with_timezone(&zone).date_naive();
        let first = today.checked_sub_days(Days::new(today.day0().into())).unwrap_or(today);
        let midnight = first.and_time(chrono::NaiveTime::MIN);
        zone.from_local_datetime(&midnight).earliest().map_or(now, |moment| moment.to_utc())
    };
    let from = from.unwrap_or_else(this_month);
    let month_later = || from.with_timezone(&zone).checked_add_months(Months::new(1)).map(|moment| moment.to_utc());
    let to = to.or_else(month_later).unwrap_or(from);
    if to <= from || to - from > LONGEST {
        let right = vec![format!("after from, by at most {} days", LONGEST.num_days())];
        return Err(Error::refused_needing(Code::Invalid, "to", right));
    }
    Ok((from, to))
}
