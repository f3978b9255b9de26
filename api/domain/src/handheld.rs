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
        /// The device's clock was set between its last sync and now, or was found set, or measured for the first time, only
        /// after the act.
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

/// What the syncs of a device have measured of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// How far our clock was ahead of the device's.
    pub skew: TimeDelta,
    /// Since when each sync has measured that. What was done before it was done under a clock that nobody knows.
    pub since: DateTime<Utc>,
}

impl Measured {
    /// What is known after one sync more. The skew stays the one that was measured first, so that a clock cannot creep away
    /// by little at a time.
    #[must_use]
    pub fn again(before: Option<Self>, skew: TimeDelta, now: DateTime<Utc>) -> Self {
        before.filter(|before| before.agrees(skew)).unwrap_or(Self { skew, since: now })
    }

    fn agrees(&self, skew: TimeDelta) -> bool {
        (skew - self.skew).abs() <= WANDER
    }
}

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
    /// Judges the time of an act. `before` is what the device's syncs have measured; without it no time is believed.
    #[must_use]
    pub fn judge(
        device_time: DateTime<Utc>,
        skew: TimeDelta,
        before: Option<Measured>,
        received_at: DateTime<Utc>,
    ) -> Self {
        let mut judged = Self { device_time, received_at, skew, verdict: Verdict::Plausible };
        let age = received_at - judged.corrected();
        let Some(before) = before else {
            return Self { verdict: Verdict::ClockUnknown, ..judged };
        };
        if !before.agrees(skew) || judged.corrected() < before.since - AHEAD {
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
        let since = at("2026-02-01T00:00:00Z");
        let before = before_minutes.map(|skew| Measured { skew: TimeDelta::minutes(skew), since });
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
    fn b6_a_clock_that_is_found_set_is_believed_for_what_was_done_since() {
        let minutes = TimeDelta::minutes;
        let first = Measured::again(None, minutes(0), at("2026-03-02T08:00:00Z"));
        let same = Measured::again(Some(first), minutes(2), at("2026-03-02T08:30:00Z"));
        assert_eq!(same, first, "it goes as it went");
        let set = Measured::again(Some(same), minutes(-30), at("2026-03-02T09:30:00Z"));
        assert_eq!(set, Measured { skew: minutes(-30), since: at("2026-03-02T09:30:00Z") });
        // Half an hour fast by now: what was done at nine seems to have been done at half past eight.
        let late = Evidence::judge(at("2026-03-02T09:00:00Z"), minutes(-30), Some(set), at(NOW));
        assert_eq!((late.verdict, late.occurred_at()), (Verdict::ClockChanged, at(NOW)));
        let since = Evidence::judge(at("2026-03-02T10:20:00Z"), minutes(-30), Some(set), at(NOW));
        assert_eq!((since.verdict, since.occurred_at()), (Verdict::Plausible, at("2026-03-02T09:50:00Z")));
    }

    #[test]
    fn b6_a_clock_does_not_creep_away_by_little_at_a_time() {
        let (mut known, mut now) = (None, at("2026-03-02T08:00:00Z"));
        for minute in 0..10 {
            now += TimeDelta::minutes(5);
            known = Some(Measured::again(known, TimeDelta::minutes(minute), now));
        }
        assert!(known.unwrap().since > at("2026-03-02T08:40:00Z"), "{known:?}");
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
        let evidence = Evidence::judge(
            DateTime::<Utc>::MAX_UTC,
            skew,
            Some(Measured { skew: TimeDelta::zero(), since: at(NOW) }),
            at(NOW),
        );
        assert_eq!(evidence.occurred_at(), at(NOW));
    }
}
