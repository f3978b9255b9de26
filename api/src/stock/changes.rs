//! What changed in the stock of teams since a handheld last looked. Each act that changes a team's stock has a number, and each
//! material that of the act that changed it last.

use std::collections::BTreeMap;

use entity::{stock_change, stock_item};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::service::MOST_MATERIALS;
use crate::app::act::Act;
use crate::app::error::Result;

/// How many materials of a team are given at once, at most: more than one act changes.
const PAGE: usize = 200;
const _: () = assert!(PAGE > MOST_MATERIALS, "a page must have room for what one act changes");

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
    /// Whether this is the beginning of all that the teams have, and not what changed only.
    pub whole: bool,
    /// The materials, as they are now. What was retired is among them.
    pub items: Vec<stock_item::Model>,
    /// Up to which change it was read.
    pub read: Read,
    /// Whether there is more already.
    pub more: bool,
}

/// Reads what changed in the stock of some teams behind what was read before; all of it from the beginning where these were not
/// the teams then.
///
/// # Errors
/// When the database does not answer.
pub async fn since(db: &impl ConnectionTrait, teams: &[Uuid], before: Option<&Read>) -> Result<Changes> {
    use stock_item::Column;
    let mut read: Read = teams.iter().map(|team| (*team, 0)).collect();
    let before = before.filter(|before| before.keys().eq(read.keys()));
    read.extend(before.into_iter().flatten());
    let (mut items, mut more) = (Vec::new(), false);
    // The numbers are read before the materials: what changes in between is given again the next time.
    let known = stock_change::Entity::find().filter(stock_change::Column::TeamId.is_in(teams.iter().copied()));
    for stock_change::Model { team_id, last, .. } in known.all(db).await? {
        let seen = read.entry(team_id).or_default();
        if *seen >= last {
            continue;
        }
        let news = Column::TeamId.eq(team_id).and(Column::ChangedIn.gt(*seen));
        let news = stock_item::Entity::find().filter(news).order_by_asc(Column::ChangedIn).limit(PAGE as u64 + 1);
        let mut rows = news.all(db).await?;
        *seen = last;
        if rows.len() > PAGE {
            // A page ends between two acts: what one of them changed is given together.
            let cut = rows.last().map_or(last, |row| row.changed_in);
            rows.retain(|row| row.changed_in < cut);
            *seen = cut - 1;
            more = true;
        }
        items.extend(rows);
    }
    Ok(Changes { whole: before.is_none(), items, read, more })
}
