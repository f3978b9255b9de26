//! What the log lacks of cases that came in before it kept all that counts: it is read from their rows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::clock::{Kind, State};
use entity::{clock, complaint, work_order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Promised, Story};
use crate::app::error::Result;
use crate::complaint::told::Received;

/// Completes those of which the log does not say as what they came in: that, what became of their promises, and when their
/// orders were signed. Says how many they are.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn complete(db: &impl ConnectionTrait, stories: &mut [Story]) -> Result<u64> {
    let mut older: Vec<&mut Story> = stories.iter_mut().filter(|story| story.received.is_none()).collect();
    if older.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = older.iter().map(|story| story.case).collect();
    let mut received = received(db, &ids).await?;
    let mut promised = promised(db, &ids).await?;
    let signed = signed(db, &ids).await?;
    for story in &mut older {
        story.received = received.remove(&story.case);
        story.promised = promised.remove(&story.case).unwrap_or_default();
        for one in &mut story.signed {
            one.at = one.order.and_then(|order| signed.get(&order).copied()).unwrap_or(one.at);
        }
    }
    Ok(older.len() as u64)
}

async fn received(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Received>> {
    let rows = complaint::Entity::find().filter(complaint::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let received = |row: complaint::Model| Received {
        kind: row.kind,
        category: row.category_id,
        anonymous: row.anonymous,
        received_at: row.received_at,
        about: row.about_account_id,
    };
    Ok(rows.into_iter().map(|row| (row.id, received(row))).collect())
}

async fn promised(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Promised>>> {
    let rows = clock::Entity::find()
        .filter(clock::Column::ComplaintId.is_in(ids.iter().copied()))
        .filter(clock::Column::Kind.eq(Kind::Resolution))
        .order_by_asc(clock::Column::StartedAt)
        .order_by_asc(clock::Column::Id);
    let mut promised: HashMap<Uuid, Vec<Promised>> = HashMap::new();
    for row in rows.all(db).await? {
        let broken = row.missed_at.is_some() || row.state == State::Missed;
        let one = Promised { clock: row.id, state: row.state, started_at: row.started_at, broken };
        promised.entry(row.complaint_id).or_default().push(one);
    }
    Ok(promised)
}

/// When orders were signed.
async fn signed(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, DateTime<Utc>>> {
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = work_order::Entity::find()
        .select_only()
        .columns([work_order::Column::Id, work_order::Column::SignedAt])
        .filter(work_order::Column::ComplaintId.is_in(ids.iter().copied()))
        .filter(work_order::Column::SignedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(order, at)| Some((order, at?))).collect())
}
