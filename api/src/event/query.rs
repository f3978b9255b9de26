//! Reads of the log, always within a scope, and the cursors by which a reader goes on.

use data_encoding::BASE64URL_NOPAD;
use domain::event::Kind;
use domain::refusal::Code;
use entity::{complaint, department, event, event_stream, notice, team, work_order};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::access::ways::{has_share, own_cases};
use crate::app::App;
use crate::app::database::{among, first_rows};
use crate::app::error::{Error, Result};
use crate::app::public_id;
use crate::work_order::board;

/// Of how many organizations the heads are read at once.
const HEADS: usize = 500;

/// Writes a position as the opaque cursor that clients keep.
#[must_use]
pub fn cursor(position: i64) -> String {
    BASE64URL_NOPAD.encode(format!("e1:{position}").as_bytes())
}

/// Reads a cursor.
///
/// # Errors
/// [`Error::BadCursor`] when it is none of ours.
pub fn position(cursor: &str) -> Result<i64> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| Error::BadCursor)?;
    let text = String::from_utf8(bytes).map_err(|_| Error::BadCursor)?;
    text.strip_prefix("e1:").and_then(|text| text.parse().ok()).ok_or(Error::BadCursor)
}

/// The public id of the quote that an event is about, if it is about one.
#[must_use]
pub fn quote_of(row: &event::Model) -> Option<String> {
    row.data.get("quote").and_then(serde_json::Value::as_str).map(str::to_owned)
}

/// The public id of what was undertaken that an event is about, if it is about that.
#[must_use]
pub fn undertaking_of(row: &event::Model) -> Option<String> {
    let id = Uuid::try_parse(row.data.get("undertaking")?.as_str()?).ok()?;
    Some(public_id::write("Undertaking", id).to_string())
}

/// The alarm that an event is about.
#[must_use]
pub fn alarm_in(event: &event::Model) -> Option<Uuid> {
    Uuid::try_parse(event.data.get("alarm")?.as_str()?).ok()
}

/// The same as the schema writes its id.
#[must_use]
pub fn alarm_of(event: &event::Model) -> Option<String> {
    Some(public_id::write("Alarm", alarm_in(event)?).to_string())
}

/// Whose events are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// One case.
    Case(Uuid),
    /// One department's queue.
    Department(Uuid),
    /// One team's board.
    Team(Uuid),
    /// All that the viewer may see.
    Everything,
}

/// Refuses to follow what a viewer does not see: a case outside their scope, a department of another organization or
/// of a site where they do not work.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn refuse_unseen(app: &App, viewer: &Viewer, of: Of) -> Result<()> {
    let seen = match of {
        Of::Case(id) => scope::complaints(viewer).filter(complaint::Column::Id.eq(id)).count(&app.db).await? > 0,
        Of::Department(id) => {
            let department = department::Entity::find_by_id(id)
                .filter(department::Column::OrganizationId.eq(viewer.organization_id))
                .one(&app.db)
                .await?;
            department.is_some_and(|department| viewer.is_staff_at(department.site_id))
        }
        Of::Team(id) => {
            let team = team::Entity::find_by_id(id).one(&app.db).await?;
            team.is_some_and(|team| board::leads(viewer, &team))
        }
        Of::Everything => true,
    };
    if seen { Ok(()) } else { Err(Error::refused(Code::NotFound, "id")) }
}

/// The newest position of an organization's log: where a reader begins who wants only what is to come.
///
/// # Errors
/// When the database does not answer.
pub async fn head(db: &impl ConnectionTrait, organization: Uuid) -> Result<i64> {
    let stream = event_stream::Entity::find_by_id(organization).one(db).await?;
    Ok(stream.map_or(0, |stream| stream.position))
}

/// The same of several organizations.
///
/// # Errors
/// When the database does not answer.
pub async fn heads(
    db: &impl ConnectionTrait,
    organizations: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<(Uuid, i64)>> {
    let asked: Vec<Uuid> = organizations.into_iter().collect();
    let mut heads = Vec::new();
    for some in asked.chunks(HEADS) {
        let rows = event_stream::Entity::find()
            .filter(event_stream::Column::OrganizationId.is_in(some.iter().copied()))
            .all(db)
            .await?;
        heads.extend(rows.into_iter().map(|stream| (stream.organization_id, stream.position)));
    }
    Ok(heads)
}

/// How far one reading after a position goes: whoever has a share of the register walks the log of the organization, by a
/// stretch at a time, however little of it is theirs. Everybody else reads what is of their own cases to the head.
pub(super) fn reach(viewer: &Viewer, position: i64, head: i64) -> i64 {
    const STRETCH: i64 = 5_000;
    if has_share(viewer) { std::cmp::min(head, position.saturating_add(STRETCH)) } else { head }
}

fn of_own_cases(viewer: &Viewer) -> SimpleExpr {
    event::Column::ComplaintId.in_subquery(own_cases(viewer))
}

/// The events after a position that a viewer may see, in order: at most `limit`, with the position that has been read
/// up to. Where nothing more is there, that is at most the head as it was before the reading.
///
/// # Errors
/// When the database does not answer.
pub async fn after(app: &App, viewer: &Viewer, of: Of, position: i64, limit: u64) -> Result<(Vec<event::Model>, i64)> {
    let mut to = head(&app.db, viewer.organization_id).await?;
    let select = match of {
        Of::Everything if !has_share(viewer) => after_position(position, limit).filter(of_own_cases(viewer)),
        of => select_after(viewer.organization_id, of, position, limit),
    };
    if matches!(of, Of::Everything | Of::Team(_)) {
        to = reach(viewer, position, to);
    }
    let rows = select.filter(event::Column::Position.lte(to)).filter(visible(viewer, of)).all(&app.db).await?;
    let read_to = if (rows.len() as u64) < limit { to } else { rows.last().map_or(to, |row| row.position) };
    let cases = cases_of(app, viewer, &rows).await?;
    let left = |row: &event::Model| matches!(of, Of::Team(team) if row.left_team_id == Some(team));
    let shown = rows.into_iter().filter(|row| left(row) || shows(viewer, &cases, row)).collect();
    Ok((shown, read_to))
}

/// What the holder of a receipt code may see of their case: the events for customers.
///
/// # Errors
/// When the database does not answer.
pub async fn after_for_receipt(
    app: &App,
    case: &complaint::Model,
    position: i64,
    limit: u64,
) -> Result<(Vec<event::Model>, i64)> {
    let head = head(&app.db, case.organization_id).await?;
    // Not sifted afterwards: what employees say among themselves would fill a page, and show that there was something.
    let rows = select_after(case.organization_id, Of::Case(case.id), position, limit)
        .filter(event::Column::Position.lte(head))
        .filter(event::Column::Kind.is_in(for_customers()))
        .all(&app.db)
        .await?;
    let read_to = if (rows.len() as u64) < limit { head } else { rows.last().map_or(head, |row| row.position) };
    Ok((rows, read_to))
}

/// A part of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part {
    /// The position after which it begins.
    pub position: i64,
    /// How many events it has at most.
    pub first: u64,
    /// Newest first.
    pub newest_first: bool,
    /// With what staff say among themselves.
    pub staff: bool,
}

impl Part {
    fn of(&self) -> Condition {
        let after = Condition::all().add(event::Column::Position.gt(self.position));
        if self.staff { after } else { after.add(event::Column::Kind.is_in(for_customers())) }
    }
}

/// The same part of the timelines of several cases in one statement.
///
/// # Errors
/// When the database does not answer.
pub async fn timelines(db: &impl ConnectionTrait, cases: &[Uuid], part: Part) -> Result<Vec<event::Model>> {
    use event::Column;
    let (order, direction) = if part.newest_first { (Order::Desc, "DESC") } else { (Order::Asc, "ASC") };
    let all = || event::Entity::find().order_by(Column::Position, order.clone());
    if let [case] = cases {
        let one = all().filter(Column::ComplaintId.eq(*case)).filter(part.of());
        return Ok(first_rows(db, one, part.first).await?);
    }
    let of_cases = || among(db, Column::ComplaintId, cases.iter().copied());
    // The places of each case's events are counted in the database, so that a page of cases costs one statement.
    let numbered = Query::select()
        .column(Column::Position)
        .expr_as(
            Expr::cust(format!("ROW_NUMBER() OVER (PARTITION BY complaint_id ORDER BY position {direction})")),
            "place",
        )
        .from(event::Entity)
        .and_where(of_cases())
        .cond_where(part.of())
        .to_owned();
    let chosen = Query::select()
        .column("position")
        .from_subquery(numbered, "numbered")
        .and_where(Expr::col("place").lte(i64::try_from(part.first).unwrap_or(i64::MAX)))
        .to_owned();
    Ok(all().filter(of_cases()).filter(Column::Position.in_subquery(chosen)).all(db).await?)
}

/// The kinds of events that customers may see.
fn for_customers() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.is_for_customer())
}

/// A viewer's notices after a position, in order, with their events.
///
/// # Errors
/// When the database does not answer.
pub async fn notices_after(
    app: &App,
    viewer: &Viewer,
    position: i64,
    limit: u64,
) -> Result<(Vec<(notice::Model, event::Model)>, i64)> {
    let head = head(&app.db, viewer.organization_id).await?;
    let notices = notice::Entity::find()
        .filter(notice::Column::AccountId.eq(viewer.id))
        .filter(notice::Column::Position.gt(position))
        .filter(notice::Column::Position.lte(head))
        .order_by_asc(notice::Column::Position)
        .limit(limit)
        .all(&app.db)
        .await?;
    let read_to = if (notices.len() as u64) < limit { head } else { notices.last().map_or(head, |row| row.position) };
    Ok((with_events(app, viewer, notices).await?, read_to))
}

/// A viewer's notices, newest first, before a position.
///
/// # Errors
/// When the database does not answer.
pub async fn notices_before(
    app: &App,
    viewer: &Viewer,
    before: Option<i64>,
    unread_only: bool,
    limit: u64,
) -> Result<Vec<(notice::Model, event::Model)>> {
    let mut select = notice::Entity::find()
        .filter(notice::Column::AccountId.eq(viewer.id))
        .order_by_desc(notice::Column::Position)
        .limit(limit);
    if let Some(before) = before {
        select = select.filter(notice::Column::Position.lt(before));
    }
    if unread_only {
        select = select.filter(notice::Column::ReadAt.is_null());
    }
    with_events(app, viewer, select.all(&app.db).await?).await
}

/// Marks notices as read: up to a position, all of them.
///
/// # Errors
/// When the database does not answer.
pub async fn mark_read(app: &App, viewer: &Viewer, up_to: i64) -> Result<u64> {
    let _turn = match &app.writer {
        Some(queue) => Some(queue.acquire().await.map_err(|error| error.to_string())?),
        None => None,
    };
    let marked = notice::Entity::update_many()
        .col_expr(notice::Column::ReadAt, Expr::value(app.clock.now()))
        .filter(notice::Column::AccountId.eq(viewer.id))
        .filter(notice::Column::Position.lte(up_to))
        .filter(notice::Column::ReadAt.is_null())
        .exec(&app.db)
        .await?;
    Ok(marked.rows_affected)
}

async fn with_events(
    app: &App,
    viewer: &Viewer,
    notices: Vec<notice::Model>,
) -> Result<Vec<(notice::Model, event::Model)>> {
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let events = event::Entity::find()
        .filter(event::Column::OrganizationId.eq(viewer.organization_id))
        .filter(event::Column::Position.is_in(notices.iter().map(|notice| notice.position)))
        .all(&app.db)
        .await?;
    let of = |position: i64| events.iter().find(|event| event.position == position).cloned();
    Ok(notices
        .into_iter()
        .filter_map(|notice| {
            let event = of(notice.position)?;
            Some((notice, event))
        })
        .collect())
}

fn after_position(position: i64, limit: u64) -> Select<event::Entity> {
    event::Entity::find()
        .filter(event::Column::Position.gt(position))
        .order_by_asc(event::Column::Position)
        .limit(limit)
}

pub(super) fn select_after(organization: Uuid, of: Of, position: i64, limit: u64) -> Select<event::Entity> {
    let all = || after_position(position, limit).filter(event::Column::OrganizationId.eq(organization));
    match of {
        // A case and a department are of one organization: their own index leads to them, not that of the whole log.
        Of::Case(id) => after_position(position, limit).filter(event::Column::ComplaintId.eq(id)),
        Of::Department(id) => after_position(position, limit).filter(event::Column::DepartmentId.eq(id)),
        Of::Team(id) => {
            let case = Expr::col((work_order::Entity, work_order::Column::ComplaintId));
            let theirs = Query::select()
                .expr(Expr::value(1))
                .from(work_order::Entity)
                .and_where(case.eq(Expr::col((event::Entity, event::Column::ComplaintId))))
                .and_where(work_order::Column::TeamId.eq(id))
                .to_owned();
            let left = event::Column::LeftTeamId.eq(id);
            all().filter(Condition::any().add(Expr::exists(theirs)).add(left))
        }
        Of::Everything => all(),
    }
}

/// What a viewer may see of it: what is of their cases, and of a team's board also that an order has left it, unless its
/// case is about them (C11).
fn visible(viewer: &Viewer, of: Of) -> Condition {
    let any = Condition::any().add(scope::sees_case(viewer, (event::Entity, event::Column::ComplaintId)));
    let Of::Team(team) = of else { return any };
    let about_me = Query::select()
        .column(complaint::Column::Id)
        .from(complaint::Entity)
        .and_where(complaint::Column::AboutAccountId.eq(viewer.id))
        .to_owned();
    let left = event::Column::LeftTeamId.eq(team).and(event::Column::ComplaintId.not_in_subquery(about_me));
    any.add(left)
}

pub(super) async fn cases_of(app: &App, viewer: &Viewer, rows: &[event::Model]) -> Result<Vec<complaint::Model>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.complaint_id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(scope::complaints(viewer).filter(complaint::Column::Id.is_in(ids)).all(&app.db).await?)
}

fn shows(viewer: &Viewer, cases: &[complaint::Model], row: &event::Model) -> bool {
    cases
        .iter()
        .find(|case| case.id == row.complaint_id)
        .is_some_and(|case| row.kind.is_for_customer() || viewer.sees_staff_side(case))
}
