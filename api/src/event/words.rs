//! What happened, in words: the sentences are in `api/assets/locales`.

use domain::organization::Language;
use entity::event;

use crate::app::language;

/// What happened, in a language.
#[must_use]
pub fn sentence(language: Language, event: &event::Model) -> String {
    let text = |key: &str| event.data.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let key = format!("event-{}", language::kebab(event.kind.name()));
    // A reason that the rules give is said in the reader's language; one that a person gives in theirs.
    let reason = match event.data.get("because").and_then(serde_json::Value::as_str) {
        Some(because) => language::sentence(language, &format!("because-{because}"), &[]),
        None => event.reason.clone().unwrap_or_default(),
    };
    let values = [
        ("actor", event.actor_name.clone().unwrap_or_default()),
        ("owner", event.owner_name.clone()),
        ("reason", reason),
        ("number", text("number")),
        ("department", text("department")),
        ("team", text("team")),
        ("technician", text("technician")),
        (
            "clock",
            language::sentence(language, &format!("clock-{}", text("clock").to_lowercase().replace('_', "-")), &[]),
        ),
        ("total", text("total")),
        ("person", text("person")),
        ("window", text("window")),
        ("count", text("count")),
    ];
    let values: Vec<(&'static str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    language::sentence(language, &key, &values)
}
