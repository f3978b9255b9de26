//! `huiyin figures`.

use clap::{Args, Subcommand};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::{Config, Failure, print, serve};
use crate::app::App;
use crate::app::public_id;
use crate::figure::difference::{Difference, SumDifference};
use crate::figure::recount::{self, Found};
use crate::figure::relay;
use crate::settings::{self, Settings};

/// How many of a kind are named: what differs so often has one cause.
const NAMED: usize = 1_000;

#[derive(Subcommand)]
pub enum Figures {
    /// Count every case again, from its rows and from the log, and say where a figure differs; fails where one does
    ///
    /// What has happened since the server last counted is counted first. The server may run meanwhile. Of every case that
    /// differs it is said what the kept figure, the rows and the log say. A case whose rows and log contradict each other is
    /// not put right: something has changed a row past the log.
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
    let (mut all, mut faults) = (Found::default(), Vec::new());
    for organization in recount::organizations(&app.db).await? {
        let found = Box::pin(recount::check(&app, organization.id)).await?;
        all.cases += found.cases;
        all.pending += found.pending;
        all.older += found.older;
        if !found.is_right() {
            let outcome = if options.repair { repaired(&app, organization.id, &found).await? } else { String::new() };
            faults.push(told(&organization.code, &found, &outcome));
        }
    }
    let Found { cases, pending, older, .. } = all;
    let before = "came in before the log kept all that counts, and were completed from their rows";
    let older = if older > 0 { format!("\n{older} of them {before}.") } else { String::new() };
    if faults.is_empty() {
        return print(&format!(
            "All figures are those of their {cases} cases, by their rows and by the log; {pending} more are being counted.{older}"
        ));
    }
    Err(format!("figures differ from what a recount of {cases} cases gives:\n{}{older}", faults.join("\n")).into())
}

async fn repaired(app: &App, organization: Uuid, found: &Found) -> Result<String, Failure> {
    let done = recount::repair(app, organization, found).await?;
    let left = Box::pin(recount::check(app, organization)).await?;
    let of_record = left.differing.iter().filter(|difference| difference.is_of_record()).count();
    Ok(if done && left.is_right() {
        "; put right".to_owned()
    } else if done && left.sums.is_empty() && of_record == left.differing.len() {
        format!("; put right but for {of_record} whose rows and log contradict each other")
    } else {
        "; not put right: run it again".to_owned()
    })
}

fn told(code: &str, found: &Found, outcome: &str) -> String {
    let case = |difference: &Difference| {
        let case = public_id::write("Complaint", difference.case).0;
        format!("\n    case {case}: {}", difference.said().join("; "))
    };
    let sum = |sum: &SumDifference| {
        let (cell, id) = (&sum.cell, |name: &str, id: Uuid| public_id::write(name, id).0);
        let department =
            if cell.department.is_nil() { "no department".to_owned() } else { id("Department", cell.department) };
        format!(
            "\n    {} of {}, {department}, {}, {}: {}",
            cell.month.format("%Y-%m"),
            id("Site", cell.site),
            id("Category", cell.category),
            cell.kind.to_value(),
            sum.said().join("; ")
        )
    };
    let cases = named(&found.differing, case);
    let sums = named(&found.sums, sum);
    format!("  {code}: {} cases and {} sums differ{outcome}{cases}{sums}", found.differing.len(), found.sums.len())
}

/// Names what differs, and says how much more there is.
fn named<T>(all: &[T], name: impl Fn(&T) -> String) -> String {
    let text: String = all.iter().take(NAMED).map(name).collect();
    let more = if all.len() > NAMED { format!("\n    and {} more", all.len() - NAMED) } else { String::new() };
    text + &more
}
