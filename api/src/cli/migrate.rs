//! `huiyin migrate`.

use clap::Subcommand;
use migration::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;

use super::{Config, Failure, log, open, print};
use crate::app::database;
use crate::settings::telemetry::Telemetry;

const EXAMPLES: &str = "\
Example:
  HUIYIN_DATABASE_URL=sqlite:///var/lib/huiyin/huiyin.db huiyin migrate up

Make a backup before: the steps only go forward.";

#[derive(Subcommand)]
pub enum Migrate {
    /// Take every step that the database has not taken
    #[command(after_help = EXAMPLES)]
    Up(Config),
    /// List the steps and whether the database has taken them
    Status(Config),
}

/// Brings the database up to date, or tells how it stands.
pub async fn run(migrate: Migrate) -> Result<(), Failure> {
    let (config, up) = match migrate {
        Migrate::Up(config) => (config, true),
        Migrate::Status(config) => (config, false),
    };
    let storage = config.storage()?;
    let _telling = log::start(&storage.log, &Telemetry::default())?;
    let db = open(&storage).await?;
    if up {
        database::migrate(&db).await?;
        return print("The database is up to date.");
    }
    let pending = pending(&db).await?;
    let line =
        |name: &str| format!("{}  {name}", if pending.iter().any(|p| p == name) { "pending" } else { "taken  " });
    let lines: Vec<String> = Migrator::migrations().iter().map(|step| line(step.name())).collect();
    print(&lines.join("\n"))
}

/// Refuses a database that is older or newer than this program.
pub async fn require_current(db: &DatabaseConnection) -> Result<(), Failure> {
    match pending(db).await?.len() {
        0 => Ok(()),
        steps => {
            Err(format!("the database lacks {steps} step(s) of this program: run `huiyin migrate up` first").into())
        }
    }
}

async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, Failure> {
    database::refuse_newer(db).await?;
    let pending = Migrator::get_pending_migrations(db).await?;
    Ok(pending.iter().map(|step| step.name().to_owned()).collect())
}
