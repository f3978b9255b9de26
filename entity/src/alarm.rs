//! A call for somebody by name, until somebody answers (C7).

use sea_orm::entity::prelude::*;

/// A call for somebody by name, until somebody answers (C7).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alarm")]
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
    /// Why somebody is called.
    pub reason: domain::alarm::Reason,
    /// Where it stands.
    pub state: domain::alarm::State,
    /// Who is called now.
    pub rung: domain::alarm::Rung,
    /// Whether it is an emergency, which waits for no office hours.
    pub urgent: bool,
    /// The reason in words, where somebody gave it.
    pub words: Option<String>,
    /// Which promise is broken.
    pub clock: Option<domain::clock::Kind>,
    /// Who raised it; none for the server.
    pub raised_by: Option<Uuid>,
    /// When it was raised.
    pub raised_at: DateTimeUtc,
    /// The person who is called now.
    pub account_id: Uuid,
    /// How often somebody was called.
    pub calls: i32,
    /// Who has taken it.
    pub acknowledged_by: Option<Uuid>,
    /// When.
    pub acknowledged_at: Option<DateTimeUtc>,
    /// What is done about it.
    pub answer: Option<String>,
    /// Who answered.
    pub answered_by: Option<Uuid>,
    /// When.
    pub answered_at: Option<DateTimeUtc>,
    /// When it calls again; none once it does not.
    pub next_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
