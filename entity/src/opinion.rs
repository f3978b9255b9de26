//! An opinion 意见 of somebody about the place and its management (B1).

use sea_orm::entity::prelude::*;

/// An opinion 意见 of somebody about the place and its management (B1).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// Its number, such as `LY-Y2026-000123`.
    pub number: String,
    /// How it came in.
    pub channel: domain::opinion::Channel,
    /// Where it stands.
    pub state: domain::opinion::State,
    /// In the words of whoever gave it.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// The unit it comes from, if one is known.
    pub unit_id: Option<Uuid>,
    /// Who gave it, where they have an account.
    pub customer_account_id: Option<Uuid>,
    /// Whom to answer; none for somebody unknown.
    pub contact_name: Option<String>,
    /// Where to call.
    pub contact_phone: Option<String>,
    /// The employee whom it is about, who never sees it (C11).
    pub about_account_id: Option<Uuid>,
    /// Who answers for it (A0).
    pub owner_account_id: Uuid,
    /// The employee who wrote it down; none where a resident gave it themself.
    pub recorded_by: Option<Uuid>,
    /// When.
    pub recorded_at: DateTimeUtc,
    /// Until when the answer was promised.
    pub due_at: DateTimeUtc,
    /// When somebody higher up is told that it is late; none where nobody is to be told any more.
    pub next_at: Option<DateTimeUtc>,
    /// Before whom it was brought because it was late (C7).
    pub brought_before: Option<Uuid>,
    /// The follow-up in which it was raised (D3).
    pub follow_up_id: Option<Uuid>,
    /// The complaint that it became.
    pub complaint_id: Option<Uuid>,
    /// The answer.
    #[sea_orm(column_type = "Text", nullable)]
    pub answer: Option<String>,
    /// In which form it was given.
    pub answer_form: Option<domain::complaint::ReplyForm>,
    /// When it was answered or became a complaint.
    pub settled_at: Option<DateTimeUtc>,
    /// When it was archived.
    pub archived_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
