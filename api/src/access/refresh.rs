//! Refresh tokens: opaque, each used once and followed by the next. One that comes a second time may be stolen, so it
//! ends its whole family, which is the session.
//!
//! A token names its session and is signed by the server's secret: one that was used long ago is still known for what
//! it is when its row is gone.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use domain::audit;
use domain::refusal::Code;
use domain::session::End;
use entity::{account, refresh_token, session};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::session::{self as sessions, Held, Which};
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::vault::Vault;
use crate::audit::trail::Record;

const MARK: &str = "hyr_";
const RANDOM: usize = 32;
/// For how long the row of a used token stays; a repeated call is answered again for as long.
const KEPT: TimeDelta = TimeDelta::days(2);
/// What is sealed for a repeated call.
const NEXT: &str = "next refresh token";

/// The first token of a session that begins.
///
/// # Errors
/// When the database does not answer.
pub async fn first(act: &Act<'_>, session: &session::Model) -> Result<String> {
    make(act, session).await
}

/// The session that a token was given to, if the token is one of ours: used, ended or not.
#[must_use]
pub fn session_of(vault: &Vault, token: &str) -> Option<Uuid> {
    let (body, mac) = token.strip_prefix(MARK)?.rsplit_once('_')?;
    let body = BASE64URL_NOPAD.decode(body.as_bytes()).ok()?;
    let (id, _) = body.split_first_chunk::<16>()?;
    vault.is_digest(mac, NEXT, &[&body]).then(|| Uuid::from_bytes(*id))
}

/// Whether a device shows that it was signed in to a phone before: by any refresh token it ever had for it.
///
/// # Errors
/// When the database does not answer.
pub async fn is_known_device(app: &App, token: Option<&str>, phone: &str) -> Result<bool> {
    let Some(id) = token.and_then(|token| session_of(&app.vault, token)) else { return Ok(false) };
    let Some(session) = session::Entity::find_by_id(id).one(&app.db).await? else { return Ok(false) };
    let account = account::Entity::find_by_id(session.account_id).one(&app.db).await?;
    Ok(account.is_some_and(|account| account.phone == phone))
}

/// Gives the next pair of tokens for a refresh token. The same call again, known by its key, gets the same pair again.
///
/// # Errors
/// `INVALID_CODE` for a token that is not ours, has ended, or was used before; the last ends the session.
pub async fn refresh(app: &App, token: &str, key: Option<&str>) -> Result<Held> {
    let refused = || Error::refused(Code::InvalidCode, "refreshToken");
    let id = session_of(&app.vault, token).ok_or_else(refused)?;
    let known = sessions::running(app, id).await;
    let (session, account) = known.map_err(|error| match error {
        Error::Unauthenticated => refused(),
        other => other,
    })?;
    // No act of a person who is signed in: the token is all that they show.
    let caller = Caller { app, viewer: None, once: None, said: None };
    let act = Act::begin_anonymous(&caller, session.organization_id).await?;
    let row = session::Entity::find_by_id(id).filter(session::Column::EndedAt.is_null());
    let session = locked(row, &act.txn).one(&act.txn).await?.ok_or_else(refused)?;
    let used = refresh_token::Entity::find_by_id(sha256_hex(token.as_bytes())).one(&act.txn).await?;
    let next = match used {
        Some(row) if row.used_at.is_none() && row.ends_at <= act.now => return Err(refused()),
        Some(row) if row.used_at.is_none() => follow(&act, &session, row, key).await?,
        Some(row) => match again(&act, &row, key).await? {
            Some(next) => next,
            None => return replayed(act, &account, id).await,
        },
        None => return replayed(act, &account, id).await,
    };
    if next.fresh {
        sessions::used(&act, session.clone()).await?;
    }
    act.commit(ActResult::default()).await?;
    held(app, id, next).await
}

/// A token that follows a used one.
struct Next {
    token: String,
    ends_at: DateTime<Utc>,
    /// When the one before it was used: the access token is signed as of then, so that it is the same again.
    at: DateTime<Utc>,
    fresh: bool,
}

async fn follow(act: &Act<'_>, session: &session::Model, row: refresh_token::Model, key: Option<&str>) -> Result<Next> {
    let token = make(act, session).await?;
    let sealed = match key {
        Some(key) => Some(act.app.vault.under(key).seal(NEXT, &token, &act.app.dice)?),
        None => None,
    };
    let mut row = row.into_active_model();
    row.used_at = Set(Some(act.now));
    row.used_key = Set(key.map(|key| kept_key(&act.app.vault, key)));
    row.next_hash = Set(Some(sha256_hex(token.as_bytes())));
    row.next_sealed = Set(sealed);
    row.update(&act.txn).await?;
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::SessionId.eq(session.id))
        .filter(refresh_token::Column::UsedAt.lt(act.now - KEPT))
        .exec(&act.txn)
        .await?;
    Ok(Next { token, ends_at: ends_at(session, act.now), at: act.now, fresh: true })
}

/// What followed a used token, for the call that used it, as long as nobody has gone on from there.
async fn again(act: &Act<'_>, row: &refresh_token::Model, key: Option<&str>) -> Result<Option<Next>> {
    let (Some(key), Some(at), Some(next), Some(sealed)) = (key, row.used_at, &row.next_hash, &row.next_sealed) else {
        return Ok(None);
    };
    if row.used_key != Some(kept_key(&act.app.vault, key)) {
        return Ok(None);
    }
    let next = refresh_token::Entity::find_by_id(next).one(&act.txn).await?;
    let Some(next) = next.filter(|next| next.used_at.is_none()) else { return Ok(None) };
    let token = act.app.vault.under(key).open(NEXT, sealed);
    Ok(token.map(|token| Next { token, ends_at: next.ends_at, at, fresh: false }))
}

/// A key as it is kept: the key itself opens what is sealed under it.
fn kept_key(vault: &Vault, key: &str) -> String {
    vault.digest("refresh key", &[key.as_bytes()])
}

/// Ends the family and tells its person.
async fn replayed(act: Act<'_>, account: &account::Model, id: Uuid) -> Result<Held> {
    sessions::end(&act, account.id, Which::One(id), End::RefreshTokenReplayed).await?;
    let (kind, subject) = (audit::Kind::RefreshTokenReplayed, ("Session", id));
    act.record(Record { kind, subject, account: Some(account.id), data: json!({}) }).await?;
    sessions::commit(act, ActResult::default()).await?;
    Err(Error::refused(Code::InvalidCode, "refreshToken"))
}

async fn held(app: &App, session: Uuid, next: Next) -> Result<Held> {
    let viewer = sessions::viewer(app, session).await?;
    let now = app.clock.now();
    let at = if now < next.at + app.tokens.lifetime() { next.at } else { now };
    let (access_token, expires_at) = app.tokens.sign(viewer.id, session, at)?;
    Ok(Held { viewer, access_token, expires_at, refresh_token: next.token, refresh_expires_at: next.ends_at })
}

async fn make(act: &Act<'_>, session: &session::Model) -> Result<String> {
    let random: [u8; RANDOM] = act.app.dice.bytes();
    let body = [session.id.as_bytes().as_slice(), &random].concat();
    let mac = act.app.vault.digest(NEXT, &[&body]);
    let token = format!("{MARK}{}_{mac}", BASE64URL_NOPAD.encode(&body));
    let row = refresh_token::Model {
        hash: sha256_hex(token.as_bytes()),
        session_id: session.id,
        made_at: act.now,
        ends_at: ends_at(session, act.now),
        used_at: None,
        used_key: None,
        next_hash: None,
        next_sealed: None,
    };
    refresh_token::Entity::insert(row.into_active_model()).exec_without_returning(&act.txn).await?;
    Ok(token)
}

/// Until when a token that is given now can be used.
#[must_use]
pub fn ends_at(session: &session::Model, now: DateTime<Utc>) -> DateTime<Utc> {
    session.ends_at.min(now + sessions::IDLE)
}
