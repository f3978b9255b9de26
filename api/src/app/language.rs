//! Messages and notices in the languages we speak. Codes never change; sentences are in `api/assets/locales`.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::organization::Language;
use domain::refusal::Code;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid};

use super::error::Refused;

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./assets/locales",
        fallback_language: "zh-CN",
        // Marks around inserted values are for mixed scripts on paper; on a phone they show as boxes.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ZH_CN: LanguageIdentifier = langid!("zh-CN");
const EN: LanguageIdentifier = langid!("en");

/// Picks the language of an `Accept-Language` header: the first that we speak, else Chinese.
#[must_use]
pub fn accepted(header: &str) -> Option<Language> {
    let mut wanted: Vec<(f32, Language)> = header
        .split(',')
        .filter_map(|part| {
            let mut pieces = part.trim().split(';');
            let tag = pieces.next()?.trim().to_ascii_lowercase();
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            let language = match tag.split('-').next()? {
                "zh" => Language::ZhCn,
                "en" => Language::En,
                _ => return None,
            };
            (weight > 0.0).then_some((weight, language))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.first().map(|(_, language)| *language)
}

/// A sentence with values put in. A missing key gives the key itself, which the tests refuse.
#[must_use]
pub fn sentence(language: Language, key: &str, values: &[(&'static str, &str)]) -> String {
    let language = if language == Language::En { EN } else { ZH_CN };
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> =
        values.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(*value))).collect();
    // A sentence ends in a blank where the value that it would end with is empty.
    LOCALES
        .try_lookup_with_args(&language, key, &values)
        .map_or_else(|| key.to_owned(), |text| text.trim_end().to_owned())
}

/// The message of a refusal.
#[must_use]
pub fn refusal(language: Language, refused: &Refused) -> String {
    let needed = refused
        .needed
        .iter()
        .map(|need| needed_word(language, refused.code, need))
        .collect::<Vec<_>>()
        .join(if language == Language::En { ", " } else { "、" });
    let key = format!("refusal-{}", kebab(refused.code.name()));
    sentence(language, &key, &[("field", &refused.field.join(".")), ("needed", &needed)])
}

/// What is needed, in words where we have them: requirements do, states and roles are codes of the schema.
fn needed_word(language: Language, code: Code, need: &str) -> String {
    let key = |room: &str, word: &str| format!("{room}-{}", word.to_ascii_lowercase().replace('_', "-"));
    match code {
        Code::Missing => sentence(language, &key("requirement", need), &[]),
        Code::InUse => {
            let (what, count) = need.split_once(' ').unwrap_or((need, ""));
            sentence(language, &key("need", what), &[("count", count)])
        }
        _ => need.to_owned(),
    }
}

/// A name of the code (`InProgress`) as a key (`in-progress`).
#[must_use]
pub fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (i, letter) in name.char_indices() {
        if letter.is_uppercase() && i > 0 {
            out.push('-');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
