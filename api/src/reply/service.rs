//! Answering the customer in the form and the time that the channel asks for (C8); delivered, and read.

use chrono::{DateTime, Utc};
use domain::attachment::State as FileState;
use domain::complaint::{Action, ReplyForm, permission};
use domain::event::Kind as Event;
use domain::organization::Language;
use domain::refusal::{Code, Refusal, Requirement};
use domain::reply::{Purpose, ReplyKind};
use domain::standing::Who;
use entity::{attachment, complaint, reply};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::composing::{MAX_TEXT, Words, compose};
use super::policy;
use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::parts::{self, Call};

/// An answer to the customer, as it comes in.
#[derive(Debug, Clone)]
pub struct Answer {
    /// In which form.
    pub form: ReplyForm,
    /// Whether more is to come; by `next_reply_by` when not given.
    pub kind: Option<ReplyKind>,
    /// The handler's own words.
    pub text: String,
    /// When the next answer comes.
    pub next_reply_by: Option<DateTime<Utc>>,
    /// The template around the words.
    pub purpose: Option<Purpose>,
    /// In which language; the customer's own when not given.
    pub language: Option<Language>,
    /// The call in which it was given.
    pub call: Option<Call>,
    /// The paper, where there is one.
    pub attachment: Option<Uuid>,
}

/// Answers the customer, finally or for the time being. The time that an interim answer names becomes a clock.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the text, or the next time of an interim answer; `INVALID` for a form that does not fit
/// the channel or does not reach the customer, or a next time that is past or after a final answer; `MISSING` for the record
/// of the call; `NOT_FOUND` for a paper that is none of the case's.
pub async fn send(caller: &Caller<'_>, target: Target, answer: Answer) -> Result<ActResult> {
    let text = validate::text("text", &answer.text, MAX_TEXT)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    check_form(&act, &case, &answer).await?;
    let kind = kind(&answer, act.now)?;
    let (purpose, language, next_reply_by) = (answer.purpose, answer.language, answer.next_reply_by);
    let composed = compose(&act.txn, &case.row, &Words { text, purpose, language, next_reply_by }).await?;
    case.decide(&mut act, Action::Reply, None).await?;
    if let Some(paper) = answer.attachment {
        check_paper(&act, &case, paper).await?;
    }
    let heard = answer.call.as_ref().map_or(act.now, |call| call.started_at.min(act.now));
    let call_record_id = match answer.call {
        Some(call) => Some(parts::record_call(&act, &case.row, None, true, call).await?),
        None => None,
    };
    let by_word = matches!(answer.form, ReplyForm::Phone | ReplyForm::InPerson);
    let row = reply::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        form: answer.form,
        kind,
        language: composed.language,
        text_sha256: sha256_hex(composed.text.as_bytes()),
        text: composed.text.clone(),
        purpose,
        template_revision: composed.revision,
        next_reply_by,
        call_record_id,
        attachment_id: answer.attachment,
        made_by: act.person()?.id,
        made_at: act.now,
        // A letter is under way; what was said was heard.
        delivered_at: (answer.form != ReplyForm::Letter).then_some(heard),
        read_at: by_word.then_some(heard),
        version: 1,
    };
    let data = json!({
        "form": upper_snake(row.form.name()),
        "kind": upper_snake(row.kind.name()),
        "nextReplyBy": row.next_reply_by,
        "reply": row.id,
    });
    row.into_active_model().insert(&act.txn).await?;
    let role = case.acting_role(act.person()?, Action::Reply);
    case.tell(&mut act, Event::CustomerReplied, role, Some(composed.text), data, Vec::new()).await?;
    // The row stays as it is, but what two people see does not.
    case.touch();
    case.finish(act).await
}

async fn check_form(act: &Act<'_>, case: &Case, answer: &Answer) -> Result<()> {
    let policy = policy::in_act(act, case.row.site_id).await?;
    // Without an account nobody reads an answer in the app; who stays unknown reads it by the receipt code (D7).
    let has_app = case.row.anonymous || case.row.customer_account_id.is_some();
    let fits: Vec<ReplyForm> =
        policy.forms_of(case.row.channel).iter().copied().filter(|form| *form != ReplyForm::App || has_app).collect();
    if !fits.contains(&answer.form) {
        let needed = fits.iter().map(|form| upper_snake(form.name())).collect();
        return Err(Error::refused_needing(Code::Invalid, "form", needed));
    }
    match (answer.form, &answer.call) {
        (ReplyForm::Phone, None) => Err(Refusal::Missing(Requirement::CallRecord).into()),
        (ReplyForm::Phone, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Error::refused_needing(Code::Invalid, "call", vec!["form PHONE".to_owned()])),
    }
}

fn kind(answer: &Answer, now: DateTime<Utc>) -> Result<ReplyKind> {
    let invalid = |right: &str| Error::refused_needing(Code::Invalid, "nextReplyBy", vec![right.to_owned()]);
    let interim = answer.kind == Some(ReplyKind::Interim) || answer.purpose == Some(Purpose::Interim);
    match answer.next_reply_by {
        None if interim => Err(Error::refused(Code::Required, "nextReplyBy")),
        None => Ok(ReplyKind::Final),
        Some(next) if next <= now => Err(invalid("a time to come")),
        Some(_) if answer.kind == Some(ReplyKind::Final) => Err(invalid("nothing, in a final answer")),
        Some(_) => Ok(ReplyKind::Interim),
    }
}

async fn check_paper(act: &Act<'_>, case: &Case, paper: Uuid) -> Result<()> {
    use attachment::Column;
    let found = scope::attachments(act.person()?)
        .filter(Column::Id.eq(paper))
        .filter(Column::ComplaintId.eq(case.row.id))
        .filter(Column::State.eq(FileState::Ready))
        .filter(Column::ForStaff.eq(false))
        .one(&act.txn)
        .await?;
    found.map(|_| ()).ok_or_else(|| Error::refused(Code::NotFound, "attachmentId"))
}

/// An answer in the middle of an act, locked with its case.
struct Held {
    row: reply::Model,
    case: Case,
}

impl Held {
    async fn open(act: &Act<'_>, id: Uuid) -> Result<Self> {
        let viewer = act.person()?;
        let not_found = || Error::refused(Code::NotFound, "replyId");
        let seen = scope::replies(viewer).filter(reply::Column::Id.eq(id)).one(&act.txn).await?;
        let case = complaint::Entity::find_by_id(seen.ok_or_else(not_found)?.complaint_id);
        let case = locked(case, &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
        let row = locked(reply::Entity::find_by_id(id), &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
        let standing = viewer.standing(&case);
        Ok(Self { row, case: Case::of_row(act, case, standing).await? })
    }

    fn result(&self) -> ActResult {
        ActResult { subject: Some(self.row.id), complaint: Some(self.row.complaint_id), ..ActResult::default() }
    }

    async fn finish(mut self, mut act: Act<'_>, event: Event) -> Result<ActResult> {
        let result = self.result();
        let role = self.case.acting_role(act.person()?, Action::Reply);
        self.case.tell(&mut act, event, role, None, json!({ "reply": self.row.id }), Vec::new()).await?;
        self.row.version += 1;
        self.row.into_active_model().reset_all().update(&act.txn).await?;
        act.commit(result).await
    }
}

/// Records when a letter reached the customer.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `NOT_YOURS`, `WRONG_STATE` for what has been delivered; `INVALID` for a time before it was written or
/// to come.
pub async fn deliver(caller: &Caller<'_>, target: Target, at: DateTime<Utc>) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target.id).await?;
    let who = permission(Action::Reply).who;
    if !held.case.standing.is_any(who) {
        return Err(Refusal::NotYours { who_may: who.iter().map(|who| who.name()).collect() }.into());
    }
    if held.row.version != target.version {
        return Err(Error::stale(held.result()));
    }
    if held.row.delivered_at.is_some() {
        return Err(Error::refused(Code::WrongState, "replyId"));
    }
    if at < held.row.made_at || at > act.now {
        let needed = vec![format!("{}..{}", held.row.made_at, act.now)];
        return Err(Error::refused_needing(Code::Invalid, "deliveredAt", needed));
    }
    held.row.delivered_at = Some(at);
    held.finish(act, Event::ReplyDelivered).await
}

/// The customer has read an answer. Recorded once: the first time counts.
///
/// # Errors
/// `NOT_FOUND`; `NOT_YOURS` for anybody but the customer.
pub async fn mark_read(caller: &Caller<'_>, id: Uuid) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let mut held = Held::open(&act, id).await?;
    if !held.case.standing.is_any(&[Who::Filer]) {
        return Err(Refusal::NotYours { who_may: vec![Who::Filer.name()] }.into());
    }
    if held.row.read_at.is_some() {
        let result = held.result();
        return act.commit(result).await;
    }
    held.row.read_at = Some(act.now);
    // What is read has arrived.
    held.row.delivered_at.get_or_insert(act.now);
    held.finish(act, Event::ReplyRead).await
}
