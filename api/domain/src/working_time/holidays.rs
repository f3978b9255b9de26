//! The official holidays and make-up working days 调休 of China, from 2004 on, as far as they are published.
//!
//! The State Council announces each year's days late in the year before. A year that is not published is not guessed:
//! [`published`] says so, and an organization can add it before the next version of Huiyin ships it.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

use super::{SpecialDay, Week};
use crate::closed_set::closed_set;

closed_set! {
    /// What an official day does to the working week.
    pub enum OfficialDayKind as "OfficialDayKind" {
        /// A holiday: nobody works.
        Rest,
        /// A make-up working day 调休: work is done as on a working day, also at the weekend.
        MakeUp,
    }
}

/// An official holiday or make-up working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialDay {
    /// The day.
    pub date: NaiveDate,
    /// Whether it is a holiday or a make-up working day.
    pub kind: OfficialDayKind,
    /// The holiday that it is or that it makes up for, as `国庆节`.
    pub name: String,
}

impl OfficialDay {
    /// The day in the calendar of a place with such a week.
    #[must_use]
    pub fn in_week(&self, week: &Week) -> SpecialDay {
        let spans = match self.kind {
            OfficialDayKind::Rest => Vec::new(),
            OfficialDayKind::MakeUp => week.make_up(self.date).to_vec(),
        };
        SpecialDay { date: self.date, spans, name: self.name.clone() }
    }
}

/// A year that is published, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedYear {
    /// The year.
    pub year: i32,
    /// The addresses of its announcements, separated by spaces.
    pub sources: &'static str,
}

/// One line of the data.
enum Line {
    Year(PublishedYear),
    Days(OfficialDayKind, NaiveDate, NaiveDate, &'static str),
}

struct Official {
    years: Vec<PublishedYear>,
    days: Vec<OfficialDay>,
}

const DATA: &str = include_str!("../../data/official_days.txt");

/// A line that cannot be read is left out here and found by a test.
static OFFICIAL: LazyLock<Official> = LazyLock::new(|| {
    let mut official = Official { years: Vec::new(), days: Vec::new() };
    for line in DATA.lines().filter_map(read) {
        match line {
            Line::Year(year) => official.years.push(year),
            Line::Days(kind, from, to, name) => {
                let days = from.iter_days().take_while(|date| *date <= to);
                official.days.extend(days.map(|date| OfficialDay { date, kind, name: name.to_owned() }));
            }
        }
    }
    official.days.sort_by_key(|day| day.date);
    official
});

/// Every year that ships with this version.
#[must_use]
pub fn years() -> &'static [PublishedYear] {
    &OFFICIAL.years
}

/// Whether the official days of a year ship with this version.
#[must_use]
pub fn published(year: i32) -> bool {
    years().iter().any(|published| published.year == year)
}

/// Every official day that ships with this version, in order.
#[must_use]
pub fn days() -> &'static [OfficialDay] {
    &OFFICIAL.days
}

/// The official days whose date is in a year, in order. The last days of December may still be changed by the
/// announcement of the next year.
#[must_use]
pub fn days_of(year: i32) -> &'static [OfficialDay] {
    let from = days().partition_point(|day| day.date.year() < year);
    let to = days().partition_point(|day| day.date.year() <= year);
    days().get(from..to).unwrap_or_default()
}

/// The lines of the data that cannot be read.
#[must_use]
pub fn unread_lines() -> Vec<&'static str> {
    DATA.lines().filter(|line| !line.starts_with('#') && read(line).is_none()).collect()
}

fn read(line: &'static str) -> Option<Line> {
    let (word, rest) = line.split_once(' ')?;
    let kind = match word {
        "year" => {
            let (year, sources) = rest.split_once(' ')?;
            return Some(Line::Year(PublishedYear { year: year.parse().ok()?, sources }));
        }
        "rest" => OfficialDayKind::Rest,
        "work" => OfficialDayKind::MakeUp,
        _ => return None,
    };
    let mut parts = rest.splitn(3, ' ');
    let (from, to) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (from <= to).then_some(Line::Days(kind, from, to, parts.next()?))
}
