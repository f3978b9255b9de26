//! Signing in, and who holds a token.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::organization::AccountState;
use domain::refusal::Code;
use domain::session::CodePurpose;
use entity::{account, organization};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::code::{self, Given, Right};
use super::session::{self, Held};
use super::viewer::Viewer;
use super::{api_key, guesses, known, refresh, second_factor};
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;

/// How many organizations one phone may belong to; each costs a password check, also where there is none.
const MAX_ORGANIZATIONS: u64 = 4;
/// The longest name of a device.
const MAX_DEVICE: usize = 80;

/// Who wants to sign in, whatever they show for it.
pub struct Arrival<'a> {
    /// The phone number.
    pub phone: &'a str,
    /// The organization's code, for whoever belongs to several.
    pub organization_code: Option<&'a str>,
    /// The code of the authenticator app, or a recovery code.
    pub second_factor_code: Option<&'a str>,
    /// What the device calls itself.
    pub device_name: Option<&'a str>,
    /// A refresh token that the device had before.
    pub known_device: Option<&'a str>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// Signs in with phone and password. Whoever belongs to several organizations names one by its code.
///
/// # Errors
/// `INVALID_CREDENTIALS`, whichever of the two is wrong; `SECOND_FACTOR_NEEDED` and `INVALID_CODE` after the right
/// password; [`Error::Limited`] after too many tries.
pub async fn sign_in(app: &App, arrival: &Arrival<'_>, password: &str) -> Result<Held> {
    let phone = validate::phone("phone", arrival.phone)?;
    let known_device = refresh::is_known_device(app, arrival.known_device, &phone).await?;
    guesses::sign_in(app, &phone, arrival.address, known_device).await?;
    let accounts = accounts_of(app, &phone, arrival.organization_code).await?;
    // As many checks for a phone that nobody has as for one of several organizations: the time tells nothing.
    let checks = if arrival.organization_code.is_some() { 1 } else { MAX_ORGANIZATIONS };
    let mut right = None;
    for place in 0..usize::try_from(checks).unwrap_or_default() {
        let account = accounts.get(place);
        let hash = account.and_then(|account| account.password_hash.as_deref());
        if app.passwords.verify(password, hash).await? {
            right = right.or(account);
        }
    }
    let account = right.ok_or_else(|| Error::refused(Code::InvalidCredentials, "password"))?;
    open(app, account, arrival, None).await
}

/// Signs in with a code that was sent to the phone.
///
/// # Errors
/// `INVALID_CODE`; `REQUIRED` for the organization's code where the phone belongs to several; as [`sign_in`] otherwise.
pub async fn sign_in_with_code(app: &App, arrival: &Arrival<'_>, given: &Given<'_>) -> Result<Held> {
    guesses::count(app, arrival.address).await?;
    let phone = validate::phone("phone", arrival.phone)?;
    let (account, right) = holder(app, &phone, arrival.organization_code, CodePurpose::SignIn, given).await?;
    open(app, &account, arrival, Some(right)).await
}

/// Whose phone it is, for whoever shows by a code that they hold it.
///
/// # Errors
/// `INVALID_CODE`; `REQUIRED` for the organization's code where the phone belongs to several.
pub async fn holder(
    app: &App,
    phone: &str,
    organization_code: Option<&str>,
    purpose: CodePurpose,
    given: &Given<'_>,
) -> Result<(account::Model, Right)> {
    let right = code::check(app, phone, purpose, given).await?;
    let mut accounts = accounts_of(app, phone, organization_code).await?;
    match (accounts.pop(), accounts.is_empty()) {
        (Some(account), true) => Ok((account, right)),
        (Some(_), false) => Err(Error::refused(Code::Required, "organizationCode")),
        (None, _) => Err(Error::refused(Code::InvalidCode, given.field)),
    }
}

/// Opens a session for somebody who has shown the first thing they must.
async fn open(app: &App, account: &account::Model, arrival: &Arrival<'_>, code: Option<Right>) -> Result<Held> {
    let device_name = validate::optional_text("deviceName", arrival.device_name, MAX_DEVICE)?;
    let factor = second_factor::of(app, account.id).await?;
    if factor.is_some() && arrival.second_factor_code.is_none() {
        return Err(Error::refused(Code::SecondFactorNeeded, "secondFactorCode"));
    }
    if factor.is_some() {
        guesses::second_factor(app, account.id).await?;
    }
    let viewer = Viewer::of(&app.db, account.clone(), app.clock.now()).await?;
    let caller = Caller { app, viewer: Some(&viewer), once: None, said: None };
    let act = Act::begin(&caller).await?;
    if let Some(code) = code {
        code.use_up(&act).await?;
    }
    if factor.is_some() {
        second_factor::pass(&act, account.id, arrival.second_factor_code.unwrap_or_default()).await?;
    }
    let (session, refresh_token) = session::begin(&act, account, device_name, factor.is_some()).await?;
    act.commit(ActResult::default()).await?;
    guesses::signed_in(app, &account.phone, arrival.address).await?;
    let now = app.clock.now();
    let (access_token, expires_at) = app.tokens.sign(account.id, session.id, now)?;
    let refresh_expires_at = refresh::ends_at(&session, now);
    let viewer = session::viewer(app, session.id).await?;
    Ok(Held { viewer, access_token, expires_at, refresh_token, refresh_expires_at })
}

/// Who holds an access token or an API key now. For a person who asked a moment ago it takes one small statement
/// ([`known`]).
///
/// # Errors
/// [`Error::Unauthenticated`] when it does not hold any more.
pub async fn authenticate(app: &App, token: &str) -> Result<(Viewer, DateTime<Utc>)> {
    if api_key::is_one(token) {
        return api_key::authenticate(app, token).await;
    }
    known::authenticate(app, token).await
}

/// The accounts of a phone that may sign in, in all organizations or in one: one statement, whether there are any or
/// not.
///
/// # Errors
/// When the database does not answer.
pub async fn accounts_of(app: &App, phone: &str, organization_code: Option<&str>) -> Result<Vec<account::Model>> {
    let mut accounts = account::Entity::find()
        .filter(account::Column::Phone.eq(phone))
        .filter(account::Column::State.eq(AccountState::Active))
        .order_by_asc(account::Column::Id)
        .limit(MAX_ORGANIZATIONS);
    if let Some(code) = organization_code {
        let named = Query::select()
            .column(organization::Column::Id)
            .from(organization::Entity)
            .and_where(organization::Column::Code.eq(code))
            .to_owned();
        accounts = accounts.filter(account::Column::OrganizationId.in_subquery(named));
    }
    Ok(accounts.all(&app.db).await?)
}
