//! Imports in the schema.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use domain::access::Operation;
use domain::import::{Action, Kind};
use domain::organization::Language;
use domain::refusal::Code;

use super::{Report, Told, import};
use crate::access::guard::Listed;
use crate::app::error::{Error, UserError};
use crate::app::language;
use crate::app::request::{Asked, attempt, caller, settle};
use uuid::Uuid;

/// A table to import.
#[derive(InputObject)]
pub struct ImportSetupInput {
    /// What the table holds; its description names the columns.
    pub kind: Kind,
    /// The table as CSV: UTF-8 with or without a byte order mark, a line of headings in English or Chinese in any order,
    /// fields in quotes where they hold a comma, at most 5,000 lines and 240 KiB.
    pub csv: String,
    /// Whether only to tell what would come of it.
    pub dry_run: bool,
    /// Send the same key when you repeat the call: it is done once, and the first report is told again.
    pub idempotency_key: Option<String>,
}

/// What became of a line of a table.
#[derive(SimpleObject)]
pub struct ImportLine {
    /// Its number in the table, the headings being the first.
    pub line: i32,
    /// What became of it.
    pub action: Action,
    /// The column it is about, where it is refused; null when it is about the line as a whole.
    pub field: Option<String>,
    /// What is wrong, where it is refused; stable.
    pub code: Option<Code>,
    /// Why it is refused, in the language of the request.
    pub message: Option<String>,
}

impl ImportLine {
    fn of(told: &Told, language: Language) -> Self {
        let refused = told.refused.as_ref();
        Self {
            line: i32::try_from(told.line).unwrap_or(i32::MAX),
            action: told.action,
            field: refused.map(|refused| refused.field.join(".")).filter(|field| !field.is_empty()),
            code: refused.map(|refused| refused.code),
            message: refused.map(|refused| language::refusal(language, refused)),
        }
    }
}

/// What came of an import, line by line.
#[derive(SimpleObject)]
pub struct ImportReport {
    /// Whether it was written: not for a dry run, nor where a line was refused.
    pub written: bool,
    /// How many lines are made.
    pub made: i32,
    /// How many lines change what was there.
    pub changed: i32,
    /// How many lines were there as they are given.
    pub unchanged: i32,
    /// How many lines are refused: any of them, and nothing is written.
    pub refused: i32,
    /// Each line, in the order of the table.
    pub lines: Vec<ImportLine>,
}

impl ImportReport {
    fn of(report: &Report, language: Language) -> Self {
        let count = |action| i32::try_from(report.count(action)).unwrap_or(i32::MAX);
        Self {
            written: report.written,
            made: count(Action::Made),
            changed: count(Action::Changed),
            unchanged: count(Action::Unchanged),
            refused: count(Action::Refused),
            lines: report.lines.iter().map(|told| ImportLine::of(told, language)).collect(),
        }
    }
}

/// What a payload of an import is made of.
pub struct Reported {
    /// What was made of the table as a whole, where it makes one thing.
    pub made: Option<Uuid>,
    /// Line by line; none when the table as a whole was refused.
    pub report: Option<ImportReport>,
    /// Why it was.
    pub errors: Vec<UserError>,
}

/// Tells what came of an import: anew, or as the first time for a repeated call.
///
/// # Errors
/// What is not the person's to mend.
pub fn reported(ctx: &Context<'_>, outcome: Result<Report, Error>) -> Result<Reported, Error> {
    let report = match outcome {
        Ok(report) => report,
        Err(Error::Replayed(result)) => Report::kept(&result)?,
        Err(error) => {
            let (_, errors) = settle(ctx, Err(error))?;
            return Ok(Reported { made: None, report: None, errors });
        }
    };
    Ok(Reported { made: report.made, report: Some(ImportReport::of(&report, ctx.language())), errors: Vec::new() })
}

/// The result of an import.
#[derive(SimpleObject)]
pub struct ImportSetupPayload {
    /// Line by line; null when the table as a whole was refused.
    pub report: Option<ImportReport>,
    /// Why the table was refused; what is wrong with a line is in the report.
    pub errors: Vec<UserError>,
}

/// Imports.
#[derive(Default)]
pub struct ImportMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl ImportMutation {
    /// Imports a table of the set-up, of staff or of residents: all of it, or nothing where a line is refused. What is
    /// there already, by its code, name or phone number, is changed and not doubled, so the same table can be sent again.
    async fn import_setup(&self, ctx: &Context<'_>, input: ImportSetupInput) -> Result<ImportSetupPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            import(&caller, input.kind, &input.csv, input.dry_run).await
        });
        let Reported { report, errors, .. } = reported(ctx, outcome)?;
        Ok(ImportSetupPayload { report, errors })
    }
}
