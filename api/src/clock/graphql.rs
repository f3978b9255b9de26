//! Clocks in the schema: those of a case and of an order, and the list of what is due.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Operation;
use domain::clock::promise::{Hours, Source};
use domain::clock::{Kind, State};
use domain::work_order::HoldReason;
use entity::clock;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::explained::{ClockSegment, explained};
use crate::access::guard::Listed;
use crate::access::scope;
use crate::access::ways::{Leading, Share, of_cases};
use crate::app::evidence::{self, DeviceEvidence};
use crate::app::language::{kebab, sentence};
use crate::app::loader::{ComplaintById, WorkOrderById};
use crate::app::page::{PageInput, due_of};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::complaint::graphql::Complaint;
use crate::promise::graphql::ServicePromise;
use crate::promise::stored;
use crate::work_order::graphql::WorkOrder;

/// What runs, in the words of the index that holds nothing else, which a database does not recognize in values.
const RUNNING: &str = "clock.state = 'RUNNING'";

/// A running deadline 时限 of a case or an order, made from a promise (E4.5.1).
#[derive(async_graphql::Description)]
pub struct Clock(pub clock::Model);

#[Object(use_type_description)]
impl Clock {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Clock", self.0.id)
    }

    /// What it measures.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Its name in the language of the request.
    async fn name(&self, ctx: &Context<'_>) -> String {
        sentence(ctx.language(), &format!("clock-{}", kebab(self.0.kind.name())), &[])
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// Where the promise comes from.
    async fn source(&self) -> Source {
        self.0.source
    }

    /// The promise that it was made from; null where whoever began it has named its end.
    fn promise(&self) -> Result<Option<ServicePromise>> {
        Ok(self.0.promise.as_ref().map(stored::read).transpose()?.map(ServicePromise))
    }

    /// The version of the site's promises that it was made from; null for a default and for a named end.
    async fn service_promises_id(&self) -> Option<ID> {
        self.0.promises_id.map(|id| public_id::write("ServicePromises", id))
    }

    /// In which hours it runs.
    async fn hours(&self) -> Hours {
        self.0.hours
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// The aim within the promise, where there is one (B6: water and electricity within 5 of 15 minutes).
    async fn target_at(&self) -> Option<DateTime<Utc>> {
        self.0.target_at
    }

    /// The end that was promised. A pause moves it.
    async fn due_at(&self) -> DateTime<Utc> {
        self.0.due_at
    }

    /// How many seconds are left on the wall clock until it is due; negative when it is late; null while it waits and
    /// once it has ended.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn remaining_seconds(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        let now = ctx.app()?.clock.now();
        Ok((self.0.state == State::Running).then(|| (self.0.due_at - now).num_seconds()))
    }

    /// Since when it waits; null while it runs.
    async fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.0.paused_at
    }

    /// Why it waits: for the customer, for parts or for access. Nothing else stops it.
    async fn pause_reason(&self) -> Option<HoldReason> {
        self.0.pause_reason
    }

    /// How many seconds of its hours it has waited before.
    async fn paused_seconds(&self) -> i64 {
        self.0.paused_seconds
    }

    /// When it ended; null while it is open.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// What a handheld that was out of reach has said of the time at which it ended; null where nothing was said.
    async fn evidence(&self) -> Option<DeviceEvidence> {
        self.0.evidence.as_ref().and_then(evidence::read)
    }

    /// When the promise was broken; null where it was kept so far.
    async fn missed_at(&self) -> Option<DateTime<Utc>> {
        self.0.missed_at
    }

    /// Whether the promise was kept: true once it ended in time, false once it is broken, null while it may still be
    /// kept and where it was not wanted any more.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn kept(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let late = self.0.state == State::Running && ctx.app()?.clock.now() > self.0.due_at;
        Ok(match self.0.state {
            State::Met => Some(true),
            State::Missed => Some(false),
            State::Running | State::Paused if late || self.0.missed_at.is_some() => Some(false),
            State::Running | State::Paused | State::Cancelled => None,
        })
    }

    /// By how many seconds on the wall clock it ended late, or is late by now; null where it is not late.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn late_by_seconds(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        let end = match self.0.state {
            State::Running => ctx.app()?.clock.now(),
            _ => self.0.ended_at.unwrap_or(self.0.due_at),
        };
        let late = end - self.0.due_at;
        Ok((self.0.state != State::Cancelled && late > TimeDelta::zero()).then(|| late.num_seconds()))
    }

    /// Its run in parts, by the department that had the case and by what was waited for, so that lateness can be
    /// explained. For employees; customers are shown none.
    async fn segments(&self, ctx: &Context<'_>) -> Result<Vec<ClockSegment>> {
        explained(ctx, &self.0).await
    }

    /// The case.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// What was undertaken, where this is the end of that: one of `Complaint.undertakings`.
    async fn undertaking_id(&self) -> Option<ID> {
        self.0.undertaking_id.map(|id| public_id::write("Undertaking", id))
    }

    /// The work order, where it is the order's.
    async fn work_order(&self, ctx: &Context<'_>) -> Result<Option<WorkOrder>> {
        let Some(order) = self.0.work_order_id else { return Ok(None) };
        Ok(ctx.load(WorkOrderById(order)).await?.map(WorkOrder))
    }
}

/// Which due work.
#[derive(InputObject, Default)]
pub struct DueWorkFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of a department.
    pub department_id: Option<ID>,
    /// Only what these clocks measure.
    #[graphql(default)]
    pub kinds: Vec<Kind>,
    /// Only what is late.
    #[graphql(default)]
    pub overdue_only: bool,
    /// Only what is due before this time.
    pub due_before: Option<DateTime<Utc>>,
}

/// Reads of clocks.
#[derive(Default)]
pub struct ClockQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ClockQuery {
    /// What is due, the first to be due first: the running clocks of the cases that you may see (E4.2.1B).
    async fn due_work(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which due work.", default)] filter: DueWorkFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Clock>> {
        use clock::Column;
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let mut rows = clock::Entity::find()
            .filter(Expr::cust(RUNNING))
            .filter(scope::sees_case(viewer, (clock::Entity, Column::ComplaintId)));
        let site = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")?;
        if let Some(department) = optional_id("Department", filter.department_id.as_ref(), "filter.departmentId")? {
            rows = rows.filter(Column::DepartmentId.eq(department));
        }
        if !filter.kinds.is_empty() {
            rows = rows.filter(Column::Kind.is_in(filter.kinds));
        }
        if filter.overdue_only {
            rows = rows.filter(Column::DueAt.lt(app.clock.now()));
        }
        if let Some(before) = filter.due_before {
            rows = rows.filter(Column::DueAt.lt(before));
        }
        let by = Leading { organization: Column::OrganizationId, site: Column::SiteId, case: Column::ComplaintId };
        let ways = of_cases(viewer, Share::WithOrders, by, site, &rows);
        Ok(due_of(app, ways, (Column::DueAt, Column::Id), &page, Clock).await?)
    }
}
