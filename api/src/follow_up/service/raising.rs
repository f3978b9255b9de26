//! What a customer raises in a follow-up besides the matter itself becomes a case or an opinion, with a promised time of reply
//! (D3).

use chrono::{DateTime, Utc};
use domain::complaint::Channel;
use domain::event::Kind as Event;
use domain::follow_up::{Action, Method};
use domain::opinion::Channel as OpinionChannel;
use entity::follow_up_matter;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use super::Held;
use super::planning::{local, to_come};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::Result;
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::intake::Report;
use crate::complaint::within::{Origin, receive_within};
use crate::opinion::service as opinions;

/// What a customer raised.
#[derive(Debug, Clone)]
pub enum Raised {
    /// Something to be handled, which becomes a case.
    Case(Box<Report>),
    /// Something to be answered, which becomes an opinion.
    Opinion {
        /// In the customer's words.
        text: String,
        /// The employee whom it is about (C11).
        about_account_id: Option<Uuid>,
    },
}

/// What was made of it.
struct Made {
    case: Option<Uuid>,
    opinion: Option<Uuid>,
    number: String,
    text: String,
}

/// Makes a case or an opinion of what the customer raised, for the same customer and unit, and promises an answer (D3).
///
/// # Errors
/// The rule's refusal; `INVALID` for a time that is past; refusals on the report or the opinion.
pub async fn raise(
    caller: &Caller<'_>,
    target: Target,
    method: Method,
    raised: Raised,
    reply_by: DateTime<Utc>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::RaiseMatter).await?;
    let reply_by = to_come(&act, "replyBy", reply_by)?;
    let made = match raised {
        Raised::Case(report) => case_of(&mut act, &held, method, *report, reply_by).await?,
        Raised::Opinion { text, about_account_id } => {
            opinion_of(&act, &held, &text, about_account_id, reply_by).await?
        }
    };
    let row = follow_up_matter::Model {
        id: act.id(),
        organization_id: held.row.organization_id,
        site_id: held.row.site_id,
        complaint_id: held.row.complaint_id,
        follow_up_id: held.row.id,
        raised_complaint_id: made.case,
        raised_opinion_id: made.opinion,
        text: made.text.clone(),
        reply_by,
        raised_by: act.person()?.id,
        raised_at: act.now,
    };
    row.into_active_model().insert(&act.txn).await?;
    let data = json!({ "number": made.number, "raised": made.case, "opinion": made.opinion });
    held.tell_with(&mut act, Action::RaiseMatter, Event::MatterRaised, Some(made.text), data).await?;
    let result = ActResult {
        follow_up: Some(held.row.id),
        complaint: Some(held.row.complaint_id),
        other_complaint: made.case,
        subject: made.opinion,
        ..ActResult::default()
    };
    held.save(&act).await?;
    act.commit(result).await
}

/// A case, whose clock runs until the promised time.
async fn case_of(
    act: &mut Act<'_>,
    held: &Held,
    method: Method,
    report: Report,
    reply_by: DateTime<Utc>,
) -> Result<Made> {
    let channel = match method {
        Method::Phone => Channel::Phone,
        Method::OnSite => Channel::Visit,
    };
    let (of, site) = (&held.case.row, held.case.site.clone());
    let origin = Origin { channel, customer_account_id: of.customer_account_id, unit_id: of.unit_id };
    let report = Report {
        place: report.place.or_else(|| Some(of.place.clone())),
        contact_name: report.contact_name.or_else(|| of.contact_name.clone()),
        contact_phone: report.contact_phone.or_else(|| of.contact_phone.clone()),
        ..report
    };
    let mut new = receive_within(act, site, origin, &report).await?;
    let role = held.role(act, Action::RaiseMatter)?;
    let data = json!({ "nextReplyBy": reply_by, "window": local(held, reply_by), "followUp": held.row.id });
    new.tell(act, Event::ReplyPromised, role, None, data, Vec::new()).await?;
    new.save(act).await?;
    Ok(Made {
        case: Some(new.row.id),
        opinion: None,
        number: new.row.number.clone(),
        text: new.row.description.clone(),
    })
}

/// An opinion, which is late after the promised time.
async fn opinion_of(
    act: &Act<'_>,
    held: &Held,
    text: &str,
    about_account_id: Option<Uuid>,
    reply_by: DateTime<Utc>,
) -> Result<Made> {
    let of = &held.case.row;
    let draft = opinions::Draft {
        unit_id: of.unit_id,
        customer_account_id: of.customer_account_id,
        contact_name: of.contact_name.clone(),
        contact_phone: of.contact_phone.clone(),
        about_account_id,
        answer_by: Some(reply_by),
        follow_up_id: Some(held.row.id),
        ..opinions::Draft::of(OpinionChannel::FollowUp, validate::text("opinion.text", text, opinions::MAX_TEXT)?)
    };
    let row = opinions::record_within(act, &held.case.site, draft).await?;
    Ok(Made { case: None, opinion: Some(row.id), number: row.number, text: row.text })
}
