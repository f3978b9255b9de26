//! The end of the work: the signature, or the head in its place, and the two copies (E4.2.1A, E4.5.2).

use super::counts_from;
use super::order::Order;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::event::Kind as Event;
use domain::money::Money;
use domain::organization::DepartmentKind;
use domain::refusal::Code;
use domain::work_order::{Action, CopyHolder, SignOffReason, check_sign_off};
use entity::{attachment, complaint, department, quote, work_order, work_order_copy};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use crate::app::App;
use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::attachment::service::of_orders;
use crate::complaint::case::Target;
use crate::complaint::service::{MAX_REASON, Ratings};
use crate::fee::service::charge;
use crate::follow_up::low_rating;
use crate::quote::facts::of_case;
use crate::signature::keeping::{self as signature, Drawing};

/// The customer signs and rates (E4.5.2), on their own phone or on the technician's handheld. What is signed is kept
/// with the drawing, and its hash. `shown` is the hash of what they were shown: a version would not bind the photos.
///
/// # Errors
/// The rule's refusal; `INVALID` for a drawing or a rating; `REQUIRED` without a hash, `STALE` for that of something else.
pub async fn sign(
    caller: &Caller<'_>,
    target: Target,
    drawing: &Drawing,
    ratings: Ratings,
    comment: Option<&str>,
    shown: Option<&str>,
) -> Result<ActResult> {
    let ratings = ratings.check(comment)?;
    let comment = validate::optional_text("comment", comment, 1000)?;
    let shown = shown.map(str::trim).filter(|shown| !shown.is_empty());
    let shown = shown.ok_or_else(|| Error::refused(Code::Required, "contentSha256"))?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let quotes = of_case(&act.txn, order.row.complaint_id).await?;
    let photos = of_orders(&act.txn, &[order.row.id]).await?;
    let to_sign = content_to_sign(&order.row, &order.case.row, &quotes, &photos);
    if !shown.eq_ignore_ascii_case(&sha256_hex(to_sign.to_string().as_bytes())) {
        let current = ActResult {
            work_order: Some(order.row.id),
            complaint: Some(order.row.complaint_id),
            ..ActResult::default()
        };
        return Err(Error::stale_at("contentSha256", current));
    }
    let content = signed_content(&order.row, to_sign, &accepted(&order.row, &quotes), &photos);
    order.decide(&act, Action::Sign, None).await?;
    counts_from(&mut act, &order.row).await?;
    let kept = signature::keep(&act, &order.case.row, drawing, content).await?;
    order.row.signature_id = Some(kept.id);
    order.row.signed_at = Some(kept.signed_at);
    order.row.rating_quality = Some(ratings.quality);
    order.row.rating_attitude = Some(ratings.attitude);
    order.row.rating_timeliness = Some(ratings.timeliness);
    order.row.rating_overall = Some(ratings.overall);
    make_copies(&act, &order.row).await?;
    let data = json!({
        "signer": kept.signer_name,
        "contentSha256": kept.content_sha256,
        "seal": kept.seal,
        "overall": ratings.overall,
        // A handheld may have been out of reach: it counts as signed then.
        "signedAt": kept.signed_at,
    });
    let told = order.row.technician_id.into_iter().chain([order.case.row.owner_account_id]).collect();
    order.tell(&mut act, Some(Action::Sign), Event::WorkOrderSigned, comment.clone(), data, told).await?;
    low_rating::heed(&mut act, &mut order.case, ratings, comment).await?;
    charge(&mut act, &order).await?;
    order.finish(act).await
}

/// The customer refuses to sign, with a reason; the technician goes on.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn refuse_signature(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    order.decide(&act, Action::RefuseSignature, None).await?;
    order.row.completed_at = None;
    let told = order.row.technician_id.into_iter().chain([order.case.row.owner_account_id]).collect();
    order.tell(&mut act, Some(Action::RefuseSignature), Event::SignatureRefused, Some(reason), json!({}), told).await?;
    order.finish(act).await
}

/// The head signs where nobody else can, with a reason. `attempts` says how often nobody was at home.
///
/// # Errors
/// The rule's refusal; `MISSING` when the facts contradict the reason.
pub async fn sign_off(
    caller: &Caller<'_>,
    target: Target,
    why: SignOffReason,
    attempts: i32,
    note: &str,
) -> Result<ActResult> {
    let note = validate::text("note", note, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let facts = order.facts(&act).await?;
    order.decide(&act, Action::SignOff, None).await?;
    check_sign_off(&facts, why, u32::try_from(attempts).unwrap_or_default())?;
    order.row.sign_off_reason = Some(why);
    order.row.absence_attempts = attempts;
    order.row.signed_at = Some(act.now);
    make_copies(&act, &order.row).await?;
    let data = json!({ "why": upper_snake(why.name()) });
    order.tell(&mut act, Some(Action::SignOff), Event::WorkOrderSignedOff, Some(note), data, Vec::new()).await?;
    charge(&mut act, &order).await?;
    order.finish(act).await
}

/// Confirms that a copy has come (E4.2.1A): the department keeps one, customer service the other.
///
/// # Errors
/// The rule's refusal; `NOT_YOURS` for the other's copy; `WRONG_STATE` when it has been confirmed.
pub async fn acknowledge_copy(caller: &Caller<'_>, target: Target, holder: CopyHolder) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let viewer = act.person()?;
    let mine = department::Entity::find()
        .filter(department::Column::SiteId.eq(order.row.site_id))
        .all(&act.txn)
        .await?
        .into_iter()
        .filter(|department| match holder {
            CopyHolder::Department => department.id == order.row.department_id,
            CopyHolder::CustomerService => department.kind == DepartmentKind::CustomerService,
        })
        .any(|department| viewer.grants.iter().any(|grant| grant.department_id == Some(department.id)));
    if !mine {
        return Err(Error::refused_needing(Code::NotYours, "holder", vec![upper_snake(holder.name())]));
    }
    let copy = work_order_copy::Entity::find_by_id((order.row.id, holder)).one(&act.txn).await?;
    let acknowledged = copy.as_ref().is_some_and(|copy| copy.acknowledged_at.is_some());
    if acknowledged {
        return Err(Error::refused(Code::WrongState, "holder"));
    }
    order.decide(&act, Action::AcknowledgeCopy, None).await?;
    if let Some(copy) = copy {
        let mut copy = copy.into_active_model();
        copy.acknowledged_by = Set(Some(viewer.id));
        copy.acknowledged_at = Set(Some(act.now));
        copy.update(&act.txn).await?;
    }
    let data = json!({ "holder": upper_snake(holder.name()) });
    order.tell(&mut act, Some(Action::AcknowledgeCopy), Event::CopyAcknowledged, None, data, Vec::new()).await?;
    order.finish(act).await
}

async fn make_copies(act: &Act<'_>, row: &work_order::Model) -> Result<()> {
    let copies = CopyHolder::ALL.iter().map(|holder| work_order_copy::ActiveModel {
        work_order_id: Set(row.id),
        holder: Set(*holder),
        organization_id: Set(row.organization_id),
        acknowledged_by: Set(None),
        acknowledged_at: Set(None),
    });
    work_order_copy::Entity::insert_many(copies).exec_without_returning(&act.txn).await?;
    Ok(())
}

/// What the customer is shown before they sign, and what its hash is made of: nothing of it depends on when the server hears
/// of the work, so a handheld without signal can show the same. The quotes are those that were accepted; the photos are named by
/// the bytes that were sent, which whoever took them knows. Both lists are sorted, so that nobody need know their order.
#[must_use]
pub fn content_to_sign(
    row: &work_order::Model,
    case: &complaint::Model,
    quotes: &[quote::Model],
    photos: &[attachment::Model],
) -> serde_json::Value {
    let mut quotes: Vec<_> = accepted(row, quotes).into_iter().map(|quote| &quote.content_sha256).collect();
    quotes.sort_unstable();
    let mut photos: Vec<_> = photos.iter().filter_map(as_sent).collect();
    photos.sort_unstable();
    json!({
        "workOrder": row.number,
        "complaint": case.number,
        "task": row.task,
        "place": row.place,
        "workDone": row.work_done,
        "cause": row.cause,
        "materials": row.materials,
        "pricing": upper_snake(row.pricing.name()),
        "quotes": quotes,
        "photos": photos,
    })
}

/// The hash of what the customer of an order would be shown now, for who plays them.
///
/// # Errors
/// When the database does not answer.
pub async fn shown_now(app: &App, row: &work_order::Model) -> Result<String> {
    let case = complaint::Entity::find_by_id(row.complaint_id).one(&app.db).await?;
    let case = case.ok_or_else(|| "an order's case is missing".to_owned())?;
    let (quotes, photos) = (of_case(&app.db, case.id).await?, of_orders(&app.db, &[row.id]).await?);
    Ok(sha256_hex(content_to_sign(row, &case, &quotes, &photos).to_string().as_bytes()))
}

/// The hash by which a photo is signed for: of the bytes as they were sent, or as they are kept where nobody has written that down.
fn as_sent(photo: &attachment::Model) -> Option<&String> {
    photo.sent_sha256.as_ref().or(photo.sha256.as_ref())
}

/// The quotes of an order that were accepted, the oldest first.
fn accepted<'a>(row: &work_order::Model, quotes: &'a [quote::Model]) -> Vec<&'a quote::Model> {
    let mut accepted: Vec<_> = quotes
        .iter()
        .filter(|quote| quote.work_order_id == Some(row.id) && quote.state == domain::quote::State::Accepted)
        .collect();
    accepted.sort_by_key(|quote| quote.id);
    accepted
}

/// What is kept with a signature: what was shown, what is charged by the quotes that were accepted, line by line, when each step
/// was, and which file was kept of each photo, by its hash.
fn signed_content(
    row: &work_order::Model,
    mut shown: serde_json::Value,
    accepted: &[&quote::Model],
    photos: &[attachment::Model],
) -> serde_json::Value {
    let written = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Micros, true);
    let total: Money = accepted.iter().map(|quote| Money::from_fen(quote.total_fen)).sum();
    shown["charged"] = json!({
        "quotes": accepted.iter().map(|quote| quote.content.clone()).collect::<Vec<_>>(),
        "total": total.to_string(),
        "currency": "CNY",
    });
    shown["issuedAt"] = json!(written(row.issued_at));
    shown["departedAt"] = json!(row.departed_at.map(written));
    shown["arrivedAt"] = json!(row.arrived_at.map(written));
    shown["completedAt"] = json!(row.completed_at.map(written));
    shown["files"] =
        photos.iter().map(|photo| json!({ "sent": as_sent(photo), "kept": photo.sha256 })).collect::<Vec<_>>().into();
    shown
}
