//! The lines of a month's statements for the accounts, as CSV: part by part, so that the largest month fits.

use std::collections::HashMap;

use domain::fee::Month;
use domain::money::{Money, Quantity};
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
const HEADINGS: [&str; 17] = [
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

/// The lines of a site's statements of a month, in the order in which they were charged.
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
    let of_the_month = Query::select()
        .column(statement::Column::Id)
        .from(statement::Entity)
        .and_where(statement::Column::OrganizationId.eq(viewer.organization_id))
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
    let mut lines = select.all(&app.db).await?;
    let more = lines.len() as u64 > first;
    lines.truncate(usize::try_from(first).unwrap_or(usize::MAX));
    let next = lines.last().map(|line| line.id).filter(|_| more);
    Ok(Part { csv: written(app, &lines, after.is_none()).await?, next })
}

macro_rules! named {
    ($app:ident, $entity:ident, $ids:expr) => {{
        let ids: Vec<Uuid> = $ids.collect();
        let rows = $entity::Entity::find().filter($entity::Column::Id.is_in(ids)).all(&$app.db).await?;
        rows.into_iter().map(|row| (row.id, row)).collect::<HashMap<Uuid, $entity::Model>>()
    }};
}

async fn written(app: &App, lines: &[charge::Model], headings: bool) -> Result<String> {
    let statements = named!(app, statement, lines.iter().filter_map(|line| line.statement_id));
    let units = named!(app, unit, lines.iter().map(|line| line.unit_id));
    let buildings = named!(app, building, units.values().map(|unit| unit.building_id));
    let orders = named!(app, work_order, lines.iter().map(|line| line.work_order_id));
    let quotes = named!(app, quote, lines.iter().map(|line| line.quote_id));
    let mut table = csv::Writer::from_writer(Vec::new());
    if headings {
        table.write_record(HEADINGS).map_err(|error| error.to_string())?;
    }
    for line in lines {
        let statement = line.statement_id.and_then(|id| statements.get(&id));
        let unit = units.get(&line.unit_id);
        let building = unit.and_then(|unit| buildings.get(&unit.building_id));
        let record: [String; 17] = [
            statement.map(|row| row.number.clone()).unwrap_or_default(),
            statement.map(|row| Month::of(row.from_date).to_string()).unwrap_or_default(),
            building.map(|row| plain(&row.name)).unwrap_or_default(),
            unit.map(|row| plain(&row.name)).unwrap_or_default(),
            orders.get(&line.work_order_id).map(|row| row.number.clone()).unwrap_or_default(),
            quotes.get(&line.quote_id).map(|row| row.number.clone()).unwrap_or_default(),
            upper_snake(line.kind.name()),
            line.charged_on.to_string(),
            plain(&line.name),
            Quantity::from_thousandths(line.quantity_thousandths).to_string(),
            plain(&line.unit),
            Money::from_fen(line.unit_price_fen).to_string(),
            Money::from_fen(line.discount_fen).to_string(),
            Money::from_fen(line.amount_fen).to_string(),
            statement.map(|row| upper_snake(row.state.name())).unwrap_or_default(),
            statement.and_then(|row| row.paid_on).map(|day| day.to_string()).unwrap_or_default(),
            statement.and_then(|row| row.reference.as_deref()).map(plain).unwrap_or_default(),
        ];
        table.write_record(&record).map_err(|error| error.to_string())?;
    }
    let bytes = table.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| Error::from(error.to_string()))
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
