//! A case: complaint 投诉, repair 报修 or paid service 有偿服务.

use sea_orm::entity::prelude::*;

/// A case: complaint 投诉, repair 报修 or paid service 有偿服务.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "complaint")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// Its number, such as `LY-2026-000123`.
    pub number: String,
    /// What the customer wants.
    pub kind: domain::complaint::Kind,
    /// How it came in.
    pub channel: domain::complaint::Channel,
    /// What it is about.
    pub category_id: Uuid,
    /// How serious it is.
    pub severity: domain::complaint::Severity,
    /// Where it stands.
    pub state: domain::complaint::State,
    /// How the handling ended.
    pub outcome: Option<domain::complaint::Outcome>,
    /// The responsible department, once dispatched.
    pub department_id: Option<Uuid>,
    /// The named responsible person (A0).
    pub owner_account_id: Uuid,
    /// The employee who received it; none when a customer filed it.
    pub received_by: Option<Uuid>,
    /// The customer who filed it, where they have an account.
    pub customer_account_id: Option<Uuid>,
    /// The unit it concerns, if one does.
    pub unit_id: Option<Uuid>,
    /// Whether nobody is known to whom an answer could go (D7).
    pub anonymous: bool,
    /// SHA-256 of the receipt code of an anonymous case, in hex.
    pub receipt_hash: Option<String>,
    /// The employee whom it is about, who never sees it (C11).
    pub about_account_id: Option<Uuid>,
    /// Whom to ask for.
    pub contact_name: Option<String>,
    /// Where to call.
    pub contact_phone: Option<String>,
    /// Where it is.
    pub place: String,
    /// Whether that is a public area.
    pub public_area: bool,
    /// What happened, in the customer's words.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    /// What the customer asks for.
    #[sea_orm(column_type = "Text", nullable)]
    pub remedy_sought: Option<String>,
    /// When the customer would like it done.
    pub wished_at: Option<DateTimeUtc>,
    /// Whether the household may see a complaint.
    pub shared_with_household: bool,
    /// How it was handled, for the customer to read.
    #[sea_orm(column_type = "Text", nullable)]
    pub result: Option<String>,
    /// The result of an anonymous case, written down (D7).
    #[sea_orm(column_type = "Text", nullable)]
    pub written_result: Option<String>,
    /// 1 to 5 (E4.5.2).
    pub rating_attitude: Option<i32>,
    /// 1 to 5.
    pub rating_quality: Option<i32>,
    /// 1 to 5.
    pub rating_timeliness: Option<i32>,
    /// 1 to 5.
    pub rating_overall: Option<i32>,
    /// How often it was reopened.
    pub reopened_count: i32,
    /// The case that carries it on.
    pub merged_into_id: Option<Uuid>,
    /// The case it was split from.
    pub split_from_id: Option<Uuid>,
    /// The earlier case that reported the same matter (C4, D6).
    pub repeat_of_id: Option<Uuid>,
    /// How many earlier cases reported it.
    pub repeats: i32,
    /// The incident that it belongs to (D4).
    pub incident_id: Option<Uuid>,
    /// When it was received 接报.
    pub received_at: DateTimeUtc,
    /// When it was last resolved.
    pub resolved_at: Option<DateTimeUtc>,
    /// When it was archived.
    pub archived_at: Option<DateTimeUtc>,
    /// Where it cannot be solved: the apology, and where the customer can turn (C9).
    pub conclusion: Option<Json>,
    /// The answers to what the site asks for besides, with the words in which it was asked then.
    pub details: Option<Json>,
    /// How often somebody was pushed about it 催办.
    pub chases: i32,
    /// When the first of its running clocks ends; none while none runs.
    pub due_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
