//! How a site's own fields, and the answers to them, are kept.

use domain::form::{Choice, Field, FieldType, Letters, Words};
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::error::Result;

/// A field as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    kind: String,
    required: bool,
    label: (String, String),
    hint: Option<(String, String)>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    min: Option<i64>,
    max: Option<i64>,
    letters: Option<String>,
    options: Vec<(String, String, String)>,
}

/// An answer to a field, with the words in which it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The field's name.
    pub name: String,
    /// What it was called: in Chinese and in English.
    pub label: (String, String),
    /// What was answered.
    pub value: String,
    /// What the option is called, for a choice.
    pub shown: Option<(String, String)>,
}

fn pair(words: Words) -> (String, String) {
    (words.zh, words.en)
}

/// Writes fields.
///
/// # Errors
/// When they cannot be written.
pub fn write(fields: &[Field]) -> Result<Value> {
    let kept: Vec<Kept> = fields
        .iter()
        .cloned()
        .map(|field| Kept {
            name: field.name,
            kind: field.kind.to_value(),
            required: field.required,
            label: pair(field.label),
            hint: field.hint.map(pair),
            min_length: field.min_length,
            max_length: field.max_length,
            min: field.min,
            max: field.max,
            letters: field.letters.map(|letters| letters.to_value()),
            options: field.options.into_iter().map(|option| (option.value, option.label.zh, option.label.en)).collect(),
        })
        .collect();
    Ok(serde_json::to_value(kept)?)
}

/// Reads fields.
///
/// # Errors
/// When they are not as they were written.
pub fn read(fields: &Value) -> Result<Vec<Field>> {
    let kept: Vec<Kept> = serde_json::from_value(fields.clone())?;
    kept.into_iter()
        .map(|kept| {
            Ok(Field {
                name: kept.name,
                extra: true,
                kind: FieldType::try_from_value(&kept.kind)?,
                required: kept.required,
                label: Words { zh: kept.label.0, en: kept.label.1 },
                hint: kept.hint.map(|(zh, en)| Words { zh, en }),
                min_length: kept.min_length,
                max_length: kept.max_length,
                min: kept.min,
                max: kept.max,
                letters: kept.letters.map(|letters| Letters::try_from_value(&letters)).transpose()?,
                options: kept
                    .options
                    .into_iter()
                    .map(|(value, zh, en)| Choice { value, label: Words { zh, en } })
                    .collect(),
                max_items: None,
            })
        })
        .collect()
}
