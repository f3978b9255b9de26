//! What changed for a technician since their device last looked.
//!
//! # Why a device ends in the server's state
//! A device without a cursor reads all its orders by id, beside the head of the log as it was before; then it goes on
//! behind that head. Behind a position it is given, whole and as they are now, the orders of every case of which something
//! was told since, and the ids of those that were its own and are no more. Every change of an order, its case, quotes and
//! visits is told in the transaction that makes it, and positions become visible in order: so what changes after a row was
//! read stands behind the position that the device goes on from. Whatever is given twice is the same or newer.
//! What orders refer to but do not own, such as the names of categories, units and teams, changes without being told of any
//! case. It changes a few times a year, and then the set-up of the site has another number: whoever has read under other numbers
//! than now reads all orders anew, behind the position to which they have come. The numbers are read before the orders.
//! The stock of the technician's teams is not in the log: it has numbers of its own that become visible in order likewise, and
//! what changed behind those that the device has read comes with the last pages.

use chrono::{DateTime, Utc};
use domain::organization::Role;
use domain::work_order::State;
use entity::{event, work_order};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::cursor::Cursor;
use super::names;
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::Result;
use crate::event::query::head;
use crate::stock::changes::{self, Changes};

/// How many events are looked at for one page.
const EVENTS: u64 = 500;

/// A page of what changed.
pub struct Page {
    /// Orders that are new or have changed.
    pub orders: Vec<work_order::Model>,
    /// Orders that are not the technician's any more.
    pub gone: Vec<Uuid>,
    /// What changed in the stock of the technician's teams; none where nothing did, and while there are orders to read.
    pub stock: Option<Changes>,
    /// How far the device has come with it.
    pub cursor: Cursor,
    /// Whether there is more already.
    pub has_more: bool,
}

/// Reads the next page.
///
/// # Errors
/// When the database does not answer.
pub async fn next(
    app: &App,
    viewer: &Viewer,
    after: Option<Cursor>,
    limit: u64,
    device_time: DateTime<Utc>,
) -> Result<Page> {
    let cursor = if let Some(cursor) = after {
        let before = cursor.measured();
        cursor.measuring(app, device_time, before)
    } else {
        let names = Some(names::stamps(&app.db, viewer).await?);
        let position = head(&app.db, viewer.organization_id).await?;
        Cursor::first(viewer, position, names).measuring(app, device_time, None)
    };
    let page = if cursor.reading.is_some() {
        everything(app, viewer, cursor, limit).await?
    } else {
        since(app, viewer, cursor, limit).await?
    };
    if page.has_more {
        return Ok(page);
    }
    let names = names::stamps(&app.db, viewer).await?;
    if page.cursor.names.as_ref() == Some(&names) {
        return with_stock(app, viewer, page).await;
    }
    let cursor = Cursor { reading: Some(Uuid::nil()), names: Some(names), ..page.cursor };
    Ok(Page { cursor, has_more: true, ..page })
}

async fn with_stock(app: &App, viewer: &Viewer, page: Page) -> Result<Page> {
    let teams = viewer.grants.iter().filter(|grant| grant.role == Role::Technician).filter_map(|grant| grant.team_id);
    let changes = changes::since(&app.db, &teams.collect::<Vec<_>>(), page.cursor.stock.as_ref()).await?;
    let cursor = Cursor { stock: Some(changes.read.clone()), ..page.cursor };
    let has_more = changes.more;
    let stock = Some(changes).filter(|changes| changes.whole || !changes.items.is_empty());
    Ok(Page { stock, cursor, has_more, ..page })
}

fn theirs(viewer: &Viewer) -> Select<work_order::Entity> {
    scope::work_orders(viewer)
        .filter(work_order::Column::TechnicianId.eq(viewer.id))
        .filter(work_order::Column::State.is_in(State::ALL.iter().copied().filter(|state| state.is_with_technician())))
        .order_by_asc(work_order::Column::Id)
}

async fn everything(app: &App, viewer: &Viewer, cursor: Cursor, limit: u64) -> Result<Page> {
    let read_to = cursor.reading.unwrap_or_default();
    let rows = theirs(viewer).filter(work_order::Column::Id.gt(read_to)).limit(limit + 1).all(&app.db).await?;
    let (orders, more) = cut(rows, limit);
    let reading = orders.last().map(|row| row.id).filter(|_| more);
    // More may have happened since the first page: the next page says.
    let has_more = more || head(&app.db, viewer.organization_id).await? > cursor.position;
    Ok(Page { orders, gone: Vec::new(), stock: None, cursor: Cursor { reading, ..cursor }, has_more })
}

async fn since(app: &App, viewer: &Viewer, cursor: Cursor, limit: u64) -> Result<Page> {
    use event::Column;
    let head = head(&app.db, viewer.organization_id).await?;
    let events = event::Entity::find()
        .filter(Column::OrganizationId.eq(viewer.organization_id))
        .filter(Column::Position.gt(cursor.position))
        .filter(Column::Position.lte(head))
        .filter(case_once_theirs(viewer))
        .order_by_asc(Column::Position)
        .limit(EVENTS)
        .all(&app.db)
        .await?;
    let mut taken = 0;
    let mut cases: Vec<Uuid> = Vec::new();
    for event in &events {
        // A page ends with a whole event: its case is given with every order.
        if !cases.contains(&event.complaint_id) {
            if cases.len() as u64 == limit {
                break;
            }
            cases.push(event.complaint_id);
        }
        taken += 1;
    }
    let all = taken == events.len() && (events.len() as u64) < EVENTS;
    let read_to = if all { head } else { events.get(taken.max(1) - 1).map_or(head, |event| event.position) };
    let orders =
        theirs(viewer).filter(work_order::Column::ComplaintId.is_in(cases.iter().copied())).all(&app.db).await?;
    let gone = once_theirs(app, viewer, &cases).await?;
    let gone = gone.into_iter().filter(|id| orders.iter().all(|order| order.id != *id)).collect();
    Ok(Page { orders, gone, stock: None, cursor: Cursor { position: read_to, ..cursor }, has_more: !all })
}

/// Whether an order of the case of the event at hand was the technician's at some time.
fn case_once_theirs(viewer: &Viewer) -> SimpleExpr {
    const HAD: &str = "had";
    let had = |column: event::Column| Expr::col((HAD, column));
    let theirs = Query::select()
        .expr(Expr::value(1))
        .from_as(event::Entity, HAD)
        .and_where(had(event::Column::ComplaintId).eq(Expr::col((event::Entity, event::Column::ComplaintId))))
        .and_where(had(event::Column::OwnerAccountId).eq(viewer.id))
        .and_where(had(event::Column::WorkOrderId).is_not_null())
        .to_owned();
    Expr::exists(theirs)
}

/// The orders of some cases that were the technician's at some time: nobody is told of others.
async fn once_theirs(app: &App, viewer: &Viewer, cases: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows: Vec<Option<Uuid>> = event::Entity::find()
        .select_only()
        .column(event::Column::WorkOrderId)
        .distinct()
        .filter(event::Column::OrganizationId.eq(viewer.organization_id))
        .filter(event::Column::OwnerAccountId.eq(viewer.id))
        .filter(event::Column::ComplaintId.is_in(cases.iter().copied()))
        .filter(event::Column::WorkOrderId.is_not_null())
        .into_tuple()
        .all(&app.db)
        .await?;
    let mut orders: Vec<Uuid> = rows.into_iter().flatten().collect();
    orders.sort_unstable();
    Ok(orders)
}

fn cut(mut rows: Vec<work_order::Model>, limit: u64) -> (Vec<work_order::Model>, bool) {
    let more = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    (rows, more)
}
