//! Settings are read from both places, and everything wrong is told at once.

use super::{Settings, Storage, tell};
use crate::demo;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn env(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
}

fn told(result: Result<Settings, Vec<super::Problem>>) -> String {
    tell(&result.err().unwrap())
}

#[test]
fn the_least_that_must_be_given() {
    let given = env(&[("DATABASE_URL", "postgres://u:p@localhost/huiyin"), ("HUIYIN_TOKEN_KEY", KEY)]);
    let settings = Settings::from_sources(given, None).ok().unwrap();
    assert_eq!(settings.storage.database_url, "postgres://u:p@localhost/huiyin");
    assert_eq!(settings.storage.database_connections, 8);
    assert_eq!(settings.storage.log, "info");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.token_lifetime.num_minutes(), 720);
    assert_eq!(settings.shutdown_limit.as_secs(), 20);
}

#[test]
fn the_environment_wins_over_the_file() {
    let file =
        format!("database_url = \"sqlite:///a.db\"\ntoken_key = \"{KEY}\"\ntoken_minutes = 30\nlisten = \"[::]:80\"");
    let given = env(&[("HUIYIN_TOKEN_MINUTES", "60"), ("HUIYIN_LISTEN", "")]);
    let settings = Settings::from_sources(given, Some(&file)).ok().unwrap();
    assert_eq!(settings.token_lifetime.num_minutes(), 60);
    assert_eq!(settings.listen.to_string(), "[::]:80");
    assert_eq!(settings.storage.database_url, "sqlite:///a.db");
}

#[test]
fn our_own_names_win_over_the_common_one() {
    let given = env(&[("DATABASE_URL", "postgres://other"), ("HUIYIN_DATABASE_URL", "sqlite://own.db")]);
    assert_eq!(Storage::from_sources(given, None).ok().unwrap().database_url, "sqlite://own.db");
    let given = env(&[("DATABASE_URL", "postgres://other")]);
    let file = Some("database_url = \"sqlite://file.db\"");
    assert_eq!(Storage::from_sources(given, file).ok().unwrap().database_url, "sqlite://file.db");
}

#[test]
fn everything_wrong_is_told_at_once() {
    let given = env(&[
        ("HUIYIN_DATABASE_URL", "mysql://root:hunter2@localhost"),
        ("HUIYIN_TOKEN_KEY", "c2hvcnQ="),
        ("HUIYIN_TOKEN_MINUTES", "1441"),
        ("HUIYIN_DATABASE_CONNECTIONS", "1"),
        ("HUIYIN_LISTEN", "localhost"),
        ("HUIYIN_SHUTDOWN_SECONDS", "soon"),
        ("HUIYIN_LOG", "api=loudly"),
    ]);
    let told = told(Settings::from_sources(given, Some("tokenkey = 1\nlog = true")));
    for name in
        ["DATABASE_URL", "TOKEN_KEY", "TOKEN_MINUTES", "DATABASE_CONNECTIONS", "LISTEN", "SHUTDOWN_SECONDS", "LOG"]
    {
        assert!(told.contains(&format!("HUIYIN_{name} ")), "{name} is not in: {told}");
    }
    assert!(told.contains("tokenkey: there is no such setting"), "{told}");
    assert!(!told.contains("hunter2") && !told.contains("c2hvcnQ"), "a value is told: {told}");
}

#[test]
fn what_is_missing_is_named() {
    let told = told(Settings::from_sources(|_| None, None));
    assert!(told.contains("HUIYIN_DATABASE_URL (database_url in the file): is missing"), "{told}");
    assert!(told.contains("HUIYIN_TOKEN_KEY (token_key in the file): is missing"), "{told}");
    assert!(told.starts_with("2 setting(s)"), "{told}");
}

#[test]
fn the_key_of_the_demo_is_refused() {
    let given = |name: &str| match name {
        "HUIYIN_TOKEN_KEY" => Some(demo::TOKEN_KEY.to_owned()),
        "DATABASE_URL" => Some("sqlite://a.db".to_owned()),
        _ => None,
    };
    let told = told(Settings::from_sources(given, None));
    assert!(told.contains("is the demo's key"), "{told}");
}

#[test]
fn a_broken_file_is_told_by_its_line() {
    let given = env(&[("DATABASE_URL", "sqlite://a.db"), ("HUIYIN_TOKEN_KEY", KEY)]);
    let told = told(Settings::from_sources(given, Some("log = \"info\"\ntoken_key = \"hunter2")));
    assert!(told.contains("line 2") && !told.contains("hunter2"), "{told}");
}
