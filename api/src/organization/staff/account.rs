//! Accounts: made, changed, disabled and enabled.

use domain::audit::Kind;
use domain::import::Action;
use domain::organization::{AccountState, Language};
use domain::refusal::Code;
use entity::account;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{leave, role};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup;

/// Whom an account is for.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// The number they sign in with.
    pub phone: String,
    /// The number on their card (C1), for staff.
    pub work_phone: Option<String>,
    /// The language of their notices.
    pub language: Language,
}

impl Person {
    /// The same, checked.
    ///
    /// # Errors
    /// Refusals with the path of the field.
    pub fn checked(&self) -> Result<Self> {
        Ok(Self {
            name: validate::text("name", &self.name, 60)?,
            phone: validate::phone("phone", &self.phone)?,
            work_phone: work_phone(self.work_phone.as_deref())?,
            language: self.language,
        })
    }
}

/// What to change of an account; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Their name.
    pub name: Option<String>,
    /// The number they sign in with.
    pub phone: Option<String>,
    /// The number on their card; blank takes it away.
    pub work_phone: Option<String>,
    /// The language of their notices.
    pub language: Option<Language>,
}

fn work_phone(number: Option<&str>) -> Result<Option<String>> {
    number.filter(|number| !number.trim().is_empty()).map(|number| validate::phone("workPhone", number)).transpose()
}

/// Makes an account. Without a password they sign in by a code that is sent to their phone.
///
/// # Errors
/// Refusals with the path of the field; `TAKEN` where the organization knows the phone number.
pub async fn create(caller: &Caller<'_>, person: &Person, password: Option<&str>) -> Result<ActResult> {
    let hash = match password {
        Some(password) => {
            validate::password("password", password, &[&person.phone, &person.name])?;
            Some(caller.app.passwords.hash(password, &caller.app.dice).await?)
        }
        None => None,
    };
    let act = setup::begin(caller).await?;
    let made = make(&act, person, hash).await?;
    setup::finish(act, made.id).await
}

/// Makes an account in an act that has its turn.
///
/// # Errors
/// Refusals with the path of the field; `TAKEN` where the organization knows the phone number.
pub async fn make(act: &Act<'_>, person: &Person, password_hash: Option<String>) -> Result<account::Model> {
    let Person { name, phone, work_phone, language } = person.checked()?;
    if with_phone(act, &phone).await?.is_some() {
        return Err(Error::refused(Code::Taken, "phone"));
    }
    let row = account::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        phone,
        name,
        work_phone,
        password_hash,
        language,
        state: AccountState::Active,
        session_epoch: 0,
        created_at: act.now,
        version: 1,
    };
    let made = row.into_active_model().insert(&act.txn).await.map_err(|error| Error::taken(error, "phone"))?;
    record(act, Kind::Made, made.id, json!({})).await?;
    Ok(made)
}

/// Makes an account, or changes the one that has the phone number: what an import does with each line.
///
/// # Errors
/// Refusals with the path of the field.
pub async fn put(act: &Act<'_>, person: &Person) -> Result<(Action, account::Model)> {
    let person = person.checked()?;
    let Some(before) = with_phone(act, &person.phone).await? else {
        return Ok((Action::Made, make(act, &person, None).await?));
    };
    let mut row = before.clone();
    row.name = person.name;
    row.work_phone = person.work_phone;
    row.language = person.language;
    if row == before {
        return Ok((Action::Unchanged, row));
    }
    Ok((Action::Changed, save(act, row, Kind::Changed).await?))
}

/// Changes an account, as the caller saw it.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, refusals with the path of the field; `TAKEN` where somebody else has the phone number.
pub async fn change(caller: &Caller<'_>, target: Target, changes: Changes) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let before = open(&act, target).await?;
    let row = changed(&before, changes)?;
    if row.phone != before.phone {
        if with_phone(&act, &row.phone).await?.is_some() {
            return Err(Error::refused(Code::Taken, "phone"));
        }
        record(&act, Kind::PhoneChanged, row.id, json!({})).await?;
    }
    if row != before {
        save(&act, row, Kind::Changed).await?;
    }
    setup::finish(act, target.id).await
}

/// Changes one's own language and, for staff, the number on one's card.
///
/// # Errors
/// `NOT_YOURS` for a number on a card that one does not have; refusals with the path of the field.
pub async fn change_own(caller: &Caller<'_>, language: Option<Language>, number: Option<String>) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let viewer = act.person()?;
    if number.is_some() && !viewer.grants.iter().any(|grant| grant.role.is_staff()) {
        return Err(Error::refused(Code::NotYours, "workPhone"));
    }
    let before = in_organization(&act, viewer.id, "").await?;
    let changes = Changes { language, work_phone: number, ..Changes::default() };
    let row = changed(&before, changes)?;
    if row != before {
        save(&act, row, Kind::Changed).await?;
    }
    setup::finish(act, before.id).await
}

fn changed(before: &account::Model, changes: Changes) -> Result<account::Model> {
    let mut row = before.clone();
    if let Some(name) = changes.name {
        row.name = validate::text("name", &name, 60)?;
    }
    if let Some(phone) = changes.phone {
        row.phone = validate::phone("phone", &phone)?;
    }
    if let Some(number) = changes.work_phone {
        row.work_phone = work_phone(Some(&number))?;
    }
    row.language = changes.language.unwrap_or(row.language);
    Ok(row)
}

/// Disables an account: every session ends, and what it owns goes to a successor in the same act. Its roles hold again
/// when it is enabled, as far as their days do.
///
/// # Errors
/// `NOT_FOUND`, `STALE`; `MISSING` where a post would stand empty; `NO_OWNER` where nobody could be named.
pub async fn disable(caller: &Caller<'_>, target: Target, successor: Option<Uuid>) -> Result<ActResult> {
    let mut act = setup::begin(caller).await?;
    let mut row = open(&act, target).await?;
    if row.state == AccountState::Active {
        leave::check_successor(&act, successor, row.id).await?;
        role::fill_posts_of(&act, row.id, successor).await?;
        row.state = AccountState::Disabled;
        row.session_epoch += 1;
        save(&act, row, Kind::AccountDisabled).await?;
        leave::release(&mut act, target.id, successor).await?;
    }
    setup::finish(act, target.id).await
}

/// Enables an account again.
///
/// # Errors
/// `NOT_FOUND` or `STALE`.
pub async fn enable(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let mut row = open(&act, target).await?;
    if row.state == AccountState::Disabled {
        row.state = AccountState::Active;
        save(&act, row, Kind::AccountEnabled).await?;
    }
    setup::finish(act, target.id).await
}

/// The account of the organization that has a phone number.
///
/// # Errors
/// When the database does not answer.
pub async fn with_phone(act: &Act<'_>, phone: &str) -> Result<Option<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::OrganizationId.eq(act.organization_id()))
        .filter(account::Column::Phone.eq(phone))
        .one(&act.txn)
        .await?)
}

/// An account of the organization.
///
/// # Errors
/// `NOT_FOUND` with the path of the field.
pub async fn in_organization(act: &Act<'_>, id: Uuid, field: &str) -> Result<account::Model> {
    let select = account::Entity::find_by_id(id).filter(account::Column::OrganizationId.eq(act.organization_id()));
    locked(select, &act.txn).one(&act.txn).await?.ok_or_else(|| Error::refused(Code::NotFound, field))
}

async fn open(act: &Act<'_>, target: Target) -> Result<account::Model> {
    let row = in_organization(act, target.id, "accountId").await?;
    if row.version != target.version {
        return Err(Error::stale(ActResult { subject: Some(target.id), ..ActResult::default() }));
    }
    Ok(row)
}

async fn save(act: &Act<'_>, mut row: account::Model, kind: Kind) -> Result<account::Model> {
    row.version += 1;
    let saved = row.into_active_model().reset_all().update(&act.txn).await;
    let saved = saved.map_err(|error| Error::taken(error, "phone"))?;
    record(act, kind, saved.id, json!({})).await?;
    Ok(saved)
}

async fn record(act: &Act<'_>, kind: Kind, id: Uuid, data: Value) -> Result<()> {
    act.record(Record { kind, subject: ("Account", id), account: Some(id), data }).await
}
