//! The audit trail in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Json, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::audit::Kind;
use entity::audit_entry;
use sea_orm::{ColumnTrait, QueryFilter};

use super::trail;
use crate::access::guard::Listed;
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;

/// Something that was done to an account, a right or the set-up.
#[derive(async_graphql::Description)]
pub struct AuditEntry(pub audit_entry::Model);

#[Object(use_type_description)]
impl AuditEntry {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("AuditEntry", self.0.id)
    }

    /// What was done.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The account that did it; null for a stranger, as at a registration, and for the server itself.
    async fn actor_id(&self) -> Option<ID> {
        self.0.actor_account_id.map(|id| public_id::write("Account", id))
    }

    /// Their name at the time.
    async fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref()
    }

    /// What it was done to, as `Account_…`, `Site_…` or another typed id.
    async fn subject_id(&self) -> ID {
        public_id::write(&self.0.subject_type, self.0.subject_id)
    }

    /// The account it concerns, if it concerns one.
    async fn account_id(&self) -> Option<ID> {
        self.0.account_id.map(|id| public_id::write("Account", id))
    }

    /// Further facts, by kind. Never a secret.
    async fn data(&self) -> Json<serde_json::Value> {
        Json(self.0.data.clone())
    }

    /// When, by the server's clock.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }
}

/// Which entries of the audit trail.
#[derive(InputObject, Default)]
pub struct AuditFilter {
    /// Only these kinds.
    pub kinds: Option<Vec<Kind>>,
    /// Only what concerns this account.
    pub account_id: Option<ID>,
    /// Only what was done to this thing.
    pub subject_id: Option<ID>,
}

/// Reads of the audit trail.
#[derive(Default)]
pub struct AuditQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl AuditQuery {
    /// Who did what to accounts, rights and the set-up, newest first. Administrators and company leaders read all of
    /// their organization's; everybody else what concerns themselves, or was done by them.
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries.", default)] filter: AuditFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, AuditEntry>> {
        use audit_entry::Column;
        let mut rows = trail::visible(ctx.signed_in()?);
        if let Some(kinds) = filter.kinds {
            rows = rows.filter(Column::Kind.is_in(kinds));
        }
        if let Some(account) = &filter.account_id {
            rows = rows.filter(Column::AccountId.eq(public_id::read("Account", account, "filter.accountId")?));
        }
        if let Some(subject) = &filter.subject_id {
            let id = public_id::parse(subject).map(|(_, id)| id).unwrap_or_default();
            rows = rows.filter(Column::SubjectId.eq(id));
        }
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, AuditEntry).await?)
    }
}
