//! Settings of a server in production: from the environment and, where it is silent, from an optional TOML file.
//!
//! Everything that is wrong is told at once, by name, and never with a value: a value may be a secret.

mod edge;
pub mod telemetry;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use domain::session::SecondFactorPolicy;
use toml::{Table, Value};
use tracing_subscriber::EnvFilter;

use telemetry::Telemetry;

use crate::access::token::TokenKeys;
use crate::app::vault::Vault;
use crate::app::wire;
use crate::demo;
pub use edge::Edge;

/// The name of the variable that points to the file.
pub const CONFIG: &str = "HUIYIN_CONFIG";

/// One setting: its variable, its name in the file, and what stands when neither is given.
struct Setting {
    variable: &'static str,
    key: &'static str,
    default: Option<&'static str>,
}

impl Setting {
    /// As it is named in both places.
    fn named(&self) -> String {
        format!("{} ({} in the file)", self.variable, self.key)
    }
}

const DATABASE_URL: Setting = Setting { variable: "HUIYIN_DATABASE_URL", key: "database_url", default: None };
const DATABASE_CONNECTIONS: Setting =
    Setting { variable: "HUIYIN_DATABASE_CONNECTIONS", key: "database_connections", default: Some("8") };
const LISTEN: Setting = Setting { variable: "HUIYIN_LISTEN", key: "listen", default: Some("127.0.0.1:8080") };
const TOKEN_KEY: Setting = Setting { variable: "HUIYIN_TOKEN_KEY", key: "token_key", default: None };
const TOKEN_MINUTES: Setting = Setting { variable: "HUIYIN_TOKEN_MINUTES", key: "token_minutes", default: Some("15") };
const TOKEN_KEYS_BEFORE: Setting =
    Setting { variable: "HUIYIN_TOKEN_KEYS_BEFORE", key: "token_keys_before", default: Some("") };
const SECRET_KEY: Setting = Setting { variable: "HUIYIN_SECRET_KEY", key: "secret_key", default: None };
const SECOND_FACTOR: Setting =
    Setting { variable: "HUIYIN_SECOND_FACTOR", key: "second_factor", default: Some("required") };
const SMS_URL: Setting = Setting { variable: "HUIYIN_SMS_URL", key: "sms_url", default: Some("") };
const SMS_SECRET: Setting = Setting { variable: "HUIYIN_SMS_SECRET", key: "sms_secret", default: Some("") };
const SHUTDOWN_SECONDS: Setting =
    Setting { variable: "HUIYIN_SHUTDOWN_SECONDS", key: "shutdown_seconds", default: Some("20") };
const LOG: Setting = Setting { variable: "HUIYIN_LOG", key: "log", default: Some("info") };
const NATS_URL: Setting = Setting { variable: "HUIYIN_NATS_URL", key: "nats_url", default: Some("") };
const FILES: Setting = Setting { variable: "HUIYIN_FILES", key: "files", default: Some("./huiyin-files") };
const OWN: [Setting; 14] = [
    NATS_URL,
    FILES,
    DATABASE_URL,
    DATABASE_CONNECTIONS,
    LISTEN,
    TOKEN_KEY,
    TOKEN_KEYS_BEFORE,
    TOKEN_MINUTES,
    SECRET_KEY,
    SECOND_FACTOR,
    SMS_URL,
    SMS_SECRET,
    SHUTDOWN_SECONDS,
    LOG,
];

/// Every setting there is.
fn all() -> impl Iterator<Item = &'static Setting> {
    OWN.iter().chain(&edge::ALL).chain(&telemetry::ALL)
}

/// What every command needs that works on the database. Has no `Debug`: the URL holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Storage {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// How many connections at most.
    pub database_connections: u32,
    /// Where photos and papers are kept: a folder, or `s3://bucket/folder`.
    pub files: String,
    /// What goes to the log, as `tracing` filters are written.
    pub log: String,
}

/// What a server needs. Has no `Debug`: it holds secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The database and the log.
    pub storage: Storage,
    /// The address to listen at.
    pub listen: SocketAddr,
    /// The seed of the key that signs access tokens, in base64.
    pub token_key: String,
    /// The seeds of keys that signed before and are still accepted.
    pub token_keys_before: Vec<String>,
    /// How long an access token holds.
    pub token_lifetime: TimeDelta,
    /// The server's secret, in base64: seals second factors and hashes codes.
    pub secret_key: String,
    /// Whether roles that call for a second factor must have one.
    pub second_factor: SecondFactorPolicy,
    /// Where text messages go.
    pub sms: Messages,
    /// How the edge is set up.
    pub edge: Edge,
    /// What it tells about itself.
    pub telemetry: Telemetry,
    /// The server through which replicas wake each other; none where this process is alone. May hold a password.
    pub nats_url: Option<String>,
    /// How long a shutdown waits for requests that are under way.
    pub shutdown_limit: Duration,
}

/// Where text messages go.
#[derive(Clone, PartialEq, Eq)]
pub enum Messages {
    /// Nowhere.
    Nowhere,
    /// To a gateway, by its address and its secret.
    Gateway(String, String),
}

/// Something wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {what}")]
pub struct Problem {
    /// The setting, as it is named in both places.
    pub setting: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl Settings {
    /// Reads all settings of a server.
    ///
    /// `file` is the file's text. An empty variable counts as not given.
    ///
    /// # Errors
    /// Everything that is wrong, in one list.
    pub fn from_sources(env: impl Fn(&str) -> Option<String>, file: Option<&str>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(env, file);
        let storage = reader.storage();
        let listen = reader.read(&LISTEN, |text| {
            text.parse().map_err(|_| "must be an address with a port, as 127.0.0.1:8080".to_owned())
        });
        let token_key = reader.read(&TOKEN_KEY, token_key);
        let token_keys_before = reader.read(&TOKEN_KEYS_BEFORE, token_keys_before);
        let minutes = reader.read(&TOKEN_MINUTES, |text| number(text, 1, 15));
        let secret_key = reader.read(&SECRET_KEY, secret_key);
        let second_factor = reader.read(&SECOND_FACTOR, second_factor);
        let sms = reader.sms();
        let seconds = reader.read(&SHUTDOWN_SECONDS, |text| number(text, 0, 600));
        let nats_url = reader.nats_url(storage.as_ref());
        let edge = reader.edge();
        let telemetry = reader.telemetry();
        let settings = (|| {
            Some(Self {
                storage: storage?,
                listen: listen?,
                token_key: token_key?,
                token_keys_before: token_keys_before?,
                secret_key: secret_key?,
                second_factor: second_factor?,
                sms: sms?,
                token_lifetime: TimeDelta::minutes(i64::from(minutes?)),
                nats_url: nats_url?,
                edge: edge?,
                telemetry: telemetry?,
                shutdown_limit: Duration::from_secs(u64::from(seconds?)),
            })
        })();
        reader.settle(settings)
    }
}

impl Storage {
    /// Reads what a command needs that only works on the database.
    ///
    /// # Errors
    /// Everything that is wrong, in one list.
    pub fn from_sources(env: impl Fn(&str) -> Option<String>, file: Option<&str>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(env, file);
        let storage = reader.storage();
        reader.settle(storage)
    }
}

/// Reads the file that `--config` or `HUIYIN_CONFIG` names, if one does.
///
/// # Errors
/// When it is named and cannot be read.
pub fn file(named: Option<PathBuf>) -> Result<Option<String>, Vec<Problem>> {
    let Some(path) = named.or_else(|| process(CONFIG).map(PathBuf::from)) else {
        return Ok(None);
    };
    let what = |error: std::io::Error| format!("cannot read the file {}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| vec![problem("--config", what(error))])?;
    Ok(Some(text))
}

/// A variable of this process.
#[must_use]
pub fn process(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.trim().is_empty())
}

/// All problems in one message.
#[must_use]
pub fn tell(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    format!("{} setting(s) must be put right:\n{}", problems.len(), lines.join("\n"))
}

fn problem(setting: &str, what: impl Into<String>) -> Problem {
    Problem { setting: setting.to_owned(), what: what.into() }
}

/// Reads settings and collects what is wrong.
struct Reader<E> {
    env: E,
    file: Table,
    problems: Vec<Problem>,
}

impl<E: Fn(&str) -> Option<String>> Reader<E> {
    fn new(env: E, file: Option<&str>) -> Self {
        let mut reader = Self { env, file: Table::new(), problems: Vec::new() };
        match file.unwrap_or_default().parse::<Table>() {
            Ok(table) => reader.file = table,
            Err(error) => reader.problems.push(problem("the file", broken(&error, file.unwrap_or_default()))),
        }
        let unknown = reader.file.keys().filter(|key| all().all(|setting| setting.key != key.as_str()));
        let known = all().map(|setting| setting.key).collect::<Vec<_>>().join(", ");
        reader.problems.extend(unknown.map(|key| problem(key, format!("there is no such setting; there are {known}"))));
        reader
    }

    fn storage(&mut self) -> Option<Storage> {
        let database_url = self.read(&DATABASE_URL, database_url);
        let database_connections = self.read(&DATABASE_CONNECTIONS, |text| number(text, 2, 200));
        let log = self.read(&LOG, |text| {
            let filter = EnvFilter::try_new(text).map(|_| text.to_owned());
            filter.map_err(|_| "must be a filter, as info or warn,api=debug".to_owned())
        });
        let files = self.read(&FILES, |text| Ok(text.to_owned()));
        Some(Storage {
            database_url: database_url?,
            database_connections: database_connections?,
            files: files?,
            log: log?,
        })
    }

    /// Where replicas meet, if they are to: with a database that they can share.
    #[expect(clippy::option_option, reason = "a problem, no replicas, or where they meet")]
    fn nats_url(&mut self, storage: Option<&Storage>) -> Option<Option<String>> {
        let sqlite = storage.is_some_and(|storage| storage.database_url.starts_with("sqlite:"));
        self.read(&NATS_URL, |text| match text {
            "" => Ok(None),
            _ if sqlite => Err("is for replicas that share a PostgreSQL; SQLite serves one process".to_owned()),
            text => wire::servers(text).map(|_| Some(text.to_owned())),
        })
    }

    /// The gateway: both of its settings, or neither.
    fn sms(&mut self) -> Option<Messages> {
        let url = self.read(&SMS_URL, sms_url)?;
        let secret = self.read(&SMS_SECRET, |text| Ok(text.to_owned()))?;
        match (url.is_empty(), secret.is_empty()) {
            (true, true) => Some(Messages::Nowhere),
            (false, false) => Some(Messages::Gateway(url, secret)),
            (no_url, _) => {
                let missing = if no_url { &SMS_URL } else { &SMS_SECRET };
                self.problems.push(problem(&missing.named(), "is missing, but the other of the two is given"));
                None
            }
        }
    }

    fn read<T>(&mut self, setting: &Setting, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let parsed = match self.text(setting) {
            Ok(Some(text)) => parse(text.trim()),
            Ok(None) => Err("is missing".to_owned()),
            Err(what) => Err(what),
        };
        parsed.map_err(|what| self.problems.push(problem(&setting.named(), what))).ok()
    }

    fn text(&self, setting: &Setting) -> Result<Option<String>, String> {
        let given = |variable: &str| (self.env)(variable).filter(|value| !value.trim().is_empty());
        // Hosts commonly offer their database under the second name.
        let other = || (setting.variable == DATABASE_URL.variable).then(|| given("DATABASE_URL")).flatten();
        if let Some(text) = given(setting.variable) {
            return Ok(Some(text));
        }
        match self.file.get(setting.key) {
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Integer(number)) => Ok(Some(number.to_string())),
            Some(_) => Err("must be text in quotes or a whole number".to_owned()),
            None => Ok(other().or_else(|| setting.default.map(str::to_owned))),
        }
    }

    fn settle<T>(self, read: Option<T>) -> Result<T, Vec<Problem>> {
        match read {
            Some(read) if self.problems.is_empty() => Ok(read),
            _ => Err(self.problems),
        }
    }
}

fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
    let right = "must begin with sqlite:// or postgres://, as sqlite:///var/lib/huiyin/huiyin.db";
    known.then(|| text.to_owned()).ok_or_else(|| right.to_owned())
}

fn token_key(text: &str) -> Result<String, String> {
    TokenKeys::new(text, TimeDelta::minutes(1))?;
    if text == demo::TOKEN_KEY {
        return Err("is the demo's key, which everybody knows; make your own with `openssl rand -base64 32`".to_owned());
    }
    Ok(text.to_owned())
}

fn token_keys_before(text: &str) -> Result<Vec<String>, String> {
    text.split(',').map(str::trim).filter(|key| !key.is_empty()).map(token_key).collect()
}

fn secret_key(text: &str) -> Result<String, String> {
    Vault::new(text)?;
    if text == demo::SECRET_KEY {
        return Err("is the demo's key, which everybody knows; make your own with `openssl rand -base64 32`".to_owned());
    }
    Ok(text.to_owned())
}

fn second_factor(text: &str) -> Result<SecondFactorPolicy, String> {
    match text {
        "required" => Ok(SecondFactorPolicy::Required),
        "offered" => Ok(SecondFactorPolicy::Offered),
        _ => Err("must be required or offered".to_owned()),
    }
}

fn sms_url(text: &str) -> Result<String, String> {
    let known = text.is_empty() || ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    known.then(|| text.to_owned()).ok_or_else(|| "must begin with https://, or http:// within your network".to_owned())
}

/// What is wrong with the file and where, without the line itself: it may hold a secret.
fn broken(error: &toml::de::Error, text: &str) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    format!("is not TOML: see line {line}")
}

#[cfg(test)]
mod tests;
