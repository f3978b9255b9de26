//! Sites, units, departments, teams, categories and people in the schema.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::{Operation, Scope};
use domain::category::Emergency;
use domain::organization::{DepartmentKind, Role, SiteKind};
use entity::{account, building, category, department, role_grant, site, team, unit};
use uuid::Uuid;

use super::query;
use crate::access::guard::Listed;
use crate::app::loader::{BuildingById, CategoriesOf, SiteById, TeamsOf};
use crate::app::public_id;
use crate::app::request::Asked;

pub use super::card::{HandlerCard, SafetyAdvice, card};

/// A managed place 小区 or 装饰城, with the published card of its office (B2).
#[derive(async_graphql::Description)]
pub struct Site(pub site::Model);

#[Object(use_type_description)]
impl Site {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Site", self.0.id)
    }

    /// The letters that its case numbers begin with.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What kind of place it is.
    async fn kind(&self) -> SiteKind {
        self.0.kind
    }

    /// The IANA time zone in which its days and years are counted.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// The hotline, answered for 24 hours (B2).
    async fn hotline(&self) -> &str {
        &self.0.hotline
    }

    /// The office's e-mail address (B2).
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// The office's address (B2).
    async fn address(&self) -> &str {
        &self.0.address
    }

    /// The published name of who is responsible (B2).
    async fn responsible_person(&self) -> &str {
        &self.0.responsible_person
    }

    /// What a case can be about here; a tree, children after their parents. A machine account needs the scope
    /// `CATEGORIES`, else it is given none.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        if ctx.viewer().is_some_and(|viewer| !viewer.has_scope(Scope::Categories)) {
            return Ok(Vec::new());
        }
        Ok(ctx.load(CategoriesOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Category).collect())
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was retired: it is not offered any more, and what refers to it keeps it. Null while it is offered.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }
}

/// What a case is about; it names the responsible department (E3, E4.2).
#[derive(async_graphql::Description)]
pub struct Category(pub category::Model);

#[Object(use_type_description)]
impl Category {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Category", self.0.id)
    }

    /// A stable code, unique in the site.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The name, in the language of the request.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        match ctx.language() {
            domain::organization::Language::ZhCn => &self.0.name_zh,
            domain::organization::Language::En => &self.0.name_en,
        }
    }

    /// The Chinese name.
    async fn name_zh(&self) -> &str {
        &self.0.name_zh
    }

    /// The English name.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// The id of the category above, if any.
    async fn parent_id(&self) -> Option<ID> {
        self.0.parent_id.map(|id| public_id::write("Category", id))
    }

    /// The department that is responsible.
    async fn department(&self) -> DepartmentKind {
        self.0.department
    }

    /// Whether it is an emergency (B6).
    async fn emergency(&self) -> Emergency {
        self.0.emergency
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was retired: it is not offered any more, and what refers to it keeps it. Null while it is offered.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }
}

/// A building 楼栋 of a site.
#[derive(async_graphql::Description)]
pub struct Building(pub building::Model);

#[Object(use_type_description)]
impl Building {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Building", self.0.id)
    }

    /// The name, such as `3栋`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its place on the way through the site: buildings next to each other have numbers next to each other. Null where it
    /// was not given.
    async fn walk_order(&self) -> Option<i32> {
        self.0.walk_order
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was retired: it is not offered any more, and what refers to it keeps it. Null while it is offered.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }
}

/// A unit 房屋.
#[derive(async_graphql::Description)]
pub struct Unit(pub unit::Model);

#[Object(use_type_description)]
impl Unit {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Unit", self.0.id)
    }

    /// Its name in the building, such as `1203`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The id of its building.
    async fn building_id(&self) -> ID {
        public_id::write("Building", self.0.building_id)
    }

    /// The name of its building, such as `3栋`.
    async fn building(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(BuildingById(self.0.building_id)).await?.map(|building| building.name))
    }

    /// The site.
    async fn site(&self, ctx: &Context<'_>) -> Result<Option<Site>> {
        Ok(ctx.load(SiteById(self.0.site_id)).await?.map(Site))
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was retired: it is not offered any more, and what refers to it keeps it. Null while it is offered.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }
}

/// A department 部门 of a site.
#[derive(async_graphql::Description)]
pub struct Department(pub department::Model);

#[Object(use_type_description)]
impl Department {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Department", self.0.id)
    }

    /// What it is for.
    async fn kind(&self) -> DepartmentKind {
        self.0.kind
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The number customers may call.
    async fn phone(&self) -> &str {
        &self.0.phone
    }

    /// Its teams 班组.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        Ok(ctx.load(TeamsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Team).collect())
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was retired: it is not offered any more, and what refers to it keeps it. Null while it is offered.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }
}

/// A team 班组.
#[derive(async_graphql::Description)]
pub struct Team(pub team::Model);

#[Object(use_type_description)]
impl Team {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Team", self.0.id)
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was retired: it is not offered any more, and what refers to it keeps it. Null while it is offered.
    async fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.0.retired_at
    }
}

/// An employee, as colleagues see them.
#[derive(async_graphql::Description)]
pub struct StaffMember {
    person: account::Model,
    grants: Vec<role_grant::Model>,
}

#[Object(use_type_description)]
impl StaffMember {
    /// The id, for `handlerId`, `technicianId` and `aboutAccountId`.
    async fn id(&self) -> ID {
        public_id::write("Account", self.person.id)
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.person.name
    }

    /// The roles held today at the site.
    async fn roles(&self) -> Vec<HeldRole> {
        self.grants.iter().map(HeldRole::of).collect()
    }
}

/// A role that holds today.
#[derive(SimpleObject)]
pub struct HeldRole {
    /// The role.
    pub role: Role,
    /// The site, for roles of a site or a department.
    pub site_id: Option<ID>,
    /// The department, for roles of a department.
    pub department_id: Option<ID>,
    /// The team, for technicians and team leaders.
    pub team_id: Option<ID>,
}

impl HeldRole {
    fn of(grant: &role_grant::Model) -> Self {
        Self::from_parts(grant.role, grant.site_id, grant.department_id, grant.team_id)
    }

    /// Puts a role together.
    #[must_use]
    pub fn from_parts(role: Role, site: Option<Uuid>, department: Option<Uuid>, team: Option<Uuid>) -> Self {
        Self {
            role,
            site_id: site.map(|id| public_id::write("Site", id)),
            department_id: department.map(|id| public_id::write("Department", id)),
            team_id: team.map(|id| public_id::write("Team", id)),
        }
    }
}

/// Reads of what cases refer to.
#[derive(Default)]
pub struct OrganizationQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl OrganizationQuery {
    /// The sites of an organization with the published cards of their offices (B2). Needs no sign-in. At most 500. A
    /// machine account is given those that its key names.
    async fn sites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization's short code.")] organization_code: String,
    ) -> Result<Vec<Site>> {
        let mut found = query::sites(ctx.app()?, &organization_code).await?;
        found.retain(|site| ctx.viewer().is_none_or(|viewer| viewer.reads_site(site.id)));
        Ok(found.into_iter().map(Site).collect())
    }

    /// The departments of a site of your organization.
    async fn departments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Vec<Department>> {
        let Some(("Site", site)) = public_id::parse(&site_id) else {
            return Ok(Vec::new());
        };
        if !ctx.signed_in()?.reads_site(site) {
            return Ok(Vec::new());
        }
        let found = query::departments(ctx.app()?, ctx.signed_in()?, site).await?;
        Ok(found.into_iter().map(Department).collect())
    }

    /// The employees of a site of your organization, with the roles they hold today. At most 500 roles.
    async fn staff(&self, ctx: &Context<'_>, #[graphql(desc = "The site.")] site_id: ID) -> Result<Vec<StaffMember>> {
        let viewer = ctx.signed_in()?;
        let Some(("Site", id)) = public_id::parse(&site_id) else {
            return Ok(Vec::new());
        };
        let site = ctx.load(SiteById(id)).await?.filter(|site| site.organization_id == viewer.organization_id);
        let Some(site) = site else { return Ok(Vec::new()) };
        let found = query::staff(ctx.app()?, viewer, &site).await?;
        Ok(found.into_iter().map(|(person, grants)| StaffMember { person, grants }).collect())
    }
}
