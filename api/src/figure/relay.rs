//! Counts what is new in the log, one organization after the other.
//!
//! The cursor's row is locked while an organization is counted: any number of replicas may try, one goes on, and the
//! others find nothing to do. What is read of a case may be newer than the events at hand; the events of that come later
//! and change nothing more. So the sums are at any moment those of the cases as kept, and soon those of the cases as they
//! are.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::event::Kind;
use domain::figure::may_change;
use entity::{event, event_stream, figure_cursor};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::tally::count_again;
use crate::app::App;
use crate::app::database::begin_writing;
use crate::app::error::Result;

/// How long it waits when nobody wakes it: other processes write as well.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long it lets things happen before it counts again: what happens meanwhile is counted at once.
const TOGETHER: Duration = Duration::from_millis(200);
/// How many events are read at once.
const EVENTS: u64 = 1_000;
/// How many cases are looked at by one statement.
pub const CASES: usize = 256;

/// Counts for as long as the server runs.
pub async fn keep(app: App) {
    let mut woken = app.bus.listen_to_all();
    loop {
        if let Err(error) = catch_up(&app).await {
            tracing::error!(?error, "figures could not be counted; it is tried again");
        }
        tokio::time::sleep(TOGETHER).await;
        // With the bus gone there is still the look once in a while.
        tokio::time::timeout(LOOK_AGAIN, woken.changed()).await.ok();
    }
}

/// Counts whatever is new in every organization.
///
/// # Errors
/// When the database does not answer.
pub async fn catch_up(app: &App) -> Result<()> {
    for (organization, counted_before) in behind(&app.db).await? {
        if !counted_before {
            begin_counting(app, organization).await?;
        }
        while advance(app, organization).await? == EVENTS {}
    }
    Ok(())
}

/// The organizations with something new in their logs, and whether anything of them was counted before.
async fn behind(db: &impl ConnectionTrait) -> Result<Vec<(Uuid, bool)>> {
    #[derive(FromQueryResult)]
    struct Behind {
        organization_id: Uuid,
        counted: Option<i64>,
    }
    let head = |column: event_stream::Column| Expr::col((event_stream::Entity, column));
    let cursor = |column: figure_cursor::Column| Expr::col((figure_cursor::Entity, column));
    let select = Query::select()
        .expr(head(event_stream::Column::OrganizationId))
        .expr_as(cursor(figure_cursor::Column::Position), "counted")
        .from(event_stream::Entity)
        .left_join(
            figure_cursor::Entity,
            cursor(figure_cursor::Column::OrganizationId)
                .equals((event_stream::Entity, event_stream::Column::OrganizationId)),
        )
        .and_where(
            head(event_stream::Column::Position).gt(Expr::expr(cursor(figure_cursor::Column::Position)).if_null(0_i64)),
        )
        .to_owned();
    let rows = Behind::find_by_statement(db.get_database_backend().build(&select)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, row.counted.is_some())).collect())
}

async fn begin_counting(app: &App, organization: Uuid) -> Result<()> {
    let _turn = app.writing_turn().await?;
    let row = figure_cursor::ActiveModel { organization_id: Set(organization), position: Set(0), as_of: Set(None) };
    let known = OnConflict::column(figure_cursor::Column::OrganizationId).do_nothing().to_owned();
    figure_cursor::Entity::insert(row).on_conflict(known).exec_without_returning(&app.db).await?;
    Ok(())
}

/// Counts the next events of an organization, in one transaction; says how many there were. None while somebody else
/// counts there.
async fn advance(app: &App, organization: Uuid) -> Result<u64> {
    let _turn = app.writing_turn().await?;
    let txn = begin_writing(&app.db).await?;
    let Some(cursor) = take(&txn, organization).await? else { return Ok(0) };
    let rows: Vec<(i64, Kind, Uuid, DateTime<Utc>)> = event::Entity::find()
        .select_only()
        .columns([event::Column::Position, event::Column::Kind, event::Column::ComplaintId, event::Column::OccurredAt])
        .filter(event::Column::OrganizationId.eq(organization))
        .filter(event::Column::Position.gt(cursor.position))
        .order_by_asc(event::Column::Position)
        .limit(EVENTS)
        .into_tuple()
        .all(&txn)
        .await?;
    let Some((position, _, _, as_of)) = rows.last().copied() else { return Ok(0) };
    let mut cases: Vec<Uuid> = rows.iter().filter(|row| may_change(row.1)).map(|row| row.2).collect();
    cases.sort_unstable();
    cases.dedup();
    for part in cases.chunks(CASES) {
        count_again(&txn, part).await?;
    }
    figure_cursor::Entity::update_many()
        .col_expr(figure_cursor::Column::Position, Expr::value(position))
        .col_expr(figure_cursor::Column::AsOf, Expr::value(as_of))
        .filter(figure_cursor::Column::OrganizationId.eq(organization))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(rows.len() as u64)
}

/// Takes the cursor of an organization; none while somebody else has it, or nothing was ever counted.
///
/// # Errors
/// When the database does not answer.
pub async fn take(txn: &DatabaseTransaction, organization: Uuid) -> Result<Option<figure_cursor::Model>> {
    let mut cursor = figure_cursor::Entity::find_by_id(organization);
    if txn.get_database_backend() == DbBackend::Postgres {
        cursor = cursor.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    Ok(cursor.one(txn).await?)
}
