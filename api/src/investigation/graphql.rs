//! Visits on site and causes in the schema.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::investigation::{Cause, CauseGroup, Liable};
use entity::{investigation, site_visit};
use futures_util::future::try_join_all;
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::service::{self, Finding, Inquiry, Share, ShareDraft, Visit};
use crate::access::guard::Listed;
use crate::app::error::Error;
use crate::app::loader::{AccountById, AttachmentById, ComplaintById};
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, ids, optional_id, payload};
use crate::attachment::graphql::Attachment;
use crate::complaint::graphql::Complaint;

/// A look on site, with a finding for every matter of the case (A5, C3). It never changes.
#[derive(async_graphql::Description)]
pub struct SiteVisit(pub site_visit::Model);

#[Object(use_type_description)]
impl SiteVisit {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("SiteVisit", self.0.id)
    }

    /// When.
    async fn visited_at(&self) -> DateTime<Utc> {
        self.0.visited_at
    }

    /// Where.
    async fn place(&self) -> &str {
        &self.0.place
    }

    /// What was found, in the order of the matters.
    fn findings(&self) -> Result<Vec<SiteFinding>> {
        let kept: Vec<Finding> = serde_json::from_value(self.0.findings.clone()).map_err(Error::from)?;
        let told = |Finding { item, matter, text }| SiteFinding {
            item_id: public_id::write("ComplaintItem", item),
            matter,
            text,
        };
        Ok(kept.into_iter().map(told).collect())
    }

    /// The photos and papers that show it, in the order in which they were named (C3, A4).
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        attachments(ctx, self.0.evidence.as_ref()).await
    }

    /// The name of who was there and wrote it down.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.recorded_by)).await?.map(|account| account.name))
    }

    /// When it was written down.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// The attachments that a list of ids names, as far as the viewer may see them.
async fn attachments(ctx: &Context<'_>, kept: Option<&serde_json::Value>) -> Result<Vec<Attachment>> {
    let Some(kept) = kept else { return Ok(Vec::new()) };
    let ids: Vec<Uuid> = serde_json::from_value(kept.clone()).map_err(Error::from)?;
    let found = try_join_all(ids.into_iter().map(|id| ctx.load(AttachmentById(id)))).await?;
    Ok(found.into_iter().flatten().map(Attachment).collect())
}

/// What was found of one matter.
#[derive(SimpleObject)]
pub struct SiteFinding {
    /// The item.
    pub item_id: ID,
    /// The matter, as it was written then.
    pub matter: String,
    /// What was found.
    pub text: String,
}

/// The cause of a matter, its solution, and who is liable (A4, C4). A later one stands beside the earlier.
#[derive(async_graphql::Description)]
pub struct Investigation(pub investigation::Model);

#[Object(use_type_description)]
impl Investigation {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Investigation", self.0.id)
    }

    /// What led to it.
    async fn cause(&self) -> Cause {
        self.0.cause
    }

    /// What that belongs to.
    async fn cause_group(&self) -> CauseGroup {
        self.0.cause.group()
    }

    /// In words.
    async fn explanation(&self) -> &str {
        &self.0.explanation
    }

    /// The best solution, once it is known; nothing is promised before (C6).
    async fn solution(&self) -> Option<&str> {
        self.0.solution.as_deref()
    }

    /// Who is liable, together 100 % (A4).
    fn shares(&self) -> Result<Vec<LiabilityShare>> {
        let kept: Vec<Share> = serde_json::from_value(self.0.shares.clone()).map_err(Error::from)?;
        kept.into_iter()
            .map(|share| {
                let liable = Liable::try_from_value(&share.liable).map_err(|error| Error::from(error.to_string()))?;
                Ok(LiabilityShare { liable, name: share.name, percent: share.percent })
            })
            .collect()
    }

    /// The photos and papers that show it, in the order in which they were named (C3, A4).
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        attachments(ctx, self.0.evidence.as_ref()).await
    }

    /// The name of who wrote it down.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.recorded_by)).await?.map(|account| account.name))
    }

    /// When.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// A share of liability (A4).
#[derive(SimpleObject)]
pub struct LiabilityShare {
    /// Who is liable.
    pub liable: Liable,
    /// The name of the department or of the outside party.
    pub name: Option<String>,
    /// How much, in hundredths.
    pub percent: i32,
}

/// What was found of one matter.
#[derive(InputObject)]
pub struct SiteFindingInput {
    /// An item of the case.
    pub item_id: ID,
    /// What was found, 1 to 2,000 characters.
    pub text: String,
}

act_input! {
    /// A look on site.
    RecordSiteVisitInput on complaint_id("Complaint", "complaintId") {
        /// When: since the case was received.
        visited_at: DateTime<Utc>,
        /// Where, at most 200 characters; the place of the case when not given.
        place: Option<String>,
        /// What was found of each item of the case; none may be left out (A5).
        findings: Vec<SiteFindingInput>,
        /// The photos and papers that show it: attachments of the case that are ready, at most 20.
        #[graphql(default)]
        evidence_ids: Vec<ID>,
    }
}

/// A share of liability (A4).
#[derive(InputObject)]
pub struct LiabilityShareInput {
    /// Who is liable.
    pub liable: Liable,
    /// The department, for `DEPARTMENT`.
    pub department_id: Option<ID>,
    /// The outside party, for `OUTSIDE_PARTY`.
    pub outside_party_id: Option<ID>,
    /// How much, 1 to 100.
    pub percent: i32,
}

act_input! {
    /// What is known of the cause (A4, C4).
    RecordCauseInput on complaint_id("Complaint", "complaintId") {
        /// What led to it; `NOT_ESTABLISHED` while that is not known.
        cause: Cause,
        /// In words, 1 to 2,000 characters.
        explanation: String,
        /// The best solution, once it is known, at most 2,000 characters.
        solution: Option<String>,
        /// Who is liable, 1 to 10 shares that sum to 100.
        shares: Vec<LiabilityShareInput>,
        /// The photos and papers that show it: attachments of the case that are ready, at most 20.
        #[graphql(default)]
        evidence_ids: Vec<ID>,
    }
}

payload! {
    /// The result of recording what was found.
    InvestigationPayload {
        /// The case as it is now; null when it was refused.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// The acts of investigation.
#[derive(Default)]
pub struct InvestigationMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl InvestigationMutation {
    /// Records a look on site with a finding for every matter of the case; the refusal names those that were left out
    /// (A5, C3).
    async fn record_site_visit(&self, ctx: &Context<'_>, input: RecordSiteVisitInput) -> Result<InvestigationPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let read = |(place, finding): (usize, SiteFindingInput)| {
                let id = public_id::read("ComplaintItem", &finding.item_id, &format!("findings.{place}.itemId"))?;
                Ok((id, finding.text))
            };
            let findings =
                input.findings.into_iter().enumerate().map(read).collect::<crate::app::error::Result<Vec<_>>>()?;
            let evidence = ids("Attachment", &input.evidence_ids, "evidenceIds")?;
            let visit = Visit { visited_at: input.visited_at, place: input.place, findings, evidence };
            service::record_visit(&caller, target, visit).await
        });
        InvestigationPayload::of(ctx, outcome).await
    }

    /// Records the cause, the best solution once it is known, and who is liable (A4, C4). Promises rest on it (C6).
    async fn record_cause(&self, ctx: &Context<'_>, input: RecordCauseInput) -> Result<InvestigationPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let read = |(place, share): (usize, LiabilityShareInput)| {
                let field = |name: &str| format!("shares.{place}.{name}");
                Ok(ShareDraft {
                    liable: share.liable,
                    department: optional_id("Department", share.department_id.as_ref(), &field("departmentId"))?,
                    party: optional_id("OutsideParty", share.outside_party_id.as_ref(), &field("outsidePartyId"))?,
                    percent: share.percent,
                })
            };
            let evidence = ids("Attachment", &input.evidence_ids, "evidenceIds")?;
            let RecordCauseInput { cause, explanation, solution, shares, .. } = input;
            let shares = shares.into_iter().enumerate().map(read).collect::<crate::app::error::Result<Vec<_>>>()?;
            service::record_cause(&caller, target, Inquiry { cause, explanation, solution, shares, evidence }).await
        });
        InvestigationPayload::of(ctx, outcome).await
    }
}
