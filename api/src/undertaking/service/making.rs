//! How something is undertaken.

use chrono::{DateTime, Utc};
use domain::complaint::{Action as CaseAction, Severity};
use domain::event::Kind as Event;
use domain::investigation::Cause;
use domain::money::Money;
use domain::ownership::Post;
use domain::refusal::{Code, Refusal, Requirement};
use domain::undertaking::{Grounds, Kind, RemedyKind, State, approval_reasons, first_state};
use entity::{investigation, outside_party, undertaking};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::tell;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::decimal;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::owner::{self, Place};
use crate::complaint::parts::refuse_retired;
use crate::complaint::service::department_at;
use crate::price::policy;

/// How long the words of an undertaking may be.
pub const MAX_TEXT: usize = 1000;

/// What is undertaken.
#[derive(Debug, Clone)]
pub struct Draft {
    /// In words.
    pub text: String,
    /// Until when.
    pub due_at: DateTime<Utc>,
    /// What belongs to its kind.
    pub about: About,
}

/// What belongs to one kind of undertaking.
#[derive(Debug, Clone)]
pub enum About {
    /// A promise, with what it is worth (C6).
    Commitment(Option<String>),
    /// An offer to make good, with what it is worth (C9).
    Remedy(RemedyKind, Option<String>),
    /// Another department's part (C4).
    Task(Uuid),
    /// A question to an outside party: whom there, and its reference (E4.4).
    Referral(Uuid, Option<String>, Option<String>),
    /// An action of a kind against a cause, and who answers for it (C11).
    Action(Kind, Against, Uuid),
}

/// What an action is against (C11).
#[derive(Debug, Clone)]
pub struct Against {
    /// The cause, in words.
    pub cause: String,
    /// What that is in the tree of causes.
    pub code: Option<Cause>,
    /// The incident whose cause it is; one that the case belongs to.
    pub incident: Option<Uuid>,
}

impl About {
    const fn kind(&self) -> Kind {
        match self {
            Self::Commitment(_) => Kind::Commitment,
            Self::Remedy(..) => Kind::Remedy,
            Self::Task(_) => Kind::Task,
            Self::Referral(..) => Kind::Referral,
            Self::Action(kind, ..) => *kind,
        }
    }
}

/// Undertakes something for a case.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the text, `INVALID` for a time that is past or an amount that is none, `NOT_FOUND`
/// for a department, party or person that is none of the site's; `INVALID` for an incident that the case does not belong to;
/// `MISSING` for a promise to nobody known.
pub async fn make(caller: &Caller<'_>, target: Target, draft: Draft) -> Result<ActResult> {
    let text = validate::text("text", &draft.text, MAX_TEXT)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(CaseAction::Undertake)?;
    in_time_to_come(&act, draft.due_at)?;
    let mut row = blank(&act, &case, draft.about.kind(), text, draft.due_at)?;
    fill(&act, &case, &mut row, draft.about).await?;
    if row.kind.is_promise() && case.row.anonymous {
        return Err(Refusal::Missing(Requirement::KnownCustomer).into());
    }
    let reasons = approval_reasons(row.kind, grounds(&act, &case, &mut row).await?, &case.standing);
    row.state = first_state(row.kind, &reasons);
    row.approval_reasons = json!(reasons.iter().map(|reason| upper_snake(reason.name())).collect::<Vec<_>>());
    if row.kind.is_for_customer() && reasons.is_empty() {
        row.shown_at = Some(act.now);
    }
    row.clone().into_active_model().insert(&act.txn).await?;
    let role = case.acting_role(act.person()?, CaseAction::Undertake);
    tell(&mut act, &case, &row, made(&row), role, Some(row.text.clone())).await?;
    case.touch();
    case.save(&act).await?;
    act.commit(super::result(&row)).await
}

/// Refuses a time that is past.
pub(super) fn in_time_to_come(act: &Act<'_>, due_at: DateTime<Utc>) -> Result<()> {
    if due_at > act.now {
        return Ok(());
    }
    Err(Error::refused_needing(Code::Invalid, "dueAt", vec!["a time to come".to_owned()]))
}

/// What tells that something stands: to whom it is put, by its kind.
pub(super) const fn made(row: &undertaking::Model) -> Event {
    match (row.kind, row.state) {
        (Kind::Commitment | Kind::Remedy, State::Submitted) => Event::PromiseSubmitted,
        (Kind::Commitment, _) => Event::CommitmentMade,
        (Kind::Remedy, _) => Event::RemedyOffered,
        (Kind::Task, _) => Event::TaskRequested,
        (Kind::Referral, _) => Event::OutsidePartyAsked,
        (Kind::CorrectiveAction | Kind::PreventiveAction, _) => Event::ActionPlanned,
    }
}

fn blank(act: &Act<'_>, case: &Case, kind: Kind, text: String, due_at: DateTime<Utc>) -> Result<undertaking::Model> {
    let actor = act.person()?.id;
    Ok(undertaking::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        kind,
        state: State::Open,
        text,
        owner_account_id: actor,
        department_id: None,
        outside_party_id: None,
        contact: None,
        reference: None,
        cause: None,
        cause_code: None,
        incident_id: None,
        solution: None,
        remedy_kind: None,
        amount_fen: None,
        due_at,
        approval_reasons: json!([]),
        made_by: actor,
        made_at: act.now,
        approved_by: None,
        approved_at: None,
        shown_at: None,
        reason: None,
        answered_by_phone: false,
        answered_at: None,
        outcome: None,
        finished_by: None,
        finished_at: None,
        proof: None,
        confirmed_by: None,
        confirmed_at: None,
        version: 1,
    })
}

async fn fill(act: &Act<'_>, case: &Case, row: &mut undertaking::Model, about: About) -> Result<()> {
    let worth = |amount: Option<String>| amount.map(|text| decimal::amount("amount", &text)).transpose();
    match about {
        About::Commitment(amount) => row.amount_fen = worth(amount)?.map(Money::fen),
        About::Remedy(kind, amount) => {
            row.remedy_kind = Some(kind);
            row.amount_fen = worth(amount)?.map(Money::fen);
        }
        About::Task(department) => {
            let department = department_at(&act.txn, case.site.id, department).await?;
            if case.row.department_id == Some(department.id) {
                let needed = vec!["another department than has the case".to_owned()];
                return Err(Error::refused_needing(Code::Invalid, "departmentId", needed));
            }
            let place = Place {
                site: &case.site,
                department_id: Some(department.id),
                team_id: None,
                actor: None,
                named: None,
                subject: case.row.about_account_id,
            };
            row.owner_account_id = owner::find(&act.txn, Post::DepartmentHead, &place, act.now).await?.id;
            row.department_id = Some(department.id);
        }
        About::Referral(party, contact, reference) => {
            let found = outside_party::Entity::find_by_id(party)
                .filter(outside_party::Column::SiteId.eq(case.site.id))
                .one(&act.txn)
                .await?;
            let found = found.ok_or_else(|| Error::refused(Code::NotFound, "outsidePartyId"))?;
            refuse_retired(found.retired_at, "outsidePartyId")?;
            row.outside_party_id = Some(found.id);
            row.contact = validate::optional_text("contact", contact.as_deref(), 120)?.or(found.contact);
            row.reference = validate::optional_text("reference", reference.as_deref(), 120)?;
        }
        About::Action(_, against, responsible) => {
            row.cause = Some(validate::text("cause", &against.cause, MAX_TEXT)?);
            row.cause_code = against.code;
            if against.incident.is_some() && against.incident != case.row.incident_id {
                let needed = vec!["the incident that the case belongs to".to_owned()];
                return Err(Error::refused_needing(Code::Invalid, "incidentId", needed));
            }
            row.incident_id = against.incident;
            let subject = case.row.about_account_id;
            let (person, _) =
                owner::employee_at(&act.txn, &case.site, responsible, subject, act.now, "responsibleId").await?;
            row.owner_account_id = person.id;
        }
    }
    Ok(())
}

/// What is known of a promise; it cites the cause and the solution as they are on record.
async fn grounds(act: &Act<'_>, case: &Case, row: &mut undertaking::Model) -> Result<Grounds> {
    let known = investigation::Entity::find()
        .filter(investigation::Column::ComplaintId.eq(case.row.id))
        .order_by_desc(investigation::Column::Id)
        .one(&act.txn)
        .await?;
    let established =
        known.as_ref().is_some_and(|found| found.cause != Cause::NotEstablished && found.solution.is_some());
    if let Some(found) = known.filter(|_| row.kind.is_promise()) {
        row.cause = Some(found.explanation);
        row.solution = found.solution;
    }
    let limit = policy::of(&act.txn, case.row.organization_id, case.row.site_id).await?.approval_limit_fen;
    Ok(Grounds {
        established,
        above_limit: row.amount_fen.is_some_and(|amount| amount > limit),
        serious: case.row.severity == Severity::Serious,
    })
}
