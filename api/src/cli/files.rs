//! `huiyin files`.

use clap::Subcommand;

use super::{Config, Failure, print, serve};
use crate::app::public_id;
use crate::attachment::check;
use crate::settings::{self, Settings};

#[derive(Subcommand)]
pub enum Files {
    /// Compare the file store with the database: what lies there without a row, which file is missing or was changed
    Check(Config),
}

/// Does what is asked. Fails, so that a script sees it, when something is not as it was kept.
pub async fn run(files: Files) -> Result<(), Failure> {
    let Files::Check(config) = files;
    let file = settings::file(config.config).map_err(|problems| settings::tell(&problems))?;
    let read = Settings::from_sources(settings::process, file.as_deref());
    let settings = read.map_err(|problems| settings::tell(&problems))?;
    let found = check::all(&serve::app(&settings).await?).await?;
    let named = |ids: &[uuid::Uuid]| ids.iter().map(|id| public_id::write("Attachment", *id).0).collect::<Vec<_>>();
    let faults = [
        ("in the store without a row", found.without_row),
        ("without its file", named(&found.without_file)),
        ("whose file is another than was kept", named(&found.altered)),
        ("left of an upload beside a file that is ready", found.left_over),
    ];
    let lines: Vec<String> =
        faults.iter().flat_map(|(what, names)| names.iter().map(move |name| format!("  {what}: {name}"))).collect();
    if lines.is_empty() {
        return print(&format!("All {} files are as they were kept, and nothing else is there.", found.ready));
    }
    Err(format!("the file store is not as the database says:\n{}", lines.join("\n")).into())
}
