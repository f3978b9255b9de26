//! Goes on where something was cut off: looks at what has come whole, throws away what did not come in time, empties the
//! store of what was refused or taken out, and of the parts that nobody needs any more.

use std::time::Duration;

use domain::attachment::State;
use entity::attachment;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{folder, parts, ready, transfer};
use crate::app::App;
use crate::app::error::Result;
use crate::app::lease;

/// How often the server looks.
const EVERY: Duration = Duration::from_secs(20);
/// How many of a kind are taken in one round.
const BATCH: u64 = 100;

/// Looks for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "files", EVERY, |app| async move { once(&app).await }).await;
}

/// One round.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn once(app: &App) -> Result<()> {
    use attachment::Column;
    let now = app.clock.now();
    clear_parts(app).await?;
    let whole = attachment::Entity::find()
        .filter(Column::State.eq(State::Uploading))
        .filter(Column::Stored.eq(true))
        .filter(Expr::col(Column::Received).eq(Expr::col(Column::Expected)));
    // One that cannot be made ready, for want of room, keeps nothing from being thrown away that would make some.
    let mut failed = Ok(());
    for row in whole.order_by_asc(Column::Id).limit(BATCH).all(&app.db).await? {
        if let Err(error) = ready::make(app, &row).await {
            tracing::warn!(attachment = %row.id, ?error, "cannot make a file ready");
            failed = Err(error);
        }
    }
    let late = attachment::Entity::find()
        .filter(Column::State.eq(State::Uploading))
        .filter(Column::Stored.eq(true))
        // By then nothing is on its way to it any more.
        .filter(Column::ExpiresAt.lte(now - transfer::LONGEST));
    for row in late.order_by_asc(Column::Id).limit(BATCH).all(&app.db).await? {
        app.files.clear(&folder(row.id)).await?;
        let _turn = app.writing_turn().await?;
        attachment::Entity::delete_by_id(row.id).exec(&app.db).await?;
    }
    let unwanted = attachment::Entity::find()
        .filter(Column::State.is_in([State::Refused, State::Removed]))
        .filter(Column::Stored.eq(true));
    for row in unwanted.order_by_asc(Column::Id).limit(BATCH).all(&app.db).await? {
        clear(app, row.id).await?;
    }
    failed
}

/// Clears what may be left of the parts of files that are ready, refused or taken out. Each is looked at once.
async fn clear_parts(app: &App) -> Result<()> {
    use attachment::Column;
    let done = attachment::Entity::find().filter(Column::ClearPartsAt.lte(app.clock.now()));
    for row in done.order_by_asc(Column::ClearPartsAt).limit(BATCH).all(&app.db).await? {
        app.files.clear(&parts(row.id)).await?;
        let _turn = app.writing_turn().await?;
        attachment::Entity::update_many()
            .col_expr(Column::ClearPartsAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
            .filter(Column::Id.eq(row.id))
            .exec(&app.db)
            .await?;
    }
    Ok(())
}

/// Empties the store of a file, and then says so in its row.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn clear(app: &App, id: Uuid) -> Result<()> {
    app.files.clear(&folder(id)).await?;
    let _turn = app.writing_turn().await?;
    attachment::Entity::update_many()
        .col_expr(attachment::Column::Stored, Expr::value(false))
        .filter(attachment::Column::Id.eq(id))
        .exec(&app.db)
        .await?;
    Ok(())
}
