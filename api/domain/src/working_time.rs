//! Working time: when a place is open, how much of that passes between two moments, and when so much has passed.
//!
//! A [`Calendar`] is a week of spans on the wall clock of a time zone, and special days that replace a weekday's spans:
//! holidays without work, and make-up working days 调休 ([`holidays`]). It is made once and never changes.
//!
//! # How it is fast and exact
//! The time line is cut where the zone changes its offset. Between two changes the wall clock runs evenly, so the working
//! time up to any moment is whole weeks, plus what the special days before it differ from their weekdays (a running sum),
//! plus what lies within the day. Each piece of the line knows what came before it. So no question loops over minutes or
//! days: each is a few binary searches, and a day on which the clock changes has the length that really passes.

pub mod holidays;
mod kind;
mod tally;
mod week;
mod zone;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

pub use kind::SpecialDayKind;
use tally::Tally;
pub use week::{CalendarError, MINUTES_A_DAY, Span, SpanFault, SpecialDay, Week, check_spans};
use week::{minutes_in, time_reaching, worked_before};

/// Microseconds of a minute and of a day on the wall clock. All sums are kept in microseconds, as the database does.
const MINUTE: i64 = 60_000_000;
const DAY: i64 = MINUTE * 1440;
const WEEKDAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
/// 1970-01-01 in the count of [`Datelike::num_days_from_ce`].
const FIRST_DAY: i32 = 719_163;
/// How many days [`Calendar::skipped`] tells at most, and how far it looks.
const MAX_SKIPPED: usize = 100;
const MAX_LOOKED_AT: usize = 3_660;

/// When a place is open, compiled for fast questions. Exact to the microsecond, for moments from 1970 on; before that the
/// zone's offset of 1970 is taken.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: Tz,
    week: Week,
    /// The special days by date.
    special: Vec<SpecialDay>,
    /// Working time on the wall clock, in microseconds.
    worked: Tally,
    /// Working days.
    open: Tally,
    pieces: Vec<Piece>,
}

/// A piece of the time line on which the zone's offset stays the same.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// When it begins, in microseconds; the first has always been.
    from: i64,
    /// How far the wall clock is ahead.
    offset: i64,
    /// The working time up to its beginning.
    reached: i64,
    /// What is added to the working time that its wall clock shows.
    base: i64,
}

/// A day without work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedDay {
    /// The day.
    pub date: NaiveDate,
    /// What it is, where it is a special day; none for a weekday on which nobody ever works.
    pub name: Option<String>,
}

impl Calendar {
    /// Compiles a calendar. The special days may come in any order.
    ///
    /// # Errors
    /// Where spans of a weekday or of a special day are not in order, or two special days are of one date.
    pub fn new(zone: Tz, week: Week, days: impl IntoIterator<Item = SpecialDay>) -> Result<Self, CalendarError> {
        let mut special: Vec<SpecialDay> = days.into_iter().collect();
        special.sort_by_key(|day| day.date);
        week::check(&week, &special)?;
        let minutes = |spans: &[Span]| i64::from(minutes_in(spans)) * MINUTE;
        let is_open = |spans: &[Span]| i64::from(!spans.is_empty());
        let tally = |value: &dyn Fn(&[Span]) -> i64| {
            let marks = special.iter().map(|day| (number(day.date), value(&day.spans)));
            Tally::new(WEEKDAYS.map(|weekday| value(week.spans(weekday))), marks)
        };
        let (worked, open) = (tally(&minutes), tally(&is_open));
        let mut calendar = Self { zone, week, special, worked, open, pieces: Vec::new() };
        calendar.pieces = calendar.cut();
        Ok(calendar)
    }

    /// The calendar of what runs around the clock: every moment is working time.
    #[must_use]
    pub fn always(zone: Tz) -> Self {
        let week = Week::always();
        let worked = Tally::new([DAY; 7], []);
        let open = Tally::new([1; 7], []);
        let mut calendar = Self { zone, week, special: Vec::new(), worked, open, pieces: Vec::new() };
        calendar.pieces = calendar.cut();
        calendar
    }

    /// The time zone of its wall clock.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// The spans of its weekdays.
    #[must_use]
    pub const fn week(&self) -> &Week {
        &self.week
    }

    /// The special day of a date.
    #[must_use]
    pub fn special_day(&self, date: NaiveDate) -> Option<&SpecialDay> {
        let at = self.special.binary_search_by_key(&date, |day| day.date).ok()?;
        self.special.get(at)
    }

    /// The spans in which work is done on a date.
    #[must_use]
    pub fn spans(&self, date: NaiveDate) -> &[Span] {
        self.special_day(date).map_or_else(|| self.week.spans(date.weekday()), |day| &day.spans)
    }

    /// The first moment at which so much working time has passed since `start`: the end of a span, not the beginning of the
    /// next, where both would do. Where no time is to pass it is `start`; none where the calendar never has so much.
    #[must_use]
    pub fn add(&self, start: DateTime<Utc>, working: TimeDelta) -> Option<DateTime<Utc>> {
        if working <= TimeDelta::zero() {
            return Some(start);
        }
        let wanted = self.total(start.timestamp_micros()).checked_add(working.num_microseconds()?)?;
        let piece = self.last_piece(|piece| piece.reached < wanted)?;
        let local = self.local_reaching(wanted.checked_sub(piece.base)?)?;
        let reached = DateTime::from_timestamp_micros(local.checked_sub(piece.offset)?)?;
        Some(reached.max(start))
    }

    /// The working time from `a` to `b`; below zero where `b` is the earlier.
    #[must_use]
    pub fn between(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
        TimeDelta::microseconds(self.total(b.timestamp_micros()) - self.total(a.timestamp_micros()))
    }

    /// The end of the last span of the `n`-th working day after the local day of `start`: that day itself does not count,
    /// whatever the hour. With `n` = 0 it is the end of the working day that is under way at `start` or, where none is left
    /// today, of the next one. None where there are not so many working days.
    ///
    /// An end that the wall clock shows twice is the later one; one that it jumps over is when it jumps.
    #[must_use]
    pub fn end_of_working_day(&self, start: DateTime<Utc>, n: u32) -> Option<DateTime<Utc>> {
        let today = self.local(start.timestamp_micros()).div_euclid(DAY);
        let counted = self.open.before(today + 1);
        if n == 0 && self.open.before(today) < counted {
            let end = self.end_of(today)?;
            if end > start {
                return Some(end);
            }
        }
        self.end_of(self.open.day_reaching(counted.checked_add(i64::from(n.max(1)))?)?)
    }

    /// The first moment from `at` on at which work is done: `at` itself where it is open. None where it never opens again.
    #[must_use]
    pub fn next_open(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let moment = TimeDelta::microseconds(1);
        Some((self.add(at, moment)? - moment).max(at))
    }

    /// Whether work is done at a moment. A span is open from its first moment until just before its last.
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let local = self.local(at.timestamp_micros());
        let minute = local.rem_euclid(DAY).div_euclid(MINUTE);
        let holds = |span: &Span| i64::from(span.from) <= minute && minute < i64::from(span.to);
        self.spans_of(local.div_euclid(DAY)).iter().any(holds)
    }

    /// The days without work from the local day of `from` to the local day of `to`, both included: the first hundred of
    /// them, found within ten years.
    #[must_use]
    pub fn skipped(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<SkippedDay> {
        let day = |at: DateTime<Utc>| self.local(at.timestamp_micros()).div_euclid(DAY);
        (day(from)..=day(to))
            .take(MAX_LOOKED_AT)
            .filter(|day| self.spans_of(*day).is_empty())
            .filter_map(date)
            .take(MAX_SKIPPED)
            .map(|date| SkippedDay { date, name: self.special_day(date).map(|day| day.name.clone()) })
            .collect()
    }

    /// Cuts the time line where the zone's offset changes, and sums up what each piece begins with.
    fn cut(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for change in zone::changes(self.zone).iter() {
            let (from, offset) = (change.at.saturating_mul(1_000_000), change.offset * 1_000_000);
            pieces.push(match pieces.last() {
                None => Piece { from: i64::MIN, offset, reached: i64::MIN, base: 0 },
                Some(before) => {
                    let reached = before.base + self.local_total(from + before.offset);
                    Piece { from, offset, reached, base: reached - self.local_total(from + offset) }
                }
            });
        }
        pieces
    }

    fn last_piece(&self, begins: impl Fn(&Piece) -> bool) -> Option<&Piece> {
        self.pieces.get(self.pieces.partition_point(begins).saturating_sub(1))
    }

    fn piece_at(&self, micros: i64) -> Option<&Piece> {
        self.last_piece(|piece| piece.from <= micros)
    }

    /// What the wall clock shows at a moment, as microseconds since it showed 1970.
    fn local(&self, micros: i64) -> i64 {
        micros.saturating_add(self.piece_at(micros).map_or(0, |piece| piece.offset))
    }

    /// The working time up to a moment, counted from a beginning that is the same for all moments.
    fn total(&self, micros: i64) -> i64 {
        self.piece_at(micros).map_or(0, |piece| piece.base + self.local_total(micros.saturating_add(piece.offset)))
    }

    /// The working time that the wall clock has shown up to a moment of its own.
    fn local_total(&self, local: i64) -> i64 {
        let day = local.div_euclid(DAY);
        self.worked.before(day) + worked_before(self.spans_of(day), local.rem_euclid(DAY), MINUTE)
    }

    /// The first moment on the wall clock up to which it has shown so much working time.
    fn local_reaching(&self, total: i64) -> Option<i64> {
        let day = self.worked.day_reaching(total)?;
        let rest = total - self.worked.before(day);
        day.checked_mul(DAY)?.checked_add(time_reaching(self.spans_of(day), rest, MINUTE)?)
    }

    fn spans_of(&self, day: i64) -> &[Span] {
        date(day).map_or(&[], |date| self.spans(date))
    }

    /// When the last span of a day ends.
    fn end_of(&self, day: i64) -> Option<DateTime<Utc>> {
        let minute = i64::from(self.spans_of(day).last()?.to);
        let local = day.checked_mul(DAY)?.checked_add(minute * MINUTE)?;
        let after = self.pieces.partition_point(|piece| piece.from.saturating_add(piece.offset) < local);
        let piece = self.pieces.get(after.saturating_sub(1))?;
        let until = self.pieces.get(after).map_or(i64::MAX, |next| next.from);
        DateTime::from_timestamp_micros(local.checked_sub(piece.offset)?.min(until))
    }
}

/// A date as days since 1970-01-01.
fn number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce() - FIRST_DAY)
}

/// The date so many days after 1970-01-01.
fn date(number: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(number).ok()?.checked_add(FIRST_DAY)?)
}
