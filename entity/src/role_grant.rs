//! A role that a person holds from one day to another.

use sea_orm::entity::prelude::*;

/// A role that a person holds from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The person.
    pub account_id: Uuid,
    /// The role.
    pub role: domain::organization::Role,
    /// The site, for roles of a site or a department.
    pub site_id: Option<Uuid>,
    /// The department, for roles of a department.
    pub department_id: Option<Uuid>,
    /// The team, for technicians and team leaders.
    pub team_id: Option<Uuid>,
    /// First day, in the site's time zone.
    pub from_date: Date,
    /// Last day. None: still held.
    pub to_date: Option<Date>,
    /// Raised by every change.
    pub version: i32,
    /// Who takes the work over when it ends; the post's ladder decides where nobody is named.
    pub successor_id: Option<Uuid>,
    /// When the work was handed over because it had ended.
    pub carried_out_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
