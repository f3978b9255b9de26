//! A customer who is not content, in whatever they rate (E4.5.2): the supervisor hears of it at once, with the reason, and owes
//! a talk within the time of a follow-up. Where one is owed already, that is the talk.

use domain::event::Kind as Event;
use domain::ownership::Post;
use domain::rating;
use entity::follow_up;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::service::open_for;
use crate::app::act::Act;
use crate::app::error::Result;
use crate::complaint::case::Case;
use crate::complaint::service::Ratings;

/// Does what a rating calls for, in the act in which it is given.
///
/// # Errors
/// `NO_OWNER` where nobody could talk to the customer; when the database does not answer.
pub async fn heed(act: &mut Act<'_>, case: &mut Case, ratings: Ratings, reason: Option<String>) -> Result<()> {
    let lowest = ratings.lowest();
    if !rating::is_low(lowest) {
        return Ok(());
    }
    let open = follow_up::Entity::find()
        .filter(follow_up::Column::ComplaintId.eq(case.row.id))
        .filter(follow_up::Column::State.eq(domain::follow_up::State::Open))
        .count(&act.txn)
        .await?;
    if rating::calls_for_talk(lowest, case.row.state, open > 0) {
        open_for(act, case, false).await?;
    }
    let supervisor = case.find_owner(act, Post::CustomerServiceSupervisor, None).await?.id;
    let data = json!({ "lowest": lowest, "overall": ratings.overall });
    case.tell(act, Event::LowRating, None, reason, data, vec![supervisor]).await
}
