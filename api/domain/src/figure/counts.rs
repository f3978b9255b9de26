//! Sums of what cases count as.

use super::{Coverage, Figure, SATISFIED, Timeliness};
use crate::closed_set::closed_set;

macro_rules! measures {
    ($($(#[$meta:meta])* $name:ident $variant:ident: $holds:expr),+ $(,)?) => {
        closed_set! {
            /// What is counted: which cases a figure is made of.
            pub enum Measure as "FigureMeasure" {
                $($(#[$meta])* $variant),+
            }
        }

        impl Measure {
            /// Whether a case is among them.
            #[must_use]
            pub fn holds(self, figure: &Figure) -> bool {
                match self { $(Self::$variant => $holds(figure)),+ }
            }
        }

        /// How many cases count as what.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Counts {
            $($(#[$meta])* pub $name: i64),+
        }

        impl Counts {
            /// What one case adds.
            #[must_use]
            pub fn of(figure: &Figure) -> Self {
                Self { $($name: i64::from(Measure::$variant.holds(figure))),+ }
            }

            /// More of the same, so many times over: below nothing takes off.
            #[must_use]
            pub fn plus(self, more: Self, times: i64) -> Self {
                Self { $($name: self.$name + times * more.$name),+ }
            }

            /// How many cases are among them.
            #[must_use]
            pub fn get(&self, measure: Measure) -> i64 {
                match measure { $(Measure::$variant => self.$name),+ }
            }
        }
    };
}

fn counted(figure: &Figure, is: impl FnOnce(&Figure) -> bool) -> bool {
    figure.is_counted() && is(figure)
}

measures! {
    /// The cases received in the month, of any kind, but for those carried on under another number.
    cases Cases: |f: &Figure| counted(f, |_| true),
    /// Handled in time.
    in_time InTime: |f: &Figure| f.timeliness == Timeliness::InTime,
    /// Late: handled too late, or still not handled and past due.
    late Late: |f: &Figure| f.timeliness == Timeliness::Late,
    /// Not handled, and not past due.
    not_due NotDue: |f: &Figure| f.timeliness == Timeliness::NotDue,
    /// Handled without a promise of when.
    unpromised Unpromised: |f: &Figure| f.timeliness == Timeliness::Unpromised,
    /// Carried on under another number; not among the cases.
    merged Merged: |f: &Figure| !f.is_counted(),
    /// Handled in time, and proven by an order that the customer has signed 维修单.
    proven Proven: |f: &Figure| f.timeliness == Timeliness::InTime && f.signed,
    /// Handled: resolved, declined, concluded or taken back.
    handled Handled: |f: &Figure| counted(f, |f| f.handled),
    /// Taken back by the customer.
    withdrawn Withdrawn: |f: &Figure| counted(f, |f| f.withdrawn),
    /// Taken back by the customer before it was late.
    withdrawn_in_time WithdrawnInTime: |f: &Figure| f.withdrawn && f.timeliness == Timeliness::InTime,
    /// Of nobody known (D7).
    anonymous Anonymous: |f: &Figure| counted(f, |f| f.anonymous),
    /// Of nobody known, handled in time.
    anonymous_in_time AnonymousInTime: |f: &Figure| f.anonymous && f.timeliness == Timeliness::InTime,
    /// Of nobody known, late.
    anonymous_late AnonymousLate: |f: &Figure| f.anonymous && f.timeliness == Timeliness::Late,
    /// Rated by the customer on the whole (E4.5.2).
    rated Rated: |f: &Figure| counted(f, |f| f.rating.is_some()),
    /// Not rated.
    unrated Unrated: |f: &Figure| counted(f, |f| f.rating.is_none()),
    /// Rated with 4 or 5 of 5 on the whole.
    satisfied Satisfied: |f: &Figure| counted(f, |f| f.rating.is_some_and(|rating| rating >= SATISFIED)),
    /// Rated with 3 or less on the whole.
    dissatisfied Dissatisfied: |f: &Figure| counted(f, |f| f.rating.is_some_and(|rating| rating < SATISFIED)),
    /// Handled and of somebody known: a follow-up is owed (C10), held or not.
    follow_up_owed FollowUpOwed: |f: &Figure| counted(f, |f| f.coverage != Coverage::NotOwed),
    /// Followed up.
    follow_up_held FollowUpHeld: |f: &Figure| counted(f, |f| f.coverage == Coverage::Held),
    /// The follow-up is owed and was not held yet (D5).
    follow_up_missing FollowUpMissing: |f: &Figure| counted(f, |f| f.coverage == Coverage::Missing),
    /// Asked in a follow-up: the last answer counts.
    asked Asked: |f: &Figure| counted(f, |f| f.content.is_some()),
    /// Content when asked.
    content Content: |f: &Figure| counted(f, |f| f.content == Some(true)),
    /// Not content when asked.
    discontent Discontent: |f: &Figure| counted(f, |f| f.content == Some(false)),
    /// Of a matter that had been reported before (D6).
    repeated Repeated: |f: &Figure| counted(f, |f| f.repeated),
    /// Opened again.
    reopened Reopened: |f: &Figure| counted(f, |f| f.reopened),
}
