//! A case in the middle of an act: its row, what the rules need to know of it, and how a change is written.

use chrono::{DateTime, Utc};
use domain::complaint::{Action, Change, Effect, Facts, Price, State, decide, permission};
use domain::event::Kind;
use domain::organization::Role;
use domain::ownership::Post;
use domain::refusal::Code;
use domain::standing::{Standing, Who};
use domain::undertaking::Summary;
use domain::{follow_up as follow_up_rules, work_order as work_order_rules};
use entity::{account, complaint, complaint_item, follow_up, site, undertaking, work_order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::owner::{self, Place};
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::act::{Act, ActResult, Happening};
use crate::app::database::{locked, write_changes};
use crate::app::error::{Error, Result};
use crate::handheld::steps;
use crate::quote::facts as quotes;

/// Which case, and which version of it the caller saw.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The case.
    pub id: Uuid,
    /// The version the caller saw.
    pub version: i32,
}

/// A case in the middle of an act, locked until its end.
pub struct Case {
    /// The row, changed in place and written by [`Case::save`].
    pub row: complaint::Model,
    /// Its site.
    pub site: site::Model,
    /// What the rules need to know of it; none where the act is about something that belongs to it.
    facts: Option<Facts>,
    /// What the actor is to it.
    pub standing: Standing,
    before: complaint::Model,
    touched: bool,
    /// Where the act is told: ahead of the effects that it had.
    place: Option<usize>,
}

impl Case {
    /// Loads and locks a case within the actor's scope, as the caller saw it.
    ///
    /// # Errors
    /// `NOT_FOUND` outside the scope; `STALE` when somebody changed it meanwhile.
    pub async fn open(act: &Act<'_>, target: Target, field: &str) -> Result<Self> {
        let case = Self::load(act, target.id, field).await?;
        if !steps::is_as_seen(act, target, case.row.version).await? {
            return Err(Error::stale(ActResult { complaint: Some(target.id), ..ActResult::default() }));
        }
        Ok(case)
    }

    /// Loads and locks a case within the actor's scope.
    ///
    /// # Errors
    /// `NOT_FOUND` outside the scope.
    pub async fn load(act: &Act<'_>, id: Uuid, field: &str) -> Result<Self> {
        let viewer = act.person()?;
        let select = scope::complaints(viewer).filter(complaint::Column::Id.eq(id));
        let row = locked(select, &act.txn).one(&act.txn).await?;
        let row = row.ok_or_else(|| Error::refused(Code::NotFound, field))?;
        let standing = viewer.standing(&row);
        Self::of_row(act, row, standing).await
    }

    /// Takes a row that the act has just made, or has loaded and locked itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_row(act: &Act<'_>, row: complaint::Model, standing: Standing) -> Result<Self> {
        let facts = facts(&act.txn, &row, act.now).await?;
        Ok(Self { facts: Some(facts), ..Self::beside(act, row, standing).await? })
    }

    /// Takes a row that the act has loaded and locked for something that belongs to it: its own rules are not asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn beside(act: &Act<'_>, row: complaint::Model, standing: Standing) -> Result<Self> {
        let site = act.site(row.site_id).await?;
        Ok(Self { before: row.clone(), row, site, facts: None, standing, touched: false, place: None })
    }

    /// Takes a row that the act has just made, with so many items and nothing else that belongs to it.
    #[must_use]
    pub fn new(row: complaint::Model, site: site::Model, items: usize, standing: Standing) -> Self {
        let parts = Parts { orders: &[], follow_ups: &[], undertakings: &[], items, open_quotes: 0 };
        let facts = Some(facts_from(&row, &parts));
        Self { before: row.clone(), row, site, facts, standing, touched: false, place: None }
    }

    /// Asks the rule, and takes the change over into the row: state, owner, outcome and effects.
    ///
    /// # Errors
    /// The rule's refusal, or `NO_OWNER`.
    pub async fn decide(&mut self, act: &mut Act<'_>, action: Action, named: Option<Uuid>) -> Result<()> {
        let change = self.check(action)?;
        self.take_over(act, change, named).await
    }

    /// Only asks the rule.
    ///
    /// # Errors
    /// The rule's refusal.
    pub fn check(&self, action: Action) -> Result<Change> {
        Ok(decide(self.facts()?, action, &self.standing)?)
    }

    /// What the rules need to know of it.
    ///
    /// # Errors
    /// Where it was taken for something that belongs to it.
    pub fn facts(&self) -> Result<&Facts> {
        self.facts
            .as_ref()
            .ok_or_else(|| "a case that was taken beside something is asked for its rules".to_owned().into())
    }

    /// Takes a change over into the row.
    ///
    /// # Errors
    /// `NO_OWNER` when nobody can be named.
    pub async fn take_over(&mut self, act: &mut Act<'_>, change: Change, named: Option<Uuid>) -> Result<()> {
        self.place = Some(act.told());
        self.row.state = change.state;
        if change.outcome.is_some() {
            self.row.outcome = change.outcome;
            self.row.resolved_at = Some(act.now);
        }
        if change.state == State::Archived && self.before.state != State::Archived {
            self.row.archived_at = Some(act.now);
        }
        if let Some(post) = change.owner {
            self.row.owner_account_id = self.find_owner(act, post, named).await?.id;
        }
        for effect in change.effects {
            match effect {
                Effect::OpenFollowUp => crate::follow_up::service::open_for(act, self, true).await?,
                Effect::CancelFollowUp => crate::follow_up::service::cancel_open(act, self).await?,
                Effect::CancelWorkOrders => crate::work_order::service::cancel_unfinished(act, self).await?,
                Effect::CancelUndertakings => crate::undertaking::service::cancel_open(act, self).await?,
                Effect::CountReopening => {
                    self.row.reopened_count += 1;
                    self.row.outcome = None;
                    self.row.resolved_at = None;
                    self.row.conclusion = None;
                    self.row.rating_quality = None;
                    self.row.rating_attitude = None;
                    self.row.rating_timeliness = None;
                    self.row.rating_overall = None;
                }
            }
        }
        Ok(())
    }

    /// The person who holds a post for this case.
    ///
    /// # Errors
    /// `NO_OWNER`.
    pub async fn find_owner(&self, act: &Act<'_>, post: Post, named: Option<Uuid>) -> Result<account::Model> {
        let place = Place {
            site: &self.site,
            department_id: self.row.department_id,
            team_id: None,
            actor: act.viewer.map(|viewer| viewer.id),
            named,
            subject: self.row.about_account_id,
        };
        let owner = owner::find(&act.txn, post, &place, act.now).await?;
        act.recall_account(&owner);
        Ok(owner)
    }

    /// The role in which the actor does something, as the event keeps it.
    #[must_use]
    pub fn acting_role(&self, viewer: &Viewer, action: Action) -> Option<Role> {
        acting_role(viewer, &self.standing, permission(action).who, self.row.site_id)
    }

    /// Tells what happened to the case: the customer where it concerns them, the new owner, and whoever else is named.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tell(
        &mut self,
        act: &mut Act<'_>,
        kind: Kind,
        role: Option<Role>,
        reason: Option<String>,
        data: serde_json::Value,
        others: Vec<Uuid>,
    ) -> Result<()> {
        let owner = act.account(self.row.owner_account_id).await?;
        let mut tell = others;
        if kind.is_for_customer() {
            tell.extend(self.row.customer_account_id);
        }
        if self.row.owner_account_id != self.before.owner_account_id {
            tell.push(owner.id);
        }
        tell.retain(|account| Some(*account) != self.row.about_account_id);
        let place = self.place.take().unwrap_or(act.told());
        let happening = Happening {
            kind,
            site_id: self.row.site_id,
            complaint_id: self.row.id,
            work_order_id: None,
            follow_up_id: None,
            department_id: self.row.department_id,
            actor_role: role,
            owner: (owner.id, owner.name),
            state: crate::app::error::upper_snake(self.row.state.name()),
            reason,
            data,
            tell,
        };
        act.happened_at(place, happening);
        Ok(())
    }

    /// Marks the case as changed though its row is the same: something that belongs to it changed.
    pub fn touch(&mut self) {
        self.touched = true;
    }

    /// Writes the row if it changed, raising its version.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn save(&mut self, act: &Act<'_>) -> Result<()> {
        if self.row == self.before && !self.touched {
            return Ok(());
        }
        self.row.version += 1;
        write_changes(&act.txn, &self.before, &self.row).await?;
        steps::made(act, self.row.id, self.row.version).await?;
        act.recall_case(&self.row);
        self.before = self.row.clone();
        self.touched = false;
        Ok(())
    }

    /// Saves and ends the act.
    ///
    /// # Errors
    /// When the database does not answer; then nothing has happened.
    pub async fn finish(mut self, act: Act<'_>) -> Result<ActResult> {
        self.save(&act).await?;
        let result = ActResult { complaint: Some(self.row.id), ..ActResult::default() };
        act.commit(result).await
    }
}

/// The role in which somebody does an act: the one that the table names, or the first they hold at the site.
#[must_use]
pub fn acting_role(viewer: &Viewer, standing: &Standing, who_may: &[Who], site: Uuid) -> Option<Role> {
    let matched: Vec<Who> = standing.0.iter().copied().filter(|who| who_may.contains(who)).collect();
    matched
        .iter()
        .find_map(|who| match who {
            Who::Holder(role) => Some(*role),
            Who::Filer | Who::Household => Some(Role::Customer),
            Who::Owner | Who::Assignee => None,
        })
        .or_else(|| {
            let here = viewer.grants.iter().find(|grant| grant.site_id.is_none_or(|held| held == site));
            here.map(|grant| grant.role)
        })
}

/// What the rules need to know of a case.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(db: &impl ConnectionTrait, row: &complaint::Model, now: DateTime<Utc>) -> Result<Facts> {
    let orders = work_order::Entity::find().filter(work_order::Column::ComplaintId.eq(row.id)).all(db).await?;
    let follow_ups = follow_up::Entity::find().filter(follow_up::Column::ComplaintId.eq(row.id)).all(db).await?;
    let quotes = quotes::of_case(db, row.id).await?;
    let items = complaint_item::Entity::find().filter(complaint_item::Column::ComplaintId.eq(row.id)).count(db).await?;
    let undertaken = undertaking::Entity::find().filter(undertaking::Column::ComplaintId.eq(row.id)).all(db).await?;
    let parts = Parts {
        orders: &orders,
        follow_ups: &follow_ups,
        undertakings: &undertaken,
        items: usize::try_from(items).unwrap_or(usize::MAX),
        open_quotes: quotes::open_without_order(&quotes, now),
    };
    Ok(facts_from(row, &parts))
}

/// What belongs to a case, as far as the rules ask for it.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// Its work orders.
    pub orders: &'a [work_order::Model],
    /// Its follow-ups.
    pub follow_ups: &'a [follow_up::Model],
    /// What was undertaken for it.
    pub undertakings: &'a [undertaking::Model],
    /// How many items it has.
    pub items: usize,
    /// How many of its quotes are neither for an order nor answered.
    pub open_quotes: u32,
}

/// Puts the facts together from the rows that belong to a case.
#[must_use]
pub fn facts_from(row: &complaint::Model, parts: &Parts<'_>) -> Facts {
    let Parts { orders, follow_ups, undertakings, items, open_quotes } = *parts;
    let count = |condition: fn(work_order_rules::State) -> bool| {
        u32::try_from(orders.iter().filter(|order| condition(order.state)).count()).unwrap_or(u32::MAX)
    };
    // A reopened case owes a new follow-up: only one that was opened since the last resolution counts.
    let awaited = follow_ups.iter().find(|found| {
        found.closing
            && found.state != follow_up_rules::State::Cancelled
            && row.resolved_at.is_some_and(|resolved| found.opened_at >= resolved)
    });
    Facts {
        state: row.state,
        anonymous: row.anonymous,
        unfinished_orders: count(|state| !state.is_finished()),
        orders_with_open_copies: count(|state| state == work_order_rules::State::Signed),
        follow_up: awaited.map(|found| found.state),
        result_written: row.written_result.is_some(),
        rated: row.rating_overall.is_some(),
        items: u32::try_from(items).unwrap_or(u32::MAX),
        price: Price { billable: row.unit_id.is_some(), open_quotes },
        undertakings: Summary::of(undertakings.iter().map(|one| (one.kind, one.state))),
    }
}

/// A site that must be there.
///
/// # Errors
/// When it is not, or the database does not answer.
pub async fn site_of(db: &impl ConnectionTrait, id: Uuid) -> Result<site::Model> {
    let site = site::Entity::find_by_id(id).one(db).await?;
    site.ok_or_else(|| "a case's site is missing".to_owned().into())
}

/// An account that must be there.
///
/// # Errors
/// When it is not, or the database does not answer.
pub async fn account_of(db: &impl ConnectionTrait, id: Uuid) -> Result<account::Model> {
    let account = account::Entity::find_by_id(id).one(db).await?;
    account.ok_or_else(|| "a case's owner is missing".to_owned().into())
}
