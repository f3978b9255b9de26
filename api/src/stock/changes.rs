//! What changed in the stock of teams since a handheld last looked. Each act that changes a team's stock has a number, and each
//! material that of the act that changed it last.

use std::collections::BTreeMap;

use entity::{stock_change, stock_item};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::error::Result;

/// Up to which change the stock of each team was read.
pub type Read = BTreeMap<Uuid, i64>;

/// The number of this act among those that change a team's stock. Nobody else has the next one before this act has ended, so
/// they become visible in order: whoever has seen one has seen all below it.
///
/// # Errors
/// When the database does not answer.
pub async fn next_change(act: &Act<'_>, team_id: Uuid) -> Result<i64> {
    use stock_change::Column;
    let row =
        stock_change::ActiveModel { team_id: Set(team_id), organization_id: Set(act.organization_id()), last: Set(1) };
    let next = OnConflict::column(Column::TeamId)
        .value(Column::Last, Expr::col((stock_change::Entity, Column::Last)).add(1))
        .to_owned();
    Ok(stock_change::Entity::insert(row).on_conflict(next).exec_with_returning(&act.txn).await?.last)
}

/// What changed in the stock of teams.
pub struct Changes {
    /// Whether this is all that the teams have, and not what changed only.
    pub whole: bool,
    /// The materials, as they are now. What was retired is among what changed.
    pub items: Vec<stock_item::Model>,
    /// Up to which change it was read.
    pub read: Read,
}

/// Reads what changed in the stock of some teams behind what was read before; all of it where these were not the teams then.
///
/// # Errors
/// When the database does not answer.
pub async fn since(db: &impl ConnectionTrait, teams: &[Uuid], before: Option<&Read>) -> Result<Changes> {
    use stock_item::Column;
    // The numbers are read before the materials: what changes in between is given again the next time.
    let mut read: Read = teams.iter().map(|team| (*team, 0)).collect();
    let known = stock_change::Entity::find().filter(stock_change::Column::TeamId.is_in(teams.iter().copied()));
    read.extend(known.all(db).await?.into_iter().map(|row| (row.team_id, row.last)));
    let before = before.filter(|before| before.keys().eq(read.keys()));
    let mut news = Condition::any();
    for (team, last) in &read {
        let of_team = Column::TeamId.eq(*team);
        news = match before.and_then(|before| before.get(team)).copied() {
            Some(seen) if seen >= *last => news,
            Some(seen) => news.add(of_team.and(Column::ChangedIn.gt(seen))),
            None => news.add(of_team.and(Column::RetiredAt.is_null())),
        };
    }
    let items = if news.is_empty() {
        Vec::new()
    } else {
        stock_item::Entity::find().filter(news).order_by_asc(Column::Id).all(db).await?
    };
    Ok(Changes { whole: before.is_none(), items, read })
}
