//! The second factor.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use domain::access::Operation;

use crate::access::guard::Listed;
use crate::access::second_factor;
use crate::app::error::UserError;
use crate::app::request::{Asked, attempt, caller, settle_secret};

/// That a second factor is to be set up.
#[derive(InputObject)]
pub struct BeginSecondFactorInput {
    /// Send the same key when you repeat the call: you are told the same secret. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// What the authenticator app needs.
#[derive(SimpleObject)]
pub struct BeginSecondFactorPayload {
    /// The secret in base32, for whoever types it. Told once.
    pub secret: Option<String>,
    /// The address `otpauth://…` to show as a QR code, for whoever scans it. Told once.
    pub uri: Option<String>,
    /// Why it was refused: `WRONG_STATE` where there is a second factor already.
    pub errors: Vec<UserError>,
}

/// The first code of the authenticator app.
#[derive(InputObject)]
pub struct ConfirmSecondFactorInput {
    /// The six digits that the app shows.
    #[graphql(secret)]
    pub code: String,
    /// Send the same key when you repeat the call: you are told the same recovery codes. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// The recovery codes.
#[derive(SimpleObject)]
pub struct ConfirmSecondFactorPayload {
    /// Ten codes; each stands in once for the authenticator app. Told once: let the person write them down.
    pub recovery_codes: Option<Vec<String>>,
    /// Why it was refused: `INVALID_CODE`, or `WRONG_STATE` where none is being set up.
    pub errors: Vec<UserError>,
}

/// What it takes to remove a second factor.
#[derive(InputObject)]
pub struct RemoveSecondFactorInput {
    /// The password.
    #[graphql(secret)]
    pub password: String,
    /// A code of the authenticator app, or a recovery code.
    #[graphql(secret)]
    pub code: String,
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// Whether the second factor was removed.
#[derive(SimpleObject)]
pub struct RemoveSecondFactorPayload {
    /// Whether it was removed.
    pub removed: bool,
    /// Why it was refused: `INVALID_CREDENTIALS`, `INVALID_CODE`, or `WRONG_STATE` where there is none.
    pub errors: Vec<UserError>,
}

/// The second factor.
#[derive(Default)]
pub struct SecondFactorMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl SecondFactorMutation {
    /// Draws the secret of an authenticator app. It counts once `confirmSecondFactor` has shown that the app works.
    async fn begin_second_factor(
        &self,
        ctx: &Context<'_>,
        input: BeginSecondFactorInput,
    ) -> Result<BeginSecondFactorPayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let done = attempt!(second_factor::begin(caller.as_ref().map_err(Clone::clone)?).await);
        let (secret, errors) = settle_secret(ctx, caller, done)?;
        let setup = secret.map(|secret| second_factor::setup(ctx.signed_in()?, secret)).transpose()?;
        let (secret, uri) = setup.map(|setup| (setup.secret, setup.uri)).unzip();
        Ok(BeginSecondFactorPayload { secret, uri, errors })
    }

    /// Confirms the authenticator app by its first code. From now on signing in asks for one; your other sessions end.
    async fn confirm_second_factor(
        &self,
        ctx: &Context<'_>,
        input: ConfirmSecondFactorInput,
    ) -> Result<ConfirmSecondFactorPayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let done = attempt!(second_factor::confirm(caller.as_ref().map_err(Clone::clone)?, &input.code).await);
        let (codes, errors) = settle_secret(ctx, caller, done)?;
        let recovery_codes = codes.map(|codes| codes.split(' ').map(str::to_owned).collect());
        Ok(ConfirmSecondFactorPayload { recovery_codes, errors })
    }

    /// Removes the authenticator app and the recovery codes.
    async fn remove_second_factor(
        &self,
        ctx: &Context<'_>,
        input: RemoveSecondFactorInput,
    ) -> Result<RemoveSecondFactorPayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let done = attempt!({
            second_factor::remove(caller.as_ref().map_err(Clone::clone)?, &input.password, &input.code).await
        });
        let (_, errors) = settle_secret(ctx, caller, done)?;
        Ok(RemoveSecondFactorPayload { removed: errors.is_empty(), errors })
    }
}
