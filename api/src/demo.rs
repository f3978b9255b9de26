//! The demo: an invented company with three months of history, made by playing acts through the services.
//!
//! Only what no rule covers (sites, people, categories) is written directly; every case, order and follow-up comes
//! about as in real life, so the demo can hold no state that the rules do not allow.

mod acts;
mod author;
mod cast;
mod casting;
mod categories;
mod days;
mod directory;
mod fieldwork;
mod history;
mod incidents;
mod materials;
mod matters;
mod names;
mod open_ends;
mod people;
mod plots;
mod prices;
mod repairs;
mod residents;
mod routing;
mod script;
mod signature;
mod texts;
mod twists;
mod visits;
mod voices;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use domain::session::SecondFactorPolicy;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use uuid::Uuid;

use crate::access::password::Passwords;
use crate::access::token::TokenKeys;
use crate::app::clock::Clock;
use crate::app::database::{self, Durability, connect, writer_queue};
use crate::app::dice::Dice;
use crate::app::files::Files;
use crate::app::lease::Leases;
use crate::app::metrics::Metrics;
use crate::app::sms::{Gateway, Sms};
use crate::app::vault::Vault;
use crate::app::wire::Wire;
use crate::app::{App, Parts};
use crate::event::bus::Bus;

/// The key that signs the demo's access tokens. Everybody knows it, so `serve` refuses it.
pub const TOKEN_KEY: &str = "aHVpeWluLWRlbW8ta2V5LWtub3duLXRvLWFsbC0hISE=";
/// The demo's secret, under which second factors are sealed. Everybody knows it, so `serve` refuses it.
pub const SECRET_KEY: &str = "aHVpeWluLWRlbW8tc2VjcmV0LWtub3duLXRvLWFsbCE=";
/// The password of everybody who can sign in to the demo.
const PASSWORD: &str = "huiyin-demo-2026";
/// How long a demo's access token holds.
const TOKEN_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// How many days of history there are.
const DAYS: i64 = 90;
/// Connections of the running demo, and of the seeding, where one act follows the other.
const CONNECTIONS: u32 = 8;
const SEEDING_CONNECTIONS: u32 = 2;

/// What can go wrong with the demo.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The demo, ready to serve.
pub struct Demo {
    /// The application over the demo's database.
    pub app: App,
    /// Who can sign in.
    pub sign_ins: Vec<SignIn>,
}

/// Somebody who can sign in to the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// What they are.
    pub role: String,
    /// Their name.
    pub name: String,
    /// The number they sign in with.
    pub phone: String,
    /// Their password.
    pub password: String,
    /// The organization's code, and where they belong.
    pub note: String,
}

/// Opens the demo's file, and makes it first where it is missing or to be made afresh.
///
/// # Errors
/// When the file cannot be written, or an act of the history is refused.
pub async fn prepare(path: &Path, seed: u64, fresh: bool) -> Result<Demo, Failure> {
    if fresh {
        remove(path)?;
        match fs::remove_dir_all(with_suffix(path, "-files")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    if !path.exists() {
        make(path, seed).await?;
    }
    let db = connect(&url(path), CONNECTIONS, Durability::Full).await?;
    database::migrate(&db).await?;
    let app = app(db, Clock::System, Dice::system(), Files::folder(&with_suffix(path, "-files"))?)?;
    Ok(Demo { app, sign_ins: people::sign_ins() })
}

/// Fills a migrated, empty database with the demo as it stands at `end`. The same seed and end give the same demo.
///
/// # Errors
/// When the database does not answer, or an act of the history is refused.
pub async fn seed(db: DatabaseConnection, seed: u64, end: DateTime<Utc>) -> Result<Vec<SignIn>, Failure> {
    let start = end - TimeDelta::days(DAYS);
    let app = app(db, Clock::manual(start), Dice::seeded(seed), Files::in_memory())?;
    let mut rng = StdRng::seed_from_u64(seed);
    let casts = directory::write(&app, &mut rng, end).await?;
    prices::publish(&app, &casts).await?;
    materials::fill(&app, &casts).await?;
    visits::offer(&app, &casts).await?;
    // On the heap: the futures of all acts that a history may play are nested in it.
    Box::pin(history::play(&app, &mut rng, &casts, end)).await?;
    Box::pin(voices::speak(&app, &casts, end)).await?;
    Box::pin(incidents::answer(&app, &casts)).await?;
    Ok(people::sign_ins())
}

/// Fills a file beside the path and renames it in the end, so that an interrupted seeding leaves nothing half done.
async fn make(path: &Path, number: u64) -> Result<(), Failure> {
    let partial = with_suffix(path, ".partial");
    remove(&partial)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let db = connect(&url(&partial), SEEDING_CONNECTIONS, Durability::Scratch).await?;
    database::migrate(&db).await?;
    seed(db.clone(), number, Clock::System.now()).await?;
    db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    db.close().await?;
    // Nothing was synchronised while filling: all of it must be on the disk before the name says that it is whole.
    fs::File::open(&partial)?.sync_all()?;
    fs::rename(&partial, path)?;
    Ok(())
}

fn app(db: DatabaseConnection, clock: Clock, dice: Dice, files: Files) -> Result<App, Failure> {
    Ok(App::new(Parts {
        writer: writer_queue(&db),
        leases: Leases::new(&db, Uuid::nil()),
        db,
        passwords: Passwords::new(&dice)?,
        dice,
        bus: Bus::default(),
        wire: Wire::default(),
        tokens: TokenKeys::new(TOKEN_KEY, TOKEN_LIFETIME)?,
        metrics: Metrics::default(),
        vault: Vault::new(SECRET_KEY)?,
        sms: Sms::new(Gateway::Console, &clock),
        files,
        second_factor: SecondFactorPolicy::Offered,
        clock,
    }))
}

/// Removes a database with its log and index beside it.
fn remove(path: &Path) -> Result<(), std::io::Error> {
    for file in [path.to_owned(), with_suffix(path, "-wal"), with_suffix(path, "-shm")] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The path as a database address, in which a percent sign and a question mark have a meaning of their own.
fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display().to_string().replace('%', "%25").replace('?', "%3f"))
}
