//! The acts on opinions.

mod recording;
mod settling;

pub use recording::*;
pub use settling::*;

use domain::opinion::{Action, Step, decide};
use domain::refusal::Code;
use domain::standing::{Standing, Who};
use entity::{opinion, opinion_step};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::act::{Act, ActResult};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::complaint::case::Target;

/// How long an opinion, its answer and the words of a step may be.
pub const MAX_TEXT: usize = 2000;

/// What somebody is to an opinion.
#[must_use]
pub fn standing(viewer: &Viewer, row: &opinion::Model) -> Standing {
    if row.about_account_id == Some(viewer.id) || row.organization_id != viewer.organization_id {
        return Standing::default();
    }
    let filer = (row.customer_account_id == Some(viewer.id)).then_some(Who::Filer);
    let owner = (row.owner_account_id == viewer.id).then_some(Who::Owner);
    let here = viewer.grants.iter().filter(|grant| grant.site_id.is_none_or(|site| site == row.site_id));
    Standing(here.map(|grant| Who::Holder(grant.role)).chain(filer).chain(owner).collect())
}

/// Loads and locks an opinion within the actor's scope, as the caller saw it, and asks the rule.
async fn decided(act: &Act<'_>, target: Target, action: Action) -> Result<opinion::Model> {
    let viewer = act.person()?;
    let select = scope::opinions(viewer).filter(opinion::Column::Id.eq(target.id));
    let row = locked(select, &act.txn).one(&act.txn).await?;
    let mut row = row.ok_or_else(|| Error::refused(Code::NotFound, "opinionId"))?;
    if row.version != target.version {
        return Err(Error::stale(result(&row)));
    }
    row.state = decide(row.state, action, &standing(viewer, &row))?;
    Ok(row)
}

/// Writes a change with what is told of it.
async fn keep(act: &Act<'_>, mut row: opinion::Model, step: Step, words: Option<String>) -> Result<opinion::Model> {
    row.version += 1;
    tell(act, &row, step, words).await?;
    row.clone().into_active_model().reset_all().update(&act.txn).await?;
    Ok(row)
}

/// Writes down what happened to an opinion.
///
/// # Errors
/// When the database does not answer.
pub async fn tell(act: &Act<'_>, row: &opinion::Model, kind: Step, words: Option<String>) -> Result<()> {
    let owner = act.account(row.owner_account_id).await?;
    let before =
        opinion_step::Entity::find().filter(opinion_step::Column::OpinionId.eq(row.id)).count(&act.txn).await?;
    let step = opinion_step::ActiveModel {
        id: Set(act.id()),
        opinion_id: Set(row.id),
        ordinal: Set(i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1)),
        kind: Set(kind),
        actor_name: Set(act.viewer.map(|viewer| viewer.name.clone())),
        owner_name: Set(owner.name),
        due_at: Set(row.due_at),
        words: Set(words),
        occurred_at: Set(act.now),
    };
    opinion_step::Entity::insert(step).exec_without_returning(&act.txn).await?;
    Ok(())
}

/// What an act on an opinion has changed.
#[must_use]
pub fn result(row: &opinion::Model) -> ActResult {
    ActResult { subject: Some(row.id), complaint: row.complaint_id, ..ActResult::default() }
}
