//! The acts on visits: to agree one, another one instead, none any more, and to say who was not there.

use chrono::{DateTime, Utc};
use domain::attachment::State as AttachmentState;
use domain::booking::{
    Absent, Action, Attention, Facts, State, Window, decide, in_person, permission, step, steps_over,
};
use domain::category::Emergency;
use domain::event::Kind as Event;
use domain::ownership::Post;
use domain::refusal::{Code, Refusal, Requirement};
use entity::{attachment, booking, team, work_order};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::places::{Full, Places, take_turn};
use super::{facts, told};
use crate::access::scope;
use crate::access::viewer::parse_zone;
use crate::alarm::policy;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target, acting_role};
use crate::complaint::owner::{self, Place};
use crate::complaint::service::MAX_REASON;

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
    let Held { mut case, facts, visit: before } = Held::open(&act, target).await?;
    let is_agreed = before.as_ref().is_some_and(|row| row.state == State::Booked);
    let action = if is_agreed { Action::Reschedule } else { Action::Book };
    let becomes = decide(&facts, action, &case.standing)?;
    let team = place(&act, &case, window, in_person(&case.standing)).await?;
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
    let event = if is_agreed { Event::VisitRescheduled } else { Event::VisitBooked };
    end(&act, before, becomes, None).await?;
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
    let Held { mut case, facts, visit } = Held::open(&act, target).await?;
    let becomes = decide(&facts, Action::Cancel, &case.standing)?;
    let row = there(visit.as_ref())?;
    tell(&mut act, &mut case, Event::VisitCancelled, row, Some(reason.clone())).await?;
    end(&act, visit, becomes, Some(reason)).await?;
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
    let Held { mut case, facts, mut visit } = Held::open(&act, target).await?;
    let (action, event) = match absent {
        Absent::Technician => (Action::RecordTechnicianAbsent, Event::VisitMissed),
        Absent::Customer => (Action::RecordCustomerAbsent, Event::CustomerAbsent),
    };
    let becomes = decide(&facts, action, &case.standing).map_err(|refusal| still_going_on(refusal, visit.as_ref()))?;
    if let Some(row) = &mut visit {
        row.absent = Some(absent);
        row.attachments = shows(&act, case.row.id, shown_by).await?;
    }
    tell(&mut act, &mut case, event, there(visit.as_ref())?, Some(evidence.clone())).await?;
    end(&act, visit, becomes, Some(evidence)).await?;
    case.touch();
    case.finish(act).await
}

/// Nobody is missed while the window goes on: told as a fault of what was said, with the time from which it could be true.
fn still_going_on(refusal: Refusal, visit: Option<&booking::Model>) -> Error {
    match (refusal, visit) {
        (Refusal::Missing(Requirement::WindowOver), Some(row)) => {
            Error::refused_needing(Code::Invalid, "absent", vec![format!("{}..", row.to_at)])
        }
        (refusal, _) => refusal.into(),
    }
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

/// A case that somebody acts on, with what the rules need to know, and its visit.
struct Held {
    case: Case,
    facts: Facts,
    visit: Option<booking::Model>,
}

impl Held {
    async fn open(act: &Act<'_>, target: Target) -> Result<Self> {
        let case = Case::open(act, target, "complaintId").await?;
        let emergency = act.category(case.row.site_id, case.row.category_id).await?.emergency != Emergency::None;
        let visits = booking::Entity::find()
            .filter(booking::Column::ComplaintId.eq(case.row.id))
            .order_by_asc(booking::Column::Id)
            .all(&act.txn)
            .await?;
        let orders = orders(act, case.row.id).await?;
        let facts = facts::of(&case.row, emergency, &visits, &orders, (act.person()?.id, act.now));
        Ok(Self { visit: facts::current(&visits).cloned(), facts, case })
    }
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

/// The visit that the rule has spoken of.
fn there(visit: Option<&booking::Model>) -> Result<&booking::Model> {
    visit.ok_or_else(|| Refusal::Missing(Requirement::BookedVisit).into())
}

/// The orders of a case.
///
/// # Errors
/// When the database does not answer.
pub async fn orders(act: &Act<'_>, case: Uuid) -> Result<Vec<work_order::Model>> {
    Ok(work_order::Entity::find().filter(work_order::Column::ComplaintId.eq(case)).all(&act.txn).await?)
}

/// Ends the visit that stood before, where one did, as the rule says.
async fn end(act: &Act<'_>, visit: Option<booking::Model>, becomes: Option<State>, note: Option<String>) -> Result<()> {
    let (Some(mut row), Some(state)) = (visit, becomes) else { return Ok(()) };
    row.state = state;
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
    let mut data = told::data(row, parse_zone(&case.site.time_zone));
    if event == Event::VisitBooked || event == Event::VisitRescheduled {
        data["team"] =
            json!(team::Entity::find_by_id(row.team_id.unwrap_or_default()).one(&act.txn).await?.map(|t| t.name));
    }
    let mut others = concerned(act, case).await?;
    if event == Event::VisitMissed {
        others.extend(head_of(act, case, row).await?);
    }
    let who = permission(Action::Book).who;
    let role = act.viewer.and_then(|viewer| acting_role(viewer, &case.standing, who, case.row.site_id));
    case.tell(act, event, role, reason, data, others).await
}

/// Whoever has something to do with the visits of a case, beside its customer.
///
/// # Errors
/// When the database does not answer.
pub async fn concerned(act: &Act<'_>, case: &Case) -> Result<Vec<Uuid>> {
    let orders = orders(act, case.row.id).await?;
    let unfinished = orders.iter().filter(|order| !order.state.is_finished());
    let crew = unfinished.flat_map(|order| order.technician_id.into_iter().chain([order.owner_account_id]));
    Ok(crew.chain([case.row.owner_account_id]).collect())
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
