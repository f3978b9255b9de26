//! The contract: `schema.graphql` is what the code says, everything in it is described, and nothing is missing from
//! the access table.

use domain::access::{Callers, Operation, TABLE, entry};
use domain::organization::Role;

fn committed() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql")
}

#[test]
fn the_committed_schema_is_what_the_code_says() {
    let sdl = api::schema::sdl();
    if std::env::var_os("HUIYIN_WRITE_SCHEMA").is_some() {
        std::fs::write(committed(), &sdl).unwrap();
    }
    let committed = std::fs::read_to_string(committed()).unwrap_or_default();
    assert!(
        committed == sdl,
        "schema.graphql is not what the code says: run `cargo run -- schema > schema.graphql`, look at the difference \
         as a client would, and commit it"
    );
}

/// The fields of a root type, from the schema's text.
fn fields(root: &str) -> Vec<String> {
    let sdl = api::schema::sdl();
    let mut fields = Vec::new();
    let (mut inside, mut quoted) = (false, false);
    for line in sdl.lines() {
        if line.starts_with(&format!("type {root} ")) {
            inside = true;
        } else if line.starts_with('}') {
            inside = false;
        } else if inside {
            if line.matches("\"\"\"").count() == 1 {
                quoted = !quoted;
            } else if !quoted && line.starts_with('\t') && !line.starts_with("\t\t") {
                let name: String = line.trim().chars().take_while(char::is_ascii_alphanumeric).collect();
                if !name.is_empty() {
                    fields.push(name);
                }
            }
        }
    }
    fields
}

const ROOTS: [(Operation, &str); 3] =
    [(Operation::Query, "Query"), (Operation::Mutation, "Mutation"), (Operation::Subscription, "Subscription")];

#[test]
fn every_root_field_has_an_entry_in_the_access_table_and_every_entry_a_field() {
    for (operation, root) in ROOTS {
        let fields = fields(root);
        assert!(fields.len() > 3, "the fields of {root} were not found in the schema: {fields:?}");
        for field in &fields {
            assert!(
                entry(operation, field).is_some(),
                "{root}.{field} has no entry in api/domain/src/access.rs: decide who may call it, and add the line"
            );
        }
        for listed in TABLE.iter().filter(|listed| listed.operation == operation) {
            assert!(fields.iter().any(|field| field == listed.field), "{root}.{} is listed but gone", listed.field);
        }
    }
}

#[test]
fn the_role_by_action_matrix_is_as_reviewed() {
    use std::fmt::Write;
    let mut matrix = String::new();
    for listed in TABLE {
        let who = match listed.who {
            Callers::Everybody => "everybody".to_owned(),
            Callers::SignedIn => "signed in".to_owned(),
            Callers::Roles(_) => Role::ALL
                .iter()
                .map(|role| if listed.who.admit(*role) { role.name() } else { "-" })
                .filter(|name| *name != "-")
                .collect::<Vec<_>>()
                .join(" "),
        };
        writeln!(matrix, "{:<12} {:<26} {who}", format!("{:?}", listed.operation), listed.field).unwrap();
    }
    insta::assert_snapshot!(matrix);
}

#[test]
fn everything_in_the_schema_is_described() {
    let sdl = api::schema::sdl();
    let mut bare = Vec::new();
    let (mut quoted, mut described) = (false, false);
    for (number, line) in sdl.lines().enumerate() {
        let text = line.trim();
        match text.matches("\"\"\"").count() {
            1 => {
                quoted = !quoted;
                described = true;
                continue;
            }
            2 => {
                described = true;
                continue;
            }
            _ => {}
        }
        if quoted || text.is_empty() || text == "}" || text == "{" || text.starts_with('#') || text.starts_with(')') {
            continue;
        }
        let standard = text.starts_with("directive")
            || text.starts_with("schema")
            || text.starts_with("query:")
            || text.starts_with("mutation:")
            || text.starts_with("subscription:");
        if !described && !standard {
            bare.push(format!("{}: {text}", number + 1));
        }
        described = false;
    }
    assert!(bare.is_empty(), "describe these for app developers:\n{}", bare.join("\n"));
}
