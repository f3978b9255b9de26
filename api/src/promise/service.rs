//! The acts on promises: drafted by one, approved by another, published to hold from now or later, and ended.

use chrono::{DateTime, Utc};
use domain::audit::Kind as AuditKind;
use domain::clock::policy::{PromisesState, categories};
use domain::clock::promise::Line;
use domain::refusal::Code;
use entity::{category, department, service_promises};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::stored;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup::{begin, finish, headed_site};

/// Drafts a new version.
///
/// # Errors
/// `NOT_FOUND` of the site, or of a category or department that is not the site's, with the path of the line.
pub async fn draft(caller: &Caller<'_>, site: Uuid, lines: &[Line], note: Option<String>) -> Result<ActResult> {
    let act = begin(caller).await?;
    let site = headed_site(&act, site).await?;
    check_places(&act.txn, site.id, lines).await?;
    let newest = service_promises::Entity::find()
        .filter(service_promises::Column::SiteId.eq(site.id))
        .order_by_desc(service_promises::Column::Revision)
        .one(&act.txn)
        .await?;
    let row = service_promises::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        revision: newest.map_or(1, |newest| newest.revision + 1),
        state: PromisesState::Draft,
        lines: stored::write_all(lines)?,
        note,
        from_at: None,
        to_at: None,
        drafted_by: act.person()?.id,
        drafted_at: act.now,
        approved_by: None,
        approved_at: None,
        published_by: None,
        published_at: None,
        version: 1,
    };
    let id = row.id;
    record(&act, AuditKind::Made, &row).await?;
    row.into_active_model().insert(&act.txn).await?;
    finish(act, id).await
}

/// Writes a draft anew. Whoever does it is its author from then on, so that somebody else has to approve it.
///
/// # Errors
/// As [`draft`]; `WRONG_STATE` once it is approved; `STALE`.
pub async fn revise(caller: &Caller<'_>, target: Target, lines: &[Line], note: Option<String>) -> Result<ActResult> {
    let act = begin(caller).await?;
    let mut row = open(&act, target, &[PromisesState::Draft]).await?;
    check_places(&act.txn, row.site_id, lines).await?;
    row.lines = stored::write_all(lines)?;
    row.note = note;
    row.drafted_by = act.person()?.id;
    row.drafted_at = act.now;
    close(act, row, AuditKind::Changed).await
}

/// Approves a draft.
///
/// # Errors
/// `NOT_YOURS` for its author; `WRONG_STATE`; `STALE`.
pub async fn approve(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = begin(caller).await?;
    let mut row = open(&act, target, &[PromisesState::Draft]).await?;
    let person = act.person()?.id;
    if row.drafted_by == person {
        return Err(Error::refused_needing(Code::NotYours, "id", vec!["somebody other than its author".to_owned()]));
    }
    row.state = PromisesState::Approved;
    row.approved_by = Some(person);
    row.approved_at = Some(act.now);
    close(act, row, AuditKind::PromisesApproved).await
}

/// Publishes an approved version, to hold from a moment on.
///
/// # Errors
/// `INVALID` for a moment that is past; `WRONG_STATE`; `STALE`.
pub async fn publish(caller: &Caller<'_>, target: Target, from: Option<DateTime<Utc>>) -> Result<ActResult> {
    let act = begin(caller).await?;
    let mut row = open(&act, target, &[PromisesState::Approved]).await?;
    row.state = PromisesState::Published;
    row.from_at = Some(not_past("from", from, act.now)?);
    row.published_by = Some(act.person()?.id);
    row.published_at = Some(act.now);
    close(act, row, AuditKind::PromisesPublished).await
}

/// Gives a published version an end.
///
/// # Errors
/// `INVALID` for a moment that is past or before its beginning; `WRONG_STATE`, also once it has ended; `STALE`.
pub async fn end(caller: &Caller<'_>, target: Target, to: Option<DateTime<Utc>>) -> Result<ActResult> {
    let act = begin(caller).await?;
    let mut row = open(&act, target, &[PromisesState::Published]).await?;
    if row.to_at.is_some_and(|end| end <= act.now) {
        return Err(Error::refused(Code::WrongState, "id"));
    }
    let begins = row.from_at.unwrap_or(act.now).max(act.now);
    row.to_at = Some(not_past("to", Some(to.unwrap_or(begins)), begins)?);
    close(act, row, AuditKind::PromisesEnded).await
}

/// Gives up a version that was not published.
///
/// # Errors
/// `WRONG_STATE`; `STALE`.
pub async fn withdraw(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = begin(caller).await?;
    let mut row = open(&act, target, &[PromisesState::Draft, PromisesState::Approved]).await?;
    row.state = PromisesState::Withdrawn;
    close(act, row, AuditKind::PromisesWithdrawn).await
}

fn not_past(field: &str, at: Option<DateTime<Utc>>, earliest: DateTime<Utc>) -> Result<DateTime<Utc>> {
    match at {
        Some(at) if at < earliest => {
            Err(Error::refused_needing(Code::Invalid, field, vec![format!("{}..", earliest.to_rfc3339())]))
        }
        at => Ok(at.unwrap_or(earliest)),
    }
}

/// A version as the caller saw it, at a site that they head.
async fn open(act: &Act<'_>, target: Target, states: &[PromisesState]) -> Result<service_promises::Model> {
    let not_found = || Error::refused(Code::NotFound, "id");
    let row = service_promises::Entity::find_by_id(target.id).one(&act.txn).await?.ok_or_else(not_found)?;
    headed_site(act, row.site_id).await.map_err(|error| match error {
        Error::Refused(_) => not_found(),
        error => error,
    })?;
    if row.version != target.version {
        return Err(Error::stale(ActResult { subject: Some(row.id), ..ActResult::default() }));
    }
    if !states.contains(&row.state) {
        let needed = states.iter().map(|state| upper_snake(state.name())).collect();
        return Err(Error::refused_needing(Code::WrongState, "id", needed));
    }
    Ok(row)
}

async fn close(act: Act<'_>, mut row: service_promises::Model, kind: AuditKind) -> Result<ActResult> {
    row.version += 1;
    record(&act, kind, &row).await?;
    let id = row.id;
    row.into_active_model().reset_all().update(&act.txn).await?;
    finish(act, id).await
}

async fn record(act: &Act<'_>, kind: AuditKind, row: &service_promises::Model) -> Result<()> {
    let data = json!({
        "revision": row.revision, "state": upper_snake(row.state.name()), "from": row.from_at, "to": row.to_at,
        "lines": row.lines,
    });
    act.record(Record { kind, subject: ("ServicePromises", row.id), account: None, data }).await
}

/// Refuses categories and departments that are not the site's.
async fn check_places(db: &impl ConnectionTrait, site: Uuid, lines: &[Line]) -> Result<()> {
    let of_site: Vec<Uuid> = category::Entity::find()
        .select_only()
        .column(category::Column::Id)
        .filter(category::Column::SiteId.eq(site))
        .into_tuple()
        .all(db)
        .await?;
    let departments: Vec<Uuid> = department::Entity::find()
        .select_only()
        .column(department::Column::Id)
        .filter(department::Column::SiteId.eq(site))
        .into_tuple()
        .all(db)
        .await?;
    for (place, line) in lines.iter().enumerate() {
        if categories(std::slice::from_ref(line)).any(|id| !of_site.contains(&id)) {
            return Err(Error::refused(Code::NotFound, &format!("lines.{place}.categoryId")));
        }
        if line.condition.department.is_some_and(|id| !departments.contains(&id)) {
            return Err(Error::refused(Code::NotFound, &format!("lines.{place}.departmentId")));
        }
    }
    Ok(())
}
