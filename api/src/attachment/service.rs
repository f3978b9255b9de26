//! The acts on files: announcing one, and taking one out.

use std::net::IpAddr;

use chrono::TimeDelta;
use domain::attachment::{MAX_COUNT, MAX_SIZE, State};
use domain::complaint::State as CaseState;
use domain::event::Kind as Event;
use domain::refusal::{Code, Refusal};
use domain::standing::Who;
use entity::{attachment, complaint, work_order};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};
use serde_json::json;
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target, acting_role};
use crate::complaint::query::by_receipt;
use crate::complaint::service::MAX_REASON;

/// What a photo of whoever stays unknown is called.
const UNKNOWN: &str = "anonymous";

/// For how long the parts of a file may come.
const HOLDS: TimeDelta = TimeDelta::hours(24);

/// A file that is announced.
#[derive(Debug, Clone)]
pub struct Announced {
    /// The case.
    pub complaint: Uuid,
    /// The order whose work it shows.
    pub work_order: Option<Uuid>,
    /// What it is called.
    pub name: String,
    /// How many bytes are to come.
    pub size: i64,
    /// Whether only employees see it.
    pub for_staff: bool,
}

/// Announces a file for a case that the viewer sees and that has not ended; nothing of it shows before it is ready.
///
/// # Errors
/// `NOT_FOUND`, `WRONG_STATE` once the case has ended, `TOO_LONG` for a file or a count above the limits, `INVALID` for a
/// size of nothing or a file for employees from a customer.
pub async fn announce(caller: &Caller<'_>, announced: Announced) -> Result<ActResult> {
    let name = validate::text("name", &announced.name, 120)?;
    check_size(announced.size)?;
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let case = Case::load(&act, announced.complaint, "complaintId").await?;
    if announced.for_staff && !viewer.sees_staff_side(&case.row) {
        return Err(Error::refused_needing(Code::Invalid, "forStaff", vec!["false".to_owned()]));
    }
    check_room(&act, &case.row, "complaintId").await?;
    if let Some(order) = announced.work_order {
        let of_case = scope::work_orders(viewer).filter(work_order::Column::Id.eq(order)).one(&act.txn).await?;
        if of_case.is_none_or(|order| order.complaint_id != case.row.id) {
            return Err(Error::refused(Code::NotFound, "workOrderId"));
        }
    }
    let by = Some(viewer.id);
    insert(act, &case.row, by, Announced { name, ..announced }).await
}

/// Announces a photo for an anonymous case, of whoever holds its receipt code (D7). Nothing of them is kept, not even what the
/// file is called.
///
/// # Errors
/// `NOT_FOUND` for a code that is none; [`Error::Limited`] after too many tries from one address; otherwise as [`announce`].
pub async fn announce_unknown(
    caller: &Caller<'_>,
    typed: &str,
    size: i64,
    address: Option<IpAddr>,
) -> Result<ActResult> {
    check_size(size)?;
    let not_found = || Error::refused(Code::NotFound, "receiptCode");
    let seen = by_receipt(caller.app, typed, address).await?.ok_or_else(not_found)?;
    let act = Act::begin_anonymous(caller, seen.organization_id).await?;
    let case = locked(complaint::Entity::find_by_id(seen.id), &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
    check_room(&act, &case, "receiptCode").await?;
    let name = UNKNOWN.to_owned();
    let announced = Announced { complaint: case.id, work_order: None, name, size, for_staff: false };
    insert(act, &case, None, announced).await
}

fn check_size(size: i64) -> Result<()> {
    let code = match size {
        ..1 => Code::Invalid,
        1..=MAX_SIZE => return Ok(()),
        _ => Code::TooLong,
    };
    Err(Error::refused_needing(code, "size", vec![format!("1..{MAX_SIZE}")]))
}

async fn check_room(act: &Act<'_>, case: &complaint::Model, field: &str) -> Result<()> {
    if has_ended(case.state) {
        return Err(Refusal::WrongState { possible_in: open_states() }.into());
    }
    if count(&act.txn, case.id).await? >= MAX_COUNT {
        return Err(Error::refused_needing(Code::TooLong, field, vec![format!("0..{MAX_COUNT} files")]));
    }
    Ok(())
}

async fn insert(act: Act<'_>, case: &complaint::Model, by: Option<Uuid>, announced: Announced) -> Result<ActResult> {
    let row = attachment::Model {
        id: act.id(),
        organization_id: case.organization_id,
        site_id: case.site_id,
        complaint_id: case.id,
        work_order_id: announced.work_order,
        state: State::Uploading,
        name: announced.name,
        for_staff: announced.for_staff,
        expected: announced.size,
        received: 0,
        parts: json!([]),
        expires_at: act.now + HOLDS,
        kind: None,
        media_type: None,
        size: None,
        sha256: None,
        sent_sha256: None,
        width: None,
        height: None,
        evidence: None,
        fault: None,
        removed_because: None,
        stored: true,
        clear_parts_at: None,
        uploaded_by: by,
        created_at: act.now,
        added_at: None,
        version: 1,
    };
    let result = ActResult { subject: Some(row.id), complaint: Some(row.complaint_id), ..ActResult::default() };
    row.into_active_model().insert(&act.txn).await?;
    act.commit(result).await
}

/// Whether nothing can be attached to a case any more.
#[must_use]
pub const fn has_ended(state: CaseState) -> bool {
    matches!(state, CaseState::Archived | CaseState::Merged)
}

fn open_states() -> Vec<&'static str> {
    CaseState::ALL.iter().filter(|state| !has_ended(**state)).map(|state| state.name()).collect()
}

/// How many files a case has or awaits.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &impl ConnectionTrait, case: Uuid) -> Result<u64> {
    let counted = attachment::Entity::find()
        .filter(attachment::Column::ComplaintId.eq(case))
        .filter(attachment::Column::State.is_in([State::Uploading, State::Ready]));
    Ok(counted.count(db).await?)
}

/// Takes a file out, with a reason: whoever has sent it, or the heads. Its hash stays on record, its bytes go.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `NOT_YOURS`, `WRONG_STATE` once it is out or the case has ended; `REQUIRED` for the reason.
pub async fn remove(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let not_found = || Error::refused(Code::NotFound, "attachmentId");
    let seen = scope::attachments(viewer).filter(attachment::Column::Id.eq(target.id)).one(&act.txn).await?;
    let seen = seen.ok_or_else(not_found)?;
    let mut case = Case::load(&act, seen.complaint_id, "attachmentId").await?;
    let row = locked(attachment::Entity::find_by_id(target.id), &act.txn).one(&act.txn).await?;
    let mut row = row.ok_or_else(not_found)?;
    let result = ActResult { subject: Some(row.id), complaint: Some(row.complaint_id), ..ActResult::default() };
    if row.version != target.version {
        return Err(Error::stale(result));
    }
    if row.uploaded_by != Some(viewer.id) && !case.standing.is_any(domain::undertaking::HEADS) {
        let heads = domain::undertaking::HEADS.iter().map(|who| who.name());
        return Err(Refusal::NotYours { who_may: std::iter::once(Who::Filer.name()).chain(heads).collect() }.into());
    }
    if row.state != State::Ready || has_ended(case.row.state) {
        return Err(Refusal::WrongState { possible_in: vec![State::Ready.name()] }.into());
    }
    row.state = State::Removed;
    row.removed_because = Some(reason.clone());
    row.version += 1;
    let role = acting_role(viewer, &case.standing, domain::undertaking::HEADS, row.site_id);
    let event = if row.for_staff { Event::EvidenceRemoved } else { Event::AttachmentRemoved };
    let owner = case.row.owner_account_id;
    case.tell(&mut act, event, role, Some(reason), json!({ "attachment": row.id, "sha256": row.sha256 }), vec![owner])
        .await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(result).await
}

/// What is ready of the photos and papers of work orders, in the order in which they were announced.
///
/// # Errors
/// When the database does not answer.
pub async fn of_orders(db: &impl ConnectionTrait, orders: &[Uuid]) -> Result<Vec<attachment::Model>> {
    let rows = attachment::Entity::find()
        .filter(attachment::Column::WorkOrderId.is_in(orders.iter().copied()))
        .filter(attachment::Column::State.eq(State::Ready))
        .filter(attachment::Column::ForStaff.eq(false))
        .order_by_asc(attachment::Column::Id);
    Ok(rows.all(db).await?)
}
