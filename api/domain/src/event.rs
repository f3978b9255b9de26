//! What happened: every fact that is written to the log and that people, streams and figures react to.

use crate::closed_set::closed_set;

closed_set! {
    /// A kind of event.
    pub enum Kind as "EventKind" {
        /// A case was filed or registered.
        ComplaintReceived,
        /// It was sent to a department.
        ComplaintDispatched,
        /// The department took it.
        AssignmentAccepted,
        /// The department refused it; it is back with customer service.
        AssignmentRefused,
        /// It was passed on to another department.
        ComplaintHandedOver,
        /// A person was named to handle it.
        HandlerAssigned,
        /// It was decided to handle it.
        ComplaintAccepted,
        /// It was decided not to handle it.
        ComplaintDeclined,
        /// Kind, category or severity was corrected.
        ComplaintReclassified,
        /// The customer was told how it goes.
        ProgressReported,
        /// Words or items were added.
        ComplaintAddedTo,
        /// The household may see it, or no longer.
        SharingChanged,
        /// The customer took it back.
        ComplaintWithdrawn,
        /// It was handled.
        ComplaintResolved,
        /// A resolution made by mistake was taken back.
        ResolutionCorrected,
        /// It was opened again.
        ComplaintReopened,
        /// The customer rated the handling.
        ComplaintRated,
        /// The customer is not content on the whole, and is to be talked to (E4.5.2).
        LowRating,
        /// The result of an anonymous case was written down.
        ResultRecorded,
        /// It is carried on under another case.
        ComplaintMerged,
        /// Another case was merged into this one.
        ComplaintAbsorbed,
        /// Some of its items became a case of their own.
        ComplaintSplit,
        /// It was archived.
        ComplaintArchived,
        /// A note was added to the archived case.
        AddendumAdded,
        /// A work order was issued.
        WorkOrderIssued,
        /// The department acknowledged the order.
        WorkOrderAcknowledged,
        /// A team was given the order.
        TeamAssigned,
        /// A technician was given the order.
        TechnicianAssigned,
        /// The technician has accepted the order.
        WorkOrderAccepted,
        /// The technician did not take the order.
        WorkOrderRefused,
        /// The technician gave it back to the team.
        WorkOrderReleased,
        /// The order was taken from its team for another one.
        WorkOrderLeftTeam,
        /// Materials of the team's stock were used for the order.
        MaterialsUsed,
        /// Materials came back unused.
        MaterialsReturned,
        /// There is less of a material than its minimum.
        StockLow,
        /// The technician set out.
        TechnicianDeparted,
        /// The technician is on site.
        TechnicianArrived,
        /// The order waits.
        WorkOrderHeld,
        /// The order goes on.
        WorkOrderResumed,
        /// The work was reported done.
        WorkOrderCompleted,
        /// The last step was taken back.
        WorkOrderCorrected,
        /// The customer signed and rated.
        WorkOrderSigned,
        /// The customer refused to sign.
        SignatureRefused,
        /// The head signed where nobody else could.
        WorkOrderSignedOff,
        /// A copy was acknowledged.
        CopyAcknowledged,
        /// The order will not be carried out.
        WorkOrderCancelled,
        /// A follow-up is owed.
        FollowUpOpened,
        /// The follow-up was held.
        FollowUpFinished,
        /// The director inspected it.
        FollowUpInspected,
        /// The office head signed an opinion.
        OpinionSigned,
        /// The follow-up is no longer owed.
        FollowUpCancelled,
        /// It was said when a follow-up is held, and by whom.
        FollowUpPlanned,
        /// Somebody tried to hold the follow-up and could not: no answer, refused, moved away.
        FollowUpAttempted,
        /// The follow-up was closed because the customer cannot be had, by the director's word.
        FollowUpUnreached,
        /// The director's draw has passed the follow-up by.
        FollowUpNotSampled,
        /// In a follow-up the customer raised something new, which became a case of its own (D3).
        MatterRaised,
        /// The customer was told when they will have an answer (D3).
        ReplyPromised,
        /// The customer has an answer, final or interim (C8).
        CustomerReplied,
        /// A letter has reached the customer.
        ReplyDelivered,
        /// The customer has read an answer.
        ReplyRead,
        /// The time of a clock is nearly over.
        ClockWarned,
        /// A promise is broken.
        ClockMissed,
        /// Somebody brought it before a higher level, with a reason (C7).
        ComplaintEscalated,
        /// Somebody was called about it by name (C7).
        AlarmRaised,
        /// Somebody has taken the call.
        AlarmAcknowledged,
        /// It was said what is done about it.
        AlarmAnswered,
        /// What an alarm was about is over.
        AlarmEnded,
        /// Leaders and heads have looked at it together and decided (E4.3).
        JointLookHeld,
        /// A visit was agreed 预约 (E4.2.1).
        VisitBooked,
        /// Another window was agreed 改约.
        VisitRescheduled,
        /// The visit is not wanted any more.
        VisitCancelled,
        /// The visit is near: the customer and the technician are reminded.
        VisitReminded,
        /// Nobody came to a visit 爽约.
        VisitMissed,
        /// The customer was not there.
        CustomerAbsent,
        /// A visit is near and nobody is to come: whoever owes it was pushed by the server 催办 (E4.2.1B).
        ChasedBeforeVisit,
        /// The booked time is over and the work is not done: whoever owes it was pushed by the server 催办 (E4.2.1B).
        ChasedAfterVisit,
        /// Somebody pushed for it 催办 (E4.2.1B).
        ComplaintChased,
        /// A change of the site's calendar has moved the ends of running clocks.
        ClocksMoved,
        /// What is late was brought before a higher level (C7).
        CaseEscalated,
        /// Whoever owned it has left the post; somebody else owns it now (A0).
        OwnerChanged,
        /// A quote waits for the approval of the head (C6).
        QuoteSubmitted,
        /// The head approved a quote (C6).
        QuoteApproved,
        /// The head sent a quote back to be revised (C6).
        QuoteRefused,
        /// A quote was put before the customer.
        QuoteOffered,
        /// A quote was replaced by a new one.
        QuoteRevised,
        /// The customer accepted a quote.
        QuoteAccepted,
        /// The customer declined a quote.
        QuoteDeclined,
        /// A quote ran out without an answer.
        QuoteExpired,
        /// A quote that was before the customer was taken back.
        QuoteWithdrawn,
        /// A quote that the customer has not seen was dropped.
        QuoteDropped,
        /// The work was declared free of charge.
        WorkOrderDeclaredFree,
        /// What the customer accepted and signed for goes on the statement of the unit.
        WorkCharged,
        /// Something was taken off what the unit owes.
        ChargeCredited,
        /// A photo or paper was added.
        AttachmentAdded,
        /// A photo or paper was taken out.
        AttachmentRemoved,
        /// A photo or paper was added that only employees see.
        EvidenceAdded,
        /// One that only employees see was taken out.
        EvidenceRemoved,
        /// It cannot be solved; the customer has an explanation, an apology and the offer of a remedy (C9).
        ComplaintUnresolvable,
        /// Somebody was on site; there is a finding for every matter (A5, C3).
        SiteVisited,
        /// The cause and who is liable were recorded (A4, C4).
        CauseRecorded,
        /// A promise waits for the head's word (C6).
        PromiseSubmitted,
        /// The head said no to a promise (C6).
        PromiseRefused,
        /// The customer was promised something (C6).
        CommitmentMade,
        /// The customer was offered a remedy (C9).
        RemedyOffered,
        /// The customer takes the remedy.
        RemedyAccepted,
        /// The customer does not take the remedy.
        RemedyDeclined,
        /// A promise was carried out.
        PromiseKept,
        /// The customer has received what was promised.
        PromiseReceived,
        /// A promise was taken back.
        PromiseWithdrawn,
        /// Another department was asked to do its part (C4).
        TaskRequested,
        /// It has done its part.
        TaskFinished,
        /// It does not do it, with a reason.
        TaskRefused,
        /// The task is not wanted any more.
        TaskCancelled,
        /// An outside party was asked (E4.4).
        OutsidePartyAsked,
        /// It was asked how it goes.
        OutsidePartyChecked,
        /// It has answered.
        OutsidePartyAnswered,
        /// It is not asked any more.
        OutsidePartyDropped,
        /// An action against the cause was planned (C11).
        ActionPlanned,
        /// The action was carried out.
        ActionFinished,
        /// The action had its effect.
        ActionConfirmed,
        /// The action had no effect; it is owed again.
        ActionReopened,
        /// The action is not wanted any more.
        ActionCancelled,
        /// An employee of another department registered it on the spot: customer service is to take it over (E3.5).
        CasePassedOn,
        /// Customer service has it.
        CaseTakenOver,
        /// Whoever reported an anonymous case was asked something (D7).
        QuestionAsked,
        /// They have answered.
        QuestionAnswered,
        /// The same matter was reported before (D6).
        ComplaintRepeated,
        /// It was found not to be the same matter.
        RepeatUnlinked,
        /// It belongs to an incident that several units report (D4).
        IncidentJoined,
        /// An open letter has answered it (D4, C8).
        OpenLetterPublished,
    }
}

impl Kind {
    /// Whether the customer sees it in the timeline. What staff say among themselves stays with staff.
    #[must_use]
    pub const fn is_for_customer(self) -> bool {
        !matches!(
            self,
            Self::AssignmentRefused
                | Self::ComplaintReclassified
                | Self::WorkOrderAcknowledged
                | Self::TeamAssigned
                | Self::WorkOrderReleased
                | Self::WorkOrderAccepted
                | Self::WorkOrderRefused
                | Self::WorkOrderLeftTeam
                | Self::LowRating
                | Self::MaterialsUsed
                | Self::MaterialsReturned
                | Self::StockLow
                | Self::CopyAcknowledged
                | Self::FollowUpInspected
                | Self::OpinionSigned
                | Self::FollowUpCancelled
                | Self::FollowUpPlanned
                | Self::ReplyDelivered
                | Self::ReplyRead
                | Self::FollowUpNotSampled
                | Self::ClockWarned
                | Self::ClockMissed
                | Self::CaseEscalated
                | Self::ComplaintEscalated
                | Self::AlarmRaised
                | Self::AlarmAcknowledged
                | Self::AlarmAnswered
                | Self::AlarmEnded
                | Self::JointLookHeld
                | Self::ComplaintChased
                | Self::ChasedBeforeVisit
                | Self::ChasedAfterVisit
                | Self::QuoteSubmitted
                | Self::QuoteApproved
                | Self::QuoteRefused
                | Self::QuoteRevised
                | Self::QuoteDropped
                | Self::EvidenceAdded
                | Self::EvidenceRemoved
                | Self::SiteVisited
                | Self::CauseRecorded
                | Self::PromiseSubmitted
                | Self::PromiseRefused
                | Self::TaskRequested
                | Self::TaskFinished
                | Self::TaskRefused
                | Self::TaskCancelled
                | Self::ActionPlanned
                | Self::ActionFinished
                | Self::ActionConfirmed
                | Self::ActionReopened
                | Self::ActionCancelled
                | Self::CasePassedOn
                | Self::ComplaintRepeated
                | Self::RepeatUnlinked
        )
    }
}
