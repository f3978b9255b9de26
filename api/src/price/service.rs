//! The acts on price lists: a version is published whole, and never changed after.

use chrono::{DateTime, NaiveDate, Utc};
use domain::audit::Kind as AuditKind;
use domain::import::Action;
use domain::refusal::Code;
use entity::{price_item, price_list, site};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde_json::json;
use uuid::Uuid;

use super::item::{COLUMNS, ItemDraft, against};
use crate::access::viewer::parse_zone;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::organization::import::table::Table;
use crate::organization::import::{Report, Told, check_size};
use crate::organization::setup::{self, headed_site};

/// The most items that one list may have.
pub const MAX_ITEMS: usize = 500;

/// Where and when a version holds.
#[derive(Debug, Clone)]
pub struct Span {
    /// The site.
    pub site_id: Uuid,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day, if it has one.
    pub to: Option<NaiveDate>,
    /// What else is said of it.
    pub note: Option<String>,
}

/// Publishes a version of a site's price list.
///
/// # Errors
/// Refusals with the path of the field; `NOT_FOUND` for a site whose prices are not the caller's to set.
pub async fn publish(caller: &Caller<'_>, span: &Span, items: &[ItemDraft]) -> Result<ActResult> {
    if items.is_empty() {
        return Err(Error::refused(Code::Required, "items"));
    }
    if items.len() > MAX_ITEMS {
        return Err(Error::refused_needing(Code::TooLong, "items", vec![format!("1..{MAX_ITEMS}")]));
    }
    let act = setup::begin(caller).await?;
    let list = new_list(&act, span).await?;
    let mut rows: Vec<price_item::Model> = Vec::with_capacity(items.len());
    for (index, (ordinal, item)) in (1..).zip(items).enumerate() {
        let row = item.row(&act, list.id, ordinal, &format!("items.{index}."))?;
        refuse_doubled(&rows, &row, &format!("items.{index}.code"))?;
        rows.push(row);
    }
    let id = write(&act, list, rows).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// Publishes a version from a table, or tells line by line what would come of it against the newest version: all of it,
/// or nothing where a line is refused.
///
/// # Errors
/// As [`publish`]; what is wrong with a line is in the report.
pub async fn import(caller: &Caller<'_>, span: &Span, csv: &str, dry_run: bool) -> Result<Report> {
    check_size(csv)?;
    let act = setup::begin(caller).await?;
    let list = new_list(&act, span).await?;
    let before = match newest(&act.txn, list.site_id).await? {
        Some(newest) => items_of(&act.txn, newest.id).await?,
        None => Vec::new(),
    };
    let table = match Table::read(csv, COLUMNS) {
        Ok(table) if table.lines.len() > MAX_ITEMS => {
            return Err(Error::refused_needing(Code::TooLong, "csv", vec![format!("1..{MAX_ITEMS} lines")]));
        }
        Ok(table) => table,
        Err(Error::Refused(refused)) => return Ok(Report::of(vec![Told::refused(1, *refused)])),
        Err(error) => return Err(error),
    };
    let (mut rows, mut told) = (Vec::new(), Vec::new());
    for (ordinal, line) in (1..).zip(&table.lines) {
        let read = ItemDraft::of_line(line).and_then(|item| item.row(&act, list.id, ordinal, ""));
        match read.and_then(|row| refuse_doubled(&rows, &row, "code").map(|()| row)) {
            Ok(row) => {
                told.push(Told { line: line.number, action: against(&before, &row), refused: None });
                rows.push(row);
            }
            Err(Error::Refused(refused)) => told.push(Told::refused(line.number, *refused)),
            Err(error) => return Err(error),
        }
    }
    let mut report = Report::of(told);
    if dry_run || report.count(Action::Refused) > 0 {
        return Ok(report);
    }
    report.written = true;
    report.made = Some(write(&act, list, rows).await?);
    let result = ActResult { subject: report.made, import: Some(report.keep()?), ..ActResult::default() };
    act.commit(result).await?;
    Ok(report)
}

fn refuse_doubled(rows: &[price_item::Model], row: &price_item::Model, field: &str) -> Result<()> {
    let doubled = rows.iter().any(|other| other.code == row.code);
    if doubled { Err(Error::refused(Code::Taken, field)) } else { Ok(()) }
}

async fn new_list(act: &Act<'_>, span: &Span) -> Result<price_list::Model> {
    let site = headed_site(act, span.site_id).await?;
    let today = today(&site, act.now);
    if span.from < today {
        return Err(Error::refused_needing(Code::Invalid, "from", vec![format!("{today}..")]));
    }
    validate::span("to", span.from, span.to)?;
    Ok(price_list::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        revision: newest(&act.txn, site.id).await?.map_or(1, |newest| newest.revision + 1),
        from_date: span.from,
        to_date: span.to,
        note: validate::optional_text("note", span.note.as_deref(), 500)?,
        published_by: act.person()?.id,
        published_at: act.now,
    })
}

async fn write(act: &Act<'_>, list: price_list::Model, rows: Vec<price_item::Model>) -> Result<Uuid> {
    let data = json!({ "revision": list.revision, "items": rows.len() });
    let id = list.id;
    list.into_active_model().insert(&act.txn).await?;
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    price_item::Entity::insert_many(rows).exec_without_returning(&act.txn).await?;
    act.record(Record { kind: AuditKind::Made, subject: ("PriceList", id), account: None, data }).await?;
    Ok(id)
}

/// The day that it is at a site.
#[must_use]
pub fn today(site: &site::Model, now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&parse_zone(&site.time_zone)).date_naive()
}

/// The version of a site's price list that is in force on a day: of those that hold, the newest.
///
/// # Errors
/// When the database does not answer.
pub async fn in_force(db: &impl ConnectionTrait, site: Uuid, day: NaiveDate) -> Result<Option<price_list::Model>> {
    use price_list::Column;
    let open = Condition::any().add(Column::ToDate.is_null()).add(Column::ToDate.gte(day));
    let holding = price_list::Entity::find()
        .filter(Column::SiteId.eq(site))
        .filter(Column::FromDate.lte(day))
        .filter(open)
        .order_by_desc(Column::Revision);
    Ok(holding.one(db).await?)
}

async fn newest(db: &impl ConnectionTrait, site: Uuid) -> Result<Option<price_list::Model>> {
    let of_site = price_list::Entity::find().filter(price_list::Column::SiteId.eq(site));
    Ok(of_site.order_by_desc(price_list::Column::Revision).one(db).await?)
}

async fn items_of(db: &impl ConnectionTrait, list: Uuid) -> Result<Vec<price_item::Model>> {
    Ok(price_item::Entity::find().filter(price_item::Column::PriceListId.eq(list)).all(db).await?)
}
