//! The acts on a follow-up. Each locks the case first and the follow-up second.

use domain::complaint::{Action as CaseAction, after_follow_up};
use domain::event::Kind as Event;
use domain::follow_up::{Action, Evidence, Method, Satisfaction, State, check_evidence, decide, permission};
use domain::ownership::Post;
use domain::refusal::Code;
use domain::standing::Standing;
use entity::{complaint, follow_up};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller, Happening};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target, account_of, acting_role};
use crate::complaint::owner::{Leaving, Thing};
use crate::complaint::parts::{self, Call};
use crate::signature::keeping::{self as signature, Drawing};

/// The words with which the record of a follow-up by phone begins (D2).
const BY_PHONE: &str = "电话回访";

/// A follow-up in the middle of an act, locked with its case.
struct Held {
    row: follow_up::Model,
    case: Case,
    /// Whether the actor is the named owner of the follow-up (A0).
    owner: bool,
}

impl Held {
    async fn open(act: &Act<'_>, target: Target) -> Result<Self> {
        let viewer = act.person()?;
        let not_found = || Error::refused(Code::NotFound, "followUpId");
        let visible = scope::follow_ups(viewer).filter(follow_up::Column::Id.eq(target.id));
        let seen = visible.one(&act.txn).await?.ok_or_else(not_found)?;
        let case = complaint::Entity::find_by_id(seen.complaint_id);
        let case = locked(case, &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
        let row = locked(follow_up::Entity::find_by_id(target.id), &act.txn).one(&act.txn).await?;
        let row = row.ok_or_else(not_found)?;
        if row.version != target.version {
            let current = ActResult { follow_up: Some(row.id), complaint: Some(case.id), ..ActResult::default() };
            return Err(Error::stale(current));
        }
        let owner = row.owner_account_id == viewer.id;
        let standing = viewer.standing(&case);
        Ok(Self { row, case: Case::of_row(act, case, standing).await?, owner })
    }

    async fn decide(&mut self, act: &Act<'_>, action: Action) -> Result<()> {
        let standing = standing_to(&self.case.standing, self.owner);
        let change = decide(self.row.state, action, &standing)?;
        self.row.state = change.state;
        self.row.owner_account_id = self.case.find_owner(act, change.owner, None).await?.id;
        Ok(())
    }

    /// Whether the case waits for this follow-up: its end moves the case on.
    fn is_awaited(&self) -> bool {
        self.row.closing && self.case.row.resolved_at.is_some_and(|resolved| self.row.opened_at >= resolved)
    }

    async fn tell(&self, act: &mut Act<'_>, action: Action, event: Event, reason: String) -> Result<()> {
        let viewer = act.person()?;
        let standing = standing_to(&self.case.standing, self.owner);
        let role = acting_role(viewer, &standing, permission(action).who, self.row.site_id);
        let data = json!({
            "method": self.row.method.map(|method| upper_snake(method.name())),
            "satisfaction": self.row.satisfaction.map(|answer| upper_snake(answer.name())),
        });
        tell(act, &self.case, &self.row, event, role, Some(reason), data).await
    }

    async fn finish(mut self, act: Act<'_>) -> Result<ActResult> {
        self.row.version += 1;
        let result =
            ActResult { follow_up: Some(self.row.id), complaint: Some(self.row.complaint_id), ..ActResult::default() };
        self.row.into_active_model().reset_all().update(&act.txn).await?;
        self.case.save(&act).await?;
        act.commit(result).await
    }
}

/// What somebody is to a follow-up, given what they are to its case: the owner of one need not own the other.
#[must_use]
pub fn standing_to(case: &Standing, owner: bool) -> Standing {
    use domain::standing::Who;
    if case.0.is_empty() {
        return Standing::default();
    }
    let mut who: Vec<Who> = case.0.iter().copied().filter(|who| *who != Who::Owner).collect();
    if owner {
        who.push(Who::Owner);
    }
    Standing(who)
}

/// Opens a follow-up during handling (D0). The one that C10 owes opens by itself on resolution.
///
/// # Errors
/// The rule's refusal.
pub async fn open(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.decide(&mut act, CaseAction::OpenFollowUp, None).await?;
    let id = open_row(&mut act, &case, false).await?;
    case.touch();
    case.save(&act).await?;
    let result = ActResult { follow_up: Some(id), complaint: Some(case.row.id), ..ActResult::default() };
    act.commit(result).await
}

/// Opens the follow-up that a change of the case owes (D1).
///
/// # Errors
/// `NO_OWNER`, or when the database does not answer.
pub async fn open_for(act: &mut Act<'_>, case: &Case, closing: bool) -> Result<()> {
    open_row(act, case, closing).await.map(|_| ())
}

async fn open_row(act: &mut Act<'_>, case: &Case, closing: bool) -> Result<Uuid> {
    let row = follow_up::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        state: State::Open,
        closing,
        owner_account_id: case.find_owner(act, Post::CustomerServiceSupervisor, None).await?.id,
        method: None,
        satisfaction: None,
        record: None,
        signature_id: None,
        finished_by: None,
        finished_at: None,
        inspection: None,
        inspected_by: None,
        inspected_at: None,
        opinion: None,
        opinion_by: None,
        opinion_at: None,
        opened_at: act.now,
        version: 1,
    };
    row.clone().into_active_model().insert(&act.txn).await?;
    tell(act, case, &row, Event::FollowUpOpened, None, None, json!({ "closing": closing })).await?;
    Ok(row.id)
}

/// Cancels every follow-up that is open, because its case goes another way.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel_open(act: &mut Act<'_>, case: &Case) -> Result<()> {
    let open = follow_up::Entity::find()
        .filter(follow_up::Column::ComplaintId.eq(case.row.id))
        .filter(follow_up::Column::State.eq(State::Open))
        .all(&act.txn)
        .await?;
    for mut row in open {
        row.state = State::Cancelled;
        row.version += 1;
        tell(act, case, &row, Event::FollowUpCancelled, None, None, json!({})).await?;
        row.into_active_model().reset_all().update(&act.txn).await?;
    }
    Ok(())
}

/// Passes a follow-up on whose owner holds no role for it any more (A0). Says whether it did.
///
/// # Errors
/// `NO_OWNER` when nobody can be named.
pub async fn pass_on(
    act: &mut Act<'_>,
    case: complaint::Model,
    mut row: follow_up::Model,
    leaving: &Leaving,
) -> Result<bool> {
    let Some(post) = row.state.duty() else { return Ok(false) };
    let subject = case.about_account_id;
    let thing = Thing { site_id: row.site_id, department_id: case.department_id, team_id: None, subject };
    if thing.may_be_owned(post, &leaving.kept) {
        return Ok(false);
    }
    let case = Case::of_row(act, case, Standing::default()).await?;
    row.owner_account_id = match leaving.successor_for(post, &thing) {
        Some(successor) => successor,
        None => case.find_owner(act, post, None).await?.id,
    };
    row.version += 1;
    tell(act, &case, &row, Event::OwnerChanged, None, None, json!({})).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    Ok(true)
}

/// How a follow-up went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it was held (D2).
    pub method: Method,
    /// What the customer said of the result.
    pub satisfaction: Satisfaction,
    /// What was said.
    pub record: String,
    /// The call, when by phone.
    pub call: Option<Call>,
    /// The customer's signature, when on site.
    pub drawing: Option<Drawing>,
}

/// Records how a follow-up went. Dissatisfied reopens the case, satisfied moves it on (C10, D1, D2).
///
/// # Errors
/// The rule's refusal; `MISSING` for the call record or the signature.
pub async fn finish(caller: &Caller<'_>, target: Target, outcome: Outcome) -> Result<ActResult> {
    let record = validate::text("record", &outcome.record, 1900)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    let awaited = held.is_awaited();
    held.decide(&act, Action::Finish).await?;
    check_evidence(Evidence {
        method: outcome.method,
        call_record: outcome.call.is_some(),
        signature: outcome.drawing.is_some(),
    })?;
    held.row.record = Some(match outcome.method {
        Method::Phone => format!("{BY_PHONE}:{record}"),
        Method::OnSite => record.clone(),
    });
    held.row.method = Some(outcome.method);
    held.row.satisfaction = Some(outcome.satisfaction);
    held.row.finished_by = Some(act.person()?.id);
    held.row.finished_at = Some(act.now);
    if let Some(call) = outcome.call {
        parts::record_call(&act, &held.case.row, Some(held.row.id), true, call).await?;
    }
    if let Some(drawing) = &outcome.drawing {
        let content = json!({
            "complaint": held.case.row.number,
            "record": record,
            "satisfaction": upper_snake(outcome.satisfaction.name()),
        });
        held.row.signature_id = Some(signature::keep(&act, &held.case.row, drawing, content).await?.id);
    }
    held.tell(&mut act, Action::Finish, Event::FollowUpFinished, record).await?;
    if awaited {
        move_case(&mut act, &mut held, outcome.satisfaction).await?;
    }
    held.finish(act).await
}

async fn move_case(act: &mut Act<'_>, held: &mut Held, satisfaction: Satisfaction) -> Result<()> {
    let satisfied = satisfaction == Satisfaction::Satisfied;
    // The follow-up at hand is still open in the database: written first, it is not taken for one to cancel.
    let state = held.row.clone().into_active_model().reset_all();
    state.update(&act.txn).await?;
    held.case.take_over(act, after_follow_up(satisfied), None).await?;
    if !satisfied {
        let viewer = act.person()?;
        let role = held.case.acting_role(viewer, CaseAction::OpenFollowUp);
        held.case.tell(act, Event::ComplaintReopened, role, held.row.record.clone(), json!({}), Vec::new()).await?;
    }
    Ok(())
}

/// The director inspects the record (D2).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the remark.
pub async fn inspect(caller: &Caller<'_>, target: Target, remark: &str) -> Result<ActResult> {
    let remark = validate::text("remark", remark, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::Inspect).await?;
    held.row.inspection = Some(remark.clone());
    held.row.inspected_by = Some(act.person()?.id);
    held.row.inspected_at = Some(act.now);
    hand_case_on(&mut held);
    held.tell(&mut act, Action::Inspect, Event::FollowUpInspected, remark).await?;
    held.finish(act).await
}

/// The office head signs an opinion (D2).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the opinion.
pub async fn sign_opinion(caller: &Caller<'_>, target: Target, opinion: &str) -> Result<ActResult> {
    let opinion = validate::text("opinion", opinion, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::SignOpinion).await?;
    held.row.opinion = Some(opinion.clone());
    held.row.opinion_by = Some(act.person()?.id);
    held.row.opinion_at = Some(act.now);
    hand_case_on(&mut held);
    held.tell(&mut act, Action::SignOpinion, Event::OpinionSigned, opinion).await?;
    held.finish(act).await
}

/// A case that waits for its follow-up is owned by whoever the follow-up waits for.
fn hand_case_on(held: &mut Held) {
    if held.is_awaited() {
        held.case.row.owner_account_id = held.row.owner_account_id;
    }
}

async fn tell(
    act: &mut Act<'_>,
    case: &Case,
    row: &follow_up::Model,
    kind: Event,
    actor_role: Option<domain::organization::Role>,
    reason: Option<String>,
    data: serde_json::Value,
) -> Result<()> {
    let owner = account_of(&act.txn, row.owner_account_id).await?;
    let mut tell = vec![owner.id];
    if kind.is_for_customer() {
        tell.extend(case.row.customer_account_id);
    }
    tell.retain(|account| Some(*account) != case.row.about_account_id);
    act.happened(Happening {
        kind,
        site_id: row.site_id,
        complaint_id: row.complaint_id,
        work_order_id: None,
        follow_up_id: Some(row.id),
        department_id: case.row.department_id,
        actor_role,
        owner: (owner.id, owner.name),
        state: upper_snake(row.state.name()),
        reason,
        data,
        tell,
    });
    Ok(())
}
