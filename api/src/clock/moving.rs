//! Moves running clocks when their site's calendar changes, and says so in each case's timeline.
//!
//! A change of a calendar marks it, in the same transaction; here the cases of marked calendars follow, each in an act of
//! its own, so that a site with many open cases holds nobody up. The mark goes when all have followed, and another change
//! meanwhile sets it anew: whatever ends in between, the rest is done at the next look.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::clock::promise::Hours;
use domain::clock::{Kind, State};
use domain::event::Kind as Event;
use domain::standing::Standing;
use entity::{calendar, clock, complaint, site};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::drive::keep_due;
use super::running::Running;
use super::told;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Result, upper_snake};
use crate::app::lease;
use crate::calendar::of_site;
use crate::complaint::case::Case;

/// How often the server looks for calendars that have changed.
const EVERY: Duration = Duration::from_secs(1);

/// Looks for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "calendars", EVERY, |app| async move { follow_calendars(&app).await.map(drop) }).await;
}

/// Moves the clocks of every calendar that has changed; says how many cases that were.
///
/// # Errors
/// When the database does not answer.
pub async fn follow_calendars(app: &App) -> Result<u64> {
    let marked = calendar::Entity::find()
        .filter(calendar::Column::ClocksWaitSince.is_not_null())
        .order_by_asc(calendar::Column::ClocksWaitSince)
        .all(&app.db)
        .await?;
    let mut moved = 0;
    for calendar in marked {
        for case in open_cases(app, calendar.site_id).await? {
            moved += u64::from(follow(app, calendar.organization_id, case).await?);
        }
        let _turn = app.writing_turn().await?;
        calendar::Entity::update_many()
            .col_expr(calendar::Column::ClocksWaitSince, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(calendar::Column::SiteId.eq(calendar.site_id))
            .filter(calendar::Column::Version.eq(calendar.version))
            .exec(&app.db)
            .await?;
    }
    Ok(moved)
}

/// The cases of a site that have a clock which runs by its calendar.
async fn open_cases(app: &App, site: Uuid) -> Result<Vec<Uuid>> {
    let cases = clock::Entity::find()
        .select_only()
        .column(clock::Column::ComplaintId)
        .distinct()
        .filter(clock::Column::SiteId.eq(site))
        .filter(clock::Column::State.is_in([State::Running, State::Paused]))
        .filter(clock::Column::Hours.eq(Hours::Office));
    Ok(cases.into_tuple().all(&app.db).await?)
}

/// Moves the clocks of one case; says whether any moved.
async fn follow(app: &App, organization: Uuid, id: Uuid) -> Result<bool> {
    let caller = Caller { app, viewer: None, once: None, said: None };
    let mut act = Act::begin_anonymous(&caller, organization).await?;
    let case = locked(complaint::Entity::find_by_id(id), &act.txn).one(&act.txn).await?;
    let Some(case) = case else { return Ok(false) };
    let site = site::Entity::find_by_id(case.site_id).one(&act.txn).await?;
    let site = site.ok_or_else(|| "a case's site is missing".to_owned())?;
    let calendars = of_site(&act.txn, &site).await?;
    let rows = clock::Entity::find()
        .filter(clock::Column::ComplaintId.eq(id))
        .filter(clock::Column::State.is_in([State::Running, State::Paused]))
        .order_by_asc(clock::Column::Id);
    let mut open = rows.all(&act.txn).await?.into_iter().map(Running::read).collect::<Result<Vec<_>>>()?;
    let (mut moved, mut resolution) = (Vec::new(), None);
    for clock in open.iter_mut().filter(|clock| clock.row.hours == Hours::Office) {
        let before = clock.row.due_at;
        if clock.follow(act.now, calendars.of_hours(Hours::Office)) {
            let (kind, after) = (upper_snake(clock.row.kind.name()), clock.row.due_at);
            moved.push(json!({ "clock": kind, "before": before, "after": after }));
            if clock.row.kind == Kind::Resolution {
                resolution = Some(clock.row.clone());
            }
        }
    }
    if moved.is_empty() {
        return Ok(false);
    }
    keep_due(&act.txn, &case, open.iter().map(|clock| &clock.row)).await?;
    for clock in open {
        clock.save(&act).await?;
    }
    let case = complaint::Entity::find_by_id(id).one(&act.txn).await?.ok_or_else(|| "a case is missing".to_owned())?;
    let mut case = Case::of_row(&act, case, Standing::default()).await?;
    let mut data = json!({ "moved": moved });
    if let Some(row) = resolution {
        told::keep(&mut data, &row);
    }
    case.tell(&mut act, Event::ClocksMoved, None, None, data, Vec::new()).await?;
    act.commit(ActResult::default()).await?;
    Ok(true)
}
