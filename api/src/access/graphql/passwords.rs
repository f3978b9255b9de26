//! Passwords.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::access::Operation;

use crate::access::code::Given;
use crate::access::guard::Listed;
use crate::access::new_password::{self, Forgotten};
use crate::app::act::ActResult;
use crate::app::error::{self, UserError};
use crate::app::request::{Asked, attempt, caller, settle};

/// A new password for the old one.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The password until now.
    #[graphql(secret)]
    pub current_password: String,
    /// The new one: 12 to 128 characters, and not among the first that anybody tries.
    #[graphql(secret)]
    pub new_password: String,
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// A new password for a forgotten one.
#[derive(InputObject)]
pub struct RecoverPasswordInput {
    /// The phone number that the code was sent to.
    pub phone: String,
    /// As `requestCode` told it, with the purpose `RECOVER_PASSWORD`.
    pub request_id: ID,
    /// The six digits.
    #[graphql(secret)]
    pub code: String,
    /// The new password: 12 to 128 characters, and not among the first that anybody tries.
    #[graphql(secret)]
    pub new_password: String,
    /// The organization's short code, for whoever belongs to several.
    pub organization_code: Option<String>,
    /// The code of the authenticator app, or a recovery code, for an account that has a second factor.
    #[graphql(secret)]
    pub second_factor_code: Option<String>,
}

/// Whether the password was changed.
#[derive(SimpleObject)]
pub struct PasswordPayload {
    /// Whether it was changed.
    pub changed: bool,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

impl PasswordPayload {
    fn of(ctx: &Context<'_>, outcome: error::Result<ActResult>) -> Result<Self> {
        let (_, errors) = settle(ctx, outcome)?;
        Ok(Self { changed: errors.is_empty(), errors })
    }
}

/// Passwords.
#[derive(Default)]
pub struct PasswordMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl PasswordMutation {
    /// Changes your password. Your other sessions end.
    async fn change_password(&self, ctx: &Context<'_>, input: ChangePasswordInput) -> Result<PasswordPayload> {
        let done = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            new_password::change(&caller, &input.current_password, &input.new_password).await
        });
        PasswordPayload::of(ctx, done)
    }

    /// Sets a new password for whoever holds the phone. All sessions of the account end. An account that has a second
    /// factor needs its code as well; one that must have it and has not is let in by an administrator: `NOT_YOURS`.
    async fn recover_password(&self, ctx: &Context<'_>, input: RecoverPasswordInput) -> Result<PasswordPayload> {
        let forgotten = Forgotten {
            phone: &input.phone,
            organization_code: input.organization_code.as_deref(),
            given: Given { request_id: &input.request_id, code: &input.code, field: "code" },
            second_factor_code: input.second_factor_code.as_deref(),
            new: &input.new_password,
            address: ctx.address(),
        };
        PasswordPayload::of(ctx, new_password::recover(ctx.app()?, &forgotten).await)
    }
}
