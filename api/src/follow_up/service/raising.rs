//! What a customer raises in a follow-up besides the matter itself becomes a case, with a promised time of reply (D3).

use chrono::{DateTime, Utc};
use domain::complaint::Channel;
use domain::event::Kind as Event;
use domain::follow_up::{Action, Method};
use entity::follow_up_matter;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::Held;
use super::planning::{local, to_come};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::Result;
use crate::complaint::case::Target;
use crate::complaint::intake::Report;
use crate::complaint::within::{Origin, receive_within};

/// Makes a case of what the customer raised, for the same customer and unit, and promises an answer (D3).
///
/// # Errors
/// The rule's refusal; `INVALID` for a time that is past; refusals on the report.
pub async fn raise(
    caller: &Caller<'_>,
    target: Target,
    method: Method,
    report: Report,
    reply_by: DateTime<Utc>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::RaiseMatter).await?;
    let reply_by = to_come(&act, "replyBy", reply_by)?;
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
    let mut new = receive_within(&mut act, site, origin, &report).await?;
    let row = follow_up_matter::Model {
        id: act.id(),
        organization_id: held.row.organization_id,
        site_id: held.row.site_id,
        complaint_id: held.row.complaint_id,
        follow_up_id: held.row.id,
        raised_complaint_id: new.row.id,
        text: new.row.description.clone(),
        reply_by,
        raised_by: act.person()?.id,
        raised_at: act.now,
    };
    row.into_active_model().insert(&act.txn).await?;
    let role = held.role(&act, Action::RaiseMatter)?;
    let data = json!({ "nextReplyBy": reply_by, "window": local(&held, reply_by), "followUp": held.row.id });
    new.tell(&mut act, Event::ReplyPromised, role, None, data, Vec::new()).await?;
    new.save(&act).await?;
    let data = json!({ "number": new.row.number, "raised": new.row.id });
    let words = Some(new.row.description.clone());
    held.tell_with(&mut act, Action::RaiseMatter, Event::MatterRaised, words, data).await?;
    let result = ActResult {
        follow_up: Some(held.row.id),
        complaint: Some(held.row.complaint_id),
        other_complaint: Some(new.row.id),
        ..ActResult::default()
    };
    held.save(&act).await?;
    act.commit(result).await
}
