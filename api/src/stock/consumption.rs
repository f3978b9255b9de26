//! How much of each material was used in a month: from its movements, in one statement for a page of materials.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use async_graphql::dataloader::Loader;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use domain::fee::Month;
use domain::money::Quantity;
use domain::stock::MovementKind;
use entity::stock_movement;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::app::decimal::Decimal;
use crate::app::error::Error;
use crate::app::loader::Rows;

/// How much of a material was used in a month.
#[derive(SimpleObject)]
pub struct MaterialConsumption {
    /// The month, as `2026-03`, in the site's time zone.
    pub month: String,
    /// How much was used for work orders.
    pub used: Decimal,
    /// How much of that came back unused.
    pub returned: Decimal,
    /// What was consumed: used less returned. Below nothing where more came back in a month than was used in it.
    pub consumed: Decimal,
    /// For how many orders.
    pub orders: i64,
}

/// A material in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConsumptionOf {
    /// The material.
    pub item: Uuid,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until before when.
    pub to: DateTime<Utc>,
}

impl ConsumptionOf {
    /// A material in a month, where it lies.
    #[must_use]
    pub fn month(item: Uuid, month: Month, zone: Tz) -> Self {
        let next = month.last().succ_opt().unwrap_or_else(|| month.last());
        Self { item, from: beginning(month.first(), zone), to: beginning(next, zone) }
    }
}

/// The first moment of a day.
fn beginning(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    zone.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |moment| moment.to_utc())
}

/// What was used, in thousandths.
#[derive(Debug, Clone, Copy, Default)]
pub struct Consumed {
    used: i64,
    returned: i64,
    orders: i64,
}

impl Consumed {
    /// As the schema tells it.
    #[must_use]
    pub fn told(self, month: Month) -> MaterialConsumption {
        let decimal = |thousandths| Decimal(Quantity::from_thousandths(thousandths).to_string());
        MaterialConsumption {
            month: month.to_string(),
            used: decimal(self.used),
            returned: decimal(self.returned),
            consumed: decimal(self.used - self.returned),
            orders: self.orders,
        }
    }
}

#[derive(FromQueryResult)]
struct Sum {
    stock_item_id: Uuid,
    kind: MovementKind,
    moved: i64,
    orders: i64,
}

impl Loader<ConsumptionOf> for Rows {
    type Value = Consumed;
    type Error = Error;

    async fn load(&self, keys: &[ConsumptionOf]) -> Result<HashMap<ConsumptionOf, Consumed>, Error> {
        use stock_movement::Column;
        let mut found: HashMap<ConsumptionOf, Consumed> = keys.iter().map(|key| (*key, Consumed::default())).collect();
        let mut spans: HashMap<(DateTime<Utc>, DateTime<Utc>), Vec<Uuid>> = HashMap::new();
        for key in keys {
            spans.entry((key.from, key.to)).or_default().push(key.item);
        }
        for ((from, to), items) in spans {
            let sums = stock_movement::Entity::find()
                .select_only()
                .column(Column::StockItemId)
                .column(Column::Kind)
                .column_as(Expr::cust("CAST(SUM(change_thousandths) AS BIGINT)"), "moved")
                .column_as(Expr::cust("COUNT(DISTINCT work_order_id)"), "orders")
                .filter(Column::StockItemId.is_in(items))
                .filter(Column::MovedAt.gte(from).and(Column::MovedAt.lt(to)))
                .filter(Column::Kind.is_in([MovementKind::Used, MovementKind::Returned]))
                .group_by(Column::StockItemId)
                .group_by(Column::Kind)
                .into_model::<Sum>()
                .all(self.db())
                .await?;
            for sum in sums {
                let consumed = found.entry(ConsumptionOf { item: sum.stock_item_id, from, to }).or_default();
                if sum.kind == MovementKind::Used {
                    (consumed.used, consumed.orders) = (-sum.moved, sum.orders);
                } else {
                    consumed.returned = sum.moved;
                }
            }
        }
        Ok(found)
    }
}
