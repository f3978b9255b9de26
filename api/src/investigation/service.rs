//! Records what was found. Both records are written once and never changed: a later one stands beside the earlier.

use chrono::{DateTime, Utc};
use domain::attachment::State as FileState;
use domain::complaint::Action;
use domain::event::Kind as Event;
use domain::investigation::{Cause, Liable, shares_are_whole, without_finding};
use domain::refusal::Code;
use entity::{attachment, complaint_item, department, investigation, outside_party, site_visit};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target};

/// How long a finding, an explanation or a solution may be.
const MAX_TEXT: usize = 2000;
/// How many photos and papers may show one thing.
const MAX_EVIDENCE: usize = 20;
/// How many may be liable.
const MAX_SHARES: usize = 10;

/// What was found of one matter, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finding {
    /// The item.
    pub item: Uuid,
    /// The matter, as it was written then.
    pub matter: String,
    /// What was found.
    pub text: String,
}

/// A visit as it comes in.
#[derive(Debug, Clone)]
pub struct Visit {
    /// When.
    pub visited_at: DateTime<Utc>,
    /// Where; the place of the case when not given.
    pub place: Option<String>,
    /// Item and finding of each.
    pub findings: Vec<(Uuid, String)>,
    /// The attachments that show it.
    pub evidence: Vec<Uuid>,
}

/// Records a visit on site (C3): a finding for every matter of the case, none left out (A5).
///
/// # Errors
/// The rule's refusal; `INVALID` with the matters that have no finding, for an item that is none of the case's, and for a
/// time before the case or to come; refusals on the fields.
pub async fn record_visit(caller: &Caller<'_>, target: Target, visit: Visit) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(Action::RecordVisit)?;
    if visit.visited_at > act.now || visit.visited_at < case.row.received_at {
        let needed = vec![format!("{}..{}", case.row.received_at, act.now)];
        return Err(Error::refused_needing(Code::Invalid, "visitedAt", needed));
    }
    let place = validate::optional_text("place", visit.place.as_deref(), 200)?;
    let findings = findings(&act, &case, visit.findings).await?;
    let evidence = evidence(&act, &case, &visit.evidence).await?;
    let row = site_visit::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        visited_at: visit.visited_at,
        place: place.unwrap_or_else(|| case.row.place.clone()),
        findings: serde_json::to_value(&findings)?,
        recorded_by: act.person()?.id,
        recorded_at: act.now,
        evidence,
    };
    let role = case.acting_role(act.person()?, Action::RecordVisit);
    let told = vec![case.row.owner_account_id];
    case.tell(&mut act, Event::SiteVisited, role, None, json!({ "siteVisit": row.id }), told).await?;
    row.into_active_model().insert(&act.txn).await?;
    case.touch();
    case.finish(act).await
}

/// The ids of the attachments that show something, checked: the case's own, ready, each once.
async fn evidence(act: &Act<'_>, case: &Case, named: &[Uuid]) -> Result<Option<serde_json::Value>> {
    use attachment::Column;
    if named.is_empty() {
        return Ok(None);
    }
    if named.len() > MAX_EVIDENCE {
        return Err(Error::refused_needing(Code::TooLong, "evidenceIds", vec![format!("0..{MAX_EVIDENCE}")]));
    }
    let found = scope::attachments(act.person()?)
        .filter(Column::ComplaintId.eq(case.row.id))
        .filter(Column::State.eq(FileState::Ready))
        .filter(Column::Id.is_in(named.iter().copied()))
        .all(&act.txn)
        .await?;
    for (place, id) in named.iter().enumerate() {
        if named[..place].contains(id) || !found.iter().any(|row| row.id == *id) {
            return Err(Error::refused(Code::NotFound, &format!("evidenceIds.{place}")));
        }
    }
    Ok(Some(serde_json::to_value(named)?))
}

/// The findings in the order of the matters, checked.
async fn findings(act: &Act<'_>, case: &Case, given: Vec<(Uuid, String)>) -> Result<Vec<Finding>> {
    let items = complaint_item::Entity::find()
        .filter(complaint_item::Column::ComplaintId.eq(case.row.id))
        .order_by_asc(complaint_item::Column::Ordinal)
        .all(&act.txn)
        .await?;
    let matters: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let found: Vec<Uuid> = given.iter().map(|(item, _)| *item).collect();
    for (place, item) in found.iter().enumerate() {
        if !matters.contains(item) || found[..place].contains(item) {
            let needed = vec!["an item of the case, each once".to_owned()];
            return Err(Error::refused_needing(Code::Invalid, &format!("findings.{place}.itemId"), needed));
        }
    }
    let missing = without_finding(&matters, &found);
    if !missing.is_empty() {
        let named = items
            .iter()
            .filter(|item| missing.contains(&&item.id))
            .map(|item| format!("{}. {}", item.ordinal, item.text));
        return Err(Error::refused_needing(Code::Invalid, "findings", named.collect()));
    }
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        let Some(place) = found.iter().position(|id| *id == item.id) else { continue };
        let text = validate::text(&format!("findings.{place}.text"), &given[place].1, MAX_TEXT)?;
        kept.push(Finding { item: item.id, matter: item.text, text });
    }
    Ok(kept)
}

/// Who is liable, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    /// What they are: a name of `Liable`.
    pub liable: String,
    /// The department or the outside party.
    pub id: Option<Uuid>,
    /// Its name then.
    pub name: Option<String>,
    /// How much, in hundredths.
    pub percent: i32,
}

/// A share as it comes in.
#[derive(Debug, Clone, Copy)]
pub struct ShareDraft {
    /// What they are.
    pub liable: Liable,
    /// The department, where it is one.
    pub department: Option<Uuid>,
    /// The outside party, where it is one.
    pub party: Option<Uuid>,
    /// How much, in hundredths.
    pub percent: i32,
}

/// What is known of the cause, as it comes in.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// What led to it.
    pub cause: Cause,
    /// In words.
    pub explanation: String,
    /// The best solution, once it is known.
    pub solution: Option<String>,
    /// Who is liable.
    pub shares: Vec<ShareDraft>,
    /// The attachments that show it.
    pub evidence: Vec<Uuid>,
}

/// Records the cause of a matter, its solution, and who is liable (A4, C4).
///
/// # Errors
/// The rule's refusal; `INVALID` for shares that are not 100 % together, `NOT_FOUND` for a department or party that is
/// none of the site's; refusals on the fields.
pub async fn record_cause(caller: &Caller<'_>, target: Target, found: Inquiry) -> Result<ActResult> {
    let explanation = validate::text("explanation", &found.explanation, MAX_TEXT)?;
    let solution = validate::optional_text("solution", found.solution.as_deref(), MAX_TEXT)?;
    let percents: Vec<i32> = found.shares.iter().map(|share| share.percent).collect();
    if !shares_are_whole(&percents) || percents.len() > MAX_SHARES {
        let needed = vec![format!("1..{MAX_SHARES} shares of 1..100 that sum to 100")];
        return Err(Error::refused_needing(Code::Invalid, "shares", needed));
    }
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(Action::Investigate)?;
    let mut shares = Vec::new();
    for (place, share) in found.shares.into_iter().enumerate() {
        shares.push(named(&act, &case, share, place).await?);
    }
    let evidence = evidence(&act, &case, &found.evidence).await?;
    let row = investigation::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        cause: found.cause,
        explanation: explanation.clone(),
        solution,
        shares: serde_json::to_value(&shares)?,
        recorded_by: act.person()?.id,
        recorded_at: act.now,
        evidence,
    };
    let role = case.acting_role(act.person()?, Action::Investigate);
    let data = json!({ "cause": upper_snake(found.cause.name()), "investigation": row.id });
    let told = vec![case.row.owner_account_id];
    case.tell(&mut act, Event::CauseRecorded, role, Some(explanation), data, told).await?;
    row.into_active_model().insert(&act.txn).await?;
    case.touch();
    case.finish(act).await
}

async fn named(act: &Act<'_>, case: &Case, share: ShareDraft, place: usize) -> Result<Share> {
    let site = case.row.site_id;
    let missing = |field: &str| Error::refused(Code::NotFound, &format!("shares.{place}.{field}"));
    let (id, name) = match (share.liable, share.department, share.party) {
        (Liable::Department, Some(id), None) => {
            let found = department::Entity::find_by_id(id).one(&act.txn).await?.filter(|found| found.site_id == site);
            (Some(id), Some(found.ok_or_else(|| missing("departmentId"))?.name))
        }
        (Liable::OutsideParty, None, Some(id)) => {
            let found =
                outside_party::Entity::find_by_id(id).one(&act.txn).await?.filter(|found| found.site_id == site);
            (Some(id), Some(found.ok_or_else(|| missing("outsidePartyId"))?.name))
        }
        (Liable::Customer | Liable::Nobody, None, None) => (None, None),
        _ => {
            let needed = vec!["departmentId for DEPARTMENT, outsidePartyId for OUTSIDE_PARTY, else neither".to_owned()];
            return Err(Error::refused_needing(Code::Invalid, &format!("shares.{place}.liable"), needed));
        }
    };
    Ok(Share { liable: upper_snake(share.liable.name()), id, name, percent: share.percent })
}
