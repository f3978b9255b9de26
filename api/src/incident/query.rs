//! Reads of incidents: what could be one.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::complaint::State;
use domain::incident::{RECENT_DAYS, SEVERAL};
use domain::similarity::Matter;
use entity::complaint;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::error::Result;

/// How many open cases of a site are compared with each other, the newest first.
const COMPARED: u64 = 200;
/// The states in which a case can join an incident.
pub const JOINING: [State; 6] =
    [State::Received, State::Dispatched, State::Assigned, State::InProgress, State::Resolved, State::FollowedUp];

/// Groups of open cases of a site that report the same, of several units, the largest first; within the viewer's scope.
///
/// # Errors
/// When the database does not answer.
pub async fn suggested(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    site: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<Vec<complaint::Model>>> {
    use complaint::Column;
    let cases = scope::complaints(viewer)
        .filter(Column::SiteId.eq(site))
        .filter(Column::State.is_in(JOINING[..4].iter().copied()))
        .filter(Column::IncidentId.is_null())
        .filter(Column::AboutAccountId.is_null())
        .filter(Column::ReceivedAt.gte(now - TimeDelta::days(RECENT_DAYS)))
        .order_by_desc(Column::Id)
        .limit(COMPARED)
        .all(db)
        .await?;
    Ok(grouped(cases))
}

fn grouped(cases: Vec<complaint::Model>) -> Vec<Vec<complaint::Model>> {
    let mut groups: Vec<(Matter, Vec<complaint::Model>)> = Vec::new();
    for case in cases {
        let matter = Matter::read(case.category_id, &case.place, &case.description);
        match groups.iter_mut().find(|(known, _)| known.is_same_incident(&matter)) {
            Some((_, group)) => group.push(case),
            None => groups.push((matter, vec![case])),
        }
    }
    let mut groups: Vec<_> =
        groups.into_iter().map(|(_, group)| group).filter(|group| units(group) >= SEVERAL).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

/// How many units report it. A case of no unit counts by itself.
fn units(group: &[complaint::Model]) -> usize {
    group.iter().map(|case| case.unit_id.unwrap_or(case.id)).collect::<BTreeSet<_>>().len()
}
