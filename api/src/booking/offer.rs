//! What a team offers to be booked, set by whoever keeps the roster of its department.

use chrono::TimeDelta;
use domain::audit::Kind as AuditKind;
use domain::booking::Offer;
use domain::refusal::Code;
use domain::working_time::Week;
use entity::{booking_offer, category, team};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::alarm::roster::own_department;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;
use crate::calendar::stored::{read_week, write_week};
use crate::complaint::case::Target;
use crate::complaint::parts::refuse_retired;

/// How many categories a team names at most.
const MOST_CATEGORIES: usize = 100;
/// The longest window, in minutes.
const LONGEST: i32 = 480;

/// An offer as it is given.
pub struct Draft {
    /// In which spans of each weekday.
    pub week: Week,
    /// How long a window is, in minutes.
    pub window_minutes: i32,
    /// How many visits in one half hour.
    pub capacity: i32,
    /// How long before a window it must be booked, in minutes.
    pub lead_minutes: i32,
    /// How many days ahead.
    pub days_ahead: i32,
    /// Whether also on holidays.
    pub on_holidays: bool,
    /// What the team can do; all where there is none.
    pub categories: Vec<Uuid>,
}

/// Sets what a team offers; visits that are agreed stay agreed.
///
/// # Errors
/// `NOT_FOUND` of a team whose roster is not the caller's, or of a category of another site; `STALE`; `INVALID` with the
/// range.
pub async fn set(caller: &Caller<'_>, target: Target, draft: Draft) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let team = team::Entity::find_by_id(target.id).one(&act.txn).await?;
    let team = team.ok_or_else(|| Error::refused(Code::NotFound, "teamId"))?;
    own_department(&act, team.department_id, "teamId").await?;
    refuse_retired(team.retired_at, "teamId")?;
    let before = booking_offer::Entity::find_by_id(team.id).one(&act.txn).await?;
    let result = ActResult { subject: Some(team.id), ..ActResult::default() };
    if before.as_ref().map_or(0, |row| row.version) != target.version {
        return Err(Error::stale(result));
    }
    check(&draft)?;
    let known = category::Entity::find()
        .filter(category::Column::SiteId.eq(team.site_id))
        .filter(category::Column::Id.is_in(draft.categories.iter().copied()))
        .all(&act.txn)
        .await?;
    let unknown = draft.categories.iter().position(|id| known.iter().all(|category| category.id != *id));
    if let Some(place) = unknown {
        return Err(Error::refused(Code::NotFound, &format!("categoryIds.{place}")));
    }
    let row = booking_offer::Model {
        team_id: team.id,
        organization_id: team.organization_id,
        site_id: team.site_id,
        department_id: team.department_id,
        week: write_week(&draft.week)?,
        window_minutes: draft.window_minutes,
        capacity: draft.capacity,
        lead_minutes: draft.lead_minutes,
        days_ahead: draft.days_ahead,
        on_holidays: draft.on_holidays,
        categories: json!(draft.categories),
        version: target.version + 1,
    };
    let data = json!({ "capacity": row.capacity, "windowMinutes": row.window_minutes, "week": row.week });
    let kind = if before.is_some() { AuditKind::Changed } else { AuditKind::Made };
    act.record(Record { kind, subject: ("Team", team.id), account: None, data }).await?;
    let changed = row.into_active_model().reset_all();
    if before.is_some() {
        changed.update(&act.txn).await?;
    } else {
        changed.insert(&act.txn).await?;
    }
    act.commit(result).await
}

fn check(draft: &Draft) -> Result<()> {
    let invalid = |field: &str, right: String| Err(Error::refused_needing(Code::Invalid, field, vec![right]));
    if !(30..=LONGEST).contains(&draft.window_minutes) || draft.window_minutes % 30 != 0 {
        return invalid("windowMinutes", format!("30..{LONGEST}, in half hours"));
    }
    if draft.categories.len() > MOST_CATEGORIES {
        return invalid("categoryIds", format!("0..{MOST_CATEGORIES}"));
    }
    for (field, given, most) in [
        ("capacity", draft.capacity, 100),
        ("leadMinutes", draft.lead_minutes, 10_080),
        ("daysAhead", draft.days_ahead, 90),
    ] {
        if !(0..=most).contains(&given) {
            return invalid(field, format!("0..{most}"));
        }
    }
    Ok(())
}

/// An offer as the rules read it.
///
/// # Errors
/// When its week is not as it was written.
pub fn read(row: &booking_offer::Model) -> Result<Offer> {
    let count = |count: i32| u32::try_from(count).unwrap_or(0);
    Ok(Offer {
        week: read_week(&row.week)?,
        length: TimeDelta::minutes(i64::from(row.window_minutes)),
        capacity: count(row.capacity),
        lead: TimeDelta::minutes(i64::from(row.lead_minutes)),
        days_ahead: count(row.days_ahead),
        on_holidays: row.on_holidays,
    })
}

/// The categories that a team can do; all where there is none.
///
/// # Errors
/// When they are not as they were written.
pub fn categories(row: &booking_offer::Model) -> Result<Vec<Uuid>> {
    Ok(serde_json::from_value(row.categories.clone())?)
}
