//! Which versions of an order or a case a device has made itself.
//!
//! A queue goes out in several batches, and its acts name the version that the device had from its last sync. What its own acts
//! have made of that version since is not held against the later ones; whatever somebody else has made of it is.
//!
//! # Why this is right while others write
//! Every change of an order or a case raises its version by one under the lock of its row. An act of a device writes down, in its
//! own transaction, each version that it makes. So between the version that a device saw and the one that stands there are as
//! many changes as numbers, and the act goes on only where each of them was written down for this device. It asks under the same
//! lock, so nothing changes before it ends. A change that nobody wrote down is somebody else's.

use chrono::TimeDelta;
use entity::handheld_step;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::app::App;
use crate::app::act::Act;
use crate::app::error::Result;
use crate::complaint::case::Target;

/// How long it is known what a device has made (ours): longer than a queue waits.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Writes down that an act of a device has made a version of an order or a case; nothing for any other act.
///
/// # Errors
/// When the database does not answer.
pub async fn made(act: &Act<'_>, subject_id: Uuid, version: i32) -> Result<()> {
    let Some(said) = act.said else { return Ok(()) };
    let organization_id = act.organization_id();
    let row = handheld_step::Model { subject_id, version, organization_id, device_id: said.device, made_at: act.now };
    handheld_step::Entity::insert(row.into_active_model()).exec_without_returning(&act.txn).await?;
    Ok(())
}

/// Whether nobody else has changed an order or a case since the version that the actor saw. The act holds its row.
///
/// # Errors
/// When the database does not answer.
pub async fn is_as_seen(act: &Act<'_>, seen: Target, version: i32) -> Result<bool> {
    use handheld_step::Column;
    let Some(said) = act.said.filter(|_| seen.version < version) else { return Ok(seen.version == version) };
    let own = handheld_step::Entity::find()
        .filter(Column::SubjectId.eq(seen.id))
        .filter(Column::Version.gt(seen.version))
        .filter(Column::Version.lte(version))
        .filter(Column::DeviceId.eq(said.device));
    Ok(i64::try_from(own.count(&act.txn).await?).ok() == Some(i64::from(version) - i64::from(seen.version)))
}

/// Forgets what devices have made long ago; says how much that was.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_old(app: &App) -> Result<u64> {
    let _turn = app.writing_turn().await?;
    let old = handheld_step::Column::MadeAt.lt(app.clock.now() - KEPT);
    Ok(handheld_step::Entity::delete_many().filter(old).exec(&app.db).await?.rows_affected)
}
