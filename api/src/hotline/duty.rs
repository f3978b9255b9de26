//! Who is on duty at a site (B2): for its employees, never for strangers.

use chrono::{DateTime, Utc};
use domain::clock::promise::Hours;
use entity::{duty_shift, site};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::app::App;
use crate::app::error::Result;
use crate::calendar;

/// Whether the office is open, when it opens next where it is not, and the shifts that run now.
///
/// # Errors
/// When the database does not answer.
pub async fn at(app: &App, site: &site::Model) -> Result<(bool, Option<DateTime<Utc>>, Vec<duty_shift::Model>)> {
    let now = app.clock.now();
    let calendars = calendar::of_site(&app.db, site).await?;
    let office = calendars.of_hours(Hours::Office);
    let open = office.is_open(now);
    let opens = office.next_open(now).filter(|_| !open);
    let shifts = duty_shift::Entity::find()
        .filter(duty_shift::Column::SiteId.eq(site.id))
        .filter(duty_shift::Column::FromAt.lte(now))
        .filter(duty_shift::Column::ToAt.gt(now))
        .order_by_asc(duty_shift::Column::DepartmentId)
        .order_by_asc(duty_shift::Column::Id)
        .all(&app.db)
        .await?;
    Ok((open, opens, shifts))
}
