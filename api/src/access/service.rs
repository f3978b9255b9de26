//! Signing in.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::organization::AccountState;
use domain::refusal::Code;
use entity::{account, organization};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::validate;

/// How many organizations one phone may belong to; each costs a password check.
const MAX_ORGANIZATIONS: u64 = 4;

/// A session that has begun.
pub struct SignedIn {
    /// Who.
    pub viewer: Viewer,
    /// The access token.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Signs in with phone and password. Whoever belongs to several organizations names one by its code.
///
/// # Errors
/// `INVALID_CREDENTIALS`, whichever of the two is wrong; [`Error::Limited`] after too many tries from an address.
pub async fn sign_in(
    app: &App,
    phone: &str,
    password: &str,
    organization_code: Option<&str>,
    address: Option<IpAddr>,
) -> Result<SignedIn> {
    app.guesses.count(address)?;
    let phone = validate::phone("phone", phone)?;
    let accounts = accounts_of(app, &phone, organization_code).await?;
    let account = match accounts.as_slice() {
        [] => {
            app.passwords.verify(password, None).await?;
            None
        }
        candidates => first_that_matches(app, candidates, password).await?,
    };
    let account = account.ok_or_else(|| Error::refused(Code::InvalidCredentials, "password"))?;
    let now = app.clock.now();
    let (token, expires_at) = app.tokens.sign(account.id, account.session_epoch, now)?;
    Ok(SignedIn { viewer: Viewer::load(&app.db, account.id, now).await?, token, expires_at })
}

/// Who holds a token now.
///
/// # Errors
/// [`Error::Unauthenticated`] when it does not hold any more.
pub async fn authenticate(app: &App, token: &str) -> Result<(Viewer, DateTime<Utc>)> {
    let now = app.clock.now();
    let claims = app.tokens.check(token, now)?;
    let viewer = Viewer::load(&app.db, claims.sub, now).await?;
    if viewer.session_epoch != claims.epoch {
        return Err(Error::Unauthenticated);
    }
    Ok((viewer, DateTime::from_timestamp(claims.exp, 0).unwrap_or(now)))
}

async fn accounts_of(app: &App, phone: &str, organization_code: Option<&str>) -> Result<Vec<account::Model>> {
    let mut accounts = account::Entity::find()
        .filter(account::Column::Phone.eq(phone))
        .filter(account::Column::State.eq(AccountState::Active))
        .limit(MAX_ORGANIZATIONS);
    if let Some(code) = organization_code {
        let organization =
            organization::Entity::find().filter(organization::Column::Code.eq(code)).one(&app.db).await?;
        let Some(organization) = organization else {
            return Ok(Vec::new());
        };
        accounts = accounts.filter(account::Column::OrganizationId.eq(organization.id));
    }
    Ok(accounts.all(&app.db).await?)
}

async fn first_that_matches<'a>(
    app: &App,
    candidates: &'a [account::Model],
    password: &str,
) -> Result<Option<&'a account::Model>> {
    for account in candidates {
        if app.passwords.verify(password, account.password_hash.as_deref()).await? {
            return Ok(Some(account));
        }
    }
    Ok(None)
}
