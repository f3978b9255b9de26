//! Imports of the set-up from a table: each line is put by the very function that the single acts use, in one transaction.

pub mod graphql;
pub mod lines;
pub mod table;
pub mod words;

use domain::audit::Kind as AuditKind;
use domain::import::{Action, Kind};
use domain::refusal::Code;
use serde_json::json;
use uuid::Uuid;

use super::setup;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Refused, Result, upper_snake};
use crate::audit::trail::Record;
use table::{Line, Table};

/// The largest table, in bytes: a request of 256 KiB holds it.
const MAX_BYTES: usize = 240 * 1024;

/// A line of the report.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its number in the table, the headings being the first.
    pub line: u64,
    /// What became of it.
    pub action: Action,
    /// Why it was refused.
    pub refused: Option<Refused>,
}

impl Told {
    /// A line that is refused.
    #[must_use]
    pub fn refused(line: u64, refused: Refused) -> Self {
        Self { line, action: Action::Refused, refused: Some(refused) }
    }
}

/// What came of an import.
#[derive(Debug, Clone)]
pub struct Report {
    /// Line by line.
    pub lines: Vec<Told>,
    /// Whether it was written: not for a dry run, nor where a line was refused.
    pub written: bool,
    /// What was made of the table as a whole, where it makes one thing.
    pub made: Option<Uuid>,
}

impl Report {
    /// A report of lines that are not written yet.
    #[must_use]
    pub fn of(lines: Vec<Told>) -> Self {
        Self { lines, written: false, made: None }
    }

    /// How many lines came to that.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.lines.iter().filter(|told| told.action == action).count()
    }

    /// The report as the result of an act keeps it: it was written, so no line was refused.
    ///
    /// # Errors
    /// When it cannot be put into words.
    pub fn keep(&self) -> Result<serde_json::Value> {
        let lines: Vec<(u64, &str)> = self.lines.iter().map(|told| (told.line, told.action.name())).collect();
        Ok(serde_json::to_value(lines)?)
    }

    /// The report that the result of an act keeps.
    ///
    /// # Errors
    /// When it is none.
    pub fn kept(result: &ActResult) -> Result<Self> {
        let kept: Vec<(u64, String)> = serde_json::from_value(result.import.clone().unwrap_or_default())?;
        let action = |name: &str| Action::ALL.iter().copied().find(|action| action.name() == name);
        let told = |(line, name): (u64, String)| {
            let action = action(&name).unwrap_or(Action::Unchanged);
            Told { line, action, refused: None }
        };
        Ok(Self { lines: kept.into_iter().map(told).collect(), written: true, made: result.subject })
    }
}

/// Imports a table: all of it, or nothing where a line is refused. A dry run tells what would come of it.
///
/// # Errors
/// `TOO_LONG` for the table; `KEY_REUSED`; what is wrong with a line is in the report.
pub async fn import(caller: &Caller<'_>, kind: Kind, csv: &str, dry_run: bool) -> Result<Report> {
    check_size(csv)?;
    let act = setup::begin(caller).await?;
    let table = match Table::read(csv, lines::columns(kind)) {
        Ok(table) => table,
        Err(Error::Refused(refused)) => return Ok(Report::of(vec![Told::refused(1, *refused)])),
        Err(error) => return Err(error),
    };
    let mut report = Report::of(Vec::with_capacity(table.lines.len()));
    for line in &table.lines {
        report.lines.push(put(&act, kind, line).await?);
    }
    if dry_run || report.count(Action::Refused) > 0 {
        // The transaction ends here, and with it whatever the lines have written.
        return Ok(report);
    }
    report.written = true;
    let data = json!({
        "kind": upper_snake(kind.name()),
        "made": report.count(Action::Made),
        "changed": report.count(Action::Changed),
        "unchanged": report.count(Action::Unchanged),
    });
    let organization = act.organization_id();
    act.record(Record { kind: AuditKind::Imported, subject: ("Organization", organization), account: None, data })
        .await?;
    act.commit(ActResult { import: Some(report.keep()?), ..ActResult::default() }).await?;
    Ok(report)
}

async fn put(act: &Act<'_>, kind: Kind, line: &Line<'_>) -> Result<Told> {
    // On the heap: one kind's future is as large as the largest of them.
    match Box::pin(lines::put(act, kind, line)).await {
        Ok(put) => Ok(Told { line: line.number, action: put, refused: None }),
        Err(Error::Refused(refused)) => Ok(Told::refused(line.number, *refused)),
        Err(error) => Err(error),
    }
}

/// Refuses a table that no request could hold.
///
/// # Errors
/// `TOO_LONG`.
pub fn check_size(csv: &str) -> Result<()> {
    if csv.len() > MAX_BYTES {
        return Err(Error::refused_needing(Code::TooLong, "csv", vec![format!("1..{MAX_BYTES} bytes")]));
    }
    Ok(())
}
