//! Follow-ups in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::follow_up::{Action, Method, Satisfaction, State, allowed_actions};
use entity::follow_up;
use sea_orm::{ColumnTrait, QueryFilter};

use super::service::{self, Outcome, standing_to};
use crate::access::guard::Listed;
use crate::access::scope;
use crate::app::loader::{AccountById, ComplaintById, FollowUpById, OpenLettersOf, SignatureById};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, optional_id, payload};
use crate::complaint::graphql::Complaint;
use crate::complaint::input::{CallInput, ComplaintInput};
use crate::incident::graphql::OpenLetter;
use crate::signature::graphql::Signature;
use crate::work_order::mutation::SignatureInput;

/// A follow-up 回访 (C10, D0–D2).
#[derive(async_graphql::Description)]
pub struct FollowUp(pub follow_up::Model);

#[Object(use_type_description)]
impl FollowUp {
    /// The id.
    pub async fn id(&self) -> ID {
        public_id::write("FollowUp", self.0.id)
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// Whether it is the one that C10 owes; others are talks during handling (D0).
    async fn closing(&self) -> bool {
        self.0.closing
    }

    /// How it was held (D2).
    async fn method(&self) -> Option<Method> {
        self.0.method
    }

    /// What the customer said of the result.
    async fn satisfaction(&self) -> Option<Satisfaction> {
        self.0.satisfaction
    }

    /// What was said; by phone it begins with 电话回访 (D2).
    async fn record(&self) -> Option<&str> {
        self.0.record.as_deref()
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When it was held.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// The director's remark (D2); for employees.
    async fn inspection(&self, ctx: &Context<'_>) -> Option<&str> {
        self.for_staff(ctx, self.0.inspection.as_deref())
    }

    /// When it was inspected.
    async fn inspected_at(&self) -> Option<DateTime<Utc>> {
        self.0.inspected_at
    }

    /// The office head's opinion (D2); for employees.
    async fn opinion(&self, ctx: &Context<'_>) -> Option<&str> {
        self.for_staff(ctx, self.0.opinion.as_deref())
    }

    /// When the opinion was signed.
    async fn opinion_at(&self) -> Option<DateTime<Utc>> {
        self.0.opinion_at
    }

    /// The name of who is responsible now (A0, D1).
    async fn owner_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.owner_account_id)).await?.map(|person| person.name))
    }

    /// Give it as `expectedVersion` to say which state you saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The customer's signature, when it was on site.
    async fn signature(&self, ctx: &Context<'_>) -> Result<Option<Signature>> {
        let Some(signature) = self.0.signature_id else {
            return Ok(None);
        };
        Ok(ctx.load(SignatureById(signature)).await?.map(Signature))
    }

    /// The case.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// The open letters in its archive: those that answered the case, in order (D4).
    async fn open_letters(&self, ctx: &Context<'_>) -> Result<Vec<OpenLetter>> {
        Ok(ctx
            .load(OpenLettersOf(self.0.complaint_id))
            .await?
            .unwrap_or_default()
            .into_iter()
            .map(OpenLetter)
            .collect())
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        let Some(viewer) = ctx.viewer() else {
            return Ok(Vec::new());
        };
        let Some(case) = ctx.load(ComplaintById(self.0.complaint_id)).await? else {
            return Ok(Vec::new());
        };
        let standing = standing_to(&viewer.standing(&case), self.0.owner_account_id == viewer.id);
        Ok(allowed_actions(self.0.state, &standing))
    }
}

impl FollowUp {
    fn for_staff<'a>(&self, ctx: &Context<'_>, text: Option<&'a str>) -> Option<&'a str> {
        text.filter(|_| ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id)))
    }
}

payload! {
    /// The result of an act on a follow-up.
    FollowUpPayload {
        /// The follow-up as it is now; null when the act was refused.
        follow_up: FollowUp by FollowUpById(follow_up),
        /// Its case as it is now.
        complaint: Complaint by ComplaintById(complaint),
    }
}

act_input! {
    /// How it went.
    FinishFollowUpInput on follow_up_id("FollowUp", "followUpId") {
        /// By phone or on site (D2).
        method: Method,
        /// What the customer said of the result.
        satisfaction: Satisfaction,
        /// What was said, 1 to 1,900 characters.
        record: String,
        /// The call; required by phone.
        call: Option<CallInput>,
        /// The customer's signature; required on site.
        signature: Option<SignatureInput>,
    }
}

act_input! {
    /// The director's remark.
    InspectFollowUpInput on follow_up_id("FollowUp", "followUpId") {
        /// The remark, 1 to 1,000 characters.
        remark: String,
    }
}

act_input! {
    /// The office head's opinion.
    SignOpinionInput on follow_up_id("FollowUp", "followUpId") {
        /// The opinion, 1 to 1,000 characters.
        opinion: String,
    }
}

/// Which follow-ups. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct FollowUpFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// In one of these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Only those that I own.
    #[graphql(default)]
    pub owned_by_me: bool,
}

/// Reads of follow-ups.
#[derive(Default)]
pub struct FollowUpQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl FollowUpQuery {
    /// The follow-ups that you may see, newest first.
    async fn follow_ups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which follow-ups.")] filter: Option<FollowUpFilter>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, FollowUp>> {
        use follow_up::Column;
        let viewer = ctx.signed_in()?;
        let filter = filter.unwrap_or_default();
        let mut rows = scope::follow_ups(viewer);
        if let Some(site) = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")? {
            rows = rows.filter(Column::SiteId.eq(site));
        }
        if !filter.states.is_empty() {
            rows = rows.filter(Column::State.is_in(filter.states));
        }
        if filter.owned_by_me {
            rows = rows.filter(Column::OwnerAccountId.eq(viewer.id));
        }
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page.unwrap_or_default(), FollowUp).await?)
    }
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

    /// Records how a follow-up went (D1, D2). Dissatisfied reopens the case; satisfied sends it on to inspection.
    async fn finish_follow_up(&self, ctx: &Context<'_>, input: FinishFollowUpInput) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let how = Outcome {
                method: input.method,
                satisfaction: input.satisfaction,
                record: input.record,
                call: input.call.map(Into::into),
                drawing: input.signature.map(Into::into),
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

    /// The office head signs an opinion (D2).
    async fn sign_opinion(&self, ctx: &Context<'_>, input: SignOpinionInput) -> Result<FollowUpPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::sign_opinion(&caller, input.target()?, &input.opinion).await
        });
        FollowUpPayload::of(ctx, outcome).await
    }
}
