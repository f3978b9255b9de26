//! Calendars in the schema.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::access::Operation;
use domain::working_time::{SpecialDayKind, holidays};
use entity::{calendar, official_year, site};

use super::input::{
    AddOfficialYearInput, CalendarWeek, DaySpan, OfficialDayLine, RemoveCalendarDayInput, SetCalendarDayInput,
    SetCalendarWeekInput, check_date, shown, spans,
};
use super::service::{self, FIRST_VERSION, OwnDay};
use super::{special_days, stored, week};
use crate::access::guard::Listed;
use crate::app::loader::{CalendarDaysOf, CalendarsOf, OfficialYearById, OfficialYearsOf, SiteById};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, payload};
use crate::app::validate;

/// When the office of a site works: its week, with the official holidays and make-up days 调休 on top, and the site's own
/// days on top of those. What runs around the clock, as fire and other emergencies do (B6), follows no calendar.
#[derive(async_graphql::Description)]
pub struct Calendar(pub site::Model);

impl Calendar {
    async fn row(&self, ctx: &Context<'_>) -> Result<Option<calendar::Model>> {
        Ok(ctx.load(CalendarsOf(self.0.id)).await?.unwrap_or_default().into_iter().next())
    }

    async fn added(&self, ctx: &Context<'_>) -> Result<Vec<official_year::Model>> {
        Ok(ctx.load(OfficialYearsOf(self.0.organization_id)).await?.unwrap_or_default())
    }
}

/// A day that does not follow its weekday.
#[derive(SimpleObject)]
pub struct CalendarDay {
    /// The day, in the site's time zone.
    pub date: NaiveDate,
    /// What it is, as `国庆节`; a make-up day bears the name of the holiday it makes up for.
    pub name: String,
    /// Why it is special.
    pub kind: SpecialDayKind,
    /// When work is done on it; none on a day off. A make-up day has the spans of its weekday or, where there are none,
    /// those of the first working day of the week.
    pub spans: Vec<DaySpan>,
    /// Who announced it, or where, if that is known of a day of the site's own.
    pub source: Option<String>,
}

#[Object(use_type_description)]
impl Calendar {
    /// The site.
    async fn site_id(&self) -> ID {
        public_id::write("Site", self.0.id)
    }

    /// The IANA time zone of its wall clock and its days.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// The office hours. A new site has Monday to Friday 09:00–12:00 and 13:30–18:00 (ours).
    async fn week(&self, ctx: &Context<'_>) -> Result<CalendarWeek> {
        Ok(CalendarWeek::of(&week(self.row(ctx).await?.as_ref())?))
    }

    /// The special days of a year, in order: holidays, make-up days and the site's own. Of a year whose official days are
    /// not published it shows the site's own only: ask `published`.
    async fn days(&self, ctx: &Context<'_>, #[graphql(desc = "The year.")] year: i32) -> Result<Vec<CalendarDay>> {
        let week = week(self.row(ctx).await?.as_ref())?;
        let own = ctx.load(CalendarDaysOf(self.0.id)).await?.unwrap_or_default();
        let days = special_days(&week, &own, &self.added(ctx).await?)?;
        Ok(days
            .into_values()
            .filter(|listed| listed.day.date.year() == year)
            .map(|listed| CalendarDay {
                date: listed.day.date,
                name: listed.day.name,
                kind: listed.kind,
                spans: shown(&listed.day.spans),
                source: listed.source,
            })
            .collect())
    }

    /// Whether the official days of a year are known: they ship from 2004 on, as far as the State Council has announced
    /// them, and an administrator can add a year before it ships. In a year that is not published every weekday counts as
    /// its week says, which due dates will show once the year is added.
    async fn published(&self, ctx: &Context<'_>, #[graphql(desc = "The year.")] year: i32) -> Result<bool> {
        Ok(holidays::published(year) || self.added(ctx).await?.iter().any(|added| added.year == year))
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.row(ctx).await?.map_or(FIRST_VERSION, |row| row.version))
    }
}

/// The official days of a year, as an administrator of the organization added them.
#[derive(async_graphql::Description)]
pub struct OfficialYear(pub official_year::Model);

#[Object(use_type_description)]
impl OfficialYear {
    /// The id, for the audit trail.
    async fn id(&self) -> ID {
        public_id::write("OfficialYear", self.0.id)
    }

    /// The year.
    async fn year(&self) -> i32 {
        self.0.year
    }

    /// Its holidays and make-up working days.
    fn days(&self) -> Result<Vec<OfficialDayLine>> {
        let line = |day: holidays::OfficialDay| OfficialDayLine { date: day.date, kind: day.kind, name: day.name };
        Ok(stored::read_official(&self.0.days)?.into_iter().map(line).collect())
    }

    /// Where they are announced.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// When they were added or corrected last.
    async fn added_at(&self) -> DateTime<Utc> {
        self.0.added_at
    }
}

payload! {
    /// The result of a change of a site's calendar.
    CalendarPayload {
        /// It as it is now; null when the site was not found.
        calendar: Calendar by SiteById(subject),
    }
}

payload! {
    /// The result of adding an official year.
    OfficialYearPayload {
        /// The year as it was added; null when the act was refused.
        official_year: OfficialYear by OfficialYearById(subject),
    }
}

/// Reads of calendars.
#[derive(Default)]
pub struct CalendarQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl CalendarQuery {
    /// The calendar of a site of your organization; null for any other.
    async fn calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Option<Calendar>> {
        let organization = ctx.signed_in()?.organization_id;
        // An id of another type names nothing.
        let id = public_id::read("Site", &site_id, "").unwrap_or_default();
        let site = ctx.load(SiteById(id)).await?;
        Ok(site.filter(|site| site.organization_id == organization).map(Calendar))
    }
}

/// The acts on calendars.
#[derive(Default)]
pub struct CalendarMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl CalendarMutation {
    /// Sets the office hours of a site. `INVALID` with the path of a span that is not right.
    async fn set_calendar_week(&self, ctx: &Context<'_>, input: SetCalendarWeekInput) -> Result<CalendarPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::set_week(&caller, input.target()?, &input.week.checked()?).await
        });
        CalendarPayload::of(ctx, outcome).await
    }

    /// Sets a special day of a site's own: a day off, or other hours. It goes before official days, and replaces the one
    /// that the site had on that date. `INVALID` with the path of a span that is not right.
    async fn set_calendar_day(&self, ctx: &Context<'_>, input: SetCalendarDayInput) -> Result<CalendarPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            check_date(input.date)?;
            let day = OwnDay {
                date: input.date,
                name: validate::text("name", &input.name, 60)?,
                spans: spans("spans", &input.spans)?,
                source: validate::optional_text("source", input.source.as_deref(), 300)?,
            };
            service::set_day(&caller, input.target()?, day).await
        });
        CalendarPayload::of(ctx, outcome).await
    }

    /// Removes a special day of a site's own: the day follows the official days and its weekday again. `NOT_FOUND` where
    /// the site has none of that date; an official day is overruled by `setCalendarDay`.
    async fn remove_calendar_day(&self, ctx: &Context<'_>, input: RemoveCalendarDayInput) -> Result<CalendarPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::remove_day(&caller, input.target()?, input.date).await
        });
        CalendarPayload::of(ctx, outcome).await
    }

    /// Adds the official days of a year that does not ship with this version, for every site of the organization; added
    /// again, they replace those before. Once a version ships the year, its days hold. `INVALID` with the path of the day.
    async fn add_official_year(&self, ctx: &Context<'_>, input: AddOfficialYearInput) -> Result<OfficialYearPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let (year, days, source) = input.checked()?;
            service::add_year(&caller, year, &days, source).await
        });
        OfficialYearPayload::of(ctx, outcome).await
    }
}
