//! The mutations on alarms and the duty roster.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;

use super::graphql::{Alarm, DutyShift};
use super::roster::{self, Shift};
use super::service;
use crate::access::guard::Listed;
use crate::app::loader::{AlarmById, ComplaintById, DutyShiftById};
use crate::app::public_id;
use crate::app::request::{act_input, attempt, caller, optional_id, payload};
use crate::complaint::graphql::Complaint;

/// An alarm that is taken.
#[derive(InputObject)]
pub struct AcknowledgeAlarmInput {
    /// The alarm.
    pub alarm_id: ID,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

/// What is done about an alarm.
#[derive(InputObject)]
pub struct AnswerAlarmInput {
    /// The alarm.
    pub alarm_id: ID,
    /// The answer, 1 to 500 characters.
    pub answer: String,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// Why a case is brought before a higher level.
    EscalateComplaintInput on complaint_id("Complaint", "complaintId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// Why a case is pushed for.
    ChaseComplaintInput on complaint_id("Complaint", "complaintId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

/// Somebody's duty for a department.
#[derive(InputObject)]
pub struct SetDutyShiftInput {
    /// The department.
    pub department_id: ID,
    /// Who is on duty: somebody who works at the site.
    pub account_id: ID,
    /// Who is called when they do not answer.
    pub deputy_id: Option<ID>,
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends: to come, and at most 31 days later.
    pub to: DateTime<Utc>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

/// A shift that is taken off the roster.
#[derive(InputObject)]
pub struct EndDutyShiftInput {
    /// The shift.
    pub id: ID,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

payload! {
    /// The result of an act on an alarm.
    AlarmPayload {
        /// The alarm as it is now; null when it was not found.
        alarm: Alarm by AlarmById(subject),
    }
}

payload! {
    /// The result of an act that calls for attention to a case.
    AttentionPayload {
        /// The case as it is now; null when it was not found.
        complaint: Complaint by ComplaintById(complaint),
    }
}

payload! {
    /// The result of an act on the duty roster.
    DutyShiftPayload {
        /// The shift as it is now; null when the act was refused, or the shift is gone.
        duty_shift: DutyShift by DutyShiftById(subject),
    }
}

/// The acts on alarms.
#[derive(Default)]
pub struct AlarmMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl AlarmMutation {
    /// Takes an alarm: it stops calling, and an answer is owed (C7). By whoever is called, or any employee who sees the
    /// case. `WRONG_STATE` once it does not ring.
    async fn acknowledge_alarm(&self, ctx: &Context<'_>, input: AcknowledgeAlarmInput) -> Result<AlarmPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::acknowledge(&caller, public_id::read("Alarm", &input.alarm_id, "alarmId")?).await
        });
        AlarmPayload::of(ctx, outcome).await
    }

    /// Says what is done about an alarm (C7). Whoever answers one that still rings has taken it, too.
    async fn answer_alarm(&self, ctx: &Context<'_>, input: AnswerAlarmInput) -> Result<AlarmPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::answer(&caller, public_id::read("Alarm", &input.alarm_id, "alarmId")?, &input.answer).await
        });
        AlarmPayload::of(ctx, outcome).await
    }

    /// Brings a case that cannot be solved here before the next higher level (C7), which is called by an alarm and owes an
    /// answer. By whoever owns the case or one of its orders, and by heads.
    async fn escalate_complaint(&self, ctx: &Context<'_>, input: EscalateComplaintInput) -> Result<AttentionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::escalate(&caller, input.target()?, &input.reason).await
        });
        AttentionPayload::of(ctx, outcome).await
    }

    /// Pushes whoever owns a case or one of its unfinished orders 催办 (E4.2.1B); it is counted.
    async fn chase_complaint(&self, ctx: &Context<'_>, input: ChaseComplaintInput) -> Result<AttentionPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::chase(&caller, input.target()?, &input.reason).await
        });
        AttentionPayload::of(ctx, outcome).await
    }

    /// Puts somebody on duty for a department: an emergency calls them first. By its head, the head of the office, a
    /// leader or an administrator.
    async fn set_duty_shift(&self, ctx: &Context<'_>, input: SetDutyShiftInput) -> Result<DutyShiftPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let shift = Shift {
                department: public_id::read("Department", &input.department_id, "departmentId")?,
                account: public_id::read("Account", &input.account_id, "accountId")?,
                deputy: optional_id("Account", input.deputy_id.as_ref(), "deputyId")?,
                from: input.from,
                to: input.to,
            };
            roster::set(&caller, shift).await
        });
        DutyShiftPayload::of(ctx, outcome).await
    }

    /// Takes a shift off the roster: one that has begun ends now, one to come is gone. `WRONG_STATE` once it is over.
    async fn end_duty_shift(&self, ctx: &Context<'_>, input: EndDutyShiftInput) -> Result<DutyShiftPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            roster::end(&caller, public_id::read("DutyShift", &input.id, "id")?).await
        });
        DutyShiftPayload::of(ctx, outcome).await
    }
}
