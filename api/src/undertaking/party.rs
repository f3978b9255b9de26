//! The directory of outside parties of a site (E4.4): utilities, the developer, fire service, police, hotlines.

use chrono::{DateTime, Utc};
use domain::refusal::Code;
use domain::undertaking::PartyKind;
use entity::outside_party;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;

/// An entry as it comes in.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is.
    pub kind: PartyKind,
    /// Its name.
    pub name: String,
    /// Where to call.
    pub phone: String,
    /// Whom to ask for.
    pub contact: Option<String>,
    /// For what, and how.
    pub note: Option<String>,
    /// Whether it is not offered any more.
    pub retired: bool,
}

/// Which entry is changed, and which version of it was seen.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// A new one of a site.
    New(Uuid),
    /// One that stands.
    Known(Uuid, i32),
}

/// Writes an entry: a new one, or a change of one.
///
/// # Errors
/// `NOT_FOUND` for a site at which the actor does not work, or another's entry; `STALE`; refusals on the fields.
pub async fn keep(caller: &Caller<'_>, which: Which, entry: Entry) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let retired_at: Option<DateTime<Utc>> = entry.retired.then_some(act.now);
    let mut row = match which {
        Which::New(site) => {
            let here = act.person()?.is_staff_at(site);
            let found = entity::site::Entity::find_by_id(site).one(&act.txn).await?.filter(|_| here);
            let site = found.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
            blank(&act, &site)
        }
        Which::Known(id, version) => {
            let found = outside_party::Entity::find_by_id(id).one(&act.txn).await?;
            let mut found = Vec::from_iter(found);
            let viewer = act.person()?;
            found.retain(|row| viewer.is_staff_at(row.site_id) && row.organization_id == viewer.organization_id);
            let row = found.pop().ok_or_else(|| Error::refused(Code::NotFound, "outsidePartyId"))?;
            if row.version != version {
                return Err(Error::stale(ActResult { subject: Some(id), ..ActResult::default() }));
            }
            row
        }
    };
    row.kind = entry.kind;
    row.name = validate::text("name", &entry.name, 120)?;
    row.phone = validate::phone("phone", &entry.phone)?;
    row.contact = validate::optional_text("contact", entry.contact.as_deref(), 120)?;
    row.note = validate::optional_text("note", entry.note.as_deref(), 500)?;
    row.retired_at = row.retired_at.filter(|_| entry.retired).or(retired_at);
    row.version += 1;
    let result = ActResult { subject: Some(row.id), ..ActResult::default() };
    let first = row.version == 1;
    let row = row.into_active_model().reset_all();
    if first {
        row.insert(&act.txn).await?;
    } else {
        row.update(&act.txn).await?;
    }
    act.commit(result).await
}

fn blank(act: &Act<'_>, site: &entity::site::Model) -> outside_party::Model {
    outside_party::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        kind: PartyKind::Other,
        name: String::new(),
        phone: String::new(),
        contact: None,
        note: None,
        retired_at: None,
        version: 0,
    }
}
