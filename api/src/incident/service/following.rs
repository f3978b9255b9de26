//! What residents do: follow an incident, read a letter.

use domain::incident::State;
use domain::refusal::Code;
use entity::{incident, incident_follower, open_letter, open_letter_reading, unit};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};

/// Follows a known incident for one of the actor's units.
///
/// # Errors
/// `NOT_FOUND` for an incident that is not known at the unit's site, or a unit that is not the actor's.
pub async fn follow(caller: &Caller<'_>, id: Uuid, unit: Uuid) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let home = unit::Entity::find_by_id(unit).one(&act.txn).await?.filter(|home| viewer.units.contains(&home.id));
    let home = home.ok_or_else(|| Error::refused(Code::NotFound, "unitId"))?;
    let select = scope::incidents(viewer)
        .filter(incident::Column::Id.eq(id))
        .filter(incident::Column::SiteId.eq(home.site_id))
        .filter(incident::Column::State.eq(State::Open));
    let found = select.one(&act.txn).await?.ok_or_else(|| Error::refused(Code::NotFound, "incidentId"))?;
    let row = incident_follower::ActiveModel {
        id: Set(act.id()),
        organization_id: Set(viewer.organization_id),
        incident_id: Set(found.id),
        account_id: Set(viewer.id),
        unit_id: Set(home.id),
        since: Set(act.now),
    };
    let known = OnConflict::columns([incident_follower::Column::IncidentId, incident_follower::Column::AccountId])
        .do_nothing()
        .to_owned();
    incident_follower::Entity::insert(row).on_conflict(known).exec_without_returning(&act.txn).await?;
    act.commit(ActResult { subject: Some(found.id), ..ActResult::default() }).await
}

/// Follows an incident no longer.
///
/// # Errors
/// When the database does not answer.
pub async fn unfollow(caller: &Caller<'_>, id: Uuid) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    incident_follower::Entity::delete_many()
        .filter(incident_follower::Column::IncidentId.eq(id))
        .filter(incident_follower::Column::AccountId.eq(act.person()?.id))
        .exec(&act.txn)
        .await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// Notes that somebody has read a published letter; the first time counts.
///
/// # Errors
/// `NOT_FOUND` for a letter that is not for them.
pub async fn read(caller: &Caller<'_>, id: Uuid) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let select = scope::open_letters(viewer)
        .filter(open_letter::Column::Id.eq(id))
        .filter(open_letter::Column::PublishedAt.is_not_null());
    let letter = select.one(&act.txn).await?.ok_or_else(|| Error::refused(Code::NotFound, "openLetterId"))?;
    let row = open_letter_reading::ActiveModel {
        id: Set(act.id()),
        organization_id: Set(viewer.organization_id),
        open_letter_id: Set(letter.id),
        account_id: Set(viewer.id),
        read_at: Set(act.now),
    };
    let known =
        OnConflict::columns([open_letter_reading::Column::OpenLetterId, open_letter_reading::Column::AccountId])
            .do_nothing()
            .to_owned();
    open_letter_reading::Entity::insert(row).on_conflict(known).exec_without_returning(&act.txn).await?;
    act.commit(ActResult { subject: Some(letter.id), ..ActResult::default() }).await
}

/// The followers of one incident follow another one on, but for those who do already.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn carry_on(act: &Act<'_>, from: Uuid, to: Uuid) -> Result<()> {
    use incident_follower::Column;
    let already = Query::select()
        .column(Column::AccountId)
        .from(incident_follower::Entity)
        .and_where(Column::IncidentId.eq(to))
        .to_owned();
    incident_follower::Entity::update_many()
        .col_expr(Column::IncidentId, Expr::value(to))
        .filter(Column::IncidentId.eq(from))
        .filter(Column::AccountId.not_in_subquery(already))
        .exec(&act.txn)
        .await?;
    Ok(())
}
