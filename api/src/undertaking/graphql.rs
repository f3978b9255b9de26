//! Undertakings and the directory of outside parties in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::investigation::Cause;
use domain::undertaking::{Action, ApprovalReason, Kind, PartyKind, RemedyKind, State, allowed_actions};
use entity::{outside_party, undertaking};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use super::figures::{self, PromiseFigures};
use super::service::standing_to;
use crate::access::guard::Listed;
use crate::access::scope;
use crate::access::ways::{Leading, Share, of_cases};
use crate::app::database::named;
use crate::app::decimal::Money;
use crate::app::error::Error;
use crate::app::loader::{AccountById, CaseOfAlarm, ComplaintById, DepartmentById, OutsidePartyById};
use crate::app::page::{PageInput, due_of, in_states};
use crate::app::period;
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::complaint::graphql::Complaint;
use crate::organization::graphql::Department;

/// What somebody has undertaken for a case, to a date: a promise to the customer (C6), a remedy (C9), another
/// department's part (C4), a question to an outside party (E4.4), an action against the cause (C11).
#[derive(async_graphql::Description)]
pub struct Undertaking(pub undertaking::Model);

#[Object(use_type_description)]
impl Undertaking {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Undertaking", self.0.id)
    }

    /// What kind of thing.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// What it is, in words.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The name of who answers for it (A0).
    async fn owner_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.owner_account_id)).await?.map(|account| account.name))
    }

    /// The department whose part it is.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        let Some(id) = self.0.department_id else { return Ok(None) };
        Ok(ctx.load(DepartmentById(id)).await?.map(Department))
    }

    /// The outside party that was asked.
    async fn outside_party(&self, ctx: &Context<'_>) -> Result<Option<OutsideParty>> {
        let Some(id) = self.0.outside_party_id else { return Ok(None) };
        Ok(ctx.load(OutsidePartyById(id)).await?.map(OutsideParty))
    }

    /// Under what number or name it runs with the outside party.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// Whom to ask for there; for employees.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn contact(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(self.0.contact.as_deref().filter(|_| self.is_for_staff(ctx)))
    }

    /// The recorded cause that it rests on or acts against (C6, C11); for employees.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn cause(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(self.0.cause.as_deref().filter(|_| self.is_for_staff(ctx)))
    }

    /// What that cause is in the tree of causes, where an action names it (C11); for employees.
    async fn cause_code(&self, ctx: &Context<'_>) -> Option<Cause> {
        self.0.cause_code.filter(|_| self.is_for_staff(ctx))
    }

    /// The incident whose cause an action is against (C11); null where it is against the cause of its case alone.
    async fn incident_id(&self) -> Option<ID> {
        self.0.incident_id.map(|id| public_id::write("Incident", id))
    }

    /// The recorded solution that a promise rests on (C6).
    async fn solution(&self) -> Option<&str> {
        self.0.solution.as_deref()
    }

    /// What is offered as a remedy (C9).
    async fn remedy_kind(&self) -> Option<RemedyKind> {
        self.0.remedy_kind
    }

    /// What it is worth, where it is worth money.
    async fn amount(&self) -> Option<Money> {
        self.0.amount_fen.map(Money::fen)
    }

    /// Until when; for a question to an outside party, when it is asked again.
    async fn due_at(&self) -> DateTime<Utc> {
        self.0.due_at
    }

    /// Why it needs the head's word before the customer sees it (C6); empty where it needs none, and for customers.
    fn approval_reasons(&self, ctx: &Context<'_>) -> Result<Vec<ApprovalReason>> {
        if !self.is_for_staff(ctx) {
            return Ok(Vec::new());
        }
        Ok(named(&self.0.approval_reasons)?)
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// When the head let the customer see it.
    async fn approved_at(&self) -> Option<DateTime<Utc>> {
        self.0.approved_at
    }

    /// Why it was refused, declined, taken back or is owed again.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When the customer took the remedy, or did not.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Whether the customer answered by telephone; the case has the record of the call.
    async fn answered_by_phone(&self) -> bool {
        self.0.answered_by_phone
    }

    /// What was done, or what the outside party said last.
    async fn outcome(&self) -> Option<&str> {
        self.0.outcome.as_deref()
    }

    /// When it was carried out, or answered.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// That it was received, or had its effect.
    async fn proof(&self) -> Option<&str> {
        self.0.proof.as_deref()
    }

    /// When that was confirmed.
    async fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.0.confirmed_at
    }

    /// Whether it was kept: true once it was carried out in time, false once it is late, null while it may still be kept
    /// and where it never was owed.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn kept(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let row = &self.0;
        Ok(match (row.finished_at, row.state) {
            (Some(finished), _) => Some(finished <= row.due_at),
            (None, State::Open) if ctx.app()?.clock.now() > row.due_at => Some(false),
            (None, _) => None,
        })
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The number of the case.
    async fn number(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(CaseOfAlarm(self.0.complaint_id)).await?.map(|case| case.number))
    }

    /// The case.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        let Some(viewer) = ctx.viewer() else { return Ok(Vec::new()) };
        let Some(case) = ctx.load(ComplaintById(self.0.complaint_id)).await? else { return Ok(Vec::new()) };
        let standing = standing_to(&viewer.standing(&case), self.0.owner_account_id == viewer.id);
        Ok(allowed_actions(self.0.kind, self.0.state, &standing))
    }
}

impl Undertaking {
    fn is_for_staff(&self, ctx: &Context<'_>) -> bool {
        ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id))
    }
}

/// Somebody outside who is asked about matters of a site (E4.4).
#[derive(async_graphql::Description)]
pub struct OutsideParty(pub outside_party::Model);

#[Object(use_type_description)]
impl OutsideParty {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("OutsideParty", self.0.id)
    }

    /// What it is.
    async fn kind(&self) -> PartyKind {
        self.0.kind
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where to call.
    async fn phone(&self) -> &str {
        &self.0.phone
    }

    /// Whom to ask for; for employees.
    async fn contact(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.contact.as_deref().filter(|_| ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id)))
    }

    /// For what, and how.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Since when it is not offered any more.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Which undertakings.
#[derive(InputObject, Default)]
pub struct UndertakingFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of these kinds.
    #[graphql(default)]
    pub kinds: Vec<Kind>,
    /// In these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Only actions of an incident (C11).
    pub incident_id: Option<ID>,
    /// Only actions against a cause of this kind (C11), of any case; for employees.
    pub cause_code: Option<Cause>,
    /// Only what I answer for.
    #[graphql(default)]
    pub mine: bool,
    /// Only what was carried out too late, or is late by now.
    #[graphql(default)]
    pub broken_only: bool,
}

/// Reads of undertakings.
#[derive(Default)]
pub struct UndertakingQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl UndertakingQuery {
    /// What was undertaken, as far as you may see it, the first to be due first.
    async fn undertakings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.", default)] filter: UndertakingFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Undertaking>> {
        use undertaking::Column;
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let mut rows = scope::undertakings(viewer);
        let site = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")?;
        if let Some(incident) = optional_id("Incident", filter.incident_id.as_ref(), "filter.incidentId")? {
            rows = rows.filter(Column::IncidentId.eq(incident));
        }
        if let Some(cause) = filter.cause_code {
            rows = rows.filter(Column::CauseCode.eq(cause));
        }
        if !filter.kinds.is_empty() {
            rows = rows.filter(Column::Kind.is_in(filter.kinds));
        }
        if filter.mine {
            rows = rows.filter(Column::OwnerAccountId.eq(viewer.id));
        }
        if filter.broken_only {
            use sea_orm::sea_query::{Expr, ExprTrait};
            let late = Condition::all().add(Column::State.eq(State::Open)).add(Column::DueAt.lt(app.clock.now()));
            let finished_late = Expr::col(Column::FinishedAt).gt(Expr::col(Column::DueAt));
            rows = rows.filter(Condition::any().add(late).add(finished_late));
        }
        let by = Leading { organization: Column::OrganizationId, site: Column::SiteId, case: Column::ComplaintId };
        let ways = of_cases(viewer, Share::WithoutOrders, by, site, &rows);
        let ways = in_states(ways, Column::State, &filter.states);
        Ok(due_of(app, ways, (Column::DueAt, Column::Id), &page, Undertaking).await?)
    }

    /// How many promises to customers were kept (C6, C9), of those that were due in a period. `INVALID` for a period that does
    /// not end after it begins, or is longer than 92 days: ask for longer ones in parts.
    async fn promise_figures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "The beginning of the period; of the current month at the site when not given.")] from: Option<
            DateTime<Utc>,
        >,
        #[graphql(
            desc = "The end of the period, which is not in it any more: at most 92 days after its beginning. A month \
                          after it when not given."
        )]
        to: Option<DateTime<Utc>>,
    ) -> Result<PromiseFigures> {
        let site = public_id::read("Site", &site_id, "siteId")?;
        let app = ctx.app()?;
        let period = period::counted(ctx, site, from, to).await?;
        Ok(figures::count(&app.db, ctx.signed_in()?, site, period, app.clock.now()).await?)
    }

    /// The directory of outside parties of a site (E4.4), by name.
    async fn outside_parties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Also those that are not offered any more.", default)] retired_too: bool,
    ) -> Result<Vec<OutsideParty>> {
        use outside_party::Column;
        let site = public_id::read("Site", &site_id, "siteId")?;
        if !ctx.signed_in()?.is_staff_at(site) {
            return Ok(Vec::new());
        }
        let mut rows = outside_party::Entity::find()
            .filter(Column::OrganizationId.eq(ctx.signed_in()?.organization_id))
            .filter(Column::SiteId.eq(site));
        if !retired_too {
            rows = rows.filter(Column::RetiredAt.is_null());
        }
        let found = rows.order_by_asc(Column::Name).order_by_asc(Column::Id).all(&ctx.app()?.db).await;
        Ok(found.map_err(Error::from)?.into_iter().map(OutsideParty).collect())
    }
}
