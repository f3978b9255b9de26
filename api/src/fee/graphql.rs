//! Charges and statements in the schema: the objects, and the reads.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Operation;
use domain::fee::{LineKind, Month, StatementState};
use domain::money::Quantity;
use domain::refusal::Code;
use entity::{charge, statement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::{export, service};
use crate::access::guard::Listed;
use crate::access::scope;
use crate::app::decimal::{Decimal, Money};
use crate::app::error::Error;
use crate::app::loader::{ChargeById, ChargesOf, QuoteById, StatementById, UnitById, WorkOrderById};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::organization::graphql::Unit;
use crate::paper::link::{self, What};
use crate::quote::graphql::Quote;
use crate::work_order::graphql::WorkOrder;

/// A unit's statement of a month 管理费收费单 (E4.2.1). Only whether it is paid changes.
#[derive(async_graphql::Description)]
pub struct Statement(pub statement::Model);

#[Object(use_type_description)]
impl Statement {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Statement", self.0.id)
    }

    /// The number, per site and year, such as `LY-F2026-000123`.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// The month, as `2026-03`.
    async fn month(&self) -> String {
        Month::of(self.0.from_date).to_string()
    }

    /// What it comes to: exactly the sum of the lines. Below nothing where credits are more than charges.
    async fn total(&self) -> Money {
        Money::fen(self.0.total_fen)
    }

    /// Whether it is paid.
    async fn state(&self) -> StatementState {
        self.0.state
    }

    /// On which day it was paid.
    async fn paid_on(&self) -> Option<NaiveDate> {
        self.0.paid_on
    }

    /// What the bank or the cashier calls the payment.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// When it was issued.
    async fn issued_at(&self) -> DateTime<Utc> {
        self.0.issued_at
    }

    /// Give it as `expectedVersion` to say which state you saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(ctx.load(UnitById(self.0.unit_id)).await?.map(Unit))
    }

    /// The lines, in the order in which they were charged.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<Charge>> {
        Ok(ctx.load(ChargesOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Charge).collect())
    }
}

/// A line of a statement, or of one to come. It never changes: a credit corrects it.
#[derive(async_graphql::Description)]
pub struct Charge(pub charge::Model);

#[Object(use_type_description)]
impl Charge {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Charge", self.0.id)
    }

    /// What it is.
    async fn kind(&self) -> LineKind {
        self.0.kind
    }

    /// For what.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How many.
    async fn quantity(&self) -> Decimal {
        Decimal(Quantity::from_thousandths(self.0.quantity_thousandths).to_string())
    }

    /// Of what the quantity is counted.
    async fn measure(&self) -> &str {
        &self.0.unit
    }

    /// What one costs.
    async fn unit_price(&self) -> Money {
        Money::fen(self.0.unit_price_fen)
    }

    /// What it comes to; below nothing for a credit.
    async fn amount(&self) -> Money {
        Money::fen(self.0.amount_fen)
    }

    /// On which day it was made, in the site's time zone.
    async fn charged_on(&self) -> NaiveDate {
        self.0.charged_on
    }

    /// Why a credit was given.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The charge that a credit corrects.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Option<Charge>> {
        let Some(charge) = self.0.credits_id else { return Ok(None) };
        Ok(ctx.load(ChargeById(charge)).await?.map(Charge))
    }

    /// The statement that it stands on; null until one is issued.
    async fn statement(&self, ctx: &Context<'_>) -> Result<Option<Statement>> {
        let Some(statement) = self.0.statement_id else { return Ok(None) };
        Ok(ctx.load(StatementById(statement)).await?.map(Statement))
    }

    /// The quote that was accepted, where you may see it.
    async fn quote(&self, ctx: &Context<'_>) -> Result<Option<Quote>> {
        Ok(ctx.load(QuoteById(self.0.quote_id)).await?.map(Quote))
    }

    /// The order that was signed for, where you may see it.
    async fn work_order(&self, ctx: &Context<'_>) -> Result<Option<WorkOrder>> {
        Ok(ctx.load(WorkOrderById(self.0.work_order_id)).await?.map(WorkOrder))
    }
}

/// Which statements or charges. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct FeeFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of a unit.
    pub unit_id: Option<ID>,
    /// Of a month, as `2026-03`; of charges those that were made in it.
    pub month: Option<String>,
}

impl FeeFilter {
    /// The rows of the site and the unit, and the month.
    fn narrow<E: EntityTrait>(
        &self,
        mut rows: Select<E>,
        site: E::Column,
        unit: E::Column,
    ) -> Result<(Select<E>, Option<Month>), Error> {
        if let Some(id) = optional_id("Site", self.site_id.as_ref(), "filter.siteId")? {
            rows = rows.filter(site.eq(id));
        }
        if let Some(id) = optional_id("Unit", self.unit_id.as_ref(), "filter.unitId")? {
            rows = rows.filter(unit.eq(id));
        }
        let month = self.month.as_deref().map(|text| service::month("filter.month", text)).transpose()?;
        Ok((rows, month))
    }
}

/// A part of a table for the accounts.
#[derive(SimpleObject)]
pub struct StatementExport {
    /// The lines as CSV, UTF-8 without a byte order mark; the first part has the headings.
    pub csv: String,
    /// Give it as `after` for the next part; null when this was the last.
    pub cursor: Option<String>,
}

/// Reads of fees.
#[derive(Default)]
pub struct FeeQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl FeeQuery {
    /// A statement by its id; null when there is none that you may see.
    async fn statement(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Statement>> {
        let Some(("Statement", id)) = public_id::parse(&id) else { return Ok(None) };
        Ok(ctx.load(StatementById(id)).await?.map(Statement))
    }

    /// The statements that you may see, newest first: a resident those of their homes since they moved in.
    async fn statements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which statements.", default)] filter: FeeFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Statement>> {
        use statement::Column;
        let (rows, month) = filter.narrow(scope::statements(ctx.signed_in()?), Column::SiteId, Column::UnitId)?;
        let rows = rows.filter(
            month.map_or_else(Condition::all, |month| Condition::all().add(Column::FromDate.eq(month.first()))),
        );
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, Statement).await?)
    }

    /// The charges and credits that you may see, newest first, those that no statement has taken up included.
    async fn charges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which charges.", default)] filter: FeeFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Charge>> {
        use charge::Column;
        let (rows, month) = filter.narrow(scope::charges(ctx.signed_in()?), Column::SiteId, Column::UnitId)?;
        let rows = rows.filter(month.map_or_else(Condition::all, |month| {
            Condition::all().add(Column::ChargedOn.between(month.first(), month.last()))
        }));
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, Charge).await?)
    }

    /// The lines of a site's statements of a month for the accounts, as CSV: part by part, in the order in which they were
    /// charged. Columns: `statement`, `month`, `building`, `unit`, `workOrder`, `quote`, `kind`, `date`, `name`,
    /// `quantity`, `measure`, `unitPrice`, `discount`, `amount`, `state`, `paidOn`, `reference`. Null for a site whose fees
    /// you do not keep.
    async fn statement_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "The month, as `2026-03`.")] month: String,
        #[graphql(desc = "How many lines at most, 1 to 1,000.", default = 1000)] first: i32,
        #[graphql(desc = "The cursor of the part before.")] after: Option<String>,
    ) -> Result<Option<StatementExport>> {
        let viewer = ctx.signed_in()?;
        let month = service::month("month", &month)?;
        let right = || Error::refused_needing(Code::Invalid, "first", vec![format!("1..{}", export::MAX_LINES)]);
        let first = u64::try_from(first).ok().filter(|first| (1..=export::MAX_LINES).contains(first));
        let first = first.ok_or_else(right)?;
        let after = after.as_deref().map(|cursor| Uuid::try_parse(cursor).map_err(|_| Error::BadCursor)).transpose()?;
        let Some(("Site", site)) = public_id::parse(&site_id) else { return Ok(None) };
        if !export::keeps(viewer, site) {
            return Ok(None);
        }
        let export::Part { csv, next } = export::part(ctx.app()?, viewer, site, month, after, first).await?;
        Ok(Some(StatementExport { csv, cursor: next.map(|id| id.to_string()) }))
    }

    /// The same lines as a spreadsheet (xlsx), whole: where it can be read, below the address of this server, for five minutes
    /// and without a token. Its columns are those of `statementExport`; amounts are numbers with two places, exact to the
    /// cent, days are days. Null for a site whose fees you do not keep.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn statement_workbook_path(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "The month, as `2026-03`.")] month: String,
    ) -> Result<Option<String>> {
        let viewer = ctx.signed_in()?;
        let month = service::month("month", &month)?;
        let Some(("Site", site)) = public_id::parse(&site_id) else { return Ok(None) };
        if !export::keeps(viewer, site) {
            return Ok(None);
        }
        Ok(link::to(ctx.app()?, Some(viewer), ctx.language(), What::Statements(site, month)))
    }
}
