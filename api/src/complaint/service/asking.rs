//! Questions to whoever reported an anonymous case, answered by whoever holds its receipt code (D7).

use std::net::IpAddr;

use domain::complaint::{Action, State};
use domain::event::Kind;
use domain::refusal::{Code, Refusal, Requirement};
use domain::standing::Standing;
use entity::{complaint, question};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::query::by_receipt;

/// How long a question and its answer may be.
const MAX_WORDS: usize = 1000;

/// Asks whoever reported an anonymous case something; the holder of the receipt code reads it.
///
/// # Errors
/// The rule's refusal; `MISSING` where the case has no receipt code; `REQUIRED` for the question.
pub async fn ask(caller: &Caller<'_>, target: Target, text: &str) -> Result<ActResult> {
    let text = validate::text("question", text, MAX_WORDS)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(Action::Ask)?;
    if case.row.receipt_hash.is_none() {
        return Err(Refusal::Missing(Requirement::ReceiptCode).into());
    }
    let row = question::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        text: text.clone(),
        asked_by: act.person()?.id,
        asked_at: act.now,
        answer: None,
        answered_at: None,
    };
    let data = json!({ "question": row.id });
    row.into_active_model().insert(&act.txn).await?;
    let role = case.acting_role(act.person()?, Action::Ask);
    case.tell(&mut act, Kind::QuestionAsked, role, Some(text), data, Vec::new()).await?;
    case.touch();
    case.finish(act).await
}

/// The holder of a receipt code answers a question. Nothing of them is kept, also when they are signed in.
///
/// # Errors
/// `NOT_FOUND` for a code that is none or a question that is none of its case's; `WRONG_STATE` once it is answered, or the
/// case has ended; `REQUIRED` for the answer; [`Error::Limited`] after too many tries from one address.
pub async fn answer(
    caller: &Caller<'_>,
    typed: &str,
    id: Uuid,
    answer: &str,
    address: Option<IpAddr>,
) -> Result<ActResult> {
    let answer = validate::text("answer", answer, MAX_WORDS)?;
    let seen = by_receipt(caller.app, typed, address).await?;
    let seen = seen.ok_or_else(|| Error::refused(Code::NotFound, "receiptCode"))?;
    let mut act = Act::begin_anonymous(caller, seen.organization_id).await?;
    let row = locked(complaint::Entity::find_by_id(seen.id), &act.txn).one(&act.txn).await?;
    let row = row.ok_or_else(|| Error::refused(Code::NotFound, "receiptCode"))?;
    let asked = question::Entity::find_by_id(id).filter(question::Column::ComplaintId.eq(row.id)).one(&act.txn).await?;
    let mut asked = asked.ok_or_else(|| Error::refused(Code::NotFound, "questionId"))?;
    let ended = matches!(row.state, State::Archived | State::Merged);
    if ended || asked.answered_at.is_some() {
        return Err(Error::refused(Code::WrongState, "questionId"));
    }
    asked.answer = Some(answer.clone());
    asked.answered_at = Some(act.now);
    let (asked_by, data) = (asked.asked_by, json!({ "question": asked.id, "by": upper_snake("Anonymous") }));
    asked.into_active_model().reset_all().update(&act.txn).await?;
    let mut case = Case::of_row(&act, row, Standing::default()).await?;
    let told = vec![asked_by, case.row.owner_account_id];
    case.tell(&mut act, Kind::QuestionAnswered, None, Some(answer), data, told).await?;
    case.touch();
    case.save(&act).await?;
    act.commit(ActResult { subject: Some(id), complaint: Some(case.row.id), ..ActResult::default() }).await
}
