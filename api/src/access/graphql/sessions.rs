//! Sessions, by device.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::session::End;

use crate::access::guard::Listed;
use crate::access::session;
use crate::access::viewer::Viewer;
use crate::app::act::ActResult;
use crate::app::error::{self, UserError};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, settle};

/// A sign-in on one device.
#[derive(SimpleObject)]
pub struct Session {
    /// The id.
    id: ID,
    /// What the device calls itself.
    device_name: Option<String>,
    /// Whether it is the one that you ask in.
    current: bool,
    /// Whether it still runs.
    running: bool,
    /// Whether a second factor was shown in it.
    second_factor_passed: bool,
    /// When it began.
    began_at: DateTime<Utc>,
    /// When it was last refreshed, or began.
    last_used_at: DateTime<Utc>,
    /// When it was ended before its time.
    ended_at: Option<DateTime<Utc>>,
    /// Why it was ended before its time. `REFRESH_TOKEN_REPLAYED` means that somebody else may have had its tokens.
    end_reason: Option<End>,
}

impl Session {
    fn of(row: entity::session::Model, viewer: &Viewer, now: DateTime<Utc>) -> Self {
        Self {
            id: public_id::write("Session", row.id),
            current: viewer.session == Some(row.id),
            running: session::is_running(&row, viewer, now),
            device_name: row.device_name,
            second_factor_passed: row.second_factor_passed,
            began_at: row.began_at,
            last_used_at: row.last_used_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
        }
    }
}

async fn listed(ctx: &Context<'_>) -> Result<Vec<Session>> {
    let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
    let now = app.clock.now();
    Ok(session::list(app, viewer).await?.into_iter().map(|row| Session::of(row, viewer, now)).collect())
}

/// Reads of sessions.
#[derive(Default)]
pub struct SessionQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl SessionQuery {
    /// Your sessions by device, the newest first: those that run, and those that have ended in the last 30 days with
    /// the reason. At most 100.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        listed(ctx).await
    }
}

/// Which session is to end.
#[derive(InputObject)]
pub struct EndSessionInput {
    /// Which one.
    pub session_id: ID,
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// That every other session is to end, or this one.
#[derive(InputObject)]
pub struct EndSessionsInput {
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// The sessions as they stand.
#[derive(SimpleObject)]
pub struct SessionsPayload {
    /// Your sessions, as the query `sessions` gives them.
    pub sessions: Vec<Session>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

impl SessionsPayload {
    async fn of(ctx: &Context<'_>, outcome: error::Result<ActResult>) -> Result<Self> {
        let (_, errors) = settle(ctx, outcome)?;
        Ok(Self { sessions: listed(ctx).await?, errors })
    }
}

/// Ending sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl SessionMutation {
    /// Ends the session that you ask in: its tokens hold no longer, and its streams end.
    async fn sign_out(&self, ctx: &Context<'_>, input: EndSessionsInput) -> Result<SessionsPayload> {
        let done = attempt!(session::sign_out(&caller(ctx, input.idempotency_key.as_deref())?).await);
        SessionsPayload::of(ctx, done).await
    }

    /// Ends one of your sessions, as that of a lost phone: its tokens hold no longer, and its streams end.
    async fn end_session(&self, ctx: &Context<'_>, input: EndSessionInput) -> Result<SessionsPayload> {
        let done = attempt!({
            let id = public_id::read("Session", &input.session_id, "sessionId")?;
            session::end_one(&caller(ctx, input.idempotency_key.as_deref())?, id, "sessionId").await
        });
        SessionsPayload::of(ctx, done).await
    }

    /// Ends all of your sessions but the one that you ask in.
    async fn end_other_sessions(&self, ctx: &Context<'_>, input: EndSessionsInput) -> Result<SessionsPayload> {
        let done = attempt!(session::end_others(&caller(ctx, input.idempotency_key.as_deref())?).await);
        SessionsPayload::of(ctx, done).await
    }
}
