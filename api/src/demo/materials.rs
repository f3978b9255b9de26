//! What the demo's teams have in stock, from the first day of the history.

use domain::money::Quantity;
use domain::organization::Role;
use entity::price_item;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Failure;
use super::cast::Cast;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::Caller;
use crate::price::service as prices;
use crate::stock::service::{self as stock, Amount, Draft};

/// The team, the code of the material in the price list, how much there is, and the minimum.
const KEPT: &[(&str, &str, i64, i64)] =
    &[("水电班", "W02", 24_000, 6_000), ("水电班", "E01", 5_000, 6_000), ("绿化班", "G02", 12_500, 4_000)];

/// Fills the stock of each team that keeps one.
///
/// # Errors
/// When the database does not answer, or an act is refused.
pub async fn fill(app: &App, casts: &[Cast]) -> Result<(), Failure> {
    for cast in casts {
        let site = crate::complaint::case::site_of(&app.db, cast.site_id).await?;
        let Some(list) = prices::in_force(&app.db, site.id, prices::today(&site, app.clock.now())).await? else {
            continue;
        };
        for (team, code, count, minimum) in KEPT {
            let Some(team_id) = cast.teams.get(team).copied() else { continue };
            let Some(leader) = cast.all(Role::TeamLeader, team_id).first().copied() else { continue };
            let item = price_item::Entity::find()
                .filter(price_item::Column::PriceListId.eq(list.id))
                .filter(price_item::Column::Code.eq(*code));
            let viewer = Viewer::load(&app.db, leader, app.clock.now()).await?;
            let caller = Caller { app, viewer: Some(&viewer), once: None, said: None };
            let draft = Draft {
                team_id,
                price_item_id: item.one(&app.db).await?.map(|item| item.id),
                code: None,
                name: None,
                unit: None,
                minimum: Quantity::from_thousandths(*minimum),
            };
            let made = stock::create(&caller, &draft).await?;
            if let Some(stock_item_id) = made.subject {
                let amount = Amount { stock_item_id, quantity: Quantity::from_thousandths(*count) };
                stock::receive(&caller, amount, Some("期初库存")).await?;
            }
        }
    }
    Ok(())
}
