//! How a site calls for attention: how soon alarms repeat (C7), and when visits are reminded of and chased (E4.2.1B).

use chrono::{DateTime, TimeDelta, Utc};
use domain::alarm::Pace;
use domain::audit::Kind as AuditKind;
use domain::refusal::Code;
use entity::{attention_policy, site};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};
use serde_json::json;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup::{self, headed_site};

/// How long before a visit it is reminded of where nothing else is set, in minutes (ours).
const BEFORE_VISIT: i32 = 60;
/// How long after a visit unfinished work is chased again where nothing else is set, in minutes (ours).
const AFTER_VISIT: i32 = 60;
/// Within how many days the same matter counts as a repetition where nothing else is set (ours).
const REPEAT_WINDOW: i32 = 90;

/// What holds at a site.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, site: &site::Model) -> Result<attention_policy::Model> {
    let set = attention_policy::Entity::find_by_id(site.id).one(db).await?;
    Ok(set.unwrap_or_else(|| defaults(site)))
}

/// Since when the same matter counts as a repetition of what comes in now.
#[must_use]
pub fn window_from(policy: &attention_policy::Model, now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::days(i64::from(policy.repeat_window_days))
}

/// The same in an act that does not change it.
///
/// # Errors
/// When the database does not answer.
pub async fn in_act(act: &Act<'_>, site: &site::Model) -> Result<attention_policy::Model> {
    act.kept(site.id, site.id, of(&act.txn, site)).await
}

fn defaults(site: &site::Model) -> attention_policy::Model {
    let Pace { urgent, urgent_at_the_top, ordinary, ordinary_at_the_top } = Pace::default();
    let whole = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    attention_policy::Model {
        site_id: site.id,
        organization_id: site.organization_id,
        urgent_seconds: whole(urgent.num_seconds()),
        urgent_at_the_top_seconds: whole(urgent_at_the_top.num_seconds()),
        ordinary_minutes: whole(ordinary.num_minutes()),
        ordinary_at_the_top_minutes: whole(ordinary_at_the_top.num_minutes()),
        before_visit_minutes: BEFORE_VISIT,
        after_visit_minutes: AFTER_VISIT,
        repeat_window_days: REPEAT_WINDOW,
        version: 0,
    }
}

/// How soon alarms call again by a policy.
#[must_use]
pub fn pace(row: &attention_policy::Model) -> Pace {
    let seconds = |count: i32| TimeDelta::seconds(i64::from(count));
    let minutes = |count: i32| TimeDelta::minutes(i64::from(count));
    Pace {
        urgent: seconds(row.urgent_seconds),
        urgent_at_the_top: seconds(row.urgent_at_the_top_seconds),
        ordinary: minutes(row.ordinary_minutes),
        ordinary_at_the_top: minutes(row.ordinary_at_the_top_minutes),
    }
}

/// A change of a policy; what is not given stays.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// See [`attention_policy::Model`], also for the others.
    pub urgent_seconds: Option<i32>,
    /// At the top.
    pub urgent_at_the_top_seconds: Option<i32>,
    /// In minutes.
    pub ordinary_minutes: Option<i32>,
    /// At the top.
    pub ordinary_at_the_top_minutes: Option<i32>,
    /// In minutes.
    pub before_visit_minutes: Option<i32>,
    /// In minutes.
    pub after_visit_minutes: Option<i32>,
    /// In days.
    pub repeat_window_days: Option<i32>,
}

/// Sets what holds at a site.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, or `INVALID` with the range.
pub async fn change(caller: &Caller<'_>, target: Target, change: Change) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let site = headed_site(&act, target.id).await?;
    let mut row = of(&act.txn, &site).await?;
    let result = ActResult { subject: Some(site.id), ..ActResult::default() };
    if row.version != target.version {
        return Err(Error::stale(result));
    }
    // An emergency has three minutes (B6), so that a call every five would be none.
    set("urgentSeconds", &mut row.urgent_seconds, change.urgent_seconds, 20, 180)?;
    let (at_top, seconds) = (&mut row.urgent_at_the_top_seconds, change.urgent_at_the_top_seconds);
    set("urgentAtTheTopSeconds", at_top, seconds, 20, 3_600)?;
    set("ordinaryMinutes", &mut row.ordinary_minutes, change.ordinary_minutes, 5, 2_400)?;
    let (at_top, minutes) = (&mut row.ordinary_at_the_top_minutes, change.ordinary_at_the_top_minutes);
    set("ordinaryAtTheTopMinutes", at_top, minutes, 5, 2_400)?;
    set("beforeVisitMinutes", &mut row.before_visit_minutes, change.before_visit_minutes, 10, 720)?;
    set("afterVisitMinutes", &mut row.after_visit_minutes, change.after_visit_minutes, 10, 2_880)?;
    set("repeatWindowDays", &mut row.repeat_window_days, change.repeat_window_days, 7, 730)?;
    row.version += 1;
    let data = json!({
        "urgentSeconds": row.urgent_seconds,
        "urgentAtTheTopSeconds": row.urgent_at_the_top_seconds,
        "ordinaryMinutes": row.ordinary_minutes,
        "ordinaryAtTheTopMinutes": row.ordinary_at_the_top_minutes,
        "beforeVisitMinutes": row.before_visit_minutes,
        "afterVisitMinutes": row.after_visit_minutes,
        "repeatWindowDays": row.repeat_window_days,
    });
    let changed = row.into_active_model().reset_all();
    if target.version == 0 {
        changed.insert(&act.txn).await?;
    } else {
        changed.update(&act.txn).await?;
    }
    act.record(Record { kind: AuditKind::Changed, subject: ("Site", site.id), account: None, data }).await?;
    act.commit(result).await
}

fn set(field: &str, value: &mut i32, given: Option<i32>, least: i32, most: i32) -> Result<()> {
    let Some(given) = given else { return Ok(()) };
    if !(least..=most).contains(&given) {
        return Err(Error::refused_needing(Code::Invalid, field, vec![format!("{least}..{most}")]));
    }
    *value = given;
    Ok(())
}
