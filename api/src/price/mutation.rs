//! The mutations on price lists.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use domain::access::Operation;
use domain::price::{FreeReason, ItemKind};

use super::graphql::{PriceList, PricePolicy};
use super::item::ItemDraft;
use super::policy;
use super::service::{self, Span};
use crate::access::guard::Listed;
use crate::app::act::ActResult;
use crate::app::decimal::Decimal;
use crate::app::error::{Error, UserError};
use crate::app::loader::{PriceListById, SiteById};
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, payload, settle};
use crate::organization::import::graphql::{ImportReport, Reported, reported};

/// An item of a new version.
#[derive(InputObject)]
pub struct PriceItemInput {
    /// Its code, 1 to 40 characters, unique in the list; the same in the next version for the same thing.
    pub code: String,
    /// What it is.
    pub kind: ItemKind,
    /// What it is called, 1 to 120 characters.
    pub name: String,
    /// Of what the quantity is counted, such as `次`: 1 to 20 characters.
    pub unit: String,
    /// What one unit costs, in CNY: 0.00 to 10,000,000.00.
    pub unit_price: Decimal,
    /// For which reasons it is free of charge.
    #[graphql(default)]
    pub free_when: Vec<FreeReason>,
    /// What else is said of it, at most 500 characters.
    pub note: Option<String>,
}

/// A new version of a price list.
#[derive(InputObject)]
pub struct PublishPriceListInput {
    /// The site.
    pub site_id: ID,
    /// Its first day, today or later. From then on it takes the place of the version before.
    pub from: NaiveDate,
    /// Its last day; none when it holds until a newer one does.
    pub to: Option<NaiveDate>,
    /// What else is said of it, at most 500 characters.
    pub note: Option<String>,
    /// The items in their order, 1 to 500.
    pub items: Vec<PriceItemInput>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

/// A new version of a price list, as a table.
#[derive(InputObject)]
pub struct ImportPriceListInput {
    /// The site.
    pub site_id: ID,
    /// Its first day, today or later.
    pub from: NaiveDate,
    /// Its last day; none when it holds until a newer one does.
    pub to: Option<NaiveDate>,
    /// What else is said of it, at most 500 characters.
    pub note: Option<String>,
    /// The table as CSV, at most 500 lines. Columns: `code` 编号, `kind` 类别 (`SERVICE` 服务, `MATERIAL` 材料, `LABOUR`
    /// 人工费, `VISIT` 上门费), `name` 名称, `unit` 单位, `unitPrice` 单价 (as 35.50), `freeWhen` 免费条件 (may be empty;
    /// reasons with `;` between: `WARRANTY` 保修期内, `PUBLIC_AREA` 公共区域, `OUR_LIABILITY` 我方责任 …), `note` 备注.
    pub csv: String,
    /// Whether only to tell what would come of it.
    pub dry_run: bool,
    /// Send the same key when you repeat the call: it is done once, and the first report is told again.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// What holds for quotes at a site; what is not given stays.
    ChangePricePolicyInput on site_id("Site", "siteId") {
        /// Above which total the head approves (C6), in CNY.
        approval_limit: Option<Decimal>,
        /// How many days an offer holds when the quote says nothing else, 1 to 90.
        valid_days: Option<i32>,
    }
}

payload! {
    /// The result of publishing a price list.
    PriceListPayload {
        /// The new version; null when it was refused.
        price_list: PriceList by PriceListById(subject),
    }
}

/// The result of importing a price list.
#[derive(SimpleObject)]
pub struct ImportPriceListPayload {
    /// Line by line, against the newest version before; null when the table as a whole was refused.
    pub report: Option<ImportReport>,
    /// The new version; null when nothing was written.
    pub price_list: Option<PriceList>,
    /// Why the table was refused; what is wrong with a line is in the report.
    pub errors: Vec<UserError>,
}

/// The result of an act on what holds for quotes.
#[derive(SimpleObject)]
pub struct PricePolicyPayload {
    /// What holds now; null when the act was refused.
    pub price_policy: Option<PricePolicy>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// The acts on prices.
#[derive(Default)]
pub struct PriceMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl PriceMutation {
    /// Publishes a version of a site's price list. It holds from its first day, and never changes.
    async fn publish_price_list(&self, ctx: &Context<'_>, input: PublishPriceListInput) -> Result<PriceListPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site_id = public_id::read("Site", &input.site_id, "siteId")?;
            let span = Span { site_id, from: input.from, to: input.to, note: input.note };
            let items: Vec<ItemDraft> = input.items.into_iter().map(ItemDraft::from).collect();
            service::publish(&caller, &span, &items).await
        });
        PriceListPayload::of(ctx, outcome).await
    }

    /// Publishes a version of a site's price list from a table: all of it, or nothing where a line is refused.
    async fn import_price_list(
        &self,
        ctx: &Context<'_>,
        input: ImportPriceListInput,
    ) -> Result<ImportPriceListPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site_id = public_id::read("Site", &input.site_id, "siteId")?;
            let span = Span { site_id, from: input.from, to: input.to, note: input.note };
            service::import(&caller, &span, &input.csv, input.dry_run).await
        });
        let Reported { made: list, report, errors } = reported(ctx, outcome)?;
        let price_list = match list {
            Some(id) => ctx.load(PriceListById(id)).await?.map(PriceList),
            None => None,
        };
        Ok(ImportPriceListPayload { report, price_list, errors })
    }

    /// Sets what holds for quotes at a site (C6). Quotes that were made before stay as they are.
    async fn change_price_policy(
        &self,
        ctx: &Context<'_>,
        input: ChangePricePolicyInput,
    ) -> Result<PricePolicyPayload> {
        let outcome: Result<ActResult, Error> = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let limit = input.approval_limit.as_ref().map(|limit| limit.0.as_str());
            policy::change(&caller, input.target()?, limit, input.valid_days).await
        });
        let (result, errors) = settle(ctx, outcome)?;
        let Some(site) = result.subject else { return Ok(PricePolicyPayload { price_policy: None, errors }) };
        let price_policy = match ctx.load(SiteById(site)).await? {
            Some(site) => Some(PricePolicy(policy::of(&ctx.app()?.db, site.organization_id, site.id).await?)),
            None => None,
        };
        Ok(PricePolicyPayload { price_policy, errors })
    }
}

impl From<PriceItemInput> for ItemDraft {
    fn from(input: PriceItemInput) -> Self {
        let PriceItemInput { code, kind, name, unit, unit_price, free_when, note } = input;
        Self { code, kind, name, unit, unit_price: unit_price.0, free_when, note }
    }
}
