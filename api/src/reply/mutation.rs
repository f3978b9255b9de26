//! The mutations on answers: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::access::Operation;

use super::graphql::{Reply, ReplyPolicy, ReplyTemplate};
use super::input::{
    ChangeReplyPolicyInput, DraftReplyTemplateInput, MarkReplyReadInput, PublishReplyTemplateInput,
    RecordReplyDeliveryInput, ReviseReplyTemplateInput, draft,
};
use super::{policy, service, template};
use crate::access::guard::Listed;
use crate::app::act::ActResult;
use crate::app::error::{Result as Done, UserError};
use crate::app::loader::{ComplaintById, ReplyById, TemplateById};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, payload, settle};
use crate::complaint::graphql::Complaint;

payload! {
    /// The result of an act on an answer.
    ReplyPayload {
        /// The answer as it is now; null when the act was refused.
        reply: Reply by ReplyById(subject),
        /// Its case as it is now.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// The result of an act on a template.
#[derive(SimpleObject)]
pub struct ReplyTemplatePayload {
    /// The template as it is now; null when the act was refused.
    pub template: Option<ReplyTemplate>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

impl ReplyTemplatePayload {
    async fn of(ctx: &Context<'_>, outcome: Done<ActResult>) -> Result<Self> {
        let (result, errors) = settle(ctx, outcome)?;
        let row = match result.subject {
            Some(id) => ctx.load(TemplateById(id)).await?,
            None => None,
        };
        Ok(Self { template: row.map(|row| template::Template::of(&row).into()), errors })
    }
}

/// The result of setting in which forms a channel is answered.
#[derive(SimpleObject)]
pub struct ReplyPolicyPayload {
    /// What holds now.
    pub reply_policy: Option<ReplyPolicy>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// The acts on answers; `replyToCustomer` gives one.
#[derive(Default)]
pub struct ReplyMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl ReplyMutation {
    /// Records when a letter reached the customer.
    async fn record_reply_delivery(&self, ctx: &Context<'_>, input: RecordReplyDeliveryInput) -> Result<ReplyPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::deliver(&caller, input.target()?, input.delivered_at).await
        });
        ReplyPayload::of(ctx, outcome).await
    }

    /// Tells that I, the customer, have read an answer. The first time counts, and whoever handles the case sees it.
    async fn mark_reply_read(&self, ctx: &Context<'_>, input: MarkReplyReadInput) -> Result<ReplyPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::mark_read(&caller, public_id::read("Reply", &input.reply_id, "replyId")?).await
        });
        ReplyPayload::of(ctx, outcome).await
    }

    /// Writes a new version of what the site writes to customers (C2). It is not in use before it is published. By the
    /// supervisor, the director or the head of the office.
    async fn draft_reply_template(
        &self,
        ctx: &Context<'_>,
        input: DraftReplyTemplateInput,
    ) -> Result<ReplyTemplatePayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            template::draft(&caller, site, input.purpose, &draft(input.zh, input.en)).await
        });
        ReplyTemplatePayload::of(ctx, outcome).await
    }

    /// Writes a draft of a template anew.
    async fn revise_reply_template(
        &self,
        ctx: &Context<'_>,
        input: ReviseReplyTemplateInput,
    ) -> Result<ReplyTemplatePayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            template::revise(&caller, target, &draft(input.zh, input.en)).await
        });
        ReplyTemplatePayload::of(ctx, outcome).await
    }

    /// Puts a draft into use in place of the version before. What was written with that stays as it was.
    async fn publish_reply_template(
        &self,
        ctx: &Context<'_>,
        input: PublishReplyTemplateInput,
    ) -> Result<ReplyTemplatePayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            template::publish(&caller, input.target()?).await
        });
        ReplyTemplatePayload::of(ctx, outcome).await
    }

    /// Sets in which forms a channel is answered at a site (C8). By the head of the office, a leader or an administrator.
    async fn change_reply_policy(
        &self,
        ctx: &Context<'_>,
        input: ChangeReplyPolicyInput,
    ) -> Result<ReplyPolicyPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            policy::change(&caller, input.target()?, input.channel, &input.forms).await
        });
        let (result, errors) = settle(ctx, outcome)?;
        let held = match result.subject {
            Some(site) => Some(policy::of(&ctx.app()?.db, site).await?.into()),
            None => None,
        };
        Ok(ReplyPolicyPayload { reply_policy: held, errors })
    }
}
