//! Spans of a day, weeks of them, and days that differ.

use chrono::{Datelike, NaiveDate, Weekday};

/// Minutes of a day on the wall clock.
pub const MINUTES_A_DAY: u16 = 1_440;

/// A piece of a day in which work is done, on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first minute of the day, 0 to 1439.
    pub from: u16,
    /// The minute at which it ends, 1 to 1440.
    pub to: u16,
}

/// The spans of each weekday, in order and not overlapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week([Vec<Span>; 7]);

/// A day that does not follow its weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// The day.
    pub date: NaiveDate,
    /// When work is done on it; none on a holiday, those of a working day on a make-up working day 调休.
    pub spans: Vec<Span>,
    /// What it is, as `国庆节`.
    pub name: String,
}

/// What is wrong with spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanFault {
    /// It ends before it begins, or at once.
    #[error("ends before it begins")]
    Empty,
    /// It goes on past midnight.
    #[error("goes past midnight")]
    PastMidnight,
    /// It begins before the one before it has ended.
    #[error("begins before the one before it has ended")]
    OutOfOrder,
}

/// Why no calendar can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A weekday's spans are wrong.
    #[error("span {place} of {weekday} {fault}")]
    Weekday {
        /// The weekday.
        weekday: Weekday,
        /// Which of its spans, from 0.
        place: usize,
        /// What is wrong with it.
        fault: SpanFault,
    },
    /// A special day's spans are wrong.
    #[error("span {place} of {date} {fault}")]
    Day {
        /// The day.
        date: NaiveDate,
        /// Which of its spans, from 0.
        place: usize,
        /// What is wrong with it.
        fault: SpanFault,
    },
    /// Two special days are of one date.
    #[error("{0} is given twice")]
    Twice(NaiveDate),
}

impl Span {
    /// From one time of the day to another, each as hours and minutes.
    #[must_use]
    pub const fn clock(from: (u16, u16), to: (u16, u16)) -> Self {
        Self { from: from.0 * 60 + from.1, to: to.0 * 60 + to.1 }
    }

    /// The whole day.
    pub const WHOLE_DAY: Self = Self { from: 0, to: MINUTES_A_DAY };
}

impl Week {
    /// The spans of each weekday, Monday first.
    #[must_use]
    pub const fn new(days: [Vec<Span>; 7]) -> Self {
        Self(days)
    }

    /// The same spans from Monday to Friday, and nothing at the weekend.
    #[must_use]
    pub fn monday_to_friday(spans: &[Span]) -> Self {
        let day = || spans.to_vec();
        Self([day(), day(), day(), day(), day(), Vec::new(), Vec::new()])
    }

    /// The week of a new site's office, ours: Monday to Friday 09:00–12:00 and 13:30–18:00.
    #[must_use]
    pub fn office() -> Self {
        Self::monday_to_friday(&[Span::clock((9, 0), (12, 0)), Span::clock((13, 30), (18, 0))])
    }

    /// Every minute of every day.
    #[must_use]
    pub fn always() -> Self {
        Self(std::array::from_fn(|_| vec![Span::WHOLE_DAY]))
    }

    /// The spans of a weekday.
    #[must_use]
    pub fn spans(&self, weekday: Weekday) -> &[Span] {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = &self.0;
        match weekday {
            Weekday::Mon => monday,
            Weekday::Tue => tuesday,
            Weekday::Wed => wednesday,
            Weekday::Thu => thursday,
            Weekday::Fri => friday,
            Weekday::Sat => saturday,
            Weekday::Sun => sunday,
        }
    }

    /// The spans of all weekdays, Monday first.
    pub fn days(&self) -> impl Iterator<Item = &[Span]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// The spans of a make-up working day 调休: its weekday's own where there is work on it anyhow, else those of the first
    /// weekday on which there is.
    #[must_use]
    pub fn make_up(&self, date: NaiveDate) -> &[Span] {
        let own = self.spans(date.weekday());
        if own.is_empty() { self.days().find(|spans| !spans.is_empty()).unwrap_or_default() } else { own }
    }
}

/// Whether spans are in order, do not overlap and stay within a day.
///
/// # Errors
/// Which of them, from 0, and what is wrong with it.
pub fn check_spans(spans: &[Span]) -> Result<(), (usize, SpanFault)> {
    let mut ended = 0;
    for (place, span) in spans.iter().enumerate() {
        if span.to > MINUTES_A_DAY {
            return Err((place, SpanFault::PastMidnight));
        }
        if span.from >= span.to {
            return Err((place, SpanFault::Empty));
        }
        if span.from < ended {
            return Err((place, SpanFault::OutOfOrder));
        }
        ended = span.to;
    }
    Ok(())
}

/// Whether a calendar can be made of these; the special days are in order of dates.
pub(super) fn check(week: &Week, special: &[SpecialDay]) -> Result<(), CalendarError> {
    for (weekday, spans) in super::WEEKDAYS.into_iter().zip(week.days()) {
        check_spans(spans).map_err(|(place, fault)| CalendarError::Weekday { weekday, place, fault })?;
    }
    let mut last = None;
    for day in special {
        if last.replace(day.date) == Some(day.date) {
            return Err(CalendarError::Twice(day.date));
        }
        check_spans(&day.spans).map_err(|(place, fault)| CalendarError::Day { date: day.date, place, fault })?;
    }
    Ok(())
}

/// The minutes of spans.
pub(super) fn minutes_in(spans: &[Span]) -> u16 {
    spans.iter().map(|span| span.to - span.from).sum()
}

/// How much of the spans lies before a time of the day, in units of which a minute has so many.
pub(super) fn worked_before(spans: &[Span], time: i64, minute: i64) -> i64 {
    spans.iter().map(|span| (time.min(i64::from(span.to) * minute) - i64::from(span.from) * minute).max(0)).sum()
}

/// The first time of the day before which so much of the spans lies; none where they are shorter.
pub(super) fn time_reaching(spans: &[Span], wanted: i64, minute: i64) -> Option<i64> {
    let mut left = wanted;
    for span in spans {
        let (from, length) = (i64::from(span.from) * minute, i64::from(span.to - span.from) * minute);
        if left <= length {
            return Some(from + left);
        }
        left -= length;
    }
    None
}
