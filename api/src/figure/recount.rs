//! Counts every case again, twice: from its rows, as the relay does, and from the log alone (`replay.rs`). Says where
//! these two and the figures that are kept do not say the same.
//!
//! Everything is read as it stands at one moment. Cases to which something happened that is not counted yet are left out;
//! whatever else differs is a fault, ours or of somebody who has changed the database by hand.

use std::collections::{BTreeSet, HashMap};

use domain::figure::Counts;
use entity::{case_figure, complaint, event, figure_cursor, month_figure, organization};
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait,
    IsolationLevel, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use uuid::Uuid;

use super::difference::{Difference, SumDifference};
use super::facts::figures;
use super::replay::replay;
use super::tally::{Cell, Sums, add, add_up, count_again, counts};
use super::{relay, tally};
use crate::app::App;
use crate::app::database::begin_writing;
use crate::app::error::Result;

/// What was found in one organization.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many cases were counted again.
    pub cases: u64,
    /// How many were left out, since something happened that is not counted yet.
    pub pending: u64,
    /// How many came in before the log kept all that counts: what it lacks of them was read from their rows.
    pub older: u64,
    /// The cases of which the three do not say the same.
    pub differing: Vec<Difference>,
    /// The sums that are not those of the cases as kept.
    pub sums: Vec<SumDifference>,
}

impl Found {
    /// Whether every figure is right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.differing.is_empty() && self.sums.is_empty()
    }
}

/// The organizations, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn organizations(db: &impl ConnectionTrait) -> Result<Vec<organization::Model>> {
    Ok(organization::Entity::find().order_by_asc(organization::Column::Id).all(db).await?)
}

/// Counts an organization's cases again; changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn check(app: &App, organization: Uuid) -> Result<Found> {
    let snapshot = snapshot(&app.db).await?;
    let pending = pending(&snapshot, organization).await?;
    let mut found = Found { pending: pending.len() as u64, ..Found::default() };
    let mut sums = Sums::new();
    let mut after = Uuid::nil();
    loop {
        let ids = cases_after(&snapshot, organization, after).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        let kept = kept(&snapshot, &ids).await?;
        for row in kept.values() {
            add(&mut sums, row, 1);
        }
        let settled: Vec<Uuid> = ids.into_iter().filter(|id| !pending.contains(id)).collect();
        found.cases += settled.len() as u64;
        let rows = by_case(figures(&snapshot, &settled).await?);
        let replayed = Box::pin(replay(&snapshot, &settled)).await?;
        found.older += replayed.older;
        let log = by_case(replayed.rows);
        found.differing.extend(settled.iter().filter_map(|case| difference(*case, [&kept, &rows, &log])));
    }
    let stored = stored(&snapshot, organization).await?;
    let cells: BTreeSet<&Cell> = sums.keys().chain(stored.keys()).collect();
    let sum = |cell: &Cell| SumDifference { cell: *cell, kept: amount(&stored, cell), cases: amount(&sums, cell) };
    found.sums = cells.into_iter().map(sum).filter(|sum| sum.kept != sum.cases).collect();
    snapshot.rollback().await?;
    Ok(found)
}

/// Puts right what differs, in one transaction in which nobody else counts there. A case whose rows and log contradict each
/// other stays as it is: which of them is right is for people to find out.
///
/// # Errors
/// When the database does not answer.
pub async fn repair(app: &App, organization: Uuid, found: &Found) -> Result<bool> {
    let _turn = app.writing_turn().await?;
    let txn = begin_writing(&app.db).await?;
    if relay::take(&txn, organization).await?.is_none() {
        return Ok(false);
    }
    let wrong = found.differing.iter().filter(|difference| !difference.is_of_record());
    let wrong: Vec<Uuid> = wrong.map(|difference| difference.case).collect();
    for part in wrong.chunks(relay::CASES) {
        count_again(&txn, part).await?;
    }
    // What the sums should be, of the cases as they are kept now.
    let mut differences = Sums::new();
    let mut after = Uuid::nil();
    loop {
        let ids = cases_after(&txn, organization, after).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        kept(&txn, &ids).await?.values().for_each(|row| add(&mut differences, row, 1));
    }
    for (cell, counts) in stored(&txn, organization).await? {
        let sum = differences.entry(cell).or_default();
        *sum = sum.plus(counts, -1);
    }
    add_up(&txn, differences).await?;
    txn.commit().await?;
    Ok(true)
}

/// Begins to read as it stands now. A transaction of SQLite does that by itself.
async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(db.begin().await?);
    }
    Ok(db.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?)
}

fn difference(case: Uuid, [kept, rows, log]: [&HashMap<Uuid, case_figure::Model>; 3]) -> Option<Difference> {
    let [kept, rows, log] = [kept, rows, log].map(|all| all.get(&case));
    let differs = kept != rows || rows != log;
    differs.then(|| Difference { case, kept: kept.cloned(), rows: rows.cloned(), log: log.cloned() })
}

fn by_case(rows: Vec<case_figure::Model>) -> HashMap<Uuid, case_figure::Model> {
    rows.into_iter().map(|row| (row.complaint_id, row)).collect()
}

fn amount(sums: &Sums, cell: &Cell) -> Counts {
    sums.get(cell).copied().unwrap_or_default()
}

/// The cases to which something happened after the last event that is counted.
async fn pending(db: &DatabaseTransaction, organization: Uuid) -> Result<BTreeSet<Uuid>> {
    let cursor = figure_cursor::Entity::find_by_id(organization).one(db).await?;
    let rows: Vec<Uuid> = event::Entity::find()
        .select_only()
        .column(event::Column::ComplaintId)
        .distinct()
        .filter(event::Column::OrganizationId.eq(organization))
        .filter(event::Column::Position.gt(cursor.map_or(0, |cursor| cursor.position)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn cases_after(db: &impl ConnectionTrait, organization: Uuid, after: Uuid) -> Result<Vec<Uuid>> {
    Ok(complaint::Entity::find()
        .select_only()
        .column(complaint::Column::Id)
        .filter(complaint::Column::OrganizationId.eq(organization))
        .filter(complaint::Column::Id.gt(after))
        .order_by_asc(complaint::Column::Id)
        .limit(relay::CASES as u64)
        .into_tuple()
        .all(db)
        .await?)
}

async fn kept(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, case_figure::Model>> {
    let rows =
        case_figure::Entity::find().filter(case_figure::Column::ComplaintId.is_in(ids.iter().copied())).all(db).await?;
    Ok(by_case(rows))
}

async fn stored(db: &impl ConnectionTrait, organization: Uuid) -> Result<Sums> {
    let rows =
        month_figure::Entity::find().filter(month_figure::Column::OrganizationId.eq(organization)).all(db).await?;
    Ok(rows.iter().map(|row| (tally::cell(row), counts(row))).collect())
}
