//! The ordinary life of a case: progress, additions, sharing, withdrawal, ratings, merging and splitting.

use super::{CASE, MAX_REASON, apply, simply};
use domain::complaint::Action;
use domain::event::Kind as Event;
use domain::rating;
use domain::refusal::Code;
use entity::{complaint, complaint_item};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::intake::MAX_ITEMS;
use crate::complaint::numbers::{self, Series};
use crate::complaint::parts::{self, add_items};
use crate::complaint::told;
use crate::follow_up::low_rating;

/// Tells the customer how it goes (C5).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the text.
pub async fn report_progress(caller: &Caller<'_>, target: Target, text: &str) -> Result<ActResult> {
    let text = validate::text("text", text, 1000)?;
    simply(caller, target, Action::ReportProgress, Event::ProgressReported, Some(text)).await
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
    let known = usize::try_from(case.facts()?.items).unwrap_or(usize::MAX);
    if known + items.len() > MAX_ITEMS {
        return Err(Error::refused_needing(Code::TooLong, "items", vec![format!("0..{}", MAX_ITEMS - known)]));
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
    case.tell(&mut act, Event::ComplaintAddedTo, role, text, data, vec![owner]).await?;
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
    simply(caller, target, Action::Withdraw, Event::ComplaintWithdrawn, Some(reason)).await
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
    /// The lowest of the four.
    #[must_use]
    pub fn lowest(self) -> i32 {
        self.quality.min(self.attitude).min(self.timeliness).min(self.overall)
    }

    /// Checks that each is 1 to 5, and that a low one says why.
    ///
    /// # Errors
    /// Refused with `INVALID` and the path of the field; `REQUIRED` for the words.
    pub fn check(self, words: Option<&str>) -> Result<Self> {
        validate::rating("ratings.quality", self.quality)?;
        validate::rating("ratings.attitude", self.attitude)?;
        validate::rating("ratings.timeliness", self.timeliness)?;
        validate::rating("ratings.overall", self.overall)?;
        let silent = words.is_none_or(|words| words.trim().is_empty());
        if silent && rating::needs_reason(&[self.quality, self.attitude, self.timeliness, self.overall]) {
            return Err(Error::refused(Code::Required, "comment"));
        }
        Ok(self)
    }
}

/// Rates the handling (E4.5.2).
///
/// # Errors
/// The rule's refusal; `MISSING` when it has been rated.
pub async fn rate(caller: &Caller<'_>, target: Target, ratings: Ratings, comment: Option<&str>) -> Result<ActResult> {
    let ratings = ratings.check(comment)?;
    let comment = validate::optional_text("comment", comment, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.rating_quality = Some(ratings.quality);
    case.row.rating_attitude = Some(ratings.attitude);
    case.row.rating_timeliness = Some(ratings.timeliness);
    case.row.rating_overall = Some(ratings.overall);
    let data = json!({ "overall": ratings.overall });
    apply(&mut act, &mut case, Action::Rate, Event::ComplaintRated, comment.clone(), data).await?;
    low_rating::heed(&mut act, &mut case, ratings, comment).await?;
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
    main.check(Action::Reclassify).map_err(|_| Error::refused(Code::Invalid, "intoComplaintId"))?;
    if case.row.id == main.row.id || !same_customer(&case.row, &main.row) {
        let needed = vec!["another open case of the same customer or unit at the same site".to_owned()];
        return Err(Error::refused_needing(Code::Invalid, "intoComplaintId", needed));
    }
    let moved = items_of(&act.txn, case.row.id).await?;
    let texts: Vec<String> = moved.iter().map(|item| item.text.clone()).collect();
    add_items(&act, &main.row, &texts, i32::try_from(main.facts()?.items).unwrap_or(i32::MAX) + 1).await?;
    parts::index(&act, &main.row, &texts).await?;
    case.row.merged_into_id = Some(main.row.id);
    let data = json!({ "into": main.row.number });
    apply(&mut act, &mut case, Action::Merge, Event::ComplaintMerged, Some(reason.clone()), data).await?;
    main.touch();
    let role = main.acting_role(act.person()?, Action::Merge);
    let told = vec![main.row.owner_account_id];
    main.tell(&mut act, Event::ComplaintAbsorbed, role, Some(reason), json!({ "from": case.row.number }), told).await?;
    main.save(&act).await?;
    case.save(&act).await?;
    let result = ActResult { complaint: Some(case.row.id), other_complaint: Some(main.row.id), ..ActResult::default() };
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
    // It was received with the case that it comes from, and the id of a case says when that was.
    row.id = act.app.dice.id(row.received_at);
    row.number = numbers::next(&act.txn, &case.site, Series::Complaint, act.now).await?;
    row.description =
        moved.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join("\n").chars().take(4000).collect();
    row.state = domain::complaint::State::Received;
    row.department_id = None;
    row.receipt_hash = None;
    row.split_from_id = Some(case.row.id);
    row.repeat_of_id = None;
    row.repeats = 0;
    row.incident_id = None;
    // What was said and done of the other case was not said and done of this one.
    row.rating_quality = None;
    row.rating_attitude = None;
    row.rating_timeliness = None;
    row.rating_overall = None;
    row.reopened_count = 0;
    row.chases = 0;
    row.version = 1;
    row.owner_account_id = case.find_owner(&act, domain::ownership::Post::CustomerServiceSupervisor, None).await?.id;
    row.clone().into_active_model().insert(&act.txn).await?;
    complaint_item::Entity::update_many()
        .col_expr(complaint_item::Column::ComplaintId, Expr::value(row.id))
        .filter(complaint_item::Column::Id.is_in(item_ids.iter().copied()))
        .exec(&act.txn)
        .await?;
    parts::index(&act, &row, &[]).await?;
    let mut new = Case::of_row(&act, row, case.standing.clone()).await?;
    case.touch();
    let data = json!({ "into": new.row.number });
    apply(&mut act, &mut case, Action::Split, Event::ComplaintSplit, Some(reason.clone()), data).await?;
    let role = case.acting_role(act.person()?, Action::Split);
    let told = vec![new.row.owner_account_id];
    let mut data = told::received(&new.row);
    data["splitFrom"] = json!(case.row.number);
    new.tell(&mut act, Event::ComplaintReceived, role, Some(reason), data, told).await?;
    case.save(&act).await?;
    let result = ActResult { complaint: Some(case.row.id), other_complaint: Some(new.row.id), ..ActResult::default() };
    act.commit(result).await
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
