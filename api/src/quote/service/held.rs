//! A quote in the middle of an act: its row, its case and order, and how a change is written and told.

use domain::event::Kind as Event;
use domain::money::Money;
use domain::quote::{Action, Facts, decide, permission};
use domain::refusal::Code;
use domain::standing::Standing;
use entity::{complaint, quote, work_order};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Happening};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::public_id;
use crate::complaint::case::{Case, Target, acting_role};
use crate::quote::facts;

/// A quote in the middle of an act, locked with its case and its order.
pub struct Held {
    /// The row, changed in place.
    pub row: quote::Model,
    /// Its case.
    pub case: Case,
    /// Its order, if it has one.
    pub order: Option<work_order::Model>,
    /// What the actor is to the order, or else to the case.
    pub standing: Standing,
    /// All quotes of the case.
    pub quotes: Vec<quote::Model>,
}

impl Held {
    /// Loads and locks a quote within the actor's scope, as the caller saw it.
    ///
    /// # Errors
    /// `NOT_FOUND` outside the scope; `STALE` when somebody changed it meanwhile.
    pub async fn open(act: &Act<'_>, target: Target) -> Result<Self> {
        let visible = scope::quotes(act.person()?).filter(quote::Column::Id.eq(target.id));
        let seen = visible.one(&act.txn).await?.ok_or_else(not_found)?;
        let held = Self::lock(act, seen).await?;
        if held.row.version != target.version {
            return Err(Error::stale(held.result()));
        }
        Ok(held)
    }

    /// Locks a quote that was found.
    ///
    /// # Errors
    /// `NOT_FOUND` when it or its case is gone.
    pub async fn lock(act: &Act<'_>, seen: quote::Model) -> Result<Self> {
        let case = complaint::Entity::find_by_id(seen.complaint_id);
        let case = locked(case, &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
        let order = match seen.work_order_id {
            Some(id) => locked(work_order::Entity::find_by_id(id), &act.txn).one(&act.txn).await?,
            None => None,
        };
        let row = locked(quote::Entity::find_by_id(seen.id), &act.txn).one(&act.txn).await?;
        let row = row.ok_or_else(not_found)?;
        Self::of_rows(act, row, case, order).await
    }

    async fn of_rows(
        act: &Act<'_>,
        row: quote::Model,
        case: complaint::Model,
        order: Option<work_order::Model>,
    ) -> Result<Self> {
        let (standing, case_standing) = match act.viewer {
            Some(viewer) => (
                order.as_ref().map_or_else(|| viewer.standing(&case), |order| viewer.standing_to_order(&case, order)),
                viewer.standing(&case),
            ),
            None => (Standing::default(), Standing::default()),
        };
        let quotes = facts::of_case(&act.txn, row.complaint_id).await?;
        Ok(Self { row, case: Case::of_row(act, case, case_standing).await?, order, standing, quotes })
    }

    /// What the rules need to know of it.
    #[must_use]
    pub fn facts(&self, act: &Act<'_>) -> Facts {
        facts::of(&self.row, &self.case.row, self.order.as_ref(), &self.quotes, act.now)
    }

    /// Asks the rule, and takes the state over into the row.
    ///
    /// # Errors
    /// The rule's refusal.
    pub fn decide(&mut self, act: &Act<'_>, action: Action) -> Result<()> {
        self.row.state = decide(self.facts(act), action, &self.standing)?;
        Ok(())
    }

    /// Tells what happened to the quote: the customer where it concerns them, and whoever else is named.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tell(
        &self,
        act: &mut Act<'_>,
        action: Option<Action>,
        kind: Event,
        reason: Option<String>,
        others: Vec<Uuid>,
    ) -> Result<()> {
        let case = &self.case.row;
        let owner = self.order.as_ref().map_or(case.owner_account_id, |order| order.owner_account_id);
        let owner = act.account(owner).await?;
        let mut tell = others;
        tell.push(self.row.made_by);
        if kind.is_for_customer() {
            tell.extend(case.customer_account_id);
        }
        tell.retain(|account| Some(*account) != case.about_account_id);
        let who = action.map(|action| permission(action).who).unwrap_or_default();
        let actor_role = act.viewer.and_then(|viewer| acting_role(viewer, &self.standing, who, self.row.site_id));
        act.happened(Happening {
            kind,
            site_id: self.row.site_id,
            complaint_id: self.row.complaint_id,
            work_order_id: self.row.work_order_id,
            follow_up_id: None,
            department_id: self.order.as_ref().map(|order| order.department_id).or(case.department_id),
            actor_role,
            owner: (owner.id, owner.name),
            state: upper_snake(self.row.state.name()),
            reason,
            data: json!({
                "quote": public_id::write("Quote", self.row.id).0,
                "number": self.row.number,
                "revision": self.row.revision,
                "total": Money::from_fen(self.row.total_fen).to_string(),
                "contentSha256": self.row.content_sha256,
            }),
            tell,
        });
        Ok(())
    }

    /// Those who carry the work out, and who are responsible for it: they hear of the answer.
    #[must_use]
    pub fn crew(&self) -> Vec<Uuid> {
        let order = self.order.iter().flat_map(|order| order.technician_id.into_iter().chain([order.owner_account_id]));
        order.chain([self.case.row.owner_account_id]).collect()
    }

    /// Writes the row.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn save(&mut self, act: &Act<'_>) -> Result<()> {
        self.row.version += 1;
        self.row.clone().into_active_model().reset_all().update(&act.txn).await?;
        Ok(())
    }

    /// Writes the row and ends the act.
    ///
    /// # Errors
    /// When the database does not answer; then nothing has happened.
    pub async fn finish(mut self, act: Act<'_>) -> Result<ActResult> {
        self.save(&act).await?;
        let result = self.result();
        act.commit(result).await
    }

    /// What the act has changed.
    #[must_use]
    pub fn result(&self) -> ActResult {
        ActResult {
            quote: Some(self.row.id),
            work_order: self.row.work_order_id,
            complaint: Some(self.row.complaint_id),
            ..ActResult::default()
        }
    }
}

fn not_found() -> Error {
    Error::refused(Code::NotFound, "quoteId")
}
