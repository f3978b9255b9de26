//! What a site asks for besides the fields that every case has, and what can be wrong with that.

use super::{Fault, Field, FieldType, MAX_EXTRA, MAX_FIELDS, MAX_NAME, Way, fault, standard};
use crate::refusal::Code;

/// What a site asks for besides, for one of its categories or for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Besides {
    /// Fields of every case that must be filled in here.
    pub required: Vec<String>,
    /// Fields of its own.
    pub fields: Vec<Field>,
}

/// The fields of every case that a site may require.
pub const MAY_BE_REQUIRED: [&str; 3] = ["remedySought", "wishedAt", "items"];

/// What is wrong with what a site wants to ask for, if anything.
///
/// # Errors
/// The fault, whose field is a path into what the site has sent.
pub fn check_besides(besides: &Besides) -> Result<(), Fault> {
    if let Some(at) = besides.required.iter().position(|name| !MAY_BE_REQUIRED.contains(&name.as_str())) {
        let right = MAY_BE_REQUIRED.map(str::to_owned).to_vec();
        return Err(fault(&format!("required.{at}"), Code::Invalid, right));
    }
    if besides.fields.len() > MAX_FIELDS {
        return Err(fault("fields", Code::TooLong, vec![format!("0..{MAX_FIELDS}")]));
    }
    let mut names: Vec<&str> = Vec::new();
    for (index, field) in besides.fields.iter().enumerate() {
        let at = |part: &str| format!("fields.{index}.{part}");
        if !is_name(&field.name) {
            return Err(fault(&at("name"), Code::Invalid, vec!["^[a-z][A-Za-z0-9]{0,39}$".to_owned()]));
        }
        if names.contains(&field.name.as_str()) || standard_names().contains(&field.name) {
            return Err(fault(&at("name"), Code::Taken, Vec::new()));
        }
        names.push(&field.name);
        check_field(field, &at)?;
    }
    Ok(())
}

fn check_field(field: &Field, at: &impl Fn(&str) -> String) -> Result<(), Fault> {
    let invalid = |part: &str, right: &str| Err(fault(&at(part), Code::Invalid, vec![right.to_owned()]));
    let words = [&field.label.zh, &field.label.en];
    if words.iter().any(|text| text.trim().is_empty() || text.chars().count() > MAX_NAME) {
        return invalid("label", "1..60 characters in both languages");
    }
    if field.kind == FieldType::List {
        return invalid("type", "a field of one value");
    }
    if (field.kind == FieldType::Choice) == field.options.is_empty() {
        return invalid("options", "options for a choice, and only for one");
    }
    if field.min_length.unwrap_or(1) == 0 || field.min_length.unwrap_or(1) > field.max_length.unwrap_or(MAX_EXTRA) {
        return invalid("minLength", "1 up to maxLength");
    }
    if field.max_length.is_some_and(|most| most > MAX_EXTRA) {
        return invalid("maxLength", "at most 2000");
    }
    if field.min.unwrap_or(i64::MIN) > field.max.unwrap_or(i64::MAX) {
        return invalid("min", "at most max");
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn standard_names() -> Vec<String> {
    let all = standard(Way::Employee { at_home: true, unknown: false, brief: false });
    all.fields.into_iter().map(|field| field.name).collect()
}
