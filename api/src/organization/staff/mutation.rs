//! The mutations of accounts and roles.

use async_graphql::{Context, Object, Result};
use domain::access::Operation;

use super::account;
use super::input::{
    AccountInput, ChangeMySettingsInput, ChangeStaffAccountInput, CreateStaffAccountInput, DisableAccountInput,
    EndRoleInput, GiveRoleInput,
};
use super::role;
use crate::access::guard::Listed;
use crate::app::loader::{AccountById, GrantById};
use crate::app::request::{attempt, caller, optional_id, payload};
use crate::organization::people::{Account, RoleGrant};

payload! {
    /// The result of an act on an account.
    AccountPayload {
        /// It as it is now; null when the act was refused.
        account: Account by AccountById(subject),
    }
}

payload! {
    /// The result of an act on a role.
    RoleGrantPayload {
        /// It as it is now; null when the act was refused.
        role: RoleGrant by GrantById(subject),
    }
}

/// The acts on accounts and roles.
#[derive(Default)]
pub struct StaffMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl StaffMutation {
    /// Makes an account for somebody who works here. `TAKEN` where the organization knows the phone number: give that
    /// account the role.
    async fn create_staff_account(&self, ctx: &Context<'_>, input: CreateStaffAccountInput) -> Result<AccountPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            account::create(&caller, &input.person(), input.password.as_deref()).await
        });
        AccountPayload::of(ctx, outcome).await
    }

    /// Changes somebody's name, numbers or language.
    async fn change_staff_account(&self, ctx: &Context<'_>, input: ChangeStaffAccountInput) -> Result<AccountPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            account::change(&caller, input.target()?, input.changes()).await
        });
        AccountPayload::of(ctx, outcome).await
    }

    /// Disables an account: its sessions end, and every open case, order and follow-up that it owns goes to a successor
    /// in the same act (A0). Its roles hold again when it is enabled.
    async fn disable_account(&self, ctx: &Context<'_>, input: DisableAccountInput) -> Result<AccountPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let successor = optional_id("Account", input.successor_id.as_ref(), "successorId")?;
            account::disable(&caller, input.target()?, successor).await
        });
        AccountPayload::of(ctx, outcome).await
    }

    /// Enables an account again.
    async fn enable_account(&self, ctx: &Context<'_>, input: AccountInput) -> Result<AccountPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            account::enable(&caller, input.target()?).await
        });
        AccountPayload::of(ctx, outcome).await
    }

    /// Gives somebody a role. `TAKEN` where they hold it at that place in that time.
    async fn give_role(&self, ctx: &Context<'_>, input: GiveRoleInput) -> Result<RoleGrantPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            role::give(&caller, &input.giving()?).await
        });
        RoleGrantPayload::of(ctx, outcome).await
    }

    /// Ends a role. What its holder owns by it goes to a successor (A0): in the same act where the day is today or
    /// earlier, else within a minute after the day has begun. The last head of a department, of the office, and the last
    /// administrator leave to a successor only.
    async fn end_role(&self, ctx: &Context<'_>, input: EndRoleInput) -> Result<RoleGrantPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let successor = optional_id("Account", input.successor_id.as_ref(), "successorId")?;
            role::end(&caller, input.target()?, input.day, successor).await
        });
        RoleGrantPayload::of(ctx, outcome).await
    }

    /// Changes my own language and, for staff, the number on my card.
    async fn change_my_settings(&self, ctx: &Context<'_>, input: ChangeMySettingsInput) -> Result<AccountPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            account::change_own(&caller, input.language, input.work_phone).await
        });
        AccountPayload::of(ctx, outcome).await
    }
}
