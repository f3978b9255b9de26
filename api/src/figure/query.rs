//! Reads of sums: one statement, whatever is asked for, that says as of when.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::complaint::Kind;
use domain::figure::{Counts, Dimension};
use domain::refusal::Code;
use entity::{case_figure, figure_cursor, month_figure, site};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SubQueryStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::facts::{figure, first_of};
use super::tally::{COLUMNS, read};
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};

/// The most months that are asked for at once.
const MONTHS: i32 = 36;
/// The most groups of an answer.
const GROUPS: usize = 1_000;

/// Narrows rows of sums or of cases to what is asked for.
macro_rules! narrowed {
    ($select:expr, $entity:ident, $asked:expr, $months:expr) => {{
        let asked: &Asked = $asked;
        let mut select = $select.filter($entity::Column::Month.between($months.0, $months.1));
        if !asked.sites.is_empty() {
            select = select.filter($entity::Column::SiteId.is_in(asked.sites.iter().copied()));
        }
        if !asked.departments.is_empty() {
            select = select.filter($entity::Column::DepartmentId.is_in(asked.departments.iter().copied()));
        }
        if !asked.categories.is_empty() {
            select = select.filter($entity::Column::CategoryId.is_in(asked.categories.iter().copied()));
        }
        if !asked.kinds.is_empty() {
            select = select.filter($entity::Column::Kind.is_in(asked.kinds.iter().copied()));
        }
        select
    }};
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Of these sites; of all that the viewer may read where none is named.
    pub sites: Vec<Uuid>,
    /// A day of the first month.
    pub from: NaiveDate,
    /// A day of the last month.
    pub to: NaiveDate,
    /// Of these departments; of all where none is named.
    pub departments: Vec<Uuid>,
    /// Of these categories; of all where none is named.
    pub categories: Vec<Uuid>,
    /// Of these kinds; of all where none is named.
    pub kinds: Vec<Kind>,
    /// Told apart by these.
    pub by: Vec<Dimension>,
}

/// What a group has in common; none where it is not told apart by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Key {
    /// The site.
    pub site: Option<Uuid>,
    /// The first day of the month.
    pub month: Option<NaiveDate>,
    /// The department; nil for none.
    pub department: Option<Uuid>,
    /// The category.
    pub category: Option<Uuid>,
    /// The kind.
    pub kind: Option<Kind>,
}

/// The figures that were asked for.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// When the last event happened that is counted; none before the first.
    pub as_of: Option<DateTime<Utc>>,
    /// The first day of the first month, and of the last.
    pub months: (NaiveDate, NaiveDate),
    /// The groups, in order of what they have in common.
    pub groups: Vec<(Key, Counts)>,
}

/// Reads figures.
///
/// # Errors
/// `INVALID` for the months, `NOT_FOUND` for a site that the viewer does not read, `TOO_LONG` for too many groups.
pub async fn read_figures(app: &App, viewer: &Viewer, asked: &Asked) -> Result<Answer> {
    let months = (first_of(asked.from), first_of(asked.to));
    let count = |day: NaiveDate| day.year() * 12 + i32::try_from(day.month0()).unwrap_or_default();
    if !(0..MONTHS).contains(&(count(months.1) - count(months.0))) {
        return Err(Error::refused_needing(Code::Invalid, "to", vec![format!("from..from + {MONTHS} months")]));
    }
    refuse_unread(app, viewer, &asked.sites).await?;
    let (dimensions, select) = statement(viewer, asked, months);
    let rows = app.db.query_all(&select).await?;
    if rows.len() > GROUPS {
        return Err(Error::refused_needing(Code::TooLong, "by", vec![format!("0..{GROUPS}")]));
    }
    let (mut as_of, mut about_me) = (None, false);
    let mut groups = Vec::with_capacity(rows.len());
    for row in &rows {
        groups.push((key(row, &dimensions)?, read(row, dimensions.len())?));
        as_of = row.try_get_by_index(dimensions.len() + COLUMNS.len())?;
        about_me = row.try_get_by_index(dimensions.len() + COLUMNS.len() + 1)?;
    }
    if about_me {
        leave_out(app, viewer, asked, months, &mut groups).await?;
    }
    if rows.is_empty() {
        let cursor = figure_cursor::Entity::find_by_id(viewer.organization_id).one(&app.db).await?;
        as_of = cursor.and_then(|cursor| cursor.as_of);
    }
    // Where the last case of a group has moved on to another, its sums are all nothing.
    groups.retain(|(_, counts)| *counts != Counts::default());
    Ok(Answer { as_of, months, groups })
}

/// Sums by what is asked for, then as of when, then whether a case is about the viewer.
fn statement(viewer: &Viewer, asked: &Asked, months: (NaiveDate, NaiveDate)) -> (Vec<Dimension>, SelectStatement) {
    let dimensions: Vec<Dimension> = Dimension::ALL.iter().copied().filter(|one| asked.by.contains(one)).collect();
    let mut select = narrowed!(scope::month_figures(viewer), month_figure, asked, months).select_only();
    for dimension in &dimensions {
        let column = column_of(*dimension);
        select = select.column(column).group_by(column).order_by_asc(column);
    }
    for column in COLUMNS {
        select = select.expr(Expr::col((month_figure::Entity, column)).sum());
    }
    let as_of = Query::select()
        .column(figure_cursor::Column::AsOf)
        .from(figure_cursor::Entity)
        .and_where(figure_cursor::Column::OrganizationId.eq(viewer.organization_id))
        .to_owned();
    let about_me = Query::select()
        .expr(Expr::value(1))
        .from(case_figure::Entity)
        .and_where(case_figure::Column::AboutAccountId.eq(viewer.id))
        .to_owned();
    let select = select.expr_as(Expr::from(SubQueryStatement::from(as_of)), "as_of");
    let select = select.expr_as(Expr::exists(about_me), "about_me");
    (dimensions, select.limit(GROUPS as u64 + 1).into_query())
}

const fn column_of(dimension: Dimension) -> month_figure::Column {
    match dimension {
        Dimension::Site => month_figure::Column::SiteId,
        Dimension::Month => month_figure::Column::Month,
        Dimension::Department => month_figure::Column::DepartmentId,
        Dimension::Category => month_figure::Column::CategoryId,
        Dimension::Kind => month_figure::Column::Kind,
    }
}

fn key(row: &QueryResult, dimensions: &[Dimension]) -> Result<Key> {
    let mut key = Key::default();
    for (place, dimension) in dimensions.iter().enumerate() {
        match dimension {
            Dimension::Site => key.site = row.try_get_by_index(place)?,
            Dimension::Month => key.month = row.try_get_by_index(place)?,
            Dimension::Department => key.department = row.try_get_by_index(place)?,
            Dimension::Category => key.category = row.try_get_by_index(place)?,
            Dimension::Kind => key.kind = row.try_get_by_index(place)?,
        }
    }
    Ok(key)
}

/// Takes the cases off that are about whoever asks: to them these do not exist (C11).
async fn leave_out(
    app: &App,
    viewer: &Viewer,
    asked: &Asked,
    months: (NaiveDate, NaiveDate),
    groups: &mut [(Key, Counts)],
) -> Result<()> {
    let all = case_figure::Entity::find().filter(case_figure::Column::AboutAccountId.eq(viewer.id));
    for row in narrowed!(all, case_figure, asked, months).all(&app.db).await? {
        let by = |dimension| asked.by.contains(&dimension);
        let its = Key {
            site: by(Dimension::Site).then_some(row.site_id),
            month: by(Dimension::Month).then_some(row.month),
            department: by(Dimension::Department).then_some(row.department_id),
            category: by(Dimension::Category).then_some(row.category_id),
            kind: by(Dimension::Kind).then_some(row.kind),
        };
        if let Some((_, counts)) = groups.iter_mut().find(|(key, _)| *key == its) {
            *counts = counts.plus(Counts::of(&figure(&row)), -1);
        }
    }
    Ok(())
}

/// Refuses a site of which the viewer reads no figures: to them it does not exist.
async fn refuse_unread(app: &App, viewer: &Viewer, sites: &[Uuid]) -> Result<()> {
    let unknown = || Error::refused(Code::NotFound, "filter.siteIds");
    if scope::reads_all_figures(viewer) {
        let ours = site::Entity::find()
            .filter(site::Column::OrganizationId.eq(viewer.organization_id))
            .filter(site::Column::Id.is_in(sites.iter().copied()));
        let known = if sites.is_empty() { 0 } else { sea_orm::PaginatorTrait::count(ours, &app.db).await? };
        return if known == sites.len() as u64 { Ok(()) } else { Err(unknown()) };
    }
    let read = scope::sites_with_figures(viewer);
    if sites.iter().all(|site| read.contains(site)) { Ok(()) } else { Err(unknown()) }
}
