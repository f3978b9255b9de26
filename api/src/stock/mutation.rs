//! The mutations on a team's stock.

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::access::Operation;

use super::graphql::{StockItem, StockItemById};
use super::service::{self, Amount, Draft, Use};
use crate::access::guard::Listed;
use crate::app::decimal::{Decimal, count, quantity};
use crate::app::error::Result as Answer;
use crate::app::loader::{ComplaintById, WorkOrderById};
use crate::app::public_id;
use crate::app::request::{act_input, attempt, caller, optional_id, payload};
use crate::complaint::graphql::Complaint;
use crate::work_order::graphql::WorkOrder;

/// A new material of a team.
#[derive(InputObject)]
pub struct CreateStockItemInput {
    /// The team, which is yours to lead.
    pub team_id: ID,
    /// A material of a price list of the team's site, whose code, name and unit it bears where none are given.
    pub price_item_id: Option<ID>,
    /// Its code, 1 to 40 characters, unique in the team's stock.
    pub code: Option<String>,
    /// What it is called, 1 to 120 characters.
    pub name: Option<String>,
    /// Of what the count is, 1 to 20 characters, as 个.
    pub unit: Option<String>,
    /// Below how much the team leader is told.
    pub minimum: Decimal,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// What changes of a material; what is not given stays.
    ChangeStockItemInput on stock_item_id("StockItem", "stockItemId") {
        /// What it is called, 1 to 120 characters.
        name: Option<String>,
        /// Below how much the team leader is told.
        minimum: Option<Decimal>,
    }
}

act_input! {
    /// Which material is not kept any more.
    RetireStockItemInput on stock_item_id("StockItem", "stockItemId") {}
}

/// What came in.
#[derive(InputObject)]
pub struct ReceiveStockInput {
    /// The material.
    pub stock_item_id: ID,
    /// How much of it, above nothing.
    pub quantity: Decimal,
    /// What is said of it, as from whom: at most 500 characters.
    pub note: Option<String>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// What was counted.
    CountStockInput on stock_item_id("StockItem", "stockItemId") {
        /// How much there is.
        counted: Decimal,
        /// Why it is not what was written down, 1 to 500 characters.
        reason: String,
    }
}

/// So much of a material.
#[derive(InputObject)]
pub struct MaterialInput {
    /// The material, of the stock of the order's team.
    pub stock_item_id: ID,
    /// How much of it, above nothing, with at most three places.
    pub quantity: Decimal,
}

act_input! {
    /// Materials of an order.
    MaterialsInput on work_order_id("WorkOrder", "workOrderId") {
        /// Which and how much, 1 to 50.
        materials: Vec<MaterialInput>,
    }
}

impl MaterialsInput {
    /// Reads the materials.
    ///
    /// # Errors
    /// `NOT_FOUND`, `INVALID`.
    pub fn amounts(&self) -> Answer<Vec<Amount>> {
        let read = |(place, material): (usize, &MaterialInput)| {
            let field = |name: &str| format!("materials.{place}.{name}");
            Ok(Amount {
                stock_item_id: public_id::read("StockItem", &material.stock_item_id, &field("stockItemId"))?,
                quantity: quantity(&field("quantity"), &material.quantity.0)?,
            })
        };
        self.materials.iter().enumerate().map(read).collect()
    }
}

payload! {
    /// The result of an act on a team's stock.
    StockItemPayload {
        /// The material as it is now; null when it was not found.
        stock_item: StockItem by StockItemById(subject),
    }
}

payload! {
    /// The result of recording materials of an order.
    MaterialsPayload {
        /// The order as it is now, with its materials; null when the act was refused.
        work_order: WorkOrder by WorkOrderById(work_order),
        /// Its case as it is now, where you may see it.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// The acts on a team's stock.
#[derive(Default)]
pub struct StockMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl StockMutation {
    /// Takes a material into a team's stock: one of the price list, or one of the team's own. There is nothing of it until
    /// `receiveStock`. By whoever leads the team.
    async fn create_stock_item(&self, ctx: &Context<'_>, input: CreateStockItemInput) -> Result<StockItemPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let draft = Draft {
                team_id: public_id::read("Team", &input.team_id, "teamId")?,
                price_item_id: optional_id("PriceItem", input.price_item_id.as_ref(), "priceItemId")?,
                minimum: count("minimum", &input.minimum.0)?,
                code: input.code,
                name: input.name,
                unit: input.unit,
            };
            service::create(&caller, &draft).await
        });
        StockItemPayload::of(ctx, outcome).await
    }

    /// Changes what a material is called, or its minimum.
    async fn change_stock_item(&self, ctx: &Context<'_>, input: ChangeStockItemInput) -> Result<StockItemPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let minimum = input.minimum.as_ref().map(|text| count("minimum", &text.0)).transpose()?;
            service::change(&caller, input.target()?, input.name.as_deref(), minimum).await
        });
        StockItemPayload::of(ctx, outcome).await
    }

    /// A material is not kept any more; there must be nothing of it.
    async fn retire_stock_item(&self, ctx: &Context<'_>, input: RetireStockItemInput) -> Result<StockItemPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::retire(&caller, input.target()?).await
        });
        StockItemPayload::of(ctx, outcome).await
    }

    /// So much came in 入库. It adds to what there is, so it needs no `expectedVersion`; send an `idempotencyKey`.
    async fn receive_stock(&self, ctx: &Context<'_>, input: ReceiveStockInput) -> Result<StockItemPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let amount = Amount {
                stock_item_id: public_id::read("StockItem", &input.stock_item_id, "stockItemId")?,
                quantity: quantity("quantity", &input.quantity.0)?,
            };
            service::receive(&caller, amount, input.note.as_deref()).await
        });
        StockItemPayload::of(ctx, outcome).await
    }

    /// A material was counted 盘点: there is so much of it, with the reason why that is not what was written down. `STALE`
    /// where it moved since the version that you saw: count again.
    async fn count_stock(&self, ctx: &Context<'_>, input: CountStockInput) -> Result<StockItemPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let counted = count("counted", &input.counted.0)?;
            service::count(&caller, input.target()?, counted, &input.reason).await
        });
        StockItemPayload::of(ctx, outcome).await
    }

    /// I take materials from my team's stock for the order 领用, once I am there. All of them or none: `MISSING` with
    /// `ENOUGH_IN_STOCK` where there is not so much. Below its minimum the team leader is told.
    async fn use_materials(&self, ctx: &Context<'_>, input: MaterialsInput) -> Result<MaterialsPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::for_order(&caller, input.target()?, Use::Used, &input.amounts()?).await
        });
        MaterialsPayload::of(ctx, outcome).await
    }

    /// I bring back what was not used 退回: at most what was taken for the order.
    async fn return_materials(&self, ctx: &Context<'_>, input: MaterialsInput) -> Result<MaterialsPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::for_order(&caller, input.target()?, Use::Returned, &input.amounts()?).await
        });
        MaterialsPayload::of(ctx, outcome).await
    }
}
