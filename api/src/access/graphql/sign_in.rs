//! Signing in, codes, and refreshing.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::session::CodePurpose;

use super::Me;
use crate::access::code::{self, Given};
use crate::access::guard::Listed;
use crate::access::refresh::refresh;
use crate::access::service::{self, Arrival};
use crate::access::session::Held;
use crate::app::error::UserError;
use crate::app::public_id;
use crate::app::request::{Asked, key_of, outcome};

/// Who wants to sign in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The phone number.
    pub phone: String,
    /// The password.
    #[graphql(secret)]
    pub password: String,
    /// The organization's short code, for whoever belongs to several.
    pub organization_code: Option<String>,
    /// The code of the authenticator app, or a recovery code, for an account that has a second factor.
    #[graphql(secret)]
    pub second_factor_code: Option<String>,
    /// What the device calls itself, for the list of sessions. At most 80 characters.
    pub device_name: Option<String>,
    /// Any refresh token that this device had for the account before, even if it has ended. Strangers who guess at the
    /// password elsewhere then do not slow this device.
    #[graphql(secret)]
    pub known_device: Option<String>,
}

/// Who wants to sign in with a code.
#[derive(InputObject)]
pub struct SignInWithCodeInput {
    /// The phone number that the code was sent to.
    pub phone: String,
    /// As `requestCode` told it, with the purpose `SIGN_IN`.
    pub request_id: ID,
    /// The six digits.
    #[graphql(secret)]
    pub code: String,
    /// The organization's short code, for whoever belongs to several.
    pub organization_code: Option<String>,
    /// The code of the authenticator app, or a recovery code, for an account that has a second factor.
    #[graphql(secret)]
    pub second_factor_code: Option<String>,
    /// What the device calls itself, for the list of sessions. At most 80 characters.
    pub device_name: Option<String>,
}

/// A session that wants to go on.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The newest refresh token of the session. It is used up; one that is used twice ends the session.
    #[graphql(secret)]
    pub refresh_token: String,
    /// Send the same key when you repeat the call because its answer was lost: you get the same tokens again, and the
    /// session goes on. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// The result of signing in or refreshing.
#[derive(SimpleObject, Default)]
pub struct SignInPayload {
    /// The token for the `Authorization: Bearer` header, and for `connection_init` of a socket. It holds for minutes.
    pub access_token: Option<String>,
    /// When the access token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// What `refreshSession` gives the next pair for. Keep it safe; it is used once.
    pub refresh_token: Option<String>,
    /// When the session ends if it is not refreshed.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// Who signed in.
    pub viewer: Option<Me>,
    /// Why it was refused: `INVALID_CREDENTIALS`, whichever of the two is wrong; `SECOND_FACTOR_NEEDED`;
    /// `INVALID_CODE`.
    pub errors: Vec<UserError>,
}

impl SignInPayload {
    fn of(held: Option<Held>, errors: Vec<UserError>) -> Self {
        let Some(held) = held else { return Self { errors, ..Self::default() } };
        Self {
            access_token: Some(held.access_token),
            expires_at: Some(held.expires_at),
            refresh_token: Some(held.refresh_token),
            refresh_expires_at: Some(held.refresh_expires_at),
            viewer: Some(Me(held.viewer)),
            errors,
        }
    }
}

/// Who wants a code.
#[derive(InputObject)]
pub struct RequestCodeInput {
    /// The number that it is sent to.
    pub phone: String,
    /// What it is for.
    pub purpose: CodePurpose,
    /// The organization's short code, for whoever belongs to several.
    pub organization_code: Option<String>,
}

/// A code that was sent, if the number is anybody's.
#[derive(SimpleObject)]
pub struct RequestCodePayload {
    /// Send it with the code.
    pub request_id: Option<ID>,
    /// Until when the code can be used: five minutes.
    pub expires_at: Option<DateTime<Utc>>,
    /// Why it was refused: `NOT_OFFERED` where this server sends no messages, `NOT_SENT` while its gateway fails.
    pub errors: Vec<UserError>,
}

/// Signing in.
#[derive(Default)]
pub struct SignInMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl SignInMutation {
    /// Signs in with phone and password, and begins a session. Tries are limited by address and by phone:
    /// `RATE_LIMITED`.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload> {
        let arrival = Arrival {
            phone: &input.phone,
            organization_code: input.organization_code.as_deref(),
            second_factor_code: input.second_factor_code.as_deref(),
            device_name: input.device_name.as_deref(),
            known_device: input.known_device.as_deref(),
            address: ctx.address(),
        };
        let (held, errors) = outcome(ctx, service::sign_in(ctx.app()?, &arrival, &input.password).await)?;
        Ok(SignInPayload::of(held, errors))
    }

    /// Sends a code of six digits as a text message. The answer is the same whether or not anybody has the number. At
    /// most five in an hour go to one number: `RATE_LIMITED`.
    async fn request_code(&self, ctx: &Context<'_>, input: RequestCodeInput) -> Result<RequestCodePayload> {
        let request = code::Request {
            viewer: ctx.viewer(),
            phone: &input.phone,
            purpose: input.purpose,
            organization_code: input.organization_code.as_deref(),
            language: ctx.language(),
            address: ctx.address(),
        };
        let (requested, errors) = outcome(ctx, code::request(ctx.app()?, &request).await)?;
        Ok(RequestCodePayload {
            request_id: requested.map(|requested| public_id::write("CodeRequest", requested.id)),
            expires_at: requested.map(|requested| requested.ends_at),
            errors,
        })
    }

    /// Signs in with a code that was sent to the phone, and begins a session. A code is tried at most five times.
    async fn sign_in_with_code(&self, ctx: &Context<'_>, input: SignInWithCodeInput) -> Result<SignInPayload> {
        let arrival = Arrival {
            phone: &input.phone,
            organization_code: input.organization_code.as_deref(),
            second_factor_code: input.second_factor_code.as_deref(),
            device_name: input.device_name.as_deref(),
            known_device: None,
            address: ctx.address(),
        };
        let given = Given { request_id: &input.request_id, code: &input.code, field: "code" };
        let (held, errors) = outcome(ctx, service::sign_in_with_code(ctx.app()?, &arrival, &given).await)?;
        Ok(SignInPayload::of(held, errors))
    }

    /// Gives the next access token and the next refresh token of a session. A refresh token that was used before ends
    /// the session, since somebody else may have it: `INVALID_CODE`, and the session says why it has ended.
    async fn refresh_session(&self, ctx: &Context<'_>, input: RefreshSessionInput) -> Result<SignInPayload> {
        let key = key_of(input.idempotency_key.as_deref());
        let done = match key {
            Ok(key) => refresh(ctx.app()?, &input.refresh_token, key).await,
            Err(error) => Err(error),
        };
        let (held, errors) = outcome(ctx, done)?;
        Ok(SignInPayload::of(held, errors))
    }
}
