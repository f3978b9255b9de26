//! The acts on a follow-up. Each locks the case first and the follow-up second.

mod holding;
mod inspecting;
mod planning;
mod questions;
mod raising;

pub use holding::*;
pub use inspecting::*;
pub use planning::*;
pub use questions::*;
pub use raising::*;

use domain::complaint::Action as CaseAction;
use domain::event::Kind as Event;
use domain::follow_up::attempt::Tries;
use domain::follow_up::{Action, Change, Facts, State, decide, permission};
use domain::ownership::Post;
use domain::refusal::Code;
use domain::standing::{Standing, Who};
use entity::{complaint, follow_up, follow_up_attempt};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::access::scope;
use crate::access::viewer::Grant;
use crate::app::act::{Act, ActResult, Caller, Happening};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::complaint::case::{Case, Target, acting_role};
use crate::complaint::owner::{Leaving, Thing};

/// The field of an input that names several.
const LIST: &str = "followUps";
/// How many one act takes.
const MAX_AT_ONCE: usize = 100;

/// A follow-up in the middle of an act, locked with its case.
struct Held {
    row: follow_up::Model,
    case: Case,
    /// What the actor is to it.
    standing: Standing,
    /// How often the customer was not to be had.
    tries: Tries,
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
        let of_case = viewer.standing(&case);
        let standing = standing_to(&of_case, &row, viewer.id);
        let tries = if row.attempts > 0 { tries_of(act, row.id).await? } else { Tries::default() };
        Ok(Self { row, case: Case::of_row(act, case, of_case).await?, standing, tries })
    }

    /// Loads and locks several, each once, as the caller saw them: all the cases first, so that two acts on several cannot
    /// wait for each other. A refusal names the place in the list.
    async fn lock_all(act: &Act<'_>, targets: &[Target]) -> Result<()> {
        if targets.is_empty() || targets.len() > MAX_AT_ONCE {
            return Err(Error::refused_needing(Code::Invalid, LIST, vec![format!("1..{MAX_AT_ONCE} follow-ups")]));
        }
        for (place, target) in targets.iter().enumerate() {
            if targets[..place].iter().any(|before| before.id == target.id) {
                let needed = vec!["each follow-up once".to_owned()];
                return Err(Error::refused_needing(Code::Invalid, &format!("{LIST}.{place}.followUpId"), needed));
            }
        }
        let ids = targets.iter().map(|target| target.id);
        let seen = scope::follow_ups(act.person()?).filter(follow_up::Column::Id.is_in(ids)).all(&act.txn).await?;
        let cases = complaint::Entity::find()
            .filter(complaint::Column::Id.is_in(seen.iter().map(|row| row.complaint_id)))
            .order_by_asc(complaint::Column::Id);
        locked(cases, &act.txn).all(&act.txn).await?;
        let rows = follow_up::Entity::find()
            .filter(follow_up::Column::Id.is_in(seen.iter().map(|row| row.id)))
            .order_by_asc(follow_up::Column::Id);
        locked(rows, &act.txn).all(&act.txn).await?;
        Ok(())
    }

    async fn decide(&mut self, act: &Act<'_>, action: Action) -> Result<()> {
        let facts = Facts { state: self.row.state, tries: self.tries };
        let change = decide(facts, action, &self.standing)?;
        self.take_over(act, change).await
    }

    async fn take_over(&mut self, act: &Act<'_>, change: Change) -> Result<()> {
        self.row.state = change.state;
        if let Some(post) = change.owner {
            self.row.owner_account_id = self.case.find_owner(act, post, None).await?.id;
        }
        Ok(())
    }

    /// Whether the case waits for this follow-up: its end moves the case on.
    fn is_awaited(&self) -> bool {
        self.row.closing && self.case.row.resolved_at.is_some_and(|resolved| self.row.opened_at >= resolved)
    }

    fn role(&self, act: &Act<'_>, action: Action) -> Result<Option<domain::organization::Role>> {
        Ok(acting_role(act.person()?, &self.standing, permission(action).who, self.row.site_id))
    }

    async fn tell(&self, act: &mut Act<'_>, action: Action, event: Event, reason: String) -> Result<()> {
        let data = json!({
            "method": self.row.method.map(|method| upper_snake(method.name())),
            "satisfaction": self.row.satisfaction.map(|answer| upper_snake(answer.name())),
        });
        self.tell_with(act, action, event, Some(reason), data).await
    }

    async fn tell_with(
        &self,
        act: &mut Act<'_>,
        action: Action,
        event: Event,
        reason: Option<String>,
        data: serde_json::Value,
    ) -> Result<()> {
        let role = self.role(act, action)?;
        tell(act, &self.case, &self.row, event, role, reason, data).await
    }

    /// Writes both rows.
    async fn save(mut self, act: &Act<'_>) -> Result<()> {
        self.row.version += 1;
        self.row.into_active_model().reset_all().update(&act.txn).await?;
        self.case.save(act).await
    }

    async fn finish(self, act: Act<'_>) -> Result<ActResult> {
        let result =
            ActResult { follow_up: Some(self.row.id), complaint: Some(self.row.complaint_id), ..ActResult::default() };
        self.save(&act).await?;
        act.commit(result).await
    }
}

/// How often the customer of a follow-up was not to be had.
async fn tries_of(act: &Act<'_>, follow_up: Uuid) -> Result<Tries> {
    let rows = follow_up_attempt::Entity::find().filter(follow_up_attempt::Column::FollowUpId.eq(follow_up));
    Ok(tries(&rows.all(&act.txn).await?))
}

/// What tries come to.
#[must_use]
pub fn tries(rows: &[follow_up_attempt::Model]) -> Tries {
    Tries::of(rows.iter().map(|row| (row.outcome, row.day)))
}

/// A refusal of the rule about one of several, with its place in the list.
fn at_place(error: Error, place: usize) -> Error {
    match error {
        Error::Refused(mut refused) => {
            let own = ["followUpId", "expectedVersion"];
            if refused.field.first().is_none_or(|field| own.contains(&field.as_str())) {
                let last = refused.field.drain(..).next_back();
                refused.field = [LIST.to_owned(), place.to_string()].into_iter().chain(last).collect();
                refused.current = None;
            }
            Error::Refused(refused)
        }
        other => other,
    }
}

/// What somebody is to a follow-up, given what they are to its case: the owner of one need not own the other.
#[must_use]
pub fn standing_to(case: &Standing, row: &follow_up::Model, person: Uuid) -> Standing {
    if case.0.is_empty() {
        return Standing::default();
    }
    let others = case.0.iter().copied().filter(|who| *who != Who::Owner);
    let owner = (row.owner_account_id == person).then_some(Who::Owner);
    let assignee = (row.assignee_account_id == Some(person)).then_some(Who::Assignee);
    Standing(others.chain(owner).chain(assignee).collect())
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
        assignee_account_id: None,
        planned_for: None,
        attempts: 0,
        unreached: None,
        unreached_remark: None,
        questionnaire_revision: None,
        answers: None,
        method: None,
        satisfaction: None,
        record: None,
        signature_id: None,
        finished_by: None,
        finished_at: None,
        inspection_outcome: None,
        draw_id: None,
        drawn: None,
        inspection: None,
        inspected_by: None,
        inspected_at: None,
        opinion: None,
        opinion_by: None,
        opinion_at: None,
        opinion_signature_id: None,
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

/// Takes back what somebody was asked to hold who works in customer service no more: its owner answers for it as before.
///
/// # Errors
/// When the database does not answer.
pub async fn unassign(act: &Act<'_>, person: Uuid, kept: &[Grant]) -> Result<()> {
    use follow_up::Column;
    let sites = kept.iter().filter(|grant| TALKERS.contains(&grant.role)).filter_map(|grant| grant.site_id);
    follow_up::Entity::update_many()
        .col_expr(Column::AssigneeAccountId, Expr::value(None::<Uuid>))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::AssigneeAccountId.eq(person))
        .filter(Column::State.eq(State::Open))
        .filter(Column::SiteId.is_not_in(sites))
        .exec(&act.txn)
        .await?;
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
    let owner = act.account(row.owner_account_id).await?;
    let mut tell: Vec<Uuid> = std::iter::once(owner.id).chain(row.assignee_account_id).collect();
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
