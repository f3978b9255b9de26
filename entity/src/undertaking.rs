//! What somebody has undertaken for a case, to a date (C4, C6, C9, C11, E4.4).

use sea_orm::entity::prelude::*;

/// What somebody has undertaken for a case, to a date (C4, C6, C9, C11, E4.4).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "undertaking")]
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
    /// What kind of thing.
    pub kind: domain::undertaking::Kind,
    /// Where it stands.
    pub state: domain::undertaking::State,
    /// What it is, in words.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Who answers for it (A0).
    pub owner_account_id: Uuid,
    /// The department whose part it is.
    pub department_id: Option<Uuid>,
    /// The outside party that was asked.
    pub outside_party_id: Option<Uuid>,
    /// Whom there, as known when it was asked.
    pub contact: Option<String>,
    /// Under what number or name it runs there.
    pub reference: Option<String>,
    /// The cause that it rests on or acts against.
    #[sea_orm(column_type = "Text", nullable)]
    pub cause: Option<String>,
    /// What that cause is in the tree of causes; of actions.
    pub cause_code: Option<domain::investigation::Cause>,
    /// The incident whose cause an action is against.
    pub incident_id: Option<Uuid>,
    /// The solution that it rests on.
    #[sea_orm(column_type = "Text", nullable)]
    pub solution: Option<String>,
    /// What is offered.
    pub remedy_kind: Option<domain::undertaking::RemedyKind>,
    /// What it is worth, in fen.
    pub amount_fen: Option<i64>,
    /// Until when; for a question, when it is asked again.
    pub due_at: DateTimeUtc,
    /// Why it needs the head's word: names of `ApprovalReason`.
    pub approval_reasons: Json,
    /// Who made it.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTimeUtc,
    /// Who let the customer see it.
    pub approved_by: Option<Uuid>,
    /// When.
    pub approved_at: Option<DateTimeUtc>,
    /// Since when the customer can see it.
    pub shown_at: Option<DateTimeUtc>,
    /// Why it was refused, declined or taken back.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Whether the customer answered by telephone.
    pub answered_by_phone: bool,
    /// When the customer answered.
    pub answered_at: Option<DateTimeUtc>,
    /// What was done, or what the outside party said.
    #[sea_orm(column_type = "Text", nullable)]
    pub outcome: Option<String>,
    /// Who carried it out.
    pub finished_by: Option<Uuid>,
    /// When.
    pub finished_at: Option<DateTimeUtc>,
    /// That it was received, or had its effect.
    #[sea_orm(column_type = "Text", nullable)]
    pub proof: Option<String>,
    /// Who confirmed that.
    pub confirmed_by: Option<Uuid>,
    /// When.
    pub confirmed_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
