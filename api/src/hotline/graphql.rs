//! Calls to the hotline in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Operation;
use domain::hotline::Handling;
use domain::text::mask_phone;
use entity::hotline_call;
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::caller::number_for;
use super::duty;
use crate::access::guard::Listed;
use crate::access::ways;
use crate::app::dice::first_id;
use crate::app::loader::{AccountById, ComplaintById, DepartmentById, OpinionById, SiteById};
use crate::app::page::{PageInput, newest_of};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::app::validate;
use crate::complaint::graphql::Complaint;
use crate::opinion::graphql::Opinion;
use crate::organization::graphql::{Department, HandlerCard, card};
use crate::paper::link::{self, What};

/// A call to the hotline that led to no new case 客户来电记录 (B2, E7.2). The calls of a case are `Complaint.calls`.
#[derive(async_graphql::Description)]
pub struct HotlineCall(pub hotline_call::Model);

#[Object(use_type_description)]
impl HotlineCall {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("HotlineCall", self.0.id)
    }

    /// The caller's number; masked but for whoever took the call, and customer service.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn phone(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(ctx.viewer().map_or_else(|| mask_phone(&self.0.phone), |viewer| number_for(viewer, &self.0)))
    }

    /// Who called, where they said so.
    async fn caller_name(&self) -> Option<&str> {
        self.0.caller_name.as_deref()
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When it ended.
    async fn ended_at(&self) -> DateTime<Utc> {
        self.0.started_at + TimeDelta::seconds(self.0.duration_seconds.into())
    }

    /// What was said.
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// What became of it.
    async fn handling(&self) -> Handling {
        self.0.handling
    }

    /// The same in words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The name of the employee on the telephone.
    async fn received_by_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.received_by)).await?.map(|account| account.name))
    }

    /// The opinion that it brought.
    async fn opinion(&self, ctx: &Context<'_>) -> Result<Option<Opinion>> {
        let Some(id) = self.0.opinion_id else { return Ok(None) };
        Ok(ctx.load(OpinionById(id)).await?.map(Opinion))
    }

    /// The case that it was about.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.complaint_id else { return Ok(None) };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// Where it can be read as a form to print (PDF, E7.2), below the address of this server: for five minutes, without a
    /// token, in the language of the request.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn print_path(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(link::to(ctx.app()?, ctx.viewer(), ctx.language(), What::HotlineCall(self.0.id)))
    }
}

/// Which calls. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct HotlineCallFilter {
    /// To a site.
    pub site_id: Option<ID>,
    /// From a number, whole.
    pub phone: Option<String>,
    /// Of which this became.
    #[graphql(default)]
    pub handlings: Vec<Handling>,
    /// Begun at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Begun before this time.
    pub before: Option<DateTime<Utc>>,
}

/// Who is on duty at a site now.
#[derive(SimpleObject)]
pub struct HotlineDuty {
    /// Whether the office is open.
    pub office_open: bool,
    /// When it opens next; null while it is open.
    pub opens_at: Option<DateTime<Utc>>,
    /// Who is on duty for its departments.
    pub on_duty: Vec<OnDuty>,
}

/// Somebody who is on duty.
#[derive(SimpleObject)]
pub struct OnDuty {
    /// For which department.
    pub department: Option<Department>,
    /// Who, with the number on their card.
    pub person: Option<HandlerCard>,
    /// Who is called when they do not answer.
    pub deputy: Option<HandlerCard>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Reads of the hotline.
#[derive(Default)]
pub struct HotlineQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl HotlineQuery {
    /// The calls that led to no case, as far as you may see them, newest first: customer service and the office those of their
    /// site, everybody else those that they took.
    async fn hotline_calls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.", default)] filter: HotlineCallFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, HotlineCall>> {
        use hotline_call::Column;
        let viewer = ctx.signed_in()?;
        let mut which = Condition::all();
        if let Some(site) = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")? {
            which = which.add(Column::SiteId.eq(site));
        }
        if let Some(phone) = &filter.phone {
            which = which.add(Column::Phone.eq(validate::phone("filter.phone", phone)?));
        }
        if !filter.handlings.is_empty() {
            which = which.add(Column::Handling.is_in(filter.handlings));
        }
        if let Some(from) = filter.from {
            // A call is recorded after it began, and its id begins with when.
            which = which.add(Column::StartedAt.gte(from)).add(Column::Id.gte(first_id(from)));
        }
        if let Some(before) = filter.before {
            which = which.add(Column::StartedAt.lt(before));
        }
        let ways = ways::hotline_calls(viewer).into_iter().map(|way| way.filter(which.clone())).collect();
        Ok(newest_of(ctx.app()?, ways, Column::Id, &page, HotlineCall).await?)
    }

    /// Who is on duty at a site now, and whether its office is open (B2): for its employees; null for others. Strangers
    /// call the hotline that is on `Site`.
    async fn hotline_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Option<HotlineDuty>> {
        let (id, viewer) = (public_id::read("Site", &site_id, "siteId")?, ctx.signed_in()?);
        let site = ctx.load(SiteById(id)).await?;
        let ours =
            |site: &entity::site::Model| site.organization_id == viewer.organization_id && viewer.is_staff_at(id);
        let Some(site) = site.filter(ours) else { return Ok(None) };
        let (office_open, opens_at, shifts) = duty::at(ctx.app()?, &site).await?;
        let mut on_duty = Vec::with_capacity(shifts.len());
        for shift in shifts {
            let deputy = match shift.deputy_id {
                Some(deputy) => card(ctx, deputy, id, Some(shift.department_id)).await?,
                None => None,
            };
            on_duty.push(OnDuty {
                department: ctx.load(DepartmentById(shift.department_id)).await?.map(Department),
                person: card(ctx, shift.account_id, id, Some(shift.department_id)).await?,
                deputy,
                until: shift.to_at,
            });
        }
        Ok(Some(HotlineDuty { office_open, opens_at, on_duty }))
    }
}
