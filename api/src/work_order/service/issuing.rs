//! From the front desk to the technician: issued, acknowledged, given to a team and a person, or cancelled.

use super::order::Order;
use super::passing::without_technician;
use super::simply;
use domain::complaint::Action as CaseAction;
use domain::event::Kind as Event;
use domain::organization::Role;
use domain::ownership::Post;
use domain::price::{FreeReason, Pricing, Said, check_free, terms};
use domain::refusal::Code;
use domain::work_order::{Action, State};
use entity::{department, team, work_order};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::access::viewer::Grant;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::steady;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::booking::places::follow_order;
use crate::complaint::case::{Case, Target};
use crate::complaint::numbers::{self, Series};
use crate::complaint::owner::{self, Place};
use crate::complaint::parts::refuse_retired;
use crate::complaint::service::{MAX_REASON, department_at};
use crate::quote::service::{accepted_for, bind};

/// What is to be done, where, and by which department.
#[derive(Debug, Clone)]
pub struct Job {
    /// The department; that of the case, or of its category, when not given.
    pub department_id: Option<Uuid>,
    /// What is to be done.
    pub task: String,
    /// Where; the case's place when not given.
    pub place: Option<String>,
    /// Whether that is a public area; as the case says when not given.
    pub public_area: Option<bool>,
    /// What is said of its price.
    pub price: Asking,
}

/// What is said of the price of an order (E4.2.1).
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// Whether it is paid.
    pub pricing: Option<Pricing>,
    /// Why it is free.
    pub free_reason: Option<FreeReason>,
    /// The same in words.
    pub free_note: Option<String>,
    /// The accepted quote.
    pub quote_id: Option<Uuid>,
}

/// Issues a work order (E4.2.1A). From the front desk it also routes the case.
///
/// # Errors
/// The rule's refusal; refusals with the path of the field.
pub async fn issue(caller: &Caller<'_>, target: Target, job: Job) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(CaseAction::IssueWorkOrder)?;
    let quote = match job.price.quote_id {
        Some(id) => Some(accepted_for(&act, &case, id).await?),
        None => None,
    };
    let department = department_for(&act, &case, job.department_id).await?;
    let routed_here = case.row.department_id.is_none();
    if routed_here {
        case.row.department_id = Some(department.id);
    }
    case.decide(&mut act, CaseAction::IssueWorkOrder, None).await?;
    if routed_here {
        let role = case.acting_role(act.person()?, CaseAction::IssueWorkOrder);
        let data = json!({ "department": department.name, "byWorkOrder": true });
        case.tell(&mut act, Event::ComplaintDispatched, role, None, data, Vec::new()).await?;
    }
    let row = new_order(&act, &case, &department, &job).await?;
    row.clone().into_active_model().insert(&act.txn).await?;
    if let Some(quote) = quote {
        bind(&act, quote, row.id).await?;
    }
    let standing = case.standing.clone();
    case.touch();
    case.save(&act).await?;
    let order = Order { before: Box::new(row.clone()), row, case, standing };
    let data = json!({ "number": order.row.number, "department": department.name, "task": order.row.task });
    order.tell(&mut act, None, Event::WorkOrderIssued, None, data, Vec::new()).await?;
    let result =
        ActResult { work_order: Some(order.row.id), complaint: Some(order.row.complaint_id), ..ActResult::default() };
    act.commit(result).await
}

async fn department_for(act: &Act<'_>, case: &Case, named: Option<Uuid>) -> Result<department::Model> {
    if let Some(id) = named.or(case.row.department_id) {
        return department_at(&act.txn, case.site.id, id).await;
    }
    let category = act.category(case.row.site_id, case.row.category_id).await?;
    crate::complaint::service::department_of_kind(&act.txn, case.site.id, category.department).await
}

async fn new_order(act: &Act<'_>, case: &Case, department: &department::Model, job: &Job) -> Result<work_order::Model> {
    let place = validate::optional_text("place", job.place.as_deref(), 200)?;
    let public_area = job.public_area.unwrap_or(case.row.public_area);
    let free_note = validate::optional_text("freeNote", job.price.free_note.as_deref(), MAX_REASON)?;
    let said = Said {
        pricing: job.price.pricing,
        free_reason: job.price.free_reason,
        note: free_note.is_some(),
        quote: job.price.quote_id.is_some(),
    };
    let terms = terms(case.row.kind, public_area, said).map_err(|(code, field)| Error::refused(code, field))?;
    let mut row = work_order::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        number: numbers::next(&act.txn, &case.site, Series::WorkOrder, act.now).await?,
        state: State::Issued,
        held_from: None,
        hold_reason: None,
        hold_until: None,
        department_id: department.id,
        team_id: None,
        technician_id: None,
        owner_account_id: Uuid::nil(),
        task: validate::text("task", &job.task, 2000)?,
        place: place.unwrap_or_else(|| case.row.place.clone()),
        public_area,
        work_done: None,
        cause: None,
        materials: None,
        accepted_at: None,
        departed_at: None,
        arrived_at: None,
        completed_at: None,
        signed_at: None,
        absence_attempts: 0,
        reopened_count: 0,
        rating_quality: None,
        rating_attitude: None,
        rating_timeliness: None,
        rating_overall: None,
        sign_off_reason: None,
        signature_id: None,
        pricing: terms.pricing,
        free_reason: terms.free_reason,
        free_note,
        issued_at: act.now,
        version: 1,
    };
    let place = Place {
        site: &case.site,
        department_id: Some(department.id),
        team_id: None,
        actor: None,
        named: None,
        subject: case.row.about_account_id,
    };
    row.owner_account_id = owner::find(&act.txn, Post::DepartmentHead, &place, act.now).await?.id;
    Ok(row)
}

/// The department confirms that it has the order.
///
/// # Errors
/// The rule's refusal.
pub async fn acknowledge(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::Acknowledge, Event::WorkOrderAcknowledged, None, |_, _, _| Ok(())).await
}

/// Gives the order to a team of its department; the visit that is agreed goes with it.
///
/// # Errors
/// The rule's refusal; `NOT_FOUND` for a team of another department, `RETIRED` for one that is not any more, `TAKEN` for one
/// that has no room for the visit.
pub async fn assign_team(caller: &Caller<'_>, target: Target, team_id: Uuid) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let select = team::Entity::find_by_id(team_id).filter(team::Column::DepartmentId.eq(order.row.department_id));
    let team = steady(select, &act.txn).one(&act.txn).await?.ok_or_else(|| Error::refused(Code::NotFound, "teamId"))?;
    refuse_retired(team.retired_at, "teamId")?;
    order.check(&act, Action::AssignTeam).await?;
    follow_order(&act, &order.row, team.id).await?;
    let technician = order.row.technician_id;
    if let Some(before) = order.row.team_id.filter(|before| *before != team.id) {
        let data = json!({ "leftTeam": before, "team": team.name });
        order.tell(&mut act, None, Event::WorkOrderLeftTeam, None, data, Vec::new()).await?;
    }
    order.row.team_id = Some(team.id);
    without_technician(&mut order.row);
    order.decide(&act, Action::AssignTeam, None).await?;
    let data = json!({ "team": team.name });
    let told = technician.into_iter().collect();
    order.tell(&mut act, Some(Action::AssignTeam), Event::TeamAssigned, None, data, told).await?;
    order.finish(act).await
}

/// Gives the order to a technician of its team.
///
/// # Errors
/// The rule's refusal; `NOT_FOUND` for somebody who is no technician of the team, or whom the complaint is about.
pub async fn assign_technician(caller: &Caller<'_>, target: Target, technician: Uuid) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let not_found = || Error::refused(Code::NotFound, "technicianId");
    let grants = owner::grants_now(&act.txn, technician, act.now).await?;
    let of_the_team = |grant: &Grant| grant.role == Role::Technician && grant.team_id == order.row.team_id;
    if !grants.iter().any(of_the_team) || order.case.row.about_account_id == Some(technician) {
        return Err(not_found());
    }
    let before = order.row.technician_id;
    without_technician(&mut order.row);
    order.row.technician_id = Some(technician);
    order.decide(&act, Action::AssignTechnician, Some(technician)).await?;
    let name = act.account(technician).await?.name;
    let data = json!({ "technician": name });
    // Whoever had it hears that somebody else goes.
    let told = before.into_iter().chain([technician]).collect();
    order.tell(&mut act, Some(Action::AssignTechnician), Event::TechnicianAssigned, None, data, told).await?;
    order.finish(act).await
}

/// Says that the work is free of charge, and why (E4.2.1).
///
/// # Errors
/// The rule's refusal; `INVALID` or `REQUIRED` where the reason does not hold or needs words.
pub async fn declare_free(
    caller: &Caller<'_>,
    target: Target,
    reason: FreeReason,
    note: Option<&str>,
) -> Result<ActResult> {
    let note = validate::optional_text("freeNote", note, MAX_REASON)?;
    let told = note.clone();
    simply(caller, target, Action::DeclareFree, Event::WorkOrderDeclaredFree, told, |row, _, _| {
        let refused = |(code, field)| Error::refused(code, if field == "freeReason" { "reason" } else { field });
        check_free(reason, row.public_area, note.is_some()).map_err(refused)?;
        row.pricing = Pricing::Free;
        row.free_reason = Some(reason);
        row.free_note = note;
        Ok(())
    })
    .await
}

/// Does not carry the order out, with a reason.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn cancel(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    order.decide(&act, Action::Cancel, None).await?;
    let told = order.row.technician_id.into_iter().chain([order.case.row.owner_account_id]).collect();
    order.tell(&mut act, Some(Action::Cancel), Event::WorkOrderCancelled, Some(reason), json!({}), told).await?;
    order.finish(act).await
}

/// Cancels every unfinished order of a case that its customer takes back.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel_unfinished(act: &mut Act<'_>, case: &Case) -> Result<()> {
    let orders =
        work_order::Entity::find().filter(work_order::Column::ComplaintId.eq(case.row.id)).all(&act.txn).await?;
    for row in orders.into_iter().filter(|order| !order.state.is_finished()) {
        let told: Vec<Uuid> = row.technician_id.into_iter().chain([row.owner_account_id]).collect();
        let copy = Case::of_row(act, case.row.clone(), case.standing.clone()).await?;
        let mut order = Order { before: Box::new(row.clone()), row, case: copy, standing: case.standing.clone() };
        order.row.state = State::Cancelled;
        order.row.owner_account_id = order.find_owner(act, Post::DepartmentHead, None).await?;
        order.tell(act, None, Event::WorkOrderCancelled, None, json!({ "withdrawn": true }), told).await?;
        order.save(act).await?;
    }
    Ok(())
}
