//! What a viewer may see. Every reading of a case begins here; outside the scope there is nothing.
//!
//! Organization first (of what belongs to a case, by its case), then: company leaders all of it; customer service and the
//! office their sites; a head their department; a technician or team leader their orders; an owner or receiver the case;
//! customers their own cases, and their household's where it is open to them. The subject of a complaint never sees it (C11).

mod incident;

use domain::attachment::State as AttachmentState;
use domain::complaint::Kind;
use domain::organization::Role;
use entity::{
    attachment, case_figure, charge, complaint, follow_up, hotline_call, month_figure, opinion, quote, reply,
    residency, statement, undertaking, work_order,
};
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

pub use incident::{incidents, open_letters};

use super::viewer::Viewer;

/// The cases that a viewer may see.
#[must_use]
pub fn complaints(viewer: &Viewer) -> Select<complaint::Entity> {
    complaint::Entity::find().filter(complaint_condition(viewer))
}

/// The work orders that a viewer may see.
#[must_use]
pub fn work_orders(viewer: &Viewer) -> Select<work_order::Entity> {
    use work_order::Column;
    // Each way leads to what is of one organization. Were it asked for as well, SQLite would rather walk all orders of the
    // organization in the order of the list than look up those of a case.
    let all = work_order::Entity::find();
    if is_leader(viewer) {
        return all.filter(of_case((work_order::Entity, Column::ComplaintId), complaint_condition(viewer)));
    }
    let mut any = Condition::any().add(Column::OwnerAccountId.eq(viewer.id)).add(Column::TechnicianId.eq(viewer.id));
    any = add_in(any, Column::SiteId, viewer.sites(Role::sees_site));
    any = add_in(any, Column::DepartmentId, departments(viewer));
    any = add_in(any, Column::TeamId, teams(viewer));
    any = any.add(of_case((work_order::Entity, Column::ComplaintId), customer_condition(viewer)));
    let about_me = Query::select()
        .column(complaint::Column::Id)
        .from(complaint::Entity)
        .and_where(complaint::Column::AboutAccountId.eq(viewer.id))
        .to_owned();
    all.filter(any).filter(Column::ComplaintId.not_in_subquery(about_me))
}

/// The follow-ups that a viewer may see: those of the cases they see, but for technicians and team leaders.
#[must_use]
pub fn follow_ups(viewer: &Viewer) -> Select<follow_up::Entity> {
    let case = (follow_up::Entity, follow_up::Column::ComplaintId);
    follow_up::Entity::find().filter(of_case(case, complaint_condition_without_orders(viewer)))
}

/// The quotes that a viewer may see: those of the cases they see. A customer sees none before it is offered (C6), also
/// where they work for the site themself.
#[must_use]
pub fn quotes(viewer: &Viewer) -> Select<quote::Entity> {
    use quote::Column;
    let case = (quote::Entity, Column::ComplaintId);
    let of_cases = quote::Entity::find().filter(of_case(case, complaint_condition(viewer)));
    let staff = if is_leader(viewer) { Condition::all() } else { Condition::all().add(works_at(viewer)) };
    let staff = staff.add(of_case(case, customer_condition(viewer)).not());
    of_cases.filter(Condition::any().add(Column::OfferedAt.is_not_null()).add(staff))
}

/// The photos and papers that a viewer may see: what is ready of the cases that they see, customers but for what employees
/// keep among themselves, and what they are sending.
#[must_use]
pub fn attachments(viewer: &Viewer) -> Select<attachment::Entity> {
    use attachment::Column;
    let here = if is_leader(viewer) {
        Condition::all()
    } else {
        Condition::all().add(Column::SiteId.is_in(viewer.sites(Role::is_staff)))
    };
    let case = (attachment::Entity, Column::ComplaintId);
    let staff =
        here.add(of_case(case, complaint_condition(viewer))).add(of_case(case, customer_condition(viewer)).not());
    let customer = Condition::all()
        .add(Column::ForStaff.eq(false))
        .add(of_case(case, whole_organization(viewer).add(customer_condition(viewer))));
    let shown = Condition::any()
        .add(Column::State.is_in([AttachmentState::Ready, AttachmentState::Removed]))
        .add(Column::UploadedBy.eq(viewer.id));
    attachment::Entity::find()
        .filter(Column::OrganizationId.eq(viewer.organization_id))
        .filter(Condition::any().add(staff).add(customer))
        .filter(shown)
}

/// The answers that a viewer may see: those of the cases they see.
#[must_use]
pub fn replies(viewer: &Viewer) -> Select<reply::Entity> {
    use reply::Column;
    reply::Entity::find()
        .filter(Column::OrganizationId.eq(viewer.organization_id))
        .filter(of_case((reply::Entity, Column::ComplaintId), complaint_condition(viewer)))
}

/// What was undertaken, as far as a viewer may see it: what they answer for, what their department was asked, that of the
/// cases whose staff side they see; customers see of their cases what has been put before them (C6).
#[must_use]
pub fn undertakings(viewer: &Viewer) -> Select<undertaking::Entity> {
    use undertaking::Column;
    let here = if is_leader(viewer) {
        Condition::all()
    } else {
        Condition::all().add(Column::SiteId.is_in(viewer.sites(Role::is_staff)))
    };
    let case = (undertaking::Entity, Column::ComplaintId);
    let staff = here
        .add(of_case(case, complaint_condition_without_orders(viewer)))
        .add(of_case(case, customer_condition(viewer)).not());
    let customer = Condition::all()
        .add(Column::ShownAt.is_not_null())
        .add(of_case(case, whole_organization(viewer).add(customer_condition(viewer))));
    undertaking::Entity::find().filter(Condition::any().add(staff).add(customer))
}

/// The opinions that a viewer may see (B1): those that they gave, wrote down, answer for or were told of; customer service and
/// the office those of their site. Never one about themself (C11).
#[must_use]
pub fn opinions(viewer: &Viewer) -> Select<opinion::Entity> {
    use opinion::Column;
    let not_about_me = Condition::any().add(Column::AboutAccountId.is_null()).add(Column::AboutAccountId.ne(viewer.id));
    let base = opinion::Entity::find().filter(Column::OrganizationId.eq(viewer.organization_id)).filter(not_about_me);
    if is_leader(viewer) {
        return base;
    }
    let any = Condition::any()
        .add(Column::CustomerAccountId.eq(viewer.id))
        .add(Column::OwnerAccountId.eq(viewer.id))
        .add(Column::RecordedBy.eq(viewer.id))
        .add(Column::BroughtBefore.eq(viewer.id));
    base.filter(add_in(any, Column::SiteId, viewer.sites(Role::sees_site)))
}

/// The calls to the hotline that a viewer may see (B2): those that they took; customer service and the office those of their
/// site.
#[must_use]
pub fn hotline_calls(viewer: &Viewer) -> Select<hotline_call::Entity> {
    use hotline_call::Column;
    let base = hotline_call::Entity::find().filter(Column::OrganizationId.eq(viewer.organization_id));
    if is_leader(viewer) {
        return base;
    }
    let any = Condition::any().add(Column::ReceivedBy.eq(viewer.id));
    base.filter(add_in(any, Column::SiteId, viewer.sites(Role::sees_site)))
}

/// What the units of an organization owe, as far as a viewer may see it: those who see the whole site that of its units, a
/// machine account that of the sites that its key names, residents that of the homes they live in today, since they moved
/// in.
macro_rules! owed {
    ($viewer:ident, $entity:ident by $day:ident) => {{
        use $entity::Column;
        let all = $entity::Entity::find().filter(Column::OrganizationId.eq($viewer.organization_id));
        if is_leader($viewer) {
            return all;
        }
        let since = lived_there($viewer, ($entity::Entity, Column::UnitId), ($entity::Entity, Column::$day));
        let mine = Condition::all().add(Column::UnitId.is_in($viewer.units.clone())).add(since);
        all.filter(add_in(Condition::any().add(mine), Column::SiteId, billed_sites($viewer)))
    }};
}

/// The charges and credits that a viewer may see.
#[must_use]
pub fn charges(viewer: &Viewer) -> Select<charge::Entity> {
    owed!(viewer, charge by ChargedOn)
}

/// The statements that a viewer may see.
#[must_use]
pub fn statements(viewer: &Viewer) -> Select<statement::Entity> {
    owed!(viewer, statement by ToDate)
}

/// The sums of months that a viewer may read: leaders all, customer service and the office those of their sites, a head
/// those of the department, a machine account those of the sites that its key names.
#[must_use]
pub fn month_figures(viewer: &Viewer) -> Select<month_figure::Entity> {
    use month_figure::Column;
    let all = month_figure::Entity::find().filter(Column::OrganizationId.eq(viewer.organization_id));
    if reads_all_figures(viewer) {
        return all;
    }
    // Of nothing where neither a site nor a department is theirs.
    let any = Condition::any().add(Column::SiteId.is_in(counted_sites(viewer)));
    all.filter(add_in(any, Column::DepartmentId, departments(viewer)))
}

/// What cases count as, as far as a viewer may read it: what is behind the sums that they read, but for cases about
/// themself (C11).
#[must_use]
pub fn case_figures(viewer: &Viewer) -> Select<case_figure::Entity> {
    use case_figure::Column;
    let not_about_me = Condition::any().add(Column::AboutAccountId.is_null()).add(Column::AboutAccountId.ne(viewer.id));
    let all =
        case_figure::Entity::find().filter(Column::OrganizationId.eq(viewer.organization_id)).filter(not_about_me);
    if reads_all_figures(viewer) {
        return all;
    }
    let any = Condition::any().add(Column::SiteId.is_in(counted_sites(viewer)));
    all.filter(add_in(any, Column::DepartmentId, departments(viewer)))
}

/// Whether somebody reads the figures of the whole organization.
#[must_use]
pub fn reads_all_figures(viewer: &Viewer) -> bool {
    is_leader(viewer)
}

/// The sites of which somebody reads any figures who does not read all.
#[must_use]
pub fn sites_with_figures(viewer: &Viewer) -> Vec<uuid::Uuid> {
    viewer.sites(|role| role.sees_site() || role.sees_department() || role == Role::Integration)
}

fn counted_sites(viewer: &Viewer) -> Vec<uuid::Uuid> {
    viewer.sites(|role| role.sees_site() || role == Role::Integration)
}

fn billed_sites(viewer: &Viewer) -> Vec<uuid::Uuid> {
    viewer.sites(|role| role.sees_site() || role == Role::Integration)
}

/// Whether the viewer had moved into a unit by a day: what earlier residents owed is not theirs to see.
fn lived_there(viewer: &Viewer, unit: impl IntoColumnRef, day: impl IntoColumnRef) -> SimpleExpr {
    use residency::Column;
    let moved_in = Query::select()
        .expr(Expr::value(1))
        .from(residency::Entity)
        .and_where(Column::AccountId.eq(viewer.id))
        .and_where(Expr::col((residency::Entity, Column::UnitId)).eq(Expr::col(unit)))
        .and_where(Expr::col((residency::Entity, Column::FromDate)).lte(Expr::col(day)))
        .to_owned();
    Expr::exists(moved_in)
}

fn works_at(viewer: &Viewer) -> SimpleExpr {
    quote::Column::SiteId.is_in(viewer.sites(Role::is_staff))
}

fn complaint_condition(viewer: &Viewer) -> Condition {
    if is_leader(viewer) {
        return whole_organization(viewer);
    }
    let mine = Condition::any().add(work_order::Column::TechnicianId.eq(viewer.id));
    let mine = add_in(mine, work_order::Column::TeamId, teams(viewer));
    let mine = add_in(mine, work_order::Column::DepartmentId, departments(viewer));
    let has_my_order = about_the_case(work_order::Entity, work_order::Column::ComplaintId, mine);
    let any = seen_without_orders(viewer).add(has_my_order);
    whole_organization(viewer).add(any)
}

fn complaint_condition_without_orders(viewer: &Viewer) -> Condition {
    if is_leader(viewer) {
        return whole_organization(viewer);
    }
    whole_organization(viewer).add(seen_without_orders(viewer))
}

pub(super) fn whole_organization(viewer: &Viewer) -> Condition {
    not_about(viewer).add(complaint::Column::OrganizationId.eq(viewer.organization_id))
}

/// The cases that are not about the viewer (C11).
pub(super) fn not_about(viewer: &Viewer) -> Condition {
    use complaint::Column;
    Condition::all()
        .add(Condition::any().add(Column::AboutAccountId.is_null()).add(Column::AboutAccountId.ne(viewer.id)))
}

fn seen_without_orders(viewer: &Viewer) -> Condition {
    use complaint::Column;
    let mut any =
        customer_condition(viewer).add(Column::OwnerAccountId.eq(viewer.id)).add(Column::ReceivedBy.eq(viewer.id));
    any = add_in(any, Column::SiteId, viewer.sites(Role::sees_site));
    any = add_in(any, Column::DepartmentId, departments(viewer));
    if viewer.sites(Role::is_staff).is_empty() {
        return any;
    }
    // The cases for which the viewer answers for something, or their department has a part (C4).
    let theirs = Condition::any().add(undertaking::Column::OwnerAccountId.eq(viewer.id));
    let theirs = add_in(theirs, undertaking::Column::DepartmentId, departments(viewer));
    any.add(about_the_case(undertaking::Entity, undertaking::Column::ComplaintId, theirs))
}

fn customer_condition(viewer: &Viewer) -> Condition {
    use complaint::Column;
    let mine = Condition::any().add(Column::CustomerAccountId.eq(viewer.id));
    if viewer.units.is_empty() {
        return mine;
    }
    let open = Condition::any().add(Column::SharedWithHousehold.eq(true)).add(Column::Kind.ne(Kind::Complaint));
    mine.add(Condition::all().add(Column::UnitId.is_in(viewer.units.clone())).add(open))
}

/// Whether a viewer sees the case that a row belongs to.
#[must_use]
pub fn sees_case<E: EntityTrait>(viewer: &Viewer, row: (E, E::Column)) -> SimpleExpr {
    of_case(row, complaint_condition(viewer))
}

pub(super) fn visible_ids(condition: Condition) -> SelectStatement {
    Query::select().column(complaint::Column::Id).from(complaint::Entity).cond_where(condition).to_owned()
}

/// Whether the case that a row belongs to is so. Asked of each row by the key of its case: what is asked for all at once would
/// be all that somebody may see, and grow with the register.
fn of_case<E: EntityTrait>((of, case): (E, E::Column), which: Condition) -> SimpleExpr {
    let cases = Query::select()
        .expr(Expr::value(1))
        .from(complaint::Entity)
        .and_where(Expr::col((complaint::Entity, complaint::Column::Id)).eq(Expr::col((of, case))))
        .cond_where(which)
        .to_owned();
    Expr::exists(cases)
}

/// Whether there is such a row of another table about the case at hand.
pub(super) fn about_the_case<E: EntityTrait>(of: E, case: E::Column, which: Condition) -> SimpleExpr {
    let rows = Query::select()
        .expr(Expr::value(1))
        .from(of)
        .and_where(Expr::col((of, case)).eq(Expr::col((complaint::Entity, complaint::Column::Id))))
        .cond_where(which)
        .to_owned();
    Expr::exists(rows)
}

pub(super) fn is_leader(viewer: &Viewer) -> bool {
    viewer.grants.iter().any(|grant| grant.role == Role::CompanyLeader)
}

fn departments(viewer: &Viewer) -> Vec<uuid::Uuid> {
    viewer.grants.iter().filter(|grant| grant.role.sees_department()).filter_map(|grant| grant.department_id).collect()
}

fn teams(viewer: &Viewer) -> Vec<uuid::Uuid> {
    viewer.grants.iter().filter(|grant| grant.role == Role::TeamLeader).filter_map(|grant| grant.team_id).collect()
}

fn add_in<C: ColumnTrait>(any: Condition, column: C, ids: Vec<uuid::Uuid>) -> Condition {
    if ids.is_empty() { any } else { any.add(column.is_in(ids)) }
}
