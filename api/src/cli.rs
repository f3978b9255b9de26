//! The command line: what a person who runs the server can do.

mod admin;
mod demo;
mod documents;
mod figures;
mod files;
mod log;
mod migrate;
mod serve;
mod signatures;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use sea_orm::DatabaseConnection;

use crate::app::database::{Durability, connect};
use crate::settings::{self, Storage};

/// Why a command failed, for the person at the terminal.
type Failure = Box<dyn Error + Send + Sync>;

const SETTINGS: &str = "\
Settings, from the environment or from a TOML file (the environment wins):
  HUIYIN_DATABASE_URL          database_url          sqlite:///… or postgres://…; DATABASE_URL is read as well
  HUIYIN_DATABASE_CONNECTIONS  database_connections  2 to 200; 8 when not given
  HUIYIN_TOKEN_KEY             token_key             32 random bytes in base64: openssl rand -base64 32
  HUIYIN_TOKEN_KEYS_BEFORE     token_keys_before     keys that signed before, with commas between; still accepted
  HUIYIN_TOKEN_MINUTES         token_minutes         how long an access token holds, 1 to 15; 15 when not given
  HUIYIN_SECRET_KEY            secret_key            32 random bytes in base64; seals second factors, never change it
  HUIYIN_SECOND_FACTOR         second_factor         required (when not given) or offered to heads and administrators
  HUIYIN_SMS_URL               sms_url               where text messages are posted; without it none are sent
  HUIYIN_SMS_SECRET            sms_secret            the bearer secret of that address
  HUIYIN_LISTEN                listen                127.0.0.1:8080 when not given
  HUIYIN_SHUTDOWN_SECONDS      shutdown_seconds      how long a stop waits for requests; 20 when not given
  HUIYIN_FILES                 files                 a folder for photos and papers, or s3://bucket/folder with AWS_…
  HUIYIN_LOG                   log                   as info or warn,api=debug; info when not given
  HUIYIN_LOG_FORMAT            log_format            text or json; text when not given
  HUIYIN_METRICS_LISTEN        metrics_listen        an address for /metrics alone, as 127.0.0.1:9464; off
  HUIYIN_OTLP_ENDPOINT         otlp_endpoint         a collector of traces, as http://127.0.0.1:4318/v1/traces; off
  HUIYIN_CORS_ORIGINS          cors_origins          pages whose scripts may call us, with commas between; none
  HUIYIN_TRUSTED_PROXIES       trusted_proxies       networks whose X-Forwarded-For is believed, as 10.0.0.0/8; none
  HUIYIN_INTROSPECTION         introspection         who may read the schema: open or signed-in; signed-in
  HUIYIN_DOCUMENTS             documents             any, or registered: only documents that were registered run
  HUIYIN_ALLOWANCE             allowance             what a caller may spend in a minute; 300000 when not given
  HUIYIN_TLS_CERTIFICATE       tls_certificate       a chain of certificates in PEM; no TLS when not given
  HUIYIN_TLS_KEY               tls_key               its key in PEM
  HUIYIN_CONFIG                                      the file, where --config does not name one";

const FIRST_STEPS: &str = "\
Look around, with invented data:
  huiyin demo

Set up a server:
  export HUIYIN_DATABASE_URL=postgres://huiyin@localhost/huiyin
  export HUIYIN_TOKEN_KEY=$(openssl rand -base64 32)
  export HUIYIN_SECRET_KEY=$(openssl rand -base64 32)    # keep it: second factors and idempotency keys hang on it
  huiyin migrate up
  huiyin admin create-organization --code luyuan --name 绿源物业 --admin-phone 13800000000 --admin-name 王敏
  huiyin serve";

/// Huiyin 回音: complaints and work orders of property management, as a GraphQL API.
#[derive(Parser)]
#[command(name = "huiyin", version, after_help = FIRST_STEPS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until Ctrl-C or SIGTERM
    ///
    /// Refuses to start while a setting is wrong or the database is not up to date (see `huiyin migrate`). On SIGTERM it
    /// accepts nobody more, lets requests finish, ends sockets, and goes.
    #[command(after_help = SETTINGS)]
    Serve(Config),
    /// Serve a demo with invented data, and print who can sign in
    #[command(after_help = demo::EXAMPLES)]
    Demo(demo::Demo),
    /// Bring the database up to date, or see whether it is
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Print the schema: the whole contract of the API, in GraphQL's own language
    #[command(after_help = "Example:\n  huiyin schema > schema.graphql")]
    Schema,
    /// Register the documents of your apps, for servers that run nothing else
    #[command(subcommand)]
    Documents(documents::Documents),
    /// Verify signed documents
    #[command(subcommand)]
    Signatures(signatures::Signatures),
    /// Check the file store
    #[command(subcommand)]
    Files(files::Files),
    /// Check the monthly figures
    #[command(subcommand)]
    Figures(figures::Figures),
    /// Set up an organization, or let somebody in again
    #[command(subcommand)]
    Admin(admin::Admin),
}

/// Where the settings are.
#[derive(Args)]
struct Config {
    /// A TOML file with settings; the environment wins over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Config {
    fn storage(self) -> Result<Storage, Failure> {
        let file = settings::file(self.config).map_err(|problems| settings::tell(&problems))?;
        Ok(Storage::from_sources(settings::process, file.as_deref()).map_err(|problems| settings::tell(&problems))?)
    }
}

/// Runs the command that was typed, on a runtime of its own. Whatever calls this compiles nothing of what it does.
#[must_use]
pub fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    match Cli::parse().command {
        Command::Serve(config) => serve::run(config).await,
        Command::Demo(demo) => demo::run(demo).await,
        Command::Migrate(migrate) => migrate::run(migrate).await,
        Command::Schema => print(crate::schema::sdl().trim_end()),
        Command::Documents(documents) => documents::run(documents).await,
        Command::Signatures(signatures) => signatures::run(signatures).await,
        Command::Files(files) => files::run(files).await,
        Command::Figures(figures) => figures::run(figures).await,
        Command::Admin(admin) => admin::run(admin).await,
    }
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn complain(error: &Failure) {
    use std::io::Write;
    // With standard error gone there is nobody left to tell.
    writeln!(std::io::stderr().lock(), "huiyin: {error}").ok();
}

async fn open(storage: &Storage) -> Result<DatabaseConnection, Failure> {
    let db = connect(&storage.database_url, storage.database_connections, Durability::Full).await;
    Ok(db.map_err(|error| format!("cannot connect to the database: {error}"))?)
}
