//! What belongs to a case besides its row: items, search terms, calls, and the things it refers to.

use chrono::{DateTime, Utc};
use domain::refusal::Code;
use entity::{account, call_record, category, complaint, complaint_item, unit};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::database::steady;
use crate::app::error::{Error, Result};
use crate::app::validate;

/// The record of a telephone call (E7.2).
#[derive(Debug, Clone)]
pub struct Call {
    /// The other side's number.
    pub phone: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it lasted.
    pub duration_seconds: i32,
    /// What was said.
    pub summary: String,
    /// Who was on the other side, where they said so.
    pub caller_name: Option<String>,
    /// What became of it.
    pub handling: Option<String>,
}

/// Adds items to a case, numbered on from `first`.
///
/// # Errors
/// Refusals with the path of the item.
pub async fn add_items(act: &Act<'_>, row: &complaint::Model, items: &[String], first: i32) -> Result<()> {
    let mut rows = Vec::new();
    for (index, (ordinal, text)) in (first..).zip(items).enumerate() {
        rows.push(complaint_item::ActiveModel {
            id: Set(act.id()),
            organization_id: Set(row.organization_id),
            complaint_id: Set(row.id),
            ordinal: Set(ordinal),
            text: Set(validate::text(&format!("items.{index}"), text, 4000)?),
            added_at: Set(act.now),
        });
    }
    if !rows.is_empty() {
        complaint_item::Entity::insert_many(rows).exec_without_returning(&act.txn).await?;
    }
    Ok(())
}

/// Makes a case findable by its number, place, person and words (A2), and by what was added to it.
///
/// # Errors
/// When the database does not answer.
pub async fn index(act: &Act<'_>, row: &complaint::Model, more: &[String]) -> Result<()> {
    crate::search::index::write(&act.txn, row, more).await
}

/// Keeps the record of a call (E7.2); its id.
///
/// # Errors
/// Refusals with the path of the field.
pub async fn record_call(
    act: &Act<'_>,
    row: &complaint::Model,
    follow_up_id: Option<Uuid>,
    outgoing: bool,
    call: Call,
) -> Result<Uuid> {
    if call.duration_seconds < 0 {
        return Err(Error::refused_needing(Code::Invalid, "call.durationSeconds", vec!["0..".to_owned()]));
    }
    let id = act.id();
    let record = call_record::ActiveModel {
        id: Set(id),
        organization_id: Set(row.organization_id),
        site_id: Set(row.site_id),
        complaint_id: Set(row.id),
        follow_up_id: Set(follow_up_id),
        outgoing: Set(outgoing),
        phone: Set(validate::phone("call.phone", &call.phone)?),
        started_at: Set(call.started_at),
        duration_seconds: Set(call.duration_seconds),
        summary: Set(validate::text("call.summary", &call.summary, 1000)?),
        taken_by: Set(act.person()?.id),
        caller_name: Set(validate::optional_text("call.callerName", call.caller_name.as_deref(), 60)?),
        handling: Set(validate::optional_text("call.handling", call.handling.as_deref(), 1000)?),
    };
    call_record::Entity::insert(record).exec_without_returning(&act.txn).await?;
    Ok(id)
}

/// A category of a site that can still be chosen; it is not retired before the act has ended.
///
/// # Errors
/// `NOT_FOUND`, or `RETIRED`.
pub async fn category_at(db: &impl ConnectionTrait, site: Uuid, id: Uuid) -> Result<category::Model> {
    let select = category::Entity::find_by_id(id).filter(category::Column::SiteId.eq(site));
    let found = steady(select, db).one(db).await?.ok_or_else(|| Error::refused(Code::NotFound, "categoryId"))?;
    refuse_retired(found.retired_at, "categoryId")?;
    Ok(found)
}

/// The category that a case has, which it keeps also when it can no longer be chosen.
///
/// # Errors
/// When the database does not answer.
pub async fn category_of(db: &impl ConnectionTrait, row: &complaint::Model) -> Result<category::Model> {
    let found = category::Entity::find_by_id(row.category_id).one(db).await?;
    found.ok_or_else(|| "a case's category is missing".to_owned().into())
}

/// Refuses what is not offered any more.
///
/// # Errors
/// `RETIRED` with the path of the field.
pub fn refuse_retired(retired_at: Option<DateTime<Utc>>, field: &str) -> Result<()> {
    if retired_at.is_some() { Err(Error::refused(Code::Retired, field)) } else { Ok(()) }
}

/// A unit for which a case can be filed.
///
/// # Errors
/// `NOT_FOUND` or `RETIRED`, also where its building is retired, with the path of the field.
pub async fn unit_at(act: &Act<'_>, id: Uuid, field: &str) -> Result<unit::Model> {
    let found = unit::Entity::find_by_id(id).one(&act.txn).await?;
    let found = found.ok_or_else(|| Error::refused(Code::NotFound, field))?;
    refuse_retired(found.retired_at, field)?;
    refuse_retired(act.building(found.site_id, found.building_id).await?.retired_at, field)?;
    Ok(found)
}

/// Says that a case is at a unit, and where that is.
///
/// # Errors
/// When the database does not answer.
pub async fn place_at_home(act: &Act<'_>, row: &mut complaint::Model, home: &unit::Model) -> Result<()> {
    row.unit_id = Some(home.id);
    if row.place.is_empty() {
        row.place = format!("{}{}", act.building(home.site_id, home.building_id).await?.name, home.name);
    }
    Ok(())
}

/// The account that a caller's number belongs to, so that the case shows in their app.
///
/// # Errors
/// When the database does not answer.
pub async fn customer_with(db: &impl ConnectionTrait, organization: Uuid, phone: &str) -> Result<Option<Uuid>> {
    let accounts = account::Entity::find()
        .filter(account::Column::OrganizationId.eq(organization))
        .filter(account::Column::Phone.eq(phone))
        .limit(1)
        .all(db)
        .await?;
    Ok(accounts.first().map(|account| account.id))
}
