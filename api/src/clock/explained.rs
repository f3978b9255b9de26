//! Why a clock stands where it stands: its parts by department and by what was waited for, from the log of its case.

use async_graphql::{Context, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::clock::segment::{Change, Segment, segments};
use domain::event::Kind as Event;
use domain::work_order::HoldReason;
use entity::{clock, event};

use crate::app::loader::{
    CalendarDaysOf, CalendarsOf, ComplaintById, DepartmentById, OfficialYearsOf, PassagesOf, SiteById,
};
use crate::app::request::Asked;
use crate::calendar;
use crate::organization::graphql::Department;

/// What says who has a case, and what is waited for.
pub const PASSAGES: [Event; 8] = [
    Event::ComplaintReceived,
    Event::ComplaintDispatched,
    Event::ComplaintHandedOver,
    Event::AssignmentRefused,
    Event::WorkOrderIssued,
    Event::WorkOrderHeld,
    Event::WorkOrderResumed,
    Event::WorkOrderCancelled,
];

/// A part of a clock's run: who had the case, and what was waited for.
#[derive(SimpleObject)]
pub struct ClockSegment {
    /// The department that had the case; null while customer service had yet to pass it on.
    pub department: Option<Department>,
    /// What was waited for; null while nothing was.
    pub waits_for: Option<HoldReason>,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it ended, or now.
    pub to: DateTime<Utc>,
    /// How long it was on the wall clock, in seconds.
    pub seconds: i64,
    /// How long it was in the hours of the clock, in seconds.
    pub working_seconds: i64,
}

/// The parts of a clock's run up to its end or until now, for employees; customers are shown none.
///
/// # Errors
/// When the database does not answer, or a row cannot be read.
pub async fn explained(ctx: &Context<'_>, row: &clock::Model) -> Result<Vec<ClockSegment>> {
    let Some(case) = ctx.load(ComplaintById(row.complaint_id)).await? else { return Ok(Vec::new()) };
    let Some(site) = ctx.load(SiteById(row.site_id)).await? else { return Ok(Vec::new()) };
    if !ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&case)) {
        return Ok(Vec::new());
    }
    let week = ctx.load(CalendarsOf(site.id)).await?.unwrap_or_default().into_iter().next();
    let own = ctx.load(CalendarDaysOf(site.id)).await?.unwrap_or_default();
    let years = ctx.load(OfficialYearsOf(site.organization_id)).await?.unwrap_or_default();
    let calendars = calendar::of_rows(&site, week.as_ref(), &own, &years)?;
    let waits = row.promise.as_ref().map(crate::promise::stored::read).transpose()?;
    let waits = waits.map(|line| line.promise.waits_for).unwrap_or_default();
    let log = ctx.load(PassagesOf(row.complaint_id)).await?.unwrap_or_default();
    let changes: Vec<_> = log.iter().filter_map(|event| Some((event.occurred_at, change(event, &waits)?))).collect();
    let end = row.ended_at.unwrap_or_else(|| ctx.app().map_or(row.started_at, |app| app.clock.now()));
    let mut parts = Vec::new();
    for part in segments(row.started_at, end, &changes) {
        let Segment { department, waits_for, from, to } = part;
        let department = match department {
            Some(id) => ctx.load(DepartmentById(id)).await?.map(Department),
            None => None,
        };
        parts.push(ClockSegment {
            department,
            waits_for,
            from,
            to,
            seconds: (to - from).num_seconds(),
            working_seconds: calendars.of_hours(row.hours).between(from, to).num_seconds(),
        });
    }
    Ok(parts)
}

/// What an event changes, where it does: only what the promise waits for is a wait.
fn change(event: &event::Model, waits: &[HoldReason]) -> Option<Change> {
    match event.kind {
        Event::WorkOrderHeld => waited_for(&event.data).filter(|reason| waits.contains(reason)).map(Change::Waits),
        Event::WorkOrderResumed | Event::WorkOrderCancelled => Some(Change::GoesOn),
        _ => Some(Change::To(event.department_id)),
    }
}

/// For what an order waits, as its event says it.
#[must_use]
pub fn waited_for(data: &serde_json::Value) -> Option<HoldReason> {
    use sea_orm::ActiveEnum;
    HoldReason::try_from_value(&data.get("waitsFor")?.as_str()?.to_owned()).ok()
}
