//! Roles: given from one day to another, where their reach demands it, and ended.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use domain::audit::Kind;
use domain::import::Action;
use domain::organization::{AccountState, Role};
use domain::post::{Misplaced, Named, check_place, must_be_filled};
use domain::refusal::{Code, Requirement};
use entity::{account, department, role_grant, site, team};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::account::in_organization;
use super::leave;
use crate::access::viewer::{HOME_ZONE, parse_zone};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup::{self, pick};

/// A role that is to be given.
#[derive(Debug, Clone)]
pub struct Giving {
    /// To whom.
    pub account_id: Uuid,
    /// The role.
    pub role: Role,
    /// The site; known by the department where that is given.
    pub site_id: Option<Uuid>,
    /// The department; known by the team where that is given.
    pub department_id: Option<Uuid>,
    /// The team.
    pub team_id: Option<Uuid>,
    /// First day; today when not given.
    pub from: Option<NaiveDate>,
    /// Last day, if it is known.
    pub to: Option<NaiveDate>,
}

/// Where a role is held.
struct Place {
    site: Option<site::Model>,
    department: Option<department::Model>,
    team: Option<team::Model>,
}

/// Gives a role.
///
/// # Errors
/// `NOT_FOUND`, `RETIRED`; refusals of a place that the role is not held at; `TAKEN` where they hold it then already.
pub async fn give(caller: &Caller<'_>, giving: &Giving) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    match put(&act, giving).await? {
        (Action::Unchanged, _) => Err(Error::refused(Code::Taken, "role")),
        (_, id) => setup::finish(act, id).await,
    }
}

/// Gives a role in an act that has its turn, unless it is held already: what an import does with each line.
///
/// # Errors
/// As [`give`], but not `TAKEN`.
pub async fn put(act: &Act<'_>, giving: &Giving) -> Result<(Action, Uuid)> {
    let person = in_organization(act, giving.account_id, "accountId").await?;
    if person.state != AccountState::Active {
        return Err(Error::refused_needing(Code::WrongState, "accountId", vec!["ACTIVE".to_owned()]));
    }
    let place = find_place(act, giving).await?;
    let named = Named {
        site: place.site.is_some(),
        department: place.department.as_ref().map(|department| department.kind),
        team: place.team.is_some(),
    };
    check_place(giving.role, named).map_err(misplaced)?;
    let today = today(act, place.site.as_ref().map_or(HOME_ZONE, |site| parse_zone(&site.time_zone)));
    let from = giving.from.unwrap_or(today);
    validate::span("to", from, giving.to)?;
    let row = role_grant::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        account_id: person.id,
        role: giving.role,
        site_id: place.site.map(|site| site.id),
        department_id: place.department.map(|department| department.id),
        team_id: place.team.map(|team| team.id),
        from_date: from,
        to_date: giving.to,
        version: 1,
        successor_id: None,
        carried_out_at: None,
    };
    let meanwhile =
        Condition::any().add(role_grant::Column::ToDate.is_null()).add(role_grant::Column::ToDate.gte(from));
    let mut same = alike(&row).filter(role_grant::Column::AccountId.eq(person.id)).filter(meanwhile);
    if let Some(to) = giving.to {
        same = same.filter(role_grant::Column::FromDate.lte(to));
    }
    if let Some(held) = same.one(&act.txn).await? {
        return Ok((Action::Unchanged, held.id));
    }
    validate::span("to", today, giving.to)?;
    Ok((Action::Made, insert(act, row).await?))
}

/// Ends a role from a day on. Where that is today or earlier, what its holder owns by it goes to a successor in the same
/// act; else the server hands it over when the day has come.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `INVALID` for the day; `MISSING` where a post would stand empty; `NO_OWNER`.
pub async fn end(
    caller: &Caller<'_>,
    target: Target,
    day: Option<NaiveDate>,
    successor: Option<Uuid>,
) -> Result<ActResult> {
    let mut act = setup::begin(caller).await?;
    let select =
        role_grant::Entity::find_by_id(target.id).filter(role_grant::Column::OrganizationId.eq(act.organization_id()));
    let row = locked(select, &act.txn).one(&act.txn).await?;
    let mut row = row.ok_or_else(|| Error::refused(Code::NotFound, "roleId"))?;
    if row.version != target.version {
        return Err(Error::stale(ActResult { subject: Some(target.id), ..ActResult::default() }));
    }
    let today = today(&act, zone_of(&act, &row).await?);
    if row.to_date.is_some_and(|to| to < today) {
        return Err(Error::refused_needing(Code::WrongState, "roleId", vec!["a role that has not ended".to_owned()]));
    }
    let day = day.unwrap_or(today);
    let first = row.from_date.min(today);
    if day < first {
        return Err(Error::refused_needing(Code::Invalid, "day", vec![format!("{first}..")]));
    }
    leave::check_successor(&act, successor, row.account_id).await?;
    fill_post(&act, &row, day.max(today), successor).await?;
    let person = row.account_id;
    let at_once = day <= today;
    let data = json!({ "role": upper_snake(row.role.name()), "day": day });
    row.to_date = day.checked_sub_days(Days::new(1));
    row.successor_id = successor;
    row.carried_out_at = at_once.then_some(act.now);
    row.version += 1;
    row.into_active_model().reset_all().update(&act.txn).await?;
    record(&act, Kind::RoleEnded, target.id, person, data).await?;
    if at_once {
        leave::release(&mut act, person, successor).await?;
    }
    setup::finish(act, target.id).await
}

/// Sees to it that no post of somebody who leaves now stands empty.
///
/// # Errors
/// `MISSING` where nobody is named who takes it over.
pub async fn fill_posts_of(act: &Act<'_>, person: Uuid, successor: Option<Uuid>) -> Result<()> {
    let held = role_grant::Entity::find().filter(role_grant::Column::AccountId.eq(person)).all(&act.txn).await?;
    for row in held {
        let today = today(act, zone_of(act, &row).await?);
        if row.from_date <= today && row.to_date.is_none_or(|to| today <= to) {
            fill_post(act, &row, today, successor).await?;
        }
    }
    Ok(())
}

/// Sees to it that a post does not stand empty from a day on: somebody else holds it then, or the successor gets it.
async fn fill_post(act: &Act<'_>, leaving: &role_grant::Model, day: NaiveDate, successor: Option<Uuid>) -> Result<()> {
    if !must_be_filled(leaving.role) || leaving.from_date > day || place_is_retired(act, leaving).await? {
        return Ok(());
    }
    let then = Condition::any().add(role_grant::Column::ToDate.is_null()).add(role_grant::Column::ToDate.gte(day));
    let others = alike(leaving)
        .filter(role_grant::Column::AccountId.ne(leaving.account_id))
        .filter(role_grant::Column::FromDate.lte(day))
        .filter(then)
        .all(&act.txn)
        .await?;
    let active = account::Entity::find()
        .filter(account::Column::Id.is_in(others.iter().map(|other| other.account_id)))
        .filter(account::Column::State.eq(AccountState::Active))
        .count(&act.txn)
        .await?;
    if active > 0 {
        return Ok(());
    }
    let successor = successor.ok_or_else(|| {
        let needed = vec![upper_snake(Requirement::Successor.name())];
        Error::refused_needing(Code::Missing, "successorId", needed)
    })?;
    let row = role_grant::Model {
        id: act.id(),
        account_id: successor,
        from_date: day,
        to_date: None,
        version: 1,
        successor_id: None,
        carried_out_at: None,
        ..leaving.clone()
    };
    insert(act, row).await?;
    Ok(())
}

/// Whether a role is held at a place that is retired, where no post needs to be filled.
async fn place_is_retired(act: &Act<'_>, row: &role_grant::Model) -> Result<bool> {
    if let Some(id) = row.department_id {
        let department = department::Entity::find_by_id(id).one(&act.txn).await?;
        return Ok(department.is_some_and(|department| department.retired_at.is_some()));
    }
    let Some(id) = row.site_id else { return Ok(false) };
    Ok(site::Entity::find_by_id(id).one(&act.txn).await?.is_some_and(|site| site.retired_at.is_some()))
}

/// Roles of the same kind at the same place.
fn alike(row: &role_grant::Model) -> sea_orm::Select<role_grant::Entity> {
    use role_grant::Column;
    let same = |column: Column, id: Option<Uuid>| id.map_or_else(|| column.is_null(), |id| column.eq(id));
    role_grant::Entity::find()
        .filter(Column::OrganizationId.eq(row.organization_id))
        .filter(Column::Role.eq(row.role))
        .filter(same(Column::SiteId, row.site_id))
        .filter(same(Column::DepartmentId, row.department_id))
        .filter(same(Column::TeamId, row.team_id))
}

async fn insert(act: &Act<'_>, row: role_grant::Model) -> Result<Uuid> {
    let data = json!({ "role": upper_snake(row.role.name()), "from": row.from_date, "to": row.to_date });
    let (id, person) = (row.id, row.account_id);
    row.into_active_model().insert(&act.txn).await?;
    record(act, Kind::RoleGiven, id, person, data).await?;
    Ok(id)
}

async fn record(act: &Act<'_>, kind: Kind, id: Uuid, person: Uuid, data: serde_json::Value) -> Result<()> {
    act.record(Record { kind, subject: ("RoleGrant", id), account: Some(person), data }).await
}

/// The place that is named, from the narrowest part up.
async fn find_place(act: &Act<'_>, giving: &Giving) -> Result<Place> {
    let team = match giving.team_id {
        Some(id) => Some(pick::<team::Model>(act, id, "teamId").await?),
        None => None,
    };
    let department = match giving.department_id.or(team.as_ref().map(|team| team.department_id)) {
        Some(id) => Some(pick::<department::Model>(act, id, "departmentId").await?),
        None => None,
    };
    let site = match giving.site_id.or(department.as_ref().map(|department| department.site_id)) {
        Some(id) => Some(pick::<site::Model>(act, id, "siteId").await?),
        None => None,
    };
    let department_id = department.as_ref().map(|department| department.id);
    if team.as_ref().is_some_and(|team| Some(team.department_id) != department_id) {
        return Err(Error::refused_needing(Code::Invalid, "teamId", vec!["a team of the department".to_owned()]));
    }
    let site_id = site.as_ref().map(|site| site.id);
    if department.as_ref().is_some_and(|department| Some(department.site_id) != site_id) {
        return Err(Error::refused_needing(Code::Invalid, "departmentId", vec!["a department of the site".to_owned()]));
    }
    Ok(Place { site, department, team })
}

fn misplaced(why: Misplaced) -> Error {
    let not_meant = |field| Error::refused_needing(Code::Invalid, field, vec!["nothing for this role".to_owned()]);
    match why {
        Misplaced::NotGiven => {
            Error::refused_needing(Code::Invalid, "role", vec!["a role that is given to people".to_owned()])
        }
        Misplaced::SiteNeeded => Error::refused(Code::Required, "siteId"),
        Misplaced::SiteNotMeant => not_meant("siteId"),
        Misplaced::DepartmentNeeded => Error::refused(Code::Required, "departmentId"),
        Misplaced::DepartmentNotMeant => not_meant("departmentId"),
        Misplaced::OtherDepartment(kinds) => {
            let kinds = kinds.iter().map(|kind| upper_snake(kind.name())).collect();
            Error::refused_needing(Code::Invalid, "departmentId", kinds)
        }
        Misplaced::TeamNeeded => Error::refused(Code::Required, "teamId"),
        Misplaced::TeamNotMeant => not_meant("teamId"),
    }
}

/// The zone in which the days of a role are counted.
///
/// # Errors
/// When the database does not answer.
pub async fn zone_of(act: &Act<'_>, row: &role_grant::Model) -> Result<Tz> {
    let site = match row.site_id {
        Some(id) => site::Entity::find_by_id(id).one(&act.txn).await?,
        None => None,
    };
    Ok(site.map_or(HOME_ZONE, |site| parse_zone(&site.time_zone)))
}

fn today(act: &Act<'_>, zone: Tz) -> NaiveDate {
    act.now.with_timezone(&zone).date_naive()
}
