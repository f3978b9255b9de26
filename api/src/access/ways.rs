//! What a viewer may see, as parts that an index serves each: for lists that are read from their newest end.
//!
//! A scope is many ways to see a case, joined by "or". A database that is asked for the newest of all of that walks through
//! the table or sorts all that the viewer may see. Asked for the newest of each way it reads an index from its end, and the
//! newest of those few are the newest of all. A case that can be seen in several ways is one case all the same.

use std::collections::BTreeSet;

use domain::complaint::Kind;
use domain::organization::Role;
use entity::{complaint, hotline_call, opinion, role_grant, site, undertaking, work_order};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select};
use uuid::Uuid;

use super::scope::{about_the_case, is_leader, not_about, visible_ids, whole_organization};
use super::viewer::{Grant, Viewer};
use crate::app::App;
use crate::app::error::Result;

/// The ways in which a viewer sees cases, narrowed to a site where one is given. Each begins with what an index leads to.
#[must_use]
pub fn complaints(viewer: &Viewer, site: Option<Uuid>) -> Vec<Select<complaint::Entity>> {
    to_cases(viewer, site).into_iter().map(|way| complaint::Entity::find().filter(way)).collect()
}

fn to_cases(viewer: &Viewer, site: Option<Uuid>) -> Vec<Condition> {
    use complaint::Column;
    if is_leader(viewer) {
        return vec![whole_organization(viewer)];
    }
    // A site, a unit and an account are of one organization: a database that is told of it as well may go by that.
    let all = || not_about(viewer);
    let sites: BTreeSet<Uuid> = viewer.sites(Role::sees_site).into_iter().collect();
    if let Some(site) = site.filter(|site| sites.contains(site)) {
        // Whoever sees the whole site sees nothing more of it in another way.
        return vec![all().add(Column::SiteId.eq(site))];
    }
    let mut ways: Vec<Condition> = sites.iter().map(|site| all().add(Column::SiteId.eq(*site))).collect();
    ways.extend(viewer.grants.iter().filter_map(of_place).map(|way| all().add(way)));
    ways.extend(
        [Column::CustomerAccountId, Column::OwnerAccountId, Column::ReceivedBy].map(|by| all().add(by.eq(viewer.id))),
    );
    let open = Condition::any().add(Column::SharedWithHousehold.eq(true)).add(Column::Kind.ne(Kind::Complaint));
    ways.extend(viewer.units.iter().map(|unit| all().add(Column::UnitId.eq(*unit)).add(open.clone())));
    if viewer.grants.iter().any(|grant| grant.role.is_staff()) {
        ways.push(all().add(Column::Id.in_subquery(my_orders(viewer))));
        ways.push(all().add(Column::Id.in_subquery(my_undertakings(viewer))));
    }
    ways
}

/// What a head sees of the site by the department, and a team leader by the team: the site from its newest end, as their
/// share of it stays what it is.
fn of_place(grant: &Grant) -> Option<Condition> {
    use complaint::Column;
    let here = Condition::all().add(Column::SiteId.eq(grant.site_id?));
    if grant.role.sees_department() {
        let department = grant.department_id?;
        let any = Condition::any()
            .add(Column::DepartmentId.eq(department))
            .add(about_the_case(
                work_order::Entity,
                work_order::Column::ComplaintId,
                Condition::all().add(work_order::Column::DepartmentId.eq(department)),
            ))
            .add(about_the_case(
                undertaking::Entity,
                undertaking::Column::ComplaintId,
                Condition::all().add(undertaking::Column::DepartmentId.eq(department)),
            ));
        return Some(here.add(any));
    }
    let team = grant.team_id.filter(|_| grant.role == Role::TeamLeader)?;
    Some(here.add(about_the_case(
        work_order::Entity,
        work_order::Column::ComplaintId,
        Condition::all().add(work_order::Column::TeamId.eq(team)),
    )))
}

/// The cases of somebody's own orders: as many as one person can do.
fn my_orders(viewer: &Viewer) -> SelectStatement {
    Query::select()
        .column(work_order::Column::ComplaintId)
        .from(work_order::Entity)
        .and_where(work_order::Column::TechnicianId.eq(viewer.id))
        .to_owned()
}

/// The cases for which somebody answers for something.
fn my_undertakings(viewer: &Viewer) -> SelectStatement {
    Query::select()
        .column(undertaking::Column::ComplaintId)
        .from(undertaking::Entity)
        .and_where(undertaking::Column::OwnerAccountId.eq(viewer.id))
        .to_owned()
}

/// The ways in which a viewer sees opinions.
#[must_use]
pub fn opinions(viewer: &Viewer) -> Vec<Select<opinion::Entity>> {
    use opinion::Column;
    let mine = [Column::CustomerAccountId, Column::OwnerAccountId, Column::RecordedBy, Column::BroughtBefore];
    let not_about_me = Condition::any().add(Column::AboutAccountId.is_null()).add(Column::AboutAccountId.ne(viewer.id));
    let ways = of_sites_or(viewer, Column::OrganizationId, Column::SiteId, &mine).into_iter();
    ways.map(|way| opinion::Entity::find().filter(way).filter(not_about_me.clone())).collect()
}

/// The ways in which a viewer sees the calls to the hotline (B2): those that they took; customer service and the office those
/// of their site, leaders all.
#[must_use]
pub fn hotline_calls(viewer: &Viewer) -> Vec<Select<hotline_call::Entity>> {
    use hotline_call::Column;
    let ways = of_sites_or(viewer, Column::OrganizationId, Column::SiteId, &[Column::ReceivedBy]).into_iter();
    ways.map(|way| hotline_call::Entity::find().filter(way)).collect()
}

/// The organization for whoever sees all of it, else each site that somebody sees whole, and what is theirs by a column.
fn of_sites_or<C: ColumnTrait>(viewer: &Viewer, organization: C, site: C, mine: &[C]) -> Vec<SimpleExpr> {
    if is_leader(viewer) {
        return vec![organization.eq(viewer.organization_id)];
    }
    let sites: BTreeSet<Uuid> = viewer.sites(Role::sees_site).into_iter().collect();
    let mine = mine.iter().map(|column| column.eq(viewer.id));
    sites.into_iter().map(|id| site.eq(id)).chain(mine).collect()
}

/// The ways of whoever sees the whole organization, at each of its sites: what is rare in all of it is led to by the indexes
/// of sites. As they were for everybody else, and where there are very many sites.
///
/// # Errors
/// When the database does not answer.
pub async fn at_each_site<E: EntityTrait>(
    app: &App,
    viewer: &Viewer,
    ways: Vec<Select<E>>,
    at: E::Column,
) -> Result<Vec<Select<E>>> {
    const MOST_SITES: u64 = 100;
    if !is_leader(viewer) {
        return Ok(ways);
    }
    let sites = site::Entity::find().filter(site::Column::OrganizationId.eq(viewer.organization_id));
    let sites = sites.limit(MOST_SITES + 1).all(&app.db).await?;
    if sites.len() as u64 > MOST_SITES {
        return Ok(ways);
    }
    let there = |site: &site::Model| ways.iter().map(|way| way.clone().filter(at.eq(site.id))).collect::<Vec<_>>();
    Ok(sites.iter().flat_map(there).collect())
}

/// The ways in which a viewer sees work orders, narrowed to a site where one is given.
#[must_use]
pub fn work_orders(viewer: &Viewer, site: Option<Uuid>) -> Vec<Select<work_order::Entity>> {
    to_orders(viewer, site).into_iter().map(|way| work_order::Entity::find().filter(way)).collect()
}

fn to_orders(viewer: &Viewer, site: Option<Uuid>) -> Vec<Condition> {
    use work_order::Column;
    let about_me = Query::select()
        .column(complaint::Column::Id)
        .from(complaint::Entity)
        .and_where(complaint::Column::AboutAccountId.eq(viewer.id))
        .to_owned();
    let all = || Condition::all().add(Column::ComplaintId.not_in_subquery(about_me.clone()));
    if is_leader(viewer) {
        return vec![all().add(Column::OrganizationId.eq(viewer.organization_id))];
    }
    let sites: BTreeSet<Uuid> = viewer.sites(Role::sees_site).into_iter().collect();
    if let Some(site) = site.filter(|site| sites.contains(site)) {
        return vec![all().add(Column::SiteId.eq(site))];
    }
    let mut ways: Vec<Condition> = sites.iter().map(|site| all().add(Column::SiteId.eq(*site))).collect();
    for grant in &viewer.grants {
        let Some(site) = grant.site_id else { continue };
        let here = all().add(Column::SiteId.eq(site));
        if let Some(department) = grant.department_id.filter(|_| grant.role.sees_department()) {
            ways.push(here.add(Column::DepartmentId.eq(department)));
        } else if let Some(team) = grant.team_id.filter(|_| grant.role == Role::TeamLeader) {
            ways.push(here.add(Column::TeamId.eq(team)));
        }
    }
    ways.extend([Column::OwnerAccountId, Column::TechnicianId].map(|by| all().add(by.eq(viewer.id))));
    ways.extend(as_customer(viewer).map(|cases| all().add(Column::ComplaintId.in_subquery(cases))));
    ways
}

/// Which of the cases that somebody has to do with they see the rest of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Those of their orders as well.
    WithOrders,
    /// Not those of which they have nothing but an order: their follow-ups, and what was undertaken.
    WithoutOrders,
}

impl Share {
    /// The sites of whose cases a role gives somebody a share, which stays what it is however many cases there are.
    fn sites(self, viewer: &Viewer) -> BTreeSet<Uuid> {
        let by_order = |role: Role| self == Self::WithOrders && matches!(role, Role::Technician | Role::TeamLeader);
        viewer.sites(|role| role.sees_site() || role.sees_department() || by_order(role)).into_iter().collect()
    }
}

/// Whether somebody sees a share of the register, and not a few cases of their own alone.
#[must_use]
pub fn has_share(viewer: &Viewer) -> bool {
    is_leader(viewer) || !Share::WithOrders.sites(viewer).is_empty()
}

/// The columns by which a row of a case is led to.
#[derive(Debug, Clone, Copy)]
pub struct Leading<C> {
    /// Its organization.
    pub organization: C,
    /// Its site.
    pub site: C,
    /// Its case.
    pub case: C,
}

/// The ways to what belongs to cases, of rows that are narrowed to the viewer's scope already: leaders walk their
/// organization, employees the sites of whose cases they have a share; to everything else it goes from the few cases that are
/// somebody's own: as a customer, and where they once worked.
#[must_use]
pub fn of_cases<E: EntityTrait>(
    viewer: &Viewer,
    share: Share,
    by: Leading<E::Column>,
    site: Option<Uuid>,
    rows: &Select<E>,
) -> Vec<Select<E>> {
    if let Some(site) = site {
        let rows = rows.clone().filter(by.site.eq(site));
        return if is_leader(viewer) || share.sites(viewer).contains(&site) {
            vec![rows]
        } else {
            vec![rows.filter(by.case.in_subquery(own_cases(viewer)))]
        };
    }
    if is_leader(viewer) {
        return vec![rows.clone().filter(by.organization.eq(viewer.organization_id))];
    }
    let sites = share.sites(viewer);
    if sites.is_empty() {
        return vec![rows.clone().filter(by.case.in_subquery(own_cases(viewer)))];
    }
    let elsewhere = |cases: SelectStatement| {
        rows.clone().filter(by.site.is_not_in(sites.iter().copied())).filter(by.case.in_subquery(cases))
    };
    let mut ways: Vec<Select<E>> = sites.iter().map(|site| rows.clone().filter(by.site.eq(*site))).collect();
    ways.push(elsewhere(union(as_customer(viewer))));
    // Asked once, before anything is read: hardly anybody has.
    ways.push(elsewhere(union(as_employee(viewer))).filter(worked_elsewhere(viewer, &sites)));
    ways
}

/// The cases of somebody without a share: their own and those of their homes, and what they have had as an employee.
#[must_use]
pub fn own_cases(viewer: &Viewer) -> SelectStatement {
    union(as_customer(viewer).chain(as_employee(viewer)))
}

/// The cases that somebody has had as an employee themself.
fn as_employee(viewer: &Viewer) -> impl Iterator<Item = SelectStatement> {
    use complaint::Column;
    let by = |column: Column| {
        Query::select().column(Column::Id).from(complaint::Entity).and_where(column.eq(viewer.id)).to_owned()
    };
    [by(Column::OwnerAccountId), by(Column::ReceivedBy), my_orders(viewer), my_undertakings(viewer)].into_iter()
}

/// Whether somebody has or had a role anywhere else.
fn worked_elsewhere(viewer: &Viewer, sites: &BTreeSet<Uuid>) -> SimpleExpr {
    use role_grant::Column;
    let grants = Query::select()
        .expr(Expr::value(1))
        .from(role_grant::Entity)
        .and_where(Column::AccountId.eq(viewer.id))
        .and_where(Column::SiteId.is_null().or(Column::SiteId.is_not_in(sites.iter().copied())))
        .to_owned();
    Expr::exists(grants)
}

/// Cases of any of some selects, each of which an index serves.
pub fn union(selects: impl Iterator<Item = SelectStatement>) -> SelectStatement {
    let joined = selects.reduce(|mut all, one| all.union(UnionType::Distinct, one).to_owned());
    joined.unwrap_or_else(|| visible_ids(Condition::all().add(Expr::value(false))))
}

/// The cases of a customer and of their homes: as many as a household can have.
fn as_customer(viewer: &Viewer) -> impl Iterator<Item = SelectStatement> {
    use complaint::Column;
    let cases =
        |which: Condition| Query::select().column(Column::Id).from(complaint::Entity).cond_where(which).to_owned();
    let mine = cases(Condition::all().add(Column::CustomerAccountId.eq(viewer.id)));
    let open = Condition::any().add(Column::SharedWithHousehold.eq(true)).add(Column::Kind.ne(Kind::Complaint));
    let at_home =
        viewer.units.iter().map(move |unit| cases(Condition::all().add(Column::UnitId.eq(*unit)).add(open.clone())));
    std::iter::once(mine).chain(at_home)
}
