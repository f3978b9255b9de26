//! A photo or paper of a case, and the upload that it comes by.

use sea_orm::entity::prelude::*;

/// A photo or paper of a case, and the upload that it comes by. Its bytes are in the file store, under its id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The case.
    pub complaint_id: Uuid,
    /// The work order, where it shows the work.
    pub work_order_id: Option<Uuid>,
    /// Where it stands.
    pub state: domain::attachment::State,
    /// What whoever sent it calls it.
    pub name: String,
    /// Whether only employees see it.
    pub for_staff: bool,
    /// How many bytes are to come.
    pub expected: i64,
    /// How many have come.
    pub received: i64,
    /// The parts that have come, in order: name and length of each.
    pub parts: Json,
    /// Until when the rest may come.
    pub expires_at: DateTimeUtc,
    /// What it is.
    pub kind: Option<domain::attachment::Kind>,
    /// Its media type, by its content.
    pub media_type: Option<String>,
    /// How many bytes are kept.
    pub size: Option<i64>,
    /// SHA-256 of what is kept, in hex.
    pub sha256: Option<String>,
    /// SHA-256 of the bytes as they were sent, in hex; none of what came before it was kept.
    pub sent_sha256: Option<String>,
    /// In pixels.
    pub width: Option<i32>,
    /// In pixels.
    pub height: Option<i32>,
    /// Where and when an employee's photo was taken, as the device wrote it: evidence.
    pub evidence: Option<Json>,
    /// Why it was refused.
    pub fault: Option<domain::attachment::Fault>,
    /// Why it was taken out.
    pub removed_because: Option<String>,
    /// Whether the file store may hold something of it.
    pub stored: bool,
    /// When whatever may be left of its parts is cleared, once they are not needed any more; none before that and after it.
    pub clear_parts_at: Option<DateTimeUtc>,
    /// Who sends it; none where nobody is known (D7).
    pub uploaded_by: Option<Uuid>,
    /// When the upload began.
    pub created_at: DateTimeUtc,
    /// When it was ready.
    pub added_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
