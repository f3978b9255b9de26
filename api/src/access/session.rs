//! Sessions: one for each sign-in on a device. A request is only as good as its session is now.

use chrono::{DateTime, TimeDelta, Utc};
use domain::audit;
use domain::organization::AccountState;
use domain::refusal::Code;
use domain::session::{End, may_only_set_up};
use entity::{account, session};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, JoinType, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::refresh;
use super::viewer::Viewer;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;

/// How long a session lasts that nobody uses.
pub const IDLE: TimeDelta = TimeDelta::days(30);
/// How long a session lasts at most.
pub const LONGEST: TimeDelta = TimeDelta::days(180);
/// For how long a session that has ended is still shown to its person.
const SHOWN: TimeDelta = TimeDelta::days(30);
/// How many sessions are shown.
const MAX_LIST: u64 = 100;

/// What somebody holds who has just signed in or refreshed.
pub struct Held {
    /// Who.
    pub viewer: Viewer,
    /// The access token, for minutes.
    pub access_token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// The refresh token, for the next pair.
    pub refresh_token: String,
    /// When the session ends if it is not used.
    pub refresh_expires_at: DateTime<Utc>,
}

/// Begins a session in an act; returns it with its first refresh token.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(
    act: &Act<'_>,
    account: &account::Model,
    device_name: Option<String>,
    second_factor_passed: bool,
) -> Result<(session::Model, String)> {
    let row = session::Model {
        id: act.id(),
        organization_id: account.organization_id,
        account_id: account.id,
        device_name,
        epoch: account.session_epoch,
        second_factor_passed,
        began_at: act.now,
        last_used_at: act.now,
        ends_at: act.now + LONGEST,
        ended_at: None,
        end_reason: None,
    };
    session::Entity::insert(row.clone().into_active_model()).exec_without_returning(&act.txn).await?;
    let token = refresh::first(act, &row).await?;
    let data = json!({ "device": row.device_name, "secondFactor": second_factor_passed });
    let subject = ("Session", row.id);
    act.record(Record { kind: audit::Kind::SignedIn, subject, account: Some(account.id), data }).await?;
    Ok((row, token))
}

/// A session with its account, if it still runs: one statement.
///
/// # Errors
/// [`Error::Unauthenticated`] when it has ended in any way.
pub async fn running(app: &App, id: Uuid) -> Result<(session::Model, account::Model)> {
    let of =
        session::Entity::belongs_to(account::Entity).from(session::Column::AccountId).to(account::Column::Id).into();
    let found =
        session::Entity::find_by_id(id).join(JoinType::InnerJoin, of).select_also(account::Entity).one(&app.db).await?;
    match found {
        Some((session, Some(account)))
            if account.state == AccountState::Active && runs(&session, account.session_epoch, app.clock.now()) =>
        {
            Ok((session, account))
        }
        _ => Err(Error::Unauthenticated),
    }
}

/// Whether a session has not ended.
fn runs(session: &session::Model, epoch: i32, now: DateTime<Utc>) -> bool {
    let used_lately = now < session.last_used_at + IDLE;
    session.ended_at.is_none() && used_lately && now < session.ends_at && session.epoch == epoch
}

/// Who a session belongs to, as they are now: two statements.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session or the account has ended.
pub async fn viewer(app: &App, id: Uuid) -> Result<Viewer> {
    let (session, account) = running(app, id).await?;
    let mut viewer = Viewer::of(&app.db, account, app.clock.now()).await?;
    let roles = viewer.grants.iter().map(|grant| grant.role);
    viewer.must_set_up_second_factor = may_only_set_up(app.second_factor, roles, session.second_factor_passed);
    viewer.session = Some(session.id);
    viewer.holds_until = viewer.holds_until.min(session.ends_at).min(session.last_used_at + IDLE);
    Ok(viewer)
}

/// The sessions of an account that run, and those that have ended lately, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(app: &App, viewer: &Viewer) -> Result<Vec<session::Model>> {
    let lately = app.clock.now() - SHOWN;
    let recent = Condition::any().add(session::Column::EndedAt.is_null()).add(session::Column::EndedAt.gt(lately));
    Ok(session::Entity::find()
        .filter(session::Column::AccountId.eq(viewer.id))
        .filter(session::Column::LastUsedAt.gt(lately))
        .filter(session::Column::EndsAt.gt(lately))
        .filter(recent)
        .order_by_desc(session::Column::Id)
        .limit(MAX_LIST)
        .all(&app.db)
        .await?)
}

/// Whether a listed session of an account runs.
#[must_use]
pub fn is_running(session: &session::Model, viewer: &Viewer, now: DateTime<Utc>) -> bool {
    runs(session, viewer.session_epoch, now)
}

/// Which sessions of an account end.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// This one.
    One(Uuid),
    /// All but this one, or all where there is none.
    AllBut(Option<Uuid>),
}

/// Ends sessions in an act; returns how many have ended by it. The caller wakes the streams after the commit.
///
/// # Errors
/// When the database does not answer.
pub async fn end(act: &Act<'_>, account: Uuid, which: Which, why: End) -> Result<u64> {
    let mut rows = session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(act.now))
        .col_expr(session::Column::EndReason, Expr::value(why))
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::EndsAt.gt(act.now));
    let subject = match which {
        Which::One(id) => {
            rows = rows.filter(session::Column::Id.eq(id));
            ("Session", id)
        }
        Which::AllBut(kept) => {
            if let Some(kept) = kept {
                rows = rows.filter(session::Column::Id.ne(kept));
            }
            ("Account", account)
        }
    };
    let ended = rows.exec(&act.txn).await?.rows_affected;
    if ended > 0 {
        let data = json!({ "reason": crate::app::error::upper_snake(why.name()), "sessions": ended });
        act.record(Record { kind: audit::Kind::SessionEnded, subject, account: Some(account), data }).await?;
    }
    Ok(ended)
}

/// Ends a session of the viewer: the one they ask in, or another.
///
/// # Errors
/// `NOT_FOUND` for a session that does not run or is somebody else's.
pub async fn end_one(caller: &Caller<'_>, id: Uuid, field: &str) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let why = if viewer.session == Some(id) { End::SignedOut } else { End::EndedElsewhere };
    if end(&act, viewer.id, Which::One(id), why).await? == 0 {
        return Err(Error::refused(Code::NotFound, field));
    }
    commit(act, ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// Ends the session that the viewer asks in.
///
/// # Errors
/// `NOT_FOUND` in an act that runs in no session.
pub async fn sign_out(caller: &Caller<'_>) -> Result<ActResult> {
    let current = caller.viewer.and_then(|viewer| viewer.session);
    end_one(caller, current.ok_or_else(|| Error::refused(Code::NotFound, ""))?, "").await
}

/// Ends every session of the viewer but the one they ask in.
///
/// # Errors
/// When the database does not answer.
pub async fn end_others(caller: &Caller<'_>) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    end(&act, viewer.id, Which::AllBut(viewer.session), End::EndedElsewhere).await?;
    commit(act, ActResult::default()).await
}

/// Ends an act that has ended sessions, and lets the streams that ran in them end at once.
///
/// # Errors
/// When the database does not answer; then nothing has happened.
pub async fn commit(act: Act<'_>, result: ActResult) -> Result<ActResult> {
    let (app, organization) = (act.app, act.organization_id());
    let result = act.commit(result).await?;
    app.bus.look_again(organization);
    Ok(result)
}

/// Notes in an act whether a second factor was shown in sessions of an account.
///
/// # Errors
/// When the database does not answer.
pub async fn note_second_factor(act: &Act<'_>, account: Uuid, only: Option<Uuid>, passed: bool) -> Result<()> {
    let mut rows = session::Entity::update_many()
        .col_expr(session::Column::SecondFactorPassed, Expr::value(passed))
        .filter(session::Column::AccountId.eq(account));
    if let Some(only) = only {
        rows = rows.filter(session::Column::Id.eq(only));
    }
    rows.exec(&act.txn).await?;
    Ok(())
}

/// Notes in an act that a session was used.
///
/// # Errors
/// When the database does not answer.
pub async fn used(act: &Act<'_>, session: session::Model) -> Result<()> {
    let mut row = session.into_active_model();
    row.last_used_at = Set(act.now);
    row.update(&act.txn).await?;
    Ok(())
}
