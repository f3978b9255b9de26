//! Compares the file store with the rows: what lies there without a row, which row lacks its file or has another, and what
//! is left beside a file that is ready.

use std::collections::{BTreeMap, BTreeSet};

use domain::attachment::{Kind, State};
use entity::attachment;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{folder, kept, thumbnail};
use crate::app::App;
use crate::app::act::sha256_hex;
use crate::app::error::Result;

/// How many rows are read at once.
const BATCH: u64 = 500;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many files are ready.
    pub ready: u64,
    /// Names in the store that no row accounts for.
    pub without_row: Vec<String>,
    /// Rows whose file is not there.
    pub without_file: Vec<Uuid>,
    /// Rows whose file is another than was kept.
    pub altered: Vec<Uuid>,
    /// Names in the store beside a file that is ready, which do not belong to it: parts as they were sent.
    pub left_over: Vec<String>,
}

/// Compares all of it; reads every file.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn all(app: &App) -> Result<Found> {
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in app.files.names("").await? {
        let folder = name.split('/').next().unwrap_or_default().to_owned();
        folders.entry(folder).or_default().push(name);
    }
    let mut found = Found::default();
    let mut after = Uuid::nil();
    loop {
        let rows = attachment::Entity::find()
            .filter(attachment::Column::Stored.eq(true))
            .filter(attachment::Column::Id.gt(after))
            .order_by_asc(attachment::Column::Id)
            .limit(BATCH)
            .all(&app.db)
            .await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let names = folders.remove(&folder(row.id)).unwrap_or_default();
            if row.state != State::Ready {
                continue;
            }
            found.ready += 1;
            let (names, more) = beside(app, &row, names).await?;
            found.left_over.extend(more);
            if !names.contains(&kept(row.id)) {
                found.without_file.push(row.id);
            } else if row.sha256.as_deref() != Some(&sha256_hex(&app.files.get(&kept(row.id)).await?)) {
                found.altered.push(row.id);
            }
        }
    }
    found.without_row = folders.into_values().flatten().collect();
    Ok(found)
}

/// What belongs to a file that is ready, and what lies beside it.
async fn beside(
    app: &App,
    row: &attachment::Model,
    names: Vec<String>,
) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let of_photo = (row.kind == Some(Kind::Photo)).then(|| thumbnail(row.id));
    let belong: BTreeSet<String> = [kept(row.id)].into_iter().chain(of_photo).collect();
    let mut names: BTreeSet<String> = names.into_iter().collect();
    if names != belong {
        // It may have become ready after the store was listed.
        names = app.files.names(&folder(row.id)).await?.into_iter().collect();
    }
    Ok(names.into_iter().partition(|name| belong.contains(name)))
}
