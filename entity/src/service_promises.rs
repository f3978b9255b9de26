//! A version of a site's service promises 服务承诺 (E4.5.1).

use sea_orm::entity::prelude::*;

/// A version of a site's service promises 服务承诺 (E4.5.1). Once it is published, only an end can be given to it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_promises")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// Which version, from 1.
    pub revision: i32,
    /// Where it stands.
    pub state: domain::clock::policy::PromisesState,
    /// The promises with their conditions.
    #[sea_orm(column_type = "JsonBinary")]
    pub lines: Json,
    /// What else is said of it.
    pub note: Option<String>,
    /// From when on cases are received under it.
    pub from_at: Option<DateTimeUtc>,
    /// From when on they are not any more.
    pub to_at: Option<DateTimeUtc>,
    /// Who has written it.
    pub drafted_by: Uuid,
    /// When.
    pub drafted_at: DateTimeUtc,
    /// Who has approved it.
    pub approved_by: Option<Uuid>,
    /// When.
    pub approved_at: Option<DateTimeUtc>,
    /// Who has published it.
    pub published_by: Option<Uuid>,
    /// When.
    pub published_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
