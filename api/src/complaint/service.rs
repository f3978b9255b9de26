//! The acts on a case after intake. One act, one function, one transaction: load within the scope, ask the rule, save,
//! tell.

mod asking;
mod ending;
mod life;
mod passing;
mod routing;
mod spot;

pub use asking::*;
pub use ending::*;
pub use life::*;
pub use passing::*;
pub use routing::*;
pub use spot::*;

use domain::complaint::Action;
use domain::event::Kind as Event;
use domain::organization::DepartmentKind;
use domain::refusal::Code;
use entity::department;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::case::{Case, Target};
use super::parts::refuse_retired;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::steady;
use crate::app::error::{Error, Result};

/// The field of every input that names the case.
const CASE: &str = "complaintId";
/// How long a reason may be.
pub const MAX_REASON: usize = 500;

/// An act that needs nothing but the rule and a reason.
async fn simply(
    caller: &Caller<'_>,
    target: Target,
    action: Action,
    event: Event,
    reason: Option<String>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    apply(&mut act, &mut case, action, event, reason, json!({})).await?;
    case.finish(act).await
}

/// Asks the rule, takes its change over and tells of it.
async fn apply(
    act: &mut Act<'_>,
    case: &mut Case,
    action: Action,
    event: Event,
    reason: Option<String>,
    data: serde_json::Value,
) -> Result<()> {
    case.decide(act, action, None).await?;
    tell(act, case, action, event, reason, data).await
}

async fn tell(
    act: &mut Act<'_>,
    case: &mut Case,
    action: Action,
    event: Event,
    reason: Option<String>,
    data: serde_json::Value,
) -> Result<()> {
    let role = case.acting_role(act.person()?, action);
    case.tell(act, event, role, reason, data, Vec::new()).await
}

/// A site's department of a kind.
///
/// # Errors
/// `NO_OWNER` when the site has none, or it is retired.
pub async fn department_of_kind(
    db: &impl ConnectionTrait,
    site: Uuid,
    kind: DepartmentKind,
) -> Result<department::Model> {
    let select = department::Entity::find()
        .filter(department::Column::SiteId.eq(site))
        .filter(department::Column::Kind.eq(kind))
        .filter(department::Column::RetiredAt.is_null());
    steady(select, db).one(db).await?.ok_or_else(|| Error::refused(Code::NoOwner, "departmentId"))
}

/// A department of a site that can be given cases; it is not retired before the act has ended.
///
/// # Errors
/// `NOT_FOUND`, or `RETIRED`.
pub async fn department_at(db: &impl ConnectionTrait, site: Uuid, id: Uuid) -> Result<department::Model> {
    let select = department::Entity::find_by_id(id).filter(department::Column::SiteId.eq(site));
    let found = steady(select, db).one(db).await?.ok_or_else(|| Error::refused(Code::NotFound, "departmentId"))?;
    refuse_retired(found.retired_at, "departmentId")?;
    Ok(found)
}
