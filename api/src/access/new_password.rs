//! Changing a password, and setting a new one when it is forgotten.

use std::net::IpAddr;

use domain::audit;
use domain::refusal::Code;
use domain::session::{CodePurpose, End, SecondFactorPolicy, calls_for_second_factor};
use entity::account;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::code::Given;
use super::service::holder;
use super::session::{self, Which};
use super::viewer::Viewer;
use super::{guesses, second_factor};
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::audit::trail::Record;

/// Changes the viewer's password, and ends their other sessions.
///
/// # Errors
/// `INVALID_CREDENTIALS` for a wrong current password; `INVALID` for a new one that is too short or too common.
pub async fn change(caller: &Caller<'_>, current: &str, new: &str) -> Result<ActResult> {
    caller.refuse_repeated().await?;
    let viewer = caller.viewer.ok_or(Error::Unauthenticated)?;
    validate::password("newPassword", new, &[&viewer.phone, &viewer.name])?;
    let before = check_current(caller.app, viewer, current, "currentPassword").await?;
    let hash = caller.app.passwords.hash(new, &caller.app.dice).await?;
    let act = Act::begin(caller).await?;
    write(&act, viewer.id, Some(&before), hash, "currentPassword").await?;
    session::end(&act, viewer.id, Which::AllBut(viewer.session), End::PasswordChanged).await?;
    record(&act, viewer.id, "CHANGED").await?;
    session::commit(act, ActResult { subject: Some(viewer.id), ..ActResult::default() }).await
}

/// A forgotten password.
pub struct Forgotten<'a> {
    /// The phone number.
    pub phone: &'a str,
    /// The organization's code, for whoever belongs to several.
    pub organization_code: Option<&'a str>,
    /// The code that was sent to it.
    pub given: Given<'a>,
    /// The code of the authenticator app, or a recovery code.
    pub second_factor_code: Option<&'a str>,
    /// The new password.
    pub new: &'a str,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// Sets a new password for whoever shows that they hold the phone, and ends all sessions of the account.
///
/// # Errors
/// `INVALID_CODE`; `SECOND_FACTOR_NEEDED` for an account that has one; `NOT_YOURS` for one that must have one and has
/// none; `INVALID` for a password that is too short or too common.
pub async fn recover(app: &App, forgotten: &Forgotten<'_>) -> Result<ActResult> {
    guesses::count(app, forgotten.address).await?;
    let phone = validate::phone("phone", forgotten.phone)?;
    validate::password("newPassword", forgotten.new, &[&phone])?;
    let (organization_code, purpose) = (forgotten.organization_code, CodePurpose::RecoverPassword);
    let (account, right) = holder(app, &phone, organization_code, purpose, &forgotten.given).await?;
    let viewer = Viewer::of(&app.db, account, app.clock.now()).await?;
    let factor = second_factor::of(app, viewer.id).await?.is_some();
    if factor && forgotten.second_factor_code.is_none() {
        return Err(Error::refused(Code::SecondFactorNeeded, "secondFactorCode"));
    }
    let must_have_one = viewer.grants.iter().any(|grant| calls_for_second_factor(grant.role));
    if !factor && must_have_one && app.second_factor == SecondFactorPolicy::Required {
        return Err(Error::refused_needing(Code::NotYours, "", vec!["ADMINISTRATOR".to_owned()]));
    }
    if factor {
        guesses::second_factor(app, viewer.id).await?;
    }
    let hash = app.passwords.hash(forgotten.new, &app.dice).await?;
    let caller = Caller { app, viewer: Some(&viewer), once: None, said: None };
    let act = Act::begin(&caller).await?;
    right.use_up(&act).await?;
    if factor {
        second_factor::pass(&act, viewer.id, forgotten.second_factor_code.unwrap_or_default()).await?;
    }
    write(&act, viewer.id, None, hash, "").await?;
    session::end(&act, viewer.id, Which::AllBut(None), End::PasswordChanged).await?;
    record(&act, viewer.id, "RECOVERED").await?;
    session::commit(act, ActResult::default()).await
}

/// Checks the viewer's current password; returns its hash.
///
/// # Errors
/// `INVALID_CREDENTIALS`; [`Error::Limited`].
pub async fn check_current(app: &App, viewer: &Viewer, password: &str, field: &str) -> Result<String> {
    guesses::password(app, viewer.id).await?;
    let row = account::Entity::find_by_id(viewer.id).one(&app.db).await?.ok_or(Error::Unauthenticated)?;
    let right = app.passwords.verify(password, row.password_hash.as_deref()).await?;
    row.password_hash.filter(|_| right).ok_or_else(|| Error::refused(Code::InvalidCredentials, field))
}

/// Writes the hash, if the password that was checked still is the account's.
async fn write(act: &Act<'_>, account: Uuid, before: Option<&str>, hash: String, field: &str) -> Result<()> {
    let mut rows = account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(hash))
        .filter(account::Column::Id.eq(account));
    if let Some(before) = before {
        rows = rows.filter(account::Column::PasswordHash.eq(before));
    }
    let written = rows.exec(&act.txn).await?.rows_affected;
    if written == 1 { Ok(()) } else { Err(Error::refused(Code::InvalidCredentials, field)) }
}

async fn record(act: &Act<'_>, account: Uuid, how: &str) -> Result<()> {
    let (kind, subject, data) = (audit::Kind::PasswordChanged, ("Account", account), json!({ "how": how }));
    act.record(Record { kind, subject, account: Some(account), data }).await
}
