//! The parts of a file as they come: each is kept before it counts, so that whoever was cut off goes on where the server
//! says that it stands.

use bytes::Bytes;
use chrono::TimeDelta;
use domain::attachment::State;
use entity::attachment;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::app::error::Result;

/// For how long a part can be on its way to the store, its tries included: more than the clients of the stores take before
/// they give up.
pub const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// A part of a file in the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub length: i64,
}

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It counts; so many bytes have come.
    UpTo(i64),
    /// Another has come before it from the same place, or the time to send is over; nothing was kept of this one.
    Overtaken,
}

/// An upload that is open: some of it is still to come, or it has yet to be looked at.
///
/// # Errors
/// When the database does not answer.
pub async fn open(app: &App, id: Uuid) -> Result<Option<attachment::Model>> {
    let row = attachment::Entity::find_by_id(id).one(&app.db).await?;
    Ok(row.filter(|row| row.state != State::Uploading || row.expires_at > app.clock.now()))
}

/// Keeps a part that begins where the upload stands.
///
/// # Errors
/// When the database or the store does not answer; then the part does not count.
pub async fn keep(app: &App, row: &mut attachment::Model, bytes: Bytes) -> Result<Kept> {
    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    // A name of its own: two that send the same part at once do not write over each other.
    let name = format!("{}/{}", super::parts(row.id), app.dice.id(app.clock.now()).simple());
    if row.expires_at <= app.clock.now() {
        return Ok(Kept::Overtaken);
    }
    app.files.put(&name, bytes).await?;
    let mut parts: Vec<Part> = serde_json::from_value(row.parts.clone())?;
    parts.push(Part { name: name.clone(), length });
    let parts = serde_json::to_value(parts)?;
    if !count(app, row, &parts, length).await? {
        app.files.delete(&name).await?;
        return Ok(Kept::Overtaken);
    }
    row.received += length;
    row.parts = parts;
    Ok(Kept::UpTo(row.received))
}

/// Counts a part where the upload still stands as it was read; says whether it counts.
async fn count(app: &App, row: &attachment::Model, parts: &serde_json::Value, length: i64) -> Result<bool> {
    let _turn = app.writing_turn().await?;
    let counted = attachment::Entity::update_many()
        .col_expr(attachment::Column::Received, Expr::col(attachment::Column::Received).add(length))
        .col_expr(attachment::Column::Parts, Expr::value(parts.clone()))
        .filter(attachment::Column::Id.eq(row.id))
        .filter(attachment::Column::State.eq(State::Uploading))
        .filter(attachment::Column::Received.eq(row.received))
        .exec(&app.db)
        .await?;
    Ok(counted.rows_affected > 0)
}

/// Everything that has come, in order.
///
/// # Errors
/// When the store does not answer, or a part is not as it was counted.
pub async fn whole(app: &App, row: &attachment::Model) -> Result<Vec<u8>> {
    let parts: Vec<Part> = serde_json::from_value(row.parts.clone())?;
    let mut bytes = Vec::with_capacity(usize::try_from(row.expected).unwrap_or_default());
    for part in parts {
        let some = app.files.get(&part.name).await?;
        if i64::try_from(some.len()) != Ok(part.length) {
            return Err(format!("a part of attachment {} is not as it was counted", row.id).into());
        }
        bytes.extend_from_slice(&some);
    }
    Ok(bytes)
}
