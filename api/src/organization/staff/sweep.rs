//! Roles that have ended by themselves: the server hands over what their holders own, at its start and every minute.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Kind;
use entity::{audit_entry, role_grant};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::leave::{owns_anything, release};
use super::role::zone_of;
use crate::access::viewer::holds;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::lease;
use crate::organization::setup::take_turn;

/// How often the server looks.
const EVERY: Duration = Duration::from_mins(1);
/// An act that was under way while somebody left may still have named them; it has ended by then.
const AFTERWARDS: TimeDelta = TimeDelta::hours(1);
/// The widest difference between two days that are today somewhere.
const A_DAY: TimeDelta = TimeDelta::days(1);

/// Looks at once and then every minute, for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "roles", EVERY, |app| async move {
        let now = app.clock.now();
        carry_out_ended_roles(&app, now).await.map(drop)
    })
    .await;
}

/// Hands over what is owned by a role whose last day is over, one transaction for each. Done twice, the second does
/// nothing. Says how many roles were carried out.
///
/// # Errors
/// When the database does not answer.
pub async fn carry_out_ended_roles(app: &App, now: DateTime<Utc>) -> Result<usize> {
    use role_grant::Column;
    let ended = role_grant::Entity::find()
        .filter(Column::CarriedOutAt.is_null())
        .filter(Column::ToDate.lt((now + A_DAY).date_naive()))
        .order_by_asc(Column::Id)
        .all(&app.db)
        .await?;
    let mut done = 0;
    for grant in ended {
        match carry_out(app, grant.organization_id, grant.id, now).await {
            Ok(carried_out) => done += usize::from(carried_out),
            // Nobody on the ladder: the post must be filled first. Others do not wait for that.
            Err(Error::Refused(refused)) => {
                tracing::warn!(role = %grant.id, code = ?refused.code, "an ended role cannot be handed over yet");
            }
            Err(error) => return Err(error),
        }
    }
    look_again(app, now).await?;
    Ok(done)
}

async fn carry_out(app: &App, organization: Uuid, grant: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let caller = Caller { app, viewer: None, once: None, said: None };
    let mut act = Act::begin_anonymous(&caller, organization).await?;
    take_turn(&act).await?;
    let row = locked(role_grant::Entity::find_by_id(grant), &act.txn).one(&act.txn).await?;
    let Some(row) = row.filter(|row| row.carried_out_at.is_none()) else { return Ok(false) };
    if holds(row.from_date, row.to_date, zone_of(&act, &row).await?, now) || row.from_date > now.date_naive() + A_DAY {
        return Ok(false);
    }
    let (person, successor) = (row.account_id, row.successor_id);
    let mut changed = row.into_active_model();
    changed.carried_out_at = Set(Some(act.now));
    changed.update(&act.txn).await?;
    release(&mut act, person, successor).await?;
    act.commit(ActResult::default()).await?;
    Ok(true)
}

/// Looks once more at those who have left within the hour.
async fn look_again(app: &App, now: DateTime<Utc>) -> Result<()> {
    let since = now - AFTERWARDS;
    let ended =
        role_grant::Entity::find().filter(role_grant::Column::CarriedOutAt.gt(since)).all(&app.db).await?.into_iter();
    let disabled = audit_entry::Entity::find()
        .filter(audit_entry::Column::Kind.eq(Kind::AccountDisabled))
        .filter(audit_entry::Column::OccurredAt.gt(since))
        .all(&app.db)
        .await?
        .into_iter();
    let mut left: Vec<(Uuid, Uuid)> = ended.map(|grant| (grant.organization_id, grant.account_id)).collect();
    left.extend(disabled.map(|entry| (entry.organization_id, entry.subject_id)));
    left.sort_unstable();
    left.dedup();
    for (organization, person) in left {
        if !owns_anything(&app.db, person).await? {
            continue;
        }
        let caller = Caller { app, viewer: None, once: None, said: None };
        let mut act = Act::begin_anonymous(&caller, organization).await?;
        take_turn(&act).await?;
        match release(&mut act, person, None).await {
            Ok(()) => act.commit(ActResult::default()).await.map(drop)?,
            Err(Error::Refused(refused)) => {
                tracing::warn!(account = %person, code = ?refused.code, "open work cannot be handed over yet");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
