//! What a handheld says of time: evidence, not truth. A device that was out of reach tells later what it did when, by its
//! own clock, and that clock may be wrong or have been set meanwhile.

use chrono::{DateTime, TimeDelta, Utc};

use crate::closed_set::closed_set;

closed_set! {
    /// Whether the time that a device gives for an act is believed.
    pub enum Verdict as "DeviceTimeVerdict" {
        /// It is: the act counts as done then.
        Plausible,
        /// It would have been done after we heard of it.
        InTheFuture,
        /// It would have been done days ago.
        TooOld,
        /// The device's clock was set between its last sync and now.
        ClockChanged,
        /// No cursor of a sync came with it, so nobody knows whether the device's clock was set.
        ClockUnknown,
        /// It would have been done before the order was there, or before the step that it follows.
        TooEarly,
    }
}

closed_set! {
    /// What became of an act that a handheld had kept.
    pub enum Outcome as "SubmittedActOutcome" {
        /// It was done now.
        Applied,
        /// It had been done when it came before; nothing was done now.
        AlreadyApplied,
        /// Somebody has changed the order since the version it was meant for.
        Conflict,
        /// The rules refuse it.
        Refused,
    }
}

/// How much a device's clock may wander between two looks at it.
const WANDER: TimeDelta = TimeDelta::minutes(2);
/// How far ahead of us an act may seem to be: two clocks never agree.
const AHEAD: TimeDelta = TimeDelta::minutes(1);
/// How long ago an act may have been done.
const OLDEST: TimeDelta = TimeDelta::days(3);

/// What a device says of the time of an act, and whether it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// When the act was done by the device's clock.
    pub device_time: DateTime<Utc>,
    /// When we heard of it.
    pub received_at: DateTime<Utc>,
    /// How far our clock was ahead of the device's when we heard of it.
    pub skew: TimeDelta,
    /// Whether it is believed.
    pub verdict: Verdict,
}

impl Evidence {
    /// Judges the time of an act. `before` is the skew that was measured at the device's last sync; without it no time is
    /// believed.
    #[must_use]
    pub fn judge(
        device_time: DateTime<Utc>,
        skew: TimeDelta,
        before: Option<TimeDelta>,
        received_at: DateTime<Utc>,
    ) -> Self {
        let mut judged = Self { device_time, received_at, skew, verdict: Verdict::Plausible };
        let age = received_at - judged.corrected();
        let Some(before) = before else {
            return Self { verdict: Verdict::ClockUnknown, ..judged };
        };
        if (skew - before).abs() > WANDER {
            judged.verdict = Verdict::ClockChanged;
        } else if age < -AHEAD {
            judged.verdict = Verdict::InTheFuture;
        } else if age > OLDEST {
            judged.verdict = Verdict::TooOld;
        }
        judged
    }

    /// The same, where the act cannot have been done before a moment.
    #[must_use]
    pub fn not_before(mut self, earliest: DateTime<Utc>) -> Self {
        if self.verdict == Verdict::Plausible && self.corrected() < earliest - AHEAD {
            self.verdict = Verdict::TooEarly;
        }
        self
    }

    /// The device's time by our clock.
    #[must_use]
    pub fn corrected(&self) -> DateTime<Utc> {
        self.device_time.checked_add_signed(self.skew).unwrap_or(self.device_time)
    }

    /// When the act counts as done: by the device where that is believed, else when we heard of it.
    #[must_use]
    pub fn occurred_at(&self) -> DateTime<Utc> {
        match self.verdict {
            Verdict::Plausible => self.corrected().min(self.received_at),
            _ => self.received_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    const NOW: &str = "2026-03-02T10:00:00Z";

    fn judged(device_time: &str, skew_minutes: i64, before_minutes: Option<i64>) -> Evidence {
        let before = before_minutes.map(TimeDelta::minutes);
        Evidence::judge(at(device_time), TimeDelta::minutes(skew_minutes), before, at(NOW))
    }

    #[test]
    fn b6_a_clock_that_is_wrong_all_the_time_is_put_right() {
        let evidence = judged("2026-03-02T08:00:00Z", 60, Some(60));
        assert_eq!((evidence.verdict, evidence.occurred_at()), (Verdict::Plausible, at("2026-03-02T09:00:00Z")));
        let fast = judged("2026-03-02T10:50:00Z", -60, Some(-61));
        assert_eq!(fast.occurred_at(), at("2026-03-02T09:50:00Z"));
    }

    #[test]
    fn b6_what_is_not_believed_counts_when_we_heard_of_it() {
        for (device_time, skew, before, verdict) in [
            ("2026-03-02T09:00:00Z", 30, Some(0), Verdict::ClockChanged),
            ("2026-03-02T10:05:00Z", 0, Some(0), Verdict::InTheFuture),
            ("2026-02-27T09:59:00Z", 0, Some(0), Verdict::TooOld),
            ("2026-03-02T09:00:00Z", 0, None, Verdict::ClockUnknown),
        ] {
            let evidence = judged(device_time, skew, before);
            assert_eq!((evidence.verdict, evidence.occurred_at()), (verdict, at(NOW)), "{device_time}");
        }
        let early = judged("2026-03-02T09:00:00Z", 0, Some(0)).not_before(at("2026-03-02T09:30:00Z"));
        assert_eq!((early.verdict, early.occurred_at()), (Verdict::TooEarly, at(NOW)));
    }

    #[test]
    fn two_clocks_never_agree_to_the_second() {
        let ahead = judged("2026-03-02T10:00:40Z", 0, Some(1));
        assert_eq!((ahead.verdict, ahead.occurred_at()), (Verdict::Plausible, at(NOW)), "never after we heard of it");
        let order = judged("2026-03-02T09:29:30Z", 0, Some(0)).not_before(at("2026-03-02T09:30:00Z"));
        assert_eq!(order.verdict, Verdict::Plausible);
    }

    #[test]
    fn the_ends_of_time_do_no_harm() {
        let skew = TimeDelta::days(365 * 200_000);
        let evidence = Evidence::judge(DateTime::<Utc>::MAX_UTC, skew, Some(TimeDelta::zero()), at(NOW));
        assert_eq!(evidence.occurred_at(), at(NOW));
    }
}
