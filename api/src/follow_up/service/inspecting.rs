//! The director inspects what was held, all of it or by a draw, and the head of the office signs an opinion (D2).

use data_encoding::HEXLOWER;
use domain::event::Kind as Event;
use domain::follow_up::inspection::{Candidate, InspectionOutcome, draw as draw_lots};
use domain::follow_up::{Action, State, after_draw, decide};
use domain::refusal::{Code, Refusal, Requirement};
use entity::{complaint, follow_up, inspection_draw};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{Held, MAX_AT_ONCE, at_place, hand_case_on, standing_to};
use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::Target;
use crate::signature::keeping::{self as signature, Drawing};

/// The director inspects the record (D2).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the remark.
pub async fn inspect(caller: &Caller<'_>, target: Target, remark: &str) -> Result<ActResult> {
    let remark = validate::text("remark", remark, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::Inspect).await?;
    held.row.inspection_outcome = Some(InspectionOutcome::Inspected);
    held.row.inspection = Some(remark.clone());
    held.row.inspected_by = Some(act.person()?.id);
    held.row.inspected_at = Some(act.now);
    hand_case_on(&mut held);
    held.tell(&mut act, Action::Inspect, Event::FollowUpInspected, remark).await?;
    held.finish(act).await
}

/// Draws, among the follow-ups of a site that wait for the director and were in no draw yet, those that are inspected; the
/// others go on to the head with `NOT_SAMPLED` (D2). At most a hundred at once, the oldest first.
///
/// # Errors
/// `INVALID` for a share that is none; `MISSING` where nothing waits that the caller may inspect.
pub async fn draw(caller: &Caller<'_>, site: Uuid, percent: i32) -> Result<ActResult> {
    let share = u8::try_from(percent).ok().filter(|share| (1..=100).contains(share));
    let share = share.ok_or_else(|| Error::refused_needing(Code::Invalid, "percent", vec!["1..100".to_owned()]))?;
    let mut act = Act::begin(caller).await?;
    let targets = waiting(&act, site).await?;
    if targets.is_empty() {
        return Err(Refusal::Missing(Requirement::FinishedFollowUps).into());
    }
    Held::lock_all(&act, &targets).await?;
    let mut all = Vec::with_capacity(targets.len());
    for target in &targets {
        let row = follow_up::Entity::find_by_id(target.id).one(&act.txn).await?;
        // Whoever inspected it meanwhile was faster than the draw.
        all.extend(row.filter(|row| row.state == State::Finished && row.draw_id.is_none()));
    }
    let candidates: Vec<Candidate> = all.iter().map(candidate).collect();
    let seed = u64::from_be_bytes(act.app.dice.bytes());
    let drawn = draw_lots(seed, share, &candidates);
    let row = inspection_draw::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        site_id: site,
        seed: HEXLOWER.encode(&seed.to_be_bytes()),
        percent,
        candidates: count(all.len()),
        drawn: count(drawn.iter().filter(|drawn| **drawn).count()),
        drawn_by: act.person()?.id,
        drawn_at: act.now,
    };
    let id = row.id;
    row.into_active_model().insert(&act.txn).await?;
    for (found, drawn) in all.into_iter().zip(drawn) {
        let held = Held::open(&act, Target { id: found.id, version: found.version }).await?;
        settle(&mut act, held, id, drawn).await?;
    }
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn candidate(row: &follow_up::Model) -> Candidate {
    Candidate { id: row.id.into_bytes(), satisfaction: row.satisfaction }
}

/// What the caller may inspect at a site and was in no draw yet.
async fn waiting(act: &Act<'_>, site: Uuid) -> Result<Vec<Target>> {
    use follow_up::Column;
    let viewer = act.person()?;
    let rows = scope::follow_ups(viewer)
        .filter(Column::SiteId.eq(site))
        .filter(Column::State.eq(State::Finished))
        .filter(Column::DrawId.is_null())
        .order_by_asc(Column::Id)
        .limit(MAX_AT_ONCE as u64)
        .all(&act.txn)
        .await?;
    let cases = complaint::Entity::find()
        .filter(complaint::Column::Id.is_in(rows.iter().map(|row| row.complaint_id)))
        .all(&act.txn)
        .await?;
    let mine = |row: &&follow_up::Model| {
        cases.iter().find(|case| case.id == row.complaint_id).is_some_and(|case| {
            let standing = standing_to(&viewer.standing(case), row, viewer.id);
            decide(row.state, Action::Inspect, &standing).is_ok()
        })
    };
    Ok(rows.iter().filter(mine).map(|row| Target { id: row.id, version: row.version }).collect())
}

async fn settle(act: &mut Act<'_>, mut held: Held, draw: Uuid, drawn: bool) -> Result<()> {
    held.row.draw_id = Some(draw);
    held.row.drawn = Some(drawn);
    held.take_over(act, after_draw(drawn)).await?;
    if !drawn {
        held.row.inspection_outcome = Some(InspectionOutcome::NotSampled);
        hand_case_on(&mut held);
        held.tell_with(act, Action::Inspect, Event::FollowUpNotSampled, None, json!({ "draw": draw })).await?;
    }
    held.save(act).await
}

/// The office head signs an opinion (D2).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the opinion; refusals on the drawing.
pub async fn sign_opinion(
    caller: &Caller<'_>,
    target: Target,
    opinion: &str,
    drawing: Option<&Drawing>,
) -> Result<ActResult> {
    let opinion = validate::text("opinion", opinion, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    sign(&mut act, &mut held, &opinion, drawing).await?;
    held.finish(act).await
}

/// The office head signs one opinion for several, each with its own record and its own seal (D2). All of them, or none.
///
/// # Errors
/// As [`sign_opinion`], with the place in the list.
pub async fn sign_opinions(
    caller: &Caller<'_>,
    targets: &[Target],
    opinion: &str,
    drawing: Option<&Drawing>,
) -> Result<ActResult> {
    let opinion = validate::text("opinion", opinion, 1000)?;
    let mut act = Act::begin(caller).await?;
    Held::lock_all(&act, targets).await?;
    for (place, target) in targets.iter().enumerate() {
        let mut held = Held::open(&act, *target).await.map_err(|error| at_place(error, place))?;
        sign(&mut act, &mut held, &opinion, drawing).await.map_err(|error| match error {
            // What is wrong with the drawing is wrong with it for all.
            Error::Refused(refused) if !refused.field.is_empty() => Error::Refused(refused),
            error => at_place(error, place),
        })?;
        held.save(&act).await?;
    }
    let follow_ups = targets.iter().map(|target| target.id).collect();
    act.commit(ActResult { follow_ups, ..ActResult::default() }).await
}

async fn sign(act: &mut Act<'_>, held: &mut Held, opinion: &str, drawing: Option<&Drawing>) -> Result<()> {
    held.decide(act, Action::SignOpinion).await?;
    if let Some(drawing) = drawing {
        let content = json!({
            "complaint": held.case.row.number,
            "followUp": held.row.id,
            "record": held.row.record,
            "opinion": opinion,
        });
        held.row.opinion_signature_id = Some(signature::keep(act, &held.case.row, drawing, content).await?.id);
    }
    held.row.opinion = Some(opinion.to_owned());
    held.row.opinion_by = Some(act.person()?.id);
    held.row.opinion_at = Some(act.now);
    hand_case_on(held);
    held.tell(act, Action::SignOpinion, Event::OpinionSigned, opinion.to_owned()).await
}
