//! What holds for quotes at a site: above which total the head approves (C6), and how long an offer holds.

use domain::audit::Kind as AuditKind;
use domain::money::Money;
use domain::refusal::Code;
use entity::price_policy;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{ActResult, Caller};
use crate::app::decimal;
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup::{self, headed_site};

/// Above which total the head approves where nothing else is set.
const LIMIT: Money = Money::from_fen(100_000);
/// How many days an offer holds where nothing else is set.
const VALID_DAYS: i32 = 14;
/// How many days an offer may hold.
pub const MAX_DAYS: i32 = 90;

/// What holds at a site.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, organization_id: Uuid, site_id: Uuid) -> Result<price_policy::Model> {
    let set = price_policy::Entity::find_by_id(site_id).one(db).await?;
    let default = price_policy::Model {
        site_id,
        organization_id,
        approval_limit_fen: LIMIT.fen(),
        valid_days: VALID_DAYS,
        version: 0,
    };
    Ok(set.unwrap_or(default))
}

/// Sets what holds at a site; what is not given stays.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, or `INVALID` with what would be right.
pub async fn change(
    caller: &Caller<'_>,
    target: Target,
    limit: Option<&str>,
    valid_days: Option<i32>,
) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let site = headed_site(&act, target.id).await?;
    let mut row = of(&act.txn, site.organization_id, site.id).await?;
    let result = ActResult { subject: Some(site.id), ..ActResult::default() };
    if row.version != target.version {
        return Err(Error::stale(result));
    }
    if let Some(limit) = limit {
        row.approval_limit_fen = decimal::amount("approvalLimit", limit)?.fen();
    }
    if let Some(days) = valid_days {
        row.valid_days = checked_days("validDays", days)?;
    }
    row.version += 1;
    let data =
        json!({ "approvalLimit": Money::from_fen(row.approval_limit_fen).to_string(), "validDays": row.valid_days });
    let changed = row.into_active_model().reset_all();
    if target.version == 0 {
        changed.insert(&act.txn).await?;
    } else {
        changed.update(&act.txn).await?;
    }
    act.record(Record { kind: AuditKind::Changed, subject: ("Site", site.id), account: None, data }).await?;
    act.commit(result).await
}

/// How many days an offer may hold.
///
/// # Errors
/// `INVALID`.
pub fn checked_days(field: &str, days: i32) -> Result<i32> {
    let right = || Error::refused_needing(Code::Invalid, field, vec![format!("1..{MAX_DAYS}")]);
    if (1..=MAX_DAYS).contains(&days) { Ok(days) } else { Err(right()) }
}
