//! A work order in the middle of an act: its row, its case, and how a change is written and told.

use super::ORDER;
use chrono::{DateTime, Utc};
use domain::event::Kind as Event;
use domain::ownership::Post;
use domain::refusal::Code;
use domain::standing::Standing;
use domain::work_order::{Acceptance, Action, Change, Facts, State, check_return, decide, permission};
use entity::{complaint, quote, work_order, work_order_copy};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Happening};
use crate::app::database::{locked, write_changes};
use crate::app::error::{Error, Result, upper_snake};
use crate::complaint::case::{Case, Target, acting_role};
use crate::complaint::owner::{self, Place};
use crate::handheld::steps;
use crate::quote::facts as quotes;

/// A work order in the middle of an act, locked with its case.
pub struct Order {
    /// The row, changed in place.
    pub row: work_order::Model,
    /// Its case.
    pub case: Case,
    pub(super) standing: Standing,
    /// As it was read, or made.
    pub(super) before: Box<work_order::Model>,
}

impl Order {
    /// Takes an order of a case that the act has opened, within the actor's scope.
    ///
    /// # Errors
    /// `NOT_FOUND` outside the scope, or for an order of another case.
    pub async fn of_case(act: &Act<'_>, case: Case, id: Uuid) -> Result<Self> {
        let viewer = act.person()?;
        let visible = scope::work_orders(viewer)
            .filter(work_order::Column::Id.eq(id))
            .filter(work_order::Column::ComplaintId.eq(case.row.id));
        let row = locked(visible, &act.txn).one(&act.txn).await?;
        let row = row.ok_or_else(|| Error::refused(Code::NotFound, ORDER))?;
        let standing = viewer.standing_to_order(&case.row, &row);
        Ok(Self { before: Box::new(row.clone()), row, case, standing })
    }

    /// An order that an act tells something of, but does not change.
    #[must_use]
    pub fn beside(case: Case, row: work_order::Model) -> Self {
        Self { before: Box::new(row.clone()), row, case, standing: Standing::default() }
    }

    /// Only asks the rule.
    ///
    /// # Errors
    /// The rule's refusal.
    pub async fn check(&self, act: &Act<'_>, action: Action) -> Result<Change> {
        Ok(decide(&self.facts(act).await?, action, &self.standing)?)
    }

    /// Only asks whether materials may be brought back.
    ///
    /// # Errors
    /// The rule's refusal.
    pub fn check_return(&self) -> Result<()> {
        Ok(check_return(self.row.state, &self.standing)?)
    }

    /// Takes an order that the actor has seen in a version.
    ///
    /// # Errors
    /// `NOT_FOUND` outside the scope; `STALE`.
    pub async fn open(act: &Act<'_>, target: Target) -> Result<Self> {
        let viewer = act.person()?;
        let not_found = || Error::refused(Code::NotFound, ORDER);
        let visible = scope::work_orders(viewer).filter(work_order::Column::Id.eq(target.id));
        let seen = visible.one(&act.txn).await?.ok_or_else(not_found)?;
        let case = complaint::Entity::find_by_id(seen.complaint_id);
        let case = locked(case, &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
        let row = locked(work_order::Entity::find_by_id(target.id), &act.txn).one(&act.txn).await?;
        let row = row.ok_or_else(not_found)?;
        act.recall_case(&case);
        if !steps::is_as_seen(act, target, row.version).await? {
            let current = ActResult { work_order: Some(row.id), complaint: Some(case.id), ..ActResult::default() };
            return Err(Error::stale(current));
        }
        let standing = viewer.standing_to_order(&case, &row);
        let case_standing = viewer.standing(&case);
        let case = Case::beside(act, case, case_standing).await?;
        Ok(Self { before: Box::new(row.clone()), row, case, standing })
    }

    pub(super) async fn facts(&self, act: &Act<'_>) -> Result<Facts> {
        let open_copies = work_order_copy::Entity::find()
            .filter(work_order_copy::Column::WorkOrderId.eq(self.row.id))
            .filter(work_order_copy::Column::AcknowledgedAt.is_null())
            .count(&act.txn)
            .await?;
        let quotes = quotes::of_case(&act.txn, self.case.row.id).await?;
        Ok(facts_from(&self.row, &self.case.row, open_copies, &quotes, act.now))
    }

    pub(super) async fn decide(&mut self, act: &Act<'_>, action: Action, named: Option<Uuid>) -> Result<Change> {
        let change = self.check(act, action).await?;
        if change.state == State::OnHold {
            self.row.held_from = Some(self.row.state);
        }
        self.row.state = change.state;
        if change.acceptance == Acceptance::Gone {
            self.row.accepted_at = None;
        }
        if change.reopened {
            self.row.reopened_count += 1;
        }
        if let Some(post) = change.owner {
            self.row.owner_account_id = self.find_owner(act, post, named).await?;
        }
        Ok(change)
    }

    /// Who holds a post for the order.
    ///
    /// # Errors
    /// `NO_OWNER` where nobody does.
    pub async fn find_owner(&self, act: &Act<'_>, post: Post, named: Option<Uuid>) -> Result<Uuid> {
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

    /// Tells what happened to the order: the customer where it concerns them, the new owner, and whoever else is named.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tell(
        &self,
        act: &mut Act<'_>,
        action: Option<Action>,
        kind: Event,
        reason: Option<String>,
        data: serde_json::Value,
        others: Vec<Uuid>,
    ) -> Result<()> {
        let owner = act.account(self.row.owner_account_id).await?;
        let mut tell = others;
        if kind.is_for_customer() {
            tell.extend(self.case.row.customer_account_id);
        }
        if self.row.owner_account_id != self.before.owner_account_id || kind == Event::WorkOrderIssued {
            tell.push(owner.id);
        }
        tell.retain(|account| Some(*account) != self.case.row.about_account_id);
        let who = action.map(|action| permission(action).who).unwrap_or_default();
        let actor_role = act.viewer.and_then(|viewer| acting_role(viewer, &self.standing, who, self.row.site_id));
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

    pub(super) async fn save(&mut self, act: &Act<'_>) -> Result<()> {
        self.row.version += 1;
        write_changes(&act.txn, &*self.before, &self.row).await?;
        steps::made(act, self.row.id, self.row.version).await
    }

    /// Ends the act.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finish(mut self, act: Act<'_>) -> Result<ActResult> {
        self.save(&act).await?;
        let result = ActResult {
            work_order: Some(self.row.id),
            complaint: Some(self.row.complaint_id),
            version: Some(self.row.version),
            ..ActResult::default()
        };
        act.commit(result).await
    }
}

/// What the rules need to know of an order.
#[must_use]
pub fn facts_from(
    row: &work_order::Model,
    case: &complaint::Model,
    open_copies: u64,
    quotes: &[quote::Model],
    now: DateTime<Utc>,
) -> Facts {
    Facts {
        state: row.state,
        held_from: row.held_from,
        accepted: row.accepted_at.is_some(),
        anonymous: case.anonymous,
        public_area: row.public_area,
        open_copies: u32::try_from(open_copies).unwrap_or(u32::MAX),
        price: quotes::price_of(row, case, quotes, now),
    }
}
