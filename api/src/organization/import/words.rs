//! The words of a table: codes of the schema, or what people call them in Chinese or English.

use chrono::NaiveDate;
use domain::category::Emergency;
use domain::fee::StatementState;
use domain::organization::{DepartmentKind, Language, ResidencyKind, Role, SiteKind};
use domain::price::{FreeReason, ItemKind};
use domain::refusal::Code;

use super::table::Line;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::language::{kebab, sentence};

/// A closed set whose values have names in every language.
pub trait Worded: Copy + 'static {
    /// Every value.
    const VALUES: &'static [Self];
    /// Where its names are among the messages.
    const ROOM: &'static str;
    /// Its name in the code.
    fn called(self) -> &'static str;
}

macro_rules! worded {
    ($($set:ident in $room:literal),+ $(,)?) => {$(
        impl Worded for $set {
            const VALUES: &'static [Self] = Self::ALL;
            const ROOM: &'static str = $room;

            fn called(self) -> &'static str {
                self.name()
            }
        }
    )+};
}

worded! {
    SiteKind in "site-kind",
    DepartmentKind in "department-kind",
    ResidencyKind in "residency-kind",
    Emergency in "emergency",
    Language in "language",
    Role in "role",
    ItemKind in "price-item-kind",
    FreeReason in "free-reason",
    StatementState in "statement-state",
}

/// The value of a column; none where it is empty.
///
/// # Errors
/// `INVALID` with the codes that would be right.
pub fn optional<T: Worded>(line: &Line<'_>, column: &str) -> Result<Option<T>> {
    line.get(column).map(|word| meaning(column, word)).transpose()
}

/// The value that a word of a column means.
///
/// # Errors
/// `INVALID` with the codes that would be right.
pub fn meaning<T: Worded>(column: &str, word: &str) -> Result<T> {
    let means = |value: &T| {
        let key = format!("{}-{}", T::ROOM, kebab(value.called()));
        upper_snake(value.called()).eq_ignore_ascii_case(word)
            || Language::ALL.iter().any(|language| sentence(*language, &key, &[]).eq_ignore_ascii_case(word))
    };
    let codes = || T::VALUES.iter().map(|value| upper_snake(value.called())).collect();
    let found = T::VALUES.iter().copied().find(means);
    found.ok_or_else(|| Error::refused_needing(Code::Invalid, column, codes()))
}

/// The value of a column that must not be empty.
///
/// # Errors
/// `REQUIRED`, or `INVALID` with the codes that would be right.
pub fn required<T: Worded>(line: &Line<'_>, column: &str) -> Result<T> {
    optional(line, column)?.ok_or_else(|| Error::refused(Code::Required, column))
}

/// The text of a column; empty where it is. What must not be empty is refused where it is checked.
#[must_use]
pub fn text(line: &Line<'_>, column: &str) -> String {
    line.get(column).unwrap_or_default().to_owned()
}

/// The whole number of a column; none where it is empty.
///
/// # Errors
/// `INVALID`.
pub fn whole(line: &Line<'_>, column: &str) -> Result<Option<i32>> {
    let right = |_| Error::refused_needing(Code::Invalid, column, vec!["a whole number".to_owned()]);
    line.get(column).map(str::parse::<i32>).transpose().map_err(right)
}

/// The day of a column; none where it is empty.
///
/// # Errors
/// `INVALID`.
pub fn day(line: &Line<'_>, column: &str) -> Result<Option<NaiveDate>> {
    let parsed = line.get(column).map(|text| NaiveDate::parse_from_str(&text.replace('/', "-"), "%Y-%m-%d"));
    let right = |_| Error::refused_needing(Code::Invalid, column, vec!["a day, as 2026-03-01".to_owned()]);
    parsed.transpose().map_err(right)
}
