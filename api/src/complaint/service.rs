//! The acts on a case after intake. One act, one function, one transaction: load within the scope, ask the rule, save,
//! tell.

use domain::complaint::{Action, Kind, Severity};
use domain::event::Kind as Event;
use domain::organization::DepartmentKind;
use domain::refusal::Code;
use entity::{account, complaint, complaint_item, department, role_grant};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};
use serde_json::json;
use uuid::Uuid;

use super::case::{Case, Target};
use super::intake::MAX_ITEMS;
use super::numbers::{self, Series};
use super::parts::{self, add_items, category_at};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;

/// The field of every input that names the case.
const CASE: &str = "complaintId";
/// How long a reason may be.
pub const MAX_REASON: usize = 500;

/// Sends a case to the department that its category names, or to another with a reason (E4.2).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason of an override.
pub async fn dispatch(
    caller: &Caller<'_>,
    target: Target,
    to: Option<Uuid>,
    reason: Option<&str>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::Dispatch)?;
    let usual = responsible(&act.txn, &case).await?;
    let chosen = match to {
        Some(id) => department_at(&act.txn, case.site.id, id).await?,
        None => usual.clone(),
    };
    let reason = validate::optional_text("reason", reason, MAX_REASON)?;
    if chosen.id != usual.id && reason.is_none() {
        return Err(Error::refused(Code::Required, "reason"));
    }
    case.row.department_id = Some(chosen.id);
    let data = json!({ "department": chosen.name, "override": chosen.id != usual.id });
    apply(
        &mut act,
        &mut case,
        Action::Dispatch,
        Event::ComplaintDispatched,
        reason,
        data,
    )
    .await?;
    case.finish(act).await
}

/// Passes a case on to another department (C4). The next owner is told.
///
/// # Errors
/// The rule's refusal; `INVALID` when it is the same department.
pub async fn hand_over(caller: &Caller<'_>, target: Target, to: Uuid, reason: &str) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::HandOver)?;
    let next = department_at(&act.txn, case.site.id, to).await?;
    if case.row.department_id == Some(next.id) {
        return Err(Error::refused_needing(
            Code::Invalid,
            "departmentId",
            vec!["another department".to_owned()],
        ));
    }
    case.row.department_id = Some(next.id);
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let data = json!({ "department": next.name });
    apply(
        &mut act,
        &mut case,
        Action::HandOver,
        Event::ComplaintHandedOver,
        Some(reason),
        data,
    )
    .await?;
    case.finish(act).await
}

/// The department takes a case.
///
/// # Errors
/// The rule's refusal.
pub async fn accept_assignment(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(
        caller,
        target,
        Action::AcceptAssignment,
        Event::AssignmentAccepted,
        None,
    )
    .await
}

/// The department refuses a case with a reason; it returns to customer service.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn refuse_assignment(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    let reason = validate::text("reason", reason, MAX_REASON)?;
    case.decide(&mut act, Action::RefuseAssignment, None).await?;
    tell(
        &mut act,
        &case,
        Action::RefuseAssignment,
        Event::AssignmentRefused,
        Some(reason),
        json!({}),
    )
    .await?;
    case.row.department_id = None;
    case.finish(act).await
}

/// Names the person of the department who handles a case (A0).
///
/// # Errors
/// The rule's refusal; `NOT_FOUND` for somebody who is not of the department, or whom the complaint is about.
pub async fn assign_handler(caller: &Caller<'_>, target: Target, handler: Uuid) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::AssignHandler)?;
    let belongs = role_grant::Entity::find()
        .filter(role_grant::Column::AccountId.eq(handler))
        .filter(role_grant::Column::DepartmentId.eq(case.row.department_id))
        .count(&act.txn)
        .await?;
    if belongs == 0 || case.row.about_account_id == Some(handler) {
        return Err(Error::refused(Code::NotFound, "handlerId"));
    }
    case.decide(&mut act, Action::AssignHandler, Some(handler)).await?;
    tell(
        &mut act,
        &case,
        Action::AssignHandler,
        Event::HandlerAssigned,
        None,
        json!({}),
    )
    .await?;
    case.finish(act).await
}

/// Decides to handle a case, with a reason the customer can read (C5).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn accept(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    simply(caller, target, Action::Accept, Event::ComplaintAccepted, Some(reason)).await
}

/// Decides not to handle a case, with a reason the customer can read (C5).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn decline(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.result = Some(reason.clone());
    apply(
        &mut act,
        &mut case,
        Action::Decline,
        Event::ComplaintDeclined,
        Some(reason),
        json!({}),
    )
    .await?;
    case.finish(act).await
}

/// What [`reclassify`] corrects; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Classification {
    /// What the customer wants.
    pub kind: Option<Kind>,
    /// What it is about.
    pub category_id: Option<Uuid>,
    /// How serious it is.
    pub severity: Option<Severity>,
}

/// Corrects kind, category or severity, with a reason.
///
/// # Errors
/// The rule's refusal; `REQUIRED` when nothing is given.
pub async fn reclassify(caller: &Caller<'_>, target: Target, to: Classification, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    if to.kind.is_none() && to.category_id.is_none() && to.severity.is_none() {
        return Err(Error::refused_needing(
            Code::Required,
            "kind",
            vec!["kind, categoryId or severity".to_owned()],
        ));
    }
    let before =
        json!({ "kind": upper_snake(case.row.kind.name()), "severity": upper_snake(case.row.severity.name()) });
    if let Some(category) = to.category_id {
        case.row.category_id = category_at(&act.txn, case.site.id, category).await?.id;
    }
    case.row.kind = to.kind.unwrap_or(case.row.kind);
    case.row.severity = to.severity.unwrap_or(case.row.severity);
    let data = json!({ "before": before });
    apply(
        &mut act,
        &mut case,
        Action::Reclassify,
        Event::ComplaintReclassified,
        Some(reason),
        data,
    )
    .await?;
    case.finish(act).await
}

/// Tells the customer how it goes (C5).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the text.
pub async fn report_progress(caller: &Caller<'_>, target: Target, text: &str) -> Result<ActResult> {
    let text = validate::text("text", text, 1000)?;
    simply(
        caller,
        target,
        Action::ReportProgress,
        Event::ProgressReported,
        Some(text),
    )
    .await
}

/// Adds words or items.
///
/// # Errors
/// The rule's refusal; `REQUIRED` when nothing is given; `TOO_LONG` for too many items.
pub async fn add(caller: &Caller<'_>, target: Target, text: Option<&str>, items: Vec<String>) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    let text = validate::optional_text("text", text, 1000)?;
    if text.is_none() && items.is_empty() {
        return Err(Error::refused(Code::Required, "text"));
    }
    let known = usize::try_from(case.facts.items).unwrap_or(usize::MAX);
    if known + items.len() > MAX_ITEMS {
        return Err(Error::refused_needing(
            Code::TooLong,
            "items",
            vec![format!("0..{}", MAX_ITEMS - known)],
        ));
    }
    case.decide(&mut act, Action::Add, None).await?;
    add_items(&act, &case.row, &items, i32::try_from(known).unwrap_or(i32::MAX) + 1).await?;
    let words: Vec<String> = items.iter().cloned().chain(text.clone()).collect();
    parts::index(&act, &case.row, &words).await?;
    // The row itself does not change, but what two people see does.
    case.touch();
    let data = json!({ "items": items });
    let owner = case.row.owner_account_id;
    let role = case.acting_role(act.person()?, Action::Add);
    case.tell(&mut act, Event::ComplaintAddedTo, role, text, data, vec![owner])
        .await?;
    case.finish(act).await
}

/// Lets the household see a complaint, or no longer.
///
/// # Errors
/// The rule's refusal.
pub async fn share(caller: &Caller<'_>, target: Target, shared: bool) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.shared_with_household = shared;
    let data = json!({ "shared": shared });
    apply(&mut act, &mut case, Action::Share, Event::SharingChanged, None, data).await?;
    case.finish(act).await
}

/// Takes a case back, with a reason. Its unfinished work orders are cancelled.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn withdraw(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    simply(
        caller,
        target,
        Action::Withdraw,
        Event::ComplaintWithdrawn,
        Some(reason),
    )
    .await
}

/// Records that a case has been handled, and the result for the customer to read. The follow-up opens by itself (D1).
///
/// # Errors
/// The rule's refusal; `MISSING` while a work order is not signed.
pub async fn resolve(caller: &Caller<'_>, target: Target, result: &str) -> Result<ActResult> {
    let result = validate::text("result", result, 2000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.result = Some(result.clone());
    apply(
        &mut act,
        &mut case,
        Action::Resolve,
        Event::ComplaintResolved,
        Some(result),
        json!({}),
    )
    .await?;
    case.finish(act).await
}

/// Takes back a resolution made by mistake: a recorded counter-act.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn correct_resolution(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    apply(
        &mut act,
        &mut case,
        Action::CorrectResolution,
        Event::ResolutionCorrected,
        Some(reason),
        json!({}),
    )
    .await?;
    case.row.outcome = None;
    case.row.resolved_at = None;
    case.row.result = None;
    case.finish(act).await
}

/// Opens a case again because the matter is not settled.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn reopen(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    simply(caller, target, Action::Reopen, Event::ComplaintReopened, Some(reason)).await
}

/// What a customer thinks of the handling, each 1 to 5 (E4.5.2).
#[derive(Debug, Clone, Copy)]
pub struct Ratings {
    /// Quality of the work.
    pub quality: i32,
    /// Attitude of the staff.
    pub attitude: i32,
    /// Whether it came in time.
    pub timeliness: i32,
    /// Satisfaction on the whole.
    pub overall: i32,
}

impl Ratings {
    /// Checks that each is 1 to 5.
    ///
    /// # Errors
    /// Refused with `INVALID` and the path of the field.
    pub fn check(self) -> Result<Self> {
        validate::rating("ratings.quality", self.quality)?;
        validate::rating("ratings.attitude", self.attitude)?;
        validate::rating("ratings.timeliness", self.timeliness)?;
        validate::rating("ratings.overall", self.overall)?;
        Ok(self)
    }
}

/// Rates the handling (E4.5.2).
///
/// # Errors
/// The rule's refusal; `MISSING` when it has been rated.
pub async fn rate(caller: &Caller<'_>, target: Target, ratings: Ratings, comment: Option<&str>) -> Result<ActResult> {
    let ratings = ratings.check()?;
    let comment = validate::optional_text("comment", comment, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.rating_quality = Some(ratings.quality);
    case.row.rating_attitude = Some(ratings.attitude);
    case.row.rating_timeliness = Some(ratings.timeliness);
    case.row.rating_overall = Some(ratings.overall);
    let data = json!({ "overall": ratings.overall });
    apply(&mut act, &mut case, Action::Rate, Event::ComplaintRated, comment, data).await?;
    case.finish(act).await
}

/// Writes down the result of an anonymous case (D7).
///
/// # Errors
/// The rule's refusal; `MISSING` when there is somebody to follow up with.
pub async fn record_result(caller: &Caller<'_>, target: Target, result: &str) -> Result<ActResult> {
    let result = validate::text("result", result, 2000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.written_result = Some(result.clone());
    apply(
        &mut act,
        &mut case,
        Action::RecordResult,
        Event::ResultRecorded,
        Some(result),
        json!({}),
    )
    .await?;
    case.finish(act).await
}

/// Carries a case on under another case of the same customer or unit. Its items go along.
///
/// # Errors
/// The rule's refusal; `NOT_FOUND` or `INVALID` for the other case.
pub async fn merge(caller: &Caller<'_>, target: Target, into: Uuid, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    // Two merges that cross would wait for each other; locking in the order of ids rules that out.
    let (mut case, mut main) = if target.id < into {
        let case = Case::open(&act, target, CASE).await?;
        (case, Case::load(&act, into, "intoComplaintId").await?)
    } else {
        let main = Case::load(&act, into, "intoComplaintId").await?;
        (Case::open(&act, target, CASE).await?, main)
    };
    case.check(Action::Merge)?;
    // What can still be reclassified is open, and the actor's to change.
    main.check(Action::Reclassify)
        .map_err(|_| Error::refused(Code::Invalid, "intoComplaintId"))?;
    if case.row.id == main.row.id || !same_customer(&case.row, &main.row) {
        let needed = vec!["another open case of the same customer or unit at the same site".to_owned()];
        return Err(Error::refused_needing(Code::Invalid, "intoComplaintId", needed));
    }
    let moved = items_of(&act.txn, case.row.id).await?;
    let texts: Vec<String> = moved.iter().map(|item| item.text.clone()).collect();
    add_items(
        &act,
        &main.row,
        &texts,
        i32::try_from(main.facts.items).unwrap_or(i32::MAX) + 1,
    )
    .await?;
    parts::index(&act, &main.row, &texts).await?;
    case.row.merged_into_id = Some(main.row.id);
    let data = json!({ "into": main.row.number });
    apply(
        &mut act,
        &mut case,
        Action::Merge,
        Event::ComplaintMerged,
        Some(reason.clone()),
        data,
    )
    .await?;
    main.touch();
    let role = main.acting_role(act.person()?, Action::Merge);
    let told = vec![main.row.owner_account_id];
    main.tell(
        &mut act,
        Event::ComplaintAbsorbed,
        role,
        Some(reason),
        json!({ "from": case.row.number }),
        told,
    )
    .await?;
    main.save(&act).await?;
    case.save(&act).await?;
    let result = ActResult {
        complaint: Some(case.row.id),
        other_complaint: Some(main.row.id),
        ..ActResult::default()
    };
    act.commit(result).await
}

/// Makes a case of its own from some of the items. It is received anew, for the same customer.
///
/// # Errors
/// The rule's refusal; `INVALID` unless some of the items, but not all, are named.
pub async fn split(caller: &Caller<'_>, target: Target, item_ids: &[Uuid], reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::Split)?;
    let items = items_of(&act.txn, case.row.id).await?;
    let (moved, kept): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| item_ids.contains(&item.id));
    if moved.is_empty() || kept.is_empty() || moved.len() != item_ids.len() {
        let needed = vec!["some of the case's items, but not all".to_owned()];
        return Err(Error::refused_needing(Code::Invalid, "itemIds", needed));
    }
    let mut row = case.row.clone();
    row.id = act.id();
    row.number = numbers::next(&act.txn, &case.site, Series::Complaint, act.now).await?;
    row.description = moved
        .iter()
        .map(|item| item.text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
        .chars()
        .take(4000)
        .collect();
    row.state = domain::complaint::State::Received;
    row.department_id = None;
    row.receipt_hash = None;
    row.split_from_id = Some(case.row.id);
    row.version = 1;
    row.owner_account_id = case
        .find_owner(&act, domain::ownership::Post::CustomerServiceSupervisor, None)
        .await?
        .id;
    row.clone().into_active_model().insert(&act.txn).await?;
    complaint_item::Entity::update_many()
        .col_expr(complaint_item::Column::ComplaintId, Expr::value(row.id))
        .filter(complaint_item::Column::Id.is_in(item_ids.iter().copied()))
        .exec(&act.txn)
        .await?;
    parts::index(&act, &row, &[]).await?;
    let new = Case::of_row(&act, row, case.standing.clone()).await?;
    case.touch();
    let data = json!({ "into": new.row.number });
    apply(
        &mut act,
        &mut case,
        Action::Split,
        Event::ComplaintSplit,
        Some(reason.clone()),
        data,
    )
    .await?;
    let role = case.acting_role(act.person()?, Action::Split);
    let told = vec![new.row.owner_account_id];
    let data = json!({ "number": new.row.number, "splitFrom": case.row.number });
    new.tell(&mut act, Event::ComplaintReceived, role, Some(reason), data, told)
        .await?;
    case.save(&act).await?;
    let result = ActResult {
        complaint: Some(case.row.id),
        other_complaint: Some(new.row.id),
        ..ActResult::default()
    };
    act.commit(result).await
}

/// Puts a case into the archive (A8). From then on it cannot change.
///
/// # Errors
/// The rule's refusal; `MISSING` with what must come first.
pub async fn archive(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::Archive, Event::ComplaintArchived, None).await
}

/// Adds a note to an archived case (A8). The case itself stays as it is: the note is an event.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the text.
pub async fn add_addendum(caller: &Caller<'_>, case_id: Uuid, text: &str) -> Result<ActResult> {
    let text = validate::text("text", text, 2000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::load(&act, case_id, CASE).await?;
    apply(
        &mut act,
        &mut case,
        Action::AddAddendum,
        Event::AddendumAdded,
        Some(text),
        json!({}),
    )
    .await?;
    case.finish(act).await
}

/// An act that needs nothing but the rule and a reason.
async fn simply(
    caller: &Caller<'_>,
    target: Target,
    action: Action,
    event: Event,
    reason: Option<String>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    apply(&mut act, &mut case, action, event, reason, json!({})).await?;
    case.finish(act).await
}

/// Asks the rule, takes its change over and tells of it.
async fn apply(
    act: &mut Act<'_>,
    case: &mut Case,
    action: Action,
    event: Event,
    reason: Option<String>,
    data: serde_json::Value,
) -> Result<()> {
    case.decide(act, action, None).await?;
    tell(act, case, action, event, reason, data).await
}

async fn tell(
    act: &mut Act<'_>,
    case: &Case,
    action: Action,
    event: Event,
    reason: Option<String>,
    data: serde_json::Value,
) -> Result<()> {
    let role = case.acting_role(act.person()?, action);
    case.tell(act, event, role, reason, data, Vec::new()).await
}

/// The department that a case's category makes responsible (E3.1–E3.4).
async fn responsible(db: &impl ConnectionTrait, case: &Case) -> Result<department::Model> {
    let category = category_at(db, case.site.id, case.row.category_id).await?;
    department_of_kind(db, case.site.id, category.department).await
}

/// A site's department of a kind.
///
/// # Errors
/// `NO_OWNER` when the site has none.
pub async fn department_of_kind(
    db: &impl ConnectionTrait,
    site: Uuid,
    kind: DepartmentKind,
) -> Result<department::Model> {
    department::Entity::find()
        .filter(department::Column::SiteId.eq(site))
        .filter(department::Column::Kind.eq(kind))
        .one(db)
        .await?
        .ok_or_else(|| Error::refused(Code::NoOwner, "departmentId"))
}

/// A department of a site.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn department_at(db: &impl ConnectionTrait, site: Uuid, id: Uuid) -> Result<department::Model> {
    department::Entity::find_by_id(id)
        .filter(department::Column::SiteId.eq(site))
        .one(db)
        .await?
        .ok_or_else(|| Error::refused(Code::NotFound, "departmentId"))
}

async fn items_of(db: &impl ConnectionTrait, case: Uuid) -> Result<Vec<complaint_item::Model>> {
    Ok(complaint_item::Entity::find()
        .filter(complaint_item::Column::ComplaintId.eq(case))
        .order_by_asc(complaint_item::Column::Ordinal)
        .all(db)
        .await?)
}

/// Whether a merge would leave no customer without their own follow-up (C10).
fn same_customer(a: &complaint::Model, b: &complaint::Model) -> bool {
    let same_person = a.customer_account_id.is_some() && a.customer_account_id == b.customer_account_id;
    let same_number = a.contact_phone.is_some() && a.contact_phone == b.contact_phone;
    a.site_id == b.site_id && !a.anonymous && !b.anonymous && (same_person || same_number)
}

/// The account with an id, in the organization of the case.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn colleague(
    db: &impl ConnectionTrait,
    case: &complaint::Model,
    id: Uuid,
    field: &str,
) -> Result<account::Model> {
    account::Entity::find_by_id(id)
        .filter(account::Column::OrganizationId.eq(case.organization_id))
        .one(db)
        .await?
        .ok_or_else(|| Error::refused(Code::NotFound, field))
}
