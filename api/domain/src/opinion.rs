//! The life of an opinion 意见 (B1): recorded at any time from any channel, answered by a promised time or turned into a
//! complaint, and kept.
//!
//! ```text
//! OPEN ─ answer ─▶ ANSWERED ─┬─ archive ─▶ ARCHIVED
//!   └─ turn into a complaint ▶ TURNED ─┘
//! ```

use crate::closed_set::closed_set;
use crate::complaint;
use crate::organization::Role;
use crate::refusal::Refusal;
use crate::standing::{Permission, Standing, Who, permit};

closed_set! {
    /// How an opinion came in (B1).
    pub enum Channel as "OpinionChannel" {
        /// The resident's app.
        App,
        /// A telephone call.
        Phone,
        /// At the counter.
        Counter,
        /// 意见簿: the book at the office.
        Book,
        /// 意见箱: the letter box.
        LetterBox,
        /// An e-mail.
        Email,
        /// Raised while a case was followed up (D3).
        FollowUp,
    }
}

impl Channel {
    /// The channel of a complaint that an opinion becomes; it decides in which form the customer is answered (C8).
    #[must_use]
    pub const fn of_complaint(self) -> complaint::Channel {
        match self {
            Self::App => complaint::Channel::App,
            Self::Phone | Self::FollowUp => complaint::Channel::Phone,
            Self::Counter => complaint::Channel::Visit,
            Self::Book => complaint::Channel::OpinionBook,
            Self::LetterBox => complaint::Channel::Letter,
            Self::Email => complaint::Channel::Email,
        }
    }
}

closed_set! {
    /// Where an opinion stands. In every state one named person answers for it (A0).
    pub enum State as "OpinionState" {
        /// It waits for its answer.
        Open,
        /// It was answered.
        Answered,
        /// It is carried on as a complaint.
        Turned,
        /// It is kept and cannot change.
        Archived,
    }
}

closed_set! {
    /// An act on an opinion. `allowedActions` lists those that the viewer can do now.
    pub enum Action as "OpinionAction" {
        /// Name who answers it, or promise the answer for another time.
        Promise,
        /// Answer it.
        Answer,
        /// Carry it on as a complaint.
        Turn,
        /// Put it into the archive.
        Archive,
    }
}

closed_set! {
    /// Something that happened to an opinion.
    pub enum Step as "OpinionStep" {
        /// It was recorded.
        Recorded,
        /// Its answer was promised for another time, or by somebody else.
        Promised,
        /// It was answered.
        Answered,
        /// It is carried on as a complaint.
        Turned,
        /// The promised time has passed without an answer; somebody higher up was told (C7).
        Missed,
        /// Whoever answered for it has left the post; somebody else does now (A0).
        OwnerChanged,
        /// It was archived.
        Archived,
    }
}

impl Step {
    /// Whether whoever gave the opinion sees it. What is late is a matter among us.
    #[must_use]
    pub const fn is_for_customer(self) -> bool {
        !matches!(self, Self::Missed | Self::OwnerChanged)
    }
}

const AGENT: Who = Who::Holder(Role::CustomerServiceAgent);
const SUPERVISOR: Who = Who::Holder(Role::CustomerServiceSupervisor);
const DIRECTOR: Who = Who::Holder(Role::CustomerServiceDirector);
const OFFICE_HEAD: Who = Who::Holder(Role::OfficeHead);
const HANDLERS: &[Who] = &[Who::Owner, AGENT, SUPERVISOR, DIRECTOR, OFFICE_HEAD];
const DESK: &[Who] = &[AGENT, SUPERVISOR, DIRECTOR, OFFICE_HEAD];
const KEEPERS: &[Who] = &[Who::Holder(Role::Archivist), SUPERVISOR, DIRECTOR, OFFICE_HEAD];

/// In which states an act is possible and who may do it: the whole table.
#[must_use]
pub fn permission(action: Action) -> Permission<State> {
    let (states, who): (&'static [State], &'static [Who]) = match action {
        Action::Promise | Action::Answer => (&[State::Open], HANDLERS),
        Action::Turn => (&[State::Open], DESK),
        Action::Archive => (&[State::Answered, State::Turned], KEEPERS),
    };
    Permission { states, who }
}

/// Decides an act; does nothing. The state after it.
///
/// # Errors
/// [`Refusal::NotYours`] or [`Refusal::WrongState`].
pub fn decide(state: State, action: Action, standing: &Standing) -> Result<State, Refusal> {
    permit(&permission(action), state, State::name, standing)?;
    Ok(match action {
        Action::Promise => state,
        Action::Answer => State::Answered,
        Action::Turn => State::Turned,
        Action::Archive => State::Archived,
    })
}

/// Every act that this person can do now; the same rule that [`decide`] enforces.
#[must_use]
pub fn allowed_actions(state: State, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(state, *action, standing).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everybody() -> Standing {
        let roles = Role::ALL.iter().map(|role| Who::Holder(*role));
        Standing(roles.chain([Who::Filer, Who::Owner, Who::Household]).collect())
    }

    #[test]
    fn b1_an_opinion_ends_by_an_answer_or_as_a_complaint_and_only_then_in_the_archive() {
        for state in State::ALL {
            let can = allowed_actions(*state, &everybody());
            match state {
                State::Open => assert_eq!(can, [Action::Promise, Action::Answer, Action::Turn]),
                State::Answered | State::Turned => assert_eq!(can, [Action::Archive]),
                State::Archived => assert_eq!(can, []),
            }
        }
    }

    #[test]
    fn b1_whoever_gave_an_opinion_does_not_answer_it() {
        for state in State::ALL {
            assert_eq!(allowed_actions(*state, &Standing(vec![Who::Filer, Who::Household])), []);
        }
    }

    #[test]
    fn c8_an_opinion_in_writing_becomes_a_complaint_that_is_answered_in_writing() {
        use crate::clock::promise::is_written;
        for channel in Channel::ALL {
            let written = matches!(channel, Channel::LetterBox | Channel::Email);
            assert_eq!(is_written(channel.of_complaint()), written, "{channel:?}");
        }
    }
}
