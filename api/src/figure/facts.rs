//! What stands of cases, read for many at once in a few statements, and what it makes them count as.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::clock::{Kind as ClockKind, State as ClockState};
use domain::complaint::{Kind, Outcome, State};
use domain::figure::{Facts, Figure};
use domain::follow_up::{Satisfaction, State as FollowUpState};
use domain::work_order::State as OrderState;
use entity::{case_figure, clock, complaint, follow_up, site, work_order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::access::viewer::parse_zone;
use crate::app::error::Result;

#[derive(FromQueryResult)]
struct CaseRow {
    id: Uuid,
    organization_id: Uuid,
    site_id: Uuid,
    received_at: DateTime<Utc>,
    department_id: Option<Uuid>,
    category_id: Uuid,
    kind: Kind,
    state: State,
    outcome: Option<Outcome>,
    anonymous: bool,
    about_account_id: Option<Uuid>,
    rating_overall: Option<i32>,
    reopened_count: i32,
    resolved_at: Option<DateTime<Utc>>,
    repeat_of_id: Option<Uuid>,
}

/// A clock of resolution.
struct Resolution {
    state: ClockState,
    started_at: DateTime<Utc>,
    broken: bool,
}

/// The follow-up that is owed, or was before.
struct Held {
    opened_at: DateTime<Utc>,
    state: FollowUpState,
    said: Option<Satisfaction>,
}

/// An order that was signed.
struct Signed {
    at: Option<DateTime<Utc>>,
    by_customer: bool,
    rating: Option<i32>,
}

/// What cases count as now. A list of ids is as long as the statements are worth: some hundreds.
///
/// # Errors
/// When the database does not answer.
pub async fn figures(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<case_figure::Model>> {
    let ids = padded(ids);
    let cases = cases(db, &ids).await?;
    let zones = zones(db, cases.iter().map(|case| case.site_id)).await?;
    let resolutions = resolutions(db, &ids).await?;
    let follow_ups = follow_ups(db, &ids).await?;
    let orders = orders(db, &ids).await?;
    Ok(cases
        .iter()
        .map(|case| {
            let zone = zones.get(&case.site_id).copied().unwrap_or(crate::access::viewer::HOME_ZONE);
            let of = |id: &Uuid| (resolutions.get(id), follow_ups.get(id), orders.get(id));
            let (resolutions, follow_ups, orders) = of(&case.id);
            let facts = facts(
                case,
                resolutions.map_or(&[][..], Vec::as_slice),
                follow_ups.map_or(&[][..], Vec::as_slice),
                orders.map_or(&[][..], Vec::as_slice),
            );
            row(case, first_of_month(case.received_at, zone), &Figure::of(&facts))
        })
        .collect())
}

fn facts(case: &CaseRow, resolutions: &[Resolution], follow_ups: &[Held], orders: &[Signed]) -> Facts {
    // A case that is opened again is promised an end anew: what was signed before is of another handling.
    let since = resolutions.last().map(|clock| clock.started_at);
    let present: Vec<&Signed> = orders.iter().filter(|order| since.is_none() || order.at >= since).collect();
    let owed = follow_ups.iter().rfind(|one| case.resolved_at.is_some_and(|resolved| one.opened_at >= resolved));
    Facts {
        state: case.state,
        outcome: case.outcome,
        handled: case.resolved_at.is_some(),
        anonymous: case.anonymous,
        resolutions: resolutions.iter().map(|clock| (clock.state, clock.broken)).collect(),
        signed: present.iter().any(|order| order.by_customer),
        rating: case.rating_overall.or_else(|| present.iter().rev().find_map(|order| order.rating)),
        follow_up: owed.map(|one| one.state),
        said: follow_ups.iter().rev().find_map(|one| one.said),
        repeated: case.repeat_of_id.is_some(),
        reopened: case.reopened_count > 0,
    }
}

fn row(case: &CaseRow, month: NaiveDate, figure: &Figure) -> case_figure::Model {
    case_figure::Model {
        complaint_id: case.id,
        organization_id: case.organization_id,
        site_id: case.site_id,
        month,
        department_id: case.department_id.unwrap_or_default(),
        category_id: case.category_id,
        kind: case.kind,
        about_account_id: case.about_account_id,
        timeliness: figure.timeliness,
        handled: figure.handled,
        withdrawn: figure.withdrawn,
        anonymous: figure.anonymous,
        signed: figure.signed,
        rating: figure.rating,
        coverage: figure.coverage,
        content: figure.content,
        repeated: figure.repeated,
        reopened: figure.reopened,
    }
}

/// What a kept row says that its case counts as.
#[must_use]
pub fn figure(row: &case_figure::Model) -> Figure {
    Figure {
        timeliness: row.timeliness,
        handled: row.handled,
        withdrawn: row.withdrawn,
        anonymous: row.anonymous,
        signed: row.signed,
        rating: row.rating,
        coverage: row.coverage,
        content: row.content,
        repeated: row.repeated,
        reopened: row.reopened,
    }
}

/// The first day of the month of a moment, where a site is.
#[must_use]
pub fn first_of_month(moment: DateTime<Utc>, zone: Tz) -> NaiveDate {
    first_of(moment.with_timezone(&zone).date_naive())
}

/// The first day of the month of a day.
#[must_use]
pub fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The ids, filled up by the last of them to a power of two: the database then sees few different statements.
#[must_use]
pub fn padded(ids: &[Uuid]) -> Vec<Uuid> {
    let mut all = ids.to_vec();
    if let Some(last) = ids.last() {
        all.resize(ids.len().next_power_of_two(), *last);
    }
    all
}

async fn cases(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<CaseRow>> {
    use complaint::Column;
    Ok(complaint::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::OrganizationId,
            Column::SiteId,
            Column::ReceivedAt,
            Column::DepartmentId,
            Column::CategoryId,
            Column::Kind,
            Column::State,
            Column::Outcome,
            Column::Anonymous,
            Column::AboutAccountId,
            Column::RatingOverall,
            Column::ReopenedCount,
            Column::ResolvedAt,
            Column::RepeatOfId,
        ])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_model::<CaseRow>()
        .all(db)
        .await?)
}

async fn zones(db: &impl ConnectionTrait, sites: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Tz>> {
    let mut ids: Vec<Uuid> = sites.collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<(Uuid, String)> = site::Entity::find()
        .select_only()
        .columns([site::Column::Id, site::Column::TimeZone])
        .filter(site::Column::Id.is_in(padded(&ids)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, zone)| (id, parse_zone(&zone))).collect())
}

async fn resolutions(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Resolution>>> {
    use clock::Column;
    type Row = (Uuid, ClockState, DateTime<Utc>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = clock::Entity::find()
        .select_only()
        .columns([Column::ComplaintId, Column::State, Column::StartedAt, Column::MissedAt])
        .filter(Column::ComplaintId.is_in(ids.iter().copied()))
        .filter(Column::Kind.eq(ClockKind::Resolution))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(grouped(rows.into_iter().map(|(case, state, started_at, missed_at)| {
        let broken = missed_at.is_some() || state == ClockState::Missed;
        (case, Resolution { state, started_at, broken })
    })))
}

async fn follow_ups(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Held>>> {
    use follow_up::Column;
    let rows: Vec<(Uuid, DateTime<Utc>, FollowUpState, Option<Satisfaction>)> = follow_up::Entity::find()
        .select_only()
        .columns([Column::ComplaintId, Column::OpenedAt, Column::State, Column::Satisfaction])
        .filter(Column::ComplaintId.is_in(ids.iter().copied()))
        .filter(Column::Closing.eq(true))
        .filter(Column::State.ne(FollowUpState::Cancelled))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(grouped(rows.into_iter().map(|(case, opened_at, state, said)| (case, Held { opened_at, state, said }))))
}

async fn orders(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Signed>>> {
    use work_order::Column;
    type Row = (Uuid, Option<DateTime<Utc>>, Option<Uuid>, Option<i32>);
    let rows: Vec<Row> = work_order::Entity::find()
        .select_only()
        .columns([Column::ComplaintId, Column::SignedAt, Column::SignatureId, Column::RatingOverall])
        .filter(Column::ComplaintId.is_in(ids.iter().copied()))
        .filter(Column::State.is_in([OrderState::Signed, OrderState::Closed]))
        .order_by_asc(Column::SignedAt)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(grouped(
        rows.into_iter()
            .map(|(case, at, signature, rating)| (case, Signed { at, by_customer: signature.is_some(), rating })),
    ))
}

fn grouped<T>(rows: impl Iterator<Item = (Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for (case, row) in rows {
        groups.entry(case).or_default().push(row);
    }
    groups
}
