//! Machine accounts and their keys.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::{Operation, Scope};
use entity::api_key as row;

use crate::access::api_key::{self, NewKey};
use crate::access::guard::Listed;
use crate::app::act::{ActResult, Caller};
use crate::app::error::{self, UserError};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, ids, settle_subject};

/// A machine account's key, without its secret.
#[derive(async_graphql::Description)]
pub struct ApiKey(row::Model);

#[Object(use_type_description)]
impl ApiKey {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("ApiKey", self.0.id)
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The part of the key that tells it from others: a key reads `hyk_PREFIX_SECRET`.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it may read.
    async fn scopes(&self) -> Vec<Scope> {
        api_key::scopes(&self.0)
    }

    /// The sites that it may read of.
    async fn site_ids(&self) -> Vec<ID> {
        api_key::sites(&self.0).into_iter().map(|id| public_id::write("Site", id)).collect()
    }

    /// Whether it holds now.
    fn holds(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(api_key::holds(&self.0, ctx.app()?.clock.now()))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// Until when it holds.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// When it was ended before its time.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// When it was last used, to the minute.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
}

/// What a new key may do.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// What it is for. At most 60 characters.
    pub name: String,
    /// What it may read; at least one.
    pub scopes: Vec<Scope>,
    /// The sites that it may read of; at least one.
    pub site_ids: Vec<ID>,
    /// Until when it holds: at most two years from now.
    pub expires_at: DateTime<Utc>,
    /// Send the same key when you repeat the call: it is done once, and the secret is told again. At most 128
    /// characters.
    pub idempotency_key: Option<String>,
}

/// Which key is to be replaced.
#[derive(InputObject)]
pub struct RotateApiKeyInput {
    /// Which one.
    pub api_key_id: ID,
    /// For how many hours the old one goes on beside the new one: 0 to 168; 24 when not given.
    pub overlap_hours: Option<i32>,
    /// Until when the new one holds: at most two years from now.
    pub expires_at: DateTime<Utc>,
    /// Send the same key when you repeat the call: it is done once, and the secret is told again. At most 128
    /// characters.
    pub idempotency_key: Option<String>,
}

/// Which key is to end.
#[derive(InputObject)]
pub struct EndApiKeyInput {
    /// Which one.
    pub api_key_id: ID,
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// A key that was made or ended.
#[derive(SimpleObject)]
pub struct ApiKeyPayload {
    /// The key, as it stands.
    pub api_key: Option<ApiKey>,
    /// The whole key, for `Authorization: Bearer …`. Told once, when it is made.
    pub secret: Option<String>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

impl ApiKeyPayload {
    async fn of(
        ctx: &Context<'_>,
        caller: error::Result<Caller<'_>>,
        outcome: error::Result<ActResult>,
    ) -> Result<Self> {
        let (subject, secret, errors) = settle_subject(ctx, caller, outcome)?;
        let api_key = match subject {
            Some(id) => api_key::find(ctx.app()?, ctx.signed_in()?, id).await?.map(ApiKey),
            None => None,
        };
        Ok(Self { api_key, secret, errors })
    }
}

/// Reads of keys.
#[derive(Default)]
pub struct ApiKeyQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ApiKeyQuery {
    /// The keys of your organization's machine accounts, newest first, with those that have ended.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, ApiKey>> {
        let rows = api_key::all(ctx.signed_in()?);
        Ok(newest_first(ctx.app()?, rows, row::Column::Id, &page, ApiKey).await?)
    }
}

/// Keys.
#[derive(Default)]
pub struct ApiKeyMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl ApiKeyMutation {
    /// Makes a key with which another program reads what its scopes name, at its sites, and nothing else.
    async fn create_api_key(&self, ctx: &Context<'_>, input: CreateApiKeyInput) -> Result<ApiKeyPayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let done = attempt!({
            let sites = ids("Site", &input.site_ids, "siteIds")?;
            let CreateApiKeyInput { name, scopes, expires_at, .. } = input;
            let new = NewKey { name, scopes, sites, ends_at: expires_at };
            api_key::create(caller.as_ref().map_err(Clone::clone)?, new).await
        });
        ApiKeyPayload::of(ctx, caller, done).await
    }

    /// Replaces a key by a new one with the same rights; both hold for some hours.
    async fn rotate_api_key(&self, ctx: &Context<'_>, input: RotateApiKeyInput) -> Result<ApiKeyPayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let done = attempt!({
            let id = public_id::read("ApiKey", &input.api_key_id, "apiKeyId")?;
            let overlap = input.overlap_hours.unwrap_or(24);
            api_key::rotate(caller.as_ref().map_err(Clone::clone)?, id, overlap, input.expires_at).await
        });
        ApiKeyPayload::of(ctx, caller, done).await
    }

    /// Ends a key at once.
    async fn end_api_key(&self, ctx: &Context<'_>, input: EndApiKeyInput) -> Result<ApiKeyPayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let done = attempt!({
            let id = public_id::read("ApiKey", &input.api_key_id, "apiKeyId")?;
            api_key::end(caller.as_ref().map_err(Clone::clone)?, id).await
        });
        ApiKeyPayload::of(ctx, caller, done).await
    }
}
