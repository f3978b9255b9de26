//! The link to a technician's day in the schema.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;

use super::service;
use crate::access::guard::Listed;
use crate::app::error::UserError;
use crate::app::request::{Asked, attempt, caller, settle, settle_secret};

/// My link to a feed of my day, without its secret.
#[derive(SimpleObject)]
pub struct DayFeed {
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A link to be made.
#[derive(InputObject)]
pub struct CreateDayFeedInput {
    /// Send the same key when you repeat the call: it is done once, and the link is told again. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// A link to be revoked.
#[derive(InputObject)]
pub struct RevokeDayFeedInput {
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// A link that was made.
#[derive(SimpleObject)]
pub struct CreateDayFeedPayload {
    /// Where the feed is (iCalendar), below the address of this server: to be given to a calendar as a subscription. Told
    /// once: keep it like a password. It holds until it is revoked, another one is made, or you are no technician any more.
    pub path: Option<String>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// A link that was revoked.
#[derive(SimpleObject)]
pub struct RevokeDayFeedPayload {
    /// Whether there was one.
    pub revoked: bool,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// Reads of links.
#[derive(Default)]
pub struct DayFeedQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl DayFeedQuery {
    /// My link to a feed of my day; null when I have none.
    async fn day_feed(&self, ctx: &Context<'_>) -> Result<Option<DayFeed>> {
        let row = service::of(&ctx.app()?.db, ctx.signed_in()?.id).await?;
        Ok(row.map(|row| DayFeed { created_at: row.made_at }))
    }
}

/// The acts on links.
#[derive(Default)]
pub struct DayFeedMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl DayFeedMutation {
    /// Makes a secret link to a feed of my booked orders of today and the next seven days, for any calendar: number, task, place
    /// and time, without contact details. An earlier link ends by it.
    async fn create_day_feed(&self, ctx: &Context<'_>, input: CreateDayFeedInput) -> Result<CreateDayFeedPayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let done = attempt!(service::create(caller.as_ref().map_err(Clone::clone)?).await);
        let (secret, errors) = settle_secret(ctx, caller, done)?;
        Ok(CreateDayFeedPayload { path: secret.map(|secret| format!("/feeds/{secret}.ics")), errors })
    }

    /// Revokes my link; whoever has it sees nothing more.
    async fn revoke_day_feed(&self, ctx: &Context<'_>, input: RevokeDayFeedInput) -> Result<RevokeDayFeedPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::revoke(&caller).await
        });
        let (done, errors) = settle(ctx, outcome)?;
        Ok(RevokeDayFeedPayload { revoked: done.subject.is_some(), errors })
    }
}
