//! A team's board: its open orders by where they stand, with when they are booked and due, and what changes on it.

use async_graphql::{Context, ID, Object, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::booking::State as VisitState;
use domain::organization::Role;
use domain::work_order::State;
use entity::{complaint, team, work_order};
use futures_util::Stream;
use sea_orm::sea_query::{NullOrdering, Order};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::graphql::WorkOrder;
use crate::access::guard::Listed;
use crate::access::scope;
use crate::access::viewer::{Grant, Viewer};
use crate::app::App;
use crate::app::error::Result as Answer;
use crate::app::loader::{BookingsOf, ComplaintById};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::event::graphql::{Event, events};
use crate::event::query::{self, Of};
use crate::organization::graphql::Team;

/// The columns of a board, in the order in which orders pass through them.
const COLUMNS: [State; 6] =
    [State::TeamAssigned, State::TechnicianAssigned, State::EnRoute, State::Arrived, State::OnHold, State::Done];
/// How many orders a column shows at most.
const MOST: u64 = 50;

/// A team's board 班组看板.
#[derive(SimpleObject)]
pub struct TeamBoard {
    /// The team.
    pub team: Team,
    /// One for each state, in the order in which orders pass through them.
    pub columns: Vec<TeamBoardColumn>,
    /// Where the log stood before the board was read: give it to `teamBoardEvents` as `after`, and nothing is missed.
    pub cursor: String,
}

/// The orders of a team in one state.
#[derive(SimpleObject)]
pub struct TeamBoardColumn {
    /// The state.
    pub state: State,
    /// How many there are.
    pub count: i64,
    /// The first 50 of them to be due; what has no due time comes last.
    pub cards: Vec<TeamBoardCard>,
}

/// An order on a team's board.
#[derive(async_graphql::Description)]
pub struct TeamBoardCard {
    order: work_order::Model,
    due_at: Option<DateTime<Utc>>,
}

#[Object(use_type_description)]
impl TeamBoardCard {
    /// The order, with its technician.
    async fn work_order(&self) -> WorkOrder {
        WorkOrder(self.order.clone())
    }

    /// When the first of the running clocks of its case ends.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.due_at
    }

    /// When the visit begins that is wished or agreed; null where none is.
    async fn visit_from(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.visit(ctx).await?.map(|visit| visit.from_at))
    }

    /// When it ends.
    async fn visit_to(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.visit(ctx).await?.map(|visit| visit.to_at))
    }
}

impl TeamBoardCard {
    async fn visit(&self, ctx: &Context<'_>) -> Result<Option<entity::booking::Model>> {
        // Only of a case that is theirs to see.
        if ctx.load(ComplaintById(self.order.complaint_id)).await?.is_none() {
            return Ok(None);
        }
        let visits = ctx.load(BookingsOf(self.order.complaint_id)).await?.unwrap_or_default();
        let stands = |visit: &entity::booking::Model| {
            matches!(visit.state, VisitState::Wished | VisitState::Booked | VisitState::Kept)
        };
        Ok(visits.into_iter().rev().find(stands))
    }
}

/// Whether a team is this person's to lead: as its leader, the head of its department or of the office, or above.
#[must_use]
pub fn leads(viewer: &Viewer, team: &team::Model) -> bool {
    viewer.organization_id == team.organization_id && leads_in(viewer, team.id, (team.department_id, team.site_id))
}

/// The same of a team of their organization, by its department and its site.
#[must_use]
pub fn leads_in(viewer: &Viewer, team: Uuid, (department, site): (Uuid, Uuid)) -> bool {
    let leads = |grant: &Grant| match grant.role {
        Role::TeamLeader => grant.team_id == Some(team),
        Role::DepartmentHead | Role::MarketHead => grant.department_id == Some(department),
        Role::OfficeHead => grant.site_id == Some(site),
        Role::CompanyLeader => true,
        _ => false,
    };
    viewer.grants.iter().any(leads)
}

/// Reads of a team's board.
#[derive(Default)]
pub struct BoardQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl BoardQuery {
    /// A team's board: its open orders by state, the first to be due first. For its leader, the heads and leaders above; null
    /// for a team that is not theirs. `teamBoardEvents` tells what changes on it.
    async fn team_board(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The team.")] team_id: ID,
    ) -> Result<Option<TeamBoard>> {
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let id = public_id::read("Team", &team_id, "teamId").unwrap_or_default();
        let team = team::Entity::find_by_id(id).one(&app.db).await.map_err(crate::app::error::Error::from)?;
        let Some(team) = team.filter(|team| leads(viewer, team)) else { return Ok(None) };
        Ok(Some(board(app, viewer, team).await?))
    }
}

async fn board(app: &App, viewer: &Viewer, team: team::Model) -> Answer<TeamBoard> {
    let head = query::head(&app.db, viewer.organization_id).await?;
    let mut columns = Vec::with_capacity(COLUMNS.len());
    for state in COLUMNS {
        columns.push(column(app, viewer, &team, state).await?);
    }
    Ok(TeamBoard { team: Team(team), columns, cursor: query::cursor(head) })
}

async fn column(app: &App, viewer: &Viewer, team: &team::Model, state: State) -> Answer<TeamBoardColumn> {
    use work_order::Column;
    let theirs = || scope::work_orders(viewer).filter(Column::TeamId.eq(team.id)).filter(Column::State.eq(state));
    let of_case =
        work_order::Entity::belongs_to(complaint::Entity).from(Column::ComplaintId).to(complaint::Column::Id).into();
    let rows = theirs()
        .join(JoinType::InnerJoin, of_case)
        .order_by_with_nulls(complaint::Column::DueAt, Order::Asc, NullOrdering::Last)
        .order_by_asc(Column::Id)
        .limit(MOST)
        .all(&app.db)
        .await?;
    let cases = complaint::Entity::find()
        .filter(complaint::Column::Id.is_in(rows.iter().map(|row| row.complaint_id)))
        .all(&app.db)
        .await?;
    let due_of = |row: &work_order::Model| cases.iter().find(|case| case.id == row.complaint_id)?.due_at;
    let cards: Vec<_> = rows.into_iter().map(|order| TeamBoardCard { due_at: due_of(&order), order }).collect();
    let full = cards.len() as u64 == MOST;
    let count = if full { theirs().count(&app.db).await? } else { cards.len() as u64 };
    Ok(TeamBoardColumn { state, count: i64::try_from(count).unwrap_or(i64::MAX), cards })
}

/// The stream of a team's board.
#[derive(Default)]
pub struct BoardSubscription;

#[Subscription(guard = "Listed(Operation::Subscription)")]
impl BoardSubscription {
    /// What happens to the orders of a team and to their cases, from a cursor on and then live; also that one was taken from
    /// the team (`WORK_ORDER_LEFT_TEAM`), which is then no more to be seen. For those who see the team's board.
    async fn team_board_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The team.")] team_id: ID,
        #[graphql(desc = "The cursor to begin after; only what is to come when not given.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        events(ctx, Of::Team(public_id::read("Team", &team_id, "teamId")?), after).await
    }
}
