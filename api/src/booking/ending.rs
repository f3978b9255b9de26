//! What happens to a case begins and ends its visits, in the transaction in which it happens.

use domain::booking::{State, USUAL_LENGTH, Window, step, steps_over};
use domain::category::Emergency;
use domain::event::Kind as Event;
use domain::organization::Language;
use domain::standing::Standing;
use entity::{booking, complaint};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::service::{attention, concerned};
use super::told;
use crate::access::viewer::parse_zone;
use crate::alarm::policy;
use crate::app::act::{Act, Happening};
use crate::app::error::Result;
use crate::app::language::sentence;
use crate::complaint::case::Case;

/// Why a visit ends whose case turned out to be an emergency.
const BECAUSE_EMERGENCY: &str = "because-emergency";

/// Follows what has happened: a wished time is kept in mind, an arrival keeps the visit, the end of a case ends it, and so
/// does an emergency. What it tells of stands in the act after it.
///
/// # Errors
/// When the database does not answer.
pub async fn react(act: &mut Act<'_>, happenings: &[Happening]) -> Result<()> {
    for happening in happenings {
        match happening.kind {
            Event::ComplaintReceived => wish(act, happening.complaint_id).await?,
            Event::TechnicianArrived => keep(act, happening.complaint_id).await?,
            Event::ComplaintReclassified => hasten(act, happening.complaint_id).await?,
            Event::ComplaintResolved
            | Event::ComplaintDeclined
            | Event::ComplaintUnresolvable
            | Event::ComplaintWithdrawn
            | Event::ComplaintMerged
            | Event::ComplaintArchived => drop_all(act, happening.complaint_id).await?,
            _ => {}
        }
    }
    Ok(())
}

/// The time that the customer has named is not agreed, but whoever owes the visit is chased around it (E4.2.1B).
async fn wish(act: &Act<'_>, id: Uuid) -> Result<()> {
    let case = act.told_case(id).await?;
    let Some(wished) = case.wished_at.filter(|wished| *wished > case.received_at) else { return Ok(()) };
    if act.category(case.site_id, case.category_id).await?.emergency != Emergency::None {
        return Ok(());
    }
    let site = act.site(case.site_id).await?;
    let attention = attention(&policy::in_act(act, &site).await?);
    let window = Window { from: wished, to: wished + USUAL_LENGTH };
    // Nobody has agreed to it, so the customer is not reminded of it.
    let steps = steps_over(window, attention, act.now).max(1);
    let row = booking::Model {
        id: act.id(),
        organization_id: case.organization_id,
        site_id: case.site_id,
        complaint_id: case.id,
        team_id: None,
        from_at: window.from,
        to_at: window.to,
        state: State::Wished,
        booked_by: None,
        booked_at: act.now,
        agreed_since: act.now,
        absent: None,
        attachments: None,
        note: None,
        ended_at: None,
        steps: i32::try_from(steps).unwrap_or(i32::MAX),
        next_at: step(steps, window, attention).map(|(at, _)| at),
    };
    row.into_active_model().insert(&act.txn).await?;
    Ok(())
}

/// Somebody came: the visit is kept. Its end is still looked at, for the work must be finished by then.
async fn keep(act: &Act<'_>, case: Uuid) -> Result<()> {
    for mut row in open(act, case).await? {
        row.state = State::Kept;
        row.into_active_model().reset_all().update(&act.txn).await?;
    }
    Ok(())
}

/// What turns out to be an emergency is attended to at once (B6): nobody waits for its visit, whose place is free again.
async fn hasten(act: &mut Act<'_>, id: Uuid) -> Result<()> {
    let case = act.told_case(id).await?;
    if act.category(case.site_id, case.category_id).await?.emergency == Emergency::None {
        return Ok(());
    }
    for row in open(act, id).await? {
        // A time that was only wished was never agreed, so nobody is told that it is not kept.
        if row.state == State::Booked {
            tell_emergency(act, &case, &row).await?;
        }
        cancel(act, row, Some(sentence(Language::ZhCn, BECAUSE_EMERGENCY, &[]))).await?;
    }
    Ok(())
}

async fn tell_emergency(act: &mut Act<'_>, case: &complaint::Model, row: &booking::Model) -> Result<()> {
    let mut case = Case::beside(act, case.clone(), Standing::default()).await?;
    let others = concerned(act, &case).await?;
    let mut data = told::data(row, parse_zone(&case.site.time_zone));
    data["because"] = "emergency".into();
    let reason = sentence(Language::ZhCn, BECAUSE_EMERGENCY, &[]);
    case.tell(act, Event::VisitCancelled, None, Some(reason), data, others).await
}

async fn drop_all(act: &Act<'_>, case: Uuid) -> Result<()> {
    for row in open(act, case).await? {
        cancel(act, row, None).await?;
    }
    Ok(())
}

async fn cancel(act: &Act<'_>, mut row: booking::Model, note: Option<String>) -> Result<()> {
    row.state = State::Cancelled;
    row.note = note.or(row.note);
    row.ended_at = Some(act.now);
    row.next_at = None;
    row.into_active_model().reset_all().update(&act.txn).await?;
    Ok(())
}

async fn open(act: &Act<'_>, case: Uuid) -> Result<Vec<booking::Model>> {
    let rows = booking::Entity::find()
        .filter(booking::Column::ComplaintId.eq(case))
        .filter(booking::Column::State.is_in([State::Wished, State::Booked]));
    Ok(rows.all(&act.txn).await?)
}
