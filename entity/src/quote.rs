//! A quote 报价. It never changes: it is replaced by a new revision.

use sea_orm::entity::prelude::*;

/// A quote 报价. It never changes: it is replaced by a new revision.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote")]
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
    /// The order that it was made for on site, or under which it is carried out.
    pub work_order_id: Option<Uuid>,
    /// Its number, such as `LY-Q2026-000123`; every revision bears it.
    pub number: String,
    /// Which revision, from 1.
    pub revision: i32,
    /// The revision before.
    pub revises_id: Option<Uuid>,
    /// Whether it is for extra work.
    pub supplementary: bool,
    /// Where it stands.
    pub state: domain::quote::State,
    /// The price list in force when it was made.
    pub price_list_id: Option<Uuid>,
    /// Whether a line is not of the list.
    pub off_list: bool,
    /// Whether it is above the limit of the site.
    pub above_limit: bool,
    /// What it comes to, in fen.
    pub total_fen: i64,
    /// What else is said.
    pub note: Option<String>,
    /// Until when it can be accepted.
    pub valid_until: DateTimeUtc,
    /// What the customer accepts, word for word.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// The SHA-256 of `content` in its canonical form, in hex.
    pub content_sha256: String,
    /// Who made it.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTimeUtc,
    /// The head who approved it or sent it back (C6).
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// What the head said.
    pub decision_note: Option<String>,
    /// When it was put before the customer.
    pub offered_at: Option<DateTimeUtc>,
    /// How the answer was given.
    pub answer_method: Option<domain::quote::Method>,
    /// Who gave it, or wrote it down.
    pub answered_by: Option<Uuid>,
    /// When.
    pub answered_at: Option<DateTimeUtc>,
    /// Why it was declined.
    #[sea_orm(column_type = "Text", nullable)]
    pub decline_reason: Option<String>,
    /// Why it was taken back.
    pub withdrawn_because: Option<String>,
    /// The customer's signature, when they signed.
    pub signature_id: Option<Uuid>,
    /// The call, when they answered by telephone.
    pub call_record_id: Option<Uuid>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
