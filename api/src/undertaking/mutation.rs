//! The mutations on undertakings: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, Object, Result};
use domain::access::Operation;
use domain::refusal::Code;
use domain::undertaking::Kind;

use super::graphql::{OutsideParty, Undertaking};
use super::input::{
    AnswerRemedyInput, CheckOutsidePartyInput, ConfirmUndertakingInput, FinishUndertakingInput, KeepOutsidePartyInput,
    MakeCommitmentInput, OfferRemedyInput, PlanActionInput, ReferToOutsidePartyInput, ReopenActionInput,
    RequestTaskInput, UndertakingInput, UndertakingReasonInput,
};
use super::party::{self, Entry, Which};
use super::service::{self, About, Against, Answer, Draft};
use crate::access::guard::Listed;
use crate::app::decimal::Decimal;
use crate::app::error::{Error, Result as Outcome};
use crate::app::loader::{ComplaintById, OutsidePartyById, UndertakingById};
use crate::app::public_id;
use crate::app::request::{attempt, caller, optional_id, payload};
use crate::complaint::graphql::Complaint;
use crate::complaint::parts::Call;

payload! {
    /// The result of an act on an undertaking.
    UndertakingPayload {
        /// It as it is now; null when the act was refused.
        undertaking: Undertaking by UndertakingById(undertaking),
        /// Its case as it is now, where you may see it.
        complaint: Complaint by ComplaintById(complaint),
    }
}

payload! {
    /// The result of an act on the directory of outside parties.
    OutsidePartyPayload {
        /// The entry as it is now.
        outside_party: OutsideParty by OutsidePartyById(subject),
    }
}

/// The acts on undertakings.
#[derive(Default)]
pub struct UndertakingMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl UndertakingMutation {
    /// Promises the customer something (C6). Without a recorded cause and solution, above the limit of the site or in a
    /// serious matter it waits for the head's word, unless the head makes it.
    async fn make_commitment(&self, ctx: &Context<'_>, input: MakeCommitmentInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let about = About::Commitment(input.amount.map(|Decimal(text)| text));
            service::make(&caller, target, Draft { text: input.text, due_at: input.due_at, about }).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// Offers the customer something for what cannot be solved (C9). Above the limit of the site or in a serious matter it
    /// waits for the head's word, unless the head offers it.
    async fn offer_remedy(&self, ctx: &Context<'_>, input: OfferRemedyInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let about = About::Remedy(input.kind, input.amount.map(|Decimal(text)| text));
            service::make(&caller, target, Draft { text: input.text, due_at: input.due_at, about }).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// Asks another department to do its part (C4). Its head answers for it in its own time; whoever has the case stays
    /// accountable for the case, which cannot be resolved before the part is done or refused.
    async fn request_task(&self, ctx: &Context<'_>, input: RequestTaskInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let about = About::Task(public_id::read("Department", &input.department_id, "departmentId")?);
            service::make(&caller, target, Draft { text: input.text, due_at: input.due_at, about }).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// Asks an outside party, and tells the customer so (E4.4). A clock runs until it is asked again.
    async fn refer_to_outside_party(
        &self,
        ctx: &Context<'_>,
        input: ReferToOutsidePartyInput,
    ) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let party = public_id::read("OutsideParty", &input.outside_party_id, "outsidePartyId")?;
            let about = About::Referral(party, input.contact, input.reference);
            service::make(&caller, target, Draft { text: input.text, due_at: input.next_check_at, about }).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// Plans an action against a cause (C11): who does what until when. It goes on when the case has ended. With `incidentId`
    /// it is for the whole incident.
    async fn plan_action(&self, ctx: &Context<'_>, input: PlanActionInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let responsible = public_id::read("Account", &input.responsible_id, "responsibleId")?;
            let kind = if input.preventive { Kind::PreventiveAction } else { Kind::CorrectiveAction };
            let incident = optional_id("Incident", input.incident_id.as_ref(), "incidentId")?;
            let against = Against { cause: input.cause, code: input.cause_code, incident };
            let about = About::Action(kind, against, responsible);
            service::make(&caller, target, Draft { text: input.text, due_at: input.due_at, about }).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// The head lets the customer see a promise (C6). Nobody approves their own.
    async fn approve_undertaking(&self, ctx: &Context<'_>, input: UndertakingInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::approve(&caller, input.target()?).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// The head says no to a promise, or a department to a task, with a reason.
    async fn refuse_undertaking(&self, ctx: &Context<'_>, input: UndertakingReasonInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::refuse(&caller, input.target()?, &input.reason).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// The customer takes a remedy, or does not, with a reason (C9). Customer service may answer for a customer who was
    /// called.
    async fn answer_remedy(&self, ctx: &Context<'_>, input: AnswerRemedyInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let answer = Answer { declined_because: input.declined_because, call: input.call.map(Call::from) };
            service::answer(&caller, target, answer).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// Records what an outside party said for the time being, and when it is asked again (E4.4). The customer reads it.
    async fn check_outside_party(
        &self,
        ctx: &Context<'_>,
        input: CheckOutsidePartyInput,
    ) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::check(&caller, input.target()?, &input.said, input.next_check_at).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// Records that it was carried out, or what the outside party answered.
    async fn finish_undertaking(&self, ctx: &Context<'_>, input: FinishUndertakingInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::finish(&caller, input.target()?, &input.outcome).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// The customer has received a remedy, or a head has checked that an action had its effect (C11 e). Nobody checks
    /// their own action.
    async fn confirm_undertaking(
        &self,
        ctx: &Context<'_>,
        input: ConfirmUndertakingInput,
    ) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            service::confirm(&caller, target, &input.proof, input.call.map(Call::from)).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// An action had no effect: it is owed again, to another date (C11 e).
    async fn reopen_action(&self, ctx: &Context<'_>, input: ReopenActionInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::reopen(&caller, input.target()?, &input.reason, input.due_at).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// It is not wanted any more, with a reason. The customer hears of it where they had seen it.
    async fn cancel_undertaking(&self, ctx: &Context<'_>, input: UndertakingReasonInput) -> Result<UndertakingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::cancel(&caller, input.target()?, &input.reason).await
        });
        UndertakingPayload::of(ctx, outcome).await
    }

    /// Writes an entry of a site's directory of outside parties: a new one, or one as it is from now on (E4.4).
    async fn keep_outside_party(&self, ctx: &Context<'_>, input: KeepOutsidePartyInput) -> Result<OutsidePartyPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let which = which(&input)?;
            let KeepOutsidePartyInput { kind, name, phone, contact, note, retired, .. } = input;
            party::keep(&caller, which, Entry { kind, name, phone, contact, note, retired }).await
        });
        OutsidePartyPayload::of(ctx, outcome).await
    }
}

/// A new entry names its site, a change its entry and version.
fn which(input: &KeepOutsidePartyInput) -> Outcome<Which> {
    match (&input.site_id, &input.outside_party_id, input.expected_version) {
        (Some(site), None, None) => Ok(Which::New(public_id::read("Site", site, "siteId")?)),
        (None, Some(id), Some(version)) => {
            Ok(Which::Known(public_id::read("OutsideParty", id, "outsidePartyId")?, version))
        }
        _ => {
            let needed = vec!["siteId alone, or outsidePartyId with expectedVersion".to_owned()];
            Err(Error::refused_needing(Code::Invalid, "siteId", needed))
        }
    }
}
