//! Every sentence exists in every language, and reads to its end.

use api::app::language::{kebab, sentence};
use api::paper::words::Label;
use domain::category::Emergency;
use domain::fee::StatementState;
use domain::hotline::Handling;
use domain::organization::{DepartmentKind, Language, ResidencyKind, Role, SiteKind};
use domain::price::{FreeReason, ItemKind, Pricing};
use domain::signature::Verdict;
use domain::{complaint, event, follow_up, refusal, session, work_order};

/// Values for every variable that a sentence may use.
const VALUES: [(&str, &str); 25] = [
    ("page", "1"),
    ("pages", "2"),
    ("points", "5"),
    ("minutes", "1"),
    ("seconds", "5"),
    ("seal", "0f"),
    ("letters", "U+20BB7"),
    ("window", "2026-03-03 09:00–11:00"),
    ("person", "Person"),
    ("place", "Building 3"),
    ("field", "input.text"),
    ("needed", "1..5"),
    ("actor", "Actor"),
    ("owner", "Owner"),
    ("reason", "Reason"),
    ("number", "TS-2026-000001"),
    ("department", "Department"),
    ("team", "Team"),
    ("technician", "Technician"),
    ("clock", "Arrival"),
    ("total", "35.50"),
    ("count", "3"),
    ("time", "2026-03-02 09:00"),
    ("hotline", "400-000-0000"),
    ("code", "123456"),
];

fn keys() -> Vec<String> {
    let key = |room: &str, name: &str| format!("{room}-{}", kebab(name));
    let mut keys: Vec<String> =
        ["safety-advice", "promise-working-days", "promise-hours", "promise-minutes"].map(str::to_owned).to_vec();
    keys.extend(refusal::Code::ALL.iter().map(|code| key("refusal", code.name())));
    keys.extend(refusal::Requirement::ALL.iter().map(|requirement| key("requirement", requirement.name())));
    keys.extend(refusal::Need::ALL.iter().map(|need| key("need", need.name())));
    keys.extend(event::Kind::ALL.iter().map(|kind| key("event", kind.name())));
    keys.extend(SiteKind::ALL.iter().map(|kind| key("site-kind", kind.name())));
    keys.extend(DepartmentKind::ALL.iter().map(|kind| key("department-kind", kind.name())));
    keys.extend(ResidencyKind::ALL.iter().map(|kind| key("residency-kind", kind.name())));
    keys.extend(Emergency::ALL.iter().map(|emergency| key("emergency", emergency.name())));
    keys.extend(Language::ALL.iter().map(|language| key("language", language.name())));
    keys.extend(session::CodePurpose::ALL.iter().map(|purpose| key("sms", purpose.name())));
    keys.extend(domain::clock::Kind::ALL.iter().map(|kind| key("clock", kind.name())));
    keys.extend(domain::alarm::Reason::ALL.iter().map(|reason| key("alarm", reason.name())));
    keys.push("alarm-call".to_owned());
    keys.extend(ItemKind::ALL.iter().map(|kind| key("price-item-kind", kind.name())));
    keys.extend(StatementState::ALL.iter().map(|state| key("statement-state", state.name())));
    keys.extend(FreeReason::ALL.iter().map(|reason| key("free-reason", reason.name())));
    keys.extend(Label::ALL.iter().map(|label| key("paper", label.name())));
    keys.extend(["verify-title", "verify-number", "verify-signed-at"].map(str::to_owned));
    keys.extend(Verdict::ALL.iter().map(|verdict| key("verify", verdict.name())));
    keys.extend(complaint::Kind::ALL.iter().map(|kind| key("word", kind.name())));
    keys.extend(complaint::Channel::ALL.iter().map(|channel| key("word-channel", channel.name())));
    keys.extend(complaint::Severity::ALL.iter().map(|severity| key("word-severity", severity.name())));
    keys.extend(complaint::State::ALL.iter().map(|state| key("word-case", state.name())));
    keys.extend(complaint::Outcome::ALL.iter().map(|outcome| key("word-outcome", outcome.name())));
    keys.extend(work_order::State::ALL.iter().map(|state| key("word-order", state.name())));
    keys.extend(work_order::SignOffReason::ALL.iter().map(|why| key("word-sign-off", why.name())));
    keys.extend(Pricing::ALL.iter().map(|pricing| key("word-pricing", pricing.name())));
    keys.extend(follow_up::Method::ALL.iter().map(|method| key("word-method", method.name())));
    keys.extend(follow_up::Satisfaction::ALL.iter().map(|answer| key("word-answer", answer.name())));
    keys.extend(Handling::ALL.iter().map(|handling| key("word-call", handling.name())));
    keys.extend(Role::ALL.iter().map(|role| key("role", role.name())));
    keys
}

#[test]
fn every_sentence_exists_in_every_language() {
    let missing: Vec<_> = Language::ALL
        .iter()
        .flat_map(|language| keys().into_iter().map(move |key| (*language, key)))
        .filter(|(language, key)| sentence(*language, key, &VALUES) == *key)
        .collect();
    assert!(missing.is_empty(), "sentences are missing: {missing:?}");
}

#[test]
fn no_sentence_shows_an_unknown_variable() {
    for language in Language::ALL {
        for key in keys() {
            let told = sentence(*language, &key, &VALUES);
            assert!(!told.contains('$') && !told.contains('{'), "{language:?} {key}: {told}");
        }
    }
}

#[test]
fn a_language_never_falls_back_to_the_other() {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    for key in keys() {
        let (chinese, english) = (sentence(Language::ZhCn, &key, &VALUES), sentence(Language::En, &key, &VALUES));
        assert!(chinese.chars().any(is_han), "{key} is not Chinese: {chinese}");
        assert!(!english.chars().any(is_han), "{key} is not English: {english}");
    }
}

#[test]
fn danger_names_the_fire_service_and_the_hotline() {
    for language in Language::ALL {
        let told = sentence(*language, "safety-advice", &VALUES);
        assert!(told.contains("119") && told.contains("400-000-0000"), "{told}");
    }
}
