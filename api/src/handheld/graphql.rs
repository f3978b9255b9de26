//! The reads of a handheld in the schema.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use entity::position_fix;

use super::cursor::Cursor;
use super::sync;
use crate::access::guard::Listed;
use crate::app::page::PageInput;
use crate::app::public_id;
use crate::app::request::Asked;
use crate::stock::graphql::StockItem;
use crate::work_order::graphql::WorkOrder;

/// A page of what changed for a technician. Keep the orders by their id: put each of `orders` in place of what you had, take
/// those of `gone` away, keep the cursor, and go on while there is more. Then you have what the server has.
#[derive(SimpleObject)]
pub struct SyncPage {
    /// Orders that are new or have changed: each whole, as it is now.
    pub orders: Vec<WorkOrder>,
    /// Ids of orders that are not yours to do any more: given to somebody else, signed, cancelled.
    pub gone: Vec<ID>,
    /// What changed in the stock of your teams, at most 200 materials of each; null where nothing did, and while there are
    /// orders to read.
    pub stock: Option<StockChanges>,
    /// Give it as `after` next time, and with `submitActs`. It holds for you alone.
    pub cursor: String,
    /// Whether there is more already.
    pub has_more: bool,
    /// The server's clock.
    pub server_time: DateTime<Utc>,
}

/// What changed in the stock of a technician's teams. Keep the materials by their id.
#[derive(SimpleObject)]
pub struct StockChanges {
    /// Whether `items` begin with all that your teams have: throw away what you had. Otherwise they are what changed since.
    pub whole: bool,
    /// Materials as they are now. Take away those that have `retiredAt`.
    pub items: Vec<StockItem>,
}

/// Where a technician was when they set out or arrived. Deleted after 30 days.
#[derive(async_graphql::Description)]
pub struct PositionFix(pub position_fix::Model);

#[Object(use_type_description)]
impl PositionFix {
    /// Whether they arrived there; else they set out from there.
    async fn on_arrival(&self) -> bool {
        self.0.on_arrival
    }

    /// Degrees north.
    #[expect(clippy::cast_precision_loss, reason = "ten-millionths of a degree are far within a double")]
    async fn latitude(&self) -> f64 {
        self.0.latitude_e7 as f64 / 1e7
    }

    /// Degrees east.
    #[expect(clippy::cast_precision_loss, reason = "ten-millionths of a degree are far within a double")]
    async fn longitude(&self) -> f64 {
        self.0.longitude_e7 as f64 / 1e7
    }

    /// How exact it is, in metres.
    async fn accuracy_meters(&self) -> i32 {
        self.0.accuracy_meters
    }

    /// When it came in.
    async fn taken_at(&self) -> DateTime<Utc> {
        self.0.taken_at
    }
}

/// Reads for handhelds.
#[derive(Default)]
pub struct HandheldQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl HandheldQuery {
    /// What changed for you as a technician since a cursor: the orders that are yours to do or to have signed, and the stock of
    /// your teams. Without a cursor all of them. However often the line drops, whoever goes on from the last cursor that they kept ends in the server's
    /// state.
    async fn sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor that you kept; none the first time.")] after: Option<String>,
        #[graphql(desc = "How many orders, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "The time of the device's own clock, now.")] device_time: DateTime<Utc>,
    ) -> Result<SyncPage> {
        let limit = PageInput { first: Some(first), after: None }.limit()?;
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let after = after.as_deref().map(|cursor| Cursor::read(app, viewer, cursor)).transpose()?;
        let page = sync::next(app, viewer, after, limit, device_time).await?;
        Ok(SyncPage {
            orders: page.orders.into_iter().map(WorkOrder).collect(),
            gone: page.gone.into_iter().map(|id| public_id::write("WorkOrder", id)).collect(),
            stock: page.stock.map(|changes| StockChanges {
                whole: changes.whole,
                items: changes.items.into_iter().map(StockItem).collect(),
            }),
            cursor: page.cursor.write(app)?,
            has_more: page.has_more,
            server_time: app.clock.now(),
        })
    }
}
