//! The reads of follow-ups: lists, what is owed and missing, what is asked, and the draws.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::follow_up::State;
use entity::{complaint, follow_up, inspection_draw};
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use super::coverage::{self, Period};
use super::graphql::FollowUp;
use super::parts::{FollowUpQuestionnaire, InspectionDraw};
use super::service;
use crate::access::guard::Listed;
use crate::access::scope;
use crate::access::ways::{Leading, Share, of_cases};
use crate::app::decimal::Decimal;
use crate::app::loader::SiteById;
use crate::app::page::{PageInput, due_first, in_states, newest_first, newest_of};
use crate::app::period;
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::complaint::graphql::Complaint;

/// Which follow-ups. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct FollowUpFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// In one of these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Only those that I own.
    #[graphql(default)]
    pub owned_by_me: bool,
    /// Only those that I was asked to hold.
    #[graphql(default)]
    pub assigned_to_me: bool,
    /// Only those that nobody was asked to hold.
    #[graphql(default)]
    pub unassigned: bool,
    /// Only those that a draw has taken for inspection, or those that it has passed by.
    pub drawn: Option<bool>,
    /// Only those that are planned before this time.
    pub planned_before: Option<DateTime<Utc>>,
}

/// The follow-up rate of a site in a period, live (D5): how many of the cases that were resolved then have their follow-up.
/// The target is 100 %. Anonymous cases owe none (D7). Counted are the cases that you may see.
#[derive(async_graphql::Description)]
pub struct FollowUpCoverage {
    period: Period,
    tally: coverage::Tally,
}

#[Object(use_type_description)]
impl FollowUpCoverage {
    /// The denominator: how many cases owe a follow-up.
    async fn owed(&self) -> i64 {
        self.tally.owed
    }

    /// The numerator: how many have it, also those that were closed by the director's word.
    async fn done(&self) -> i64 {
        self.tally.done
    }

    /// How many of `done` were closed because the customer could not be had.
    async fn not_reached(&self) -> i64 {
        self.tally.not_reached
    }

    /// The rate in hundredths with two places; null while nothing is owed.
    async fn percent(&self) -> Option<Decimal> {
        let hundredths = (self.tally.done * 10_000).checked_div(self.tally.owed)?;
        Some(Decimal(format!("{}.{:02}", hundredths / 100, hundredths % 100)))
    }

    /// What the rate should be, in hundredths (D5).
    async fn target_percent(&self) -> i32 {
        100
    }

    /// Exactly the cases whose follow-up is missing, the longest owed first.
    async fn missing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Complaint>> {
        use complaint::Column;
        let rows = coverage::missing(ctx.signed_in()?, self.period);
        Ok(due_first(ctx.app()?, rows, (Column::ResolvedAt, Column::Id), &page, Complaint).await?)
    }
}

/// Reads of follow-ups.
#[derive(Default)]
pub struct FollowUpQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl FollowUpQuery {
    /// The follow-ups that you may see, newest first.
    async fn follow_ups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which follow-ups.")] filter: Option<FollowUpFilter>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, FollowUp>> {
        use follow_up::Column;
        let viewer = ctx.signed_in()?;
        let filter = filter.unwrap_or_default();
        let mut rows = scope::follow_ups(viewer);
        let site = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")?;
        if filter.owned_by_me {
            rows = rows.filter(Column::OwnerAccountId.eq(viewer.id));
        }
        if filter.assigned_to_me {
            rows = rows.filter(Column::AssigneeAccountId.eq(viewer.id));
        }
        if filter.unassigned {
            rows = rows.filter(Column::AssigneeAccountId.is_null());
        }
        if let Some(drawn) = filter.drawn {
            rows = rows.filter(Column::Drawn.eq(drawn));
        }
        if let Some(before) = filter.planned_before {
            rows = rows.filter(Column::PlannedFor.lt(before));
        }
        let by = Leading { organization: Column::OrganizationId, site: Column::SiteId, case: Column::ComplaintId };
        let ways = of_cases(viewer, Share::WithoutOrders, by, site, &rows);
        let ways = in_states(ways, Column::State, &filter.states);
        Ok(newest_of(ctx.app()?, ways, Column::Id, &page.unwrap_or_default(), FollowUp).await?)
    }

    /// The follow-up rate of a site (D5) among the cases that were resolved in a period, and exactly which are missing.
    /// `INVALID` for a period that does not end after it begins, or is longer than 92 days: ask for longer ones in parts.
    async fn follow_up_coverage(
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
    ) -> Result<FollowUpCoverage> {
        let site = public_id::read("Site", &site_id, "siteId")?;
        let (from, to) = period::counted(ctx, site, from, to).await?;
        let period = Period { site, from, to };
        let tally = coverage::tally(&ctx.app()?.db, ctx.signed_in()?, period).await?;
        Ok(FollowUpCoverage { period, tally })
    }

    /// What customers of a site are asked in follow-ups: now, or in an earlier version; null where there is none.
    async fn follow_up_questionnaire(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Which version; what holds now when not given.")] revision: Option<i32>,
    ) -> Result<Option<FollowUpQuestionnaire>> {
        let Some(site) = staffed(ctx, &site_id).await? else { return Ok(None) };
        let found = service::questionnaire(&ctx.app()?.db, site, revision).await?;
        Ok(found.map(|held| FollowUpQuestionnaire::of(held, ctx.language())))
    }

    /// The draws of follow-ups to inspect at a site (D2), newest first.
    async fn inspection_draws(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, InspectionDraw>> {
        use inspection_draw::Column;
        // No site has this id: whoever does not work there sees none.
        let site = staffed(ctx, &site_id).await?.unwrap_or_default();
        let rows = coverage::draws(ctx.signed_in()?, site);
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, InspectionDraw).await?)
    }
}

/// The site, where the viewer works there. A leader works at every site, but of their own organization only.
async fn staffed(ctx: &Context<'_>, id: &ID) -> Result<Option<Uuid>> {
    let site = ctx.load(SiteById(public_id::read("Site", id, "siteId")?)).await?;
    let viewer = ctx.signed_in()?;
    let mine = site.filter(|site| site.organization_id == viewer.organization_id && viewer.is_staff_at(site.id));
    Ok(mine.map(|site| site.id))
}
