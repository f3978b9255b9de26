//! The mutations on quotes: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::access::Operation;

use super::graphql::Quote;
use super::service::{self, Acceptance, LineDraft, Offer};
use crate::access::guard::Listed;
use crate::app::decimal::Decimal;
use crate::app::error::{Error, Result as Outcome};
use crate::app::loader::{ComplaintById, QuoteById, WorkOrderById};
use crate::app::request::{act_input, attempt, caller, optional_id, payload};
use crate::complaint::graphql::Complaint;
use crate::complaint::input::CallInput;
use crate::work_order::graphql::WorkOrder;
use crate::work_order::mutation::SignatureInput;

payload! {
    /// The result of an act on a quote.
    QuotePayload {
        /// The quote as it is now; the new one when it was revised.
        quote: Quote by QuoteById(quote),
        /// Its order as it is now, if it has one that you may see.
        work_order: WorkOrder by WorkOrderById(work_order),
        /// Its case as it is now, where you may see it.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// A line of a quote: an item of the price list in force, or something else with its name, unit and price, which the head
/// must approve (C6).
#[derive(InputObject)]
pub struct QuoteLineInput {
    /// An item of the price list in force; see `priceList`. Its name, unit and price are taken from there.
    pub price_item_id: Option<ID>,
    /// What, 1 to 120 characters; only without `priceItemId`.
    pub name: Option<String>,
    /// Of what the quantity is counted, 1 to 20 characters; only without `priceItemId`.
    pub unit: Option<String>,
    /// What one unit costs in CNY; only without `priceItemId`.
    pub unit_price: Option<Decimal>,
    /// How many: above 0, at most 100,000, with at most three places.
    pub quantity: Decimal,
    /// What is taken off the line in CNY, at most what it comes to.
    pub discount: Option<Decimal>,
    /// Why, 1 to 500 characters; required with a discount.
    pub discount_reason: Option<String>,
}

act_input! {
    /// What is quoted for a case, or for one of its orders.
    CreateQuoteInput on complaint_id("Complaint", "complaintId") {
        /// The order of the case, when it is quoted on site or for extra work; none when it is quoted before an order is
        /// issued.
        work_order_id: Option<ID>,
        /// The lines, 1 to 50.
        lines: Vec<QuoteLineInput>,
        /// What else is said, at most 500 characters.
        note: Option<String>,
        /// How many days it holds, 1 to 90; as the site's policy says when not given.
        valid_days: Option<i32>,
    }
}

act_input! {
    /// What is quoted instead.
    ReviseQuoteInput on quote_id("Quote", "quoteId") {
        /// The lines, 1 to 50.
        lines: Vec<QuoteLineInput>,
        /// What else is said, at most 500 characters.
        note: Option<String>,
        /// How many days it holds, 1 to 90; as the site's policy says when not given.
        valid_days: Option<i32>,
    }
}

act_input! {
    /// The head's word for a quote.
    ApproveQuoteInput on quote_id("Quote", "quoteId") {
        /// In words, at most 500 characters.
        note: Option<String>,
    }
}

act_input! {
    /// Why a quote goes back.
    RefuseQuoteInput on quote_id("Quote", "quoteId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// What is accepted, and how the customer said so.
    AcceptQuoteInput on quote_id("Quote", "quoteId") {
        /// `Quote.contentHash` of what the customer saw; refused with `STALE` when it is another.
        content_hash: String,
        /// The customer's signature on the handheld.
        signature: Option<SignatureInput>,
        /// The record of the call in which the customer accepted (E7.2).
        call: Option<CallInput>,
    }
}

act_input! {
    /// Why a quote is declined.
    DeclineQuoteInput on quote_id("Quote", "quoteId") {
        /// The reason, 1 to 500 characters.
        reason: String,
        /// The record of the call in which the customer declined (E7.2).
        call: Option<CallInput>,
    }
}

act_input! {
    /// Why a quote is taken back.
    WithdrawQuoteInput on quote_id("Quote", "quoteId") {
        /// The reason, 1 to 500 characters; the customer reads it where the quote was before them.
        reason: String,
    }
}

/// The acts on quotes.
#[derive(Default)]
pub struct QuoteMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl QuoteMutation {
    /// Quotes paid work from the price list in force (E4.2.1): for a case before an order is issued, or for an order on
    /// site. The customer sees it at once; the head first when a line is not of the list, or the total is above the
    /// site's limit (C6). One quote at a time waits for its answer.
    async fn create_quote(&self, ctx: &Context<'_>, input: CreateQuoteInput) -> Result<QuotePayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let order = optional_id("WorkOrder", input.work_order_id.as_ref(), "workOrderId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let offer = offer(input.lines, input.note, input.valid_days)?;
            service::create(&caller, target, order, &offer).await
        });
        QuotePayload::of(ctx, outcome).await
    }

    /// Replaces a quote by a new revision. The old one cannot be accepted any more.
    async fn revise_quote(&self, ctx: &Context<'_>, input: ReviseQuoteInput) -> Result<QuotePayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let offer = offer(input.lines, input.note, input.valid_days)?;
            service::revise(&caller, target, &offer).await
        });
        QuotePayload::of(ctx, outcome).await
    }

    /// The head lets a quote go to the customer (C6). It holds for as many days from now as it was made to hold; `validUntil` and
    /// with it `contentHash` are new.
    async fn approve_quote(&self, ctx: &Context<'_>, input: ApproveQuoteInput) -> Result<QuotePayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::approve(&caller, input.target()?, input.note.as_deref()).await
        });
        QuotePayload::of(ctx, outcome).await
    }

    /// The head sends a quote back to be revised (C6).
    async fn refuse_quote(&self, ctx: &Context<'_>, input: RefuseQuoteInput) -> Result<QuotePayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::refuse(&caller, input.target()?, &input.reason).await
        });
        QuotePayload::of(ctx, outcome).await
    }

    /// The customer accepts exactly what they saw (E4.2.1): in their app, by signature on the handheld, or by telephone.
    async fn accept_quote(&self, ctx: &Context<'_>, input: AcceptQuoteInput) -> Result<QuotePayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let AcceptQuoteInput { content_hash, signature, call, .. } = input;
            let (drawing, call) = (signature.map(Into::into), call.map(Into::into));
            service::accept(&caller, target, Acceptance { content_hash, drawing, call }).await
        });
        QuotePayload::of(ctx, outcome).await
    }

    /// The customer declines, with a reason. Nothing is owed. An employee writes down what they were told; unlike an acceptance
    /// that needs no signature or call, for it binds nobody to anything, the customer hears of it, and the quote can be offered
    /// again.
    async fn decline_quote(&self, ctx: &Context<'_>, input: DeclineQuoteInput) -> Result<QuotePayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::decline(&caller, target, &input.reason, input.call.map(Into::into)).await
        });
        QuotePayload::of(ctx, outcome).await
    }

    /// Takes a quote back that is not answered, without another one in its place, as an extra that the head has refused: work
    /// does not wait for it any more. Whoever may revise it may take it back; the customer hears of it where it was before them.
    async fn withdraw_quote(&self, ctx: &Context<'_>, input: WithdrawQuoteInput) -> Result<QuotePayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::withdraw(&caller, input.target()?, &input.reason).await
        });
        QuotePayload::of(ctx, outcome).await
    }
}

fn offer(lines: Vec<QuoteLineInput>, note: Option<String>, valid_days: Option<i32>) -> Outcome<Offer> {
    let line = |(index, line): (usize, QuoteLineInput)| {
        let field = format!("lines.{index}.priceItemId");
        Ok::<_, Error>(LineDraft {
            price_item_id: optional_id("PriceItem", line.price_item_id.as_ref(), &field)?,
            name: line.name,
            unit: line.unit,
            unit_price: line.unit_price.map(|price| price.0),
            quantity: line.quantity.0,
            discount: line.discount.map(|discount| discount.0),
            discount_reason: line.discount_reason,
        })
    };
    let lines = lines.into_iter().enumerate().map(line).collect::<Outcome<_>>()?;
    Ok(Offer { lines, note, valid_days })
}
