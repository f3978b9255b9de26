//! Writes and reads the trail.

use domain::audit::Kind;
use domain::organization::Role;
use entity::audit_entry;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, Select};
use serde_json::Value;
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::app::act::Act;
use crate::app::error::Result;

/// Something that was done, for the trail.
pub struct Record {
    /// What.
    pub kind: Kind,
    /// To what: its type as the schema names it, and its id.
    pub subject: (&'static str, Uuid),
    /// The account it concerns, which may read it.
    pub account: Option<Uuid>,
    /// Further facts: never a secret, a phone number in full or a text of a case.
    pub data: Value,
}

impl Act<'_> {
    /// Writes to the trail, in the transaction of the act. The actor is who acts, or in an act of a stranger nobody.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record(&self, record: Record) -> Result<()> {
        let row = audit_entry::ActiveModel {
            id: Set(self.id()),
            organization_id: Set(self.organization_id()),
            kind: Set(record.kind),
            actor_account_id: Set(self.viewer.map(|viewer| viewer.id)),
            actor_name: Set(self.viewer.map(|viewer| viewer.name.clone())),
            subject_type: Set(record.subject.0.to_owned()),
            subject_id: Set(record.subject.1),
            account_id: Set(record.account),
            data: Set(record.data),
            occurred_at: Set(self.now),
        };
        audit_entry::Entity::insert(row).exec_without_returning(&self.txn).await?;
        Ok(())
    }
}

/// What a viewer may read of the trail: administrators and company leaders all of their organization's, everybody else
/// what concerns or was done by themselves.
#[must_use]
pub fn visible(viewer: &Viewer) -> Select<audit_entry::Entity> {
    use audit_entry::Column;
    let rows = audit_entry::Entity::find().filter(Column::OrganizationId.eq(viewer.organization_id));
    if viewer.holds_any(&[Role::Administrator, Role::CompanyLeader]) {
        return rows;
    }
    rows.filter(Condition::any().add(Column::AccountId.eq(viewer.id)).add(Column::ActorAccountId.eq(viewer.id)))
}
