//! Making a quote from the price list in force, replacing it by a new revision, and taking it back.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::complaint::Action as CaseAction;
use domain::event::Kind as Event;
use domain::money::Money;
use domain::ownership::Post;
use domain::quote::{Action, Content, Fault, Grounds, Line, MAX_LINES, State, total};
use domain::refusal::Code;
use domain::work_order::Action as OrderAction;
use entity::{price_item, quote, quote_line, work_order};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::Held;
use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::decimal;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::numbers::{self, Series};
use crate::complaint::owner::{self, Place};
use crate::complaint::service::MAX_REASON;
use crate::price::{policy, service as prices};
use crate::quote::facts;
use crate::work_order::service::Order;

/// A line as it comes in.
#[derive(Debug, Clone, Default)]
pub struct LineDraft {
    /// The item of the price list.
    pub price_item_id: Option<Uuid>,
    /// What, for a line outside of the list.
    pub name: Option<String>,
    /// Of what the quantity is counted.
    pub unit: Option<String>,
    /// What one unit costs, in yuan.
    pub unit_price: Option<String>,
    /// How many.
    pub quantity: String,
    /// What is taken off the line, in yuan.
    pub discount: Option<String>,
    /// Why.
    pub discount_reason: Option<String>,
}

/// What is offered.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    /// The lines.
    pub lines: Vec<LineDraft>,
    /// What else is said.
    pub note: Option<String>,
    /// How many days it holds; as the site says when not given.
    pub valid_days: Option<i32>,
}

/// Makes a quote for a case, or for one of its orders on site. It goes to the customer, or to the head first (C6).
///
/// # Errors
/// The rule's refusal; refusals with the path of the field.
pub async fn create(caller: &Caller<'_>, target: Target, order: Option<Uuid>, offer: &Offer) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let case = Case::open(&act, target, "complaintId").await?;
    let made = match order {
        None => {
            case.check(CaseAction::Quote)?;
            write(&mut act, case, None, offer, None).await?
        }
        Some(id) => {
            let order = Order::of_case(&act, case, id).await?;
            order.check(&act, OrderAction::Quote).await?;
            write(&mut act, order.case, Some(order.row), offer, None).await?
        }
    };
    act.commit(made.result()).await
}

/// Replaces a quote by a new revision; the old one cannot be accepted any more.
///
/// # Errors
/// The rule's refusal; refusals with the path of the field.
pub async fn revise(caller: &Caller<'_>, target: Target, offer: &Offer) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut old = Held::open(&act, target).await?;
    old.decide(&act, Action::Revise)?;
    old.tell(&mut act, Some(Action::Revise), Event::QuoteRevised, None, Vec::new()).await?;
    old.save(&act).await?;
    let Held { row, case, order, .. } = old;
    let made = write(&mut act, case, order, offer, Some(&row)).await?;
    act.commit(made.result()).await
}

/// Takes a quote back without another one in its place, with a reason: the customer hears of it where it was before them.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn withdraw(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::Withdraw)?;
    held.row.withdrawn_because = Some(reason.clone());
    let event = if held.row.offered_at.is_some() { Event::QuoteWithdrawn } else { Event::QuoteDropped };
    let crew = held.crew();
    held.tell(&mut act, Some(Action::Withdraw), event, Some(reason), crew).await?;
    held.finish(act).await
}

async fn write(
    act: &mut Act<'_>,
    case: Case,
    order: Option<work_order::Model>,
    offer: &Offer,
    before: Option<&quote::Model>,
) -> Result<Held> {
    let author = act.person()?;
    let row = draft(act, &case, order.as_ref(), offer, before).await?;
    let standing = match &order {
        Some(order) => author.standing_to_order(&case.row, order),
        None => author.standing(&case.row),
    };
    let held = Held { row, case, order, standing, quotes: Vec::new() };
    if held.row.state == State::Offered {
        held.tell(act, Some(Action::Revise), Event::QuoteOffered, None, Vec::new()).await?;
    } else {
        let approver = approver(act, &held).await?;
        held.tell(act, Some(Action::Revise), Event::QuoteSubmitted, None, vec![approver]).await?;
    }
    Ok(held)
}

/// Who is asked to approve: the head of the department that is responsible, or of customer service until one is (C6).
async fn approver(act: &Act<'_>, held: &Held) -> Result<Uuid> {
    let case = &held.case;
    let department_id = held.order.as_ref().map(|order| order.department_id).or(case.row.department_id);
    let post = if department_id.is_some() { Post::DepartmentHead } else { Post::CustomerServiceSupervisor };
    let subject = case.row.about_account_id;
    let place = Place { site: &case.site, department_id, team_id: None, actor: None, named: None, subject };
    Ok(owner::find(&act.txn, post, &place, act.now).await?.id)
}

/// Writes the row and its lines.
async fn draft(
    act: &Act<'_>,
    case: &Case,
    order: Option<&work_order::Model>,
    offer: &Offer,
    before: Option<&quote::Model>,
) -> Result<quote::Model> {
    let list = prices::in_force(&act.txn, case.site.id, prices::today(&case.site, act.now)).await?;
    let items = items_of(act, offer).await?;
    let lines = read_lines(offer, &items, list.as_ref().map(|list| list.id))?;
    let sum = total(&lines).map_err(|_| too_much("lines"))?;
    let others = facts::of_case(&act.txn, case.row.id).await?;
    let accepted = || others.iter().filter(|other| other.state == State::Accepted);
    let accepted_before: Money = accepted().map(|other| Money::from_fen(other.total_fen)).sum();
    let policy = policy::of(&act.txn, case.site.organization_id, case.site.id).await?;
    let grounds = Grounds::of(&lines, sum, accepted_before, Money::from_fen(policy.approval_limit_fen));
    let days = offer.valid_days.map_or(Ok(policy.valid_days), |days| policy::checked_days("validDays", days))?;
    let valid_until = act.now + TimeDelta::days(i64::from(days));
    let note = validate::optional_text("note", offer.note.as_deref(), 500)?;
    let number = match before {
        Some(before) => before.number.clone(),
        None => numbers::next(&act.txn, &case.site, Series::Quote, act.now).await?,
    };
    let revision = before.map_or(1, |before| before.revision + 1);
    let content = Content {
        number: &number,
        revision,
        complaint: &case.row.number,
        work_order: order.map(|order| order.number.as_str()),
        lines: &lines,
        total: sum,
        note: note.as_deref(),
        valid_until,
    };
    let content = content.canonical().map_err(|_| too_much("lines"))?;
    let state = grounds.first_state();
    let of_order = order.map(|order| order.id);
    let row = quote::Model {
        id: act.id(),
        organization_id: case.row.organization_id,
        site_id: case.row.site_id,
        complaint_id: case.row.id,
        work_order_id: of_order,
        revises_id: before.map(|before| before.id),
        supplementary: order.is_some_and(|order| {
            order.pricing == domain::price::Pricing::Free || accepted().any(|other| other.work_order_id == of_order)
        }),
        state,
        price_list_id: list.map(|list| list.id),
        off_list: grounds.off_list,
        above_limit: grounds.above_limit,
        total_fen: sum.fen(),
        valid_until,
        // serde_json sorts the keys of an object, so the text is the same for the same content.
        content_sha256: sha256_hex(content.to_string().as_bytes()),
        content,
        made_by: act.person()?.id,
        made_at: act.now,
        decided_by: None,
        decided_at: None,
        decision_note: None,
        offered_at: (state == State::Offered).then_some(act.now),
        answer_method: None,
        answered_by: None,
        answered_at: None,
        decline_reason: None,
        withdrawn_because: None,
        signature_id: None,
        call_record_id: None,
        version: 1,
        number,
        revision,
        note,
    };
    row.clone().into_active_model().insert(&act.txn).await?;
    write_lines(act, &row, offer, lines).await?;
    Ok(row)
}

async fn items_of(act: &Act<'_>, offer: &Offer) -> Result<HashMap<Uuid, price_item::Model>> {
    let ids: Vec<Uuid> = offer.lines.iter().filter_map(|line| line.price_item_id).collect();
    let found = price_item::Entity::find().filter(price_item::Column::Id.is_in(ids));
    let mine = found.filter(price_item::Column::OrganizationId.eq(act.organization_id())).all(&act.txn).await?;
    Ok(mine.into_iter().map(|item| (item.id, item)).collect())
}

fn read_lines(offer: &Offer, items: &HashMap<Uuid, price_item::Model>, list: Option<Uuid>) -> Result<Vec<Line>> {
    if offer.lines.is_empty() {
        return Err(Error::refused(Code::Required, "lines"));
    }
    if offer.lines.len() > MAX_LINES {
        return Err(Error::refused_needing(Code::TooLong, "lines", vec![format!("1..{MAX_LINES}")]));
    }
    offer.lines.iter().enumerate().map(|(index, line)| read_line(index, line, items, list)).collect()
}

fn read_line(
    index: usize,
    draft: &LineDraft,
    items: &HashMap<Uuid, price_item::Model>,
    list: Option<Uuid>,
) -> Result<Line> {
    let field = |name: &str| format!("lines.{index}.{name}");
    let (name, unit, unit_price) = match draft.price_item_id {
        Some(id) => {
            let item = items.get(&id).ok_or_else(|| Error::refused(Code::NotFound, &field("priceItemId")))?;
            if Some(item.price_list_id) != list {
                return Err(Error::refused(Code::Retired, &field("priceItemId")));
            }
            (item.name.clone(), item.unit.clone(), Money::from_fen(item.unit_price_fen))
        }
        None => (
            validate::text(&field("name"), draft.name.as_deref().unwrap_or_default(), 120)?,
            validate::text(&field("unit"), draft.unit.as_deref().unwrap_or_default(), 20)?,
            match &draft.unit_price {
                Some(price) => decimal::amount(&field("unitPrice"), price)?,
                None => return Err(Error::refused(Code::Required, &field("unitPrice"))),
            },
        ),
    };
    let line = Line {
        listed: draft.price_item_id.is_some(),
        name,
        unit,
        unit_price,
        quantity: decimal::quantity(&field("quantity"), &draft.quantity)?,
        discount: match &draft.discount {
            Some(discount) => decimal::amount(&field("discount"), discount)?,
            None => Money::ZERO,
        },
        discount_reason: validate::optional_text(&field("discountReason"), draft.discount_reason.as_deref(), 500)?,
    };
    line.amount().map_err(|fault| match fault {
        Fault::TooMuch => too_much(&field("quantity")),
        Fault::DiscountTooLarge => {
            let most = line.unit_price.times(line.quantity).unwrap_or(Money::MOST);
            Error::refused_needing(Code::Invalid, &field("discount"), vec![format!("0.00..{most}")])
        }
        Fault::ReasonMissing => Error::refused(Code::Required, &field("discountReason")),
    })?;
    Ok(line)
}

fn too_much(field: &str) -> Error {
    Error::refused_needing(Code::TooLong, field, vec![format!("0.00..{}", Money::MOST)])
}

async fn write_lines(act: &Act<'_>, row: &quote::Model, offer: &Offer, lines: Vec<Line>) -> Result<()> {
    let mut rows = Vec::with_capacity(lines.len());
    for ((ordinal, line), draft) in (1..).zip(lines).zip(&offer.lines) {
        let amount = line.amount().map_err(|_| too_much("lines"))?;
        let row = quote_line::Model {
            id: act.id(),
            organization_id: row.organization_id,
            quote_id: row.id,
            ordinal,
            price_item_id: draft.price_item_id,
            name: line.name,
            unit: line.unit,
            unit_price_fen: line.unit_price.fen(),
            quantity_thousandths: line.quantity.thousandths(),
            discount_fen: line.discount.fen(),
            discount_reason: line.discount_reason,
            amount_fen: amount.fen(),
        };
        rows.push(row.into_active_model());
    }
    quote_line::Entity::insert_many(rows).exec_without_returning(&act.txn).await?;
    Ok(())
}
