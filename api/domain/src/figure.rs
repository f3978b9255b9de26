//! What a case counts as in the figures of its month (E4.5.3, D5, D6, B): each figure with what it is a part of.
//!
//! A case of any kind (E2) counts in the month in which it was received, where its site is. What it counts as follows from
//! what is on record of it ([`Figure::of`]); the figures of a month are sums of that ([`Counts`]), and the rates are made
//! of sums ([`Indicator`]). So every figure can be counted again, and leads back to its cases ([`Measure`]).

mod counts;
mod indicator;

pub use counts::{Counts, Measure};
pub use indicator::{Definition, Indicator, Target};

use crate::clock::State as ClockState;
use crate::clock::reaction::{Reaction, reactions};
use crate::closed_set::closed_set;
use crate::complaint::{Outcome, State};
use crate::event::Kind as Event;
use crate::follow_up::{Satisfaction, State as FollowUpState};

closed_set! {
    /// Whether a case was handled in time (E4.5.3).
    pub enum Timeliness as "Timeliness" {
        /// Its clock of resolution was met, also where the customer took it back before the end of that *(ours)*.
        InTime,
        /// That promise was broken: handled too late, or not handled and past due. Once broken it stays so.
        Late,
        /// Not handled, and not past due: stated apart, not counted in the rate.
        NotDue,
        /// Handled without a promise of when, as cases from before promises were kept: stated apart *(ours)*.
        Unpromised,
        /// Carried on under another number: counted there *(ours)*.
        Merged,
    }
}

closed_set! {
    /// Whether a case has the follow-up that C10 owes (D5).
    pub enum Coverage as "FollowUpDuty" {
        /// None is owed: it is not handled, or nobody is known to follow up with (D7).
        NotOwed,
        /// It is owed, and was not held yet.
        Missing,
        /// It was held.
        Held,
    }
}

closed_set! {
    /// By what figures are told apart.
    pub enum Dimension as "FigureDimension" {
        /// By site.
        Site,
        /// By the month in which cases were received.
        Month,
        /// By the responsible department.
        Department,
        /// By category.
        Category,
        /// By kind.
        Kind,
    }
}

/// From which overall rating on a customer counts as satisfied *(ours)*.
pub const SATISFIED: i32 = 4;

/// What is on record of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a figure of its own")]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// How the handling ended.
    pub outcome: Option<Outcome>,
    /// Whether it is handled: resolved, declined, concluded or taken back, and not opened again.
    pub handled: bool,
    /// Whether nobody is known.
    pub anonymous: bool,
    /// Its clocks of resolution, the first to begin first: where each stands, and whether it was broken.
    pub resolutions: Vec<(ClockState, bool)>,
    /// Whether a customer has signed an order of its present handling (E4.5.2).
    pub signed: bool,
    /// The customer's overall rating: of the case, else of the last signed order of its present handling.
    pub rating: Option<i32>,
    /// Where the follow-up of its present handling stands, if one was opened.
    pub follow_up: Option<FollowUpState>,
    /// What the customer said last when followed up.
    pub said: Option<Satisfaction>,
    /// Whether the matter had been reported before (D6).
    pub repeated: bool,
    /// Whether it was opened again.
    pub reopened: bool,
}

/// What a case counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a figure of its own")]
pub struct Figure {
    /// Whether it was handled in time.
    pub timeliness: Timeliness,
    /// Whether it is handled.
    pub handled: bool,
    /// Whether the customer took it back.
    pub withdrawn: bool,
    /// Whether nobody is known.
    pub anonymous: bool,
    /// Whether a customer has signed an order.
    pub signed: bool,
    /// The overall rating.
    pub rating: Option<i32>,
    /// Whether it was followed up.
    pub coverage: Coverage,
    /// Whether the customer was content when asked; none before.
    pub content: Option<bool>,
    /// Whether the matter had been reported before.
    pub repeated: bool,
    /// Whether it was opened again.
    pub reopened: bool,
}

impl Figure {
    /// What a case counts as.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        Self {
            timeliness: timeliness(facts),
            handled: facts.handled,
            withdrawn: facts.outcome == Some(Outcome::Withdrawn),
            anonymous: facts.anonymous,
            signed: facts.signed,
            rating: facts.rating,
            coverage: coverage(facts),
            content: facts.said.map(|said| said == Satisfaction::Satisfied),
            repeated: facts.repeated,
            reopened: facts.reopened,
        }
    }

    /// Whether it is a case of its own, and not carried on elsewhere.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.timeliness != Timeliness::Merged
    }
}

fn timeliness(facts: &Facts) -> Timeliness {
    if facts.state == State::Merged {
        return Timeliness::Merged;
    }
    if facts.resolutions.iter().any(|(_, broken)| *broken) {
        return Timeliness::Late;
    }
    match facts.resolutions.last() {
        Some((ClockState::Met, _)) => Timeliness::InTime,
        // What is not wanted any more before its end was not broken.
        Some((ClockState::Cancelled, _)) if facts.outcome == Some(Outcome::Withdrawn) => Timeliness::InTime,
        _ if facts.handled => Timeliness::Unpromised,
        _ => Timeliness::NotDue,
    }
}

fn coverage(facts: &Facts) -> Coverage {
    if !facts.handled || facts.anonymous || facts.state == State::Merged {
        return Coverage::NotOwed;
    }
    match facts.follow_up {
        Some(FollowUpState::Finished | FollowUpState::Inspected | FollowUpState::Signed) => Coverage::Held,
        Some(FollowUpState::Open | FollowUpState::Cancelled) | None => Coverage::Missing,
    }
}

/// Whether an event can change what its case counts as: what it does to the clocks, or what it says itself.
#[must_use]
pub fn may_change(event: Event) -> bool {
    let ends = |reaction: &Reaction| {
        matches!(
            reaction,
            Reaction::Start(crate::clock::Kind::Resolution)
                | Reaction::Meet(crate::clock::Kind::Resolution)
                | Reaction::Undo(crate::clock::Kind::Resolution)
                | Reaction::Cancel(crate::clock::Kind::Resolution)
                | Reaction::LeaveBooking(crate::clock::Kind::Resolution)
                | Reaction::CancelHandling
                | Reaction::CancelAll
        )
    };
    reactions(event).iter().any(ends)
        || matches!(
            event,
            Event::ClockMissed
                | Event::ComplaintDispatched
                | Event::ComplaintHandedOver
                | Event::AssignmentRefused
                | Event::ComplaintReclassified
                | Event::ComplaintRated
                | Event::ComplaintAbsorbed
                | Event::ComplaintSplit
                | Event::ComplaintRepeated
                | Event::RepeatUnlinked
                | Event::ResultRecorded
                | Event::WorkOrderIssued
                | Event::WorkOrderSigned
                | Event::WorkOrderSignedOff
                | Event::FollowUpOpened
                | Event::FollowUpFinished
                | Event::FollowUpUnreached
                | Event::FollowUpCancelled
        )
}
