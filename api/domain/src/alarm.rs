//! Alarms 告警: somebody is called, by name, and called again and higher up until somebody answers (C7, B6, E4.3).

use chrono::{DateTime, TimeDelta, Utc};

use crate::closed_set::closed_set;
use crate::ownership::Post;
use crate::working_time::Calendar;

closed_set! {
    /// Why somebody is called.
    pub enum Reason as "AlarmReason" {
        /// An emergency was reported (B6).
        Emergency,
        /// A serious matter was reported (E4.3).
        Serious,
        /// A promise is broken, and what it was about is still not done (C7).
        ClockMissed,
        /// Somebody brought the case before a higher level (C7).
        Escalated,
    }
}

closed_set! {
    /// Where an alarm stands.
    pub enum State as "AlarmState" {
        /// Nobody has acknowledged it; it goes on calling.
        Ringing,
        /// Somebody has taken it, and still owes an answer.
        Acknowledged,
        /// It was answered: what is done about it.
        Answered,
        /// What it was about is over.
        Over,
    }
}

closed_set! {
    /// Who is called, from the nearest up.
    pub enum Rung as "AlarmRung" {
        /// Whoever is on duty for the department.
        OnDuty,
        /// Their deputy.
        Deputy,
        /// The head of the department.
        DepartmentHead,
        /// The head of the office.
        OfficeHead,
        /// A leader of the company.
        CompanyLeader,
    }
}

impl Rung {
    /// The next one up; the top stays.
    #[must_use]
    pub const fn up(self) -> Self {
        match self {
            Self::OnDuty => Self::Deputy,
            Self::Deputy => Self::DepartmentHead,
            Self::DepartmentHead => Self::OfficeHead,
            Self::OfficeHead | Self::CompanyLeader => Self::CompanyLeader,
        }
    }

    /// The post that stands there; none for those whom the roster names.
    #[must_use]
    pub const fn post(self) -> Option<Post> {
        match self {
            Self::OnDuty | Self::Deputy => None,
            Self::DepartmentHead => Some(Post::DepartmentHead),
            Self::OfficeHead => Some(Post::OfficeHead),
            Self::CompanyLeader => Some(Post::CompanyLeader),
        }
    }
}

closed_set! {
    /// What came of a call over the gateway.
    pub enum CallOutcome as "AlarmCallOutcome" {
        /// It is to go out, or is on its way.
        Waiting,
        /// The gateway took it.
        Sent,
        /// The gateway did not take it.
        Failed,
        /// It was not wanted any more when its turn came.
        Dropped,
    }
}

/// How soon alarms call again at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How soon an emergency also goes out over the gateway, and calls again.
    pub urgent: TimeDelta,
    /// The same once it has reached the top of the ladder.
    pub urgent_at_the_top: TimeDelta,
    /// How soon any other alarm calls again, in the working time of the office.
    pub ordinary: TimeDelta,
    /// The same once it has reached the top of the ladder.
    pub ordinary_at_the_top: TimeDelta,
}

impl Default for Pace {
    /// What holds at a site that has set nothing (ours).
    fn default() -> Self {
        Self {
            urgent: TimeDelta::minutes(1),
            urgent_at_the_top: TimeDelta::minutes(10),
            ordinary: TimeDelta::hours(2),
            ordinary_at_the_top: TimeDelta::minutes(450),
        }
    }
}

impl Pace {
    /// When a ringing alarm calls again: an emergency by the clock on the wall, anything else in office hours.
    #[must_use]
    pub fn calls_again(
        &self,
        urgent: bool,
        rung: Rung,
        now: DateTime<Utc>,
        office: &Calendar,
    ) -> Option<DateTime<Utc>> {
        match (urgent, rung == Rung::CompanyLeader) {
            (true, false) => Some(now + self.urgent),
            (true, true) => Some(now + self.urgent_at_the_top),
            (false, false) => office.add(now, self.ordinary),
            (false, true) => office.add(now, self.ordinary_at_the_top),
        }
    }
}

/// How often the gateway is tried for one call.
pub const TRIES: i32 = 5;

/// When the gateway is tried again after so many tries.
#[must_use]
pub fn tried_again(tries: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (tries < TRIES).then(|| now + TimeDelta::seconds(10) * tries)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Shanghai;

    use super::*;
    use crate::working_time::Week;

    #[test]
    fn c7_an_alarm_climbs_to_the_top_and_goes_on_calling_there() {
        use Rung::{CompanyLeader, DepartmentHead, Deputy, OfficeHead, OnDuty};
        let mut rung = Rung::OnDuty;
        let mut climbed = vec![rung];
        for _ in 0..5 {
            rung = rung.up();
            climbed.push(rung);
        }
        assert_eq!(climbed, [OnDuty, Deputy, DepartmentHead, OfficeHead, CompanyLeader, CompanyLeader]);
    }

    #[test]
    fn b6_an_emergency_calls_again_at_night_and_anything_else_in_the_morning() {
        let office = Calendar::new(Shanghai, Week::office(), []).unwrap();
        let night: DateTime<Utc> = "2026-03-02T18:00:00Z".parse().unwrap();
        let pace = Pace::default();
        assert_eq!(pace.calls_again(true, Rung::OnDuty, night, &office), Some(night + TimeDelta::minutes(1)));
        let morning = "2026-03-03T03:00:00Z".parse().ok();
        assert_eq!(pace.calls_again(false, Rung::DepartmentHead, night, &office), morning, "two hours after nine");
    }

    #[test]
    fn the_gateway_is_tried_five_times() {
        let now = DateTime::UNIX_EPOCH;
        let tries: Vec<_> = (1..=5).map(|tries| tried_again(tries, now).is_some()).collect();
        assert_eq!(tries, [true, true, true, true, false]);
    }
}
