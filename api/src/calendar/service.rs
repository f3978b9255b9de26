//! Changes of calendars: each is in the audit trail and raises the version of every calendar that it changes.

use chrono::NaiveDate;
use domain::audit::Kind;
use domain::refusal::Code;
use domain::working_time::holidays::OfficialDay;
use domain::working_time::{Span, Week};
use entity::{calendar, calendar_day, official_year, site};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{stored, week};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup::{begin, finish, pick};

/// The version of a calendar that nobody has changed.
pub const FIRST_VERSION: i32 = 1;

/// A special day as it is given.
pub struct OwnDay {
    /// The day.
    pub date: NaiveDate,
    /// What it is.
    pub name: String,
    /// When work is done on it.
    pub spans: Vec<Span>,
    /// Who announced it, or where.
    pub source: Option<String>,
}

/// Sets the office hours of a site.
///
/// # Errors
/// `NOT_FOUND`, `RETIRED` or `STALE`.
pub async fn set_week(caller: &Caller<'_>, target: Target, new: &Week) -> Result<ActResult> {
    let act = begin(caller).await?;
    let (site, row) = open(&act, target).await?;
    let before = stored::write_week(&week(row.as_ref())?)?;
    let after = stored::write_week(new)?;
    raise(&act, site, row, Some(new)).await?;
    record(&act, Kind::CalendarWeekSet, site, json!({ "before": before, "after": after })).await?;
    finish(act, site).await
}

/// Sets a special day of a site, in place of the one of that date if there is one.
///
/// # Errors
/// `NOT_FOUND`, `RETIRED` or `STALE`.
pub async fn set_day(caller: &Caller<'_>, target: Target, day: OwnDay) -> Result<ActResult> {
    let act = begin(caller).await?;
    let (site, row) = open(&act, target).await?;
    let before = own_day(&act, site, day.date).await?;
    let spans = stored::write_spans(&day.spans)?;
    let data = json!({ "date": day.date, "name": day.name, "spans": spans });
    let new = calendar_day::Model {
        id: before.as_ref().map_or_else(|| act.id(), |before| before.id),
        organization_id: act.organization_id(),
        site_id: site,
        date: day.date,
        name: day.name,
        spans,
        source: day.source,
        set_at: act.now,
    };
    let new = new.into_active_model();
    if before.is_some() {
        new.reset_all().update(&act.txn).await?
    } else {
        new.insert(&act.txn).await?
    };
    raise(&act, site, row, None).await?;
    record(&act, Kind::CalendarDaySet, site, data).await?;
    finish(act, site).await
}

/// Removes a special day of a site: the day follows the official days and its weekday again.
///
/// # Errors
/// `NOT_FOUND` of the site or the day, `RETIRED` or `STALE`.
pub async fn remove_day(caller: &Caller<'_>, target: Target, date: NaiveDate) -> Result<ActResult> {
    let act = begin(caller).await?;
    let (site, row) = open(&act, target).await?;
    let day = own_day(&act, site, date).await?.ok_or_else(|| Error::refused(Code::NotFound, "date"))?;
    let removed = json!({ "date": day.date, "name": day.name, "spans": day.spans });
    day.delete(&act.txn).await?;
    raise(&act, site, row, None).await?;
    record(&act, Kind::CalendarDayRemoved, site, removed).await?;
    finish(act, site).await
}

/// Adds the official days of a year for every site of the organization, in place of those that it added before.
///
/// # Errors
/// When the database does not answer.
pub async fn add_year(caller: &Caller<'_>, year: i32, days: &[OfficialDay], source: String) -> Result<ActResult> {
    let act = begin(caller).await?;
    let before = official_year::Entity::find()
        .filter(official_year::Column::OrganizationId.eq(act.organization_id()))
        .filter(official_year::Column::Year.eq(year))
        .one(&act.txn)
        .await?;
    let id = before.as_ref().map_or_else(|| act.id(), |before| before.id);
    let (organization_id, added_at) = (act.organization_id(), act.now);
    let days = stored::write_official(days)?;
    let data = json!({ "year": year, "days": days, "source": source });
    let new = official_year::Model { id, organization_id, year, days, source, added_at }.into_active_model();
    if before.is_some() {
        new.reset_all().update(&act.txn).await?
    } else {
        new.insert(&act.txn).await?
    };
    let sites = site::Entity::find().filter(site::Column::OrganizationId.eq(organization_id)).all(&act.txn).await?;
    for site in sites {
        let row = calendar::Entity::find_by_id(site.id).one(&act.txn).await?;
        raise(&act, site.id, row, None).await?;
    }
    let subject = ("OfficialYear", id);
    act.record(Record { kind: Kind::OfficialYearAdded, subject, account: None, data }).await?;
    finish(act, id).await
}

/// The site and its calendar as the caller saw it.
async fn open(act: &Act<'_>, target: Target) -> Result<(Uuid, Option<calendar::Model>)> {
    let site = pick::<site::Model>(act, target.id, "siteId").await?.id;
    let row = calendar::Entity::find_by_id(site).one(&act.txn).await?;
    if row.as_ref().map_or(FIRST_VERSION, |row| row.version) != target.version {
        return Err(Error::stale(ActResult { subject: Some(site), ..ActResult::default() }));
    }
    Ok((site, row))
}

async fn own_day(act: &Act<'_>, site: Uuid, date: NaiveDate) -> Result<Option<calendar_day::Model>> {
    let days = calendar_day::Entity::find()
        .filter(calendar_day::Column::SiteId.eq(site))
        .filter(calendar_day::Column::Date.eq(date));
    Ok(days.one(&act.txn).await?)
}

/// Counts a change of a site's calendar, and writes its week where that is what changed. Every change comes by here.
async fn raise(act: &Act<'_>, site: Uuid, row: Option<calendar::Model>, new: Option<&Week>) -> Result<()> {
    let changed = calendar::Model {
        site_id: site,
        organization_id: act.organization_id(),
        week: stored::write_week(new.unwrap_or(&week(row.as_ref())?))?,
        version: row.as_ref().map_or(FIRST_VERSION, |row| row.version) + 1,
        changed_at: act.now,
        clocks_wait_since: Some(act.now),
    };
    let changed = changed.into_active_model();
    if row.is_some() {
        changed.reset_all().update(&act.txn).await?
    } else {
        changed.insert(&act.txn).await?
    };
    Ok(())
}

async fn record(act: &Act<'_>, kind: Kind, site: Uuid, data: serde_json::Value) -> Result<()> {
    act.record(Record { kind, subject: ("Site", site), account: None, data }).await
}
