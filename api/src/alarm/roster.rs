//! The duty roster 值班表: who is called for a department first, and who when they do not answer.

use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Kind as AuditKind;
use domain::organization::Role;
use domain::refusal::Code;
use entity::{department, duty_shift};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, ModelTrait};
use serde_json::json;
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;
use crate::complaint::owner::grants_now;
use crate::complaint::parts::refuse_retired;

/// The longest shift.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// A shift as it is given.
pub struct Shift {
    /// The department.
    pub department: Uuid,
    /// Who is on duty.
    pub account: Uuid,
    /// Who is called when they do not answer.
    pub deputy: Option<Uuid>,
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub to: DateTime<Utc>,
}

/// Puts somebody on duty.
///
/// # Errors
/// `NOT_FOUND` of a department whose roster is not the caller's, or of somebody who does not work at its site; `INVALID`
/// times.
pub async fn set(caller: &Caller<'_>, shift: Shift) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let department = own_department(&act, shift.department, "departmentId").await?;
    refuse_retired(department.retired_at, "departmentId")?;
    let invalid = |field: &str, right: String| Error::refused_needing(Code::Invalid, field, vec![right]);
    if shift.to <= shift.from || shift.to - shift.from > LONGEST {
        return Err(invalid("to", format!("after from, by at most {} days", LONGEST.num_days())));
    }
    if shift.to <= act.now {
        return Err(invalid("to", "a time to come".to_owned()));
    }
    if shift.deputy == Some(shift.account) {
        return Err(invalid("deputyId", "somebody else".to_owned()));
    }
    let people = [("accountId", Some(shift.account)), ("deputyId", shift.deputy)];
    for (field, person) in people.into_iter().filter_map(|(field, person)| Some((field, person?))) {
        let grants = grants_now(&act.txn, person, act.now).await?;
        let works_here = grants
            .iter()
            .any(|grant| grant.role.is_staff() && grant.site_id.is_none_or(|site| site == department.site_id));
        let known = entity::account::Entity::find_by_id(person).one(&act.txn).await?;
        let ours = known.is_some_and(|account| account.organization_id == act.organization_id());
        if !works_here || !ours {
            return Err(Error::refused(Code::NotFound, field));
        }
    }
    let row = duty_shift::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        site_id: department.site_id,
        department_id: department.id,
        account_id: shift.account,
        deputy_id: shift.deputy,
        from_at: shift.from,
        to_at: shift.to,
        set_by: act.person()?.id,
        set_at: act.now,
    };
    record(&act, AuditKind::Made, &row).await?;
    let id = row.id;
    row.into_active_model().insert(&act.txn).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// Takes a shift off the roster: one that has begun ends now, one to come is gone.
///
/// # Errors
/// `NOT_FOUND`; `WRONG_STATE` once it is over.
pub async fn end(caller: &Caller<'_>, id: Uuid) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let row = duty_shift::Entity::find_by_id(id).one(&act.txn).await?;
    let mut row = row.ok_or_else(|| Error::refused(Code::NotFound, "id"))?;
    own_department(&act, row.department_id, "id").await?;
    if row.to_at <= act.now {
        return Err(Error::refused(Code::WrongState, "id"));
    }
    record(&act, AuditKind::Retired, &row).await?;
    if row.from_at < act.now {
        row.to_at = act.now;
        row.into_active_model().reset_all().update(&act.txn).await?;
    } else {
        row.delete(&act.txn).await?;
    }
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

async fn record(act: &Act<'_>, kind: AuditKind, row: &duty_shift::Model) -> Result<()> {
    let data =
        json!({ "departmentId": row.department_id, "from": row.from_at, "to": row.to_at, "deputyId": row.deputy_id });
    act.record(Record { kind, subject: ("DutyShift", row.id), account: Some(row.account_id), data }).await
}

/// A department whose roster is the caller's: its head's, the office head's, a leader's or an administrator's.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn own_department(act: &Act<'_>, id: Uuid, field: &str) -> Result<department::Model> {
    let viewer = act.person()?;
    let found = department::Entity::find_by_id(id).one(&act.txn).await?;
    let mine = found.filter(|department| is_theirs(viewer, department));
    mine.ok_or_else(|| Error::refused(Code::NotFound, field))
}

fn is_theirs(viewer: &Viewer, department: &department::Model) -> bool {
    department.organization_id == viewer.organization_id
        && viewer.grants.iter().any(|grant| match grant.role {
            Role::CompanyLeader | Role::Administrator => true,
            Role::OfficeHead => grant.site_id == Some(department.site_id),
            role => grant.department_id == Some(department.id) && department.kind.head() == role,
        })
}
