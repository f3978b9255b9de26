//! Working time per site: the office's week, the site's own days, the official days, and the calendar that they make.
//!
//! A site's calendar is its week (Monday to Friday 09:00–12:00 and 13:30–18:00 until somebody changes it, ours), the
//! official holidays and make-up days on top, and the site's own days on top of those. What runs around the clock needs
//! no row.

pub mod graphql;
pub mod input;
pub mod service;
pub mod stored;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::clock::promise::Hours;
use domain::working_time::{Calendar, SpecialDay, SpecialDayKind, Week, holidays};
use entity::{calendar, calendar_day, official_year, site};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::access::viewer::parse_zone;
use crate::app::act::Act;
use crate::app::error::Result;

/// A special day, and where it comes from.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The day.
    pub day: SpecialDay,
    /// Why it is special.
    pub kind: SpecialDayKind,
    /// Where it is announced, for a day of the site's own.
    pub source: Option<String>,
}

/// The calendars of a site, compiled.
pub struct Calendars {
    office: Calendar,
    always: Calendar,
}

impl Calendars {
    /// The one for clocks of these hours.
    #[must_use]
    pub fn of_hours(&self, hours: Hours) -> &Calendar {
        match hours {
            Hours::Office => &self.office,
            Hours::Always => &self.always,
        }
    }

    fn compile(zone: Tz, week: Week, days: BTreeMap<NaiveDate, Listed>) -> Result<Arc<Self>> {
        let days = days.into_values().map(|listed| listed.day);
        let office = Calendar::new(zone, week, days).map_err(|fault| fault.to_string())?;
        Ok(Arc::new(Self { office, always: Calendar::always(zone) }))
    }
}

/// Those of sites that changed nothing, by their time zone.
static DEFAULTS: LazyLock<Mutex<HashMap<Tz, Arc<Calendars>>>> = LazyLock::new(Mutex::default);

/// The calendars of a site, as they are now. Inside an act give its transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn of_site(db: &impl ConnectionTrait, site: &site::Model) -> Result<Arc<Calendars>> {
    let row = calendar::Entity::find_by_id(site.id).one(db).await?;
    let years = official_year::Entity::find()
        .filter(official_year::Column::OrganizationId.eq(site.organization_id))
        .all(db)
        .await?;
    // Whoever sets a day of their own gets a row with it.
    let own = match &row {
        Some(_) => calendar_day::Entity::find().filter(calendar_day::Column::SiteId.eq(site.id)).all(db).await?,
        None => Vec::new(),
    };
    of_rows(site, row.as_ref(), &own, &years)
}

/// The calendars of a site in an act that does not change them.
///
/// # Errors
/// When the database does not answer.
pub async fn in_act(act: &Act<'_>, site: &site::Model) -> Result<Arc<Calendars>> {
    act.kept(site.id, site.id, of_site(&act.txn, site)).await
}

/// The same from rows that are at hand.
///
/// # Errors
/// When a row cannot be read.
pub fn of_rows(
    site: &site::Model,
    row: Option<&calendar::Model>,
    own: &[calendar_day::Model],
    years: &[official_year::Model],
) -> Result<Arc<Calendars>> {
    let zone = parse_zone(&site.time_zone);
    let week = week(row)?;
    if row.is_none() && years.is_empty() {
        return of_default(zone, week);
    }
    let days = special_days(&week, own, years)?;
    Calendars::compile(zone, week, days)
}

fn of_default(zone: Tz, week: Week) -> Result<Arc<Calendars>> {
    let mut known = DEFAULTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(calendars) = known.get(&zone) {
        return Ok(calendars.clone());
    }
    let days = special_days(&week, &[], &[])?;
    let calendars = Calendars::compile(zone, week, days)?;
    known.insert(zone, calendars.clone());
    Ok(calendars)
}

/// The week of a site, by its row; the default where it has none.
///
/// # Errors
/// When the row cannot be read.
pub fn week(row: Option<&calendar::Model>) -> Result<Week> {
    row.map_or_else(|| Ok(Week::office()), |row| stored::read_week(&row.week))
}

/// The special days of a site: those that ship, those of years that the organization added and that do not ship, and the
/// site's own, each going before those named earlier.
///
/// # Errors
/// When a row cannot be read.
pub fn special_days(
    week: &Week,
    own: &[calendar_day::Model],
    years: &[official_year::Model],
) -> Result<BTreeMap<NaiveDate, Listed>> {
    let official = |day: &holidays::OfficialDay| {
        (day.date, Listed { day: day.in_week(week), kind: day.kind.into(), source: None })
    };
    let mut days: BTreeMap<NaiveDate, Listed> = holidays::days().iter().map(official).collect();
    for year in years.iter().filter(|year| !holidays::published(year.year)) {
        days.extend(stored::read_official(&year.days)?.iter().map(official));
    }
    for row in own {
        let day = SpecialDay { date: row.date, spans: stored::read_spans(&row.spans)?, name: row.name.clone() };
        days.insert(row.date, Listed { day, kind: SpecialDayKind::Own, source: row.source.clone() });
    }
    Ok(days)
}
