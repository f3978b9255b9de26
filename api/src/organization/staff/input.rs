//! The inputs of accounts and roles.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use domain::organization::{Language, Role};

use super::account::{Changes, Person};
use super::role::Giving;
use crate::app::error::Result;
use crate::app::public_id;
use crate::app::request::{act_input, optional_id};

/// Somebody who is to work here.
#[derive(InputObject)]
pub struct CreateStaffAccountInput {
    /// Their name, 1 to 60 characters.
    pub name: String,
    /// The number they sign in with: 3 to 20 digits, unique in the organization.
    pub phone: String,
    /// The number on their card (C1), if they have one: 3 to 20 digits.
    pub work_phone: Option<String>,
    /// The language of their notices.
    #[graphql(default_with = "Language::ZhCn")]
    pub language: Language,
    /// The first password, 12 to 128 characters. Without one they sign in by a code that is sent to their phone.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

impl CreateStaffAccountInput {
    /// Whom the account is for.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            name: self.name.clone(),
            phone: self.phone.clone(),
            work_phone: self.work_phone.clone(),
            language: self.language,
        }
    }
}

act_input! {
    /// What to change of an account; what is not given stays.
    ChangeStaffAccountInput on account_id("Account", "accountId") {
        /// Their name, 1 to 60 characters.
        name: Option<String>,
        /// The number they sign in with: 3 to 20 digits, unique in the organization.
        phone: Option<String>,
        /// The number on their card: 3 to 20 digits; an empty text takes it away.
        work_phone: Option<String>,
        /// The language of their notices.
        language: Option<Language>,
    }
}

impl ChangeStaffAccountInput {
    /// What to change.
    #[must_use]
    pub fn changes(self) -> Changes {
        Changes { name: self.name, phone: self.phone, work_phone: self.work_phone, language: self.language }
    }
}

act_input! {
    /// Which account, and who takes over.
    DisableAccountInput on account_id("Account", "accountId") {
        /// Who takes over what they own, as far as their roles let them own it; the rest goes up the ladder of each post.
        /// Required (`MISSING`) where a post would stand empty that must not: they are given it.
        successor_id: Option<ID>,
    }
}

act_input! {
    /// Which account.
    AccountInput on account_id("Account", "accountId") {}
}

/// A role that is to be given, at the place that its reach demands.
#[derive(InputObject)]
pub struct GiveRoleInput {
    /// To whom.
    pub account_id: ID,
    /// The role. Residents are customers by their residency and connected systems have keys: neither is given.
    pub role: Role,
    /// The site, for a role of a site or a department; known by the department where that is given.
    pub site_id: Option<ID>,
    /// The department, for a role of a department: of a kind in which the role is held, as the head of the decoration
    /// market is of the decoration market only. Known by the team where that is given.
    pub department_id: Option<ID>,
    /// The team, for a technician or team leader.
    pub team_id: Option<ID>,
    /// First day, in the site's time zone; today when not given.
    pub from: Option<NaiveDate>,
    /// Last day, if it is known: then what they own by the role goes up the ladder of its post.
    pub to: Option<NaiveDate>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

impl GiveRoleInput {
    /// Reads the ids.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn giving(&self) -> Result<Giving> {
        Ok(Giving {
            account_id: public_id::read("Account", &self.account_id, "accountId")?,
            role: self.role,
            site_id: optional_id("Site", self.site_id.as_ref(), "siteId")?,
            department_id: optional_id("Department", self.department_id.as_ref(), "departmentId")?,
            team_id: optional_id("Team", self.team_id.as_ref(), "teamId")?,
            from: self.from,
            to: self.to,
        })
    }
}

act_input! {
    /// Which role, from when on it is not held any more, and who takes over.
    EndRoleInput on role_id("RoleGrant", "roleId") {
        /// The first day without the role, in the site's time zone; today, that is at once, when not given.
        day: Option<NaiveDate>,
        /// Who takes over what they own by the role, as far as their roles let them own it; the rest goes up the ladder of
        /// the post. Required (`MISSING`) where the post would stand empty that must not: they are given it from that day.
        successor_id: Option<ID>,
    }
}

/// What to change of oneself; what is not given stays.
#[derive(InputObject)]
pub struct ChangeMySettingsInput {
    /// The language of my notices, and of answers to requests that name none.
    pub language: Option<Language>,
    /// For staff, the number on my card (C1): 3 to 20 digits; an empty text takes it away.
    pub work_phone: Option<String>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}
