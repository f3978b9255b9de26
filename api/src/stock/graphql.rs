//! A team's stock in the schema: materials, their movements, and what of them was used for orders.

use std::collections::HashMap;

use async_graphql::connection::Connection;
use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::money::Quantity;
use domain::organization::Role;
use domain::stock::MovementKind;
use entity::{stock_item, stock_movement, team};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::consumption::{ConsumptionOf, MaterialConsumption};
use super::service;
use crate::access::guard::Listed;
use crate::access::viewer::{Viewer, parse_zone};
use crate::app::App;
use crate::app::decimal::Decimal;
use crate::app::error::{Error, Result as Answer};
use crate::app::loader::{AccountById, Rows, SiteById, TeamById, WorkOrderById};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::fee::service::month as month_in;
use crate::organization::graphql::Team;
use crate::work_order::board::leads;
use crate::work_order::graphql::WorkOrder;

fn decimal(thousandths: i64) -> Decimal {
    Decimal(Quantity::from_thousandths(thousandths).to_string())
}

/// A material in a team's stock.
#[derive(async_graphql::Description)]
pub struct StockItem(pub stock_item::Model);

#[Object(use_type_description)]
impl StockItem {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("StockItem", self.0.id)
    }

    /// The team.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        Ok(ctx.load(TeamById(self.0.team_id)).await?.map(Team))
    }

    /// Its code, unique in the team's stock; that of the price list for what is charged for.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Of what the count is.
    async fn unit(&self) -> &str {
        &self.0.unit
    }

    /// How much there is: exactly the sum of its movements.
    async fn count(&self) -> Decimal {
        decimal(self.0.count_thousandths)
    }

    /// Below how much the team leader is told.
    async fn minimum(&self) -> Decimal {
        decimal(self.0.minimum_thousandths)
    }

    /// Whether there is less than the minimum.
    async fn low(&self) -> bool {
        self.0.count_thousandths < self.0.minimum_thousandths
    }

    /// When it was retired.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }

    /// Give it as `expectedVersion` to say which count you saw: every movement raises it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// How much of it was used in a month.
    async fn consumption(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month, as `2026-03`.")] month: String,
    ) -> Result<MaterialConsumption> {
        let month = month_in("month", &month)?;
        let site = ctx.load(SiteById(self.0.site_id)).await?;
        let zone = parse_zone(site.as_ref().map_or("", |site| &site.time_zone));
        let consumed = ctx.load(ConsumptionOf::month(self.0.id, month, zone)).await?.unwrap_or_default();
        Ok(consumed.told(month))
    }
}

/// A movement of a material.
#[derive(async_graphql::Description)]
pub struct StockMovement(pub stock_movement::Model);

#[Object(use_type_description)]
impl StockMovement {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("StockMovement", self.0.id)
    }

    /// Why the count changed.
    async fn kind(&self) -> MovementKind {
        self.0.kind
    }

    /// By how much; below nothing for what went out.
    async fn change(&self) -> Decimal {
        decimal(self.0.change_thousandths)
    }

    /// How much there was after it.
    async fn count(&self) -> Decimal {
        decimal(self.0.count_thousandths)
    }

    /// The material.
    async fn stock_item(&self, ctx: &Context<'_>) -> Result<Option<StockItem>> {
        Ok(ctx.load(StockItemById(self.0.stock_item_id)).await?.map(StockItem))
    }

    /// The work order, where it is about one that you may see.
    async fn work_order(&self, ctx: &Context<'_>) -> Result<Option<WorkOrder>> {
        let Some(order) = self.0.work_order_id else { return Ok(None) };
        Ok(ctx.load(WorkOrderById(order)).await?.map(WorkOrder))
    }

    /// Why, or what is said of it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The name of who recorded it.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.account_id)).await?.map(|account| account.name))
    }

    /// When, by the server's clock.
    async fn moved_at(&self) -> DateTime<Utc> {
        self.0.moved_at
    }
}

/// Loads a material by its id, for whoever may see what refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StockItemById(pub Uuid);

impl Loader<StockItemById> for Rows {
    type Value = stock_item::Model;
    type Error = Error;

    async fn load(&self, keys: &[StockItemById]) -> Result<HashMap<StockItemById, Self::Value>, Error> {
        let ids = keys.iter().map(|key| key.0);
        let rows = stock_item::Entity::find().filter(stock_item::Column::Id.is_in(ids)).all(self.db()).await?;
        Ok(rows.into_iter().map(|row| (StockItemById(row.id), row)).collect())
    }
}

/// Loads what of a team's stock was used for a work order, in order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaterialsOf(pub Uuid);

impl Loader<MaterialsOf> for Rows {
    type Value = Vec<stock_movement::Model>;
    type Error = Error;

    async fn load(&self, keys: &[MaterialsOf]) -> Result<HashMap<MaterialsOf, Self::Value>, Error> {
        let mut lists: HashMap<MaterialsOf, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let orders: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        for row in service::of_orders(self.db(), &orders).await? {
            if let Some(order) = row.work_order_id {
                lists.entry(MaterialsOf(order)).or_default().push(row);
            }
        }
        Ok(lists)
    }
}

/// Whether a team's stock is this person's to see: whoever leads it, and its technicians.
fn sees(viewer: &Viewer, team: &team::Model) -> bool {
    let technician =
        |grant: &crate::access::viewer::Grant| grant.role == Role::Technician && grant.team_id == Some(team.id);
    leads(viewer, team) || viewer.grants.iter().any(technician)
}

async fn seen_team(app: &App, viewer: &Viewer, id: Uuid) -> Answer<Option<team::Model>> {
    let team = team::Entity::find_by_id(id).one(&app.db).await?;
    Ok(team.filter(|team| sees(viewer, team)))
}

/// Reads of a team's stock.
#[derive(Default)]
pub struct StockQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl StockQuery {
    /// What a team has in stock, the newest material first; for its technicians, its leader, the heads and leaders above. Null
    /// for a team that is not theirs.
    async fn stock_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The team.")] team_id: ID,
        #[graphql(desc = "Only that of which there is less than the minimum.", default)] low_only: bool,
        #[graphql(desc = "Also that which was retired.", default)] with_retired: bool,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Option<Connection<String, StockItem>>> {
        use stock_item::Column;
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let id = public_id::read("Team", &team_id, "teamId").unwrap_or_default();
        let Some(team) = seen_team(app, viewer, id).await? else { return Ok(None) };
        let mut rows = stock_item::Entity::find().filter(Column::TeamId.eq(team.id));
        if low_only {
            rows = rows.filter(Expr::col(Column::CountThousandths).lt(Expr::col(Column::MinimumThousandths)));
        }
        if !with_retired {
            rows = rows.filter(Column::RetiredAt.is_null());
        }
        Ok(Some(newest_first(app, rows, Column::Id, &page.unwrap_or_default(), StockItem).await?))
    }

    /// The movements of a material, newest first: they sum to its count. Null for a team that is not yours.
    async fn stock_movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The material.")] stock_item_id: ID,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Option<Connection<String, StockMovement>>> {
        use stock_movement::Column;
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let id = public_id::read("StockItem", &stock_item_id, "stockItemId").unwrap_or_default();
        let Some(item) = ctx.load(StockItemById(id)).await? else { return Ok(None) };
        if seen_team(app, viewer, item.team_id).await?.is_none() {
            return Ok(None);
        }
        let rows = stock_movement::Entity::find().filter(Column::StockItemId.eq(item.id));
        Ok(Some(newest_first(app, rows, Column::Id, &page.unwrap_or_default(), StockMovement).await?))
    }
}
