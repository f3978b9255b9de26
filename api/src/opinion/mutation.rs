//! The mutations on opinions: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::complaint::{Kind, ReplyForm, Severity};
use domain::opinion::Channel;

use super::graphql::Opinion;
use super::service::{self, Draft};
use crate::access::guard::Listed;
use crate::app::loader::{ComplaintById, OpinionById};
use crate::app::public_id;
use crate::app::request::{act_input, attempt, caller, optional_id, payload};
use crate::complaint::graphql::Complaint;
use crate::complaint::intake::Report;

payload! {
    /// The result of an act on an opinion.
    OpinionPayload {
        /// It as it is now; null when the act was refused.
        opinion: Opinion by OpinionById(subject),
        /// The complaint that it became, where you may see it.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// A resident gives an opinion (B1).
#[derive(InputObject)]
pub struct GiveOpinionInput {
    /// One of `viewer.units`; the opinion is about its site.
    pub unit_id: ID,
    /// In your own words, 1 to 2,000 characters.
    pub text: String,
    /// The employee whom it is about. They will never see it, and it passes by them (C11).
    pub about_account_id: Option<ID>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// An employee writes down somebody's opinion (B1).
#[derive(InputObject)]
pub struct RecordOpinionInput {
    /// The site.
    pub site_id: ID,
    /// How it came in; neither `APP` nor `FOLLOW_UP`.
    pub channel: Channel,
    /// In the words of whoever gave it, 1 to 2,000 characters.
    pub text: String,
    /// The unit it comes from, if one is known.
    pub unit_id: Option<ID>,
    /// Who gave it, at most 60 characters; not for somebody unknown.
    pub contact_name: Option<String>,
    /// Where to call. Where an account has this number, the opinion shows in its app.
    pub contact_phone: Option<String>,
    /// The employee whom it is about (C11).
    pub about_account_id: Option<ID>,
    /// Who is to answer it: an employee of the site. Customer service when not given.
    pub owner_id: Option<ID>,
    /// By when the answer was promised; the end of the third working day when not given.
    pub answer_by: Option<DateTime<Utc>>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

impl RecordOpinionInput {
    fn draft(&self) -> crate::app::error::Result<Draft> {
        Ok(Draft {
            unit_id: optional_id("Unit", self.unit_id.as_ref(), "unitId")?,
            contact_name: self.contact_name.clone(),
            contact_phone: self.contact_phone.clone(),
            about_account_id: optional_id("Account", self.about_account_id.as_ref(), "aboutAccountId")?,
            owner_id: optional_id("Account", self.owner_id.as_ref(), "ownerId")?,
            answer_by: self.answer_by,
            ..Draft::of(self.channel, self.text.clone())
        })
    }
}

act_input! {
    /// Who answers an opinion from now on, or by when.
    PromiseOpinionAnswerInput on opinion_id("Opinion", "opinionId") {
        /// Who answers it: an employee of the site. As before when not given.
        owner_id: Option<ID>,
        /// By when. As before when not given.
        answer_by: Option<DateTime<Utc>>,
        /// The reason, for whoever gave the opinion to read: 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// The answer to an opinion.
    AnswerOpinionInput on opinion_id("Opinion", "opinionId") {
        /// In which form: what came in writing from somebody known is answered by `LETTER` (C8).
        form: ReplyForm,
        /// The answer, 1 to 2,000 characters.
        answer: String,
    }
}

act_input! {
    /// What the complaint is about that an opinion becomes. Words, person, unit and channel are the opinion's.
    TurnOpinionIntoComplaintInput on opinion_id("Opinion", "opinionId") {
        /// What the customer wants; `COMPLAINT` when not given.
        kind: Option<Kind>,
        /// What it is about; one of `Site.categories`.
        category_id: ID,
        /// How serious it is; `NORMAL` when not given.
        severity: Option<Severity>,
        /// Where it is, at most 200 characters; the unit's address when not given.
        place: Option<String>,
        /// What happened, where the opinion's own words do not say it: at most 4,000 characters.
        description: Option<String>,
    }
}

act_input! {
    /// Nothing but which opinion.
    OpinionInput on opinion_id("Opinion", "opinionId") {}
}

/// The acts on opinions.
#[derive(Default)]
pub struct OpinionMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl OpinionMutation {
    /// Gives an opinion about the site of one of my units (B1). Its answer is promised for the end of the third working day.
    async fn give_opinion(&self, ctx: &Context<'_>, input: GiveOpinionInput) -> Result<OpinionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let unit = public_id::read("Unit", &input.unit_id, "unitId")?;
            let about = optional_id("Account", input.about_account_id.as_ref(), "aboutAccountId")?;
            service::give(&caller, unit, input.text, about).await
        });
        OpinionPayload::of(ctx, outcome).await
    }

    /// Writes down somebody's opinion from any channel, at any hour (B1): any employee may, for anybody.
    async fn record_opinion(&self, ctx: &Context<'_>, input: RecordOpinionInput) -> Result<OpinionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            service::record(&caller, site, input.draft()?).await
        });
        OpinionPayload::of(ctx, outcome).await
    }

    /// Names who answers an opinion, or promises the answer for another time, with a reason (D3).
    async fn promise_opinion_answer(
        &self,
        ctx: &Context<'_>,
        input: PromiseOpinionAnswerInput,
    ) -> Result<OpinionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let owner = optional_id("Account", input.owner_id.as_ref(), "ownerId")?;
            service::promise(&caller, input.target()?, owner, input.answer_by, &input.reason).await
        });
        OpinionPayload::of(ctx, outcome).await
    }

    /// Answers an opinion (B1).
    async fn answer_opinion(&self, ctx: &Context<'_>, input: AnswerOpinionInput) -> Result<OpinionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::answer(&caller, input.target()?, input.form, &input.answer).await
        });
        OpinionPayload::of(ctx, outcome).await
    }

    /// Carries an opinion on as a complaint, linked to it (B1). Where nobody is known who could be answered, the complaint is
    /// anonymous (D7).
    async fn turn_opinion_into_complaint(
        &self,
        ctx: &Context<'_>,
        input: TurnOpinionIntoComplaintInput,
    ) -> Result<OpinionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let report = Report {
                kind: input.kind.unwrap_or(Kind::Complaint),
                severity: input.severity.unwrap_or(Severity::Normal),
                place: input.place,
                description: input.description.unwrap_or_default(),
                ..Report::about(public_id::read("Category", &input.category_id, "categoryId")?)
            };
            service::turn(&caller, target, report).await
        });
        OpinionPayload::of(ctx, outcome).await
    }

    /// Puts an opinion into the archive once it is answered or has become a complaint (B1).
    async fn archive_opinion(&self, ctx: &Context<'_>, input: OpinionInput) -> Result<OpinionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::archive(&caller, input.target()?).await
        });
        OpinionPayload::of(ctx, outcome).await
    }
}
