//! Whom an alarm calls: whoever is on duty, their deputy, or the holder of a post, and never nobody.

use domain::alarm::Rung;
use domain::organization::{AccountState, Role};
use domain::ownership::Post;
use entity::{account, complaint, duty_shift, role_grant, site};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::error::{Error, Result};
use crate::complaint::owner::{Place, find};
use crate::complaint::service::department_of_kind;

/// The person who is called at a rung, and the rung at which they were found: where nobody stands, the next one up; where
/// nobody stands above, an administrator, and at last whoever owns the case, so that somebody always hears of it (A0).
///
/// # Errors
/// When the database does not answer.
pub async fn called(act: &Act<'_>, case: &complaint::Model, rung: Rung) -> Result<(Uuid, Rung)> {
    let mut rung = rung;
    loop {
        let found = match rung.post() {
            None => on_duty(act, case, rung).await?,
            Some(post) => holder(act, case, post).await?,
        };
        match found.filter(|person| Some(*person) != case.about_account_id) {
            Some(person) => return Ok((person, rung)),
            None if rung == Rung::CompanyLeader => {
                return Ok((administrator(act).await?.unwrap_or(case.owner_account_id), rung));
            }
            None => rung = rung.up(),
        }
    }
}

/// The department that has the case, or will have by its category.
async fn department(act: &Act<'_>, case: &complaint::Model) -> Result<Option<Uuid>> {
    if case.department_id.is_some() {
        return Ok(case.department_id);
    }
    let kind = act.category(case.site_id, case.category_id).await?.department;
    match department_of_kind(&act.txn, case.site_id, kind).await {
        Ok(department) => Ok(Some(department.id)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whoever the roster names now, where they may still sign in.
async fn on_duty(act: &Act<'_>, case: &complaint::Model, rung: Rung) -> Result<Option<Uuid>> {
    let Some(department) = department(act, case).await? else { return Ok(None) };
    let shifts = duty_shift::Entity::find()
        .filter(duty_shift::Column::DepartmentId.eq(department))
        .filter(duty_shift::Column::ToAt.gt(act.now))
        .filter(duty_shift::Column::FromAt.lte(act.now))
        .order_by_asc(duty_shift::Column::FromAt)
        .order_by_asc(duty_shift::Column::Id)
        .all(&act.txn)
        .await?;
    for shift in shifts {
        let named = if rung == Rung::Deputy { shift.deputy_id } else { Some(shift.account_id) };
        let Some(named) = named else { continue };
        let account = account::Entity::find_by_id(named).one(&act.txn).await?;
        if account.is_some_and(|account| account.state == AccountState::Active) {
            return Ok(Some(named));
        }
    }
    Ok(None)
}

async fn holder(act: &Act<'_>, case: &complaint::Model, post: Post) -> Result<Option<Uuid>> {
    let site = site::Entity::find_by_id(case.site_id).one(&act.txn).await?;
    let site = site.ok_or_else(|| "a case's site is missing".to_owned())?;
    let department_id = department(act, case).await?;
    let subject = case.about_account_id;
    let place = Place { site: &site, department_id, team_id: None, actor: None, named: None, subject };
    match find(&act.txn, post, &place, act.now).await {
        Ok(account) => Ok(Some(account.id)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The newest administrator of the organization.
async fn administrator(act: &Act<'_>) -> Result<Option<Uuid>> {
    let grants = role_grant::Entity::find()
        .filter(role_grant::Column::OrganizationId.eq(act.organization_id()))
        .filter(role_grant::Column::Role.eq(Role::Administrator))
        .order_by_desc(role_grant::Column::Id);
    Ok(grants.one(&act.txn).await?.map(|grant| grant.account_id))
}
