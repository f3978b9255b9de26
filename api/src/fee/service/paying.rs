//! Whether a statement is paid: marked by the office, by a table, or by the system that collects the fees.

use chrono::NaiveDate;
use domain::audit::Kind as AuditKind;
use domain::fee::StatementState;
use domain::import::Action;
use domain::money::Money;
use domain::refusal::Code;
use entity::{site, statement};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::billed_site;
use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::import::table::{Column, Line, Table};
use crate::organization::import::words::{day, optional, text};
use crate::organization::import::{Report, Told, check_size};
use crate::price::service::today;

/// The columns of a table of payments.
const COLUMNS: &[Column] = &[
    Column { name: "number", chinese: "账单编号", required: true },
    Column { name: "amount", chinese: "金额", required: true },
    Column { name: "paidOn", chinese: "缴费日期", required: false },
    Column { name: "reference", chinese: "流水号", required: false },
    Column { name: "state", chinese: "状态", required: false },
];

/// How a statement is marked.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Whether it is paid.
    pub state: StatementState,
    /// On which day; today when not given.
    pub paid_on: Option<NaiveDate>,
    /// What the bank or the cashier calls the payment.
    pub reference: Option<String>,
}

/// Marks a statement as paid, or as not paid after all.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, or `INVALID` for a day to come.
pub async fn mark(caller: &Caller<'_>, target: Target, mark: Mark) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let not_found = || Error::refused(Code::NotFound, "statementId");
    let visible = scope::statements(act.person()?).filter(statement::Column::Id.eq(target.id));
    let seen = visible.one(&act.txn).await?.ok_or_else(not_found)?;
    let site = billed_site(&act, seen.site_id).await.map_err(|_| not_found())?;
    let row = locked(statement::Entity::find_by_id(seen.id), &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
    let result = ActResult { subject: Some(row.id), ..ActResult::default() };
    if row.version != target.version {
        return Err(Error::stale(result));
    }
    put(&act, &site, row, mark).await?;
    act.commit(result).await
}

/// Marks the statements of a table: all of them, or none where a line is refused.
///
/// # Errors
/// `NOT_FOUND` for the site; what is wrong with a line is in the report.
pub async fn import(caller: &Caller<'_>, site_id: Uuid, csv: &str, dry_run: bool) -> Result<Report> {
    check_size(csv)?;
    let act = Act::begin(caller).await?;
    let site = billed_site(&act, site_id).await?;
    let table = match Table::read(csv, COLUMNS) {
        Ok(table) => table,
        Err(Error::Refused(refused)) => return Ok(Report::of(vec![Told::refused(1, *refused)])),
        Err(error) => return Err(error),
    };
    let mut told = Vec::with_capacity(table.lines.len());
    for line in &table.lines {
        told.push(match put_line(&act, &site, line).await {
            Ok(action) => Told { line: line.number, action, refused: None },
            Err(Error::Refused(refused)) => Told::refused(line.number, *refused),
            Err(error) => return Err(error),
        });
    }
    let mut report = Report::of(told);
    if dry_run || report.count(Action::Refused) > 0 {
        // The transaction ends here, and with it whatever the lines have written.
        return Ok(report);
    }
    report.written = true;
    act.commit(ActResult { import: Some(report.keep()?), ..ActResult::default() }).await?;
    Ok(report)
}

async fn put_line(act: &Act<'_>, site: &site::Model, line: &Line<'_>) -> Result<Action> {
    let number = text(line, "number");
    let select = statement::Entity::find()
        .filter(statement::Column::SiteId.eq(site.id))
        .filter(statement::Column::Number.eq(number.to_uppercase()));
    let row = locked(select, &act.txn).one(&act.txn).await?;
    let row = row.ok_or_else(|| Error::refused(Code::NotFound, "number"))?;
    let total = Money::from_fen(row.total_fen);
    if Money::parse(&text(line, "amount")) != Some(total) {
        return Err(Error::refused_needing(Code::Invalid, "amount", vec![total.to_string()]));
    }
    let mark = Mark {
        state: optional(line, "state")?.unwrap_or(StatementState::Paid),
        paid_on: day(line, "paidOn")?,
        reference: line.get("reference").map(str::to_owned),
    };
    put(act, site, row, mark).await
}

async fn put(act: &Act<'_>, site: &site::Model, row: statement::Model, mark: Mark) -> Result<Action> {
    let today = today(site, act.now);
    let paid = mark.state == StatementState::Paid;
    let paid_on = paid.then(|| mark.paid_on.or(row.paid_on).unwrap_or(today));
    if paid_on.is_some_and(|day| day > today) {
        return Err(Error::refused_needing(Code::Invalid, "paidOn", vec![format!("..{today}")]));
    }
    let reference = validate::optional_text("reference", mark.reference.as_deref(), 120)?.filter(|_| paid);
    if (row.state, row.paid_on, &row.reference) == (mark.state, paid_on, &reference) {
        return Ok(Action::Unchanged);
    }
    let data = json!({ "state": upper_snake(mark.state.name()), "reference": reference });
    let subject = ("Statement", row.id);
    let changed = statement::Model {
        state: mark.state,
        paid_on,
        reference,
        marked_by: Some(act.person()?.id),
        marked_at: Some(act.now),
        version: row.version + 1,
        ..row
    };
    changed.into_active_model().reset_all().update(&act.txn).await?;
    act.record(Record { kind: AuditKind::Changed, subject, account: None, data }).await?;
    Ok(Action::Changed)
}
