//! Alarms and the duty roster in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Operation;
use domain::alarm::{CallOutcome, Reason, Rung, State};
use domain::clock::Kind;
use domain::refusal::Code;
use entity::{alarm, duty_shift};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::access::guard::Listed;
use crate::access::scope;
use crate::access::ways::{Leading, Share, of_cases};
use crate::app::error::Error;
use crate::app::loader::{AccountById, CallsOfAlarm, CaseOfAlarm, ComplaintById, DepartmentById};
use crate::app::page::{PageInput, in_states, newest_of};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::complaint::graphql::Complaint;
use crate::organization::graphql::Department;

/// The longest stretch of a roster, and the most shifts, that are read at once.
const LONGEST: TimeDelta = TimeDelta::days(62);
const MAX_SHIFTS: u64 = 500;

/// A call for somebody by name, which is repeated and climbs until somebody takes it (C7). Live: `myNotices` brings
/// `ALARM_RAISED` with the `alarmId`.
#[derive(async_graphql::Description)]
pub struct Alarm(pub alarm::Model);

#[Object(use_type_description)]
impl Alarm {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Alarm", self.0.id)
    }

    /// Why somebody is called.
    async fn reason(&self) -> Reason {
        self.0.reason
    }

    /// The reason in words, where somebody gave it.
    async fn words(&self) -> Option<&str> {
        self.0.words.as_deref()
    }

    /// Which promise is broken, where that is the reason.
    async fn clock(&self) -> Option<Kind> {
        self.0.clock
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// Who is called now: at which rung of the ladder.
    async fn rung(&self) -> Rung {
        self.0.rung
    }

    /// Whether it is an emergency, which calls every minute and also over the gateway, at any hour.
    async fn urgent(&self) -> bool {
        self.0.urgent
    }

    /// The name of the person who is called now.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.account_id)).await?.map(|account| account.name))
    }

    /// Whether that is me.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn calls_me(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.signed_in()?.id == self.0.account_id)
    }

    /// How often somebody was called.
    async fn calls(&self) -> i32 {
        self.0.calls
    }

    /// When it was raised.
    async fn raised_at(&self) -> DateTime<Utc> {
        self.0.raised_at
    }

    /// When it calls again; null once somebody has taken it.
    async fn calls_again_at(&self) -> Option<DateTime<Utc>> {
        self.0.next_at
    }

    /// The name of who has taken it.
    async fn acknowledged_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.0.acknowledged_by else { return Ok(None) };
        Ok(ctx.load(AccountById(id)).await?.map(|account| account.name))
    }

    /// When somebody took it.
    async fn acknowledged_at(&self) -> Option<DateTime<Utc>> {
        self.0.acknowledged_at
    }

    /// What is done about it.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// When it was answered.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// The number of the case.
    async fn number(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(CaseOfAlarm(self.0.complaint_id)).await?.map(|case| case.number))
    }

    /// Where to go.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(CaseOfAlarm(self.0.complaint_id)).await?.map(|case| case.place))
    }

    /// The case; null where you are called and may not see it otherwise: `number` and `place` tell you enough to go.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// The tries to call somebody over the gateway, in order.
    async fn gateway_calls(&self, ctx: &Context<'_>) -> Result<Vec<AlarmCall>> {
        let mut calls = ctx.load(CallsOfAlarm(self.0.id)).await?.unwrap_or_default();
        calls.sort_by_key(|call| (call.made_at, call.attempt));
        let mut told = Vec::with_capacity(calls.len());
        for call in calls {
            let person = ctx.load(AccountById(call.account_id)).await?.map(|account| account.name);
            let entity::alarm_call::Model { attempt, outcome, fault, made_at, ended_at, .. } = call;
            told.push(AlarmCall { person, attempt, outcome, fault, made_at, ended_at });
        }
        Ok(told)
    }
}

/// A try to call somebody over the gateway.
#[derive(SimpleObject)]
pub struct AlarmCall {
    /// The name of the person.
    pub person: Option<String>,
    /// Which try of the call, from 1 to 5.
    pub attempt: i32,
    /// What came of it.
    pub outcome: CallOutcome,
    /// Why it failed.
    pub fault: Option<String>,
    /// When it was asked for.
    pub made_at: DateTime<Utc>,
    /// When its outcome was known.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Somebody's duty for a department, from when to when 值班.
#[derive(async_graphql::Description)]
pub struct DutyShift(pub duty_shift::Model);

#[Object(use_type_description)]
impl DutyShift {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("DutyShift", self.0.id)
    }

    /// The department.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        Ok(ctx.load(DepartmentById(self.0.department_id)).await?.map(Department))
    }

    /// The account that is on duty.
    async fn account_id(&self) -> ID {
        public_id::write("Account", self.0.account_id)
    }

    /// The name of who is on duty.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.account_id)).await?.map(|account| account.name))
    }

    /// The account that is called when they do not answer.
    async fn deputy_id(&self) -> Option<ID> {
        self.0.deputy_id.map(|id| public_id::write("Account", id))
    }

    /// When it begins.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at
    }

    /// When it ends.
    async fn to(&self) -> DateTime<Utc> {
        self.0.to_at
    }
}

/// Which alarms.
#[derive(InputObject, Default)]
pub struct AlarmFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of a case.
    pub complaint_id: Option<ID>,
    /// In one of these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Only those that call me now.
    #[graphql(default)]
    pub calls_me: bool,
}

/// Reads of alarms.
#[derive(Default)]
pub struct AlarmQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl AlarmQuery {
    /// The alarms that call you, and those of the cases that you see, newest first.
    async fn alarms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which alarms.", default)] filter: AlarmFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Alarm>> {
        use alarm::Column;
        let viewer = ctx.signed_in()?;
        let site = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")?;
        let mut which = Condition::all();
        if let Some(site) = site {
            which = which.add(Column::SiteId.eq(site));
        }
        if let Some(case) = optional_id("Complaint", filter.complaint_id.as_ref(), "filter.complaintId")? {
            which = which.add(Column::ComplaintId.eq(case));
        }
        let calling = alarm::Entity::find().filter(which.clone()).filter(Column::AccountId.eq(viewer.id));
        let mut ways = vec![calling];
        if !filter.calls_me {
            let seen = scope::sees_case(viewer, (alarm::Entity, Column::ComplaintId));
            let by = Leading { organization: Column::OrganizationId, site: Column::SiteId, case: Column::ComplaintId };
            let rows = alarm::Entity::find().filter(which).filter(seen);
            ways.extend(of_cases(viewer, Share::WithOrders, by, site, &rows));
        }
        let ways = in_states(ways, Column::State, &filter.states);
        Ok(newest_of(ctx.app()?, ways, Column::Id, &page, Alarm).await?)
    }

    /// The duty roster 值班表 of a site where you work, in the order in which the shifts begin: at most 62 days and 500
    /// shifts. Null for any other site.
    async fn duty_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Shifts that end after this.")] from: DateTime<Utc>,
        #[graphql(desc = "Shifts that begin before this.")] to: DateTime<Utc>,
    ) -> Result<Option<Vec<DutyShift>>> {
        use duty_shift::Column;
        let viewer = ctx.signed_in()?;
        if to <= from || to - from > LONGEST {
            let right = vec![format!("after from, by at most {} days", LONGEST.num_days())];
            return Err(Error::refused_needing(Code::Invalid, "to", right).into());
        }
        let site = public_id::read("Site", &site_id, "siteId").unwrap_or_default();
        if !viewer.is_staff_at(site) {
            return Ok(None);
        }
        let rows = duty_shift::Entity::find()
            .filter(Column::OrganizationId.eq(viewer.organization_id))
            .filter(Column::SiteId.eq(site))
            .filter(Column::ToAt.gt(from))
            .filter(Column::FromAt.lt(to))
            .order_by_asc(Column::FromAt)
            .order_by_asc(Column::Id)
            .limit(MAX_SHIFTS);
        let rows = rows.all(&ctx.app()?.db).await.map_err(Error::from)?;
        Ok(Some(rows.into_iter().map(DutyShift).collect()))
    }
}
