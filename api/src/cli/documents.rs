//! `huiyin documents`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use data_encoding::HEXLOWER;
use entity::registered_document::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait, QueryOrder};

use super::{Config, Failure, migrate, open, print};
use crate::app::clock::Clock;
use crate::app::database::begin_writing;
use crate::edge::document::Document;
use crate::edge::document::store;
use crate::edge::limits::DocumentLimits;
use crate::schema;

const EXAMPLE: &str = "\
Each .graphql file is one document: its operation with the fragments it uses. All of them are registered, or none.
Apps send `extensions: { persistedQuery: { version: 1, sha256Hash } }`, or the very same text. A document that was
registered once stays: phones keep their apps for years.

Example:
  huiyin documents register app/documents";

#[derive(Subcommand)]
pub enum Documents {
    /// Register every .graphql file of a folder, for servers that run only what is registered
    #[command(after_help = EXAMPLE)]
    Register(Register),
    /// List what is registered
    List(List),
}

#[derive(Args)]
pub struct Register {
    /// The folder; the folders in it are read as well
    folder: PathBuf,
    #[command(flatten)]
    config: Config,
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    config: Config,
}

/// Does what is asked.
pub async fn run(documents: Documents) -> Result<(), Failure> {
    match documents {
        Documents::Register(options) => {
            let mut files = Vec::new();
            collect(&options.folder, &mut files)?;
            files.sort();
            register(&connect(options.config).await?, &files).await
        }
        Documents::List(options) => {
            let rows = Entity::find().order_by_asc(Column::Name).all(&connect(options.config).await?).await?;
            let lines: Vec<String> = rows.iter().map(|row| format!("{}  {}", row.hash, row.name)).collect();
            print(&lines.join("\n"))
        }
    }
}

async fn connect(config: Config) -> Result<DatabaseConnection, Failure> {
    let db = open(&config.storage()?).await?;
    migrate::require_current(&db).await?;
    Ok(db)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| format!("cannot read the folder {}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "graphql") {
            files.push(path);
        }
    }
    Ok(())
}

async fn register(db: &DatabaseConnection, files: &[PathBuf]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        if let Some(what) = fault(&text).await {
            wrong.push(format!("  {}: {what}", file.display()));
        }
        rows.push(ActiveModel {
            hash: Set(HEXLOWER.encode(&store::hash(&text))),
            name: Set(file.file_name().unwrap_or_default().to_string_lossy().into_owned()),
            text: Set(text),
            registered_at: Set(Clock::System.now()),
        });
    }
    if !wrong.is_empty() {
        return Err(format!("nothing was registered; these documents would not run:\n{}", wrong.join("\n")).into());
    }
    let count = rows.len();
    let txn = begin_writing(db).await?;
    for row in rows {
        let again = OnConflict::column(Column::Hash).do_nothing().to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&txn).await?;
    }
    txn.commit().await?;
    print(&format!("{count} documents are registered."))
}

/// Why a document would not run.
async fn fault(text: &str) -> Option<String> {
    if let Err(refusal) = Document::read(text, &DocumentLimits::default()) {
        return Some(refusal.message);
    }
    schema::fault(text).await
}
