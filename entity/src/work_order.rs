//! A job on site 维修单.

use sea_orm::entity::prelude::*;

/// A job on site 维修单.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_order")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The case it belongs to.
    pub complaint_id: Uuid,
    /// Its number, such as `LY-W2026-000123`.
    pub number: String,
    /// Where it stands.
    pub state: domain::work_order::State,
    /// Where it stood when it was put on hold.
    pub held_from: Option<domain::work_order::State>,
    /// Why it waits.
    pub hold_reason: Option<domain::work_order::HoldReason>,
    /// Until when.
    pub hold_until: Option<DateTimeUtc>,
    /// The department that does it.
    pub department_id: Uuid,
    /// The team.
    pub team_id: Option<Uuid>,
    /// The technician.
    pub technician_id: Option<Uuid>,
    /// The named responsible person (A0).
    pub owner_account_id: Uuid,
    /// What is to be done.
    #[sea_orm(column_type = "Text")]
    pub task: String,
    /// Where.
    pub place: String,
    /// Whether that is a public area.
    pub public_area: bool,
    /// What was done.
    #[sea_orm(column_type = "Text", nullable)]
    pub work_done: Option<String>,
    /// Why it had broken.
    #[sea_orm(column_type = "Text", nullable)]
    pub cause: Option<String>,
    /// What was used.
    #[sea_orm(column_type = "Text", nullable)]
    pub materials: Option<String>,
    /// When the technician has accepted it; none while somebody is asked.
    pub accepted_at: Option<DateTimeUtc>,
    /// When the technician last set out.
    pub departed_at: Option<DateTimeUtc>,
    /// When the technician arrived.
    pub arrived_at: Option<DateTimeUtc>,
    /// When the work was reported done.
    pub completed_at: Option<DateTimeUtc>,
    /// When it was signed.
    pub signed_at: Option<DateTimeUtc>,
    /// How often nobody could be found to sign.
    pub absence_attempts: i32,
    /// How often the customer refused to sign.
    pub reopened_count: i32,
    /// 1 to 5 (E4.5.2).
    pub rating_quality: Option<i32>,
    /// 1 to 5.
    pub rating_attitude: Option<i32>,
    /// 1 to 5.
    pub rating_timeliness: Option<i32>,
    /// 1 to 5.
    pub rating_overall: Option<i32>,
    /// Why the head signed instead of a customer.
    pub sign_off_reason: Option<domain::work_order::SignOffReason>,
    /// The customer's signature.
    pub signature_id: Option<Uuid>,
    /// Whether it is paid (E4.2.1).
    pub pricing: domain::price::Pricing,
    /// Why it is free; none for what is paid, and for orders from before prices were kept.
    pub free_reason: Option<domain::price::FreeReason>,
    /// The same in words.
    pub free_note: Option<String>,
    /// When it was issued.
    pub issued_at: DateTimeUtc,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
