//! What an event of a case does to its clocks: the whole table.

use super::Kind;
use crate::event::Kind as Event;

/// What happens to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// It begins, where something is promised. One that runs already goes on.
    Start(Kind),
    /// It begins with the receipt of the report, where something is promised and it has never run.
    StartFromReceipt(Kind),
    /// Of an emergency it ends as is promised from the receipt of the report (B6), whatever was promised or agreed before; it
    /// begins where nobody has come. Of anything else nothing changes.
    Hasten(Kind),
    /// It begins, where something is promised and it has never run; where nothing is promised any more, it is not wanted.
    StartWhereItApplies(Kind),
    /// It begins, where something is promised and the order is back with its team.
    StartWithTeam(Kind),
    /// It begins, to the moment that the act has named.
    StartUntilNamed(Kind),
    /// It ends with the visit that was agreed (E4.2.1); one that does not run begins.
    FollowBooking(Kind),
    /// It ends as was promised again; the time for which a visit was agreed is not counted.
    LeaveBooking(Kind),
    /// What it waits for has happened.
    Meet(Kind),
    /// The same for the case itself, by the department that has it: it has seen the order and with it the case.
    MeetOfCase(Kind),
    /// The same, where the channel is answered by word (C8).
    MeetBySpeech(Kind),
    /// The same, once the order has ended.
    MeetWhenClosed(Kind),
    /// It waits, where the promise lets it wait for that reason.
    Pause(Kind),
    /// It goes on.
    Resume(Kind),
    /// It runs on as if it had not ended: the act that ended it was a mistake.
    Undo(Kind),
    /// It is not wanted any more.
    Cancel(Kind),
    /// None of the order is wanted any more.
    CancelOrder,
    /// What was undertaken is not wanted any more.
    CancelUndertaking,
    /// None of the case is wanted any more, but for the follow-up and the actions against its cause.
    CancelHandling,
    /// None of the case is wanted any more, but for the actions against its cause.
    CancelAll,
}

/// What an event does to the clocks of its case, in order.
#[must_use]
pub const fn reactions(event: Event) -> &'static [Reaction] {
    use Reaction::{
        Cancel, CancelAll, CancelHandling, CancelOrder, CancelUndertaking, FollowBooking, Hasten, LeaveBooking, Meet,
        MeetBySpeech, MeetOfCase, MeetWhenClosed, Pause, Resume, Start, StartFromReceipt, StartUntilNamed,
        StartWhereItApplies, StartWithTeam, Undo,
    };
    match event {
        Event::ComplaintReceived => &[
            Start(Kind::HandOver),
            Start(Kind::Arrival),
            Start(Kind::FirstProposal),
            Start(Kind::FirstReply),
            Start(Kind::Resolution),
            Start(Kind::JointLook),
        ],
        Event::ComplaintDispatched | Event::WorkOrderIssued => {
            &[Meet(Kind::TakeOver), Meet(Kind::HandOver), Start(Kind::Acknowledgement)]
        }
        Event::CasePassedOn => &[Start(Kind::TakeOver)],
        Event::CaseTakenOver => &[Meet(Kind::TakeOver)],
        // The customer's clocks go on: only who has the case is another.
        Event::ComplaintHandedOver => &[Meet(Kind::Acknowledgement), Start(Kind::Acknowledgement)],
        Event::AssignmentAccepted => &[Meet(Kind::Acknowledgement)],
        Event::AssignmentRefused => &[Meet(Kind::Acknowledgement), Start(Kind::HandOver)],
        Event::ComplaintAccepted | Event::ProgressReported => {
            &[MeetBySpeech(Kind::FirstProposal), MeetBySpeech(Kind::FirstReply), MeetBySpeech(Kind::NextReply)]
        }
        // A form that does not fit the channel is refused by the act itself.
        Event::CustomerReplied => &[
            Meet(Kind::FirstProposal),
            Meet(Kind::FirstReply),
            Meet(Kind::NextReply),
            StartUntilNamed(Kind::NextReply),
        ],
        // A letter is in writing, and final: it fits every channel (D4).
        Event::OpenLetterPublished => &[Meet(Kind::FirstProposal), Meet(Kind::FirstReply), Meet(Kind::NextReply)],
        Event::ComplaintDeclined | Event::ComplaintResolved | Event::ComplaintUnresolvable => &[
            Meet(Kind::HandOver),
            Meet(Kind::Acknowledgement),
            Cancel(Kind::Arrival),
            Meet(Kind::FirstProposal),
            MeetBySpeech(Kind::FirstReply),
            MeetBySpeech(Kind::NextReply),
            Meet(Kind::Resolution),
        ],
        Event::ResolutionCorrected => &[Undo(Kind::Resolution)],
        Event::ComplaintReopened => &[Start(Kind::Resolution)],
        // An emergency that is found out late is late from the beginning; leaders cannot meet before they know.
        Event::ComplaintReclassified => {
            &[StartFromReceipt(Kind::Arrival), Hasten(Kind::Arrival), StartWhereItApplies(Kind::JointLook)]
        }
        Event::VisitBooked | Event::VisitRescheduled => {
            &[FollowBooking(Kind::Arrival), FollowBooking(Kind::Resolution)]
        }
        Event::VisitCancelled | Event::CustomerAbsent => &[LeaveBooking(Kind::Arrival), LeaveBooking(Kind::Resolution)],
        Event::JointLookHeld => &[Meet(Kind::JointLook)],
        Event::ComplaintWithdrawn => &[CancelHandling],
        Event::ComplaintMerged | Event::ComplaintArchived => &[CancelAll],
        Event::WorkOrderAcknowledged => {
            &[Meet(Kind::Acknowledgement), MeetOfCase(Kind::Acknowledgement), Start(Kind::TeamAssignment)]
        }
        Event::TeamAssigned => &[Meet(Kind::TeamAssignment), Start(Kind::Acceptance)],
        // Whoever is asked next is asked in what is left of the time; one taken from somebody who had accepted it has its own.
        Event::TechnicianAssigned => &[Start(Kind::Acceptance)],
        Event::WorkOrderAccepted | Event::TechnicianDeparted => &[Meet(Kind::Acceptance)],
        Event::OwnerChanged => &[StartWithTeam(Kind::Acceptance)],
        Event::TechnicianArrived => &[Meet(Kind::Acceptance), Meet(Kind::Arrival)],
        Event::WorkOrderHeld => &[Pause(Kind::Resolution)],
        Event::WorkOrderResumed => &[Resume(Kind::Resolution)],
        Event::WorkOrderReleased | Event::WorkOrderRefused => &[Resume(Kind::Resolution), Start(Kind::Acceptance)],
        Event::WorkOrderSigned | Event::WorkOrderSignedOff => &[Start(Kind::CopyAcknowledgement)],
        Event::CopyAcknowledged => &[MeetWhenClosed(Kind::CopyAcknowledgement)],
        Event::WorkOrderCancelled => &[CancelOrder, Resume(Kind::Resolution)],
        Event::FollowUpOpened | Event::LowRating => &[Start(Kind::FollowUp)],
        // By the director's word the follow-up has an outcome, though nobody was reached.
        Event::FollowUpFinished | Event::FollowUpUnreached => &[Meet(Kind::FollowUp)],
        Event::ReplyPromised => &[StartUntilNamed(Kind::NextReply)],
        Event::FollowUpCancelled => &[Cancel(Kind::FollowUp)],
        Event::CommitmentMade | Event::RemedyAccepted => &[StartUntilNamed(Kind::Commitment)],
        Event::PromiseKept => &[Meet(Kind::Commitment)],
        Event::TaskRequested => &[StartUntilNamed(Kind::CrossDepartmentTask)],
        Event::TaskFinished => &[Meet(Kind::CrossDepartmentTask)],
        Event::OutsidePartyAsked => &[StartUntilNamed(Kind::OutsideAnswer)],
        Event::OutsidePartyChecked => &[Meet(Kind::OutsideAnswer), StartUntilNamed(Kind::OutsideAnswer)],
        Event::OutsidePartyAnswered => &[Meet(Kind::OutsideAnswer)],
        Event::ActionPlanned | Event::ActionReopened => &[StartUntilNamed(Kind::Action)],
        Event::ActionFinished => &[Meet(Kind::Action)],
        Event::PromiseWithdrawn
        | Event::TaskRefused
        | Event::TaskCancelled
        | Event::OutsidePartyDropped
        | Event::ActionCancelled => &[CancelUndertaking],
        _ => &[],
    }
}
