//! Offers that nobody answered in time: the server writes down that they ran out, at its start and every minute.
//! Nobody can accept one meanwhile, since the rule looks at the time itself.

use std::time::Duration;

use domain::event::Kind as Event;
use domain::quote::State;
use entity::quote;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::facts::state_now;
use super::service::Held;
use crate::app::App;
use crate::app::act::{Act, Caller};
use crate::app::error::Result;
use crate::app::lease;

/// How often the server looks.
const EVERY: Duration = Duration::from_mins(1);
/// How many are written down at a time.
const AT_ONCE: u64 = 500;

/// Looks at once and then every minute, for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "offers", EVERY, |app| async move { write_down_expired(&app).await.map(drop) }).await;
}

/// Writes down which offers ran out, one transaction for each. Done twice, the second does nothing. Says how many.
///
/// # Errors
/// When the database does not answer.
pub async fn write_down_expired(app: &App) -> Result<usize> {
    let found = quote::Entity::find()
        .filter(quote::Column::State.eq(State::Offered))
        .filter(quote::Column::ValidUntil.lt(app.clock.now()))
        .order_by_asc(quote::Column::Id)
        .limit(AT_ONCE)
        .all(&app.db)
        .await?;
    let mut done = 0;
    for row in found {
        let caller = Caller { app, viewer: None, once: None, said: None };
        let mut act = Act::begin_anonymous(&caller, row.organization_id).await?;
        let mut held = Held::lock(&act, row).await?;
        if held.row.state != State::Offered || state_now(&held.row, act.now) != State::Expired {
            continue;
        }
        held.row.state = State::Expired;
        let crew = held.crew();
        held.tell(&mut act, None, Event::QuoteExpired, None, crew).await?;
        held.finish(act).await?;
        done += 1;
    }
    Ok(done)
}
