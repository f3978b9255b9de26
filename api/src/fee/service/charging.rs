//! What a unit comes to owe: the lines of the accepted quotes of a signed order, less what is credited.

use domain::event::Kind as Event;
use domain::fee::{LineKind, credit, creditable};
use domain::money::Money;
use domain::quote::State;
use domain::refusal::Code;
use domain::standing::Standing;
use entity::{charge, complaint, quote, quote_line, work_order};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::billed_site;
use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::decimal;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::Case;
use crate::complaint::service::MAX_REASON;
use crate::price::service::today;
use crate::work_order::service::Order;

/// Charges what the customer has accepted and now signed for, line by line. An order without an accepted quote charges
/// nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn charge(act: &mut Act<'_>, order: &Order) -> Result<()> {
    let Some(unit_id) = order.case.row.unit_id else { return Ok(()) };
    let accepted = quote::Entity::find()
        .filter(quote::Column::WorkOrderId.eq(order.row.id))
        .filter(quote::Column::State.eq(State::Accepted))
        .order_by_asc(quote::Column::Id)
        .all(&act.txn)
        .await?;
    if accepted.is_empty() {
        return Ok(());
    }
    let lines = quote_line::Entity::find()
        .filter(quote_line::Column::QuoteId.is_in(accepted.iter().map(|quote| quote.id)))
        .order_by_asc(quote_line::Column::QuoteId)
        .order_by_asc(quote_line::Column::Ordinal)
        .all(&act.txn)
        .await?;
    let charged_on = today(&order.case.site, act.now);
    let made_by = act.person()?.id;
    let rows: Vec<charge::ActiveModel> = lines
        .into_iter()
        .map(|line| {
            let row = charge::Model {
                id: act.id(),
                organization_id: order.row.organization_id,
                site_id: order.row.site_id,
                unit_id,
                kind: LineKind::Charge,
                complaint_id: order.row.complaint_id,
                work_order_id: order.row.id,
                quote_id: line.quote_id,
                quote_line_id: Some(line.id),
                credits_id: None,
                name: line.name,
                unit: line.unit,
                quantity_thousandths: line.quantity_thousandths,
                unit_price_fen: line.unit_price_fen,
                discount_fen: line.discount_fen,
                amount_fen: line.amount_fen,
                charged_on,
                statement_id: None,
                reason: None,
                made_by,
                made_at: act.now,
            };
            row.into_active_model()
        })
        .collect();
    charge::Entity::insert_many(rows).exec_without_returning(&act.txn).await?;
    let total: Money = accepted.iter().map(|quote| Money::from_fen(quote.total_fen)).sum();
    let data = json!({ "total": total.to_string() });
    order.tell(act, None, Event::WorkCharged, None, data, Vec::new()).await
}

/// Takes something off a charge, with a reason: the only correction there is. It stands on the next statement.
///
/// # Errors
/// `NOT_FOUND` for what is no charge of a site whose fees are the caller's; `INVALID` beyond what is left of it.
pub async fn give_credit(caller: &Caller<'_>, charge_id: Uuid, amount: &str, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let amount = decimal::amount("amount", amount)?;
    let mut act = Act::begin(caller).await?;
    let not_found = || Error::refused(Code::NotFound, "chargeId");
    let visible = scope::charges(act.person()?).filter(charge::Column::Id.eq(charge_id));
    let seen = visible.filter(charge::Column::Kind.eq(LineKind::Charge)).one(&act.txn).await?.ok_or_else(not_found)?;
    let site = billed_site(&act, seen.site_id).await.map_err(|_| not_found())?;
    let case = locked(complaint::Entity::find_by_id(seen.complaint_id), &act.txn).one(&act.txn).await?;
    let order = work_order::Entity::find_by_id(seen.work_order_id).one(&act.txn).await?;
    let (case, order) = case.zip(order).ok_or_else(not_found)?;
    // Whoever credits the same charge waits for the case, so that both together take off no more than there is.
    let before = charge::Entity::find().filter(charge::Column::CreditsId.eq(seen.id)).all(&act.txn).await?;
    let credited: Money = before.iter().map(|row| -Money::from_fen(row.amount_fen)).sum();
    let charged = Money::from_fen(seen.amount_fen);
    let taken_off = credit(charged, credited, amount).ok_or_else(|| {
        let left = creditable(charged, credited);
        Error::refused_needing(Code::Invalid, "amount", vec![format!("0.01..{left}")])
    })?;
    let row = charge::Model {
        id: act.id(),
        kind: LineKind::Credit,
        quote_line_id: None,
        credits_id: Some(seen.id),
        amount_fen: taken_off.fen(),
        charged_on: today(&site, act.now),
        statement_id: None,
        reason: Some(reason.clone()),
        made_by: act.person()?.id,
        made_at: act.now,
        ..seen
    };
    let id = row.id;
    row.into_active_model().insert(&act.txn).await?;
    let case = Case::of_row(&act, case, Standing::default()).await?;
    let order = Order::beside(case, order);
    let data = json!({ "total": amount.to_string() });
    order.tell(&mut act, None, Event::ChargeCredited, Some(reason), data, Vec::new()).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}
