//! The inputs of the calendar, checked field by field.

use std::collections::BTreeSet;

use async_graphql::{InputObject, SimpleObject};
use chrono::{Datelike, NaiveDate};
use domain::refusal::Code;
use domain::working_time::holidays::{OfficialDay, OfficialDayKind, published};
use domain::working_time::{Span, SpanFault, Week, check_spans};

use crate::app::error::{Error, Result};
use crate::app::request::act_input;
use crate::app::validate;

/// The years of which special days are kept.
const YEARS: std::ops::RangeInclusive<i32> = 2004..=2100;
/// More official days than any year has.
const MAX_OFFICIAL: usize = 120;

/// A part of a day in which work is done, on the wall clock of the site.
#[derive(Debug, Clone, SimpleObject, InputObject)]
#[graphql(input_name = "DaySpanInput")]
pub struct DaySpan {
    /// When it begins, as `09:00`.
    pub from: String,
    /// When it ends, as `12:00`; `24:00` is the end of the day. Work that goes on past midnight is two spans on two days.
    pub to: String,
}

/// The spans of each weekday, in order and not overlapping; none on a day off.
#[derive(Debug, Clone, SimpleObject, InputObject)]
#[graphql(input_name = "CalendarWeekInput")]
pub struct CalendarWeek {
    /// 星期一.
    pub monday: Vec<DaySpan>,
    /// 星期二.
    pub tuesday: Vec<DaySpan>,
    /// 星期三.
    pub wednesday: Vec<DaySpan>,
    /// 星期四.
    pub thursday: Vec<DaySpan>,
    /// 星期五.
    pub friday: Vec<DaySpan>,
    /// 星期六.
    pub saturday: Vec<DaySpan>,
    /// 星期日.
    pub sunday: Vec<DaySpan>,
}

act_input! {
    /// The office hours of a site.
    SetCalendarWeekInput on site_id("Site", "siteId") {
        /// When the office works; at least one span in the week.
        week: CalendarWeek,
    }
}

act_input! {
    /// A special day of a site's own.
    SetCalendarDayInput on site_id("Site", "siteId") {
        /// The day, in the site's time zone.
        date: NaiveDate,
        /// What it is, 1 to 60 characters.
        name: String,
        /// When work is done on it, in order and not overlapping; none on a day off.
        spans: Vec<DaySpan>,
        /// Who announced it, or where: at most 300 characters.
        source: Option<String>,
    }
}

act_input! {
    /// A special day of a site's own that is not to be any more.
    RemoveCalendarDayInput on site_id("Site", "siteId") {
        /// The day.
        date: NaiveDate,
    }
}

/// An official holiday or make-up working day 调休.
#[derive(Debug, Clone, SimpleObject, InputObject)]
#[graphql(input_name = "OfficialDayInput")]
pub struct OfficialDayLine {
    /// The day.
    pub date: NaiveDate,
    /// Whether it is a holiday or a make-up working day.
    pub kind: OfficialDayKind,
    /// The holiday that it is or that it makes up for, 1 to 60 characters.
    pub name: String,
}

/// The official days of a year that does not ship yet.
#[derive(InputObject)]
pub struct AddOfficialYearInput {
    /// The year.
    pub year: i32,
    /// Its holidays and make-up working days, each day once: of the year itself or of the December before.
    pub days: Vec<OfficialDayLine>,
    /// Where they are announced: 1 to 300 characters.
    pub source: String,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

impl AddOfficialYearInput {
    /// The days and their source, checked.
    ///
    /// # Errors
    /// Refused with the path of the field.
    pub fn checked(self) -> Result<(i32, Vec<OfficialDay>, String)> {
        let invalid = |field: &str, right: &str| Error::refused_needing(Code::Invalid, field, vec![right.to_owned()]);
        if published(self.year) || !YEARS.contains(&self.year) {
            return Err(invalid("year", "a year up to 2100 that does not ship with this version"));
        }
        let source = validate::text("source", &self.source, 300)?;
        if self.days.is_empty() || self.days.len() > MAX_OFFICIAL {
            return Err(invalid("days", "1 to 120 days"));
        }
        let (mut days, mut seen) = (Vec::new(), BTreeSet::new());
        for (place, line) in self.days.into_iter().enumerate() {
            let field = |name: &str| format!("days.{place}.{name}");
            let december_before = line.date.year() == self.year - 1 && line.date.month() == 12;
            if line.date.year() != self.year && !december_before {
                return Err(invalid(&field("date"), "a day of the year, or of the December before"));
            }
            if !seen.insert(line.date) {
                return Err(invalid(&field("date"), "each day once"));
            }
            let name = validate::text(&field("name"), &line.name, 60)?;
            days.push(OfficialDay { date: line.date, kind: line.kind, name });
        }
        Ok((self.year, days, source))
    }
}

impl CalendarWeek {
    /// The week, checked.
    ///
    /// # Errors
    /// Refused with the path of the span.
    pub fn checked(&self) -> Result<Week> {
        let week = Week::new([
            spans("week.monday", &self.monday)?,
            spans("week.tuesday", &self.tuesday)?,
            spans("week.wednesday", &self.wednesday)?,
            spans("week.thursday", &self.thursday)?,
            spans("week.friday", &self.friday)?,
            spans("week.saturday", &self.saturday)?,
            spans("week.sunday", &self.sunday)?,
        ]);
        if week.days().all(<[Span]>::is_empty) {
            return Err(Error::refused_needing(Code::Invalid, "week", vec!["at least one span".to_owned()]));
        }
        Ok(week)
    }

    /// The week as the schema shows it.
    #[must_use]
    pub fn of(week: &Week) -> Self {
        use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            [Mon, Tue, Wed, Thu, Fri, Sat, Sun].map(|day| shown(week.spans(day)));
        Self { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    }
}

/// A day whose year is one of which special days are kept.
///
/// # Errors
/// Refused with `INVALID`.
pub fn check_date(date: NaiveDate) -> Result<()> {
    if YEARS.contains(&date.year()) {
        return Ok(());
    }
    Err(Error::refused_needing(Code::Invalid, "date", vec![format!("{}..{}", YEARS.start(), YEARS.end())]))
}

/// Spans, checked.
///
/// # Errors
/// Refused with the path of the span.
pub fn spans(field: &str, given: &[DaySpan]) -> Result<Vec<Span>> {
    let invalid = |path: String, right: &str| Error::refused_needing(Code::Invalid, &path, vec![right.to_owned()]);
    let mut spans = Vec::with_capacity(given.len());
    for (place, span) in given.iter().enumerate() {
        let time = |name: &str, text: &str| {
            minutes(text).ok_or_else(|| invalid(format!("{field}.{place}.{name}"), "HH:MM, 00:00 to 24:00"))
        };
        spans.push(Span { from: time("from", &span.from)?, to: time("to", &span.to)? });
    }
    check_spans(&spans).map_err(|(place, fault)| {
        let right = match fault {
            SpanFault::Empty => "an end after the beginning",
            SpanFault::PastMidnight => "an end by 24:00",
            SpanFault::OutOfOrder => "a beginning not before the end of the span before",
        };
        invalid(format!("{field}.{place}"), right)
    })?;
    Ok(spans)
}

/// Spans as the schema shows them.
#[must_use]
pub fn shown(spans: &[Span]) -> Vec<DaySpan> {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    spans.iter().map(|span| DaySpan { from: time(span.from), to: time(span.to) }).collect()
}

/// The minute of the day of `HH:MM`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        let right = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        if right { digits.parse::<u16>().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let sum = hours * 60 + minutes;
    (minutes < 60 && sum <= domain::working_time::MINUTES_A_DAY).then_some(sum)
}
