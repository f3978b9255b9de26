//! The mutations on incidents and open letters: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, Object, Result};
use domain::access::Operation;

use super::graphql::{Incident, OpenLetter};
use super::input::{
    AddToIncidentInput, AnnounceIncidentInput, ConfirmIncidentInput, DraftOpenLetterInput, FollowIncidentInput,
    IncidentInput, MergeIncidentInput, OpenLetterInput, ReadOpenLetterInput, ReviseOpenLetterInput, SplitIncidentInput,
    UnfollowIncidentInput,
};
use super::service;
use crate::access::guard::Listed;
use crate::app::loader::{IncidentById, OpenLetterById};
use crate::app::public_id;
use crate::app::request::{attempt, caller, ids, payload};
use crate::complaint::case::Target;

payload! {
    /// The result of an act on an incident.
    IncidentPayload {
        /// It as it is now, or the new one; null when the act was refused.
        incident: Incident by IncidentById(subject),
    }
}

payload! {
    /// The result of an act on an open letter.
    OpenLetterPayload {
        /// It as it is now; null when the act was refused.
        open_letter: OpenLetter by OpenLetterById(subject),
    }
}

/// The acts on incidents and open letters.
#[derive(Default)]
pub struct IncidentMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl IncidentMutation {
    /// Says that cases of a site are of one incident (D4). Each customer sees in their case that it is. A case about an
    /// employee joins none (C11).
    async fn confirm_incident(&self, ctx: &Context<'_>, input: ConfirmIncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            let cases = ids("Complaint", &input.complaint_ids, "complaintIds")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::confirm(&caller, site, &input.title, input.announced, &cases).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Takes more cases into an incident. The letters that it has published answer them as well.
    async fn add_to_incident(&self, ctx: &Context<'_>, input: AddToIncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let cases = ids("Complaint", &input.complaint_ids, "complaintIds")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::add_cases(&caller, input.target()?, &cases).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Makes an incident of its own from some of the cases; the answer holds the new one.
    async fn split_incident(&self, ctx: &Context<'_>, input: SplitIncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let cases = ids("Complaint", &input.complaint_ids, "complaintIds")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::split(&caller, input.target()?, &input.title, &cases).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Carries an incident on under another one of the site: its cases, followers and drafts go along; the answer holds that one.
    async fn merge_incident(&self, ctx: &Context<'_>, input: MergeIncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let id = public_id::read("Incident", &input.into_incident_id, "intoIncidentId")?;
            let into = Target { id, version: input.into_expected_version };
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::merge(&caller, input.target()?, into).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Lets residents of the site know of an incident, or no longer.
    async fn announce_incident(&self, ctx: &Context<'_>, input: AnnounceIncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::announce(&caller, input.target()?, input.announced).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Says that an incident is over. Its cases go their own ways on.
    async fn end_incident(&self, ctx: &Context<'_>, input: IncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::end(&caller, input.target()?).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Follows a known incident for one of my units, instead of reporting it again. What is published of it stands in
    /// `openLetters`; no notice is sent, so show the state of what is followed when the app is opened.
    async fn follow_incident(&self, ctx: &Context<'_>, input: FollowIncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let incident = public_id::read("Incident", &input.incident_id, "incidentId")?;
            let unit = public_id::read("Unit", &input.unit_id, "unitId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::follow(&caller, incident, unit).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Follows an incident no longer.
    async fn unfollow_incident(&self, ctx: &Context<'_>, input: UnfollowIncidentInput) -> Result<IncidentPayload> {
        let outcome = attempt!({
            let incident = public_id::read("Incident", &input.incident_id, "incidentId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::unfollow(&caller, incident).await
        });
        IncidentPayload::of(ctx, outcome).await
    }

    /// Drafts an open letter for an incident (D4).
    async fn draft_open_letter(&self, ctx: &Context<'_>, input: DraftOpenLetterInput) -> Result<OpenLetterPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::draft(&caller, input.target()?, input.letter.parse()?).await
        });
        OpenLetterPayload::of(ctx, outcome).await
    }

    /// Changes a draft. Whoever changed it last has written it.
    async fn revise_open_letter(&self, ctx: &Context<'_>, input: ReviseOpenLetterInput) -> Result<OpenLetterPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::revise(&caller, input.target()?, input.letter.parse()?).await
        });
        OpenLetterPayload::of(ctx, outcome).await
    }

    /// Approves and publishes an open letter: by the head of the office or a leader, and never by whoever wrote it
    /// (`MISSING`, `SOMEBODY_ELSE`). It is the reply to every case of the incident that has not ended (C8), and stands in
    /// each one's archive. It is published to all of them at once or to none.
    async fn publish_open_letter(&self, ctx: &Context<'_>, input: OpenLetterInput) -> Result<OpenLetterPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::publish(&caller, input.target()?).await
        });
        OpenLetterPayload::of(ctx, outcome).await
    }

    /// Throws a draft away.
    async fn discard_open_letter(&self, ctx: &Context<'_>, input: OpenLetterInput) -> Result<OpenLetterPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::discard(&caller, input.target()?).await
        });
        OpenLetterPayload::of(ctx, outcome).await
    }

    /// Notes that I have read an open letter; call it when it is shown. The first time counts.
    async fn read_open_letter(&self, ctx: &Context<'_>, input: ReadOpenLetterInput) -> Result<OpenLetterPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::read(&caller, input.letter()?).await
        });
        OpenLetterPayload::of(ctx, outcome).await
    }
}
