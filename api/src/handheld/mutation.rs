//! The acts of a handheld that was out of reach, in the schema.

use async_graphql::{Context, InputObject, InputType, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::handheld::Outcome;
use domain::refusal::Code;

use super::acts::{self, Deed, Kept, MOST};
use super::cursor::Cursor;
use super::position::Fix;
use crate::access::guard::Listed;
use crate::app::error::{Error, UserError};
use crate::app::loader::{ComplaintById, WorkOrderById};
use crate::app::request::{Asked, ids, told};
use crate::booking::mutation::RecordNoShowInput;
use crate::complaint::case::Target;
use crate::complaint::graphql::Complaint;
use crate::stock::mutation::MaterialsInput;
use crate::stock::service::Use;
use crate::work_order::graphql::WorkOrder;
use crate::work_order::mutation::{
    CompleteWorkOrderInput, HoldWorkOrderInput, SignWorkOrderInput, WorkOrderInput, WorkOrderReasonInput,
};
use crate::work_order::service::WorkReport;

/// What was done: exactly one. Each is the input of the mutation of that name; its `idempotencyKey` is not looked at, the
/// act's `id` stands for it. `expectedVersion` is the version that the last `sync` gave: what this device's own acts have made of
/// it since is not held against them.
#[derive(OneofObject)]
pub enum HandheldActInput {
    /// Took what they were given.
    AcceptWorkOrder(WorkOrderInput),
    /// Did not take it.
    RefuseWorkOrder(WorkOrderReasonInput),
    /// Set out.
    DepartForWorkOrder(WorkOrderInput),
    /// Came on site (B6).
    RecordArrival(WorkOrderInput),
    /// Gave it back to the team.
    ReleaseWorkOrder(WorkOrderReasonInput),
    /// Let it wait.
    HoldWorkOrder(HoldWorkOrderInput),
    /// Went on.
    ResumeWorkOrder(WorkOrderInput),
    /// Took materials for it.
    UseMaterials(MaterialsInput),
    /// Brought some back.
    ReturnMaterials(MaterialsInput),
    /// Did it.
    CompleteWorkOrder(CompleteWorkOrderInput),
    /// Took the last step back.
    CorrectWorkOrder(WorkOrderReasonInput),
    /// Had the customer sign.
    SignWorkOrder(SignWorkOrderInput),
    /// Was refused the signature.
    RefuseSignature(WorkOrderReasonInput),
    /// Met nobody at the agreed time.
    RecordNoShow(RecordNoShowInput),
}

/// Where the device was.
#[derive(InputObject)]
pub struct PositionInput {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// How exact that is, in metres: 0 to 5,000.
    pub accuracy_meters: i32,
}

/// An act that the handheld kept.
#[derive(InputObject)]
pub struct SubmittedActInput {
    /// Its id, of your own making: 1 to 100 characters. Under it the act is done once and answered once, however often it comes;
    /// whoever tries again what was refused gives it another id.
    pub id: String,
    /// When it was done, by the device's own clock.
    pub occurred_at: DateTime<Utc>,
    /// What was done.
    pub act: HandheldActInput,
    /// Where; kept only with setting out and arriving, and deleted after 30 days.
    pub position: Option<PositionInput>,
}

/// What a handheld kept while it was out of reach.
#[derive(InputObject)]
pub struct SubmitActsInput {
    /// The time of the device's own clock, now.
    pub device_time: DateTime<Utc>,
    /// The cursor of the last `sync`: by it the server knows whether the device's clock was set since. Without it the acts are
    /// done, but none of their times is believed (`CLOCK_UNKNOWN`), and what earlier batches have changed is somebody else's change.
    /// Send the acts before you sync: of what was done before the clock was found set, no time is believed.
    pub cursor: Option<String>,
    /// The acts in the order in which they were done, 1 to 50.
    pub acts: Vec<SubmittedActInput>,
}

/// What became of an act.
#[derive(SimpleObject)]
pub struct SubmittedAct {
    /// The id of the act.
    pub id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The order as it is now, with what you may do; null where it is not yours to see.
    pub work_order: Option<WorkOrder>,
    /// Its case as it is now, where you may see it.
    pub complaint: Option<Complaint>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// What became of the acts.
#[derive(SimpleObject)]
pub struct SubmitActsPayload {
    /// Of each act, in order; empty where the batch as a whole was refused.
    pub acts: Vec<SubmittedAct>,
    /// The server's clock.
    pub server_time: DateTime<Utc>,
    /// Why the batch as a whole was refused; what is wrong with an act is told with the act.
    pub errors: Vec<UserError>,
}

impl SubmittedActInput {
    fn kept(self) -> Result<Kept, Error> {
        let text = self.act.to_value().to_string();
        let (target, deed) = self.act.deed()?;
        let fix = self.position.map(|position| Fix {
            latitude: position.latitude,
            longitude: position.longitude,
            accuracy_meters: position.accuracy_meters,
        });
        Ok(Kept { id: self.id, occurred_at: self.occurred_at, target, deed, fix, text })
    }
}

impl HandheldActInput {
    fn deed(self) -> Result<(Target, Deed), Error> {
        Ok(match self {
            Self::AcceptWorkOrder(input) => (input.target()?, Deed::Accept),
            Self::RefuseWorkOrder(input) => (input.target()?, Deed::Refuse(input.reason)),
            Self::DepartForWorkOrder(input) => (input.target()?, Deed::Depart),
            Self::RecordArrival(input) => (input.target()?, Deed::Arrive),
            Self::ResumeWorkOrder(input) => (input.target()?, Deed::Resume),
            Self::CorrectWorkOrder(input) => (input.target()?, Deed::Correct(input.reason)),
            Self::ReleaseWorkOrder(input) => (input.target()?, Deed::Release(input.reason)),
            Self::RefuseSignature(input) => (input.target()?, Deed::RefuseSignature(input.reason)),
            Self::UseMaterials(input) => (input.target()?, Deed::Materials(Use::Used, input.amounts()?)),
            Self::ReturnMaterials(input) => (input.target()?, Deed::Materials(Use::Returned, input.amounts()?)),
            Self::HoldWorkOrder(input) => {
                (input.target()?, Deed::Hold { reason: input.reason, until: input.until, note: input.note })
            }
            Self::CompleteWorkOrder(input) => {
                let target = input.target()?;
                let CompleteWorkOrderInput { work_done, cause, materials, .. } = input;
                (target, Deed::Complete(WorkReport { work_done, cause, materials }))
            }
            Self::SignWorkOrder(input) => {
                let target = input.target()?;
                let SignWorkOrderInput { signature, ratings, comment, content_sha256, .. } = input;
                let (drawing, ratings) = (signature.into(), ratings.into());
                (target, Deed::Sign { drawing, ratings, comment, shown: content_sha256 })
            }
            Self::RecordNoShow(input) => {
                let shown_by = ids("Attachment", &input.attachment_ids, "attachmentIds")?;
                (input.target()?, Deed::NoShow { absent: input.absent, evidence: input.evidence, shown_by })
            }
        })
    }
}

/// The acts of handhelds.
#[derive(Default)]
pub struct HandheldMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl HandheldMutation {
    /// Does what a technician's handheld kept while it was out of reach, act by act and in order: each is applied, already
    /// applied, in conflict with what somebody else did, or refused by the rules. One that is not done does not hold up the
    /// others. Send the whole queue again when no answer came: nothing is done twice, and each act is answered the same again.
    /// Take an act off the queue once it is answered, whatever the answer. A batch with an act that does not fit the schema is
    /// not read at all (`BAD_REQUEST`): halve it until that act is alone, and set it aside. Send the queue before you `sync`.
    async fn submit_acts(&self, ctx: &Context<'_>, input: SubmitActsInput) -> Result<SubmitActsPayload> {
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let server_time = app.clock.now();
        if input.acts.is_empty() || input.acts.len() > MOST {
            let refused = Error::refused_needing(Code::Invalid, "acts", vec![format!("1..{MOST} acts")]);
            let Error::Refused(refused) = refused else { return Err(refused.into()) };
            return Ok(SubmitActsPayload { acts: Vec::new(), server_time, errors: vec![told(ctx, &refused)] });
        }
        let seen = input.cursor.as_deref().map(|cursor| Cursor::read(app, viewer, cursor)).transpose()?;
        let ids: Vec<String> = input.acts.iter().map(|act| act.id.clone()).collect();
        let kept = input.acts.into_iter().map(SubmittedActInput::kept).collect();
        let answers = Box::pin(acts::submit(app, viewer, seen.as_ref(), input.device_time, kept)).await?;
        let mut acts = Vec::with_capacity(answers.len());
        for (id, answer) in ids.into_iter().zip(answers) {
            let work_order = match answer.result.work_order {
                Some(order) => ctx.load(WorkOrderById(order)).await?.map(WorkOrder),
                None => None,
            };
            let complaint = match answer.result.complaint {
                Some(case) => ctx.load(ComplaintById(case)).await?.map(Complaint),
                None => None,
            };
            let errors = answer.refused.iter().map(|refused| told(ctx, refused)).collect();
            acts.push(SubmittedAct { id, outcome: answer.outcome, work_order, complaint, errors });
        }
        Ok(SubmitActsPayload { acts, server_time, errors: Vec::new() })
    }
}
