//! `huiyin figures`.

use clap::{Args, Subcommand};

use super::{Config, Failure, print, serve};
use crate::app::App;
use crate::app::public_id;
use crate::figure::recount::{self, Found};
use crate::figure::relay;
use crate::settings::{self, Settings};

/// How many of a kind are named.
const NAMED: usize = 20;

#[derive(Subcommand)]
pub enum Figures {
    /// Count every case again and say which monthly figure differs; fails where one does
    ///
    /// What has happened since the server last counted is counted first. The server may run meanwhile.
    #[command(after_help = "Example:\n  huiyin figures check --repair")]
    Check(Check),
}

#[derive(Args)]
pub struct Check {
    /// Put right what differs
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    config: Config,
}

/// Does what is asked. Fails, so that a script sees it, when a figure differed, also where it was put right.
pub async fn run(figures: Figures) -> Result<(), Failure> {
    let Figures::Check(options) = figures;
    let file = settings::file(options.config.config).map_err(|problems| settings::tell(&problems))?;
    let read = Settings::from_sources(settings::process, file.as_deref());
    let settings = read.map_err(|problems| settings::tell(&problems))?;
    let app = serve::app(&settings).await?;
    relay::catch_up(&app).await?;
    let (mut cases, mut pending, mut faults) = (0, 0, Vec::new());
    for organization in recount::organizations(&app.db).await? {
        let found = recount::check(&app, organization.id).await?;
        cases += found.cases;
        pending += found.pending;
        if !found.is_right() {
            let outcome = if options.repair { repaired(&app, organization.id, &found).await? } else { "" };
            faults.push(told(&organization.code, &found, outcome));
        }
    }
    if faults.is_empty() {
        return print(&format!("All figures are those of their {cases} cases; {pending} more are being counted."));
    }
    Err(format!("figures differ from what a recount of {cases} cases gives:\n{}", faults.join("\n")).into())
}

async fn repaired(app: &App, organization: uuid::Uuid, found: &Found) -> Result<&'static str, Failure> {
    let done = recount::repair(app, organization, found).await?;
    let right = done && recount::check(app, organization).await?.is_right();
    Ok(if right { "; put right" } else { "; not put right: run it again" })
}

fn told(code: &str, found: &Found, outcome: &str) -> String {
    let case = |id: &uuid::Uuid| format!("\n    case {}", public_id::write("Complaint", *id).0);
    let sum = |cell: &crate::figure::Cell| {
        format!("\n    {} of {}", cell.month.format("%Y-%m"), public_id::write("Site", cell.site).0)
    };
    let cases: String = found.differing.iter().take(NAMED).map(case).collect();
    let sums: String = found.sums.iter().take(NAMED).map(sum).collect();
    format!("  {code}: {} cases and {} sums differ{outcome}{cases}{sums}", found.differing.len(), found.sums.len())
}
