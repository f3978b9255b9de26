//! Accounts and the roles they are given, as administrators see them.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Operation;
use domain::organization::{AccountState, Language, Role};
use entity::{account, role_grant};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use crate::access::guard::Listed;
use crate::app::loader::{AccountById, GrantsOf};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;

/// A person who is known to the organization.
#[derive(async_graphql::Description)]
pub struct Account(pub account::Model);

#[Object(use_type_description)]
impl Account {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Account", self.0.id)
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The number they sign in with.
    async fn phone(&self) -> &str {
        &self.0.phone
    }

    /// The number on their card (C1), if they have one.
    async fn work_phone(&self) -> Option<&str> {
        self.0.work_phone.as_deref()
    }

    /// The language of their notices.
    async fn language(&self) -> Language {
        self.0.language
    }

    /// Whether they may sign in.
    async fn state(&self) -> AccountState {
        self.0.state
    }

    /// Whether they have a password; without one they sign in by a code that is sent to their phone.
    async fn has_password(&self) -> bool {
        self.0.password_hash.is_some()
    }

    /// Every role they were given, also those that have ended or are to begin.
    async fn roles(&self, ctx: &Context<'_>) -> Result<Vec<RoleGrant>> {
        Ok(ctx.load(GrantsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(RoleGrant).collect())
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A role that somebody holds from one day to another.
#[derive(async_graphql::Description)]
pub struct RoleGrant(pub role_grant::Model);

#[Object(use_type_description)]
impl RoleGrant {
    /// The id, for `endRole`.
    async fn id(&self) -> ID {
        public_id::write("RoleGrant", self.0.id)
    }

    /// Who holds it.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        Ok(ctx.load(AccountById(self.0.account_id)).await?.map(Account))
    }

    /// The role.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// The site, for roles of a site or a department.
    async fn site_id(&self) -> Option<ID> {
        self.0.site_id.map(|id| public_id::write("Site", id))
    }

    /// The department, for roles of a department.
    async fn department_id(&self) -> Option<ID> {
        self.0.department_id.map(|id| public_id::write("Department", id))
    }

    /// The team, for technicians and team leaders.
    async fn team_id(&self) -> Option<ID> {
        self.0.team_id.map(|id| public_id::write("Team", id))
    }

    /// First day, in the site's time zone.
    async fn from(&self) -> NaiveDate {
        self.0.from_date
    }

    /// Last day; null while no end is known.
    async fn to(&self) -> Option<NaiveDate> {
        self.0.to_date
    }

    /// Who was named to take over when it ends.
    async fn successor_id(&self) -> Option<ID> {
        self.0.successor_id.map(|id| public_id::write("Account", id))
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Which accounts.
#[derive(InputObject, Default)]
pub struct AccountFilter {
    /// With these letters in the name, or these digits in the phone number.
    pub text: Option<String>,
    /// Only those that may sign in, or may not.
    pub state: Option<AccountState>,
    /// Only those who were ever given this role.
    pub role: Option<Role>,
}

/// Reads of accounts.
#[derive(Default)]
pub struct PeopleQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl PeopleQuery {
    /// The accounts of your organization, residents' too, newest first.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which accounts.", default)] filter: AccountFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Account>> {
        use account::Column;
        let mut rows = account::Entity::find().filter(Column::OrganizationId.eq(ctx.signed_in()?.organization_id));
        if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            rows = rows.filter(Condition::any().add(Column::Name.contains(text)).add(Column::Phone.contains(text)));
        }
        if let Some(state) = filter.state {
            rows = rows.filter(Column::State.eq(state));
        }
        if let Some(role) = filter.role {
            let holders = role_grant::Entity::find().filter(role_grant::Column::Role.eq(role));
            let holders = holders.select_only().column(role_grant::Column::AccountId);
            rows = rows.filter(Column::Id.in_subquery(sea_orm::QueryTrait::into_query(holders)));
        }
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, Account).await?)
    }
}
