//! Price lists in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Operation;
use domain::price::{FreeReason, ItemKind};
use entity::{price_item, price_list, price_policy};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::item::free_when;
use super::{policy, service};
use crate::access::guard::Listed;
use crate::app::decimal::Money;
use crate::app::loader::{PriceItemsOf, SiteById};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;

/// A version of a site's price list 有偿服务收费标准 (E4.2.1). It never changes: a new version takes its place.
#[derive(async_graphql::Description)]
pub struct PriceList(pub price_list::Model);

#[Object(use_type_description)]
impl PriceList {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("PriceList", self.0.id)
    }

    /// The id of its site.
    async fn site_id(&self) -> ID {
        public_id::write("Site", self.0.site_id)
    }

    /// Which version, from 1.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Its first day, in the site's time zone. Of the versions that hold on a day the newest is in force.
    async fn from(&self) -> NaiveDate {
        self.0.from_date
    }

    /// Its last day; null when it holds until a newer one does.
    async fn to(&self) -> Option<NaiveDate> {
        self.0.to_date
    }

    /// What else is said of it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was published.
    async fn published_at(&self) -> DateTime<Utc> {
        self.0.published_at
    }

    /// Its items in their order, at most 500.
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<PriceItem>> {
        Ok(ctx.load(PriceItemsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(PriceItem).collect())
    }
}

/// An item of a price list.
#[derive(async_graphql::Description)]
pub struct PriceItem(price_item::Model);

#[Object(use_type_description)]
impl PriceItem {
    /// The id, for the lines of a quote.
    async fn id(&self) -> ID {
        public_id::write("PriceItem", self.0.id)
    }

    /// Its code, unique in the list.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What it is.
    async fn kind(&self) -> ItemKind {
        self.0.kind
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Of what the quantity is counted, such as `次`.
    async fn unit(&self) -> &str {
        &self.0.unit
    }

    /// What one unit costs.
    async fn unit_price(&self) -> Money {
        Money::fen(self.0.unit_price_fen)
    }

    /// For which reasons it is free of charge.
    async fn free_when(&self) -> Vec<FreeReason> {
        free_when(&self.0)
    }

    /// What else is said of it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// What holds for quotes at a site (C6).
#[derive(async_graphql::Description)]
pub struct PricePolicy(pub price_policy::Model);

#[Object(use_type_description)]
impl PricePolicy {
    /// A quote that comes to more than this needs the approval of the head before the customer sees it (C6). What was
    /// accepted before for the same case counts with it.
    async fn approval_limit(&self) -> Money {
        Money::fen(self.0.approval_limit_fen)
    }

    /// How many days an offer holds when the quote says nothing else.
    async fn valid_days(&self) -> i32 {
        self.0.valid_days
    }

    /// Raised by every change, from 0; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Reads of prices.
#[derive(Default)]
pub struct PriceQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl PriceQuery {
    /// The price list of a site that is in force on a day. Needs no sign-in. Null when there is none.
    async fn price_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "The day; today when not given.")] on: Option<NaiveDate>,
    ) -> Result<Option<PriceList>> {
        let Some(("Site", id)) = public_id::parse(&site_id) else { return Ok(None) };
        let Some(site) = ctx.load(SiteById(id)).await? else { return Ok(None) };
        let app = ctx.app()?;
        let day = on.unwrap_or_else(|| service::today(&site, app.clock.now()));
        Ok(service::in_force(&app.db, site.id, day).await?.map(PriceList))
    }

    /// Every version of a site's price list, newest first, those to come included. Needs no sign-in.
    async fn price_lists(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, PriceList>> {
        let site = public_id::read("Site", &site_id, "siteId").unwrap_or_default();
        let rows = price_list::Entity::find().filter(price_list::Column::SiteId.eq(site));
        Ok(newest_first(ctx.app()?, rows, price_list::Column::Id, &page, PriceList).await?)
    }

    /// What holds for quotes at a site where you work; null for any other.
    async fn price_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Option<PricePolicy>> {
        let viewer = ctx.signed_in()?;
        let Some(("Site", id)) = public_id::parse(&site_id) else { return Ok(None) };
        let site = ctx.load(SiteById(id)).await?;
        let Some(site) = site.filter(|s| s.organization_id == viewer.organization_id && viewer.is_staff_at(s.id))
        else {
            return Ok(None);
        };
        Ok(Some(PricePolicy(policy::of(&ctx.app()?.db, site.organization_id, site.id).await?)))
    }
}
