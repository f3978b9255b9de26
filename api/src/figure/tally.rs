//! Keeps what cases count as, and adds the differences to the sums of their months.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::complaint::Kind;
use domain::figure::Counts;
use entity::{case_figure, month_figure};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryResult,
};
use uuid::Uuid;

use super::facts::{figure, figures, padded};
use crate::app::error::Result;

/// The most rows that one statement writes; both databases take as many parameters.
const ROWS: usize = 256;

/// Which sum: of a site's month, by what a case is about and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The organization.
    pub organization: Uuid,
    /// The site.
    pub site: Uuid,
    /// The first day of the month.
    pub month: NaiveDate,
    /// The department; nil for none.
    pub department: Uuid,
    /// The category.
    pub category: Uuid,
    /// The kind.
    pub kind: Kind,
}

impl Cell {
    /// Where a case counts.
    #[must_use]
    pub fn of(row: &case_figure::Model) -> Self {
        Self {
            organization: row.organization_id,
            site: row.site_id,
            month: row.month,
            department: row.department_id,
            category: row.category_id,
            kind: row.kind,
        }
    }
}

/// Where a sum stands.
#[must_use]
pub fn cell(row: &month_figure::Model) -> Cell {
    Cell {
        organization: row.organization_id,
        site: row.site_id,
        month: row.month,
        department: row.department_id,
        category: row.category_id,
        kind: row.kind,
    }
}

/// Sums by cell. In order, so that two that write the same cells would wait for each other the same way round.
pub type Sums = BTreeMap<Cell, Counts>;

/// Adds a case to sums so many times: below nothing takes it off.
pub fn add(sums: &mut Sums, row: &case_figure::Model, times: i64) {
    let sum = sums.entry(Cell::of(row)).or_default();
    *sum = sum.plus(Counts::of(&figure(row)), times);
}

/// Looks at cases anew and counts what has changed; says how many have.
///
/// # Errors
/// When the database does not answer.
pub async fn count_again(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<u64> {
    let before: HashMap<Uuid, case_figure::Model> = kept(db, ids).await?;
    let now = figures(db, ids).await?;
    let mut differences = Sums::new();
    let mut changed = Vec::new();
    for row in now {
        let old = before.get(&row.complaint_id);
        if old == Some(&row) {
            continue;
        }
        if let Some(old) = old {
            add(&mut differences, old, -1);
        }
        add(&mut differences, &row, 1);
        changed.push(row);
    }
    let count = changed.len() as u64;
    keep(db, changed).await?;
    add_up(db, differences).await?;
    Ok(count)
}

async fn kept(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, case_figure::Model>> {
    let rows = case_figure::Entity::find().filter(case_figure::Column::ComplaintId.is_in(padded(ids))).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.complaint_id, row)).collect())
}

/// Writes what cases count as.
async fn keep(db: &impl ConnectionTrait, rows: Vec<case_figure::Model>) -> Result<()> {
    let others = case_figure::Column::iter().filter(|column| !matches!(column, case_figure::Column::ComplaintId));
    let replace = OnConflict::column(case_figure::Column::ComplaintId).update_columns(others).to_owned();
    for part in parts(rows) {
        let rows = part.into_iter().map(IntoActiveModel::into_active_model);
        case_figure::Entity::insert_many(rows).on_conflict(replace.clone()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Adds differences to the sums that are kept.
///
/// # Errors
/// When the database does not answer.
pub async fn add_up(db: &impl ConnectionTrait, differences: Sums) -> Result<()> {
    let rows = differences.into_iter().filter(|(_, counts)| *counts != Counts::default()).map(|(cell, c)| row(cell, c));
    let mut added = OnConflict::columns([
        month_figure::Column::SiteId,
        month_figure::Column::Month,
        month_figure::Column::DepartmentId,
        month_figure::Column::CategoryId,
        month_figure::Column::Kind,
    ]);
    for column in COLUMNS {
        let more = Expr::col((month_figure::Entity, column)).add(Expr::col(("excluded", column)));
        added.value(column, more);
    }
    for part in parts(rows.collect()) {
        month_figure::Entity::insert_many(part).on_conflict(added.clone()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Rows in parts whose sizes are powers of two: the database then sees few different statements.
fn parts<T>(rows: Vec<T>) -> Vec<Vec<T>> {
    let mut rest = rows.into_iter();
    let mut parts = Vec::new();
    while rest.len() > 0 {
        let size = usize::min(1 << rest.len().ilog2(), ROWS);
        parts.push(rest.by_ref().take(size).collect());
    }
    parts
}

macro_rules! columns {
    ($($field:ident $column:ident),+ $(,)?) => {
        /// The columns of what is counted.
        pub const COLUMNS: [month_figure::Column; [$(stringify!($field)),+].len()] = [$(month_figure::Column::$column),+];

        /// The counts that a row keeps.
        #[must_use]
        pub fn counts(row: &month_figure::Model) -> Counts {
            Counts { $($field: i64::from(row.$field)),+ }
        }

        /// Reads sums of the counts from a row, from a place on; nothing is counted where there is nothing to sum up.
        ///
        /// # Errors
        /// When they do not stand there.
        pub fn read(row: &QueryResult, from: usize) -> Result<Counts> {
            let mut place = from..;
            let mut next = || -> Result<i64> {
                let sum: Option<i64> = row.try_get_by_index(place.next().unwrap_or_default())?;
                Ok(sum.unwrap_or_default())
            };
            Ok(Counts { $($field: next()?),+ })
        }

        fn row(cell: Cell, counts: Counts) -> month_figure::ActiveModel {
            let small = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
            month_figure::ActiveModel {
                site_id: Set(cell.site),
                month: Set(cell.month),
                department_id: Set(cell.department),
                category_id: Set(cell.category),
                kind: Set(cell.kind),
                organization_id: Set(cell.organization),
                $($field: Set(small(counts.$field))),+
            }
        }
    };
}

columns! {
    cases Cases,
    in_time InTime,
    late Late,
    not_due NotDue,
    unpromised Unpromised,
    merged Merged,
    proven Proven,
    handled Handled,
    withdrawn Withdrawn,
    withdrawn_in_time WithdrawnInTime,
    anonymous Anonymous,
    anonymous_in_time AnonymousInTime,
    anonymous_late AnonymousLate,
    rated Rated,
    unrated Unrated,
    satisfied Satisfied,
    dissatisfied Dissatisfied,
    follow_up_owed FollowUpOwed,
    follow_up_held FollowUpHeld,
    follow_up_missing FollowUpMissing,
    asked Asked,
    content Content,
    discontent Discontent,
    repeated Repeated,
    reopened Reopened,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_powers_of_two_and_none_is_lost() {
        for count in [0, 1, 2, 3, 13, 256, 700] {
            let cut = parts((0..count).collect());
            assert!(cut.iter().all(|part| part.len().is_power_of_two() && part.len() <= ROWS));
            assert_eq!(cut.concat(), (0..count).collect::<Vec<_>>());
        }
    }
}
