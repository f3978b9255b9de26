//! Clocks 时限: the running deadlines of a case, what starts and ends them, and when somebody must hear of them.
//!
//! A clock begins, waits, goes on and ends by what happens to its case, in the same transaction ([`reaction`]). How long
//! it runs is promised ([`promise`]), by the most specific promise that fits the case ([`policy`]). Between its beginning and its end lie moments at which somebody is told
//! ([`Timing::moments`]): the nearer the end, the higher up.

pub mod policy;
pub mod promise;
pub mod reaction;
pub mod segment;

use chrono::{DateTime, TimeDelta, Utc};

use crate::closed_set::closed_set;
use crate::working_time::Calendar;
use promise::{Climb, Limit, Reminders};

closed_set! {
    /// What a clock measures.
    pub enum Kind as "ClockKind" {
        /// 移交: until customer service has passed the case on to whoever handles it (E3.5, E4.2.3).
        HandOver,
        /// 签收: until the department has taken the case or the order, or has refused it.
        Acknowledgement,
        /// 派班: until a team has the order (E4.2.1A: at once).
        TeamAssignment,
        /// 接单: until a technician has accepted the order, from when a team has it (E4.2.1A).
        Acceptance,
        /// 到场: until somebody is on site, from the receipt of the report (B6).
        Arrival,
        /// 首次方案: until a sincere proposal was made about the quality of a service (B6).
        FirstProposal,
        /// 首次回复: until the customer has an answer in the form that the channel asks for (C8).
        FirstReply,
        /// 下次回复: until the next answer that an interim one has promised (C8).
        NextReply,
        /// 办结: until the case is handled (E4.5.1).
        Resolution,
        /// 跨部门协办: until another department has done its part (C4).
        CrossDepartmentTask,
        /// 回访: until the follow-up that C10 owes was held.
        FollowUp,
        /// 移送: until a dispute without agreement was referred (A6).
        Referral,
        /// 限期整改: until an order to mend was carried out (E4.5.4).
        Rectification,
        /// 现场会商: until leaders have looked at a serious matter together (E4.3).
        JointLook,
        /// 兑现承诺: until what the customer was promised is carried out (C6, C9).
        Commitment,
        /// 外联催问: until the outside party has answered, or is asked again (E4.4).
        OutsideAnswer,
        /// 纠正预防: until an action against the cause was carried out (C11).
        Action,
        /// 回单: until both copies of a signed order were acknowledged (E4.2.1A).
        CopyAcknowledgement,
        /// 转交客服: until customer service has taken over what another employee registered on the spot (E3.5).
        TakeOver,
    }
}

impl Kind {
    /// Whether at its end the customer hears from us or sees us.
    #[must_use]
    pub const fn is_contact(self) -> bool {
        matches!(self, Self::Arrival | Self::FirstProposal | Self::FirstReply | Self::NextReply | Self::FollowUp)
    }

    /// Whether the customer sees it: what was promised to them, not what we ask of each other.
    #[must_use]
    pub const fn is_for_customer(self) -> bool {
        matches!(
            self,
            Self::Arrival
                | Self::FirstProposal
                | Self::FirstReply
                | Self::NextReply
                | Self::Resolution
                | Self::FollowUp
                | Self::Referral
                | Self::Commitment
                | Self::OutsideAnswer
        )
    }
}

closed_set! {
    /// Where a clock stands.
    pub enum State as "ClockState" {
        /// It runs; past its end it goes on running until what it waits for has happened.
        Running,
        /// It waits, with a reason.
        Paused,
        /// What it waits for has happened in time.
        Met,
        /// What it waits for has happened too late.
        Missed,
        /// What it waited for is not wanted any more.
        Cancelled,
    }
}

impl State {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

closed_set! {
    /// A moment of a running clock at which somebody hears of it.
    pub enum Moment as "ClockMoment" {
        /// Most of the time is over: the owner is reminded.
        Warning,
        /// The aim within the promise has passed: the owner is reminded.
        Target,
        /// The promise is broken: the owner and the department head hear of it.
        Limit,
        /// Still not done: the office head hears of it (C7).
        OfficeHead,
        /// Still not done: a company leader hears of it (C7).
        CompanyLeader,
    }
}

/// Up to this limit somebody stands and waits, and the steps up the ladder are of minutes.
const SHORT: TimeDelta = TimeDelta::minutes(15);
/// The steps up the ladder behind a short limit, and behind a longer one, where the promise says none.
const STEPS: (Climb, Climb) = (
    Climb { office_head: TimeDelta::minutes(5), company_leader: TimeDelta::minutes(10) },
    Climb { office_head: TimeDelta::hours(4), company_leader: TimeDelta::hours(8) },
);

/// When a clock began and when it ends, in the calendar it runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// When it began.
    pub started: DateTime<Utc>,
    /// The aim, if there is one besides the promise.
    pub target: Option<DateTime<Utc>>,
    /// The end that is promised.
    pub due: DateTime<Utc>,
}

impl Timing {
    /// The timing of a promise from a moment on; none where the calendar never has so much time.
    #[must_use]
    pub fn of(limit: Limit, target: Option<TimeDelta>, started: DateTime<Utc>, calendar: &Calendar) -> Option<Self> {
        let due = match limit {
            Limit::Within(time) => calendar.add(started, time)?,
            Limit::WorkingDays(days) => calendar.end_of_working_day(started, days)?,
            Limit::Until(moment) => moment,
        };
        let target = match target {
            Some(time) => Some(calendar.add(started, time)?),
            None => None,
        };
        Some(Self { started, target, due })
    }

    /// The same after a pause: what is left of the working time is left from its end on.
    #[must_use]
    pub fn after_pause(self, from: DateTime<Utc>, to: DateTime<Utc>, calendar: &Calendar) -> Option<Self> {
        let waited = calendar.between(from, to);
        // What had passed already when the pause began is not given back.
        let later = |moment: DateTime<Utc>| {
            if moment <= from { Some(moment) } else { calendar.add(moment, waited) }
        };
        let target = match self.target {
            Some(target) => Some(later(target)?),
            None => None,
        };
        Some(Self { target, due: later(self.due)?, ..self })
    }

    /// The moments at which somebody hears of it, in order of time.
    #[must_use]
    pub fn moments(&self, reminders: &Reminders, calendar: &Calendar) -> Vec<(DateTime<Utc>, Moment)> {
        let whole = calendar.between(self.started, self.due);
        let usual = if whole <= SHORT { STEPS.0 } else { STEPS.1 };
        let climb = reminders.climb.unwrap_or(usual);
        let warning = |percent: &u8| calendar.add(self.started, whole * i32::from(*percent) / 100);
        let warnings = reminders.warn_at.iter().filter_map(warning).map(|at| (at, Moment::Warning));
        let mut moments: Vec<(DateTime<Utc>, Moment)> = [
            self.target.map(|at| (at, Moment::Target)),
            Some((self.due, Moment::Limit)),
            calendar.add(self.due, climb.office_head).map(|at| (at, Moment::OfficeHead)),
            calendar.add(self.due, climb.company_leader).map(|at| (at, Moment::CompanyLeader)),
        ]
        .into_iter()
        .flatten()
        .chain(warnings)
        .collect();
        moments.sort_unstable();
        moments
    }
}
