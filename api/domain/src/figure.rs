//! What a case counts as in the figures of its month (E4.5.3, D5, D6, B): each figure with what it is a part of.

use crate::closed_set::closed_set;
use crate::clock::State as ClockState;
use crate::complaint::{Outcome, State};
use crate::event::Kind as Event;
use crate::follow_up::{Satisfaction, State as FollowUpState};

closed_set! {
    /// Whether a case was handled in time (E4.5.3).
    pub enum Timeliness as "Timeliness" {
        /// Its time of resolution was kept, also where the customer took it back before that was over *(ours)*.
        InTime,
        /// It was broken: handled too late, or still not handled. A broken promise stays broken.
        Late,
        /// Not handled, and not due.
        Open,
        /// Carried on under another number: counted there *(ours)*.
        Merged,
    }
}

closed_set! {
    /// Whether a case has the follow-up that C10 owes (D5).
    pub enum Coverage as "FollowUpCoverageState" {
        /// None is owed: it is not handled yet, or nobody is known (D7).
        NotOwed,
        /// It is owed.
        Owed,
        /// It was held.
        Held,
    }
}

/// From which overall rating on a customer counts as satisfied *(ours)*.
pub const SATISFIED: i32 = 4;

/// What is known of a case for its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// How the handling ended.
    pub outcome: Option<Outcome>,
    /// Whether nobody is known.
    pub anonymous: bool,
    /// Its clocks of resolution, the first to begin first: where each stands, and whether it was broken.
    pub resolutions: Vec<(ClockState, bool)>,
    /// The customer's overall rating: of the case, else of its last signed order (E4.5.2).
    pub rating: Option<i32>,
    /// The follow-up that it owes, if it owes one: where it stands, and what the customer said.
    pub follow_up: Option<(FollowUpState, Option<Satisfaction>)>,
    /// Whether the matter had been reported before (D6).
    pub repeated: bool,
    /// Whether it was opened again.
    pub reopened: bool,
}

/// What a case counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Whether it was handled in time.
    pub timeliness: Timeliness,
    /// Whether the customer took it back.
    pub withdrawn: bool,
    /// Whether nobody is known.
    pub anonymous: bool,
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
        let broken = facts.resolutions.iter().any(|(_, broken)| *broken);
        let last = facts.resolutions.last().map(|(state, _)| *state);
        let timeliness = match last {
            _ if facts.state == State::Merged => Timeliness::Merged,
            _ if broken => Timeliness::Late,
            Some(ClockState::Met | ClockState::Cancelled) => Timeliness::InTime,
            _ => Timeliness::Open,
        };
        let held = |state| matches!(state, FollowUpState::Finished | FollowUpState::Inspected | FollowUpState::Signed);
        let coverage = match facts.follow_up {
            Some((state, _)) if held(state) => Coverage::Held,
            Some(_) => Coverage::Owed,
            None => Coverage::NotOwed,
        };
        Self {
            timeliness,
            withdrawn: facts.outcome == Some(Outcome::Withdrawn),
            anonymous: facts.anonymous,
            rating: facts.rating,
            coverage,
            content: facts.follow_up.and_then(|(_, said)| said).map(|said| said == Satisfaction::Satisfied),
            repeated: facts.repeated,
            reopened: facts.reopened,
        }
    }
}

macro_rules! counts {
    ($($(#[$meta:meta])* $name:ident: $value:expr),+ $(,)?) => {
        /// How many cases count as what.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Counts {
            $($(#[$meta])* pub $name: i64),+
        }

        impl Counts {
            /// What one case adds.
            #[must_use]
            pub fn of(figure: &Figure) -> Self {
                Self { $($name: i64::from($value(figure))),+ }
            }

            /// More of the same, so many times over: below nothing takes off.
            #[must_use]
            pub fn plus(self, more: Self, times: i64) -> Self {
                Self { $($name: self.$name + times * more.$name),+ }
            }
        }
    };
}

/// Whether it is a case of its own, and not carried on elsewhere.
fn counted(figure: &Figure) -> bool {
    figure.timeliness != Timeliness::Merged
}

counts! {
    /// Cases received in the month, but for those carried on under another number.
    cases: |f: &Figure| counted(f),
    /// Handled in time.
    in_time: |f: &Figure| f.timeliness == Timeliness::InTime,
    /// Late.
    late: |f: &Figure| f.timeliness == Timeliness::Late,
    /// Open and not due.
    open: |f: &Figure| f.timeliness == Timeliness::Open,
    /// Carried on under another number.
    merged: |f: &Figure| !counted(f),
    /// Taken back by the customer.
    withdrawn: |f: &Figure| counted(f) && f.withdrawn,
    /// Of nobody known.
    anonymous: |f: &Figure| counted(f) && f.anonymous,
    /// Rated.
    rated: |f: &Figure| counted(f) && f.rating.is_some(),
    /// Rated as satisfied.
    satisfied: |f: &Figure| counted(f) && f.rating.is_some_and(|rating| rating >= SATISFIED),
    /// Handled, and owed a follow-up, held or not.
    follow_ups_owed: |f: &Figure| counted(f) && f.coverage != Coverage::NotOwed,
    /// Followed up.
    follow_ups_held: |f: &Figure| counted(f) && f.coverage == Coverage::Held,
    /// Asked in the follow-up, and content.
    content: |f: &Figure| counted(f) && f.content == Some(true),
    /// Reported before (D6).
    repeated: |f: &Figure| counted(f) && f.repeated,
    /// Opened again.
    reopened: |f: &Figure| counted(f) && f.reopened,
}

/// Whether an event can change what its case counts as.
#[must_use]
pub const fn may_change(event: Event) -> bool {
    matches!(
        event,
        Event::ComplaintReceived
            | Event::ComplaintDispatched
            | Event::AssignmentRefused
            | Event::ComplaintHandedOver
            | Event::ComplaintReclassified
            | Event::ComplaintDeclined
            | Event::ComplaintUnresolvable
            | Event::ComplaintResolved
            | Event::ComplaintWithdrawn
            | Event::ResolutionCorrected
            | Event::ComplaintReopened
            | Event::ComplaintRated
            | Event::ComplaintMerged
            | Event::ComplaintAbsorbed
            | Event::ComplaintSplit
            | Event::ComplaintArchived
            | Event::ResultRecorded
            | Event::WorkOrderIssued
            | Event::WorkOrderSigned
            | Event::FollowUpOpened
            | Event::FollowUpFinished
            | Event::FollowUpCancelled
            | Event::ClockMissed
    )
}
