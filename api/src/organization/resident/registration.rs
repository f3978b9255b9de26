//! Registration by an invitation, and the office's check of it. The residency holds when the office has confirmed it.

use std::net::IpAddr;

use domain::audit::Kind;
use domain::organization::{AccountState, Language, RequestState};
use domain::refusal::Code;
use entity::{invitation, resident_request};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::invitation::Stay;
use super::residency;
use super::{keeps, kept_unit};
use crate::access::guesses;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::complaint::receipt::Receipt;
use crate::complaint::service::MAX_REASON;
use crate::organization::setup;
use crate::organization::staff::account::{self, Person};

/// Who registers.
#[derive(Clone)]
pub struct Registering {
    /// The code of the invitation, as typed.
    pub code: String,
    /// Their name.
    pub name: String,
    /// The number they want to sign in with.
    pub phone: String,
    /// The password for a new account.
    pub password: String,
    /// The language of their notices.
    pub language: Language,
}

/// Registers somebody by an invitation. Whether the phone number is known makes no difference here: the office sees it.
///
/// # Errors
/// `NOT_FOUND` for a code that is unknown, used, taken back or too old, without telling which; refusals with the path of
/// the field; [`Error::Limited`] after too many tries from an address.
pub async fn register(caller: &Caller<'_>, who: Registering, address: Option<IpAddr>) -> Result<ActResult> {
    let app = caller.app;
    guesses::count(app, address).await?;
    let not_found = || Error::refused(Code::NotFound, "code");
    let name = validate::text("name", &who.name, 60)?;
    let phone = validate::phone("phone", &who.phone)?;
    validate::password("password", &who.password, &[&phone, &name])?;
    let code = Receipt::read(&who.code).ok_or_else(not_found)?;
    let select = invitation::Entity::find().filter(invitation::Column::CodeHash.eq(code.hash()));
    let invited = select.one(&app.db).await?.ok_or_else(not_found)?;
    let hash = app.passwords.hash(&who.password, &app.dice).await?;
    let act = Act::begin_anonymous(caller, invited.organization_id).await?;
    let select = locked(invitation::Entity::find_by_id(invited.id), &act.txn);
    let invited = select.one(&act.txn).await?.ok_or_else(not_found)?;
    if invited.used_at.is_some() || invited.revoked_at.is_some() || invited.expires_at <= act.now {
        return Err(not_found());
    }
    let row = resident_request::Model {
        id: act.id(),
        organization_id: invited.organization_id,
        site_id: invited.site_id,
        unit_id: invited.unit_id,
        invitation_id: invited.id,
        kind: invited.kind,
        from_date: invited.from_date,
        to_date: invited.to_date,
        name,
        phone,
        password_hash: Some(hash),
        language: who.language,
        state: RequestState::Waiting,
        reason: None,
        account_id: None,
        decided_by: None,
        decided_at: None,
        requested_at: act.now,
        version: 1,
    };
    let id = row.id;
    row.into_active_model().insert(&act.txn).await?;
    let mut invited = invited.into_active_model();
    invited.used_at = sea_orm::ActiveValue::Set(Some(act.now));
    invited.update(&act.txn).await?;
    record(&act, Kind::ResidentRegistered, id, None).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// The office confirms a resident: the residency holds. Where the organization knows the phone number, it is that account
/// that lives there; else one is made.
///
/// # Errors
/// `NOT_FOUND`, `STALE`; `WRONG_STATE` for a request that is decided, or an account that is disabled; `RETIRED`.
pub async fn confirm(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let mut row = open(&act, target).await?;
    let (home, site) = kept_unit(&act, row.unit_id).await?;
    let person = Person { name: row.name.clone(), phone: row.phone.clone(), work_phone: None, language: row.language };
    let lives = match account::with_phone(&act, &row.phone).await? {
        Some(known) if known.state != AccountState::Active => {
            let needed = vec!["an account that is not disabled".to_owned()];
            return Err(Error::refused_needing(Code::WrongState, "requestId", needed));
        }
        Some(known) => known,
        None => account::make(&act, &person, row.password_hash.clone()).await?,
    };
    let stay = Stay { kind: row.kind, from: Some(row.from_date), to: row.to_date };
    residency::settle(&act, &home, &site, lives.id, stay).await?;
    row.account_id = Some(lives.id);
    row.state = RequestState::Confirmed;
    decided(act, row, Kind::ResidentConfirmed).await
}

/// The office refuses a resident, with a reason.
///
/// # Errors
/// `NOT_FOUND`, `STALE`; `WRONG_STATE` for a request that is decided; `REQUIRED` for the reason.
pub async fn refuse(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let act = setup::begin(caller).await?;
    let mut row = open(&act, target).await?;
    row.reason = Some(reason);
    row.state = RequestState::Refused;
    decided(act, row, Kind::ResidentRefused).await
}

async fn open(act: &Act<'_>, target: Target) -> Result<resident_request::Model> {
    let select = resident_request::Entity::find_by_id(target.id)
        .filter(resident_request::Column::OrganizationId.eq(act.organization_id()));
    let viewer = act.person()?;
    let row = locked(select, &act.txn).one(&act.txn).await?.filter(|row| keeps(viewer, row.site_id));
    let row = row.ok_or_else(|| Error::refused(Code::NotFound, "requestId"))?;
    if row.version != target.version {
        return Err(Error::stale(ActResult { subject: Some(target.id), ..ActResult::default() }));
    }
    if row.state != RequestState::Waiting {
        let needed = vec![upper_snake(RequestState::Waiting.name())];
        return Err(Error::refused_needing(Code::WrongState, "requestId", needed));
    }
    Ok(row)
}

async fn decided(act: Act<'_>, mut row: resident_request::Model, kind: Kind) -> Result<ActResult> {
    let (id, person) = (row.id, row.account_id);
    row.password_hash = None;
    row.decided_by = Some(act.person()?.id);
    row.decided_at = Some(act.now);
    row.version += 1;
    row.into_active_model().reset_all().update(&act.txn).await?;
    record(&act, kind, id, person).await?;
    setup::finish(act, id).await
}

async fn record(act: &Act<'_>, kind: Kind, id: Uuid, account: Option<Uuid>) -> Result<()> {
    act.record(Record { kind, subject: ("ResidentRequest", id), account, data: json!({}) }).await
}
