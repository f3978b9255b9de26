//! The joint look at a matter 现场会商 (E4.3): leaders and the heads concerned look at the site and the records together,
//! and decide. It is written down once and never changed.

use chrono::{DateTime, Utc};
use domain::event::Kind as Event;
use domain::organization::Role;
use domain::refusal::{Code, Refusal, Requirement};
use domain::standing::Who;
use entity::joint_look;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target, acting_role};
use crate::complaint::owner::employee_at;
use crate::complaint::service::MAX_REASON;

/// How many people, and how many decisions, are written down at most.
const MOST: usize = 30;
/// How long findings may be.
const MAX_FINDINGS: usize = 4_000;

/// Somebody who was there, as they were then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// The account.
    pub id: Uuid,
    /// The name.
    pub name: String,
}

/// A decision as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Decided {
    /// What is to be done.
    pub text: String,
    /// Who is responsible.
    pub responsible: Person,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
}

/// A decision as it is given.
pub struct Decision {
    /// What is to be done.
    pub text: String,
    /// Who is responsible.
    pub responsible: Uuid,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
}

/// What is written down of a joint look.
pub struct Minutes {
    /// When it was held.
    pub held_at: DateTime<Utc>,
    /// Where.
    pub place: String,
    /// The employees who were there.
    pub attendees: Vec<Uuid>,
    /// Others who were there.
    pub guests: Vec<String>,
    /// What the site showed.
    pub site_findings: String,
    /// What the records showed.
    pub record_findings: String,
    /// What was decided.
    pub decisions: Vec<Decision>,
}

/// Writes a joint look down.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `WRONG_STATE` once the case is archived or merged, `NOT_YOURS`; `MISSING` where neither a company
/// leader nor the head of the office was there; refusals on the fields.
pub async fn record(caller: &Caller<'_>, target: Target, minutes: Minutes) -> Result<ActResult> {
    const WHO: &[Who] = &[
        Who::Holder(Role::DepartmentHead),
        Who::Holder(Role::MarketHead),
        Who::Holder(Role::CustomerServiceSupervisor),
        Who::Holder(Role::CustomerServiceDirector),
        Who::Holder(Role::OfficeHead),
        Who::Holder(Role::CompanyLeader),
    ];
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    if !case.standing.is_any(WHO) {
        return Err(Refusal::NotYours { who_may: WHO.iter().map(|who| who.name()).collect() }.into());
    }
    if matches!(case.row.state, domain::complaint::State::Archived | domain::complaint::State::Merged) {
        return Err(Error::refused(Code::WrongState, "complaintId"));
    }
    let (row, tell) = checked(&act, &case, minutes).await?;
    let role = acting_role(act.person()?, &case.standing, WHO, case.row.site_id);
    let data = json!({ "jointLook": row.id });
    case.tell(&mut act, Event::JointLookHeld, role, None, data, tell).await?;
    row.into_active_model().insert(&act.txn).await?;
    case.touch();
    case.finish(act).await
}

/// The row of a joint look, checked, and who hears of it: everybody who was there or has something to do.
async fn checked(act: &Act<'_>, case: &Case, minutes: Minutes) -> Result<(joint_look::Model, Vec<Uuid>)> {
    let invalid = |field: &str, right: String| Error::refused_needing(Code::Invalid, field, vec![right]);
    if minutes.held_at > act.now || minutes.held_at < case.row.received_at {
        return Err(invalid("heldAt", format!("{}..{}", case.row.received_at, act.now)));
    }
    if !(2..=MOST).contains(&(minutes.attendees.len() + minutes.guests.len())) || minutes.attendees.is_empty() {
        return Err(invalid("attendeeIds", format!("2..{MOST} people, an employee among them")));
    }
    if let Some(place) =
        (1..minutes.attendees.len()).find(|at| minutes.attendees[..*at].contains(&minutes.attendees[*at]))
    {
        return Err(invalid(&format!("attendeeIds.{place}"), "each once".to_owned()));
    }
    if minutes.decisions.is_empty() || minutes.decisions.len() > MOST {
        return Err(invalid("decisions", format!("1..{MOST} decisions")));
    }
    let (mut attendees, mut leads) = (Vec::new(), false);
    for (place, id) in minutes.attendees.iter().enumerate() {
        let (person, roles) = employee(act, case, *id, &format!("attendeeIds.{place}")).await?;
        leads |= roles.iter().any(|role| matches!(role, Role::CompanyLeader | Role::OfficeHead));
        attendees.push(person);
    }
    if !leads {
        return Err(Refusal::Missing(Requirement::LeaderPresent).into());
    }
    let mut decisions = Vec::new();
    for (place, decision) in minutes.decisions.into_iter().enumerate() {
        let text = validate::text(&format!("decisions.{place}.text"), &decision.text, MAX_REASON)?;
        let field = format!("decisions.{place}.responsibleId");
        let (responsible, _) = employee(act, case, decision.responsible, &field).await?;
        if decision.until.is_some_and(|until| until <= minutes.held_at) {
            return Err(invalid(&format!("decisions.{place}.until"), "a time after heldAt".to_owned()));
        }
        decisions.push(Decided { text, responsible, until: decision.until });
    }
    let guests = minutes.guests.iter().enumerate();
    let guests: Vec<String> =
        guests.map(|(place, guest)| validate::text(&format!("guests.{place}"), guest, 120)).collect::<Result<_>>()?;
    let tell = attendees.iter().map(|person| person.id).chain(decisions.iter().map(|d| d.responsible.id)).collect();
    let row = joint_look::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        complaint_id: case.row.id,
        held_at: minutes.held_at,
        place: validate::text("place", &minutes.place, 200)?,
        attendees: serde_json::to_value(attendees)?,
        guests: serde_json::to_value(guests)?,
        site_findings: validate::text("siteFindings", &minutes.site_findings, MAX_FINDINGS)?,
        record_findings: validate::text("recordFindings", &minutes.record_findings, MAX_FINDINGS)?,
        decisions: serde_json::to_value(decisions)?,
        recorded_by: act.person()?.id,
        recorded_at: act.now,
    };
    Ok((row, tell))
}

async fn employee(act: &Act<'_>, case: &Case, id: Uuid, field: &str) -> Result<(Person, Vec<Role>)> {
    let (account, roles) = employee_at(&act.txn, &case.site, id, case.row.about_account_id, act.now, field).await?;
    Ok((Person { id, name: account.name }, roles))
}
