//! Residencies: somebody moves in, changes, moves out. What a resident sees ends with the last day.

use chrono::NaiveDate;
use domain::audit::Kind;
use domain::import::Action;
use domain::organization::ResidencyKind;
use domain::refusal::Code;
use entity::{residency, site, unit};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::invitation::Stay;
use super::{keeps, kept_unit};
use crate::access::viewer::parse_zone;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup;
use crate::organization::staff::account::{self, Person};

/// Lets somebody move in whom the office knows. The account of their phone number is taken, or made without a password.
///
/// # Errors
/// `NOT_FOUND` or `RETIRED` for the unit; refusals with the path of the field; `TAKEN` where they live there then already.
pub async fn move_in(caller: &Caller<'_>, unit_id: Uuid, person: &Person, stay: Stay) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let (home, site) = kept_unit(&act, unit_id).await?;
    let lives = known_or_made(&act, person).await?;
    match settle(&act, &home, &site, lives, stay).await? {
        (Action::Made, id) => setup::finish(act, id).await,
        _ => Err(Error::refused(Code::Taken, "phone")),
    }
}

/// Lets somebody move in, or changes how they live there: what an import does with each line.
///
/// # Errors
/// As [`move_in`], but not `TAKEN`.
pub async fn put(act: &Act<'_>, unit_id: Uuid, person: &Person, stay: Stay) -> Result<Action> {
    let (home, site) = kept_unit(act, unit_id).await?;
    let lives = known_or_made(act, person).await?;
    let (put, id) = settle(act, &home, &site, lives, stay).await?;
    if put == Action::Made {
        return Ok(put);
    }
    let before = residency::Entity::find_by_id(id).one(&act.txn).await?;
    let before = before.ok_or_else(|| Error::refused(Code::NotFound, "phone"))?;
    let from_date = stay.from.unwrap_or(before.from_date);
    let row = residency::Model { kind: stay.kind, from_date, to_date: stay.to, ..before.clone() };
    if row == before {
        return Ok(Action::Unchanged);
    }
    validate::span("to", row.from_date, row.to_date)?;
    save(act, row, Kind::Changed).await?;
    Ok(Action::Changed)
}

/// Writes that somebody lives in a unit, unless they do in that time already.
///
/// # Errors
/// `INVALID` for the days.
pub async fn settle(
    act: &Act<'_>,
    home: &unit::Model,
    site: &site::Model,
    account_id: Uuid,
    stay: Stay,
) -> Result<(Action, Uuid)> {
    use residency::Column;
    let from_date = stay.from.unwrap_or_else(|| today(act, site));
    validate::span("to", from_date, stay.to)?;
    let not_over = Condition::any().add(Column::ToDate.is_null()).add(Column::ToDate.gte(from_date));
    let mut same = residency::Entity::find()
        .filter(Column::UnitId.eq(home.id))
        .filter(Column::AccountId.eq(account_id))
        .filter(not_over);
    if let Some(to) = stay.to {
        same = same.filter(Column::FromDate.lte(to));
    }
    if let Some(lives) = same.one(&act.txn).await? {
        return Ok((Action::Unchanged, lives.id));
    }
    let row = residency::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        site_id: site.id,
        unit_id: home.id,
        account_id,
        kind: stay.kind,
        from_date,
        to_date: stay.to,
        version: 1,
    };
    let id = row.id;
    row.into_active_model().insert(&act.txn).await?;
    record(act, Kind::MovedIn, id, account_id).await?;
    Ok((Action::Made, id))
}

/// Lets somebody move out: the last day is today, or as given.
///
/// # Errors
/// `NOT_FOUND`, `STALE`; `INVALID` for a day before the first.
pub async fn move_out(caller: &Caller<'_>, target: Target, last: Option<NaiveDate>) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let (mut row, site) = open(&act, target).await?;
    let last = last.unwrap_or_else(|| today(&act, &site));
    validate::span("lastDay", row.from_date, Some(last))?;
    row.to_date = Some(last);
    save(&act, row, Kind::MovedOut).await?;
    setup::finish(act, target.id).await
}

/// What to change of a residency; what is not given stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes {
    /// In what right.
    pub kind: Option<ResidencyKind>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day, or none.
    pub to: Option<Option<NaiveDate>>,
}

/// Changes in what right or from when to when somebody lives in a unit.
///
/// # Errors
/// `NOT_FOUND`, `STALE`; `INVALID` for the days.
pub async fn change(caller: &Caller<'_>, target: Target, changes: Changes) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let (before, _) = open(&act, target).await?;
    let mut row = before.clone();
    row.kind = changes.kind.unwrap_or(row.kind);
    row.from_date = changes.from.unwrap_or(row.from_date);
    row.to_date = changes.to.unwrap_or(row.to_date);
    validate::span("to", row.from_date, row.to_date)?;
    if row != before {
        save(&act, row, Kind::Changed).await?;
    }
    setup::finish(act, target.id).await
}

async fn known_or_made(act: &Act<'_>, person: &Person) -> Result<Uuid> {
    let person = person.checked()?;
    match account::with_phone(act, &person.phone).await? {
        Some(known) => Ok(known.id),
        None => Ok(account::make(act, &person, None).await?.id),
    }
}

async fn open(act: &Act<'_>, target: Target) -> Result<(residency::Model, site::Model)> {
    let not_found = || Error::refused(Code::NotFound, "residencyId");
    let select =
        residency::Entity::find_by_id(target.id).filter(residency::Column::OrganizationId.eq(act.organization_id()));
    let viewer = act.person()?;
    let row = locked(select, &act.txn).one(&act.txn).await?.filter(|row| keeps(viewer, row.site_id));
    let row = row.ok_or_else(not_found)?;
    if row.version != target.version {
        return Err(Error::stale(ActResult { subject: Some(target.id), ..ActResult::default() }));
    }
    let site = site::Entity::find_by_id(row.site_id).one(&act.txn).await?.ok_or_else(not_found)?;
    Ok((row, site))
}

async fn save(act: &Act<'_>, mut row: residency::Model, kind: Kind) -> Result<()> {
    let (id, person) = (row.id, row.account_id);
    row.version += 1;
    row.into_active_model().reset_all().update(&act.txn).await?;
    record(act, kind, id, person).await
}

async fn record(act: &Act<'_>, kind: Kind, id: Uuid, person: Uuid) -> Result<()> {
    act.record(Record { kind, subject: ("Residency", id), account: Some(person), data: json!({}) }).await
}

fn today(act: &Act<'_>, site: &site::Model) -> NaiveDate {
    act.now.with_timezone(&parse_zone(&site.time_zone)).date_naive()
}
