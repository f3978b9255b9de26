//! Whoever leaves a post hands over what they own by it (A0), in the act in which they leave.

use domain::audit::Kind;
use domain::follow_up::State as FollowUpState;
use domain::organization::AccountState;
use domain::refusal::Code;
use domain::undertaking::State as UndertakingState;
use entity::{complaint, follow_up, opinion, undertaking, work_order};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use serde_json::json;
use uuid::Uuid;

use super::account::in_organization;
use crate::app::act::Act;
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;
use crate::complaint::owner::{Leaving, grants_now};
use crate::complaint::query::ENDED as ENDED_CASES;
use crate::work_order::service::ENDED as ENDED_ORDERS;

/// The states in which a follow-up has ended.
const ENDED_FOLLOW_UPS: [FollowUpState; 2] = [FollowUpState::Signed, FollowUpState::Cancelled];

/// The states in which somebody still owes something.
const OPEN_UNDERTAKINGS: [UndertakingState; 3] =
    [UndertakingState::Submitted, UndertakingState::Offered, UndertakingState::Open];

/// Checks that somebody else of the organization, who may sign in, is named to follow.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn check_successor(act: &Act<'_>, successor: Option<Uuid>, leaving: Uuid) -> Result<()> {
    let Some(id) = successor else { return Ok(()) };
    let person = in_organization(act, id, "successorId").await?;
    if person.id == leaving || person.state != AccountState::Active {
        return Err(Error::refused(Code::NotFound, "successorId"));
    }
    Ok(())
}

/// Hands over every open case, order, follow-up, undertaking and opinion that somebody owns and holds no role for any more: to the named
/// successor as far as their roles let them own it, else up the ladder of the post whose duty it is; never to whom a
/// complaint is about (C11). To be called when the roles are as they will be. Done twice, the second does nothing.
///
/// # Errors
/// `NO_OWNER` where nobody can be named.
pub async fn release(act: &mut Act<'_>, person: Uuid, successor: Option<Uuid>) -> Result<()> {
    let kept = grants_now(&act.txn, person, act.now).await?;
    let successor = match successor {
        Some(id) => Some((id, grants_now(&act.txn, id, act.now).await?)),
        None => None,
    };
    crate::follow_up::service::unassign(act, person, &kept).await?;
    let leaving = Leaving { kept, successor };
    let cases = lock_cases(act, person).await?;
    let of = |id: Uuid| cases.iter().find(|case| case.id == id).cloned();
    let (mut passed_cases, mut passed_orders, mut passed_follow_ups, mut passed_undertakings) = (0, 0, 0, 0);
    for order in locked(orders(person), &act.txn).all(&act.txn).await? {
        let Some(case) = of(order.complaint_id) else { continue };
        passed_orders += i32::from(crate::work_order::service::pass_on(act, case, order, &leaving).await?);
    }
    for follow_up in locked(follow_ups(person), &act.txn).all(&act.txn).await? {
        let Some(case) = of(follow_up.complaint_id) else { continue };
        passed_follow_ups += i32::from(crate::follow_up::service::pass_on(act, case, follow_up, &leaving).await?);
    }
    for undertaken in locked(undertakings(person), &act.txn).all(&act.txn).await? {
        let Some(case) = of(undertaken.complaint_id) else { continue };
        passed_undertakings += i32::from(crate::undertaking::service::pass_on(act, case, undertaken, &leaving).await?);
    }
    for case in cases.iter().filter(|case| case.owner_account_id == person) {
        passed_cases += i32::from(crate::complaint::service::pass_on(act, case.clone(), &leaving).await?);
    }
    let mut passed_opinions = 0;
    for opinion in locked(opinions(person), &act.txn).all(&act.txn).await? {
        passed_opinions += i32::from(crate::opinion::service::pass_on(act, opinion, &leaving).await?);
    }
    if passed_cases + passed_orders + passed_follow_ups + passed_undertakings + passed_opinions == 0 {
        return Ok(());
    }
    // Whoever runs the accounts sees no case: the trail counts what was handed over and names none of it.
    let data = json!({
        "complaints": passed_cases,
        "workOrders": passed_orders,
        "followUps": passed_follow_ups,
        "undertakings": passed_undertakings,
        "opinions": passed_opinions,
    });
    act.record(Record { kind: Kind::HandedOver, subject: ("Account", person), account: Some(person), data }).await
}

/// Whether somebody owns anything that is open.
///
/// # Errors
/// When the database does not answer.
pub async fn owns_anything(db: &impl sea_orm::ConnectionTrait, person: Uuid) -> Result<bool> {
    Ok(open_cases(person).one(db).await?.is_some()
        || orders(person).one(db).await?.is_some()
        || follow_ups(person).one(db).await?.is_some()
        || undertakings(person).one(db).await?.is_some()
        || opinions(person).one(db).await?.is_some())
}

/// Locks every case that the person owns, or that an order or follow-up of theirs belongs to, in the order of ids: cases
/// come before what belongs to them, so that no two acts wait for each other.
async fn lock_cases(act: &Act<'_>, person: Uuid) -> Result<Vec<complaint::Model>> {
    let db = &act.txn;
    let mut ids: Vec<Uuid> = open_cases(person).all(db).await?.into_iter().map(|case| case.id).collect();
    ids.extend(orders(person).all(db).await?.into_iter().map(|order| order.complaint_id));
    ids.extend(follow_ups(person).all(db).await?.into_iter().map(|follow_up| follow_up.complaint_id));
    ids.extend(undertakings(person).all(db).await?.into_iter().map(|undertaken| undertaken.complaint_id));
    let select = complaint::Entity::find().filter(complaint::Column::Id.is_in(ids)).order_by_asc(complaint::Column::Id);
    Ok(locked(select, db).all(db).await?)
}

fn open_cases(owner: Uuid) -> Select<complaint::Entity> {
    complaint::Entity::find()
        .filter(complaint::Column::OwnerAccountId.eq(owner))
        .filter(complaint::Column::State.is_not_in(ENDED_CASES.iter().copied()))
}

fn orders(owner: Uuid) -> Select<work_order::Entity> {
    work_order::Entity::find()
        .filter(work_order::Column::OwnerAccountId.eq(owner))
        .filter(work_order::Column::State.is_not_in(ENDED_ORDERS.iter().copied()))
        .order_by_asc(work_order::Column::Id)
}

fn follow_ups(owner: Uuid) -> Select<follow_up::Entity> {
    follow_up::Entity::find()
        .filter(follow_up::Column::OwnerAccountId.eq(owner))
        .filter(follow_up::Column::State.is_not_in(ENDED_FOLLOW_UPS))
        .order_by_asc(follow_up::Column::Id)
}

fn undertakings(owner: Uuid) -> Select<undertaking::Entity> {
    undertaking::Entity::find()
        .filter(undertaking::Column::OwnerAccountId.eq(owner))
        .filter(undertaking::Column::State.is_in(OPEN_UNDERTAKINGS))
        .order_by_asc(undertaking::Column::Id)
}

fn opinions(owner: Uuid) -> Select<opinion::Entity> {
    opinion::Entity::find()
        .filter(opinion::Column::OwnerAccountId.eq(owner))
        .filter(opinion::Column::State.eq(domain::opinion::State::Open))
        .order_by_asc(opinion::Column::Id)
}
