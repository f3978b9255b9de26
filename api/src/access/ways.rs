//! What a viewer may see, as parts that an index serves each: for lists that are read from their newest end.
//!
//! A scope is many ways to see a case, joined by "or". A database that is asked for the newest of all of that walks through
//! the table or sorts all that the viewer may see. Asked for the newest of each way it reads an index from its end, and the
//! newest of those few are the newest of all. A case that can be seen in several ways is one case all the same.

use std::collections::BTreeSet;

use domain::complaint::Kind;
use domain::organization::Role;
use entity::{complaint, undertaking, work_order};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::scope::whole_organization;
use super::viewer::{Grant, Viewer};

/// The ways in which a viewer sees cases, narrowed to a site where one is given. Each begins with what an index leads to.
#[must_use]
pub fn complaints(viewer: &Viewer, site: Option<Uuid>) -> Vec<Select<complaint::Entity>> {
    to_cases(viewer, site).into_iter().map(|way| complaint::Entity::find().filter(way)).collect()
}

fn to_cases(viewer: &Viewer, site: Option<Uuid>) -> Vec<Condition> {
    use complaint::Column;
    let all = || whole_organization(viewer);
    if viewer.grants.iter().any(|grant| grant.role == Role::CompanyLeader) {
        return vec![all()];
    }
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
            .add(exists(
                work_order::Column::ComplaintId,
                work_order::Entity,
                work_order::Column::DepartmentId.eq(department),
            ))
            .add(exists(
                undertaking::Column::ComplaintId,
                undertaking::Entity,
                undertaking::Column::DepartmentId.eq(department),
            ));
        return Some(here.add(any));
    }
    let team = grant.team_id.filter(|_| grant.role == Role::TeamLeader)?;
    Some(here.add(exists(work_order::Column::ComplaintId, work_order::Entity, work_order::Column::TeamId.eq(team))))
}

/// Whether there is a row of another table about the case at hand.
fn exists<E: EntityTrait>(case: E::Column, of: E, which: SimpleExpr) -> SimpleExpr {
    let rows = Query::select()
        .expr(Expr::value(1))
        .from(of)
        .and_where(Expr::col((of, case)).eq(Expr::col((complaint::Entity, complaint::Column::Id))))
        .and_where(which)
        .to_owned();
    Expr::exists(rows)
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
    let all = || {
        let ours = Condition::all().add(Column::OrganizationId.eq(viewer.organization_id));
        ours.add(Column::ComplaintId.not_in_subquery(about_me.clone()))
    };
    if viewer.grants.iter().any(|grant| grant.role == Role::CompanyLeader) {
        return vec![all()];
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
