//! Holding a follow-up: what the customer said of the result, and the evidence of it (D2).

use domain::complaint::{Action as CaseAction, after_follow_up};
use domain::event::Kind as Event;
use domain::follow_up::{Action, Evidence, Method, Satisfaction, check_evidence};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::{Answers, Held};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::parts::{self, Call};
use crate::signature::keeping::{self as signature, Drawing};

/// The words with which the record of a follow-up by phone begins (D2).
const BY_PHONE: &str = "电话回访";

/// How a follow-up went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it was held (D2).
    pub method: Method,
    /// What the customer said of the result.
    pub satisfaction: Satisfaction,
    /// What was said.
    pub record: String,
    /// The call, when by phone.
    pub call: Option<Call>,
    /// The customer's signature, when on site.
    pub drawing: Option<Drawing>,
    /// What the customer answered to the questionnaire.
    pub answers: Answers,
}

/// Records how a follow-up went. Dissatisfied reopens the case, satisfied moves it on (C10, D1, D2).
///
/// # Errors
/// The rule's refusal; `MISSING` for the call record or the signature; refusals on the answers.
pub async fn finish(caller: &Caller<'_>, target: Target, outcome: Outcome) -> Result<ActResult> {
    let record = validate::text("record", &outcome.record, 1900)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    let awaited = held.is_awaited();
    held.decide(&act, Action::Finish).await?;
    check_evidence(Evidence {
        method: outcome.method,
        call_record: outcome.call.is_some(),
        signature: outcome.drawing.is_some(),
    })?;
    held.row.record = Some(match outcome.method {
        Method::Phone => format!("{BY_PHONE}:{record}"),
        Method::OnSite => record.clone(),
    });
    held.row.method = Some(outcome.method);
    held.row.satisfaction = Some(outcome.satisfaction);
    held.row.finished_by = Some(act.person()?.id);
    held.row.finished_at = Some(act.now);
    outcome.answers.keep(&act, &mut held.row).await?;
    if let Some(call) = outcome.call {
        parts::record_call(&act, &held.case.row, Some(held.row.id), true, call).await?;
    }
    if let Some(drawing) = &outcome.drawing {
        let content = json!({
            "complaint": held.case.row.number,
            "record": record,
            "satisfaction": upper_snake(outcome.satisfaction.name()),
        });
        held.row.signature_id = Some(signature::keep(&act, &held.case.row, drawing, content).await?.id);
    }
    held.tell(&mut act, Action::Finish, Event::FollowUpFinished, record).await?;
    if awaited {
        move_case(&mut act, &mut held, outcome.satisfaction == Satisfaction::Satisfied).await?;
    }
    held.finish(act).await
}

pub(super) async fn move_case(act: &mut Act<'_>, held: &mut Held, satisfied: bool) -> Result<()> {
    // The follow-up at hand is still open in the database: written first, it is not taken for one to cancel.
    let state = held.row.clone().into_active_model().reset_all();
    state.update(&act.txn).await?;
    held.case.take_over(act, after_follow_up(satisfied), None).await?;
    if !satisfied {
        let viewer = act.person()?;
        let role = held.case.acting_role(viewer, CaseAction::OpenFollowUp);
        held.case.tell(act, Event::ComplaintReopened, role, held.row.record.clone(), json!({}), Vec::new()).await?;
    }
    Ok(())
}
