//! Booked visits 预约上门: the windows that a team offers, whether one is free, who may take it, and when a visit is reminded
//! of and chased (E4.2.1, E4.2.1B).

mod act;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Utc};

use crate::closed_set::closed_set;
use crate::working_time::{Calendar, Span, Week};

pub use act::{Action, Facts, allowed_actions, decide, in_person, is_on_visit, permission};

closed_set! {
    /// Where a visit stands.
    pub enum State as "BookingState" {
        /// The customer has named a time when they filed the case; nobody has agreed to it yet.
        Wished,
        /// Agreed: the window is taken.
        Booked,
        /// The technician was there.
        Kept,
        /// Another window was agreed instead.
        Rescheduled,
        /// Not wanted any more.
        Cancelled,
        /// Somebody was not there.
        NoShow,
    }
}

closed_set! {
    /// Who was not there.
    pub enum Absent as "AbsentParty" {
        /// The customer.
        Customer,
        /// The technician.
        Technician,
    }
}

/// Capacity is counted for each half hour.
pub const SLICE: TimeDelta = TimeDelta::minutes(30);
/// How long before its window a customer may still change or cancel a visit by themself (ours).
pub const LATEST_CHANGE: TimeDelta = TimeDelta::hours(2);
/// How long a visit is taken to last whose end nobody has named (ours).
pub const USUAL_LENGTH: TimeDelta = TimeDelta::hours(2);
/// How long before a visit the customer is first reminded (ours).
const DAY_BEFORE: TimeDelta = TimeDelta::hours(24);
/// How often unfinished work is chased after a visit (ours); by then its clocks have called the heads.
const MOST_CHASES: u32 = 5;

/// From when to when somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// The beginning.
    pub from: DateTime<Utc>,
    /// The end, by which the work is to be finished (E4.2.1).
    pub to: DateTime<Utc>,
}

/// What a team offers.
#[derive(Debug, Clone)]
pub struct Offer {
    /// In which spans of each weekday.
    pub week: Week,
    /// How long a window is: a multiple of [`SLICE`].
    pub length: TimeDelta,
    /// How many visits the team makes in one half hour.
    pub capacity: u32,
    /// How long before a window it must be booked.
    pub lead: TimeDelta,
    /// How many days ahead windows are offered.
    pub days_ahead: u32,
    /// Whether the team also works on holidays.
    pub on_holidays: bool,
}

impl Offer {
    /// The windows of a day, in order, taken or not. On a holiday of the calendar there are none unless the team works
    /// then; a make-up working day is worked like one.
    #[must_use]
    pub fn windows(&self, date: NaiveDate, calendar: &Calendar) -> Vec<Window> {
        let minutes = u16::try_from(self.length.num_minutes()).unwrap_or(u16::MAX);
        if minutes == 0 {
            return Vec::new();
        }
        let mut windows = Vec::new();
        for span in self.spans(date, calendar) {
            let mut from = span.from;
            while from.checked_add(minutes).is_some_and(|to| to <= span.to) {
                let ends = [from, from + minutes].map(|minute| on_the_wall(date, minute, calendar));
                // A window that the wall clock jumps into or out of is not offered.
                if let [Some(from), Some(to)] = ends
                    && to - from == self.length
                {
                    windows.push(Window { from, to });
                }
                from += minutes;
            }
        }
        windows
    }

    fn spans<'a>(&'a self, date: NaiveDate, calendar: &Calendar) -> &'a [Span] {
        use chrono::Datelike;
        match calendar.special_day(date) {
            Some(day) if !self.on_holidays && day.spans.is_empty() => &[],
            Some(day) if !day.spans.is_empty() => self.week.make_up(date),
            _ => self.week.spans(date.weekday()),
        }
    }

    /// Whether a window can still be booked at a moment: not too soon, and not too far ahead. Customer service may book
    /// what is too soon for a customer.
    #[must_use]
    pub fn is_open(&self, window: Window, now: DateTime<Utc>, in_person: bool) -> bool {
        let lead = if in_person { TimeDelta::zero() } else { self.lead };
        window.from >= now + lead && window.from <= now + TimeDelta::days(i64::from(self.days_ahead))
    }

    /// How many visits a window still has room for, beside those that are agreed: in its fullest half hour.
    #[must_use]
    pub fn room(&self, window: Window, taken: &[Window]) -> u32 {
        let slices = std::iter::successors(Some(window.from), |at| Some(*at + SLICE)).take_while(|at| *at < window.to);
        let at_once = slices.map(|from| {
            let to = from + SLICE;
            taken.iter().filter(|other| other.from < to && other.to > from).count()
        });
        let fullest = u32::try_from(at_once.max().unwrap_or(0)).unwrap_or(u32::MAX);
        self.capacity.saturating_sub(fullest)
    }
}

/// So many days in order, on the wall clock of a calendar: from a day on, but none that is over.
#[must_use]
pub fn days(now: DateTime<Utc>, from: Option<NaiveDate>, count: u32, calendar: &Calendar) -> Vec<NaiveDate> {
    let today = now.with_timezone(&calendar.zone()).date_naive();
    let first = from.map_or(today, |from| from.max(today));
    (0..u64::from(count)).filter_map(|day| first.checked_add_days(Days::new(day))).collect()
}

fn on_the_wall(date: NaiveDate, minute: u16, calendar: &Calendar) -> Option<DateTime<Utc>> {
    let time = date.and_hms_opt(0, 0, 0)? + TimeDelta::minutes(i64::from(minute));
    Some(calendar.zone().from_local_datetime(&time).earliest()?.to_utc())
}

/// What is done about a visit at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The customer and the technician are reminded, a day before.
    Remind,
    /// They are reminded again, and whoever owes it is chased where nobody is to come.
    Approach,
    /// Whoever owes unfinished work is chased.
    Chase,
}

/// How long before and after a visit somebody hears of it.
#[derive(Debug, Clone, Copy)]
pub struct Attention {
    /// Before it begins.
    pub before: TimeDelta,
    /// After its end, and after each chase.
    pub after: TimeDelta,
}

/// The step that comes after so many, and when. None after the last.
#[must_use]
pub fn step(done: u32, window: Window, attention: Attention) -> Option<(DateTime<Utc>, Step)> {
    match done {
        0 => Some((window.from - DAY_BEFORE, Step::Remind)),
        1 => Some((window.from - attention.before, Step::Approach)),
        chases if chases - 2 < MOST_CHASES => {
            let later = i32::try_from(chases - 2).unwrap_or(i32::MAX);
            Some((window.to + attention.after * later, Step::Chase))
        }
        _ => None,
    }
}

/// How many steps are over for a visit that is agreed at a moment: what would have been said before is not said.
#[must_use]
pub fn steps_over(window: Window, attention: Attention, now: DateTime<Utc>) -> u32 {
    (0..2)
        .filter(|done| step(*done, window, attention).is_some_and(|(at, _)| at <= now))
        .count()
        .try_into()
        .unwrap_or(2)
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::New_York;
    use chrono_tz::Asia::Shanghai;

    use super::*;
    use crate::working_time::SpecialDay;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn window(from: &str, to: &str) -> Window {
        Window { from: at(from), to: at(to) }
    }

    fn offer(spans: &[Span]) -> Offer {
        let week = Week::monday_to_friday(spans);
        let (length, lead) = (TimeDelta::hours(2), TimeDelta::hours(4));
        Offer { week, length, capacity: 2, lead, days_ahead: 14, on_holidays: false }
    }

    fn office(days: Vec<SpecialDay>) -> Calendar {
        Calendar::new(Shanghai, Week::office(), days).unwrap()
    }

    #[test]
    fn e4_2_1_windows_fill_the_spans_of_a_day_and_stop_before_their_end() {
        let offer = offer(&[Span::clock((8, 0), (12, 0)), Span::clock((13, 0), (18, 30))]);
        let windows = offer.windows(day("2026-03-02"), &office(Vec::new()));
        let hours: Vec<_> =
            windows.iter().map(|w| w.from.with_timezone(&Shanghai).format("%H:%M").to_string()).collect();
        assert_eq!(hours, ["08:00", "10:00", "13:00", "15:00"], "17:00 to 19:00 would go past the end");
        assert_eq!(offer.windows(day("2026-03-01"), &office(Vec::new())), [], "a Sunday");
    }

    #[test]
    fn e4_2_1_no_window_on_a_holiday_and_a_make_up_day_is_worked() {
        let special = |date: &str, spans: Vec<Span>| SpecialDay { date: day(date), spans, name: "节".to_owned() };
        let calendar =
            office(vec![special("2026-03-02", Vec::new()), special("2026-03-07", vec![Span::clock((9, 0), (12, 0))])]);
        let mut offer = offer(&[Span::clock((9, 0), (11, 0))]);
        assert_eq!(offer.windows(day("2026-03-02"), &calendar), []);
        assert_eq!(offer.windows(day("2026-03-07"), &calendar).len(), 1, "a Saturday that makes up");
        offer.on_holidays = true;
        assert_eq!(offer.windows(day("2026-03-02"), &calendar).len(), 1);
    }

    #[test]
    fn a_window_across_the_change_of_the_clock_is_not_offered() {
        let calendar = Calendar::new(New_York, Week::always(), []).unwrap();
        let mut offer = offer(&[]);
        offer.week = Week::always();
        let windows = offer.windows(day("2026-03-08"), &calendar);
        assert_eq!(windows.len(), 10, "00:00 to 02:00 and 02:00 to 04:00 are not two hours long, or do not begin");
        assert!(windows.iter().all(|window| window.to - window.from == TimeDelta::hours(2)));
    }

    #[test]
    fn room_is_that_of_the_fullest_half_hour() {
        let offer = offer(&[]);
        let asked = window("2026-03-02T01:00:00Z", "2026-03-02T03:00:00Z");
        let early = window("2026-03-02T00:00:00Z", "2026-03-02T01:30:00Z");
        let late = window("2026-03-02T02:00:00Z", "2026-03-02T04:00:00Z");
        let beside = window("2026-03-02T03:00:00Z", "2026-03-02T05:00:00Z");
        assert_eq!(offer.room(asked, &[]), 2);
        assert_eq!(offer.room(asked, &[early, late, beside]), 1, "the two never meet, and the third only touches");
        assert_eq!(offer.room(asked, &[early, asked]), 0);
        assert_eq!(offer.room(asked, &[early, asked, asked]), 0, "never below nothing");
    }

    #[test]
    fn e4_2_1b_a_visit_is_reminded_of_twice_and_then_chased_until_it_is_given_up() {
        let visit = window("2026-03-03T01:00:00Z", "2026-03-03T03:00:00Z");
        let attention = Attention { before: TimeDelta::minutes(60), after: TimeDelta::minutes(30) };
        let steps: Vec<_> = (0..).map_while(|done| step(done, visit, attention)).collect();
        let told: Vec<_> = steps.iter().map(|(at, _)| at.format("%d %H:%M").to_string()).collect();
        assert_eq!(told, ["02 01:00", "03 00:00", "03 03:00", "03 03:30", "03 04:00", "03 04:30", "03 05:00"]);
        assert!(
            steps.iter().map(|(_, step)| *step).eq([Step::Remind, Step::Approach].into_iter().chain([Step::Chase; 5]))
        );
        assert_eq!(steps_over(visit, attention, at("2026-03-02T02:00:00Z")), 1, "a day before is over");
        assert_eq!(steps_over(visit, attention, at("2026-03-03T00:30:00Z")), 2);
        assert_eq!(steps_over(visit, attention, at("2026-03-01T00:30:00Z")), 0);
    }
}
