//! The acts on visits: to agree one, another one instead, none any more, and to say who was not there.

use chrono::{DateTime, Utc};
use domain::attachment::State as AttachmentState;
use domain::booking::{Absent, Attention, LATEST_CHANGE, State, Window, step, steps_over};
use domain::category::Emergency;
use domain::complaint::State as CaseState;
use domain::event::Kind as Event;
use domain::organization::Role;
use domain::ownership::Post;
use domain::refusal::{Code, Refusal, Requirement};
use domain::standing::Who;
use domain::work_order::State as OrderState;
use entity::{attachment, booking, team, work_order};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::places::{Full, Places, take_turn};
use super::told;
use crate::access::scope;
use crate::access::viewer::parse_zone;
use crate::alarm::policy;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target, acting_role};
use crate::complaint::owner::{self, Place};
use crate::complaint::service::MAX_REASON;

/// The states of a case in which somebody may still come.
const OPEN: &[CaseState] = &[CaseState::Received, CaseState::Dispatched, CaseState::Assigned, CaseState::InProgress];
/// Who agrees visits for the company.
const STAFF: &[Who] = &[
    Who::Owner,
    Who::Holder(Role::CustomerServiceAgent),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::OfficeHead),
];
const CUSTOMERS: &[Who] = &[Who::Filer, Who::Household];
/// How many free windows are named where the one that was asked for is not free, and how far is looked for them.
const NAMED: usize = 3;
const LOOKED_AT: u32 = 14;
/// How many photos and papers show who was not there, at most.
const MOST_SHOWN: usize = 10;

/// Agrees a visit; where one is agreed already, this one instead.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `NOT_YOURS`, `WRONG_STATE`; `MISSING` for an emergency, and for a customer who changes too late;
/// `INVALID` for a window that nobody offers, `TAKEN` for one that is full, both naming the next that are free.
pub async fn book(caller: &Caller<'_>, target: Target, window: Window) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let (mut case, staff) = open(&act, target).await?;
    if act.category(case.row.site_id, case.row.category_id).await?.emergency != Emergency::None {
        return Err(Refusal::Missing(Requirement::NoEmergency).into());
    }
    let before = current(&act, case.row.id).await?;
    let agreed = before.as_ref().filter(|row| row.state == State::Booked);
    if let Some(row) = agreed {
        refuse_too_late(&act, row, staff)?;
    }
    let team = place(&act, &case, window, staff).await?;
    let policy = policy::in_act(&act, &case.site).await?;
    let attention = attention(&policy);
    let steps = steps_over(window, attention, act.now);
    let row = booking::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        team_id: Some(team),
        from_at: window.from,
        to_at: window.to,
        state: State::Booked,
        booked_by: Some(act.person()?.id),
        booked_at: act.now,
        agreed_since: before.as_ref().filter(|row| row.state != State::Wished).map_or(act.now, |row| row.agreed_since),
        absent: None,
        attachments: None,
        note: None,
        ended_at: None,
        steps: i32::try_from(steps).unwrap_or(i32::MAX),
        next_at: step(steps, window, attention).map(|(at, _)| at),
    };
    let event = if agreed.is_some() { Event::VisitRescheduled } else { Event::VisitBooked };
    if let Some(before) = before {
        end(&act, before, State::Rescheduled, None).await?;
    }
    tell(&mut act, &mut case, event, &row, None).await?;
    row.into_active_model().insert(&act.txn).await?;
    case.touch();
    case.finish(act).await
}

/// A visit is not wanted any more.
///
/// # Errors
/// As [`book`]; `MISSING` where none is agreed.
pub async fn cancel(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let (mut case, staff) = open(&act, target).await?;
    let row = booked(&act, case.row.id).await?;
    refuse_too_late(&act, &row, staff)?;
    tell(&mut act, &mut case, Event::VisitCancelled, &row, Some(reason.clone())).await?;
    end(&act, row, State::Cancelled, Some(reason)).await?;
    case.touch();
    case.finish(act).await
}

/// Somebody was not there: the customer says it of the technician once the window is over, the technician of the customer
/// once they are on site.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `NOT_YOURS`, `WRONG_STATE`; `MISSING` where no visit is agreed, or no arrival is recorded;
/// `INVALID` while the window goes on; refusals on `evidence` and `attachmentIds`.
pub async fn record_no_show(
    caller: &Caller<'_>,
    target: Target,
    absent: Absent,
    evidence: &str,
    shown_by: &[Uuid],
) -> Result<ActResult> {
    let evidence = validate::text("evidence", evidence, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    let person = act.person()?.id;
    let orders = orders(&act, case.row.id).await?;
    let mut row = match absent {
        Absent::Technician => {
            permit(&case, &[CUSTOMERS, STAFF].concat())?;
            let row = booked(&act, case.row.id).await?;
            if act.now < row.to_at {
                return Err(Error::refused_needing(Code::Invalid, "absent", vec![format!("{}..", row.to_at)]));
            }
            row
        }
        Absent::Customer => {
            let theirs = orders.iter().find(|order| order.technician_id == Some(person));
            let order = theirs.ok_or(Refusal::NotYours { who_may: vec!["Technician"] })?;
            if order.state != OrderState::Arrived {
                return Err(Refusal::Missing(Requirement::ArrivalRecorded).into());
            }
            let kept = current(&act, case.row.id).await?.filter(|row| row.state == State::Kept);
            kept.ok_or(Refusal::Missing(Requirement::BookedVisit))?
        }
    };
    row.absent = Some(absent);
    row.attachments = shows(&act, case.row.id, shown_by).await?;
    let event = if absent == Absent::Customer { Event::CustomerAbsent } else { Event::VisitMissed };
    tell(&mut act, &mut case, event, &row, Some(evidence.clone())).await?;
    end(&act, row, State::NoShow, Some(evidence)).await?;
    case.touch();
    case.finish(act).await
}

/// The photos and papers of the case that show who was not there.
async fn shows(act: &Act<'_>, case: Uuid, ids: &[Uuid]) -> Result<Option<serde_json::Value>> {
    use attachment::Column;
    if ids.len() > MOST_SHOWN {
        return Err(Error::refused_needing(Code::Invalid, "attachmentIds", vec![format!("0..{MOST_SHOWN}")]));
    }
    let ready = scope::attachments(act.person()?)
        .filter(Column::ComplaintId.eq(case))
        .filter(Column::State.eq(AttachmentState::Ready))
        .filter(Column::Id.is_in(ids.iter().copied()));
    let found = ready.all(&act.txn).await?;
    if let Some(place) = ids.iter().position(|id| found.iter().all(|row| row.id != *id)) {
        return Err(Error::refused(Code::NotFound, &format!("attachmentIds.{place}")));
    }
    Ok((!ids.is_empty()).then(|| json!(ids)))
}

/// When somebody hears of visits by a policy.
#[must_use]
pub fn attention(policy: &entity::attention_policy::Model) -> Attention {
    let minutes = |count: i32| chrono::TimeDelta::minutes(i64::from(count));
    Attention { before: minutes(policy.before_visit_minutes), after: minutes(policy.after_visit_minutes) }
}

/// The case, for whoever may agree visits, and whether they do so for the company.
async fn open(act: &Act<'_>, target: Target) -> Result<(Case, bool)> {
    let case = Case::open(act, target, "complaintId").await?;
    permit(&case, &[CUSTOMERS, STAFF].concat())?;
    if !OPEN.contains(&case.row.state) {
        let possible_in = OPEN.iter().map(|state| state.name()).collect();
        return Err(Refusal::WrongState { possible_in }.into());
    }
    let staff = case.standing.is_any(STAFF);
    Ok((case, staff))
}

fn permit(case: &Case, who: &[Who]) -> Result<()> {
    if case.standing.is_any(who) {
        return Ok(());
    }
    Err(Refusal::NotYours { who_may: who.iter().map(|who| who.name()).collect() }.into())
}

/// The team that takes the window.
async fn place(act: &Act<'_>, case: &Case, window: Window, staff: bool) -> Result<Uuid> {
    take_turn(&act.txn, &case.row).await?;
    let places = Places::of(&act.txn, &case.row, act.now).await?;
    let free = || -> Vec<String> {
        let free = places.free(act.now, None, LOOKED_AT, staff);
        free.iter().take(NAMED).map(|(window, _)| format!("{}..{}", window.from, window.to)).collect()
    };
    match places.team_for(window, act.now, staff) {
        Ok(Some(team)) => Ok(team),
        Ok(None) => Err(Error::refused_needing(Code::Invalid, "from", free())),
        Err(Full) => Err(Error::refused_needing(Code::Taken, "from", free())),
    }
}

fn refuse_too_late(act: &Act<'_>, row: &booking::Model, staff: bool) -> Result<()> {
    if staff || row.from_at - act.now >= LATEST_CHANGE {
        return Ok(());
    }
    Err(Refusal::Missing(Requirement::TimeToChange).into())
}

async fn booked(act: &Act<'_>, case: Uuid) -> Result<booking::Model> {
    let row = current(act, case).await?.filter(|row| row.state == State::Booked);
    Ok(row.ok_or(Refusal::Missing(Requirement::BookedVisit))?)
}

/// The newest visit of a case that is wished, agreed or kept.
///
/// # Errors
/// When the database does not answer.
pub async fn current(act: &Act<'_>, case: Uuid) -> Result<Option<booking::Model>> {
    let rows = booking::Entity::find()
        .filter(booking::Column::ComplaintId.eq(case))
        .filter(booking::Column::State.is_in([State::Wished, State::Booked, State::Kept]))
        .order_by_desc(booking::Column::Id);
    Ok(rows.one(&act.txn).await?)
}

/// The orders of a case.
///
/// # Errors
/// When the database does not answer.
pub async fn orders(act: &Act<'_>, case: Uuid) -> Result<Vec<work_order::Model>> {
    Ok(work_order::Entity::find().filter(work_order::Column::ComplaintId.eq(case)).all(&act.txn).await?)
}

async fn end(act: &Act<'_>, mut row: booking::Model, state: State, note: Option<String>) -> Result<()> {
    // A visit that took place stays one, also when another is agreed.
    if row.state != State::Kept || state == State::NoShow {
        row.state = state;
    }
    row.note = note.or(row.note);
    row.ended_at = Some(act.now);
    row.next_at = None;
    row.into_active_model().reset_all().update(&act.txn).await?;
    Ok(())
}

/// Tells of a visit: the customer, the owner of the case, the technicians, and of one that nobody came to the head as well.
async fn tell(
    act: &mut Act<'_>,
    case: &mut Case,
    event: Event,
    row: &booking::Model,
    reason: Option<String>,
) -> Result<()> {
    let orders = orders(act, case.row.id).await?;
    let unfinished = orders.iter().filter(|order| !order.state.is_finished());
    let mut others: Vec<Uuid> =
        unfinished.flat_map(|order| order.technician_id.into_iter().chain([order.owner_account_id])).collect();
    others.push(case.row.owner_account_id);
    if event == Event::VisitMissed {
        others.extend(head_of(act, case, row).await?);
    }
    let who = [CUSTOMERS, STAFF].concat();
    let role = act.viewer.and_then(|viewer| acting_role(viewer, &case.standing, &who, case.row.site_id));
    let mut data = told::data(row, parse_zone(&case.site.time_zone));
    if event == Event::VisitBooked || event == Event::VisitRescheduled {
        data["team"] =
            json!(team::Entity::find_by_id(row.team_id.unwrap_or_default()).one(&act.txn).await?.map(|t| t.name));
    }
    case.tell(act, event, role, reason, data, others).await
}

/// The head of the department whose team was to come; none where the post is empty.
async fn head_of(act: &Act<'_>, case: &Case, row: &booking::Model) -> Result<Option<Uuid>> {
    let Some(team) = row.team_id else { return Ok(None) };
    let team = team::Entity::find_by_id(team).one(&act.txn).await?;
    let place = Place {
        site: &case.site,
        department_id: team.map(|team| team.department_id),
        team_id: None,
        actor: None,
        named: None,
        subject: case.row.about_account_id,
    };
    match owner::find(&act.txn, Post::DepartmentHead, &place, act.now).await {
        Ok(head) => Ok(Some(head.id)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A window as it is given.
///
/// # Errors
/// `INVALID` where it ends before it begins.
pub fn window(from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Window> {
    if to <= from {
        return Err(Error::refused_needing(Code::Invalid, "to", vec!["after from".to_owned()]));
    }
    Ok(Window { from, to })
}
