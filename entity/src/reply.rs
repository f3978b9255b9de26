//! An answer to a customer, as it was given (C5, C8). Its words never change.

use sea_orm::entity::prelude::*;

/// An answer to a customer, as it was given (C5, C8). Its words never change.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reply")]
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
    /// In which form.
    pub form: domain::complaint::ReplyForm,
    /// Whether more is to come.
    pub kind: domain::reply::ReplyKind,
    /// In which language.
    pub language: domain::organization::Language,
    /// The words, whole.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// SHA-256 of the words, in hex.
    pub text_sha256: String,
    /// The template that it was made of.
    pub purpose: Option<domain::reply::Purpose>,
    /// Its version; nought for ours.
    pub template_revision: Option<i32>,
    /// When the next answer comes (C8).
    pub next_reply_by: Option<DateTimeUtc>,
    /// The call in which it was given.
    pub call_record_id: Option<Uuid>,
    /// The paper, where there is one.
    pub attachment_id: Option<Uuid>,
    /// Who gave it.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTimeUtc,
    /// When it reached the customer.
    pub delivered_at: Option<DateTimeUtc>,
    /// When the customer read or heard it.
    pub read_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
