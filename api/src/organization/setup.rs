//! Setting an organization up: sites, buildings, units, departments, teams and categories are made, changed, retired and
//! restored by the functions of this file. Each kind says in a file of its own what is right for it.

pub mod building;
pub mod category;
pub mod department;
pub mod input;
pub mod mutation;
pub mod needs;
pub mod reading;
pub mod site;
pub mod team;
pub mod thing;
pub mod unit;

use domain::audit::Kind;
use domain::import::Action;
use domain::organization::Role;
use domain::refusal::{Code, Need};
use entity::organization;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::{held, locked};
use crate::app::error::{Error, Result, upper_snake};
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::complaint::parts::refuse_retired;
use thing::{Stamp, Thing};

/// What is given of a thing that is to be made or changed.
pub trait Draft: Sized + Send + Sync {
    /// The row that comes of it.
    type Row: Thing;
    /// The field of the input that must not repeat among its like.
    const KEY: &'static str;

    /// The row, checked: a new one, or the one before with what is given.
    fn row(&self, act: &Act<'_>, stamp: Stamp) -> impl Future<Output = Result<Self::Row>> + Send;

    /// Another row that bears the same code or name among its like.
    fn twin(act: &Act<'_>, row: &Self::Row) -> impl Future<Output = Result<Option<Self::Row>>> + Send;

    /// What still needs the thing, so that it cannot be retired yet.
    fn needs(act: &Act<'_>, row: &Self::Row) -> impl Future<Output = Result<Vec<(Need, u64)>>> + Send;
}

/// Begins an act on the set-up. Those of one organization come one after the other, so that a code that was free when it
/// was looked for is free when it is taken.
///
/// # Errors
/// When the database does not answer.
pub async fn begin<'a>(caller: &'a Caller<'a>) -> Result<Act<'a>> {
    let act = Act::begin(caller).await?;
    take_turn(&act).await?;
    Ok(act)
}

/// Waits for the other acts on the set-up of the organization.
///
/// # Errors
/// When the database does not answer.
pub async fn take_turn(act: &Act<'_>) -> Result<()> {
    held(organization::Entity::find_by_id(act.organization_id()), &act.txn).one(&act.txn).await?;
    Ok(())
}

/// A site that the caller heads: as the head of its office, or as whoever leads or sets up the organization.
///
/// # Errors
/// `NOT_FOUND` or `RETIRED`.
pub async fn headed_site(act: &Act<'_>, id: Uuid) -> Result<entity::site::Model> {
    let viewer = act.person()?;
    let found = entity::site::Entity::find_by_id(id).one(&act.txn).await?;
    let mine = found.filter(|site| {
        site.organization_id == viewer.organization_id
            && (viewer.holds_any(&[Role::CompanyLeader, Role::Administrator])
                || viewer.sites(|role| role == Role::OfficeHead).contains(&site.id))
    });
    let site = mine.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    refuse_retired(site.retired_at, "siteId")?;
    Ok(site)
}

/// Ends an act on one thing.
///
/// # Errors
/// When the database does not answer.
pub async fn finish(act: Act<'_>, subject: Uuid) -> Result<ActResult> {
    act.commit(ActResult { subject: Some(subject), ..ActResult::default() }).await
}

/// Makes a thing.
///
/// # Errors
/// Refusals with the path of the field; `TAKEN` where its code or name is.
pub async fn make<D: Draft>(caller: &Caller<'_>, draft: D) -> Result<ActResult> {
    let act = begin(caller).await?;
    let row = draft.row(&act, Stamp::new(&act)).await?;
    if D::twin(&act, &row).await?.is_some() {
        return Err(Error::refused(Code::Taken, D::KEY));
    }
    let id = insert::<D>(&act, row).await?;
    finish(act, id).await
}

/// Changes a thing, as the caller saw it.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, refusals with the path of the field; `TAKEN` where its code or name is.
pub async fn change<D: Draft>(
    caller: &Caller<'_>,
    target: Target,
    over: impl FnOnce(&D::Row) -> Result<D>,
) -> Result<ActResult> {
    let act = begin(caller).await?;
    let before = open::<D::Row>(&act, target).await?;
    let row = over(&before)?.row(&act, Stamp::of(&before)).await?;
    if D::twin(&act, &row).await?.is_some() {
        return Err(Error::refused(Code::Taken, D::KEY));
    }
    if row != before {
        save(&act, row, Kind::Changed).await?;
    }
    finish(act, target.id).await
}

/// Makes a thing, or changes the one that bears its code or name: what an import does with each line.
///
/// # Errors
/// Refusals with the path of the field; `RETIRED` where the one that bears its code or name is retired.
pub async fn put<D: Draft>(act: &Act<'_>, draft: &D) -> Result<Action> {
    let new = draft.row(act, Stamp::new(act)).await?;
    let Some(before) = D::twin(act, &new).await? else {
        insert::<D>(act, new).await?;
        return Ok(Action::Made);
    };
    refuse_retired(before.retired_at(), D::KEY)?;
    let row = draft.row(act, Stamp::of(&before)).await?;
    if row == before {
        return Ok(Action::Unchanged);
    }
    save(act, row, Kind::Changed).await?;
    Ok(Action::Changed)
}

/// Retires a thing: it is not offered any more, and what refers to it keeps it. One that is retired stays so.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, or `IN_USE` with what still needs it.
pub async fn retire<D: Draft>(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = begin(caller).await?;
    let mut row = open::<D::Row>(&act, target).await?;
    if row.retired_at().is_none() {
        let needs: Vec<_> = D::needs(&act, &row).await?.into_iter().filter(|(_, count)| *count > 0).collect();
        if !needs.is_empty() {
            let needed = needs.iter().map(|(need, count)| format!("{} {count}", upper_snake(need.name()))).collect();
            return Err(Error::refused_needing(Code::InUse, D::Row::FIELD, needed));
        }
        row.set_retired_at(Some(act.now));
        save(&act, row, Kind::Retired).await?;
    }
    finish(act, target.id).await
}

/// Offers a retired thing again.
///
/// # Errors
/// `NOT_FOUND` or `STALE`.
pub async fn restore<D: Draft>(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = begin(caller).await?;
    let mut row = open::<D::Row>(&act, target).await?;
    if row.retired_at().is_some() {
        row.set_retired_at(None);
        save(&act, row, Kind::Restored).await?;
    }
    finish(act, target.id).await
}

/// A thing of the organization that is not retired, named by an input.
///
/// # Errors
/// `NOT_FOUND` or `RETIRED` with the path of the field.
pub async fn pick<T: Thing>(act: &Act<'_>, id: Uuid, field: &str) -> Result<T> {
    let found = T::by_id(id).filter(T::in_organization(act.organization_id())).one(&act.txn).await?;
    let found = found.ok_or_else(|| Error::refused(Code::NotFound, field))?;
    refuse_retired(found.retired_at(), field)?;
    Ok(found)
}

/// Loads and locks a thing as the caller saw it. Whoever is about to choose it waits for the end of the act.
async fn open<T: Thing>(act: &Act<'_>, target: Target) -> Result<T> {
    let select = T::by_id(target.id).filter(T::in_organization(act.organization_id()));
    let found = locked(select, &act.txn).one(&act.txn).await?;
    let found = found.ok_or_else(|| Error::refused(Code::NotFound, T::FIELD))?;
    if found.version() != target.version {
        return Err(Error::stale(ActResult { subject: Some(target.id), ..ActResult::default() }));
    }
    Ok(found)
}

async fn insert<D: Draft>(act: &Act<'_>, row: D::Row) -> Result<Uuid> {
    let id = row.id();
    row.into_active_model().insert(&act.txn).await.map_err(|error| Error::taken(error, D::KEY))?;
    record::<D::Row>(act, Kind::Made, id).await?;
    Ok(id)
}

async fn save<T: Thing>(act: &Act<'_>, mut row: T, kind: Kind) -> Result<()> {
    let id = row.id();
    row.raise_version();
    row.into_active_model().reset_all().update(&act.txn).await?;
    record::<T>(act, kind, id).await
}

async fn record<T: Thing>(act: &Act<'_>, kind: Kind, id: Uuid) -> Result<()> {
    act.record(Record { kind, subject: (T::TYPE, id), account: None, data: json!({}) }).await
}
