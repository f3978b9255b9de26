//! The second factor: an authenticator app (RFC 6238), with recovery codes for when it is lost.

use data_encoding::BASE32_NOPAD;
use domain::audit;
use domain::refusal::Code;
use domain::session::End;
use entity::{recovery_code, second_factor};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use super::guesses;
use super::session::{self, Which};
use super::viewer::Viewer;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;

/// The name that an authenticator app shows.
const ISSUER: &str = "Huiyin";
/// Bytes of a secret, as RFC 4226 recommends.
const SECRET: usize = 20;
const DIGITS: usize = 6;
/// A code holds for half a minute, and so long before and after it for clocks that are wrong.
const STEP: u64 = 30;
const STEPS_ASIDE: u16 = 1;
/// How many recovery codes there are, of fifty random bits each.
const RECOVERY_CODES: usize = 10;
const RECOVERY_LETTERS: usize = 10;

/// A second factor that is being set up.
pub struct Setup {
    /// The secret in base32, for whoever types it.
    pub secret: String,
    /// The address that an authenticator app reads from a QR code.
    pub uri: String,
}

/// The second factor of an account that counts.
///
/// # Errors
/// When the database does not answer.
pub async fn of(app: &App, account: Uuid) -> Result<Option<second_factor::Model>> {
    let row = second_factor::Entity::find_by_id(account).one(&app.db).await?;
    Ok(row.filter(|row| row.confirmed_at.is_some()))
}

/// Draws a secret for an authenticator app. It counts once a first code has confirmed it; until then it may be drawn
/// again.
///
/// # Errors
/// `WRONG_STATE` when there is one already.
pub async fn begin(caller: &Caller<'_>) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let secret = BASE32_NOPAD.encode(&act.app.dice.bytes::<SECRET>());
    let row = second_factor::Model {
        account_id: viewer.id,
        organization_id: viewer.organization_id,
        secret_sealed: act.app.vault.seal(&about(viewer.id), &secret, &act.app.dice)?,
        last_step: None,
        made_at: act.now,
        confirmed_at: None,
    };
    if let Some(before) = second_factor::Entity::find_by_id(viewer.id).one(&act.txn).await? {
        if before.confirmed_at.is_some() {
            return Err(Error::refused_needing(Code::WrongState, "", vec!["NO_SECOND_FACTOR".to_owned()]));
        }
        second_factor::Entity::delete_by_id(viewer.id).exec(&act.txn).await?;
    }
    second_factor::Entity::insert(row.into_active_model()).exec_without_returning(&act.txn).await?;
    let kept = caller.seal(&secret)?;
    let done = act.commit(ActResult { secret: kept, ..ActResult::default() }).await?;
    Ok(ActResult { secret: Some(secret), ..done })
}

/// What an authenticator app needs of a secret.
///
/// # Errors
/// When the secret is none.
pub fn setup(viewer: &Viewer, secret: String) -> Result<Setup> {
    // A colon would end the name in the address.
    let name = viewer.phone.replace(':', " ");
    let uri = builder(&secret)?.with_issuer(Some(ISSUER)).with_account_name(name).build();
    let uri = uri.and_then(|totp| totp.to_url()).map_err(|error| error.to_string())?;
    Ok(Setup { secret, uri })
}

/// Confirms the authenticator app by its first code, and draws recovery codes. The other sessions end: whoever is
/// signed in from now on has shown it.
///
/// # Errors
/// `WRONG_STATE` when none is being set up; `INVALID_CODE`.
pub async fn confirm(caller: &Caller<'_>, code: &str) -> Result<ActResult> {
    caller.refuse_repeated().await?;
    let viewer = caller.viewer.ok_or(Error::Unauthenticated)?;
    guesses::second_factor(caller.app, viewer.id).await?;
    let act = Act::begin(caller).await?;
    let row = second_factor::Entity::find_by_id(viewer.id).one(&act.txn).await?;
    let row = row.filter(|row| row.confirmed_at.is_none());
    let begun = || Error::refused_needing(Code::WrongState, "", vec!["SECOND_FACTOR_BEGUN".to_owned()]);
    let row = row.ok_or_else(begun)?;
    let step = step_of(act.app, &row, code, act.now.timestamp())?;
    let step = step.ok_or_else(|| Error::refused(Code::InvalidCode, "code"))?;
    second_factor::Entity::update_many()
        .col_expr(second_factor::Column::ConfirmedAt, Expr::value(act.now))
        .col_expr(second_factor::Column::LastStep, Expr::value(step))
        .filter(second_factor::Column::AccountId.eq(viewer.id))
        .exec(&act.txn)
        .await?;
    let codes = draw_recovery_codes(&act, viewer.id).await?;
    session::end(&act, viewer.id, Which::AllBut(viewer.session), End::SecondFactorAdded).await?;
    session::note_second_factor(&act, viewer.id, viewer.session, true).await?;
    record(&act, audit::Kind::SecondFactorAdded, viewer.id).await?;
    let codes = codes.join(" ");
    let kept = caller.seal(&codes)?;
    let done = session::commit(act, ActResult { secret: kept, ..ActResult::default() }).await?;
    Ok(ActResult { secret: Some(codes), ..done })
}

/// Removes the second factor of whoever shows password and code.
///
/// # Errors
/// `INVALID_CREDENTIALS`, `INVALID_CODE`, or `WRONG_STATE` when there is none.
pub async fn remove(caller: &Caller<'_>, password: &str, code: &str) -> Result<ActResult> {
    caller.refuse_repeated().await?;
    let viewer = caller.viewer.ok_or(Error::Unauthenticated)?;
    if of(caller.app, viewer.id).await?.is_none() {
        return Err(Error::refused_needing(Code::WrongState, "", vec!["SECOND_FACTOR_SET_UP".to_owned()]));
    }
    super::new_password::check_current(caller.app, viewer, password, "password").await?;
    guesses::second_factor(caller.app, viewer.id).await?;
    let act = Act::begin(caller).await?;
    pass_field(&act, viewer.id, code, "code").await?;
    forget(&act, viewer.id).await?;
    let done = ActResult { subject: Some(viewer.id), ..ActResult::default() };
    session::commit(act, done).await
}

/// Forgets the second factor of an account in an act: sessions count as without one.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(act: &Act<'_>, account: Uuid) -> Result<()> {
    second_factor::Entity::delete_by_id(account).exec(&act.txn).await?;
    let codes = recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(account));
    codes.exec(&act.txn).await?;
    session::note_second_factor(act, account, None, false).await?;
    record(act, audit::Kind::SecondFactorRemoved, account).await
}

/// Takes a code of the app or a recovery code, each once. Whoever calls has counted the try before the act began.
///
/// # Errors
/// `INVALID_CODE`.
pub async fn pass(act: &Act<'_>, account: Uuid, code: &str) -> Result<()> {
    pass_field(act, account, code, "secondFactorCode").await
}

async fn pass_field(act: &Act<'_>, account: Uuid, code: &str, field: &str) -> Result<()> {
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let taken = if code.len() == DIGITS {
        take_step(act, account, &code).await?
    } else {
        take_recovery_code(act, account, &code).await?
    };
    if taken { Ok(()) } else { Err(Error::refused(Code::InvalidCode, field)) }
}

async fn take_step(act: &Act<'_>, account: Uuid, code: &str) -> Result<bool> {
    use second_factor::Column;
    let row = second_factor::Entity::find_by_id(account).one(&act.txn).await?;
    let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else { return Ok(false) };
    let Some(step) = step_of(act.app, &row, code, act.now.timestamp())? else { return Ok(false) };
    let newer = Condition::any().add(Column::LastStep.is_null()).add(Expr::col(Column::LastStep).lt(step));
    let used = second_factor::Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::AccountId.eq(account))
        .filter(newer)
        .exec(&act.txn)
        .await?;
    Ok(used.rows_affected == 1)
}

async fn take_recovery_code(act: &Act<'_>, account: Uuid, code: &str) -> Result<bool> {
    let used = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(act.now))
        .filter(recovery_code::Column::AccountId.eq(account))
        .filter(recovery_code::Column::Hash.eq(hash_of(act.app, account, &code.to_ascii_uppercase())))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(&act.txn)
        .await?;
    if used.rows_affected == 1 {
        record(act, audit::Kind::RecoveryCodeUsed, account).await?;
    }
    Ok(used.rows_affected == 1)
}

async fn draw_recovery_codes(act: &Act<'_>, account: Uuid) -> Result<Vec<String>> {
    let before = recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(account));
    before.exec(&act.txn).await?;
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| BASE32_NOPAD.encode(&act.app.dice.bytes::<8>()).chars().take(RECOVERY_LETTERS).collect())
        .collect();
    let row = |code: &String| {
        let hash = hash_of(act.app, account, code);
        recovery_code::Model { account_id: account, hash, used_at: None }.into_active_model()
    };
    recovery_code::Entity::insert_many(codes.iter().map(row)).exec_without_returning(&act.txn).await?;
    let shown = |code: String| format!("{}-{}", &code[..RECOVERY_LETTERS / 2], &code[RECOVERY_LETTERS / 2..]);
    Ok(codes.into_iter().map(shown).collect())
}

async fn record(act: &Act<'_>, kind: audit::Kind, account: Uuid) -> Result<()> {
    act.record(Record { kind, subject: ("Account", account), account: Some(account), data: json!({}) }).await
}

/// The step that a code belongs to, if it is right.
fn step_of(app: &App, row: &second_factor::Model, code: &str, now: i64) -> Result<Option<i64>> {
    let secret = app.vault.open(&about(row.account_id), &row.secret_sealed);
    let secret = secret.ok_or_else(|| "a second factor was sealed under another secret of the server".to_owned())?;
    let totp: Totp = builder(&secret)?.with_account_name("account").build().map_err(|error| error.to_string())?;
    let now = u64::try_from(now).unwrap_or_default();
    Ok(totp.check(code, now).and_then(|step| i64::try_from(step).ok()))
}

fn builder(secret: &str) -> Result<Builder> {
    let secret = Secret::try_from_base32(secret).map_err(|error| error.to_string())?;
    Ok(Builder::new().with_secret(secret).with_skew(STEPS_ASIDE).with_step_duration(STEP))
}

/// Keyed, since fifty bits could be tried out by whoever has the database.
fn hash_of(app: &App, account: Uuid, code: &str) -> String {
    app.vault.digest("recovery code", &[account.as_bytes(), code.as_bytes()])
}

fn about(account: Uuid) -> String {
    format!("second factor of {account}")
}
