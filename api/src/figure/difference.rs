//! What the kept figures, the rows and the log say of a case or a sum, where they do not say the same.

use std::fmt::Debug;

use domain::figure::{Counts, Measure};
use entity::case_figure::Model;
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::tally::Cell;

/// A case of which not all three say the same. None of them says anything where it knows nothing of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The case.
    pub case: Uuid,
    /// As what it counts by the figure that is kept.
    pub kept: Option<Model>,
    /// As what it counts by its rows.
    pub rows: Option<Model>,
    /// As what it counts by all that has happened to it.
    pub log: Option<Model>,
}

impl Difference {
    /// Whether rows and log contradict each other. Counting again puts nothing right then: either a row was changed by hand,
    /// or something was done that the log does not tell.
    #[must_use]
    pub fn is_of_record(&self) -> bool {
        self.rows != self.log
    }

    /// What each says, figure by figure, where they differ.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        let each = [&self.kept, &self.rows, &self.log].map(|row| row.as_ref().map(figures));
        let names: Vec<&str> = each
            .iter()
            .flatten()
            .next()
            .map(|figures| figures.iter().map(|(name, _)| *name).collect())
            .unwrap_or_default();
        let mut said = Vec::new();
        for (place, name) in names.into_iter().enumerate() {
            let [kept, rows, log] = each.each_ref().map(|figures| match figures {
                Some(figures) => figures[place].1.as_str(),
                None => "nothing",
            });
            if kept != rows || rows != log {
                said.push(format!("{name}: kept {kept}, rows {rows}, log {log}"));
            }
        }
        said
    }
}

/// A sum that is not that of its cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SumDifference {
    /// Which.
    pub cell: Cell,
    /// The sum that is kept.
    pub kept: Counts,
    /// The sum of the cases as they are kept.
    pub cases: Counts,
}

impl SumDifference {
    /// What each says, figure by figure, where they differ.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        let differs = |measure: &&Measure| self.kept.get(**measure) != self.cases.get(**measure);
        let said = |measure: &Measure| {
            let (kept, cases) = (self.kept.get(*measure), self.cases.get(*measure));
            format!("{}: kept {kept}, its cases {cases}", measure.to_value())
        };
        Measure::ALL.iter().filter(differs).map(said).collect()
    }
}

macro_rules! figures {
    ($($field:ident),+ $(,)?) => {
        /// All that a row says, by name.
        fn figures(row: &Model) -> Vec<(&'static str, String)> {
            let Model { $($field),+ } = row;
            vec![$((stringify!($field), written($field))),+]
        }
    };
}

figures! {
    complaint_id,
    organization_id,
    site_id,
    month,
    department_id,
    category_id,
    kind,
    about_account_id,
    timeliness,
    handled,
    withdrawn,
    anonymous,
    signed,
    rating,
    coverage,
    content,
    repeated,
    reopened,
}

/// A value as it is written for people.
fn written(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    match text.strip_prefix("Some(").and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => inner.to_owned(),
        None if text == "None" => "none".to_owned(),
        None => text,
    }
}
