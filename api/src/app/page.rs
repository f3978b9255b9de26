//! Pages of long lists: Relay connections with keyset cursors, a default of 20 and a maximum of 100.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{InputObject, OutputType};
use chrono::{DateTime, Utc};
use domain::refusal::Code;
use sea_orm::sea_query::{Expr, Query, UnionType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::App;
use super::database::first_rows;
use super::error::{Error, Result};

/// How many a page holds when the caller does not say.
pub const DEFAULT_FIRST: i32 = 20;
/// How many a page holds at most.
pub const MAX_FIRST: i32 = 100;

/// Which page of a list.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PageInput {
    /// How many, 1 to 100; 20 when not given.
    pub first: Option<i32>,
    /// The cursor after which to begin, as an earlier page gave it.
    pub after: Option<String>,
}

impl PageInput {
    /// How many rows.
    ///
    /// # Errors
    /// Refused with `INVALID` outside 1 to 100.
    pub fn limit(&self) -> Result<u64> {
        let first = self.first.unwrap_or(DEFAULT_FIRST);
        u64::try_from(first)
            .ok()
            .filter(|_| (1..=MAX_FIRST).contains(&first))
            .ok_or_else(|| Error::refused_needing(Code::Invalid, "page.first", vec![format!("1..{MAX_FIRST}")]))
    }

    /// The id after which to begin.
    ///
    /// # Errors
    /// [`Error::BadCursor`] when it is none of ours.
    pub fn after(&self) -> Result<Option<Uuid>> {
        self.after.as_deref().map(|cursor| Uuid::try_parse(cursor).map_err(|_| Error::BadCursor)).transpose()
    }
}

/// Reads a page of rows, newest first: ids sort by time, so the id is the key of the keyset.
///
/// # Errors
/// [`Error::BadCursor`], a refused page size, or an internal error.
pub async fn newest_first<E, N>(
    app: &App,
    rows: Select<E>,
    id: E::Column,
    page: &PageInput,
    wrap: impl Fn(E::Model) -> N,
) -> Result<Connection<String, N>>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Send + Sync,
    N: OutputType,
{
    let found = first_rows(&app.db, newest(rows, id, page.after()?), page.limit()? + 1).await?;
    page_of::<E, N>(found, id, page, wrap)
}

fn newest<E: EntityTrait>(rows: Select<E>, id: E::Column, after: Option<Uuid>) -> Select<E> {
    let rows = rows.order_by_desc(id);
    match after {
        Some(after) => rows.filter(id.lt(after)),
        None => rows,
    }
}

/// The page of rows that were read, the newest first: one more than it holds where there are more.
///
/// # Errors
/// [`Error::BadCursor`] or a refused page size.
pub fn page_of<E, N>(
    mut found: Vec<E::Model>,
    id: E::Column,
    page: &PageInput,
    wrap: impl Fn(E::Model) -> N,
) -> Result<Connection<String, N>>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E>,
    N: OutputType,
{
    let limit = page.limit()?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut connection = Connection::new(page.after.is_some(), more);
    for row in found {
        let cursor = row.get(id).unwrap::<Uuid>().to_string();
        connection.edges.push(Edge::new(cursor, wrap(row)));
    }
    Ok(connection)
}

/// The same of rows that can be found in several ways, each of which an index serves: the newest of each way are read, and
/// the newest of those. A row that is found in several ways stands there once.
///
/// # Errors
/// As [`newest_first`].
pub async fn newest_of<E, N>(
    app: &App,
    ways: Vec<Select<E>>,
    id: E::Column,
    page: &PageInput,
    wrap: impl Fn(E::Model) -> N,
) -> Result<Connection<String, N>>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Send + Sync,
    N: OutputType,
{
    let found = newest_rows(app, ways, id, page.after()?, page.limit()? + 1).await?;
    page_of::<E, N>(found, id, page, wrap)
}

/// The rows of such a page: at most so many, before an id.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_rows<E>(
    app: &App,
    ways: Vec<Select<E>>,
    id: E::Column,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<E::Model>>
where
    E: EntityTrait,
    E::Model: Send + Sync,
{
    let rows = found_in(ways, id, |way| newest(way, id, after).limit(limit));
    Ok(first_rows(&app.db, newest(rows, id, after), limit).await?)
}

/// Ways in each of some states: an index that begins with the state gives each in order, and none for all of them together.
/// Where that would be too many ways, the states stay together: whoever asks for so many of them fills a page all the same, and
/// the planner would rather go through the table than look up what so many ways may give.
#[must_use]
pub fn in_states<E, S>(ways: Vec<Select<E>>, state: E::Column, states: &[S]) -> Vec<Select<E>>
where
    E: EntityTrait,
    S: Copy + Into<sea_orm::Value>,
{
    const MOST_WAYS: usize = 16;
    if states.is_empty() {
        return ways;
    }
    if ways.len() * states.len() > MOST_WAYS {
        return ways.into_iter().map(|way| way.filter(state.is_in(states.iter().copied()))).collect();
    }
    let each = |way: &Select<E>| states.iter().map(|one| way.clone().filter(state.eq(*one))).collect::<Vec<_>>();
    ways.iter().flat_map(each).collect()
}

/// The same in the order of when they are due.
///
/// # Errors
/// As [`due_first`].
pub async fn due_of<E, N>(
    app: &App,
    ways: Vec<Select<E>>,
    (due, id): (E::Column, E::Column),
    page: &PageInput,
    wrap: impl Fn(E::Model) -> N,
) -> Result<Connection<String, N>>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Send + Sync,
    N: OutputType,
{
    let limit = page.limit()?;
    let after = page.after.as_deref().map(read_due).transpose()?;
    let first = |mut way: Select<E>| {
        if let Some((moment, last)) = after {
            way = way.filter(due_after(due, id, moment, last));
        }
        way.order_by_asc(due).order_by_asc(id).limit(limit + 1)
    };
    due_first(app, found_in(ways, id, first), (due, id), page, wrap).await
}

/// The rows that are found in any of several ways, of each the first that stand in order.
fn found_in<E: EntityTrait>(ways: Vec<Select<E>>, id: E::Column, first: impl Fn(Select<E>) -> Select<E>) -> Select<E> {
    let mut ways = ways;
    if ways.len() == 1
        && let Some(only) = ways.pop()
    {
        return only;
    }
    // A limit within a union stands in a select of its own.
    let part = |(place, way): (usize, Select<E>)| {
        let ids = first(way).select_only().column(id).into_query();
        Query::select().column(id).from_subquery(ids, format!("way{place}")).to_owned()
    };
    let mut parts = ways.into_iter().enumerate().map(part);
    match parts.next() {
        None => E::find().filter(Expr::value(false)),
        Some(mut union) => {
            for part in parts {
                union.union(UnionType::Distinct, part);
            }
            E::find().filter(id.in_subquery(union))
        }
    }
}

fn due_after<C: ColumnTrait>(due: C, id: C, moment: DateTime<Utc>, last: Uuid) -> Condition {
    let same = Condition::all().add(due.eq(moment)).add(id.gt(last));
    // The first condition is what an index leads to; the second leaves out what stands before at the same moment.
    Condition::all().add(due.gte(moment)).add(Condition::any().add(due.gt(moment)).add(same))
}

/// Reads a page of rows in the order of when they are due, the first to be due first; among those due at once the older
/// id first. The due time must not be null.
///
/// # Errors
/// [`Error::BadCursor`], a refused page size, or an internal error.
pub async fn due_first<E, N>(
    app: &App,
    rows: Select<E>,
    (due, id): (E::Column, E::Column),
    page: &PageInput,
    wrap: impl Fn(E::Model) -> N,
) -> Result<Connection<String, N>>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Send + Sync,
    N: OutputType,
{
    let limit = page.limit()?;
    let after = page.after.as_deref().map(read_due).transpose()?;
    let mut rows = rows.order_by_asc(due).order_by_asc(id);
    if let Some((moment, last)) = after {
        rows = rows.filter(due_after(due, id, moment, last));
    }
    let mut found = first_rows(&app.db, rows, limit + 1).await?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut connection = Connection::new(after.is_some(), more);
    for row in found {
        let (moment, own) = (row.get(due).unwrap::<DateTime<Utc>>(), row.get(id).unwrap::<Uuid>());
        let cursor = format!("{}.{}", moment.timestamp_micros(), own.simple());
        connection.edges.push(Edge::new(cursor, wrap(row)));
    }
    Ok(connection)
}

fn read_due(cursor: &str) -> Result<(DateTime<Utc>, Uuid)> {
    let (due, id) = cursor.split_once('.').ok_or(Error::BadCursor)?;
    let due = due.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(Error::BadCursor)?;
    Ok((due, Uuid::try_parse(id).map_err(|_| Error::BadCursor)?))
}
