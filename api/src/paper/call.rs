//! The call record 客户来电记录表 (E7.2); for employees, as the calls of a case are.

use chrono::TimeDelta;
use domain::text::{mask_name, mask_phone};
use entity::call_record;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::desk::Desk;
use super::form::{Block, Form, Row};
use super::words::Label;
use crate::app::error::Result;
use crate::app::loader::ComplaintById;

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
    let ended = call.started_at + TimeDelta::seconds(i64::from(call.duration_seconds));
    let (minutes, seconds) = ((call.duration_seconds / 60).to_string(), (call.duration_seconds % 60).to_string());
    let lasted = desk.label_with(Label::Minutes, &[("minutes", &minutes), ("seconds", &seconds)]);
    let taker = desk.name(Some(call.taken_by)).await?;
    let direction = desk.label(if call.outgoing { Label::Outgoing } else { Label::Incoming });
    let rows = vec![
        Row::Two(
            desk.field(Label::CaseNumber, &case.number),
            desk.field(Label::Kind, desk.word("word", case.kind.name())),
        ),
        Row::Two(desk.field(Label::Direction, direction), desk.field(Label::OtherSide, number)),
        Row::Two(desk.field(Label::Contact, contact.name), desk.field(Label::Caller, caller)),
        Row::One(desk.field(Label::Place, &case.place)),
        Row::Two(
            desk.field(Label::StartedAt, place.time(call.started_at)),
            desk.field(Label::EndedAt, place.time(ended)),
        ),
        Row::Two(desk.field(Label::Lasted, lasted), desk.field(Label::TakenBy, &taker)),
        Row::One(desk.field(Label::ForFollowUp, desk.yes(call.follow_up_id.is_some()))),
        Row::One(desk.field(Label::Summary, &call.summary)),
        Row::One(desk.field(Label::Handling, call.handling.clone().unwrap_or_default())),
    ];
    let signing = desk.signing(Label::TakerSigns, None, "", None);
    Ok(Some(Form {
        title: desk.label(Label::CallRecord),
        number: case.number,
        house: place.house,
        site: place.site.name,
        language: desk.language,
        dated: call.started_at,
        copies: Vec::new(),
        blocks: vec![Block::Grid(rows), Block::Signing(vec![signing, desk.signing(Label::HeadSigns, None, "", None)])],
    }))
}
