//! A case passes on because its owner has left the post (A0).

use domain::complaint::duty;
use domain::event::Kind as Event;
use domain::standing::Standing;
use entity::complaint;
use serde_json::json;

use crate::app::act::Act;
use crate::app::error::Result;
use crate::complaint::case::Case;
use crate::complaint::owner::{Leaving, Thing};

/// Passes a case on whose owner holds no role for it any more: to the named successor, or up the ladder of the post whose
/// duty it is. Says whether it did.
///
/// # Errors
/// `NO_OWNER` when nobody can be named.
pub async fn pass_on(act: &mut Act<'_>, row: complaint::Model, leaving: &Leaving) -> Result<bool> {
    let mut case = Case::of_row(act, row, Standing::default()).await?;
    let Some(post) = duty(case.row.state, case.facts()?.follow_up) else { return Ok(false) };
    let thing = Thing {
        site_id: case.row.site_id,
        department_id: case.row.department_id,
        team_id: None,
        subject: case.row.about_account_id,
    };
    if thing.may_be_owned(post, &leaving.kept) {
        return Ok(false);
    }
    case.row.owner_account_id = match leaving.successor_for(post, &thing) {
        Some(successor) => successor,
        None => case.find_owner(act, post, None).await?.id,
    };
    case.tell(act, Event::OwnerChanged, None, None, json!({}), Vec::new()).await?;
    case.save(act).await?;
    Ok(true)
}
