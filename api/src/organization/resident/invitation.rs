//! Invitations: a code for one unit that works once, for thirty days.

use chrono::{NaiveDate, TimeDelta};
use domain::audit::Kind;
use domain::organization::ResidencyKind;
use domain::refusal::Code;
use entity::invitation;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde_json::json;
use uuid::Uuid;

use super::{keeps, kept_unit};
use crate::access::viewer::parse_zone;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::complaint::receipt::Receipt;

/// How long a code can be used.
const LIFETIME: TimeDelta = TimeDelta::days(30);

/// In what right somebody lives in a unit, from when to when.
#[derive(Debug, Clone, Copy)]
pub struct Stay {
    /// In what right.
    pub kind: ResidencyKind,
    /// First day; today when not given.
    pub from: Option<NaiveDate>,
    /// Last day, if it is known.
    pub to: Option<NaiveDate>,
}

/// Invites somebody to register as a resident of a unit. The code is told once and kept as a hash.
///
/// # Errors
/// `NOT_FOUND` or `RETIRED` for the unit; `INVALID` for the days.
pub async fn invite(caller: &Caller<'_>, unit_id: Uuid, stay: Stay, name: Option<&str>) -> Result<ActResult> {
    let name = validate::optional_text("name", name, 60)?;
    let act = Act::begin(caller).await?;
    let (home, site) = kept_unit(&act, unit_id).await?;
    let from = stay.from.unwrap_or_else(|| act.now.with_timezone(&parse_zone(&site.time_zone)).date_naive());
    validate::span("to", from, stay.to)?;
    let code = Receipt::draw(&act.app.dice)?;
    let row = invitation::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        site_id: site.id,
        unit_id: home.id,
        kind: stay.kind,
        from_date: from,
        to_date: stay.to,
        name,
        code_hash: code.hash(),
        made_by: act.person()?.id,
        made_at: act.now,
        expires_at: act.now + LIFETIME,
        used_at: None,
        revoked_at: None,
    };
    let id = row.id;
    row.into_active_model().insert(&act.txn).await?;
    record(&act, Kind::ResidentInvited, id).await?;
    let receipt = Some(code.kept(caller.once.as_ref(), id)?);
    act.commit(ActResult { subject: Some(id), receipt, ..ActResult::default() }).await
}

/// Takes an invitation back that nobody has used.
///
/// # Errors
/// `NOT_FOUND`; `WRONG_STATE` when it was used.
pub async fn revoke(caller: &Caller<'_>, id: Uuid) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let select =
        invitation::Entity::find_by_id(id).filter(invitation::Column::OrganizationId.eq(act.organization_id()));
    let row = locked(select, &act.txn).one(&act.txn).await?;
    let viewer = act.person()?;
    let row = row.filter(|row| keeps(viewer, row.site_id));
    let row = row.ok_or_else(|| Error::refused(Code::NotFound, "invitationId"))?;
    if row.used_at.is_some() {
        let needed = vec!["an invitation that was not used".to_owned()];
        return Err(Error::refused_needing(Code::WrongState, "invitationId", needed));
    }
    if row.revoked_at.is_none() {
        let mut row = row.into_active_model();
        row.revoked_at = Set(Some(act.now));
        row.update(&act.txn).await?;
        record(&act, Kind::InvitationRevoked, id).await?;
    }
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

async fn record(act: &Act<'_>, kind: Kind, id: Uuid) -> Result<()> {
    act.record(Record { kind, subject: ("Invitation", id), account: None, data: json!({}) }).await
}
