//! What the demo's teams offer to be booked.

use domain::organization::Role;
use domain::working_time::{Span, Week};
use entity::team;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Failure;
use super::cast::Cast;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::Caller;
use crate::booking::offer::{self, Draft};
use crate::complaint::case::Target;

/// Offers two visits at once by every team of every site, in the daytime from Monday to Saturday.
///
/// # Errors
/// When the database does not answer.
pub async fn offer(app: &App, casts: &[Cast]) -> Result<(), Failure> {
    let day = || vec![Span::clock((9, 0), (12, 0)), Span::clock((14, 0), (18, 0))];
    for cast in casts {
        let Some(head) = cast.first(Role::OfficeHead) else { continue };
        let viewer = Viewer::load(&app.db, head, app.clock.now()).await?;
        let caller = Caller { app, viewer: Some(&viewer), once: None, said: None };
        let teams = team::Entity::find().filter(team::Column::SiteId.eq(cast.site_id)).order_by_asc(team::Column::Id);
        for team in teams.all(&app.db).await? {
            let draft = Draft {
                week: Week::new([day(), day(), day(), day(), day(), day(), Vec::new()]),
                window_minutes: 60,
                capacity: 2,
                lead_minutes: 120,
                days_ahead: 14,
                on_holidays: false,
                categories: Vec::new(),
            };
            offer::set(&caller, Target { id: team.id, version: 0 }, draft).await?;
        }
    }
    Ok(())
}
