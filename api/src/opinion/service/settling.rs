//! What becomes of an opinion: another promise, an answer, a complaint; in the end the archive.

use chrono::{DateTime, Utc};
use domain::complaint::ReplyForm;
use domain::opinion::{Action, State, Step};
use domain::ownership::Post;
use domain::refusal::Code;
use entity::opinion;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use uuid::Uuid;

use super::recording::{answer_by, owner_of};
use super::{MAX_TEXT, decided, keep, result, tell};
use crate::access::viewer::Grant;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::intake::Report;
use crate::complaint::owner::{self, Leaving, Place};
use crate::complaint::service::MAX_REASON;
use crate::complaint::within::{self, Origin};
use crate::reply::policy;

/// Names who answers, or promises the answer for another time; whoever gave the opinion reads why.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason; `NOT_FOUND` for somebody who does not work there; `INVALID` for a time that
/// is past.
pub async fn promise(
    caller: &Caller<'_>,
    target: Target,
    owner: Option<Uuid>,
    by: Option<DateTime<Utc>>,
    reason: &str,
) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let act = Act::begin(caller).await?;
    let mut row = decided(&act, target, Action::Promise).await?;
    let site = act.site(row.site_id).await?;
    if owner.is_some() {
        row.owner_account_id = owner_of(&act, &site, owner, row.about_account_id).await?;
    }
    if by.is_some() {
        row.due_at = answer_by(&act, &site, by).await?;
        row.next_at = Some(row.due_at);
    }
    let row = keep(&act, row, Step::Promised, Some(reason)).await?;
    act.commit(result(&row)).await
}

/// Answers an opinion.
///
/// # Errors
/// The rule's refusal; `REQUIRED` or `TOO_LONG` for the answer; `INVALID` for a form that does not fit the channel, from
/// somebody who can be answered (C8).
pub async fn answer(caller: &Caller<'_>, target: Target, form: ReplyForm, text: &str) -> Result<ActResult> {
    let text = validate::text("answer", text, MAX_TEXT)?;
    let act = Act::begin(caller).await?;
    let mut row = decided(&act, target, Action::Answer).await?;
    let known = row.contact_phone.is_some() || row.customer_account_id.is_some();
    let policy = policy::in_act(&act, row.site_id).await?;
    let fitting = policy.forms_of(row.channel.of_complaint());
    if known && !fitting.contains(&form) {
        let needed = fitting.iter().map(|form| upper_snake(form.name())).collect();
        return Err(Error::refused_needing(Code::Invalid, "form", needed));
    }
    row.answer = Some(text.clone());
    row.answer_form = Some(form);
    settle(&act, &mut row);
    let row = keep(&act, row, Step::Answered, Some(text)).await?;
    act.commit(result(&row)).await
}

/// Carries an opinion on as a complaint, in one act: the complaint has the words, the person and the channel of the opinion.
///
/// # Errors
/// The rule's refusal; those of an intake, with the path of the field.
pub async fn turn(caller: &Caller<'_>, target: Target, report: Report) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut row = decided(&act, target, Action::Turn).await?;
    let site = act.site(row.site_id).await?;
    let description = if report.description.trim().is_empty() { row.text.clone() } else { report.description };
    let report = Report {
        description,
        about_account_id: row.about_account_id.or(report.about_account_id),
        contact_name: row.contact_name.clone(),
        contact_phone: row.contact_phone.clone(),
        ..report
    };
    let origin = Origin {
        channel: row.channel.of_complaint(),
        customer_account_id: row.customer_account_id,
        unit_id: row.unit_id,
    };
    let case = within::receive_within(&mut act, site, origin, &report).await?;
    row.complaint_id = Some(case.row.id);
    settle(&act, &mut row);
    let row = keep(&act, row, Step::Turned, Some(case.row.number.clone())).await?;
    act.commit(result(&row)).await
}

/// Puts an opinion into the archive; nothing of it changes any more.
///
/// # Errors
/// The rule's refusal.
pub async fn archive(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let mut row = decided(&act, target, Action::Archive).await?;
    row.archived_at = Some(act.now);
    let row = keep(&act, row, Step::Archived, None).await?;
    act.commit(result(&row)).await
}

fn settle(act: &Act<'_>, row: &mut opinion::Model) {
    row.settled_at = Some(act.now);
    row.next_at = None;
}

/// Passes an opinion on whose owner holds no role at its site any more: to the named successor, else up the ladder of
/// customer service (A0). Says whether it did.
///
/// # Errors
/// `NO_OWNER` when nobody can be named.
pub async fn pass_on(act: &Act<'_>, mut row: opinion::Model, leaving: &Leaving) -> Result<bool> {
    let works_here = |grants: &[Grant]| {
        grants.iter().any(|held| held.role.is_staff() && held.site_id.is_none_or(|at| at == row.site_id))
    };
    if row.state != State::Open || works_here(&leaving.kept) {
        return Ok(false);
    }
    let subject = row.about_account_id;
    let successor = leaving.successor.as_ref().filter(|(id, grants)| Some(*id) != subject && works_here(grants));
    row.owner_account_id = if let Some((id, _)) = successor {
        *id
    } else {
        let site = act.site(row.site_id).await?;
        let place = Place { site: &site, department_id: None, team_id: None, actor: None, named: None, subject };
        owner::find(&act.txn, Post::CustomerServiceSupervisor, &place, act.now).await?.id
    };
    row.version += 1;
    tell(act, &row, Step::OwnerChanged, None).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    Ok(true)
}
