//! The mutations on work orders: each reads its ids, calls one service, and wraps what came of it.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::price::{FreeReason, Pricing};
use domain::work_order::{CopyHolder, HoldReason, SignOffReason};

use super::graphql::WorkOrder;
use super::service::{self, Asking, Job, WorkReport};
use crate::access::guard::Listed;
use crate::app::loader::{ComplaintById, WorkOrderById};
use crate::app::public_id;
use crate::app::request::{act_input, attempt, caller, optional_id, payload};
use crate::complaint::graphql::Complaint;
use crate::complaint::input::RatingsInput;
use crate::signature::keeping::Drawing;

payload! {
    /// The result of an act on a work order.
    WorkOrderPayload {
        /// The order as it is now; null when the act was refused, or when the order has left your view by it.
        work_order: WorkOrder by WorkOrderById(work_order),
        /// Its case as it is now, where you may see it.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// A drawn signature.
#[derive(InputObject)]
pub struct SignatureInput {
    /// Who signs, 1 to 60 characters.
    pub signer_name: String,
    /// The drawing: a PNG in base64, at most 64 KiB and 2,000 by 2,000 pixels, not blank.
    pub png: String,
}

impl From<SignatureInput> for Drawing {
    fn from(input: SignatureInput) -> Self {
        Self { signer_name: input.signer_name, png_base64: input.png }
    }
}

act_input! {
    /// What is to be done.
    IssueWorkOrderInput on complaint_id("Complaint", "complaintId") {
        /// The department; that of the case, or of its category, when not given.
        department_id: Option<ID>,
        /// What is to be done, 1 to 2,000 characters.
        task: String,
        /// Where; the case's place when not given.
        place: Option<String>,
        /// Whether that is a public area; as the case says when not given.
        public_area: Option<bool>,
        /// Whether it is paid (E4.2.1). When not given: `QUOTED` with a `quoteId`; `FREE` with a `freeReason` or in a
        /// public area; `QUOTE_ON_SITE` for a paid service; else `FREE`, because the management fee includes it.
        pricing: Option<Pricing>,
        /// Why it is free of charge; required when `FREE` is said outside of a public area.
        free_reason: Option<FreeReason>,
        /// The same in words, at most 500 characters; required for `GOODWILL`.
        free_note: Option<String>,
        /// The quote of the case that the customer has accepted; required when `QUOTED`. Without it paid work is not
        /// dispatched.
        quote_id: Option<ID>,
    }
}

act_input! {
    /// Nothing but which order.
    WorkOrderInput on work_order_id("WorkOrder", "workOrderId") {}
}

act_input! {
    /// An act on an order that needs a reason.
    WorkOrderReasonInput on work_order_id("WorkOrder", "workOrderId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// To which team.
    AssignTeamInput on work_order_id("WorkOrder", "workOrderId") {
        /// A team of the order's department.
        team_id: ID,
    }
}

act_input! {
    /// To which technician.
    AssignTechnicianInput on work_order_id("WorkOrder", "workOrderId") {
        /// A technician of the order's team; see `staff`.
        technician_id: ID,
    }
}

act_input! {
    /// Why it waits, and until when.
    HoldWorkOrderInput on work_order_id("WorkOrder", "workOrderId") {
        /// Why.
        reason: HoldReason,
        /// Until when; a time to come.
        until: DateTime<Utc>,
        /// In words, at most 500 characters.
        note: Option<String>,
    }
}

act_input! {
    /// What was done.
    CompleteWorkOrderInput on work_order_id("WorkOrder", "workOrderId") {
        /// What was done, 1 to 2,000 characters.
        work_done: String,
        /// Why it had broken, 1 to 1,000 characters.
        cause: String,
        /// What was used, at most 1,000 characters.
        materials: Option<String>,
    }
}

act_input! {
    /// The customer's signature and ratings.
    SignWorkOrderInput on work_order_id("WorkOrder", "workOrderId") {
        /// The signature.
        signature: SignatureInput,
        /// Each 1 to 5.
        ratings: RatingsInput,
        /// In words, at most 1,000 characters.
        comment: Option<String>,
        /// The SHA-256 of the `contentToSign` that the customer was shown, in hex, which is the order's `contentToSignSha256`:
        /// required, so that a signature holds for what was shown. Where the content, the price or a photo has changed since, it
        /// is refused with `STALE`.
        content_sha256: Option<String>,
    }
}

act_input! {
    /// Why the head signs instead of a customer.
    SignOffWorkOrderInput on work_order_id("WorkOrder", "workOrderId") {
        /// Why.
        why: SignOffReason,
        /// How often nobody was at home; at least 2 for `ABSENT`.
        #[graphql(default)]
        attempts: i32,
        /// In words, 1 to 500 characters.
        note: String,
    }
}

act_input! {
    /// Why the work is free of charge.
    DeclareWorkOrderFreeInput on work_order_id("WorkOrder", "workOrderId") {
        /// Why.
        reason: FreeReason,
        /// In words, at most 500 characters; required for `GOODWILL`.
        free_note: Option<String>,
    }
}

act_input! {
    /// Whose copy has come.
    AcknowledgeCopyInput on work_order_id("WorkOrder", "workOrderId") {
        /// Which of the two.
        holder: CopyHolder,
    }
}

/// The acts on work orders.
#[derive(Default)]
pub struct WorkOrderMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl WorkOrderMutation {
    /// Issues a work order (E4.2.1A). From the front desk it also routes the case to the department.
    async fn issue_work_order(&self, ctx: &Context<'_>, input: IssueWorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let department_id = optional_id("Department", input.department_id.as_ref(), "departmentId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let price = Asking {
                pricing: input.pricing,
                free_reason: input.free_reason,
                free_note: input.free_note,
                quote_id: optional_id("Quote", input.quote_id.as_ref(), "quoteId")?,
            };
            let IssueWorkOrderInput { task, place, public_area, .. } = input;
            let job = Job { department_id, task, place, public_area, price };
            service::issue(&caller, target, job).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// My department has the order (E4.2.1A).
    async fn acknowledge_work_order(&self, ctx: &Context<'_>, input: WorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::acknowledge(&caller, input.target()?).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Gives the order to a team (E4.2.1A: at once). A visit that is agreed goes with the case's only order to its team: `TAKEN`
    /// where that team has no room left in the window; agree another one first.
    async fn assign_team(&self, ctx: &Context<'_>, input: AssignTeamInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let team = public_id::read("Team", &input.team_id, "teamId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::assign_team(&caller, input.target()?, team).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Gives the order to a technician of its team, or to another one; they are asked to accept it. Whoever had it hears of it.
    /// The room for visits is counted for the team: a technician may be given several visits of one window, as of neighbours.
    async fn assign_technician(&self, ctx: &Context<'_>, input: AssignTechnicianInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let technician = public_id::read("Account", &input.technician_id, "technicianId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::assign_technician(&caller, input.target()?, technician).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// I take the order that I was given (E4.2.1A). `departForWorkOrder` says it as well. Until somebody has, the clock
    /// `ACCEPTANCE` runs, and an order that nobody takes climbs.
    async fn accept_work_order(&self, ctx: &Context<'_>, input: WorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::accept(&caller, input.target()?).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// I do not take the order that I was given, with a reason. The team leader has it again, and its clock goes on.
    async fn refuse_work_order(&self, ctx: &Context<'_>, input: WorkOrderReasonInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::refuse(&caller, input.target()?, &input.reason).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// I give back to my team an order that I had accepted, with a reason: before the work, or while it waits. The team leader
    /// has it again.
    async fn release_work_order(&self, ctx: &Context<'_>, input: WorkOrderReasonInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::release(&caller, input.target()?, &input.reason).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// I set out. The customer is told.
    async fn depart_for_work_order(&self, ctx: &Context<'_>, input: WorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::depart(&caller, input.target()?).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// I am on site (B6).
    async fn record_arrival(&self, ctx: &Context<'_>, input: WorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::record_arrival(&caller, input.target()?).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Lets the order wait, with a reason and a date.
    async fn hold_work_order(&self, ctx: &Context<'_>, input: HoldWorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::hold(&caller, input.target()?, input.reason, input.until, input.note.as_deref()).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Goes on with an order that waited.
    async fn resume_work_order(&self, ctx: &Context<'_>, input: WorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::resume(&caller, input.target()?).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Reports the work done: what, why, with which materials.
    async fn complete_work_order(&self, ctx: &Context<'_>, input: CompleteWorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let report = WorkReport { work_done: input.work_done, cause: input.cause, materials: input.materials };
            service::complete(&caller, target, report).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Takes back the last step: a recorded counter-act with a reason.
    async fn correct_work_order(&self, ctx: &Context<'_>, input: WorkOrderReasonInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::correct(&caller, input.target()?, &input.reason).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Does not carry the order out, with a reason.
    async fn cancel_work_order(&self, ctx: &Context<'_>, input: WorkOrderReasonInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::cancel(&caller, input.target()?, &input.reason).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// Says that the work is free of charge, and why (E4.2.1): for what was to be quoted on site and turns out to be under
    /// warranty, or our own fault. Not once the customer has accepted a quote.
    async fn declare_work_order_free(
        &self,
        ctx: &Context<'_>,
        input: DeclareWorkOrderFreeInput,
    ) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::declare_free(&caller, input.target()?, input.reason, input.free_note.as_deref()).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// The customer signs and rates (E4.5.2), on their own phone or on the technician's handheld.
    async fn sign_work_order(&self, ctx: &Context<'_>, input: SignWorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let target = input.target()?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let drawing = input.signature.into();
            let (comment, shown) = (input.comment.as_deref(), input.content_sha256.as_deref());
            service::sign(&caller, target, &drawing, input.ratings.into(), comment, shown).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// The customer refuses to sign, with a reason; the technician goes on.
    async fn refuse_signature(&self, ctx: &Context<'_>, input: WorkOrderReasonInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::refuse_signature(&caller, input.target()?, &input.reason).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// The head signs where nobody else can: anonymous, public area, or nobody at home at two attempts.
    async fn sign_off_work_order(&self, ctx: &Context<'_>, input: SignOffWorkOrderInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::sign_off(&caller, input.target()?, input.why, input.attempts, &input.note).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }

    /// My copy of the signed order has come (E4.2.1A). Both acknowledged close it.
    async fn acknowledge_copy(&self, ctx: &Context<'_>, input: AcknowledgeCopyInput) -> Result<WorkOrderPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::acknowledge_copy(&caller, input.target()?, input.holder).await
        });
        WorkOrderPayload::of(ctx, outcome).await
    }
}
