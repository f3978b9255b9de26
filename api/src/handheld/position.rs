//! Where a technician was when they set out and arrived: kept for thirty days, then deleted.

use chrono::TimeDelta;
use domain::refusal::Code;
use entity::position_fix;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::app::App;
use crate::app::act::Act;
use crate::app::error::{Error, Result};

/// How long positions are kept (ours).
const KEPT: TimeDelta = TimeDelta::days(30);
/// How inexact a position may be and still be worth keeping, in metres.
const LEAST_EXACT: i32 = 5_000;
/// Ten-millionths in a degree.
const E7: f64 = 1e7;

/// A position as a device gives it.
#[derive(Debug, Clone, Copy)]
pub struct Fix {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// How exact it is, in metres.
    pub accuracy_meters: i32,
}

impl Fix {
    /// Checks it, and gives it in ten-millionths of a degree.
    ///
    /// # Errors
    /// `INVALID`.
    #[expect(clippy::cast_possible_truncation, reason = "both are within 180 degrees")]
    pub fn checked(&self, field: &str) -> Result<(i64, i64)> {
        let invalid = |name: &str, right: &str| {
            Err(Error::refused_needing(Code::Invalid, &format!("{field}.{name}"), vec![right.to_owned()]))
        };
        if !(-90.0..=90.0).contains(&self.latitude) {
            return invalid("latitude", "-90..90");
        }
        if !(-180.0..=180.0).contains(&self.longitude) {
            return invalid("longitude", "-180..180");
        }
        if !(0..=LEAST_EXACT).contains(&self.accuracy_meters) {
            return invalid("accuracyMeters", "0..5000");
        }
        Ok(((self.latitude * E7) as i64, (self.longitude * E7) as i64))
    }
}

/// Keeps where a technician was, in the act that it belongs to; nothing where their device has not said so.
///
/// # Errors
/// `INVALID`; when the database does not answer.
pub async fn keep(act: &Act<'_>, work_order_id: Uuid, on_arrival: bool) -> Result<()> {
    let Some(fix) = act.said.and_then(|said| said.fix) else { return Ok(()) };
    let (latitude_e7, longitude_e7) = fix.checked("position")?;
    let row = position_fix::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        work_order_id,
        account_id: act.person()?.id,
        on_arrival,
        latitude_e7,
        longitude_e7,
        accuracy_meters: fix.accuracy_meters,
        taken_at: act.now,
    };
    row.into_active_model().insert(&act.txn).await?;
    Ok(())
}

/// Deletes what is older than thirty days; says how much that was.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_old(app: &App) -> Result<u64> {
    let _turn = app.writing_turn().await?;
    let old = position_fix::Column::TakenAt.lt(app.clock.now() - KEPT);
    Ok(position_fix::Entity::delete_many().filter(old).exec(&app.db).await?.rows_affected)
}
