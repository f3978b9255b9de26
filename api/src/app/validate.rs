//! Checks of what comes in, each with the field it is about and what would be right.

use chrono::NaiveDate;
use domain::refusal::Code;

use super::error::{Error, Result};
use crate::access::password::{LENGTH, is_acceptable};

/// Text that must be there, of at most `max` characters; trimmed.
///
/// # Errors
/// Refused with `REQUIRED`, `TOO_LONG` or `INVALID` (control characters).
pub fn text(field: &str, value: &str, max: usize) -> Result<String> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Error::refused(Code::Required, field));
    }
    if value.chars().count() > max {
        return Err(Error::refused_needing(Code::TooLong, field, vec![format!("1..{max}")]));
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Error::refused_needing(Code::Invalid, field, vec!["text without control characters".to_owned()]));
    }
    Ok(value.to_owned())
}

/// Text that may be missing; blank counts as missing.
///
/// # Errors
/// As [`text`], but not `REQUIRED`.
pub fn optional_text(field: &str, value: Option<&str>, max: usize) -> Result<Option<String>> {
    match value.map(str::trim) {
        None | Some("") => Ok(None),
        Some(value) => text(field, value, max).map(Some),
    }
}

/// A phone number: digits, with an optional leading plus, 3 to 20 of them. Spaces and hyphens are taken out.
///
/// # Errors
/// Refused with `REQUIRED` or `INVALID`.
pub fn phone(field: &str, value: &str) -> Result<String> {
    let phone: String = value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if phone.is_empty() {
        return Err(Error::refused(Code::Required, field));
    }
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    if (3..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(phone)
    } else {
        Err(Error::refused_needing(Code::Invalid, field, vec!["3 to 20 digits".to_owned()]))
    }
}

/// A rating from 1 to 5.
///
/// # Errors
/// Refused with `INVALID`.
pub fn rating(field: &str, value: i32) -> Result<i32> {
    if (1..=5).contains(&value) {
        Ok(value)
    } else {
        Err(Error::refused_needing(Code::Invalid, field, vec!["1..5".to_owned()]))
    }
}

/// A new password: 12 to 128 characters, and none that is soon guessed by whoever knows these things of the person.
///
/// # Errors
/// Refused with `INVALID`.
pub fn password(field: &str, value: &str, known: &[&str]) -> Result<()> {
    if is_acceptable(value, known) {
        return Ok(());
    }
    let length = format!("{}..{} characters", LENGTH.start(), LENGTH.end());
    Err(Error::refused_needing(Code::Invalid, field, vec![length, "not easily guessed".to_owned()]))
}

/// A span of days whose end, if it has one, is not before its beginning.
///
/// # Errors
/// Refused with `INVALID` on the end.
pub fn span(field: &str, from: NaiveDate, to: Option<NaiveDate>) -> Result<()> {
    match to {
        Some(to) if to < from => Err(Error::refused_needing(Code::Invalid, field, vec![format!("{from}..")])),
        _ => Ok(()),
    }
}
