//! The mutations on charges and statements.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use domain::access::Operation;
use domain::fee::StatementState;
use domain::money::Money as Amount;
use entity::statement;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::graphql::{Charge, Statement};
use super::service::{self, Mark};
use crate::access::guard::Listed;
use crate::app::decimal::{Decimal, Money};
use crate::app::error::{Error, UserError};
use crate::app::loader::{ChargeById, StatementById};
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, payload, settle};
use crate::organization::import::graphql::{ImportReport, Reported, reported};

/// Which statements are issued.
#[derive(InputObject)]
pub struct IssueStatementsInput {
    /// The site.
    pub site_id: ID,
    /// A month that is over, as `2026-03`.
    pub month: String,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

/// What is taken off.
#[derive(InputObject)]
pub struct CreditChargeInput {
    /// The charge.
    pub charge_id: ID,
    /// How much in CNY, at most what is left of it.
    pub amount: Decimal,
    /// Why, 1 to 500 characters. The resident reads it.
    pub reason: String,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// How a statement was paid.
    MarkStatementPaidInput on statement_id("Statement", "statementId") {
        /// On which day; today when not given.
        paid_on: Option<NaiveDate>,
        /// What the bank or the cashier calls the payment, at most 120 characters.
        reference: Option<String>,
    }
}

act_input! {
    /// Which statement is not paid after all.
    MarkStatementUnpaidInput on statement_id("Statement", "statementId") {}
}

/// Payments as a table.
#[derive(InputObject)]
pub struct ImportPaymentsInput {
    /// The site.
    pub site_id: ID,
    /// The table as CSV, at most 5,000 lines. Columns: `number` 账单编号, `amount` 金额 (what the statement comes to, as
    /// 35.50), `paidOn` 缴费日期 (today when empty), `reference` 流水号 (may be empty), `state` 状态 (`PAID` 已缴 when empty,
    /// `UNPAID` 未缴).
    pub csv: String,
    /// Whether only to tell what would come of it.
    pub dry_run: bool,
    /// Send the same key when you repeat the call: it is done once, and the first report is told again.
    pub idempotency_key: Option<String>,
}

payload! {
    /// The result of an act on a statement.
    StatementPayload {
        /// The statement as it is now; null when the act was refused.
        statement: Statement by StatementById(subject),
    }
}

payload! {
    /// The result of giving a credit.
    CreditChargePayload {
        /// The line of the credit; null when it was refused.
        credit: Charge by ChargeById(subject),
    }
}

/// The result of issuing statements.
#[derive(SimpleObject)]
pub struct IssueStatementsPayload {
    /// How many statements the month has now.
    pub statements: i32,
    /// What they come to.
    pub total: Option<Money>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// The result of importing payments.
#[derive(SimpleObject)]
pub struct ImportPaymentsPayload {
    /// Line by line; null when the table as a whole was refused.
    pub report: Option<ImportReport>,
    /// Why the table was refused; what is wrong with a line is in the report.
    pub errors: Vec<UserError>,
}

/// The acts on fees.
#[derive(Default)]
pub struct FeeMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl FeeMutation {
    /// Issues the statements of a month that is over: one for each unit of the site that has charges or credits which no
    /// statement has taken up. Done again it issues none.
    async fn issue_statements(&self, ctx: &Context<'_>, input: IssueStatementsInput) -> Result<IssueStatementsPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            service::issue(&caller, site, service::month("month", &input.month)?).await
        });
        let (result, errors) = settle(ctx, outcome)?;
        let Some(site) = result.subject else {
            return Ok(IssueStatementsPayload { statements: 0, total: None, errors });
        };
        let month = service::month("month", &input.month)?;
        let issued = statement::Entity::find()
            .filter(statement::Column::SiteId.eq(site))
            .filter(statement::Column::FromDate.eq(month.first()))
            .all(&ctx.app()?.db)
            .await
            .map_err(Error::from)?;
        let total: Amount = issued.iter().map(|row| Amount::from_fen(row.total_fen)).sum();
        let statements = i32::try_from(issued.len()).unwrap_or(i32::MAX);
        Ok(IssueStatementsPayload { statements, total: Some(total.into()), errors })
    }

    /// Takes something off a charge, with a reason: the only correction of what was charged. It stands on the next
    /// statement of the unit.
    async fn credit_charge(&self, ctx: &Context<'_>, input: CreditChargeInput) -> Result<CreditChargePayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let charge = public_id::read("Charge", &input.charge_id, "chargeId")?;
            service::give_credit(&caller, charge, &input.amount.0, &input.reason).await
        });
        CreditChargePayload::of(ctx, outcome).await
    }

    /// Marks a statement as paid. A machine account with the scope `PAYMENTS` may do so at the sites that its key names.
    async fn mark_statement_paid(&self, ctx: &Context<'_>, input: MarkStatementPaidInput) -> Result<StatementPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let (state, paid_on, reference) = (StatementState::Paid, input.paid_on, input.reference);
            service::mark(&caller, target, Mark { state, paid_on, reference }).await
        });
        StatementPayload::of(ctx, outcome).await
    }

    /// Marks a statement as not paid after all, as when a payment bounced.
    async fn mark_statement_unpaid(
        &self,
        ctx: &Context<'_>,
        input: MarkStatementUnpaidInput,
    ) -> Result<StatementPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let mark = Mark { state: StatementState::Unpaid, paid_on: None, reference: None };
            service::mark(&caller, input.target()?, mark).await
        });
        StatementPayload::of(ctx, outcome).await
    }

    /// Marks the statements of a table as paid or not: all of them, or none where a line is refused, as one whose amount is
    /// not what the statement comes to.
    async fn import_payments(&self, ctx: &Context<'_>, input: ImportPaymentsInput) -> Result<ImportPaymentsPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            service::import(&caller, site, &input.csv, input.dry_run).await
        });
        let Reported { report, errors, .. } = reported(ctx, outcome)?;
        Ok(ImportPaymentsPayload { report, errors })
    }
}
