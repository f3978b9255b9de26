//! The work order 维修单, in both copies (E4.2.1A): one for the department that does the work, one for customer service.

use domain::money::{Money, Quantity};
use domain::organization::DepartmentKind;
use domain::quote::State as QuoteState;
use domain::work_order::CopyHolder;
use entity::{complaint, signature, work_order};
use uuid::Uuid;

use super::desk::{Desk, Where};
use super::form::{Block, Form, Row, SigningBox, Table};
use super::words::Label;
use crate::app::error::Result;
use crate::app::loader::{
    BookingsOf, ComplaintById, CopiesOf, DepartmentById, PhotosOf, QuoteLinesOf, QuotesOf, TeamById, WorkOrderById,
};
use crate::stock::service::used_for;

/// To be ticked with a pen.
const TICKS: &str = "□1  □2  □3  □4  □5";

/// The form of an order, in the copy of one holder or in both; none for an order that the viewer may not see.
///
/// # Errors
/// When the database does not answer.
pub async fn form(desk: &Desk<'_>, id: Uuid, copy: Option<CopyHolder>) -> Result<Option<Form>> {
    let Some(order) = desk.load(WorkOrderById(id)).await? else { return Ok(None) };
    let case = desk.load(ComplaintById(order.complaint_id)).await?;
    let place = desk.site(order.site_id).await?;
    let signature = desk.signature(order.signature_id).await?;
    let mut blocks = vec![Block::Grid(facts(desk, &place, &order, case.as_ref()).await?)];
    blocks.extend(charges(desk, &order).await?);
    blocks.extend(photos(desk, order.id).await?);
    blocks.push(Block::Heading(desk.label(Label::Rating)));
    blocks.push(Block::Grid(ratings(desk, &order)));
    blocks.push(Block::Signing(signing(desk, &place, &order, signature.as_ref()).await?));
    blocks.extend(confirmed(desk, &place, &order).await?);
    blocks.extend(signature.iter().filter_map(|row| row.seal.as_deref()).flat_map(|seal| desk.proof(seal)));
    let mut copies = Vec::new();
    for holder in CopyHolder::ALL.iter().filter(|holder| copy.is_none_or(|only| only == **holder)) {
        copies.push(desk.label_with(Label::Copy, &[("department", &keeper(desk, &order, *holder).await?)]));
    }
    Ok(Some(Form {
        title: desk.label(Label::WorkOrder),
        number: order.number,
        house: place.house,
        site: place.site.name,
        language: desk.language,
        dated: order.signed_at.unwrap_or(order.issued_at),
        copies,
        blocks,
    }))
}

/// What the department is called that keeps a copy.
async fn keeper(desk: &Desk<'_>, order: &work_order::Model, holder: CopyHolder) -> Result<String> {
    let kind = match holder {
        CopyHolder::CustomerService => Some(DepartmentKind::CustomerService),
        CopyHolder::Department => desk.load(DepartmentById(order.department_id)).await?.map(|row| row.kind),
    };
    Ok(kind.map(|kind| desk.word("department-kind", kind.name())).unwrap_or_default())
}

async fn facts(
    desk: &Desk<'_>,
    place: &Where,
    order: &work_order::Model,
    case: Option<&complaint::Model>,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    if let Some(case) = case {
        let contact = desk.contact(case).await?;
        rows.extend([
            Row::Two(
                desk.field(Label::CaseNumber, &case.number),
                desk.field(Label::Channel, desk.word("word-channel", case.channel.name())),
            ),
            Row::Two(
                desk.field(Label::ReceivedAt, place.time(case.received_at)),
                desk.field(Label::IssuedAt, place.time(order.issued_at)),
            ),
            Row::Two(desk.field(Label::Contact, contact.name), desk.field(Label::Phone, contact.phone)),
            Row::One(desk.field(Label::Reported, &case.description)),
        ]);
    } else {
        rows.push(Row::One(desk.field(Label::IssuedAt, place.time(order.issued_at))));
    }
    let booked = booked(desk, place, order.complaint_id).await?;
    let department = desk.load(DepartmentById(order.department_id)).await?.map(|row| row.name).unwrap_or_default();
    let team = match order.team_id {
        Some(id) => desk.load(TeamById(id)).await?.map(|row| row.name).unwrap_or_default(),
        None => String::new(),
    };
    // Before the work is done there is room to write by hand.
    let room = if order.completed_at.is_none() { "\n\n" } else { "" };
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| room.to_owned());
    let free = order.free_reason.map(|reason| desk.word("free-reason", reason.name()));
    let free = [free, order.free_note.clone()].into_iter().flatten().collect::<Vec<_>>().join("  ");
    rows.extend([
        Row::Two(desk.field(Label::Place, &order.place), desk.field(Label::PublicArea, desk.yes(order.public_area))),
        Row::One(desk.field(Label::Task, &order.task)),
        Row::Two(desk.field(Label::BookedFor, booked), desk.field(Label::Department, department)),
        Row::Two(desk.field(Label::Team, team), desk.field(Label::Technician, desk.name(order.technician_id).await?)),
        Row::Two(
            desk.field(Label::DepartedAt, place.time_of(order.departed_at)),
            desk.field(Label::ArrivedAt, place.time_of(order.arrived_at)),
        ),
        Row::Two(
            desk.field(Label::CompletedAt, place.time_of(order.completed_at)),
            desk.field(Label::State, desk.word("word-order", order.state.name())),
        ),
        Row::One(desk.field(Label::Cause, text(&order.cause))),
        Row::One(desk.field(Label::WorkDone, text(&order.work_done))),
        Row::One(desk.field(Label::Materials, text(&materials(desk, order).await?))),
        Row::Two(
            desk.field(Label::Pricing, desk.word("word-pricing", order.pricing.name())),
            desk.field(Label::FreeReason, free),
        ),
    ]);
    Ok(rows)
}

/// What was used: what was taken from the team's stock, or what the technician has written where nothing was.
async fn materials(desk: &Desk<'_>, order: &work_order::Model) -> Result<Option<String>> {
    let used = used_for(&desk.app.db, order.id).await?;
    if used.is_empty() {
        return Ok(order.materials.clone());
    }
    let lines = used.iter().map(|(item, quantity)| format!("{} {quantity} {}", item.name, item.unit));
    Ok(Some(lines.collect::<Vec<_>>().join("\n")))
}

/// The visit that is agreed or was kept.
async fn booked(desk: &Desk<'_>, place: &Where, case: Uuid) -> Result<String> {
    use domain::booking::State::{Booked, Kept};
    let visits = desk.load(BookingsOf(case)).await?.unwrap_or_default();
    let visit = visits.iter().rev().find(|visit| matches!(visit.state, Booked | Kept));
    Ok(visit.map_or_else(String::new, |visit| {
        format!("{}–{}", place.time(visit.from_at), visit.to_at.with_timezone(&place.zone).format("%H:%M"))
    }))
}

/// What the customer has accepted to pay, line by line.
async fn charges(desk: &Desk<'_>, order: &work_order::Model) -> Result<Vec<Block>> {
    let quotes = desk.load(QuotesOf(order.complaint_id)).await?.unwrap_or_default();
    let accepted =
        |quote: &&entity::quote::Model| quote.work_order_id == Some(order.id) && quote.state == QuoteState::Accepted;
    let (mut rows, mut total) = (Vec::new(), 0);
    for quote in quotes.iter().filter(accepted) {
        total += quote.total_fen;
        for line in desk.load(QuoteLinesOf(quote.id)).await?.unwrap_or_default() {
            rows.push(vec![
                line.name,
                Quantity::from_thousandths(line.quantity_thousandths).to_string(),
                line.unit,
                Money::from_fen(line.unit_price_fen).to_string(),
                Money::from_fen(line.discount_fen).to_string(),
                Money::from_fen(line.amount_fen).to_string(),
            ]);
        }
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let columns = [
        (Label::Item, 0.38),
        (Label::Quantity, 0.11),
        (Label::Measure, 0.12),
        (Label::UnitPrice, 0.13),
        (Label::Discount, 0.13),
        (Label::Amount, 0.13),
    ];
    let columns = columns.map(|(label, part)| (desk.label(label), part)).to_vec();
    let total = Row::One(desk.field(Label::Total, Money::from_fen(total).to_string()));
    Ok(vec![
        Block::Heading(desk.label(Label::Charges)),
        Block::Table(Table { columns, rows }),
        Block::Grid(vec![total]),
    ])
}

/// The photos of the work, by the hashes of the files as they are kept: a signed document names each with the bytes that were
/// sent.
async fn photos(desk: &Desk<'_>, order: Uuid) -> Result<Vec<Block>> {
    let photos = desk.load(PhotosOf(order)).await?.unwrap_or_default();
    if photos.is_empty() {
        return Ok(Vec::new());
    }
    let columns = vec![(desk.label(Label::FileName), 0.26), (desk.label(Label::Hash), 0.74)];
    let rows = photos.into_iter().map(|photo| vec![photo.name, photo.sha256.unwrap_or_default()]).collect();
    Ok(vec![Block::Heading(desk.label(Label::Photos)), Block::Table(Table { columns, rows })])
}

fn ratings(desk: &Desk<'_>, order: &work_order::Model) -> Vec<Row> {
    let field = |label, points: Option<i32>| {
        let given = |points: i32| desk.label_with(Label::Points, &[("points", &points.to_string())]);
        // What nobody has given, and nobody will once the head has signed, is not asked for.
        let open = if order.signed_at.is_none() { TICKS } else { "" };
        desk.field(label, points.map_or_else(|| open.to_owned(), given))
    };
    vec![
        Row::Two(field(Label::Quality, order.rating_quality), field(Label::Attitude, order.rating_attitude)),
        Row::Two(field(Label::Timeliness, order.rating_timeliness), field(Label::Overall, order.rating_overall)),
    ]
}

async fn signing(
    desk: &Desk<'_>,
    place: &Where,
    order: &work_order::Model,
    signature: Option<&signature::Model>,
) -> Result<Vec<SigningBox>> {
    let name = desk.name(order.technician_id).await?;
    let done = order.completed_at.map(|at| place.time(at));
    let technician = desk.signing(Label::TechnicianSigns, None, &name, done);
    let first = match (order.sign_off_reason, signature) {
        (Some(why), _) => {
            let why = desk.word("word-sign-off", why.name());
            desk.signing(Label::HeadSigns, None, &why, order.signed_at.map(|at| place.time(at)))
        }
        (None, Some(row)) => {
            let at = Some(place.time(row.signed_at));
            desk.signing(Label::CustomerSigns, Some(row.png.clone()), &row.signer_name, at)
        }
        (None, None) => desk.signing(Label::CustomerSigns, None, "", None),
    };
    Ok(vec![first, technician])
}

/// When each copy came to whoever keeps it.
async fn confirmed(desk: &Desk<'_>, place: &Where, order: &work_order::Model) -> Result<Vec<Block>> {
    let mut copies = desk.load(CopiesOf(order.id)).await?.unwrap_or_default();
    copies.sort_by_key(|copy| copy.holder);
    let mut words = Vec::new();
    for copy in copies {
        let (keeper, at) = (keeper(desk, order, copy.holder).await?, place.time_of(copy.acknowledged_at));
        words.push(
            format!("{}  {}", desk.label_with(Label::Copy, &[("department", &keeper)]), at).trim_end().to_owned(),
        );
    }
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let field = desk.field(Label::CopyConfirmed, words.join("\n"));
    Ok(vec![Block::Remark(String::new()), Block::Grid(vec![Row::One(field)])])
}
