//! The acts on incidents. Each locks the incident first, then its letters and its cases, in the order of their ids.

mod following;
mod letter;

pub use following::{follow, read, unfollow};
pub use letter::{Draft, discard, draft, publish, revise};

use domain::event::Kind as Event;
use domain::incident::{Action, MAX_CASES, State, decide};
use domain::refusal::Code;
use domain::standing::{Standing, Who};
use entity::{complaint, incident, site};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::query::JOINING;
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::parts::refuse_retired;
use crate::undertaking::service as undertaking;

/// How long a title may be.
const MAX_TITLE: usize = 120;
const CASES: &str = "complaintIds";

/// What somebody is at a site.
#[must_use]
pub fn standing_at(viewer: &Viewer, site: Uuid) -> Standing {
    let here = viewer.grants.iter().filter(|grant| grant.site_id.is_none_or(|held| held == site));
    Standing(here.map(|grant| Who::Holder(grant.role)).collect())
}

fn result(row: &incident::Model) -> ActResult {
    ActResult { subject: Some(row.id), ..ActResult::default() }
}

/// An incident of a site where the actor works, locked, as the caller saw it.
async fn open(act: &Act<'_>, target: Target, field: &str) -> Result<(incident::Model, Standing)> {
    let viewer = act.person()?;
    let select = scope::incidents(viewer).filter(incident::Column::Id.eq(target.id));
    let row = locked(select, &act.txn).one(&act.txn).await?.filter(|row| viewer.is_staff_at(row.site_id));
    let row = row.ok_or_else(|| Error::refused(Code::NotFound, field))?;
    if row.version != target.version {
        return Err(Error::stale(result(&row)));
    }
    let standing = standing_at(viewer, row.site_id);
    Ok((row, standing))
}

async fn change(act: Act<'_>, mut row: incident::Model) -> Result<ActResult> {
    row.version += 1;
    let result = result(&row);
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(result).await
}

/// Says that cases are of one incident.
///
/// # Errors
/// `NOT_FOUND` for a site where the actor does not work, or a case outside the scope; `INVALID` for cases that cannot join;
/// refusals on the title.
pub async fn confirm(
    caller: &Caller<'_>,
    site: Uuid,
    title: &str,
    announced: bool,
    cases: &[Uuid],
) -> Result<ActResult> {
    let title = validate::text("title", title, MAX_TITLE)?;
    let mut act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let found = site::Entity::find_by_id(site).one(&act.txn).await?;
    let mine = found.filter(|site| site.organization_id == viewer.organization_id && viewer.is_staff_at(site.id));
    let site = mine.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    refuse_retired(site.retired_at, "siteId")?;
    decide(State::Open, Action::AddCases, &standing_at(viewer, site.id))?;
    let row = blank(&act, site.organization_id, site.id, title, announced)?;
    row.clone().into_active_model().insert(&act.txn).await?;
    join(&mut act, &row, cases, None).await?;
    act.commit(result(&row)).await
}

fn blank(
    act: &Act<'_>,
    organization_id: Uuid,
    site_id: Uuid,
    title: String,
    announced: bool,
) -> Result<incident::Model> {
    Ok(incident::Model {
        id: act.id(),
        organization_id,
        site_id,
        state: State::Open,
        title,
        announced,
        merged_into_id: None,
        confirmed_by: act.person()?.id,
        confirmed_at: act.now,
        ended_at: None,
        version: 1,
    })
}

/// Takes cases into an incident: those of none, or those of the incident that they come from.
async fn join(act: &mut Act<'_>, row: &incident::Model, ids: &[Uuid], from: Option<Uuid>) -> Result<()> {
    use complaint::Column;
    let viewer = act.person()?;
    let select = scope::complaints(viewer)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::SiteId.eq(row.site_id))
        .order_by_asc(Column::Id);
    let cases = locked(select, &act.txn).all(&act.txn).await?;
    if cases.is_empty() || cases.len() != ids.len() {
        return Err(Error::refused(Code::NotFound, CASES));
    }
    let fits = |case: &complaint::Model| {
        case.incident_id == from && case.about_account_id.is_none() && JOINING.contains(&case.state)
    };
    if !cases.iter().all(fits) {
        let needed = vec!["cases that have not ended, are about nobody, and belong to no other incident".to_owned()];
        return Err(Error::refused_needing(Code::Invalid, CASES, needed));
    }
    let held = complaint::Entity::find().filter(Column::IncidentId.eq(row.id)).count(&act.txn).await?;
    if usize::try_from(held).unwrap_or(usize::MAX).saturating_add(cases.len()) > MAX_CASES {
        return Err(Error::refused_needing(Code::TooLong, CASES, vec![format!("1..{MAX_CASES} in all")]));
    }
    for case in cases {
        move_into(act, row, case).await?;
    }
    Ok(())
}

async fn move_into(act: &mut Act<'_>, row: &incident::Model, case: complaint::Model) -> Result<()> {
    let standing = act.person()?.standing(&case);
    let mut case = Case::of_row(act, case, standing).await?;
    case.row.incident_id = Some(row.id);
    let data = json!({ "incident": row.id });
    let owner = case.row.owner_account_id;
    case.tell(act, Event::IncidentJoined, None, Some(row.title.clone()), data, vec![owner]).await?;
    letter::answer_late(act, row.id, &mut case).await?;
    case.save(act).await
}

/// Takes more cases into an incident.
///
/// # Errors
/// As [`confirm`]; the rule's refusal; `STALE`.
pub async fn add_cases(caller: &Caller<'_>, target: Target, cases: &[Uuid]) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let (row, standing) = open(&act, target, "incidentId").await?;
    decide(row.state, Action::AddCases, &standing)?;
    join(&mut act, &row, cases, None).await?;
    change(act, row).await
}

/// Makes an incident of its own from some of the cases.
///
/// # Errors
/// As [`add_cases`].
pub async fn split(caller: &Caller<'_>, target: Target, title: &str, cases: &[Uuid]) -> Result<ActResult> {
    let title = validate::text("title", title, MAX_TITLE)?;
    let mut act = Act::begin(caller).await?;
    let (mut row, standing) = open(&act, target, "incidentId").await?;
    decide(row.state, Action::Split, &standing)?;
    let new = blank(&act, row.organization_id, row.site_id, title, row.announced)?;
    new.clone().into_active_model().insert(&act.txn).await?;
    join(&mut act, &new, cases, Some(row.id)).await?;
    row.version += 1;
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(result(&new)).await
}

/// Carries an incident on under another one of the site: its cases, followers, drafts and actions go along.
///
/// # Errors
/// The rule's refusal; `STALE`; `NOT_FOUND` or `INVALID` for the other one.
pub async fn merge(caller: &Caller<'_>, target: Target, into: Target) -> Result<ActResult> {
    const INTO: &str = "intoIncidentId";
    let mut act = Act::begin(caller).await?;
    if target.id == into.id {
        return Err(Error::refused_needing(Code::Invalid, INTO, vec!["another incident of the site".to_owned()]));
    }
    // Two merges that cross would wait for each other; locking in the order of ids rules that out.
    let ((mut row, standing), (main, _)) = if target.id < into.id {
        let first = open(&act, target, "incidentId").await?;
        (first, open(&act, into, INTO).await?)
    } else {
        let main = open(&act, into, INTO).await?;
        (open(&act, target, "incidentId").await?, main)
    };
    row.state = decide(row.state, Action::Merge, &standing)?;
    if main.state != State::Open || main.site_id != row.site_id {
        return Err(Error::refused_needing(Code::Invalid, INTO, vec!["another open incident of the site".to_owned()]));
    }
    let select = complaint::Entity::find().filter(complaint::Column::IncidentId.eq(row.id));
    let cases = locked(select.order_by_asc(complaint::Column::Id), &act.txn).all(&act.txn).await?;
    let moving: Vec<Uuid> = cases.iter().filter(|case| JOINING.contains(&case.state)).map(|case| case.id).collect();
    if !moving.is_empty() {
        join(&mut act, &main, &moving, Some(row.id)).await?;
    }
    following::carry_on(&act, row.id, main.id).await?;
    letter::carry_on(&act, row.id, main.id).await?;
    undertaking::carry_on(&act, row.id, main.id).await?;
    row.merged_into_id = Some(main.id);
    row.ended_at = Some(act.now);
    row.version += 1;
    row.into_active_model().reset_all().update(&act.txn).await?;
    change(act, main).await
}

/// Lets residents know of an incident, or no longer.
///
/// # Errors
/// The rule's refusal; `STALE`.
pub async fn announce(caller: &Caller<'_>, target: Target, announced: bool) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let (mut row, standing) = open(&act, target, "incidentId").await?;
    row.state = decide(row.state, Action::Announce, &standing)?;
    row.announced = announced;
    change(act, row).await
}

/// Says that an incident is over. Its cases go their own ways on.
///
/// # Errors
/// The rule's refusal; `STALE`.
pub async fn end(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let (mut row, standing) = open(&act, target, "incidentId").await?;
    row.state = decide(row.state, Action::End, &standing)?;
    row.ended_at = Some(act.now);
    change(act, row).await
}
