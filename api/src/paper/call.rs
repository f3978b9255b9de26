//! The call record 客户来电记录表 (E7.2): of a call of a case, and of a call to the hotline that led to none. For employees.

use chrono::{DateTime, TimeDelta, Utc};
use domain::text::{mask_name, mask_phone};
use entity::call_record;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::desk::{Desk, Where};
use super::form::{Block, Form, Row};
use super::words::Label;
use crate::app::error::Result;
use crate::app::loader::{ComplaintById, HotlineCallById};
use crate::hotline::caller::number_for;

/// The form of a call; none for a call that the viewer may not see.
///
/// # Errors
/// When the database does not answer.
pub async fn form(desk: &Desk<'_>, id: Uuid) -> Result<Option<Form>> {
    let Some(call) = call_record::Entity::find_by_id(id).one(&desk.app.db).await? else { return Ok(None) };
    let Some(case) = desk.load(ComplaintById(call.complaint_id)).await? else { return Ok(None) };
    if !desk.viewer.sees_staff_side(&case) {
        return Ok(None);
    }
    let place = desk.site(call.site_id).await?;
    let contact = desk.contact(&case).await?;
    // A number leads to a person, so an anonymous case's form has none.
    let number = match (case.anonymous, contact.full) {
        (true, _) => String::new(),
        (false, true) => call.phone.clone(),
        (false, false) => mask_phone(&call.phone),
    };
    let caller = match (case.anonymous, contact.full, &call.caller_name) {
        (true, ..) | (_, _, None) => String::new(),
        (false, true, Some(name)) => name.clone(),
        (false, false, Some(name)) => mask_name(name),
    };
    let [when, lasted] = times(desk, &place, call.started_at, call.duration_seconds, call.taken_by).await?;
    let direction = desk.label(if call.outgoing { Label::Outgoing } else { Label::Incoming });
    let rows = vec![
        Row::Two(
            desk.field(Label::CaseNumber, &case.number),
            desk.field(Label::Kind, desk.word("word", case.kind.name())),
        ),
        Row::Two(desk.field(Label::Direction, direction), desk.field(Label::OtherSide, number)),
        Row::Two(desk.field(Label::Contact, contact.name), desk.field(Label::Caller, caller)),
        Row::One(desk.field(Label::Place, &case.place)),
        when,
        lasted,
        Row::One(desk.field(Label::ForFollowUp, desk.yes(call.follow_up_id.is_some()))),
        Row::One(desk.field(Label::Summary, &call.summary)),
        Row::One(desk.field(Label::Handling, call.handling.clone().unwrap_or_default())),
    ];
    Ok(Some(filled_in(desk, place, case.number, call.started_at, rows)))
}

/// The form of a call to the hotline that led to no case; none for a call that the viewer may not see. What it shows is what
/// they see of the call elsewhere. It has no running number, and is named by its site and its beginning.
///
/// # Errors
/// When the database does not answer.
pub async fn hotline_form(desk: &Desk<'_>, id: Uuid) -> Result<Option<Form>> {
    let Some(call) = desk.load(HotlineCallById(id)).await? else { return Ok(None) };
    let place = desk.site(call.site_id).await?;
    let case = match call.complaint_id {
        Some(id) => desk.load(ComplaintById(id)).await?.map(|case| case.number),
        None => None,
    };
    let [when, lasted] = times(desk, &place, call.started_at, call.duration_seconds, call.received_by).await?;
    let became = [Some(desk.word("word-call", call.handling.name())), call.note.clone()];
    let rows = vec![
        Row::Two(
            desk.field(Label::Direction, desk.label(Label::Incoming)),
            desk.field(Label::OtherSide, number_for(desk.viewer, &call)),
        ),
        Row::Two(
            desk.field(Label::Caller, call.caller_name.clone().unwrap_or_default()),
            desk.field(Label::CaseNumber, case.unwrap_or_default()),
        ),
        when,
        lasted,
        Row::One(desk.field(Label::Summary, &call.summary)),
        Row::One(desk.field(Label::Handling, became.into_iter().flatten().collect::<Vec<_>>().join("\n"))),
    ];
    let began = call.started_at.with_timezone(&place.zone).format("%Y%m%d-%H%M%S");
    let number = format!("{}-{began}", place.site.code);
    Ok(Some(filled_in(desk, place, number, call.started_at, rows)))
}

/// When a call began and ended, how long it lasted, and who was on the telephone.
async fn times(desk: &Desk<'_>, place: &Where, began: DateTime<Utc>, lasted: i32, taker: Uuid) -> Result<[Row; 2]> {
    let ended = began + TimeDelta::seconds(i64::from(lasted));
    let (minutes, seconds) = ((lasted / 60).to_string(), (lasted % 60).to_string());
    let lasted = desk.label_with(Label::Minutes, &[("minutes", &minutes), ("seconds", &seconds)]);
    let taker = desk.name(Some(taker)).await?;
    Ok([
        Row::Two(desk.field(Label::StartedAt, place.time(began)), desk.field(Label::EndedAt, place.time(ended))),
        Row::Two(desk.field(Label::Lasted, lasted), desk.field(Label::TakenBy, taker)),
    ])
}

/// The form around what was recorded, to be signed by whoever took the call and their head.
fn filled_in(desk: &Desk<'_>, place: Where, number: String, dated: DateTime<Utc>, rows: Vec<Row>) -> Form {
    let signing = [Label::TakerSigns, Label::HeadSigns].map(|label| desk.signing(label, None, "", None));
    Form {
        title: desk.label(Label::CallRecord),
        number,
        house: place.house,
        site: place.site.name,
        language: desk.language,
        dated,
        copies: Vec::new(),
        blocks: vec![Block::Grid(rows), Block::Signing(signing.into())],
    }
}
