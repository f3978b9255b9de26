//! The mutations on promises.

use async_graphql::{Context, Object, Result};
use domain::access::Operation;

use super::draft::checked;
use super::graphql::ServicePromises;
use super::input::{
    DraftServicePromisesInput, EndServicePromisesInput, PublishServicePromisesInput, ReviseServicePromisesInput,
    ServicePromisesInput,
};
use super::service;
use crate::access::guard::Listed;
use crate::app::loader::ServicePromisesById;
use crate::app::public_id;
use crate::app::request::{attempt, caller, payload};
use crate::app::validate;

payload! {
    /// The result of an act on a version of a site's promises.
    ServicePromisesPayload {
        /// The version as it is now; null when it was not found or not made.
        service_promises: ServicePromises by ServicePromisesById(subject),
    }
}

/// The acts on promises.
#[derive(Default)]
pub struct PromiseMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl PromiseMutation {
    /// Drafts a version of a site's service promises 服务承诺 (E4.5.1). It holds for nobody until it is approved and
    /// published. Two promises of one clock with the same condition are refused with `TAKEN`, and `needed` names the
    /// first of the pair; of any other two the most specific holds, in the order severity, category, channel, kind,
    /// department.
    async fn draft_service_promises(
        &self,
        ctx: &Context<'_>,
        input: DraftServicePromisesInput,
    ) -> Result<ServicePromisesPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            let note = validate::optional_text("note", input.note.as_deref(), 500)?;
            service::draft(&caller, site, &checked(&input.lines)?, note).await
        });
        ServicePromisesPayload::of(ctx, outcome).await
    }

    /// Writes a draft anew. Whoever does it counts as its author.
    async fn revise_service_promises(
        &self,
        ctx: &Context<'_>,
        input: ReviseServicePromisesInput,
    ) -> Result<ServicePromisesPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let note = validate::optional_text("note", input.note.as_deref(), 500)?;
            service::revise(&caller, input.target()?, &checked(&input.lines)?, note).await
        });
        ServicePromisesPayload::of(ctx, outcome).await
    }

    /// Approves a draft. `NOT_YOURS` for its author: somebody else has to read it.
    async fn approve_service_promises(
        &self,
        ctx: &Context<'_>,
        input: ServicePromisesInput,
    ) -> Result<ServicePromisesPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::approve(&caller, input.target()?).await
        });
        ServicePromisesPayload::of(ctx, outcome).await
    }

    /// Publishes an approved version: cases that are received from then on are held to it. Cases before keep theirs.
    async fn publish_service_promises(
        &self,
        ctx: &Context<'_>,
        input: PublishServicePromisesInput,
    ) -> Result<ServicePromisesPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::publish(&caller, input.target()?, input.from).await
        });
        ServicePromisesPayload::of(ctx, outcome).await
    }

    /// Gives a published version an end. Cases that were received under it keep it.
    async fn end_service_promises(
        &self,
        ctx: &Context<'_>,
        input: EndServicePromisesInput,
    ) -> Result<ServicePromisesPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::end(&caller, input.target()?, input.to).await
        });
        ServicePromisesPayload::of(ctx, outcome).await
    }

    /// Gives up a version that was not published.
    async fn withdraw_service_promises(
        &self,
        ctx: &Context<'_>,
        input: ServicePromisesInput,
    ) -> Result<ServicePromisesPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::withdraw(&caller, input.target()?).await
        });
        ServicePromisesPayload::of(ctx, outcome).await
    }
}
