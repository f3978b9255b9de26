//! The check-back after handling 回访.

use sea_orm::entity::prelude::*;

/// The check-back after handling 回访.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up")]
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
    /// Where it stands.
    pub state: domain::follow_up::State,
    /// Whether it is the one that C10 owes; others are talks during handling (D0).
    pub closing: bool,
    /// The named responsible person (D1).
    pub owner_account_id: Uuid,
    /// Whoever was asked to hold it; the owner where nobody was.
    pub assignee_account_id: Option<Uuid>,
    /// When it is to be held, or tried again.
    pub planned_for: Option<DateTimeUtc>,
    /// How often the customer was not to be had.
    pub attempts: i32,
    /// Why it was closed without a talk.
    pub unreached: Option<domain::follow_up::attempt::AttemptOutcome>,
    /// The director's word about that.
    #[sea_orm(column_type = "Text", nullable)]
    pub unreached_remark: Option<String>,
    /// The version of the questionnaire that was answered; nought for ours.
    pub questionnaire_revision: Option<i32>,
    /// The answers: key and score, yes or text of each.
    pub answers: Option<Json>,
    /// How it was held.
    pub method: Option<domain::follow_up::Method>,
    /// What the customer said of the result.
    pub satisfaction: Option<domain::follow_up::Satisfaction>,
    /// What was said; by phone it begins with 电话回访 (D2).
    #[sea_orm(column_type = "Text", nullable)]
    pub record: Option<String>,
    /// The customer's signature, on site.
    pub signature_id: Option<Uuid>,
    /// Who held it.
    pub finished_by: Option<Uuid>,
    /// When it was held.
    pub finished_at: Option<DateTimeUtc>,
    /// What the director's inspection came to.
    pub inspection_outcome: Option<domain::follow_up::inspection::InspectionOutcome>,
    /// The draw that it was in.
    pub draw_id: Option<Uuid>,
    /// Whether the draw has taken it.
    pub drawn: Option<bool>,
    /// The director's remark.
    #[sea_orm(column_type = "Text", nullable)]
    pub inspection: Option<String>,
    /// Who inspected it.
    pub inspected_by: Option<Uuid>,
    /// When.
    pub inspected_at: Option<DateTimeUtc>,
    /// The office head's opinion.
    #[sea_orm(column_type = "Text", nullable)]
    pub opinion: Option<String>,
    /// Who signed it.
    pub opinion_by: Option<Uuid>,
    /// When.
    pub opinion_at: Option<DateTimeUtc>,
    /// The head's drawn signature, where there is one.
    pub opinion_signature_id: Option<Uuid>,
    /// When it was opened.
    pub opened_at: DateTimeUtc,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
