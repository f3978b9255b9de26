//! The mutations on follow-ups: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::access::Operation;
use domain::follow_up::questionnaire::Question;

use super::graphql::FollowUp;
use super::input::{
    AssignFollowUpsInput, CloseUnreachedFollowUpInput, DrawInspectionInput, FinishFollowUpInput, InspectFollowUpInput,
    PlanFollowUpInput, PublishFollowUpQuestionnaireInput, RaiseMatterInput, RecordFollowUpAttemptInput,
    SignOpinionInput, SignOpinionsInput, raised, targets,
};
use super::parts::{FollowUpQuestionnaire, InspectionDraw};
use super::service::{self, Answers, Attempt, Outcome, Plan};
use crate::access::guard::Listed;
use crate::app::act::ActResult;
use crate::app::error::{Result as Done, UserError};
use crate::app::loader::{ComplaintById, DrawById, FollowUpById, OpinionById};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, optional_id, payload, settle};
use crate::complaint::graphql::Complaint;
use crate::complaint::input::ComplaintInput;
use crate::opinion::graphql::Opinion;
use crate::signature::keeping::Drawing;

payload! {
    /// The result of an act on a follow-up.
    FollowUpPayload {
        /// The follow-up as it is now; null when the act was refused.
        follow_up: FollowUp by FollowUpById(follow_up),
        /// Its case as it is now.
        complaint: Complaint by ComplaintById(complaint),
    }
}

payload! {
    /// The result of writing down what a customer raised in a follow-up.
    RaiseMatterPayload {
        /// The follow-up as it is now; null when the act was refused.
        follow_up: FollowUp by FollowUpById(follow_up),
        /// Its case as it is now.
        complaint: Complaint by ComplaintById(complaint),
        /// The case that was made of it; null where it became an opinion.
        raised_complaint: Complaint by ComplaintById(other_complaint),
        /// The opinion that was made of it; null where it became a case.
        raised_opinion: Opinion by OpinionById(subject),
    }
}

payload! {
    /// The result of a draw.
    InspectionDrawPayload {
        /// The draw; null when it was refused.
        draw: InspectionDraw by DrawById(subject),
    }
}

/// The result of an act on several follow-ups.
#[derive(SimpleObject)]
pub struct FollowUpsPayload {
    /// They as they are now, in the order in which they were given; empty when the act was refused.
    pub follow_ups: Vec<FollowUp>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

impl FollowUpsPayload {
    async fn of(ctx: &Context<'_>, outcome: Done<ActResult>) -> Result<Self> {
        let (result, errors) = settle(ctx, outcome)?;
        let all = result.follow_ups.iter().map(|id| ctx.load(FollowUpById(*id)));
        let found = futures_util::future::try_join_all(all).await?;
        Ok(Self { follow_ups: found.into_iter().flatten().map(FollowUp).collect(), errors })
    }
}

/// The result of publishing a questionnaire.
#[derive(SimpleObject)]
pub struct FollowUpQuestionnairePayload {
    /// What holds now.
    pub questionnaire: Option<FollowUpQuestionnaire>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// The acts on follow-ups.
#[derive(Default)]
pub struct FollowUpMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl FollowUpMutation {
    /// Opens a follow-up during handling (D0). The one that C10 owes opens by itself on resolution.
    async fn open_follow_up(&self, ctx: &Context<'_>, input: ComplaintInput) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::open(&caller, input.target()?).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }

    /// Says when a follow-up is held, and by whom (D1).
    async fn plan_follow_up(&self, ctx: &Context<'_>, input: PlanFollowUpInput) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let assignee = optional_id("Account", input.assignee_id.as_ref(), "assigneeId")?;
            service::plan(&caller, input.target()?, Plan { at: input.planned_for, assignee }).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }

    /// Gives several follow-ups to one person (D1): all of them, or none.
    async fn assign_follow_ups(&self, ctx: &Context<'_>, input: AssignFollowUpsInput) -> Result<FollowUpsPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let assignee = Some(public_id::read("Account", &input.assignee_id, "assigneeId")?);
            let plan = Plan { at: input.planned_for, assignee };
            service::assign(&caller, &targets(&input.follow_ups)?, plan).await
        });
        FollowUpsPayload::of(ctx, outcome).await
    }

    /// Records that a try to hold a follow-up came to nothing: no answer, refused, moved away (D5).
    async fn record_follow_up_attempt(
        &self,
        ctx: &Context<'_>,
        input: RecordFollowUpAttemptInput,
    ) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let attempt = Attempt {
                outcome: input.outcome,
                method: input.method,
                note: input.note,
                call: input.call.map(Into::into),
                next_at: input.next_attempt_at,
            };
            service::attempt(&caller, target, attempt).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }

    /// Closes a follow-up whose customer cannot be had, by the director's word (D5): after tries on three different days, a
    /// refusal, or where the customer has moved away; `MISSING` before that. It is inspected and signed like any other.
    async fn close_unreached_follow_up(
        &self,
        ctx: &Context<'_>,
        input: CloseUnreachedFollowUpInput,
    ) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::close_unreached(&caller, input.target()?, &input.remark).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }

    /// Makes a case or an opinion of something new that the customer raised in the talk, with a promised time of reply (D3). It
    /// is linked to the follow-up, belongs to the same customer, and is owed an answer by that time.
    async fn raise_matter(&self, ctx: &Context<'_>, input: RaiseMatterInput) -> Result<RaiseMatterPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let raised = raised(input.report, input.opinion)?;
            service::raise(&caller, target, input.method, raised, input.reply_by).await
        });
        RaiseMatterPayload::of(ctx, outcome).await
    }

    /// Records how a follow-up went (D1, D2). Dissatisfied reopens the case; satisfied sends it on to inspection.
    async fn finish_follow_up(&self, ctx: &Context<'_>, input: FinishFollowUpInput) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let given = input.answers.into_iter().map(Into::into).collect();
            let how = Outcome {
                method: input.method,
                satisfaction: input.satisfaction,
                record: input.record,
                call: input.call.map(Into::into),
                drawing: input.signature.map(Into::into),
                answers: Answers { revision: input.questionnaire_revision, given },
            };
            service::finish(&caller, target, how).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }

    /// The director inspects the record (D2).
    async fn inspect_follow_up(&self, ctx: &Context<'_>, input: InspectFollowUpInput) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::inspect(&caller, input.target()?, &input.remark).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }

    /// The director draws, among the follow-ups of a site that wait for inspection and were in no draw yet, those that are
    /// inspected (D2): at most a hundred at once, the oldest first. Those not drawn go on to the head with `NOT_SAMPLED`;
    /// discontented and unreached customers are always drawn. The seed and the share stay on record.
    async fn draw_inspection(&self, ctx: &Context<'_>, input: DrawInspectionInput) -> Result<InspectionDrawPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::draw(&caller, public_id::read("Site", &input.site_id, "siteId")?, input.percent).await
        });
        InspectionDrawPayload::of(ctx, outcome).await
    }

    /// The office head signs an opinion (D2).
    async fn sign_opinion(&self, ctx: &Context<'_>, input: SignOpinionInput) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let drawing = input.signature.map(Drawing::from);
            service::sign_opinion(&caller, target, &input.opinion, drawing.as_ref()).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }

    /// The office head signs one opinion for several follow-ups, each with its own record (D2): all of them, or none.
    async fn sign_opinions(&self, ctx: &Context<'_>, input: SignOpinionsInput) -> Result<FollowUpsPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let drawing = input.signature.map(Drawing::from);
            service::sign_opinions(&caller, &targets(&input.follow_ups)?, &input.opinion, drawing.as_ref()).await
        });
        FollowUpsPayload::of(ctx, outcome).await
    }

    /// Publishes what customers of a site are asked in follow-ups from now on, as its next version. By the supervisor, the
    /// director or the head of the office.
    async fn publish_follow_up_questionnaire(
        &self,
        ctx: &Context<'_>,
        input: PublishFollowUpQuestionnaireInput,
    ) -> Result<FollowUpQuestionnairePayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            let questions: Vec<Question> = input.questions.into_iter().map(Into::into).collect();
            service::publish(&caller, site, input.expected_revision, &questions).await
        });
        let (result, errors) = settle(ctx, outcome)?;
        let held = match result.subject {
            Some(site) => service::questionnaire(&ctx.app()?.db, site, None).await?,
            None => None,
        };
        let questionnaire = held.map(|held| FollowUpQuestionnaire::of(held, ctx.language()));
        Ok(FollowUpQuestionnairePayload { questionnaire, errors })
    }
}
