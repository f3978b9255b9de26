//! `huiyin signatures`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::signature::Verdict;

use super::{Config, Failure, migrate, open, print};
use crate::app::public_id;
use crate::signature::{document, verifying};

const EXAMPLE: &str = "\
The seal of a document is its SHA-256, so that anybody can also compute it:
  tr -d '\\n' < document.json | sha256sum

Example:
  huiyin signatures verify document.json";

#[derive(Subcommand)]
pub enum Signatures {
    /// Verify a signed document that somebody holds
    #[command(after_help = EXAMPLE)]
    Verify(Verify),
    /// Check every signature on record against its seal, its drawing and the signature before it
    Check(Config),
}

#[derive(Args)]
pub struct Verify {
    /// The document, as `Signature.document` gave it
    file: PathBuf,
    #[command(flatten)]
    config: Config,
}

/// Does what is asked. Fails, so that a script sees it, when something is not as it was signed.
pub async fn run(signatures: Signatures) -> Result<(), Failure> {
    match signatures {
        Signatures::Verify(options) => verify(options).await,
        Signatures::Check(config) => check(config).await,
    }
}

async fn verify(options: Verify) -> Result<(), Failure> {
    let text = std::fs::read_to_string(&options.file)
        .map_err(|error| format!("cannot read {}: {error}", options.file.display()))?;
    let seal = document::seal(&text);
    let db = open(&options.config.storage()?).await?;
    migrate::require_current(&db).await?;
    let found = verifying::verify(&db, &seal).await?;
    let signed = found.row.map(|row| format!(", signed at {}", row.signed_at.to_rfc3339())).unwrap_or_default();
    match found.verdict {
        Verdict::Genuine => print(&format!("genuine: seal {seal}{signed}")),
        Verdict::RecordAltered => {
            Err(format!("the document is genuine (seal {seal}{signed}), but what is on record has been changed").into())
        }
        Verdict::Unknown => Err(format!("nothing with the seal {seal} was signed here").into()),
    }
}

async fn check(config: Config) -> Result<(), Failure> {
    let db = open(&config.storage()?).await?;
    migrate::require_current(&db).await?;
    let (count, broken) = verifying::check_all(&db).await?;
    if broken.is_empty() {
        return print(&format!("All {count} signatures are as they were sealed."));
    }
    let line = |broken: &verifying::Broken| {
        format!("  {}: {}", public_id::write("Signature", broken.id).0, broken.fault.words())
    };
    let lines: Vec<String> = broken.iter().map(line).collect();
    Err(format!("{} of {count} signatures are not as they were sealed:\n{}", broken.len(), lines.join("\n")).into())
}
