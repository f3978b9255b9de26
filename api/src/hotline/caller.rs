//! Finds a caller among the residents by their number: for customer service of the site alone, counted, and in the audit
//! trail.

use domain::audit::Kind as AuditKind;
use domain::organization::{ResidencyKind, Role};
use domain::refusal::Code;
use domain::text::mask_phone;
use entity::{account, complaint, hotline_call, opinion, residency, site};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::access::viewer::{Viewer, holds, parse_zone};
use crate::access::{guesses, scope};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::audit::trail::Record;

/// How many cases and opinions of a caller are shown, the newest first.
const SHOWN: u64 = 10;

/// What is known of a caller.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Who has the number, and where they live at the site today.
    pub people: Vec<(account::Model, Vec<(Uuid, ResidencyKind)>)>,
    /// Their newest cases at the site, and those in which the number was given.
    pub cases: Vec<complaint::Model>,
    /// The same of opinions.
    pub opinions: Vec<opinion::Model>,
}

/// Whether a role takes calls for its site.
#[must_use]
pub const fn takes_calls(role: Role) -> bool {
    matches!(
        role,
        Role::CustomerServiceAgent | Role::CustomerServiceSupervisor | Role::CustomerServiceDirector | Role::OfficeHead
    )
}

/// The number of a call as somebody sees it: whole for whoever took it and for customer service of the site, masked for
/// others.
#[must_use]
pub fn number_for(viewer: &Viewer, call: &hotline_call::Model) -> String {
    let desk = |role| matches!(role, Role::CustomerServiceAgent | Role::CustomerServiceSupervisor);
    let whole = viewer.id == call.received_by || viewer.sites(desk).contains(&call.site_id);
    if whole { call.phone.clone() } else { mask_phone(&call.phone) }
}

/// Looks a caller up.
///
/// # Errors
/// `NOT_FOUND` for a site whose calls the viewer does not take; `INVALID` for a number that is none; [`Error::Limited`] after too
/// many look-ups.
pub async fn look_up(caller: &Caller<'_>, site_id: Uuid, phone: &str) -> Result<Known> {
    let viewer = caller.viewer.ok_or(Error::Unauthenticated)?;
    guesses::look_up(caller.app, viewer.id).await?;
    let phone = validate::phone("phone", phone)?;
    let act = Act::begin(caller).await?;
    let site = site::Entity::find_by_id(site_id).one(&act.txn).await?;
    let site = site.filter(|site| viewer.sites(takes_calls).contains(&site.id));
    let site = site.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    let people = residents(&act, &site, &phone).await?;
    let ids: Vec<Uuid> = people.iter().map(|(account, _)| account.id).collect();
    let cases = {
        use complaint::Column;
        let theirs =
            Condition::any().add(Column::ContactPhone.eq(&phone)).add(Column::CustomerAccountId.is_in(ids.clone()));
        let rows = scope::complaints(viewer).filter(Column::SiteId.eq(site.id)).filter(theirs);
        rows.order_by_desc(Column::Id).limit(SHOWN).all(&act.txn).await?
    };
    let opinions = {
        use opinion::Column;
        let theirs = Condition::any().add(Column::ContactPhone.eq(&phone)).add(Column::CustomerAccountId.is_in(ids));
        let rows = scope::opinions(viewer).filter(Column::SiteId.eq(site.id)).filter(theirs);
        rows.order_by_desc(Column::Id).limit(SHOWN).all(&act.txn).await?
    };
    let data = json!({ "phone": mask_phone(&phone), "found": people.len() });
    let record = Record { kind: AuditKind::CallerLookedUp, subject: ("Site", site.id), account: None, data };
    act.record(record).await?;
    act.commit(ActResult::default()).await?;
    Ok(Known { people, cases, opinions })
}

/// Whoever has the number and lives at the site today.
async fn residents(
    act: &Act<'_>,
    site: &site::Model,
    phone: &str,
) -> Result<Vec<(account::Model, Vec<(Uuid, ResidencyKind)>)>> {
    let accounts = account::Entity::find()
        .filter(account::Column::OrganizationId.eq(site.organization_id))
        .filter(account::Column::Phone.eq(phone))
        .all(&act.txn)
        .await?;
    let homes = residency::Entity::find()
        .filter(residency::Column::AccountId.is_in(accounts.iter().map(|account| account.id)))
        .filter(residency::Column::SiteId.eq(site.id))
        .all(&act.txn)
        .await?;
    let zone = parse_zone(&site.time_zone);
    let today = |home: &&residency::Model| holds(home.from_date, home.to_date, zone, act.now);
    let of = |account: Uuid| {
        let theirs = homes.iter().filter(today).filter(|home| home.account_id == account);
        theirs.map(|home| (home.unit_id, home.kind)).collect::<Vec<_>>()
    };
    let found = accounts.into_iter().map(|account| {
        let homes = of(account.id);
        (account, homes)
    });
    Ok(found.filter(|(_, homes)| !homes.is_empty()).collect())
}
