//! The lines of a month's statements for the accounts, as CSV: part by part, so that the largest month fits. The same lines
//! as a spreadsheet are in `workbook.rs`.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::fee::Month;
use domain::money::{Money, Quantity};
use domain::organization::Role;
use entity::{building, charge, quote, statement, unit, work_order};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result, upper_snake};

/// How many lines a part may have.
pub const MAX_LINES: u64 = 1000;

/// The headings.
pub const HEADINGS: [&str; 17] = [
    "statement",
    "month",
    "building",
    "unit",
    "workOrder",
    "quote",
    "kind",
    "date",
    "name",
    "quantity",
    "measure",
    "unitPrice",
    "discount",
    "amount",
    "state",
    "paidOn",
    "reference",
];

/// A part of the table.
pub struct Part {
    /// The part as CSV; the first has the headings.
    pub csv: String,
    /// After which line the next part begins; none when this was the last.
    pub next: Option<Uuid>,
}

/// A line of the table.
pub struct Line {
    /// What stands before the date: statement, month, building, unit, order, quote, kind.
    pub of: [String; 7],
    /// On which day it was charged.
    pub date: NaiveDate,
    /// For what.
    pub name: String,
    /// Of what the quantity is counted.
    pub measure: String,
    /// How many.
    pub quantity: Quantity,
    /// What one costs, what is taken off, what it comes to.
    pub amounts: [Money; 3],
    /// Whether the statement is paid.
    pub state: String,
    /// On which day.
    pub paid_on: Option<NaiveDate>,
    /// What the bank calls it.
    pub reference: String,
}

/// Whether a viewer keeps the fees of a site.
#[must_use]
pub fn keeps(viewer: &Viewer, site: Uuid) -> bool {
    viewer.holds_any(&[Role::CompanyLeader]) || viewer.sites(Role::keeps_fees).contains(&site)
}

/// The lines of a site's statements of a month, in the order in which they were charged, as CSV.
///
/// # Errors
/// When the database does not answer.
pub async fn part(
    app: &App,
    viewer: &Viewer,
    site: Uuid,
    month: Month,
    after: Option<Uuid>,
    first: u64,
) -> Result<Part> {
    let (lines, next) = lines(app, viewer.organization_id, site, month, after, first).await?;
    Ok(Part { csv: written(&lines, after.is_none())?, next })
}

/// The same as lines; with after which line the next begin.
///
/// # Errors
/// When the database does not answer.
pub async fn lines(
    app: &App,
    organization: Uuid,
    site: Uuid,
    month: Month,
    after: Option<Uuid>,
    first: u64,
) -> Result<(Vec<Line>, Option<Uuid>)> {
    let of_the_month = Query::select()
        .column(statement::Column::Id)
        .from(statement::Entity)
        .and_where(statement::Column::OrganizationId.eq(organization))
        .and_where(statement::Column::SiteId.eq(site))
        .and_where(statement::Column::FromDate.eq(month.first()))
        .to_owned();
    let mut select = charge::Entity::find()
        .filter(charge::Column::StatementId.in_subquery(of_the_month))
        .order_by_asc(charge::Column::Id)
        .limit(first + 1);
    if let Some(after) = after {
        select = select.filter(charge::Column::Id.gt(after));
    }
    let mut rows = select.all(&app.db).await?;
    let more = rows.len() as u64 > first;
    rows.truncate(usize::try_from(first).unwrap_or(usize::MAX));
    let next = rows.last().map(|row| row.id).filter(|_| more);
    Ok((filled(app, &rows).await?, next))
}

macro_rules! named {
    ($app:ident, $entity:ident, $ids:expr) => {{
        let ids: Vec<Uuid> = $ids.collect();
        let rows = $entity::Entity::find().filter($entity::Column::Id.is_in(ids)).all(&$app.db).await?;
        rows.into_iter().map(|row| (row.id, row)).collect::<HashMap<Uuid, $entity::Model>>()
    }};
}

async fn filled(app: &App, rows: &[charge::Model]) -> Result<Vec<Line>> {
    let statements = named!(app, statement, rows.iter().filter_map(|row| row.statement_id));
    let units = named!(app, unit, rows.iter().map(|row| row.unit_id));
    let buildings = named!(app, building, units.values().map(|unit| unit.building_id));
    let orders = named!(app, work_order, rows.iter().map(|row| row.work_order_id));
    let quotes = named!(app, quote, rows.iter().map(|row| row.quote_id));
    let line = |row: &charge::Model| {
        let statement = row.statement_id.and_then(|id| statements.get(&id));
        let unit = units.get(&row.unit_id);
        let building = unit.and_then(|unit| buildings.get(&unit.building_id));
        Line {
            of: [
                statement.map(|row| row.number.clone()).unwrap_or_default(),
                statement.map(|row| Month::of(row.from_date).to_string()).unwrap_or_default(),
                building.map(|row| row.name.clone()).unwrap_or_default(),
                unit.map(|row| row.name.clone()).unwrap_or_default(),
                orders.get(&row.work_order_id).map(|row| row.number.clone()).unwrap_or_default(),
                quotes.get(&row.quote_id).map(|row| row.number.clone()).unwrap_or_default(),
                upper_snake(row.kind.name()),
            ],
            date: row.charged_on,
            name: row.name.clone(),
            measure: row.unit.clone(),
            quantity: Quantity::from_thousandths(row.quantity_thousandths),
            amounts: [row.unit_price_fen, row.discount_fen, row.amount_fen].map(Money::from_fen),
            state: statement.map(|row| upper_snake(row.state.name())).unwrap_or_default(),
            paid_on: statement.and_then(|row| row.paid_on),
            reference: statement.and_then(|row| row.reference.clone()).unwrap_or_default(),
        }
    };
    Ok(rows.iter().map(line).collect())
}

fn written(lines: &[Line], headings: bool) -> Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    if headings {
        table.write_record(HEADINGS).map_err(|error| error.to_string())?;
    }
    for line in lines {
        let before = line.of.iter().map(|text| plain(text)).chain([line.date.to_string(), plain(&line.name)]);
        let middle = [line.quantity.to_string(), plain(&line.measure)];
        let after =
            [line.state.clone(), line.paid_on.map(|day| day.to_string()).unwrap_or_default(), plain(&line.reference)];
        let record = before.chain(middle).chain(line.amounts.map(|amount| amount.to_string())).chain(after);
        table.write_record(record.collect::<Vec<_>>()).map_err(|error| error.to_string())?;
    }
    let bytes = table.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| Error::from(error.to_string()))
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
