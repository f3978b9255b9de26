//! What is done from the command line of the server itself, before anybody can sign in or after nobody can any more.

use chrono::{DateTime, Utc};
use domain::audit;
use domain::organization::{AccountState, Language, Role};
use entity::{account, audit_entry, event_stream, organization, recovery_code, role_grant, second_factor};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter,
};
use uuid::Uuid;

use crate::access::password::{LENGTH, Passwords, is_acceptable};
use crate::access::viewer::HOME_ZONE;
use crate::app::clock::Clock;
use crate::app::database::{begin_writing, locked};
use crate::app::dice::Dice;
use crate::app::validate;

/// The longest code of an organization.
const MAX_CODE: usize = 20;
/// The longest name of an organization, and of a person.
const MAX_NAME: usize = 120;
const MAX_PERSON: usize = 60;

/// Why it was not done. Told to the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The code is not of the right form.
    #[error("the code must be 2 to {MAX_CODE} lower-case letters, digits or hyphens, beginning with a letter")]
    Code,
    /// The code is taken.
    #[error("there is an organization with the code {0} already; choose another code")]
    CodeTaken(String),
    /// A name is empty or too long.
    #[error("an organization's name must be 1 to {MAX_NAME} characters, a person's 1 to {MAX_PERSON}")]
    Name,
    /// The phone number is not of the right form.
    #[error("the phone number must be 3 to 20 digits, with + before it or not")]
    Phone,
    /// The password is too short, too long, or among the first that anybody tries.
    #[error("the password must be {} to {} characters, and not among the first that anybody tries", LENGTH.start(), LENGTH.end())]
    Password,
    /// No such organization.
    #[error("there is no organization with the code {0}")]
    NoOrganization(String),
    /// No such account.
    #[error("nobody in this organization has that phone number")]
    NoAccount,
    /// The account may not sign in, whatever its password.
    #[error("the account is disabled; a new password would not let it in")]
    Disabled,
    /// The database does not answer.
    #[error("the database: {0}")]
    Database(#[from] DbErr),
    /// The password cannot be hashed.
    #[error("the password cannot be hashed on this machine; the log says why")]
    Hashing,
}

/// What these acts need.
pub struct Desk {
    /// The database.
    pub db: DatabaseConnection,
    /// What time it is.
    pub clock: Clock,
    /// Ids and salts.
    pub dice: Dice,
    /// Hashes passwords.
    pub passwords: Passwords,
}

/// An organization that is to be.
pub struct NewOrganization {
    /// Its short code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The number its first administrator signs in with.
    pub admin_phone: String,
    /// Their name.
    pub admin_name: String,
    /// Their password.
    pub password: String,
}

impl Desk {
    /// Sets up an organization with its event log and its first administrator, who holds the role from today.
    ///
    /// # Errors
    /// What is wrong with it; then nothing is set up.
    pub async fn create_organization(&self, new: &NewOrganization) -> Result<Uuid, AdminError> {
        check_code(&new.code)?;
        let name = name(&new.name, MAX_NAME)?;
        let administrator = (phone(&new.admin_phone)?, self::name(&new.admin_name, MAX_PERSON)?);
        let hash = self.hash(&new.password).await?;
        let now = self.clock.now();
        let txn = begin_writing(&self.db).await?;
        if find(&txn, &new.code).await?.is_some() {
            return Err(AdminError::CodeTaken(new.code.clone()));
        }
        let id = self.dice.id(now);
        let row = organization::Model { id, code: new.code.clone(), name, created_at: now };
        row.into_active_model().insert(&txn).await?;
        event_stream::Model { organization_id: id, position: 0 }.into_active_model().insert(&txn).await?;
        self.write_administrator(&txn, id, administrator, hash, now).await?;
        txn.commit().await?;
        Ok(id)
    }

    async fn write_administrator(
        &self,
        txn: &DatabaseTransaction,
        organization_id: Uuid,
        (phone, name): (String, String),
        hash: String,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let account_id = self.dice.id(now);
        let account = account::Model {
            id: account_id,
            organization_id,
            phone,
            name,
            work_phone: None,
            password_hash: Some(hash),
            language: Language::ZhCn,
            state: AccountState::Active,
            session_epoch: 0,
            created_at: now,
            version: 1,
        };
        account.into_active_model().insert(txn).await?;
        let grant = role_grant::Model {
            id: self.dice.id(now),
            organization_id,
            account_id,
            role: Role::Administrator,
            site_id: None,
            department_id: None,
            team_id: None,
            from_date: now.with_timezone(&HOME_ZONE).date_naive(),
            to_date: None,
            version: 1,
            successor_id: None,
            carried_out_at: None,
        };
        grant.into_active_model().insert(txn).await?;
        Ok(())
    }

    /// Sets a new password and ends every session of the account; removes its second factor where that is wanted.
    /// Returns the name of whose it is.
    ///
    /// # Errors
    /// What is wrong with it; then nothing is changed.
    pub async fn reset_password(
        &self,
        code: &str,
        number: &str,
        password: &str,
        remove_second_factor: bool,
    ) -> Result<String, AdminError> {
        let number = phone(number)?;
        let hash = self.hash(password).await?;
        let txn = begin_writing(&self.db).await?;
        let organization = find(&txn, code).await?.ok_or_else(|| AdminError::NoOrganization(code.to_owned()))?;
        let rows = account::Entity::find()
            .filter(account::Column::OrganizationId.eq(organization.id))
            .filter(account::Column::Phone.eq(number));
        let account = locked(rows, &txn).one(&txn).await?.ok_or(AdminError::NoAccount)?;
        if account.state != AccountState::Active {
            return Err(AdminError::Disabled);
        }
        let (id, name, epoch) = (account.id, account.name.clone(), account.session_epoch);
        let mut account = account.into_active_model();
        account.password_hash = Set(Some(hash));
        account.session_epoch = Set(epoch + 1);
        account.update(&txn).await?;
        let mut kinds = vec![audit::Kind::PasswordChanged];
        if remove_second_factor {
            second_factor::Entity::delete_by_id(id).exec(&txn).await?;
            recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(id)).exec(&txn).await?;
            kinds.push(audit::Kind::SecondFactorRemoved);
        }
        for kind in kinds {
            self.record(&txn, (organization.id, id), kind).await?;
        }
        txn.commit().await?;
        Ok(name)
    }

    /// Writes to the trail of an account what the server itself did, without an actor.
    async fn record(
        &self,
        txn: &DatabaseTransaction,
        (organization_id, account_id): (Uuid, Uuid),
        kind: audit::Kind,
    ) -> Result<(), DbErr> {
        let now = self.clock.now();
        let row = audit_entry::Model {
            id: self.dice.id(now),
            organization_id,
            kind,
            actor_account_id: None,
            actor_name: None,
            subject_type: "Account".to_owned(),
            subject_id: account_id,
            account_id: Some(account_id),
            data: serde_json::json!({ "how": "RESET" }),
            occurred_at: now,
        };
        row.into_active_model().insert(txn).await?;
        Ok(())
    }

    async fn hash(&self, password: &str) -> Result<String, AdminError> {
        if !is_acceptable(password, &[]) {
            return Err(AdminError::Password);
        }
        self.passwords.hash(password, &self.dice).await.map_err(|_| AdminError::Hashing)
    }
}

async fn find(txn: &DatabaseTransaction, code: &str) -> Result<Option<organization::Model>, DbErr> {
    organization::Entity::find().filter(organization::Column::Code.eq(code)).one(txn).await
}

fn check_code(code: &str) -> Result<(), AdminError> {
    let plain = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let right =
        plain && code.starts_with(|first: char| first.is_ascii_lowercase()) && (2..=MAX_CODE).contains(&code.len());
    if right { Ok(()) } else { Err(AdminError::Code) }
}

fn name(name: &str, max: usize) -> Result<String, AdminError> {
    validate::text("name", name, max).map_err(|_| AdminError::Name)
}

fn phone(number: &str) -> Result<String, AdminError> {
    validate::phone("phone", number).map_err(|_| AdminError::Phone)
}
