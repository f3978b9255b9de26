//! The acts on what was undertaken. Each locks the case first and the undertaking second.

mod making;
mod moving;
mod passing;

pub use making::*;
pub use moving::*;
pub use passing::*;

use domain::event::Kind as Event;
use domain::organization::Role;
use domain::refusal::Code;
use domain::standing::{Standing, Who};
use domain::undertaking::{Action, Kind, State, decide, permission};
use entity::{complaint, undertaking};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Happening};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::complaint::case::{Case, Target, acting_role};

/// An undertaking in the middle of an act, locked with its case.
pub struct Held {
    row: undertaking::Model,
    case: Case,
    standing: Standing,
}

impl Held {
    async fn open(act: &Act<'_>, target: Target) -> Result<Self> {
        let viewer = act.person()?;
        let not_found = || Error::refused(Code::NotFound, "undertakingId");
        let visible = scope::undertakings(viewer).filter(undertaking::Column::Id.eq(target.id));
        let seen = visible.one(&act.txn).await?.ok_or_else(not_found)?;
        let case = complaint::Entity::find_by_id(seen.complaint_id);
        let case = locked(case, &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
        let row = locked(undertaking::Entity::find_by_id(target.id), &act.txn).one(&act.txn).await?;
        let row = row.ok_or_else(not_found)?;
        if row.version != target.version {
            return Err(Error::stale(result(&row)));
        }
        let standing = standing_to(&viewer.standing(&case), row.owner_account_id == viewer.id);
        let case = Case::of_row(act, case, standing.clone()).await?;
        Ok(Self { row, case, standing })
    }

    fn decide(&mut self, action: Action) -> Result<()> {
        self.row.state = decide(self.row.kind, self.row.state, action, &self.standing)?;
        Ok(())
    }

    async fn tell(&self, act: &mut Act<'_>, action: Action, event: Event, reason: Option<String>) -> Result<()> {
        let who = permission(self.row.kind, action).who;
        let role = acting_role(act.person()?, &self.standing, who, self.row.site_id);
        tell(act, &self.case, &self.row, event, role, reason).await
    }

    async fn finish(mut self, act: Act<'_>) -> Result<ActResult> {
        self.row.version += 1;
        let result = result(&self.row);
        self.row.into_active_model().reset_all().update(&act.txn).await?;
        act.commit(result).await
    }
}

/// What somebody is to an undertaking, given what they are to its case: the owner of one need not own the other.
#[must_use]
pub fn standing_to(case: &Standing, owner: bool) -> Standing {
    let others = case.0.iter().copied().filter(|who| *who != Who::Owner);
    Standing(others.chain(owner.then_some(Who::Owner)).collect())
}

fn result(row: &undertaking::Model) -> ActResult {
    ActResult { undertaking: Some(row.id), complaint: Some(row.complaint_id), ..ActResult::default() }
}

/// Tells what happened to an undertaking: the customer where it is theirs to see, whoever answers for it, the owner of the
/// case.
async fn tell(
    act: &mut Act<'_>,
    case: &Case,
    row: &undertaking::Model,
    kind: Event,
    actor_role: Option<Role>,
    reason: Option<String>,
) -> Result<()> {
    let owner = act.account(row.owner_account_id).await?;
    let mut told = vec![owner.id, case.row.owner_account_id];
    if kind.is_for_customer() {
        told.extend(case.row.customer_account_id);
    }
    if kind == Event::PromiseSubmitted {
        told.push(case.find_owner(act, domain::ownership::Post::DepartmentHead, None).await?.id);
    }
    told.retain(|account| Some(*account) != case.row.about_account_id);
    act.happened(Happening {
        kind,
        site_id: row.site_id,
        complaint_id: row.complaint_id,
        work_order_id: None,
        follow_up_id: None,
        department_id: row.department_id.or(case.row.department_id),
        actor_role,
        owner: (owner.id, owner.name),
        state: upper_snake(row.state.name()),
        reason,
        data: facts(act, row).await?,
        tell: told,
    });
    Ok(())
}

async fn facts(act: &Act<'_>, row: &undertaking::Model) -> Result<Value> {
    use entity::{department, outside_party};
    let department = match row.department_id {
        Some(id) => department::Entity::find_by_id(id).one(&act.txn).await?.map(|found| found.name),
        None => None,
    };
    let party = match row.outside_party_id {
        Some(id) => outside_party::Entity::find_by_id(id).one(&act.txn).await?.map(|found| found.name),
        None => None,
    };
    Ok(json!({
        "undertaking": row.id,
        "undertakingKind": upper_snake(row.kind.name()),
        "dueAt": row.due_at,
        "department": department,
        "person": party,
    }))
}

/// What tells that an undertaking is not wanted any more.
const fn dropped(row: &undertaking::Model) -> Event {
    match row.kind {
        Kind::Commitment | Kind::Remedy if row.shown_at.is_some() => Event::PromiseWithdrawn,
        Kind::Commitment | Kind::Remedy => Event::PromiseRefused,
        Kind::Task => Event::TaskCancelled,
        Kind::Referral => Event::OutsidePartyDropped,
        Kind::CorrectiveAction | Kind::PreventiveAction => Event::ActionCancelled,
    }
}

/// Carries the actions of an incident on under another one (D4).
///
/// # Errors
/// When the database does not answer.
pub async fn carry_on(act: &Act<'_>, from: Uuid, to: Uuid) -> Result<()> {
    use undertaking::Column;
    undertaking::Entity::update_many()
        .col_expr(Column::IncidentId, Expr::value(to))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::IncidentId.eq(from))
        .exec(&act.txn)
        .await?;
    Ok(())
}

/// Cancels what is open for a case that goes another way, but for actions against its cause.
///
/// # Errors
/// When the database does not answer.
pub async fn cancel_open(act: &mut Act<'_>, case: &Case) -> Result<()> {
    let rows = undertaking::Entity::find().filter(undertaking::Column::ComplaintId.eq(case.row.id));
    let open = rows.all(&act.txn).await?.into_iter().filter(|row| row.state.is_open() && !row.kind.is_action());
    for mut row in open.collect::<Vec<_>>() {
        row.state = State::Cancelled;
        row.version += 1;
        tell(act, case, &row, dropped(&row), None, None).await?;
        row.into_active_model().reset_all().update(&act.txn).await?;
    }
    Ok(())
}
