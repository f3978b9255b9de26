//! The mutations on cases: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::access::Operation;

use super::graphql::{Complaint, case_id};
use super::input::{
    AddAddendumInput, AddToComplaintInput, AssignHandlerInput, ComplaintInput, ComplaintReasonInput,
    ComplaintResultInput, ConcludeUnresolvableInput, DispatchComplaintInput, FileAnonymousComplaintInput,
    FileComplaintInput, HandOverComplaintInput, MergeComplaintInput, RateComplaintInput, ReclassifyComplaintInput,
    RegisterComplaintInput, ReplyToCustomerInput, ReportProgressInput, ShareComplaintInput, SplitComplaintInput,
};
use super::intake;
use super::service::{self, Classification, Conclusion};
use crate::access::guard::Listed;
use crate::app::act::{ActResult, Caller};
use crate::app::error::{Error, UserError};
use crate::app::loader::{CategoryById, ComplaintById, SiteById};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, ids, optional_id, payload, settle};
use crate::organization::graphql::{HandlerCard, SafetyAdvice, card};
use crate::repeat::graphql::SimilarComplaint;
use crate::reply;

/// The answer to an intake.
#[derive(SimpleObject)]
pub struct IntakePayload {
    /// The case; null for an anonymous caller, who follows it by the receipt code.
    pub complaint: Option<Complaint>,
    /// The number to ask by.
    pub number: Option<String>,
    /// Who has received it: name, department and phone (C1).
    pub receiver: Option<HandlerCard>,
    /// What to do at once, for fire and gas.
    pub safety_advice: Option<SafetyAdvice>,
    /// The earlier report of the same matter that it was linked to, if you may see it (D6).
    pub repeat_of: Option<SimilarComplaint>,
    /// The receipt code of an anonymous case: shown here and nowhere else (D7).
    pub receipt_code: Option<String>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

impl IntakePayload {
    pub(super) async fn of(ctx: &Context<'_>, caller: &Caller<'_>, outcome: Result<ActResult, Error>) -> Result<Self> {
        let (result, errors) = settle(ctx, outcome)?;
        let app = ctx.app()?;
        let id = result.complaint.filter(|_| errors.is_empty());
        let seen = if let Some(id) = id { ctx.load(ComplaintById(id)).await? } else { None };
        let row = match (&seen, id) {
            // Whoever stays unknown sees no case, and is told of this one all the same.
            (None, Some(id)) => {
                use sea_orm::EntityTrait;
                entity::complaint::Entity::find_by_id(id).one(&app.db).await.map_err(Error::from)?
            }
            _ => seen.clone(),
        };
        let Some(row) = row else {
            return Ok(Self {
                complaint: None,
                number: None,
                receiver: None,
                safety_advice: None,
                repeat_of: None,
                receipt_code: None,
                errors,
            });
        };
        let category = ctx.load(CategoryById(row.category_id)).await?;
        let danger = category.is_some_and(|category| category.emergency.calls_fire_service());
        let site = if danger { ctx.load(SiteById(row.site_id)).await? } else { None };
        Ok(Self {
            complaint: seen.map(Complaint),
            receiver: card(ctx, row.owner_account_id, row.site_id, row.department_id).await?,
            safety_advice: site.map(|site| SafetyAdvice::at(&site, ctx.language())),
            repeat_of: SimilarComplaint::before(ctx, &row).await?,
            receipt_code: intake::shown_receipt(caller, &result),
            number: Some(row.number),
            errors,
        })
    }
}

payload! {
    /// The result of an act on a case.
    ComplaintPayload {
        /// The case as it is now; null when the act was refused, or when the case has left your view by it.
        complaint: Complaint by ComplaintById(complaint),
    }
}

payload! {
    /// The result of an act on two cases.
    TwoComplaintsPayload {
        /// The case as it is now.
        complaint: Complaint by ComplaintById(complaint),
        /// The case that carries it on, or that was split off.
        other_complaint: Complaint by ComplaintById(other_complaint),
    }
}

/// The acts on cases.
#[derive(Default)]
pub struct ComplaintMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl ComplaintMutation {
    /// Files a case for one of my units (E1). The answer carries the receiver's card (C1), and for fire and gas what to
    /// do at once.
    async fn file_complaint(&self, ctx: &Context<'_>, input: FileComplaintInput) -> Result<IntakePayload> {
        let caller = caller(ctx, input.idempotency_key.as_deref());
        let caller = match caller {
            Ok(caller) => caller,
            Err(error) => return IntakePayload::of(ctx, &plain(ctx)?, Err(error)).await,
        };
        let outcome = attempt!({
            let unit = public_id::read("Unit", &input.unit_id, "unitId")?;
            intake::file(&caller, unit, input.shared_with_household, input.report.parse()?).await
        });
        IntakePayload::of(ctx, &caller, outcome).await
    }

    /// Files a case without saying who I am (D7). Nothing of me is kept, also when I am signed in; the receipt code in
    /// the answer is the only way to follow it.
    async fn file_anonymous_complaint(
        &self,
        ctx: &Context<'_>,
        input: FileAnonymousComplaintInput,
    ) -> Result<IntakePayload> {
        let caller = match caller(ctx, input.idempotency_key.as_deref()) {
            Ok(caller) => caller,
            Err(error) => return IntakePayload::of(ctx, &plain(ctx)?, Err(error)).await,
        };
        let outcome = attempt!({
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            intake::file_anonymously(&caller, site, input.report.parse()?, ctx.address()).await
        });
        let mut payload = IntakePayload::of(ctx, &caller, outcome).await?;
        payload.complaint = None;
        Ok(payload)
    }

    /// Registers a case for a customer who called, came or wrote (E3.5, E4.1.2). The head of customer service is told.
    async fn register_complaint(&self, ctx: &Context<'_>, input: RegisterComplaintInput) -> Result<IntakePayload> {
        let caller = match caller(ctx, input.idempotency_key.as_deref()) {
            Ok(caller) => caller,
            Err(error) => return IntakePayload::of(ctx, &plain(ctx)?, Err(error)).await,
        };
        let outcome = attempt!({
            let (registration, report) = input.parse()?;
            intake::register(&caller, registration, report).await
        });
        IntakePayload::of(ctx, &caller, outcome).await
    }

    /// Sends a case to the responsible department (E4.2); to another than the category names only with a reason.
    async fn dispatch_complaint(&self, ctx: &Context<'_>, input: DispatchComplaintInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let department = optional_id("Department", input.department_id.as_ref(), "departmentId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::dispatch(&caller, input.target()?, department, input.reason.as_deref()).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// My department takes the case (C4). I own it from now on.
    async fn accept_assignment(&self, ctx: &Context<'_>, input: ComplaintInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::accept_assignment(&caller, input.target()?).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// My department refuses the case with a reason; it returns to customer service.
    async fn refuse_assignment(&self, ctx: &Context<'_>, input: ComplaintReasonInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::refuse_assignment(&caller, input.target()?, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Hands the case over to another department (C4); its head owns it from now on, and is told.
    async fn hand_over_complaint(&self, ctx: &Context<'_>, input: HandOverComplaintInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let department = public_id::read("Department", &input.department_id, "departmentId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::hand_over(&caller, input.target()?, department, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Names the person of the department who handles the case (A0); their card replaces the earlier one (C1).
    async fn assign_handler(&self, ctx: &Context<'_>, input: AssignHandlerInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let handler = public_id::read("Account", &input.handler_id, "handlerId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::assign_handler(&caller, input.target()?, handler).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Decides to handle the case, with a reason that the customer can read (C5).
    async fn accept_complaint(&self, ctx: &Context<'_>, input: ComplaintReasonInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::accept(&caller, input.target()?, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Decides not to handle the case, with a reason that the customer can read (C5). A follow-up is owed all the same
    /// (C10).
    async fn decline_complaint(&self, ctx: &Context<'_>, input: ComplaintReasonInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::decline(&caller, input.target()?, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Corrects kind, category or severity, with a reason.
    async fn reclassify_complaint(
        &self,
        ctx: &Context<'_>,
        input: ReclassifyComplaintInput,
    ) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let category_id = optional_id("Category", input.category_id.as_ref(), "categoryId")?;
            let to = Classification { kind: input.kind, category_id, severity: input.severity };
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::reclassify(&caller, input.target()?, to, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Tells the customer how it goes (C5).
    async fn report_progress(&self, ctx: &Context<'_>, input: ReportProgressInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::report_progress(&caller, input.target()?, &input.text).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Answers the customer, finally or for the time being (C8), in a form that fits the channel. An answer for the time
    /// being says when the next comes. `previewReply` shows it before; `Complaint.replies` has it afterwards.
    async fn reply_to_customer(&self, ctx: &Context<'_>, input: ReplyToCustomerInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let (target, caller) = (input.target()?, caller(ctx, input.idempotency_key.as_deref())?);
            reply::service::send(&caller, target, input.answer()?).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Adds words or items to a case. Its owner is told.
    async fn add_to_complaint(&self, ctx: &Context<'_>, input: AddToComplaintInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::add(&caller, target, input.text.as_deref(), input.items).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Lets my household see the case, or no longer.
    async fn share_complaint(&self, ctx: &Context<'_>, input: ShareComplaintInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::share(&caller, input.target()?, input.shared).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Takes the case back, with a reason; customer service does it for a customer who calls. Unfinished work orders
    /// are cancelled. A follow-up is owed all the same (C10).
    async fn withdraw_complaint(&self, ctx: &Context<'_>, input: ComplaintReasonInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::withdraw(&caller, input.target()?, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Records that the case has been handled, with the result for the customer. The follow-up opens by itself (D1).
    /// `MISSING` while a work order is not signed (E4.5.2).
    async fn resolve_complaint(&self, ctx: &Context<'_>, input: ComplaintResultInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::resolve(&caller, input.target()?, &input.result).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Records that the case cannot be solved, with an explanation and an apology; a remedy must have been offered (C9).
    /// The follow-up opens by itself (D1).
    async fn conclude_unresolvable(
        &self,
        ctx: &Context<'_>,
        input: ConcludeUnresolvableInput,
    ) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let ConcludeUnresolvableInput { explanation, apology, recourse, .. } = input;
            service::conclude(&caller, target, &Conclusion { explanation, apology, recourse }).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Takes back a resolution made by mistake: a recorded counter-act with a reason.
    async fn correct_resolution(&self, ctx: &Context<'_>, input: ComplaintReasonInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::correct_resolution(&caller, input.target()?, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Opens my case again because the matter is not settled; counted.
    async fn reopen_complaint(&self, ctx: &Context<'_>, input: ComplaintReasonInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::reopen(&caller, input.target()?, &input.reason).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Rates the handling of my case, once (E4.5.2).
    async fn rate_complaint(&self, ctx: &Context<'_>, input: RateComplaintInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::rate(&caller, target, input.ratings.into(), input.comment.as_deref()).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Writes down the result of an anonymous case, in place of a follow-up (D7).
    async fn record_result(&self, ctx: &Context<'_>, input: ComplaintResultInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::record_result(&caller, input.target()?, &input.result).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Carries a case on under another open case of the same customer. Its items go along.
    async fn merge_complaint(&self, ctx: &Context<'_>, input: MergeComplaintInput) -> Result<TwoComplaintsPayload> {
        let outcome = attempt!({
            let into = public_id::read("Complaint", &input.into_complaint_id, "intoComplaintId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::merge(&caller, input.target()?, into, &input.reason).await
        });
        TwoComplaintsPayload::of(ctx, outcome).await
    }

    /// Makes a case of its own from some of the items. It is received anew, for the same customer.
    async fn split_complaint(&self, ctx: &Context<'_>, input: SplitComplaintInput) -> Result<TwoComplaintsPayload> {
        let outcome = attempt!({
            let items = ids("ComplaintItem", &input.item_ids, "itemIds")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::split(&caller, input.target()?, &items, &input.reason).await
        });
        TwoComplaintsPayload::of(ctx, outcome).await
    }

    /// Archives a case (A8); from then on it cannot change. `MISSING` with what must come first: the signed follow-up
    /// (C10, D2) or the written result (D7), and both copies of each order (E4.2.1A).
    async fn archive_complaint(&self, ctx: &Context<'_>, input: ComplaintInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::archive(&caller, input.target()?).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }

    /// Adds a note to an archived case (A8). The case itself stays as it is; the note stands in its timeline.
    async fn add_addendum(&self, ctx: &Context<'_>, input: AddAddendumInput) -> Result<ComplaintPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::add_addendum(&caller, case_id(&input.complaint_id)?, &input.text).await
        });
        ComplaintPayload::of(ctx, outcome).await
    }
}

/// A caller without a key, for telling that the key itself was refused.
pub(super) fn plain<'a>(ctx: &'a Context<'_>) -> Result<Caller<'a>, Error> {
    caller(ctx, None)
}
