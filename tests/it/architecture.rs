//! The rules of the house, kept by a machine: each failure says what to do.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no sources under {folder}");
    found
}

fn forbid(folder: &str, named: impl Fn(&str) -> bool, words: &[&str], instead: &str) {
    for (path, text) in sources(folder) {
        if !named(path.file_name().unwrap().to_str().unwrap()) {
            continue;
        }
        for word in words {
            assert!(!text.contains(word), "{} says `{word}`: {instead}", path.display());
        }
    }
}

#[test]
fn the_rules_are_pure() {
    forbid(
        "api/domain/src",
        |_| true,
        &["async fn", "Utc::now", "DatabaseConnection", "#[Object", "use sea_orm", "use async_graphql"],
        "a rule gets every fact as an argument; put what waits or asks into the feature's service",
    );
}

#[test]
fn money_is_never_a_float() {
    let floats = ["f64", "f32"];
    let instead = "amounts are whole fen and quantities whole thousandths: see domain/src/money.rs";
    let rules = |name: &str| ["money", "price", "quote", "fee", "stock"].iter().any(|about| name.starts_with(about));
    forbid("api/domain/src", rules, &floats, instead);
    for feature in ["price", "quote", "fee", "stock"] {
        // A workbook keeps every number as a float; there it is made of the exact text.
        forbid(&format!("api/src/{feature}"), |name| name != "workbook.rs", &floats, instead);
    }
    forbid("entity/src", |_| true, &floats, instead);
}

#[test]
fn services_know_no_graphql_and_features_no_http() {
    let service = |name: &str| matches!(name, "service.rs" | "query.rs" | "intake.rs" | "case.rs" | "owner.rs");
    forbid("api/src", service, &["async_graphql", "axum"], "services take plain values; parse ids in graphql.rs");
    for feature in ["complaint", "work_order", "follow_up", "event", "organization"] {
        forbid(&format!("api/src/{feature}"), |_| true, &["axum::"], "HTTP belongs to edge/");
    }
    forbid("api/src/edge", |_| true, &["complaint::", "work_order::", "follow_up::"], "edge/ knows no domain word");
}

#[test]
fn who_asks_is_learnt_by_two_ways_only() {
    let instead = "who gets the same bytes rests on the witness: ask app/request.rs or a loader, which tell it";
    let others = |name: &str| !matches!(name, "request.rs" | "guard.rs");
    forbid("api/src", others, &["data_opt::<Viewer>", "data::<Viewer>", "data_unchecked::<Viewer>"], instead);
    forbid("api/src", |name| name != "loader.rs", &["scoped_to"], instead);
}

#[test]
fn resolvers_read_cases_through_the_scope_only() {
    let face = |name: &str| matches!(name, "graphql.rs" | "query.rs" | "reading.rs" | "details.rs");
    for feature in ["complaint", "work_order", "follow_up"] {
        for (path, text) in sources(&format!("api/src/{feature}")) {
            if !face(path.file_name().unwrap().to_str().unwrap()) {
                continue;
            }
            // The way in by receipt code is the one door that no viewer opens.
            let doors = text.matches("Entity::find()").count();
            let receipt = text.matches("ReceiptHash.eq").count();
            assert!(doors <= receipt, "{} finds rows past access/scope.rs: begin with a scope", path.display());
        }
    }
}

#[test]
fn every_root_object_is_held_to_the_access_table() {
    for (path, text) in sources("api/src") {
        for (kind, guard) in [
            ("Query", "Operation::Query"),
            ("Mutation", "Operation::Mutation"),
            ("Subscription", "Operation::Subscription"),
        ] {
            for line in text.lines().filter(|line| line.starts_with("impl ") && line.ends_with(&format!("{kind} {{"))) {
                let before = text.split(line).next().unwrap().lines().last().unwrap_or_default();
                assert!(
                    before.contains(&format!("guard = \"Listed({guard})\"")),
                    "{}: `{line}` stands open: put #[Object(guard = \"Listed({guard})\")] above it",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn files_stay_small_enough_to_read() {
    for folder in ["api/src", "api/domain/src", "entity/src", "migration/src"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= 400, "{} has {lines} lines, more than 400: cut it by what it speaks of", path.display());
        }
    }
}

#[test]
fn architecture_md_names_every_room() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap_or_default();
    for folder in ["api/src", "api/domain/src"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().replace(".rs", "");
            if !matches!(name.as_str(), "lib" | "main" | "closed_set") {
                assert!(text.contains(&format!("`{name}`")), "ARCHITECTURE.md does not name `{name}` of {folder}");
            }
        }
    }
}
