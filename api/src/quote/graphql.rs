//! Quotes in the schema: the object, and the reads.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::money::Quantity;
use domain::quote::{Action, Method, State, allowed_actions};
use entity::{quote, quote_line};

use super::facts;
use crate::access::guard::Listed;
use crate::access::scope;
use crate::access::ways::{Leading, Share, of_cases};
use crate::app::decimal::{Decimal, Money};
use crate::app::loader::{
    AccountById, AllOrdersOf, AllQuotesOf, ComplaintById, QuoteById, QuoteLinesOf, SignatureById, WorkOrderById,
};
use crate::app::page::{PageInput, in_states, newest_of};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::complaint::graphql::Complaint;
use crate::signature::graphql::Signature;
use crate::work_order::graphql::WorkOrder;

/// A quote 报价 (E4.2.1). It never changes once it is before the customer: it is replaced by a new revision.
#[derive(async_graphql::Description)]
pub struct Quote(pub quote::Model);

#[Object(use_type_description)]
impl Quote {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Quote", self.0.id)
    }

    /// The number, per site and year, such as `LY-Q2026-000123`; every revision bears it.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Which revision, from 1.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Where it stands. `EXPIRED` as soon as `validUntil` has passed without an answer.
    fn state(&self, ctx: &Context<'_>) -> Result<State> {
        Ok(facts::state_now(&self.0, ctx.app()?.clock.now()))
    }

    /// Whether it is for extra work found on site.
    async fn supplementary(&self) -> bool {
        self.0.supplementary
    }

    /// What it comes to: exactly the sum of the lines.
    async fn total(&self) -> Money {
        Money::fen(self.0.total_fen)
    }

    /// What else is said.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Until when it can be accepted.
    async fn valid_until(&self) -> DateTime<Utc> {
        self.0.valid_until
    }

    /// What the customer accepts, word for word: JSON with sorted keys.
    async fn content(&self) -> String {
        self.0.content.to_string()
    }

    /// The SHA-256 of `content`, in hex: give it to `acceptQuote` as `contentHash`.
    async fn content_hash(&self) -> &str {
        &self.0.content_sha256
    }

    /// Whether a line is not of the price list, so that the head must approve (C6); for employees, else false.
    async fn off_list(&self, ctx: &Context<'_>) -> bool {
        self.is_for_staff(ctx) && self.0.off_list
    }

    /// Whether it is above the limit of the site, so that the head must approve (C6); for employees, else false.
    async fn above_limit(&self, ctx: &Context<'_>) -> bool {
        self.is_for_staff(ctx) && self.0.above_limit
    }

    /// What the head said of it (C6); for employees.
    async fn decision_note(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.decision_note.as_deref().filter(|_| self.is_for_staff(ctx))
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// The name of who made it.
    async fn made_by_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.made_by)).await?.map(|person| person.name))
    }

    /// When it was put before the customer; null while it is not.
    async fn offered_at(&self) -> Option<DateTime<Utc>> {
        self.0.offered_at
    }

    /// When it was answered.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// How the answer was given.
    async fn answer_method(&self) -> Option<Method> {
        self.0.answer_method
    }

    /// Why it was declined.
    async fn decline_reason(&self) -> Option<&str> {
        self.0.decline_reason.as_deref()
    }

    /// Why it was taken back.
    async fn withdrawn_because(&self) -> Option<&str> {
        self.0.withdrawn_because.as_deref()
    }

    /// Give it as `expectedVersion` to say which state you saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The lines, in order.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<QuoteLine>> {
        Ok(ctx.load(QuoteLinesOf(self.0.id)).await?.unwrap_or_default().into_iter().map(QuoteLine).collect())
    }

    /// The customer's signature, when they signed.
    async fn signature(&self, ctx: &Context<'_>) -> Result<Option<Signature>> {
        let Some(signature) = self.0.signature_id else { return Ok(None) };
        Ok(ctx.load(SignatureById(signature)).await?.map(Signature))
    }

    /// The revision before, as far as you may see it.
    async fn revises(&self, ctx: &Context<'_>) -> Result<Option<Quote>> {
        let Some(before) = self.0.revises_id else { return Ok(None) };
        Ok(ctx.load(QuoteById(before)).await?.map(Quote))
    }

    /// The case.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// The order that it was made for on site, or under which it is carried out.
    async fn work_order(&self, ctx: &Context<'_>) -> Result<Option<WorkOrder>> {
        let Some(order) = self.0.work_order_id else { return Ok(None) };
        Ok(ctx.load(WorkOrderById(order)).await?.map(WorkOrder))
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        let Some(viewer) = ctx.viewer() else { return Ok(Vec::new()) };
        let Some(case) = ctx.load(ComplaintById(self.0.complaint_id)).await? else { return Ok(Vec::new()) };
        let orders = ctx.load(AllOrdersOf(case.id)).await?.unwrap_or_default();
        let order = orders.iter().find(|order| Some(order.id) == self.0.work_order_id);
        let standing = match order {
            Some(order) => viewer.standing_to_order(&case, order),
            None => viewer.standing(&case),
        };
        let quotes = ctx.load(AllQuotesOf(case.id)).await?.unwrap_or_default();
        Ok(allowed_actions(facts::of(&self.0, &case, order, &quotes, ctx.app()?.clock.now()), &standing))
    }
}

impl Quote {
    fn is_for_staff(&self, ctx: &Context<'_>) -> bool {
        ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id))
    }
}

/// A line of a quote.
#[derive(async_graphql::Description)]
pub struct QuoteLine(quote_line::Model);

#[Object(use_type_description)]
impl QuoteLine {
    /// Its place, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// The id of the item of the price list; null for a line outside of it.
    async fn price_item_id(&self) -> Option<ID> {
        self.0.price_item_id.map(|id| public_id::write("PriceItem", id))
    }

    /// What.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Of what the quantity is counted.
    async fn unit(&self) -> &str {
        &self.0.unit
    }

    /// What one unit costs.
    async fn unit_price(&self) -> Money {
        Money::fen(self.0.unit_price_fen)
    }

    /// How many, with at most three places.
    async fn quantity(&self) -> Decimal {
        Decimal(Quantity::from_thousandths(self.0.quantity_thousandths).to_string())
    }

    /// What is taken off.
    async fn discount(&self) -> Money {
        Money::fen(self.0.discount_fen)
    }

    /// Why.
    async fn discount_reason(&self) -> Option<&str> {
        self.0.discount_reason.as_deref()
    }

    /// What the line comes to: price times quantity, rounded half up to the fen, less the discount.
    async fn amount(&self) -> Money {
        Money::fen(self.0.amount_fen)
    }
}

/// Which quotes. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct QuoteFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// In one of these states, as they are written down: an offer that ran out within the last minute may still count as
    /// `OFFERED`.
    #[graphql(default)]
    pub states: Vec<State>,
}

/// Reads of quotes.
#[derive(Default)]
pub struct QuoteQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl QuoteQuery {
    /// A quote by its id; null when there is none that you may see.
    async fn quote(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Quote>> {
        let Some(("Quote", id)) = public_id::parse(&id) else { return Ok(None) };
        Ok(ctx.load(QuoteById(id)).await?.map(Quote))
    }

    /// The quotes that you may see, newest first.
    async fn quotes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which quotes.", default)] filter: QuoteFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Quote>> {
        use quote::Column;
        let viewer = ctx.signed_in()?;
        let site = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")?;
        let by = Leading { organization: Column::OrganizationId, site: Column::SiteId, case: Column::ComplaintId };
        let ways = of_cases(viewer, Share::WithOrders, by, site, &scope::quotes(viewer));
        let ways = in_states(ways, Column::State, &filter.states);
        Ok(newest_of(ctx.app()?, ways, Column::Id, &page, Quote).await?)
    }
}
