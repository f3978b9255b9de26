//! The mutations of residents.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::access::Operation;

use super::graphql::{Invitation, Residency, ResidentRequest};
use super::input::{
    ChangeResidencyInput, ConfirmResidentInput, InviteResidentInput, MoveInInput, MoveOutInput, RefuseResidentInput,
    RegisterResidentInput, RevokeInvitationInput,
};
use super::{invitation, registration, residency};
use crate::access::guard::Listed;
use crate::app::error::UserError;
use crate::app::loader::{InvitationById, RequestById, ResidencyById};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, payload, settle};
use crate::complaint::receipt::Receipt;

/// The result of an invitation.
#[derive(SimpleObject)]
pub struct InviteResidentPayload {
    /// The invitation; null when it was refused.
    pub invitation: Option<Invitation>,
    /// The code to hand to the resident: shown here and nowhere else. It works once, for 30 days.
    pub code: Option<String>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// The result of a registration. It is the same whether the phone number is known or not.
#[derive(SimpleObject)]
pub struct RegisterResidentPayload {
    /// Whether it was taken in: the office checks it, and then the residency holds.
    pub waiting: bool,
    /// Why it was refused; empty when it was taken in.
    pub errors: Vec<UserError>,
}

payload! {
    /// The result of an act on an invitation.
    InvitationPayload {
        /// It as it is now; null when the act was refused.
        invitation: Invitation by InvitationById(subject),
    }
}

payload! {
    /// The result of the office's check of a registration.
    ResidentRequestPayload {
        /// It as it is now; null when the act was refused.
        request: ResidentRequest by RequestById(subject),
    }
}

payload! {
    /// The result of an act on a residency.
    ResidencyPayload {
        /// It as it is now; null when the act was refused.
        residency: Residency by ResidencyById(subject),
    }
}

/// The acts on residents.
#[derive(Default)]
pub struct ResidentMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl ResidentMutation {
    /// Invites somebody to register as a resident of a unit. The answer has the code, once.
    async fn invite_resident(&self, ctx: &Context<'_>, input: InviteResidentInput) -> Result<InviteResidentPayload> {
        let caller = match caller(ctx, input.idempotency_key.as_deref()) {
            Ok(caller) => caller,
            Err(error) => {
                let (_, errors) = settle(ctx, Err(error))?;
                return Ok(InviteResidentPayload { invitation: None, code: None, errors });
            }
        };
        let outcome = attempt!({
            let unit = public_id::read("Unit", &input.unit_id, "unitId")?;
            invitation::invite(&caller, unit, input.stay(), input.name.as_deref()).await
        });
        let (result, errors) = settle(ctx, outcome)?;
        let Some(id) = result.subject else {
            return Ok(InviteResidentPayload { invitation: None, code: None, errors });
        };
        let code = result.receipt.as_deref().and_then(|kept| Receipt::shown(kept, caller.once.as_ref(), id));
        Ok(InviteResidentPayload { invitation: ctx.load(InvitationById(id)).await?.map(Invitation), code, errors })
    }

    /// Takes an invitation back that nobody has used.
    async fn revoke_invitation(&self, ctx: &Context<'_>, input: RevokeInvitationInput) -> Result<InvitationPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            invitation::revoke(&caller, public_id::read("Invitation", &input.invitation_id, "invitationId")?).await
        });
        InvitationPayload::of(ctx, outcome).await
    }

    /// Registers me by the code of an invitation. Needs no sign-in; tries are counted by address (`RATE_LIMITED` after
    /// thirty in a minute). The office checks it before I can sign in and file anything. A code that is unknown, used,
    /// taken back or too old is `NOT_FOUND`.
    async fn register_resident(
        &self,
        ctx: &Context<'_>,
        input: RegisterResidentInput,
    ) -> Result<RegisterResidentPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            registration::register(&caller, input.registering(), ctx.address()).await
        });
        let (result, errors) = settle(ctx, outcome)?;
        Ok(RegisterResidentPayload { waiting: result.subject.is_some(), errors })
    }

    /// Confirms a registration: the residency holds. The account that has the phone number is taken, else one is made.
    async fn confirm_resident(&self, ctx: &Context<'_>, input: ConfirmResidentInput) -> Result<ResidentRequestPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            registration::confirm(&caller, input.target()?).await
        });
        ResidentRequestPayload::of(ctx, outcome).await
    }

    /// Refuses a registration, with a reason. Nothing is made; for another try the office invites again.
    async fn refuse_resident(&self, ctx: &Context<'_>, input: RefuseResidentInput) -> Result<ResidentRequestPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            registration::refuse(&caller, input.target()?, &input.reason).await
        });
        ResidentRequestPayload::of(ctx, outcome).await
    }

    /// Lets somebody move in whom the office knows. `TAKEN` where they live there in that time already.
    async fn move_in(&self, ctx: &Context<'_>, input: MoveInInput) -> Result<ResidencyPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let unit = public_id::read("Unit", &input.unit_id, "unitId")?;
            let (person, stay) = input.parts();
            residency::move_in(&caller, unit, &person, stay).await
        });
        ResidencyPayload::of(ctx, outcome).await
    }

    /// Lets somebody move out. What they see of the unit ends with the last day; their own cases they follow to the end.
    async fn move_out(&self, ctx: &Context<'_>, input: MoveOutInput) -> Result<ResidencyPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            residency::move_out(&caller, input.target()?, input.last_day).await
        });
        ResidencyPayload::of(ctx, outcome).await
    }

    /// Changes in what right, or from when to when, somebody lives in a unit.
    async fn change_residency(&self, ctx: &Context<'_>, input: ChangeResidencyInput) -> Result<ResidencyPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            residency::change(&caller, input.target()?, input.changes()).await
        });
        ResidencyPayload::of(ctx, outcome).await
    }
}
