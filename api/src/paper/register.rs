//! The complaint register form 客户投诉登记表 (E7.1), as far as its viewer sees the case.

use domain::organization::Language;
use entity::{complaint, follow_up, unit};
use uuid::Uuid;

use super::desk::{Desk, Where};
use super::form::{Block, Field, Form, Row, SigningBox, Table};
use super::words::Label;
use crate::app::error::Result;
use crate::app::loader::{
    BuildingById, CategoryById, ComplaintById, DepartmentById, FollowUpsOf, InvestigationsOf, ItemsOf, TimelineOf,
    UnitById,
};
use crate::event::query::Part;
use crate::event::words::sentence;
use crate::form::stored::Detail;

/// How much of what happened is read at once.
const PART: u64 = 100;

/// The form of a case; none for a case that the viewer may not see.
///
/// # Errors
/// When the database does not answer.
pub async fn form(desk: &Desk<'_>, id: Uuid) -> Result<Option<Form>> {
    let Some(case) = desk.load(ComplaintById(id)).await? else { return Ok(None) };
    let place = desk.site(case.site_id).await?;
    let staff = desk.viewer.sees_staff_side(&case);
    let mut blocks = vec![Block::Grid(facts(desk, &place, &case).await?)];
    blocks.extend(asked(desk, &case)?);
    blocks.extend(matters(desk, case.id).await?);
    if staff {
        blocks.extend(investigation(desk, case.id).await?);
    }
    blocks.push(Block::Heading(desk.label(Label::Course)));
    blocks.push(Block::Table(course(desk, &place, case.id, staff).await?));
    if let Some(points) = ratings(desk, &case) {
        blocks.extend([Block::Heading(desk.label(Label::Rating)), Block::Grid(points)]);
    }
    let follow_ups = desk.load(FollowUpsOf(case.id)).await?.unwrap_or_default();
    let held = follow_ups.iter().filter(|row| row.finished_at.is_some());
    for row in held {
        blocks.extend(follow_up(desk, &place, row, staff).await?);
    }
    let last = follow_ups.iter().rev().find(|row| row.closing && row.finished_at.is_some());
    blocks.push(Block::Signing(signing(desk, &place, last).await?));
    if let Some(seal) = desk.signature(last.and_then(|row| row.signature_id)).await?.and_then(|row| row.seal) {
        blocks.extend(desk.proof(&seal));
    }
    Ok(Some(Form {
        title: desk.label(Label::Register),
        number: case.number,
        house: place.house,
        site: place.site.name,
        language: desk.language,
        dated: case.archived_at.or(case.resolved_at).unwrap_or(case.received_at),
        copies: Vec::new(),
        blocks,
    }))
}

async fn facts(desk: &Desk<'_>, place: &Where, case: &complaint::Model) -> Result<Vec<Row>> {
    let contact = desk.contact(case).await?;
    let category = desk.load(CategoryById(case.category_id)).await?;
    let category = category.map(|row| match desk.language {
        Language::En => row.name_en,
        Language::ZhCn => row.name_zh,
    });
    let department = match case.department_id {
        Some(id) => desk.load(DepartmentById(id)).await?.map(|row| row.name),
        None => None,
    };
    let outcome = case.outcome.map(|outcome| desk.word("word-outcome", outcome.name()));
    let apology = case.conclusion.as_ref().and_then(|kept| kept["apology"].as_str()).map(str::to_owned);
    let result = [&case.result, &case.written_result, &apology].map(Clone::clone);
    let result = result.into_iter().flatten().collect::<Vec<_>>().join("\n");
    Ok(vec![
        Row::Two(
            desk.field(Label::ReceivedAt, place.time(case.received_at)),
            desk.field(Label::Channel, desk.word("word-channel", case.channel.name())),
        ),
        Row::Two(
            desk.field(Label::Kind, desk.word("word", case.kind.name())),
            desk.field(Label::Category, category.unwrap_or_default()),
        ),
        Row::Two(
            desk.field(Label::Severity, desk.word("word-severity", case.severity.name())),
            desk.field(Label::State, desk.word("word-case", case.state.name())),
        ),
        Row::Two(desk.field(Label::Contact, contact.name), desk.field(Label::Phone, contact.phone)),
        Row::Two(desk.field(Label::Unit, home(desk, case.unit_id).await?), desk.field(Label::Place, &case.place)),
        Row::One(desk.field(Label::Reported, &case.description)),
        Row::Two(
            desk.field(Label::RemedySought, case.remedy_sought.clone().unwrap_or_default()),
            desk.field(Label::WishedAt, place.time_of(case.wished_at)),
        ),
        Row::Two(
            desk.field(Label::ReceivedBy, desk.name(case.received_by).await?),
            desk.field(Label::Department, department.unwrap_or_default()),
        ),
        Row::Two(
            desk.field(Label::Handler, desk.name(Some(case.owner_account_id)).await?),
            desk.field(Label::Outcome, outcome.unwrap_or_default()),
        ),
        Row::One(desk.field(Label::Result, result)),
        Row::Two(
            desk.field(Label::ResolvedAt, place.time_of(case.resolved_at)),
            desk.field(Label::ArchivedAt, place.time_of(case.archived_at)),
        ),
    ])
}

/// A unit with its building.
async fn home(desk: &Desk<'_>, id: Option<Uuid>) -> Result<String> {
    let Some(id) = id else { return Ok(String::new()) };
    let Some(unit::Model { building_id, name, .. }) = desk.load(UnitById(id)).await? else { return Ok(String::new()) };
    let building = desk.load(BuildingById(building_id)).await?.map(|row| row.name).unwrap_or_default();
    Ok(format!("{building} {name}"))
}

/// The answers to what the site asks for besides, in the words in which it was asked.
fn asked(desk: &Desk<'_>, case: &complaint::Model) -> Result<Vec<Block>> {
    let Some(kept) = &case.details else { return Ok(Vec::new()) };
    let kept: Vec<Detail> = serde_json::from_value(kept.clone())?;
    let words = |(zh, en): (String, String)| if desk.language == Language::En { en } else { zh };
    let row = |detail: Detail| {
        let value = detail.shown.map_or(detail.value, words);
        Row::One(Field { label: words(detail.label), value })
    };
    let rows = kept.into_iter().map(row).collect();
    Ok(vec![Block::Heading(desk.label(Label::Asked)), Block::Grid(rows)])
}

async fn matters(desk: &Desk<'_>, case: Uuid) -> Result<Vec<Block>> {
    let items = desk.load(ItemsOf(case)).await?.unwrap_or_default();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let columns = vec![("#".to_owned(), 0.08), (desk.label(Label::Matter), 0.92)];
    let rows = items.into_iter().map(|item| vec![item.ordinal.to_string(), item.text]).collect();
    Ok(vec![Block::Heading(desk.label(Label::Matters)), Block::Table(Table { columns, rows })])
}

async fn investigation(desk: &Desk<'_>, case: Uuid) -> Result<Vec<Block>> {
    let Some(found) = desk.load(InvestigationsOf(case)).await?.unwrap_or_default().pop() else { return Ok(Vec::new()) };
    let rows = vec![
        Row::One(desk.field(Label::Explanation, found.explanation)),
        Row::One(desk.field(Label::Solution, found.solution.unwrap_or_default())),
    ];
    Ok(vec![Block::Heading(desk.label(Label::Investigation)), Block::Grid(rows)])
}

/// Everything that happened, as the viewer sees it.
async fn course(desk: &Desk<'_>, place: &Where, case: Uuid, staff: bool) -> Result<Table> {
    let (mut rows, mut position) = (Vec::new(), 0);
    loop {
        let part = TimelineOf { case, part: Part { position, first: PART, newest_first: false, staff } };
        let events = desk.load(part).await?.unwrap_or_default();
        let Some(last) = events.last() else { break };
        position = last.position;
        rows.extend(events.iter().map(|event| {
            let who = event.actor_name.clone().unwrap_or_default();
            vec![place.time(event.occurred_at), sentence(desk.language, event), who]
        }));
    }
    let columns = [(Label::When, 0.2), (Label::What, 0.62), (Label::Who, 0.18)];
    Ok(Table { columns: columns.map(|(label, part)| (desk.label(label), part)).to_vec(), rows })
}

fn ratings(desk: &Desk<'_>, case: &complaint::Model) -> Option<Vec<Row>> {
    let field =
        |label, points: i32| desk.field(label, desk.label_with(Label::Points, &[("points", &points.to_string())]));
    Some(vec![
        Row::Two(field(Label::Quality, case.rating_quality?), field(Label::Attitude, case.rating_attitude?)),
        Row::Two(field(Label::Timeliness, case.rating_timeliness?), field(Label::Overall, case.rating_overall?)),
    ])
}

async fn follow_up(desk: &Desk<'_>, place: &Where, row: &follow_up::Model, staff: bool) -> Result<Vec<Block>> {
    let word = |room: &str, name: Option<&'static str>| name.map(|name| desk.word(room, name)).unwrap_or_default();
    let mut rows = vec![
        Row::Two(
            desk.field(Label::When, place.time_of(row.finished_at)),
            desk.field(Label::Method, word("word-method", row.method.map(domain::follow_up::Method::name))),
        ),
        Row::Two(
            desk.field(Label::Answer, word("word-answer", row.satisfaction.map(domain::follow_up::Satisfaction::name))),
            desk.field(Label::Who, desk.name(row.finished_by).await?),
        ),
        Row::One(desk.field(Label::Record, row.record.clone().unwrap_or_default())),
    ];
    if staff {
        rows.push(Row::One(desk.field(Label::Inspection, row.inspection.clone().unwrap_or_default())));
        rows.push(Row::One(desk.field(Label::Opinion, row.opinion.clone().unwrap_or_default())));
    }
    Ok(vec![Block::Heading(desk.label(Label::FollowUps)), Block::Grid(rows)])
}

/// Who signs below: the customer where the follow-up was on site, and the three who answer for it, in their order (D2).
async fn signing(desk: &Desk<'_>, place: &Where, last: Option<&follow_up::Model>) -> Result<Vec<SigningBox>> {
    let signature = desk.signature(last.and_then(|row| row.signature_id)).await?;
    let mut boxes = Vec::new();
    if let Some(row) = signature {
        let at = Some(place.time(row.signed_at));
        boxes.push(desk.signing(Label::CustomerSigns, Some(row.png), &row.signer_name, at));
    }
    let steps = [
        (Label::SupervisorSigns, last.and_then(|row| row.finished_by), last.and_then(|row| row.finished_at)),
        (Label::DirectorSigns, last.and_then(|row| row.inspected_by), last.and_then(|row| row.inspected_at)),
        (Label::OfficeHeadSigns, last.and_then(|row| row.opinion_by), last.and_then(|row| row.opinion_at)),
    ];
    for (label, who, at) in steps {
        let name = desk.name(who).await?;
        boxes.push(desk.signing(label, None, &name, at.map(|at| place.time(at))));
    }
    Ok(boxes)
}
