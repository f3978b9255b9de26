//! Changing the number that somebody signs in with; and, when the old one can receive nothing any more, by the
//! office's check of who they are.

use std::net::IpAddr;

use domain::audit;
use domain::organization::Role;
use domain::refusal::Code;
use domain::session::{CodePurpose, End, RecoveryState, calls_for_second_factor};
use domain::text::mask_phone;
use entity::{account, phone_recovery, residency, site};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Select, SqlErr};
use serde_json::json;
use uuid::Uuid;

use super::code::{self, Given};
use super::guesses;
use super::new_password::check_current;
use super::session::{self, Which};
use super::viewer::{Viewer, parse_zone};
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::audit::trail::Record;

const MAX_NAME: usize = 60;
const MAX_UNIT: usize = 60;
const MAX_REASON: usize = 500;

/// How somebody shows that the account is theirs.
pub enum Proof<'a> {
    /// By the password.
    Password(&'a str),
    /// By a code that was sent to the old number.
    Code(Given<'a>),
}

/// Changes the viewer's number to one that they show to hold, and ends their other sessions.
///
/// # Errors
/// `INVALID_CODE`, `INVALID_CREDENTIALS`, or `TAKEN`.
pub async fn change(caller: &Caller<'_>, phone: &str, given: &Given<'_>, proof: &Proof<'_>) -> Result<ActResult> {
    caller.refuse_repeated().await?;
    let (app, viewer) = (caller.app, caller.viewer.ok_or(Error::Unauthenticated)?);
    let phone = validate::phone("phone", phone)?;
    let old = match proof {
        Proof::Password(password) => {
            check_current(app, viewer, password, "currentPassword").await?;
            None
        }
        Proof::Code(given) => Some(code::check(app, &viewer.phone, CodePurpose::ChangePhone, given).await?),
    };
    let right = code::check(app, &phone, CodePurpose::ChangePhone, given).await?;
    let act = Act::begin(caller).await?;
    right.use_up(&act).await?;
    if let Some(old) = old {
        old.use_up(&act).await?;
    }
    write(&act, viewer.id, &phone, json!({ "how": "CHANGED" })).await?;
    session::end(&act, viewer.id, Which::AllBut(viewer.session), End::PhoneChanged).await?;
    session::commit(act, ActResult { subject: Some(viewer.id), ..ActResult::default() }).await
}

/// Somebody who has lost their number.
pub struct Lost<'a> {
    /// Where they live.
    pub site: Uuid,
    /// Their name.
    pub name: &'a str,
    /// Their unit, as they write it.
    pub unit: &'a str,
    /// The new number.
    pub phone: &'a str,
    /// The code that was sent to it.
    pub given: Given<'a>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// Asks the office of a site to check who somebody is. Whether there is such a person is not told.
///
/// # Errors
/// `NOT_FOUND` for the site, `INVALID_CODE`, and what is wrong with the texts.
pub async fn ask(app: &App, lost: &Lost<'_>) -> Result<ActResult> {
    guesses::count(app, lost.address).await?;
    let phone = validate::phone("phone", lost.phone)?;
    let name = validate::text("name", lost.name, MAX_NAME)?;
    let unit = validate::text("unit", lost.unit, MAX_UNIT)?;
    let site = site::Entity::find_by_id(lost.site).one(&app.db).await?;
    let site = site.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    let right = code::check(app, &phone, CodePurpose::RecoverPhone, &lost.given).await?;
    let caller = Caller { app, viewer: None, once: None, said: None };
    let act = Act::begin_anonymous(&caller, site.organization_id).await?;
    right.use_up(&act).await?;
    let row = phone_recovery::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        name,
        unit,
        phone,
        state: RecoveryState::Open,
        account_id: None,
        decided_by: None,
        reason: None,
        made_at: act.now,
        decided_at: None,
    };
    let id = row.id;
    phone_recovery::Entity::insert(row.into_active_model()).exec_without_returning(&act.txn).await?;
    let (kind, subject) = (audit::Kind::PhoneRecoveryAsked, ("PhoneRecovery", id));
    act.record(Record { kind, subject, account: None, data: json!({}) }).await?;
    act.commit(ActResult::default()).await
}

/// The recoveries that a viewer's office checks.
#[must_use]
pub fn of_office(viewer: &Viewer) -> Select<phone_recovery::Entity> {
    let rows = phone_recovery::Entity::find().filter(phone_recovery::Column::OrganizationId.eq(viewer.organization_id));
    if viewer.grants.iter().any(|grant| grant.role == Role::CompanyLeader) {
        return rows;
    }
    rows.filter(phone_recovery::Column::SiteId.is_in(viewer.sites(Role::sees_site)))
}

/// One of them.
///
/// # Errors
/// When the database does not answer.
pub async fn find(app: &App, viewer: &Viewer, id: Uuid) -> Result<Option<phone_recovery::Model>> {
    Ok(of_office(viewer).filter(phone_recovery::Column::Id.eq(id)).one(&app.db).await?)
}

/// Confirms that somebody is whom they say: their account gets the new number, and all its sessions end. Only for
/// residents of the site; whoever leads or runs accounts goes to an administrator.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE`, `NOT_YOURS` or `TAKEN`.
pub async fn confirm(caller: &Caller<'_>, id: Uuid, account: Uuid, reason: &str) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let row = open(&act, id).await?;
    let resident = resident(&act, &row, account).await?;
    if resident.grants.iter().any(|grant| calls_for_second_factor(grant.role)) || resident.id == act.person()?.id {
        return Err(Error::refused_needing(Code::NotYours, "accountId", vec!["ADMINISTRATOR".to_owned()]));
    }
    let reason = decide(&act, &row, RecoveryState::Confirmed, Some(account), reason).await?;
    write(&act, account, &row.phone, json!({ "how": "RECOVERED", "reason": reason })).await?;
    session::end(&act, account, Which::AllBut(None), End::PhoneChanged).await?;
    session::commit(act, ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// Refuses to change a number.
///
/// # Errors
/// `NOT_FOUND` or `WRONG_STATE`.
pub async fn refuse(caller: &Caller<'_>, id: Uuid, reason: &str) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let row = open(&act, id).await?;
    let reason = decide(&act, &row, RecoveryState::Refused, None, reason).await?;
    let (kind, subject) = (audit::Kind::PhoneRecoveryRefused, ("PhoneRecovery", id));
    act.record(Record { kind, subject, account: None, data: json!({ "reason": reason }) }).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

async fn open(act: &Act<'_>, id: Uuid) -> Result<phone_recovery::Model> {
    let rows = of_office(act.person()?).filter(phone_recovery::Column::Id.eq(id));
    let row = locked(rows, &act.txn).one(&act.txn).await?;
    let row = row.ok_or_else(|| Error::refused(Code::NotFound, "phoneRecoveryId"))?;
    if row.state == RecoveryState::Open {
        Ok(row)
    } else {
        Err(Error::refused_needing(Code::WrongState, "", vec!["OPEN".to_owned()]))
    }
}

/// The account, if it lives at the site today.
async fn resident(act: &Act<'_>, row: &phone_recovery::Model, account: Uuid) -> Result<Viewer> {
    let absent = || Error::refused(Code::NotFound, "accountId");
    let homes = residency::Entity::find()
        .filter(residency::Column::AccountId.eq(account))
        .filter(residency::Column::SiteId.eq(row.site_id))
        .all(&act.txn)
        .await?;
    let site = site::Entity::find_by_id(row.site_id).one(&act.txn).await?.ok_or_else(absent)?;
    let zone = parse_zone(&site.time_zone);
    let lives = |home: &residency::Model| super::viewer::holds(home.from_date, home.to_date, zone, act.now);
    if !homes.iter().any(lives) {
        return Err(absent());
    }
    Viewer::load(&act.txn, account, act.now).await.map_err(|error| match error {
        Error::Unauthenticated => absent(),
        other => other,
    })
}

async fn decide(
    act: &Act<'_>,
    row: &phone_recovery::Model,
    state: RecoveryState,
    account: Option<Uuid>,
    reason: &str,
) -> Result<String> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    phone_recovery::Entity::update_many()
        .col_expr(phone_recovery::Column::State, Expr::value(state))
        .col_expr(phone_recovery::Column::AccountId, Expr::value(account))
        .col_expr(phone_recovery::Column::DecidedBy, Expr::value(act.person()?.id))
        .col_expr(phone_recovery::Column::Reason, Expr::value(reason.clone()))
        .col_expr(phone_recovery::Column::DecidedAt, Expr::value(act.now))
        .filter(phone_recovery::Column::Id.eq(row.id))
        .exec(&act.txn)
        .await?;
    Ok(reason)
}

async fn write(act: &Act<'_>, account: Uuid, phone: &str, mut data: serde_json::Value) -> Result<()> {
    let written = account::Entity::update_many()
        .col_expr(account::Column::Phone, Expr::value(phone))
        .filter(account::Column::Id.eq(account))
        .exec(&act.txn)
        .await;
    match written {
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            return Err(Error::refused(Code::Taken, "phone"));
        }
        other => other?,
    };
    data["phone"] = json!(mask_phone(phone));
    let (kind, subject) = (audit::Kind::PhoneChanged, ("Account", account));
    act.record(Record { kind, subject, account: Some(account), data }).await
}
