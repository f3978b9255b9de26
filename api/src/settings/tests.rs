//! Settings are read from both places, and everything wrong is told at once.

use domain::session::SecondFactorPolicy;

use super::{Messages, Settings, Storage, tell};
use crate::demo;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn env(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<String> {
    move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
}

fn told(result: Result<Settings, Vec<super::Problem>>) -> String {
    tell(&result.err().unwrap())
}

#[test]
fn the_least_that_must_be_given() {
    let given = env(&[
        ("DATABASE_URL", "postgres://u:p@localhost/huiyin"),
        ("HUIYIN_TOKEN_KEY", KEY),
        ("HUIYIN_SECRET_KEY", OTHER_KEY),
    ]);
    let settings = Settings::from_sources(given, None).ok().unwrap();
    assert_eq!(settings.storage.database_url, "postgres://u:p@localhost/huiyin");
    assert_eq!(settings.storage.database_connections, 8);
    assert_eq!(settings.storage.log, "info");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.token_lifetime.num_minutes(), 15);
    assert!(settings.token_keys_before.is_empty());
    assert_eq!(settings.second_factor, SecondFactorPolicy::Required);
    assert!(settings.sms == Messages::Nowhere);
    assert_eq!(settings.shutdown_limit.as_secs(), 20);
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = format!(
        "database_url = \"sqlite:///a.db\"\ntoken_key = \"{KEY}\"\ntoken_minutes = 3\nsecret_key = \"{OTHER_KEY}\"\nlisten = \"[::]:80\""
    );
    let given = env(&[("HUIYIN_TOKEN_MINUTES", "10"), ("HUIYIN_LISTEN", "")]);
    let settings = Settings::from_sources(given, Some(&file)).ok().unwrap();
    assert_eq!(settings.token_lifetime.num_minutes(), 10);
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
        ("HUIYIN_TOKEN_MINUTES", "16"),
        ("HUIYIN_TOKEN_KEYS_BEFORE", "AAEC,c2hvcnQ="),
        ("HUIYIN_SECRET_KEY", "c2hvcnQ="),
        ("HUIYIN_SECOND_FACTOR", "sometimes"),
        ("HUIYIN_SMS_URL", "ftp://hunter2"),
        ("HUIYIN_DATABASE_CONNECTIONS", "1"),
        ("HUIYIN_LISTEN", "localhost"),
        ("HUIYIN_SHUTDOWN_SECONDS", "soon"),
        ("HUIYIN_NATS_URL", "http://hunter2@localhost"),
        ("HUIYIN_LOG", "api=loudly"),
    ]);
    let told = told(Settings::from_sources(given, Some("tokenkey = 1\nlog = true")));
    for name in [
        "DATABASE_URL",
        "TOKEN_KEY",
        "TOKEN_KEYS_BEFORE",
        "TOKEN_MINUTES",
        "SECRET_KEY",
        "SECOND_FACTOR",
        "SMS_URL",
        "DATABASE_CONNECTIONS",
        "LISTEN",
        "SHUTDOWN_SECONDS",
        "NATS_URL",
        "LOG",
    ] {
        assert!(told.contains(&format!("HUIYIN_{name} ")), "{name} is not in: {told}");
    }
    assert!(told.contains("tokenkey: there is no such setting"), "{told}");
    assert!(!told.contains("hunter2") && !told.contains("c2hvcnQ"), "a value is told: {told}");
}

#[test]
fn a_gateway_for_messages_needs_both_of_its_settings() {
    let given = |pairs: &[(&'static str, &'static str)]| {
        let mut all =
            vec![("DATABASE_URL", "sqlite://a.db"), ("HUIYIN_TOKEN_KEY", KEY), ("HUIYIN_SECRET_KEY", OTHER_KEY)];
        all.extend(pairs);
        Settings::from_sources(env(all.leak()), None)
    };
    let both = given(&[("HUIYIN_SMS_URL", "https://sms.example/send"), ("HUIYIN_SMS_SECRET", "s")]).ok().unwrap();
    assert!(both.sms == Messages::Gateway("https://sms.example/send".to_owned(), "s".to_owned()));
    assert!(told(given(&[("HUIYIN_SMS_URL", "https://sms.example/send")])).contains("HUIYIN_SMS_SECRET"));
    assert!(told(given(&[("HUIYIN_SMS_SECRET", "s")])).contains("HUIYIN_SMS_URL"));
}

#[test]
fn replicas_meet_at_servers_and_share_a_postgresql() {
    let given = |database: &'static str, nats: &'static str| {
        let all = vec![
            ("DATABASE_URL", database),
            ("HUIYIN_TOKEN_KEY", KEY),
            ("HUIYIN_SECRET_KEY", OTHER_KEY),
            ("HUIYIN_NATS_URL", nats),
        ];
        Settings::from_sources(env(all.leak()), None)
    };
    let (postgres, two) = ("postgres://localhost/huiyin", "nats://one:4222, tls://user:word@two");
    assert_eq!(given(postgres, two).ok().unwrap().nats_url.as_deref(), Some(two));
    assert_eq!(given(postgres, "").ok().unwrap().nats_url, None);
    for wrong in ["localhost:4222", "nats://one,http://two", "ws://one"] {
        assert!(told(given(postgres, wrong)).contains("HUIYIN_NATS_URL"), "{wrong}");
    }
    assert!(told(given("sqlite://a.db", two)).contains("SQLite serves one process"));
}

#[test]
fn what_is_missing_is_named() {
    let told = told(Settings::from_sources(|_| None, None));
    assert!(told.contains("HUIYIN_DATABASE_URL (database_url in the file): is missing"), "{told}");
    assert!(told.contains("HUIYIN_TOKEN_KEY (token_key in the file): is missing"), "{told}");
    assert!(told.contains("HUIYIN_SECRET_KEY (secret_key in the file): is missing"), "{told}");
    assert!(told.starts_with("3 setting(s)"), "{told}");
}

#[test]
fn the_key_of_the_demo_is_refused() {
    let given = |name: &str| match name {
        "HUIYIN_TOKEN_KEY" => Some(demo::TOKEN_KEY.to_owned()),
        "HUIYIN_SECRET_KEY" => Some(demo::SECRET_KEY.to_owned()),
        "DATABASE_URL" => Some("sqlite://a.db".to_owned()),
        _ => None,
    };
    let told = told(Settings::from_sources(given, None));
    assert_eq!(told.matches("is the demo's key").count(), 2, "{told}");
}

#[test]
fn a_broken_file_is_told_by_its_line() {
    let given = env(&[("DATABASE_URL", "sqlite://a.db"), ("HUIYIN_TOKEN_KEY", KEY)]);
    let told = told(Settings::from_sources(given, Some("log = \"info\"\ntoken_key = \"hunter2")));
    assert!(told.contains("line 2") && !told.contains("hunter2"), "{told}");
}
