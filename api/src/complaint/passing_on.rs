//! The mutations by which a case reaches customer service from any employee (E3.5), and those by which staff and whoever stays
//! unknown speak with each other (D7).

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::access::Operation;
use domain::complaint::{Kind, Severity};

use super::details::AnonymousComplaint;
use super::graphql::Complaint;
use super::input::ConfirmationsInput;
use super::intake::Report;
use super::mutation::{IntakePayload, plain};
use super::query::by_receipt;
use super::service;
use crate::access::guard::Listed;
use crate::app::error::UserError;
use crate::app::loader::ComplaintById;
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, optional_id, payload, settle};

/// What an employee has just been told (E3.5).
#[derive(InputObject)]
pub struct ReportForCustomerInput {
    /// The site.
    pub site_id: ID,
    /// What it is about; one of `Site.categories`.
    pub category_id: ID,
    /// What happened, 1 to 4,000 characters.
    pub description: String,
    /// Where it is, at most 200 characters; the unit's address when not given.
    pub place: Option<String>,
    /// The unit it concerns, if one does.
    pub unit_id: Option<ID>,
    /// What the customer wants; `COMPLAINT` when not given.
    pub kind: Option<Kind>,
    /// How serious it is; `NORMAL` when not given.
    pub severity: Option<Severity>,
    /// Whom to ask for.
    pub contact_name: Option<String>,
    /// Where to call. Without it the case is anonymous, and the answer has a receipt code to hand over.
    pub contact_phone: Option<String>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// Customer service takes a case over.
    TakeOverComplaintInput on complaint_id("Complaint", "complaintId") {
        /// 四清楚 (E4.1.2): all four must be true where another employee registered it on the spot.
        confirmations: Option<ConfirmationsInput>,
    }
}

act_input! {
    /// A question to whoever reported an anonymous case.
    AskReporterInput on complaint_id("Complaint", "complaintId") {
        /// The question, 1 to 1,000 characters.
        question: String,
    }
}

/// An answer of the holder of a receipt code.
#[derive(InputObject)]
pub struct AnswerQuestionInput {
    /// The receipt code, as it was given.
    #[graphql(secret)]
    pub receipt_code: String,
    /// Which question; one of `anonymousComplaint.questions`.
    pub question_id: ID,
    /// The answer, 1 to 1,000 characters. Say nothing in it that tells who you are, unless you want to.
    pub answer: String,
    /// Send the same key when you repeat the call.
    #[graphql(secret)]
    pub idempotency_key: Option<String>,
}

/// The result of an answer.
#[derive(SimpleObject)]
pub struct AnswerQuestionPayload {
    /// The case as it is now.
    pub anonymous_complaint: Option<AnonymousComplaint>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

payload! {
    /// The result of an act by which a case changes hands, or somebody is asked.
    PassedOnPayload {
        /// The case as it is now; null when the act was refused.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// The acts by which a case reaches customer service, and whoever stays unknown is spoken with.
#[derive(Default)]
pub struct PassingOnMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl PassingOnMutation {
    /// Registers on the spot what any employee has just been told (E3.5). Customer service has to take it over at once:
    /// a clock runs until then.
    async fn report_for_customer(&self, ctx: &Context<'_>, input: ReportForCustomerInput) -> Result<IntakePayload> {
        let caller = match caller(ctx, input.idempotency_key.as_deref()) {
            Ok(caller) => caller,
            Err(error) => return IntakePayload::of(ctx, &plain(ctx)?, Err(error)).await,
        };
        let outcome = attempt!({
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            let unit = optional_id("Unit", input.unit_id.as_ref(), "unitId")?;
            let report = Report {
                kind: input.kind.unwrap_or(Kind::Complaint),
                severity: input.severity.unwrap_or(Severity::Normal),
                place: input.place,
                description: input.description,
                contact_name: input.contact_name,
                contact_phone: input.contact_phone,
                ..Report::about(public_id::read("Category", &input.category_id, "categoryId")?)
            };
            service::report(&caller, site, unit, report).await
        });
        IntakePayload::of(ctx, &caller, outcome).await
    }

    /// Customer service takes over a case that has just come in; I own it from now on. What another employee registered on the
    /// spot is confirmed with the customer first (E3.5, E4.1.2).
    async fn take_over_complaint(&self, ctx: &Context<'_>, input: TakeOverComplaintInput) -> Result<PassedOnPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let target = input.target()?;
            let confirmations = input.confirmations.map(ConfirmationsInput::all);
            service::take_over(&caller, target, confirmations).await
        });
        PassedOnPayload::of(ctx, outcome).await
    }

    /// Asks whoever reported an anonymous case something (D7). They read it by the receipt code.
    async fn ask_reporter(&self, ctx: &Context<'_>, input: AskReporterInput) -> Result<PassedOnPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::ask(&caller, input.target()?, &input.question).await
        });
        PassedOnPayload::of(ctx, outcome).await
    }

    /// Answers a question about an anonymous case by its receipt code (D7). Needs no sign-in, and nothing of whoever answers
    /// is kept, also when they are signed in; tries are counted.
    async fn answer_question(&self, ctx: &Context<'_>, input: AnswerQuestionInput) -> Result<AnswerQuestionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let question = public_id::read("Question", &input.question_id, "questionId")?;
            service::answer(&caller, &input.receipt_code, question, &input.answer, ctx.address()).await
        });
        let (_, errors) = settle(ctx, outcome)?;
        // The try was counted already.
        let case = by_receipt(ctx.app()?, &input.receipt_code, None).await?.filter(|_| errors.is_empty());
        Ok(AnswerQuestionPayload { anonymous_complaint: case.map(AnonymousComplaint), errors })
    }
}
