//! What any employee registers on the spot (E3.5), and how customer service takes it over.

use domain::clock::Kind as Clock;
use domain::complaint::{Action, Channel};
use domain::event::Kind as Event;
use domain::refusal::Code;
use entity::clock;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{CASE, apply};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::complaint::case::{Case, Target};
use crate::complaint::intake::{self, Registration, Report, refuse_unclear};

/// An employee of any role registers what they have just been told, in a few words. Customer service confirms it with the
/// customer when it takes it over; a clock runs until then. Where no number was given, the case is anonymous (D7).
///
/// # Errors
/// Refusals with the path of the field.
pub async fn report(caller: &Caller<'_>, site_id: Uuid, unit_id: Option<Uuid>, report: Report) -> Result<ActResult> {
    let registration = Registration {
        site_id,
        channel: Channel::Visit,
        unit_id,
        anonymous: report.contact_phone.is_none(),
        call: None,
        brief: true,
        confirmations: [true; 4],
    };
    intake::registered(caller, registration, report).await
}

/// Customer service takes a case over that has just come in: whoever does owns it from now on. What another employee has
/// registered on the spot is confirmed with the customer first (四清楚, E4.1.2).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for a confirmation that is missing.
pub async fn take_over(caller: &Caller<'_>, target: Target, confirmations: Option<[bool; 4]>) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::TakeOver)?;
    if waits(&act, case.row.id).await? {
        let confirmations = confirmations.ok_or_else(|| Error::refused(Code::Required, "confirmations"))?;
        refuse_unclear(confirmations)?;
    }
    apply(&mut act, &mut case, Action::TakeOver, Event::CaseTakenOver, None, json!({})).await?;
    case.touch();
    case.finish(act).await
}

/// Whether a case waits until customer service has it.
async fn waits(act: &Act<'_>, case: Uuid) -> Result<bool> {
    let open = clock::Entity::find()
        .filter(clock::Column::ComplaintId.eq(case))
        .filter(clock::Column::Kind.eq(Clock::TakeOver))
        .filter(clock::Column::EndedAt.is_null());
    Ok(open.count(&act.txn).await? > 0)
}
