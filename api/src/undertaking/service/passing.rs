//! An undertaking passes on because whoever answers for it works at the site no more (A0).

use domain::event::Kind as Event;
use domain::ownership::Post;
use domain::standing::Standing;
use entity::{complaint, undertaking};
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::tell;
use crate::access::viewer::Grant;
use crate::app::act::Act;
use crate::app::error::Result;
use crate::complaint::case::Case;
use crate::complaint::owner::{self, Leaving, Place};

/// Passes an undertaking on whose owner holds no role at its site any more: to the named successor, else to the head of
/// the department. Says whether it did.
///
/// # Errors
/// `NO_OWNER` when nobody can be named.
pub async fn pass_on(
    act: &mut Act<'_>,
    case: complaint::Model,
    mut row: undertaking::Model,
    leaving: &Leaving,
) -> Result<bool> {
    let works_here = |grants: &[Grant]| {
        grants.iter().any(|held| held.role.is_staff() && held.site_id.is_none_or(|at| at == row.site_id))
    };
    if works_here(&leaving.kept) {
        return Ok(false);
    }
    let case = Case::of_row(act, case, Standing::default()).await?;
    let subject = case.row.about_account_id;
    let successor = leaving.successor.as_ref().filter(|(id, grants)| Some(*id) != subject && works_here(grants));
    let department_id = row.department_id.or(case.row.department_id);
    let post = if department_id.is_some() { Post::DepartmentHead } else { Post::CustomerServiceSupervisor };
    row.owner_account_id = if let Some((id, _)) = successor {
        *id
    } else {
        let place = Place { site: &case.site, department_id, team_id: None, actor: None, named: None, subject };
        owner::find(&act.txn, post, &place, act.now).await?.id
    };
    row.version += 1;
    tell(act, &case, &row, Event::OwnerChanged, None, None).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    Ok(true)
}
