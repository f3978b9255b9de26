//! The acts on a team's stock. An act locks the work order first, if it is about one, then the number of the team's changes, and
//! then materials in the order of their ids, so that no two acts wait for each other.

use domain::audit::Kind as AuditKind;
use domain::event::Kind as Event;
use domain::money::Quantity;
use domain::ownership::Post;
use domain::price::ItemKind;
use domain::refusal::{Code, Refusal};
use domain::stock::{Movement, MovementKind, runs_low};
use domain::work_order::Action;
use entity::{price_item, price_list, stock_item, stock_movement, team};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::changes::next_change;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::complaint::service::MAX_REASON;
use crate::work_order::board::leads;
use crate::work_order::service::Order;

/// How many materials one act on an order names, at most.
pub const MOST_MATERIALS: usize = 50;
/// How many materials a team has in stock, at most.
const MOST_ITEMS: u64 = 2_000;

/// A new material.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The team.
    pub team_id: Uuid,
    /// The item of a price list that it is; none for one of the team's own.
    pub price_item_id: Option<Uuid>,
    /// Its code.
    pub code: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// Of what the count is.
    pub unit: Option<String>,
    /// Below how much the team leader hears of it.
    pub minimum: Quantity,
}

/// So much of a material.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// The material.
    pub stock_item_id: Uuid,
    /// How much.
    pub quantity: Quantity,
}

/// Takes a material into a team's stock; there is nothing of it yet.
///
/// # Errors
/// `NOT_FOUND` for a team that is not the actor's to lead, or an item that is no material of the site's prices; `TAKEN`.
pub async fn create(caller: &Caller<'_>, draft: &Draft) -> Result<ActResult> {
    use sea_orm::PaginatorTrait;
    let act = Act::begin(caller).await?;
    let team = led(&act, draft.team_id).await?;
    let item = match draft.price_item_id {
        Some(id) => Some(material(&act, &team, id).await?),
        None => None,
    };
    let given = |name: &str, own: Option<&String>, listed: Option<&String>, most: usize| {
        validate::text(name, own.or(listed).map_or("", String::as_str), most)
    };
    let item = item.as_ref();
    let row = stock_item::Model {
        id: act.id(),
        organization_id: team.organization_id,
        site_id: team.site_id,
        team_id: team.id,
        code: given("code", draft.code.as_ref(), item.map(|item| &item.code), 40)?,
        name: given("name", draft.name.as_ref(), item.map(|item| &item.name), 120)?,
        unit: given("unit", draft.unit.as_ref(), item.map(|item| &item.unit), 20)?,
        count_thousandths: 0,
        minimum_thousandths: draft.minimum.thousandths(),
        version: 1,
        changed_in: next_change(&act, team.id).await?,
        retired_at: None,
    };
    let theirs = stock_item::Entity::find().filter(stock_item::Column::TeamId.eq(team.id));
    if theirs.count(&act.txn).await? >= MOST_ITEMS {
        return Err(Error::refused_needing(Code::Invalid, "teamId", vec![format!("0..{MOST_ITEMS} materials")]));
    }
    let (id, data) = (row.id, json!({ "code": row.code, "name": row.name, "unit": row.unit }));
    row.into_active_model().insert(&act.txn).await.map_err(|error| Error::taken(error, "code"))?;
    act.record(Record { kind: AuditKind::Made, subject: ("StockItem", id), account: None, data }).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// A material of a price list of the team's site.
async fn material(act: &Act<'_>, team: &team::Model, id: Uuid) -> Result<price_item::Model> {
    let not_found = || Error::refused(Code::NotFound, "priceItemId");
    let item = price_item::Entity::find_by_id(id).filter(price_item::Column::Kind.eq(ItemKind::Material));
    let item = item.one(&act.txn).await?.ok_or_else(not_found)?;
    let list = price_list::Entity::find_by_id(item.price_list_id).filter(price_list::Column::SiteId.eq(team.site_id));
    list.one(&act.txn).await?.ok_or_else(not_found)?;
    Ok(item)
}

/// Changes what a material is called and below how much the team leader hears of it.
///
/// # Errors
/// `NOT_FOUND`, `STALE`.
pub async fn change(
    caller: &Caller<'_>,
    target: Target,
    name: Option<&str>,
    minimum: Option<Quantity>,
) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let mut row = seen(&act, target).await?;
    if let Some(name) = name {
        row.name = validate::text("name", name, 120)?;
    }
    row.minimum_thousandths = minimum.map_or(row.minimum_thousandths, Quantity::thousandths);
    let data = json!({ "name": row.name, "minimum": Quantity::from_thousandths(row.minimum_thousandths).to_string() });
    keep(act, row, AuditKind::Changed, data).await
}

/// Retires a material of which there is nothing any more.
///
/// # Errors
/// `NOT_FOUND`, `STALE`; `MISSING` while there is something of it.
pub async fn retire(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let mut row = seen(&act, target).await?;
    if row.count_thousandths > 0 {
        return Err(Refusal::Missing(domain::refusal::Requirement::EmptyStock).into());
    }
    row.retired_at = Some(act.now);
    keep(act, row, AuditKind::Retired, json!({})).await
}

async fn keep(act: Act<'_>, mut row: stock_item::Model, kind: AuditKind, data: serde_json::Value) -> Result<ActResult> {
    row.version += 1;
    let result = ActResult { subject: Some(row.id), ..ActResult::default() };
    act.record(Record { kind, subject: ("StockItem", row.id), account: None, data }).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(result).await
}

/// So much of a material came in 入库.
///
/// # Errors
/// `NOT_FOUND` outside of the teams that the actor leads; `RETIRED`.
pub async fn receive(caller: &Caller<'_>, amount: Amount, note: Option<&str>) -> Result<ActResult> {
    let note = validate::optional_text("note", note, MAX_REASON)?;
    let act = Act::begin(caller).await?;
    let row = led_item(&act, amount.stock_item_id).await?;
    refuse_retired(&row, "stockItemId")?;
    let id = row.id;
    moved(&act, row, Movement::Receive(amount.quantity), None, note, "quantity").await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// A material was counted 盘点: there is so much of it, whatever was written down.
///
/// # Errors
/// `NOT_FOUND`; `STALE` where it moved since the version that was counted against; `REQUIRED` for the reason.
pub async fn count(caller: &Caller<'_>, target: Target, counted: Quantity, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let act = Act::begin(caller).await?;
    let row = seen(&act, target).await?;
    let id = row.id;
    moved(&act, row, Movement::Count(counted), None, Some(reason), "counted").await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// What is done with materials of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// They are used.
    Used,
    /// They come back unused.
    Returned,
}

/// Takes materials from the stock of an order's team for it 领用, or brings some back unused 退回.
///
/// # Errors
/// The rule's refusal; `NOT_FOUND` for a material of another team; `MISSING` where there is not so much, or not so much was
/// used, or the customer has not accepted a quote of paid work.
pub async fn for_order(caller: &Caller<'_>, target: Target, what: Use, materials: &[Amount]) -> Result<ActResult> {
    if materials.is_empty() || materials.len() > MOST_MATERIALS {
        return Err(Error::refused_needing(Code::Invalid, "materials", vec![format!("1..{MOST_MATERIALS}")]));
    }
    let mut act = Act::begin(caller).await?;
    let order = Order::open(&act, target).await?;
    match what {
        Use::Used => {
            order.check(&act, Action::RecordMaterials).await?;
        }
        Use::Returned => order.check_return()?,
    }
    let mut places: Vec<(usize, &Amount)> = materials.iter().enumerate().collect();
    // In the order of their ids, so that no two acts wait for each other.
    places.sort_by_key(|(_, amount)| amount.stock_item_id);
    let nobodys = || Error::refused(Code::NotFound, "materials.0.stockItemId");
    let team = order.row.team_id.ok_or_else(nobodys)?;
    let changed_in = next_change(&act, team).await?;
    let (mut words, mut low) = (Vec::new(), Vec::new());
    for (place, amount) in places {
        let field = |name: &str| format!("materials.{place}.{name}");
        let mut row = of_team(&act, amount.stock_item_id, team, &field("stockItemId")).await?;
        row.changed_in = changed_in;
        let movement = match what {
            Use::Used => {
                refuse_retired(&row, &field("stockItemId"))?;
                Movement::Use(amount.quantity)
            }
            Use::Returned => {
                Movement::Return { quantity: amount.quantity, used: used(&act, order.row.id, row.id).await? }
            }
        };
        let before = Quantity::from_thousandths(row.count_thousandths);
        words.push((place, format!("{} {} {}", row.name, amount.quantity, row.unit)));
        let row = moved(&act, row, movement, Some(order.row.id), None, &field("quantity")).await?;
        let [after, minimum] = [row.count_thousandths, row.minimum_thousandths].map(Quantity::from_thousandths);
        if runs_low(before, after, minimum) {
            low.push(format!("{} {} {}", row.name, after, row.unit));
        }
    }
    words.sort_unstable();
    let words = words.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join("；");
    let kind = if what == Use::Used { Event::MaterialsUsed } else { Event::MaterialsReturned };
    order.tell(&mut act, Some(Action::RecordMaterials), kind, Some(words), json!({}), Vec::new()).await?;
    if !low.is_empty() {
        let leader = order.find_owner(&act, Post::TeamLeader, None).await?;
        order.tell(&mut act, None, Event::StockLow, Some(low.join("；")), json!({}), vec![leader]).await?;
    }
    order.finish(act).await
}

/// How much of a material was used for an order and has not come back.
async fn used(act: &Act<'_>, order: Uuid, item: Uuid) -> Result<Quantity> {
    let rows = stock_movement::Entity::find()
        .filter(stock_movement::Column::WorkOrderId.eq(order))
        .filter(stock_movement::Column::StockItemId.eq(item))
        .all(&act.txn)
        .await?;
    Ok(Quantity::from_thousandths(-rows.iter().map(|row| row.change_thousandths).sum::<i64>()))
}

/// Writes a movement of a locked row, and what there is after it.
async fn moved(
    act: &Act<'_>,
    mut row: stock_item::Model,
    movement: Movement,
    work_order_id: Option<Uuid>,
    note: Option<String>,
    field: &str,
) -> Result<stock_item::Model> {
    let change =
        movement.change(Quantity::from_thousandths(row.count_thousandths)).map_err(|refusal| match refusal {
            Refusal::Missing(requirement) => {
                Error::refused_needing(Code::Missing, field, vec![upper_snake(requirement.name())])
            }
            other => other.into(),
        })?;
    row.count_thousandths += change;
    if row.count_thousandths > Quantity::MOST.thousandths() {
        return Err(Error::refused_needing(Code::TooLong, field, vec![format!("0..{} in stock", Quantity::MOST)]));
    }
    row.version += 1;
    let movement = stock_movement::Model {
        id: act.id(),
        organization_id: row.organization_id,
        stock_item_id: row.id,
        kind: movement.kind(),
        change_thousandths: change,
        count_thousandths: row.count_thousandths,
        work_order_id,
        note,
        account_id: act.person()?.id,
        moved_at: act.now,
    };
    stock_movement::Entity::insert(movement.into_active_model()).exec_without_returning(&act.txn).await?;
    Ok(row.into_active_model().reset_all().update(&act.txn).await?)
}

async fn led(act: &Act<'_>, id: Uuid) -> Result<team::Model> {
    let team = team::Entity::find_by_id(id).one(&act.txn).await?;
    let viewer = act.person()?;
    team.filter(|team| leads(viewer, team)).ok_or_else(|| Error::refused(Code::NotFound, "teamId"))
}

async fn led_item(act: &Act<'_>, id: Uuid) -> Result<stock_item::Model> {
    let not_found = || Error::refused(Code::NotFound, "stockItemId");
    let item = stock_item::Entity::find_by_id(id);
    // A material stays its team's, so that this much is known before it is locked.
    let team = item.clone().one(&act.txn).await?.ok_or_else(not_found)?.team_id;
    led(act, team).await.map_err(|_| not_found())?;
    let changed_in = next_change(act, team).await?;
    let row = locked(item, &act.txn).one(&act.txn).await?.ok_or_else(not_found)?;
    Ok(stock_item::Model { changed_in, ..row })
}

async fn seen(act: &Act<'_>, target: Target) -> Result<stock_item::Model> {
    let row = led_item(act, target.id).await?;
    refuse_retired(&row, "stockItemId")?;
    if row.version != target.version {
        return Err(Error::stale(ActResult { subject: Some(row.id), ..ActResult::default() }));
    }
    Ok(row)
}

/// A material of the team that has the order.
async fn of_team(act: &Act<'_>, id: Uuid, team: Uuid, field: &str) -> Result<stock_item::Model> {
    let row = locked(stock_item::Entity::find_by_id(id), &act.txn).one(&act.txn).await?;
    row.filter(|row| row.team_id == team).ok_or_else(|| Error::refused(Code::NotFound, field))
}

fn refuse_retired(row: &stock_item::Model, field: &str) -> Result<()> {
    if row.retired_at.is_some() { Err(Error::refused(Code::Retired, field)) } else { Ok(()) }
}

/// The movements for some orders, in order of time.
///
/// # Errors
/// When the database does not answer.
pub async fn of_orders(db: &impl sea_orm::ConnectionTrait, orders: &[Uuid]) -> Result<Vec<stock_movement::Model>> {
    let rows = stock_movement::Entity::find()
        .filter(stock_movement::Column::WorkOrderId.is_in(orders.iter().copied()))
        .filter(stock_movement::Column::Kind.is_in([MovementKind::Used, MovementKind::Returned]))
        .order_by_asc(stock_movement::Column::Id);
    Ok(rows.all(db).await?)
}

/// What was used for an order and has not come back: each material with how much, in the order in which they were first taken.
///
/// # Errors
/// When the database does not answer.
pub async fn used_for(db: &impl sea_orm::ConnectionTrait, order: Uuid) -> Result<Vec<(stock_item::Model, Quantity)>> {
    let mut used: Vec<(Uuid, i64)> = Vec::new();
    for row in of_orders(db, &[order]).await? {
        match used.iter_mut().find(|(item, _)| *item == row.stock_item_id) {
            Some((_, sum)) => *sum -= row.change_thousandths,
            None => used.push((row.stock_item_id, -row.change_thousandths)),
        }
    }
    used.retain(|(_, sum)| *sum > 0);
    let items = stock_item::Entity::find()
        .filter(stock_item::Column::Id.is_in(used.iter().map(|(item, _)| *item)))
        .all(db)
        .await?;
    let named = |(id, sum): (Uuid, i64)| {
        let item = items.iter().find(|item| item.id == id)?;
        Some((item.clone(), Quantity::from_thousandths(sum)))
    };
    Ok(used.into_iter().filter_map(named).collect())
}
