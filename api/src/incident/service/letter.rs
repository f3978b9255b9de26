//! Open letters: drafted by one, approved and published by another.

use domain::complaint::State as CaseState;
use domain::event::Kind as Event;
use domain::incident::{Action, Audience, LetterAction, LetterState, decide, decide_letter};
use domain::refusal::Code;
use entity::{building, complaint, incident, open_letter, open_letter_case, open_letter_place, unit};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};
use serde_json::json;
use uuid::Uuid;

use super::{MAX_TITLE, open, standing_at};
use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target};

/// How long a letter may be.
const MAX_TEXT: usize = 8000;
/// How many buildings or units may be named.
const MAX_PLACES: usize = 1000;

/// A letter as it comes in.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its title.
    pub title: String,
    /// Its words.
    pub text: String,
    /// Whom it is for.
    pub audience: Audience,
    /// The buildings or units, by the audience.
    pub places: Vec<Uuid>,
}

fn result(row: &open_letter::Model) -> ActResult {
    ActResult { subject: Some(row.id), ..ActResult::default() }
}

/// Drafts a letter for an incident.
///
/// # Errors
/// The rule's refusal; `STALE`; refusals on the title, the text and the places.
pub async fn draft(caller: &Caller<'_>, target: Target, draft: Draft) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let (incident, standing) = open(&act, target, "incidentId").await?;
    decide(incident.state, Action::DraftLetter, &standing)?;
    let row = open_letter::Model {
        id: act.id(),
        organization_id: incident.organization_id,
        site_id: incident.site_id,
        incident_id: incident.id,
        state: LetterState::Draft,
        title: validate::text("title", &draft.title, MAX_TITLE)?,
        text: validate::text("text", &draft.text, MAX_TEXT)?,
        audience: draft.audience,
        drafted_by: act.person()?.id,
        drafted_at: act.now,
        approved_by: None,
        published_at: None,
        version: 1,
    };
    row.clone().into_active_model().insert(&act.txn).await?;
    keep_places(&act, &row, &draft.places).await?;
    act.commit(result(&row)).await
}

/// Writes for which buildings or units a letter is.
async fn keep_places(act: &Act<'_>, row: &open_letter::Model, places: &[Uuid]) -> Result<()> {
    open_letter_place::Entity::delete_many()
        .filter(open_letter_place::Column::OpenLetterId.eq(row.id))
        .exec(&act.txn)
        .await?;
    let mut places = places.to_vec();
    places.sort_unstable();
    places.dedup();
    let ids = places.iter().copied();
    let known = match row.audience {
        Audience::Buildings => {
            let found = building::Entity::find().filter(building::Column::SiteId.eq(row.site_id));
            found.filter(building::Column::Id.is_in(ids)).count(&act.txn).await?
        }
        Audience::Units => {
            let found = unit::Entity::find().filter(unit::Column::SiteId.eq(row.site_id));
            found.filter(unit::Column::Id.is_in(ids)).count(&act.txn).await?
        }
        Audience::All | Audience::Members => return Ok(()),
    };
    if places.is_empty() {
        return Err(Error::refused(Code::Required, "placeIds"));
    }
    if places.len() > MAX_PLACES {
        return Err(Error::refused_needing(Code::TooLong, "placeIds", vec![format!("1..{MAX_PLACES}")]));
    }
    if usize::try_from(known).unwrap_or(usize::MAX) != places.len() {
        return Err(Error::refused(Code::NotFound, "placeIds"));
    }
    let rows = places
        .into_iter()
        .map(|place| open_letter_place::ActiveModel { open_letter_id: Set(row.id), place_id: Set(place) });
    open_letter_place::Entity::insert_many(rows).exec_without_returning(&act.txn).await?;
    Ok(())
}

/// A letter of a site where the actor works, locked, after the rule has been asked.
async fn held(act: &Act<'_>, target: Target, action: LetterAction) -> Result<open_letter::Model> {
    let viewer = act.person()?;
    let select = scope::open_letters(viewer).filter(open_letter::Column::Id.eq(target.id));
    let row = locked(select, &act.txn).one(&act.txn).await?.filter(|row| viewer.is_staff_at(row.site_id));
    let mut row = row.ok_or_else(|| Error::refused(Code::NotFound, "openLetterId"))?;
    if row.version != target.version {
        return Err(Error::stale(result(&row)));
    }
    row.state = decide_letter(row.state, action, &standing_at(viewer, row.site_id), row.drafted_by == viewer.id)?;
    row.version += 1;
    Ok(row)
}

async fn finish(act: Act<'_>, row: open_letter::Model) -> Result<ActResult> {
    let result = result(&row);
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(result).await
}

/// Changes a draft. Whoever changes it has written it: somebody else publishes it.
///
/// # Errors
/// The rule's refusal; `STALE`; refusals on the title, the text and the places.
pub async fn revise(caller: &Caller<'_>, target: Target, draft: Draft) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let mut row = held(&act, target, LetterAction::Revise).await?;
    row.title = validate::text("title", &draft.title, MAX_TITLE)?;
    row.text = validate::text("text", &draft.text, MAX_TEXT)?;
    row.audience = draft.audience;
    row.drafted_by = act.person()?.id;
    keep_places(&act, &row, &draft.places).await?;
    finish(act, row).await
}

/// Throws a draft away.
///
/// # Errors
/// The rule's refusal; `STALE`.
pub async fn discard(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let row = held(&act, target, LetterAction::Discard).await?;
    finish(act, row).await
}

/// Approves and publishes a letter: it counts as the reply for each case of the incident that has not ended, in one
/// transaction, so that nobody ever sees a half published one.
///
/// # Errors
/// The rule's refusal; `STALE`.
pub async fn publish(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    hold_incident(&act, target.id).await?;
    let mut row = held(&act, target, LetterAction::Publish).await?;
    row.approved_by = Some(act.person()?.id);
    row.published_at = Some(act.now);
    let select = complaint::Entity::find()
        .filter(complaint::Column::IncidentId.eq(row.incident_id))
        .filter(complaint::Column::State.is_not_in([CaseState::Archived, CaseState::Merged]))
        .order_by_asc(complaint::Column::Id);
    let cases = locked(select, &act.txn).all(&act.txn).await?;
    let answered = cases
        .iter()
        .map(|case| open_letter_case::ActiveModel { open_letter_id: Set(row.id), complaint_id: Set(case.id) });
    if !cases.is_empty() {
        open_letter_case::Entity::insert_many(answered.collect::<Vec<_>>()).exec_without_returning(&act.txn).await?;
    }
    for case in cases {
        answer(&mut act, &row, case).await?;
    }
    finish(act, row).await
}

/// Locks the incident of a letter, so that no case joins it while the letter is published.
async fn hold_incident(act: &Act<'_>, letter: Uuid) -> Result<()> {
    if let Some(row) = open_letter::Entity::find_by_id(letter).one(&act.txn).await? {
        locked(incident::Entity::find_by_id(row.incident_id), &act.txn).one(&act.txn).await?;
    }
    Ok(())
}

/// The drafts of one incident are for another one, which carries it on.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn carry_on(act: &Act<'_>, from: Uuid, to: Uuid) -> Result<()> {
    use open_letter::Column;
    open_letter::Entity::update_many()
        .col_expr(Column::IncidentId, Expr::value(to))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::IncidentId.eq(from))
        .filter(Column::State.eq(LetterState::Draft))
        .exec(&act.txn)
        .await?;
    Ok(())
}

/// Answers a case that joins an incident by the letters that the incident has published, but for those that it has.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn answer_late(act: &mut Act<'_>, incident: Uuid, case: &mut Case) -> Result<()> {
    use open_letter::Column;
    let has = Query::select()
        .column(open_letter_case::Column::OpenLetterId)
        .from(open_letter_case::Entity)
        .and_where(open_letter_case::Column::ComplaintId.eq(case.row.id))
        .to_owned();
    let letters = open_letter::Entity::find()
        .filter(Column::IncidentId.eq(incident))
        .filter(Column::State.eq(LetterState::Published))
        .filter(Column::Id.not_in_subquery(has))
        .order_by_asc(Column::Id)
        .all(&act.txn)
        .await?;
    for letter in letters {
        let row = open_letter_case::ActiveModel { open_letter_id: Set(letter.id), complaint_id: Set(case.row.id) };
        open_letter_case::Entity::insert(row).exec_without_returning(&act.txn).await?;
        tell(act, &letter, case).await?;
    }
    Ok(())
}

async fn answer(act: &mut Act<'_>, letter: &open_letter::Model, case: complaint::Model) -> Result<()> {
    let standing = act.person()?.standing(&case);
    let mut case = Case::of_row(act, case, standing).await?;
    tell(act, letter, &mut case).await?;
    // The row stays as it is, but what two people see does not.
    case.touch();
    case.save(act).await
}

async fn tell(act: &mut Act<'_>, letter: &open_letter::Model, case: &mut Case) -> Result<()> {
    let viewer = act.person()?;
    let role = viewer.grants.iter().find(|grant| grant.site_id.is_none_or(|site| site == letter.site_id));
    let data = json!({ "openLetter": letter.id, "form": "LETTER" });
    let owner = case.row.owner_account_id;
    let role = role.map(|grant| grant.role);
    case.tell(act, Event::OpenLetterPublished, role, Some(letter.title.clone()), data, vec![owner]).await
}
