//! Keeps calls that lead to no case (B2, E7.2).

use chrono::{DateTime, Utc};
use domain::hotline::Handling;
use domain::opinion::Channel;
use domain::refusal::Code;
use entity::{complaint, hotline_call, site};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::access::scope;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::parts::customer_with;
use crate::opinion::service::{Draft, record_within};

/// The longest call that can be written down: a day.
const LONGEST: i32 = 24 * 60 * 60;

/// A call as it is written down.
#[derive(Debug, Clone)]
pub struct Told {
    /// The caller's number.
    pub phone: String,
    /// Who called, where they said so.
    pub caller_name: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it lasted.
    pub duration_seconds: i32,
    /// What was said.
    pub summary: String,
    /// What became of it.
    pub handling: Handling,
    /// The same in words.
    pub note: Option<String>,
    /// The unit that the caller named.
    pub unit_id: Option<Uuid>,
    /// The case that it was about.
    pub complaint_id: Option<Uuid>,
}

/// Writes a call down, at any hour; an opinion goes into the register in the same act.
///
/// # Errors
/// `NOT_FOUND` for a site where the caller does not work, or a case that they do not see; `REQUIRED` for what its handling
/// asks for; `INVALID` for times that cannot be.
pub async fn record(caller: &Caller<'_>, site_id: Uuid, told: Told) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let site = site::Entity::find_by_id(site_id).one(&act.txn).await?;
    let site = site.filter(|site| site.organization_id == viewer.organization_id && viewer.is_staff_at(site.id));
    let site = site.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    check(&act, &told)?;
    let phone = validate::phone("phone", &told.phone)?;
    let about = known_case(&act, site.id, &told).await?;
    let mut row = hotline_call::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        phone: phone.clone(),
        caller_name: validate::optional_text("callerName", told.caller_name.as_deref(), 60)?,
        started_at: told.started_at,
        duration_seconds: told.duration_seconds,
        summary: validate::text("summary", &told.summary, 1000)?,
        handling: told.handling,
        note: validate::optional_text("note", told.note.as_deref(), 1000)?,
        opinion_id: None,
        complaint_id: about,
        received_by: viewer.id,
        recorded_at: act.now,
    };
    if told.handling == Handling::Opinion {
        let draft = Draft {
            unit_id: told.unit_id,
            customer_account_id: customer_with(&act.txn, site.organization_id, &phone).await?,
            contact_name: row.caller_name.clone(),
            contact_phone: Some(phone),
            ..Draft::of(Channel::Phone, row.summary.clone())
        };
        row.opinion_id = Some(record_within(&act, &site, draft).await?.id);
    }
    let result = ActResult { subject: Some(row.id), complaint: row.complaint_id, ..ActResult::default() };
    row.into_active_model().insert(&act.txn).await?;
    act.commit(result).await
}

fn check(act: &Act<'_>, told: &Told) -> Result<()> {
    let invalid = |field: &str, right: &str| Err(Error::refused_needing(Code::Invalid, field, vec![right.to_owned()]));
    if !(0..=LONGEST).contains(&told.duration_seconds) {
        return invalid("durationSeconds", "0..86400");
    }
    if told.started_at > act.now {
        return invalid("startedAt", "a time that has come");
    }
    if told.handling == Handling::KnownCase && told.complaint_id.is_none() {
        return Err(Error::refused(Code::Required, "complaintId"));
    }
    Ok(())
}

async fn known_case(act: &Act<'_>, site: Uuid, told: &Told) -> Result<Option<Uuid>> {
    let Some(id) = told.complaint_id else { return Ok(None) };
    let seen = scope::complaints(act.person()?)
        .filter(complaint::Column::Id.eq(id))
        .filter(complaint::Column::SiteId.eq(site))
        .count(&act.txn)
        .await?;
    if seen == 0 { Err(Error::refused(Code::NotFound, "complaintId")) } else { Ok(Some(id)) }
}
