//! What the promises of a case depend on, from its row and its branch of categories.

use domain::category::Emergency;
use domain::clock::promise::Matter;
use entity::{category, complaint};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::error::Result;

/// How deep a tree of categories is followed.
const DEPTH: usize = 8;
/// The categories under which everything is about water or electricity (B6).
const WATER_OR_ELECTRICITY: [&str; 2] = ["WATER", "ELECTRIC"];

/// A category with those above it, the topmost last.
///
/// # Errors
/// When the database does not answer.
pub async fn branch(db: &impl ConnectionTrait, category: category::Model) -> Result<Vec<category::Model>> {
    let mut branch = vec![category];
    while let Some(parent) = branch.last().and_then(|category| category.parent_id).filter(|_| branch.len() < DEPTH) {
        branch.extend(category::Entity::find_by_id(parent).one(db).await?);
    }
    Ok(branch)
}

/// The same in an act that does not change them.
///
/// # Errors
/// When the database does not answer.
pub async fn branch_in_act(act: &Act<'_>, site: Uuid, id: Uuid) -> Result<Vec<category::Model>> {
    let category = act.category(site, id).await?;
    act.kept(site, id, branch(&act.txn, category)).await
}

/// The same from categories that are at hand.
#[must_use]
pub fn branch_among(all: &[category::Model], id: Uuid) -> Vec<category::Model> {
    let find = |id| all.iter().find(|category| category.id == id);
    std::iter::successors(find(id), |category| category.parent_id.and_then(find)).take(DEPTH).cloned().collect()
}

/// What the promises of a case depend on.
#[must_use]
pub fn matter(case: &complaint::Model, branch: &[category::Model]) -> Matter {
    Matter {
        kind: case.kind,
        channel: case.channel,
        severity: case.severity,
        department: case.department_id,
        anonymous: case.anonymous,
        booked: case.wished_at.is_some_and(|wished| wished > case.received_at),
        ..about(branch)
    }
}

/// What they depend on as far as its category says it: of an ordinary repair, by the app.
#[must_use]
pub fn about(branch: &[category::Model]) -> Matter {
    let emergency = branch.first().map_or(Emergency::None, |category| category.emergency);
    let is_water = |category: &category::Model| WATER_OR_ELECTRICITY.contains(&category.code.as_str());
    Matter {
        kind: domain::complaint::Kind::Repair,
        channel: domain::complaint::Channel::App,
        severity: domain::complaint::Severity::Normal,
        emergency,
        water_or_electricity: emergency == Emergency::None && branch.iter().any(is_water),
        branch: branch.iter().map(|category| category.id).collect(),
        department: None,
        anonymous: false,
        booked: false,
    }
}
