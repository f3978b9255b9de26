//! The page to which the code on a printed form leads: verdict, number and time, for whoever holds the paper.

use domain::organization::Language;
use domain::signature::Verdict;

use super::document;
use super::verifying::Found;
use crate::access::viewer::HOME_ZONE;
use crate::app::language::{kebab, sentence};

/// The page, with nothing in it that runs.
#[must_use]
pub fn page(language: Language, found: &Found) -> String {
    let (tongue, mark) = (if language == Language::En { "en" } else { "zh-CN" }, mark(found.verdict));
    let title = sentence(language, "verify-title", &[]);
    let verdict = sentence(language, &format!("verify-{}", kebab(found.verdict.name())), &[]);
    let details = found.row.as_ref().map(|row| {
        let at = row.signed_at.with_timezone(&HOME_ZONE).format("%Y-%m-%d %H:%M:%S (UTC%:z)").to_string();
        let number = document::number(row).unwrap_or_default();
        let number = sentence(language, "verify-number", &[("number", &number)]);
        let time = sentence(language, "verify-signed-at", &[("time", &at)]);
        format!("<p>{}</p><p>{}</p>", shown(&number), shown(&time))
    });
    let details = details.unwrap_or_default();
    format!(
        "<!doctype html><html lang=\"{tongue}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>{title}</title></head>\
         <body><h1>{title}</h1><p>{mark} <strong>{verdict}</strong></p>{details}</body></html>"
    )
}

const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Genuine => "✓",
        Verdict::RecordAltered => "!",
        Verdict::Unknown => "✗",
    }
}

/// A text that no browser takes for a part of the page.
fn shown(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
