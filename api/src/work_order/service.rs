//! The acts on a work order. Each locks the case first and the order second, so that no two acts wait for each other.

use chrono::{DateTime, Utc};
use domain::complaint::Action as CaseAction;
use domain::event::Kind as Event;
use domain::organization::{DepartmentKind, Role};
use domain::ownership::Post;
use domain::refusal::Code;
use domain::standing::Standing;
use domain::work_order::{
    Action, Change, CopyHolder, Facts, HoldReason, SignOffReason, State, check_sign_off, decide, permission,
};
use entity::{complaint, department, role_grant, team, work_order, work_order_copy};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::signature::{self, Drawing};
use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller, Happening};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target, account_of, acting_role};
use crate::complaint::numbers::{self, Series};
use crate::complaint::owner::{self, Place};
use crate::complaint::service::{MAX_REASON, Ratings, department_at};

/// The field of every input that names the order.
const ORDER: &str = "workOrderId";

/// A work order in the middle of an act, locked with its case.
pub struct Order {
    /// The row, changed in place.
    pub row: work_order::Model,
    /// Its case.
    pub case: Case,
    standing: Standing,
    before_owner: Uuid,
}

impl Order {
    async fn open(act: &Act<'_>, target: Target) -> Result<Self> {
        let viewer = act.person()?;
        let not_found = || Error::refused(Code::NotFound, ORDER);
        let visible = scope::work_orders(viewer).filter(work_order::Column::Id.eq(target.id));
        let seen = visible.one(&act.txn).await?.ok_or_else(not_found)?;
        let case = complaint::Entity::find_by_id(seen.complaint_id);
        let case = locked(case, &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
        let row = locked(work_order::Entity::find_by_id(target.id), &act.txn)
            .one(&act.txn)
            .await?;
        let row = row.ok_or_else(not_found)?;
        if row.version != target.version {
            let current = ActResult {
                work_order: Some(row.id),
                complaint: Some(case.id),
                ..ActResult::default()
            };
            return Err(Error::stale(current));
        }
        let standing = viewer.standing_to_order(&case, &row);
        let case_standing = viewer.standing(&case);
        let case = Case::of_row(act, case, case_standing).await?;
        Ok(Self {
            before_owner: row.owner_account_id,
            row,
            case,
            standing,
        })
    }

    async fn facts(&self, db: &impl ConnectionTrait) -> Result<Facts> {
        let open_copies = work_order_copy::Entity::find()
            .filter(work_order_copy::Column::WorkOrderId.eq(self.row.id))
            .filter(work_order_copy::Column::AcknowledgedAt.is_null())
            .count(db)
            .await?;
        Ok(facts_from(&self.row, self.case.row.anonymous, open_copies))
    }

    async fn decide(&mut self, act: &Act<'_>, action: Action, named: Option<Uuid>) -> Result<Change> {
        let change = decide(&self.facts(&act.txn).await?, action, &self.standing)?;
        if change.state == State::OnHold {
            self.row.held_from = Some(self.row.state);
        }
        self.row.state = change.state;
        if change.reopened {
            self.row.reopened_count += 1;
        }
        if let Some(post) = change.owner {
            self.row.owner_account_id = self.find_owner(act, post, named).await?;
        }
        Ok(change)
    }

    async fn find_owner(&self, act: &Act<'_>, post: Post, named: Option<Uuid>) -> Result<Uuid> {
        let place = Place {
            site: &self.case.site,
            department_id: Some(self.row.department_id),
            team_id: self.row.team_id,
            actor: act.viewer.map(|viewer| viewer.id),
            named,
            subject: self.case.row.about_account_id,
        };
        Ok(owner::find(&act.txn, post, &place, act.now).await?.id)
    }

    async fn tell(
        &self,
        act: &mut Act<'_>,
        action: Option<Action>,
        kind: Event,
        reason: Option<String>,
        data: serde_json::Value,
        others: Vec<Uuid>,
    ) -> Result<()> {
        let owner = account_of(&act.txn, self.row.owner_account_id).await?;
        let mut tell = others;
        if kind.is_for_customer() {
            tell.extend(self.case.row.customer_account_id);
        }
        if self.row.owner_account_id != self.before_owner || kind == Event::WorkOrderIssued {
            tell.push(owner.id);
        }
        tell.retain(|account| Some(*account) != self.case.row.about_account_id);
        let who = action.map(|action| permission(action).who).unwrap_or_default();
        let actor_role = act
            .viewer
            .and_then(|viewer| acting_role(viewer, &self.standing, who, self.row.site_id));
        act.happened(Happening {
            kind,
            site_id: self.row.site_id,
            complaint_id: self.row.complaint_id,
            work_order_id: Some(self.row.id),
            follow_up_id: None,
            department_id: Some(self.row.department_id),
            actor_role,
            owner: (owner.id, owner.name),
            state: upper_snake(self.row.state.name()),
            reason,
            data,
            tell,
        });
        Ok(())
    }

    async fn save(&mut self, act: &Act<'_>) -> Result<()> {
        self.row.version += 1;
        self.row
            .clone()
            .into_active_model()
            .reset_all()
            .update(&act.txn)
            .await?;
        Ok(())
    }

    async fn finish(mut self, act: Act<'_>) -> Result<ActResult> {
        self.save(&act).await?;
        let result = ActResult {
            work_order: Some(self.row.id),
            complaint: Some(self.row.complaint_id),
            ..ActResult::default()
        };
        act.commit(result).await
    }
}

/// What the rules need to know of an order.
#[must_use]
pub fn facts_from(row: &work_order::Model, anonymous: bool, open_copies: u64) -> Facts {
    Facts {
        state: row.state,
        held_from: row.held_from,
        anonymous,
        public_area: row.public_area,
        open_copies: u32::try_from(open_copies).unwrap_or(u32::MAX),
    }
}

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
}

/// Issues a work order (E4.2.1A). From the front desk it also routes the case.
///
/// # Errors
/// The rule's refusal; refusals with the path of the field.
pub async fn issue(caller: &Caller<'_>, target: Target, job: Job) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(CaseAction::IssueWorkOrder)?;
    let department = department_for(&act, &case, job.department_id).await?;
    let routed_here = case.row.department_id.is_none();
    if routed_here {
        case.row.department_id = Some(department.id);
    }
    case.decide(&mut act, CaseAction::IssueWorkOrder, None).await?;
    if routed_here {
        let role = case.acting_role(act.person()?, CaseAction::IssueWorkOrder);
        let data = json!({ "department": department.name, "byWorkOrder": true });
        case.tell(&mut act, Event::ComplaintDispatched, role, None, data, Vec::new())
            .await?;
    }
    let row = new_order(&act, &case, &department, &job).await?;
    row.clone().into_active_model().insert(&act.txn).await?;
    let standing = case.standing.clone();
    case.touch();
    case.save(&act).await?;
    let order = Order {
        before_owner: row.owner_account_id,
        row,
        case,
        standing,
    };
    let data = json!({ "number": order.row.number, "department": department.name, "task": order.row.task });
    order
        .tell(&mut act, None, Event::WorkOrderIssued, None, data, Vec::new())
        .await?;
    let result = ActResult {
        work_order: Some(order.row.id),
        complaint: Some(order.row.complaint_id),
        ..ActResult::default()
    };
    act.commit(result).await
}

async fn department_for(act: &Act<'_>, case: &Case, named: Option<Uuid>) -> Result<department::Model> {
    if let Some(id) = named.or(case.row.department_id) {
        return department_at(&act.txn, case.site.id, id).await;
    }
    let category = crate::complaint::parts::category_at(&act.txn, case.site.id, case.row.category_id).await?;
    crate::complaint::service::department_of_kind(&act.txn, case.site.id, category.department).await
}

async fn new_order(act: &Act<'_>, case: &Case, department: &department::Model, job: &Job) -> Result<work_order::Model> {
    let place = validate::optional_text("place", job.place.as_deref(), 200)?;
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
        public_area: job.public_area.unwrap_or(case.row.public_area),
        work_done: None,
        cause: None,
        materials: None,
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
    simply(
        caller,
        target,
        Action::Acknowledge,
        Event::WorkOrderAcknowledged,
        None,
        |_, _, _| Ok(()),
    )
    .await
}

/// Gives the order to a team of its department.
///
/// # Errors
/// The rule's refusal; `NOT_FOUND` for a team of another department.
pub async fn assign_team(caller: &Caller<'_>, target: Target, team_id: Uuid) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let team = team::Entity::find_by_id(team_id)
        .filter(team::Column::DepartmentId.eq(order.row.department_id))
        .one(&act.txn)
        .await?
        .ok_or_else(|| Error::refused(Code::NotFound, "teamId"))?;
    order.row.team_id = Some(team.id);
    order.row.technician_id = None;
    order.decide(&act, Action::AssignTeam, None).await?;
    let data = json!({ "team": team.name });
    order
        .tell(
            &mut act,
            Some(Action::AssignTeam),
            Event::TeamAssigned,
            None,
            data,
            Vec::new(),
        )
        .await?;
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
    let today = act
        .now
        .with_timezone(&crate::access::viewer::parse_zone(&order.case.site.time_zone))
        .date_naive();
    let of_the_team = role_grant::Entity::find()
        .filter(role_grant::Column::AccountId.eq(technician))
        .filter(role_grant::Column::Role.eq(Role::Technician))
        .filter(role_grant::Column::TeamId.eq(order.row.team_id))
        .filter(role_grant::Column::FromDate.lte(today))
        .filter(
            Condition::any()
                .add(role_grant::Column::ToDate.is_null())
                .add(role_grant::Column::ToDate.gte(today)),
        )
        .count(&act.txn)
        .await?;
    if of_the_team == 0 || order.case.row.about_account_id == Some(technician) {
        return Err(not_found());
    }
    order.row.technician_id = Some(technician);
    order.decide(&act, Action::AssignTechnician, Some(technician)).await?;
    let name = account_of(&act.txn, technician).await?.name;
    let data = json!({ "technician": name });
    order
        .tell(
            &mut act,
            Some(Action::AssignTechnician),
            Event::TechnicianAssigned,
            None,
            data,
            vec![technician],
        )
        .await?;
    order.finish(act).await
}

/// Sets out.
///
/// # Errors
/// The rule's refusal.
pub async fn depart(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(
        caller,
        target,
        Action::Depart,
        Event::TechnicianDeparted,
        None,
        |row, _, now| {
            row.departed_at = Some(now);
            Ok(())
        },
    )
    .await
}

/// Is on site (B6).
///
/// # Errors
/// The rule's refusal.
pub async fn record_arrival(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(
        caller,
        target,
        Action::RecordArrival,
        Event::TechnicianArrived,
        None,
        |row, _, now| {
            row.arrived_at = Some(now);
            Ok(())
        },
    )
    .await
}

/// Lets the order wait, with a reason and a date.
///
/// # Errors
/// The rule's refusal; `INVALID` for a date that is past.
pub async fn hold(
    caller: &Caller<'_>,
    target: Target,
    reason: HoldReason,
    until: DateTime<Utc>,
    note: Option<&str>,
) -> Result<ActResult> {
    let note = validate::optional_text("note", note, MAX_REASON)?;
    simply(
        caller,
        target,
        Action::Hold,
        Event::WorkOrderHeld,
        note,
        |row, _, now| {
            if until <= now {
                return Err(Error::refused_needing(
                    Code::Invalid,
                    "until",
                    vec!["a time to come".to_owned()],
                ));
            }
            row.hold_reason = Some(reason);
            row.hold_until = Some(until);
            Ok(())
        },
    )
    .await
}

/// Goes on with an order that waited.
///
/// # Errors
/// The rule's refusal.
pub async fn resume(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(
        caller,
        target,
        Action::Resume,
        Event::WorkOrderResumed,
        None,
        |row, _, _| {
            row.held_from = None;
            row.hold_reason = None;
            row.hold_until = None;
            Ok(())
        },
    )
    .await
}

/// What a technician reports of the work.
#[derive(Debug, Clone)]
pub struct WorkReport {
    /// What was done.
    pub work_done: String,
    /// Why it had broken.
    pub cause: String,
    /// What was used.
    pub materials: Option<String>,
}

/// Reports the work done: what, why, with which materials.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for what was done and the cause.
pub async fn complete(caller: &Caller<'_>, target: Target, report: WorkReport) -> Result<ActResult> {
    let work_done = validate::text("workDone", &report.work_done, 2000)?;
    let cause = validate::text("cause", &report.cause, 1000)?;
    let materials = validate::optional_text("materials", report.materials.as_deref(), 1000)?;
    simply(
        caller,
        target,
        Action::Complete,
        Event::WorkOrderCompleted,
        Some(work_done.clone()),
        |row, _, now| {
            row.work_done = Some(work_done);
            row.cause = Some(cause);
            row.materials = materials;
            row.completed_at = Some(now);
            Ok(())
        },
    )
    .await
}

/// Takes back the last step: a recorded counter-act with a reason.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn correct(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    simply(
        caller,
        target,
        Action::Correct,
        Event::WorkOrderCorrected,
        Some(reason),
        |row, before, _| {
            match before {
                State::Done => row.completed_at = None,
                State::Arrived => row.arrived_at = None,
                _ => row.departed_at = None,
            }
            Ok(())
        },
    )
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
    let told = order
        .row
        .technician_id
        .into_iter()
        .chain([order.case.row.owner_account_id])
        .collect();
    order
        .tell(
            &mut act,
            Some(Action::Cancel),
            Event::WorkOrderCancelled,
            Some(reason),
            json!({}),
            told,
        )
        .await?;
    order.finish(act).await
}

/// The customer signs and rates (E4.5.2), on their own phone or on the technician's handheld. What is signed is kept
/// with the drawing, and its hash.
///
/// # Errors
/// The rule's refusal; `INVALID` for a drawing or a rating.
pub async fn sign(
    caller: &Caller<'_>,
    target: Target,
    drawing: &Drawing,
    ratings: Ratings,
    comment: Option<&str>,
) -> Result<ActResult> {
    let ratings = ratings.check()?;
    let comment = validate::optional_text("comment", comment, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let content = signed_content(&order);
    order.decide(&act, Action::Sign, None).await?;
    let kept = signature::keep(&act, order.row.organization_id, drawing, content).await?;
    order.row.signature_id = Some(kept.id);
    order.row.signed_at = Some(act.now);
    order.row.rating_quality = Some(ratings.quality);
    order.row.rating_attitude = Some(ratings.attitude);
    order.row.rating_timeliness = Some(ratings.timeliness);
    order.row.rating_overall = Some(ratings.overall);
    make_copies(&act, &order.row).await?;
    let data = json!({ "signer": kept.signer_name, "contentSha256": kept.content_sha256, "overall": ratings.overall });
    let told = order
        .row
        .technician_id
        .into_iter()
        .chain([order.case.row.owner_account_id])
        .collect();
    order
        .tell(
            &mut act,
            Some(Action::Sign),
            Event::WorkOrderSigned,
            comment,
            data,
            told,
        )
        .await?;
    order.finish(act).await
}

/// The customer refuses to sign, with a reason; the technician goes on.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn refuse_signature(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    order.decide(&act, Action::RefuseSignature, None).await?;
    order.row.completed_at = None;
    let told = order
        .row
        .technician_id
        .into_iter()
        .chain([order.case.row.owner_account_id])
        .collect();
    order
        .tell(
            &mut act,
            Some(Action::RefuseSignature),
            Event::SignatureRefused,
            Some(reason),
            json!({}),
            told,
        )
        .await?;
    order.finish(act).await
}

/// The head signs where nobody else can, with a reason. `attempts` says how often nobody was at home.
///
/// # Errors
/// The rule's refusal; `MISSING` when the facts contradict the reason.
pub async fn sign_off(
    caller: &Caller<'_>,
    target: Target,
    why: SignOffReason,
    attempts: i32,
    note: &str,
) -> Result<ActResult> {
    let note = validate::text("note", note, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let facts = order.facts(&act.txn).await?;
    order.decide(&act, Action::SignOff, None).await?;
    check_sign_off(&facts, why, u32::try_from(attempts).unwrap_or_default())?;
    order.row.sign_off_reason = Some(why);
    order.row.absence_attempts = attempts;
    order.row.signed_at = Some(act.now);
    make_copies(&act, &order.row).await?;
    let data = json!({ "why": upper_snake(why.name()) });
    order
        .tell(
            &mut act,
            Some(Action::SignOff),
            Event::WorkOrderSignedOff,
            Some(note),
            data,
            Vec::new(),
        )
        .await?;
    order.finish(act).await
}

/// Confirms that a copy has come (E4.2.1A): the department keeps one, customer service the other.
///
/// # Errors
/// The rule's refusal; `NOT_YOURS` for the other's copy; `WRONG_STATE` when it has been confirmed.
pub async fn acknowledge_copy(caller: &Caller<'_>, target: Target, holder: CopyHolder) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let viewer = act.person()?;
    let mine = department::Entity::find()
        .filter(department::Column::SiteId.eq(order.row.site_id))
        .all(&act.txn)
        .await?
        .into_iter()
        .filter(|department| match holder {
            CopyHolder::Department => department.id == order.row.department_id,
            CopyHolder::CustomerService => department.kind == DepartmentKind::CustomerService,
        })
        .any(|department| {
            viewer
                .grants
                .iter()
                .any(|grant| grant.department_id == Some(department.id))
        });
    if !mine {
        return Err(Error::refused_needing(
            Code::NotYours,
            "holder",
            vec![upper_snake(holder.name())],
        ));
    }
    let copy = work_order_copy::Entity::find_by_id((order.row.id, holder))
        .one(&act.txn)
        .await?;
    let acknowledged = copy.as_ref().is_some_and(|copy| copy.acknowledged_at.is_some());
    if acknowledged {
        return Err(Error::refused(Code::WrongState, "holder"));
    }
    order.decide(&act, Action::AcknowledgeCopy, None).await?;
    if let Some(copy) = copy {
        let mut copy = copy.into_active_model();
        copy.acknowledged_by = Set(Some(viewer.id));
        copy.acknowledged_at = Set(Some(act.now));
        copy.update(&act.txn).await?;
    }
    let data = json!({ "holder": upper_snake(holder.name()) });
    order
        .tell(
            &mut act,
            Some(Action::AcknowledgeCopy),
            Event::CopyAcknowledged,
            None,
            data,
            Vec::new(),
        )
        .await?;
    order.finish(act).await
}

/// Cancels every unfinished order of a case that its customer takes back.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel_unfinished(act: &mut Act<'_>, case: &Case) -> Result<()> {
    let orders = work_order::Entity::find()
        .filter(work_order::Column::ComplaintId.eq(case.row.id))
        .all(&act.txn)
        .await?;
    for row in orders.into_iter().filter(|order| !order.state.is_finished()) {
        let told: Vec<Uuid> = row.technician_id.into_iter().chain([row.owner_account_id]).collect();
        let copy = Case::of_row(act, case.row.clone(), case.standing.clone()).await?;
        let mut order = Order {
            before_owner: row.owner_account_id,
            row,
            case: copy,
            standing: case.standing.clone(),
        };
        order.row.state = State::Cancelled;
        order.row.owner_account_id = order.find_owner(act, Post::DepartmentHead, None).await?;
        order
            .tell(
                act,
                None,
                Event::WorkOrderCancelled,
                None,
                json!({ "withdrawn": true }),
                told,
            )
            .await?;
        order.save(act).await?;
    }
    Ok(())
}

/// An act that needs nothing but the rule, a reason, and what it writes into the row.
async fn simply(
    caller: &Caller<'_>,
    target: Target,
    action: Action,
    event: Event,
    reason: Option<String>,
    write: impl FnOnce(&mut work_order::Model, State, DateTime<Utc>) -> Result<()>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let before = order.row.state;
    order.decide(&act, action, None).await?;
    write(&mut order.row, before, act.now)?;
    order
        .tell(&mut act, Some(action), event, reason, json!({}), Vec::new())
        .await?;
    order.finish(act).await
}

async fn make_copies(act: &Act<'_>, row: &work_order::Model) -> Result<()> {
    let copies = CopyHolder::ALL.iter().map(|holder| work_order_copy::ActiveModel {
        work_order_id: Set(row.id),
        holder: Set(*holder),
        organization_id: Set(row.organization_id),
        acknowledged_by: Set(None),
        acknowledged_at: Set(None),
    });
    work_order_copy::Entity::insert_many(copies)
        .exec_without_returning(&act.txn)
        .await?;
    Ok(())
}

/// What the customer signs: the order as it stands on the screen.
fn signed_content(order: &Order) -> serde_json::Value {
    let row = &order.row;
    json!({
        "workOrder": row.number,
        "complaint": order.case.row.number,
        "task": row.task,
        "place": row.place,
        "workDone": row.work_done,
        "cause": row.cause,
        "materials": row.materials,
        "issuedAt": row.issued_at.to_rfc3339(),
        "arrivedAt": row.arrived_at.map(|time| time.to_rfc3339()),
        "completedAt": row.completed_at.map(|time| time.to_rfc3339()),
    })
}
