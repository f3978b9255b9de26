//! Reads of cases: lists with filters, the register (A2), and the way in by receipt code.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::complaint::{Kind, State};
use domain::search::{Question, Tier};
use entity::complaint;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::receipt::Receipt;
use crate::access::viewer::Viewer;
use crate::access::{guesses, ways};
use crate::app::App;
use crate::app::error::Result;
use crate::search::index;
use domain::organization::Role;

/// The states in which a case has ended.
pub const ENDED: &[State] = &[State::Archived, State::Merged];

/// Which cases.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of a site.
    pub site: Option<Uuid>,
    /// Of a responsible department.
    pub department: Option<Uuid>,
    /// Of a category.
    pub category: Option<Uuid>,
    /// In one of these states.
    pub states: Vec<State>,
    /// Of one of these kinds.
    pub kinds: Vec<Kind>,
    /// Received at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Received before this time.
    pub to: Option<DateTime<Utc>>,
    /// Owned by the viewer.
    pub mine: bool,
    /// With these words in the number, place, description or items.
    pub text: Option<String>,
}

/// Which entries of the register: besides the filter, by what identifies a customer.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The whole number, or its end.
    pub number: Option<String>,
    /// The contact's name.
    pub name: Option<String>,
    /// The contact's phone number, whole.
    pub phone: Option<String>,
}

/// The cases that a viewer may see and a filter lets through, by the ways in which they are seen: each begins with what an
/// index leads to.
#[must_use]
pub fn cases(app: &App, viewer: &Viewer, filter: &Filter) -> Vec<Select<complaint::Entity>> {
    let ways = ways::complaints(viewer, filter.site).into_iter();
    ways.map(|way| narrowed(app, way, viewer, filter)).collect()
}

fn narrowed(
    app: &App,
    mut select: Select<complaint::Entity>,
    viewer: &Viewer,
    filter: &Filter,
) -> Select<complaint::Entity> {
    use complaint::Column;
    if let Some(site) = filter.site {
        select = select.filter(Column::SiteId.eq(site));
    }
    if let Some(department) = filter.department {
        select = select.filter(Column::DepartmentId.eq(department));
    }
    if let Some(category) = filter.category {
        select = select.filter(Column::CategoryId.eq(category));
    }
    if !filter.states.is_empty() {
        select = select.filter(Column::State.is_in(filter.states.iter().copied()));
    }
    if !filter.kinds.is_empty() {
        select = select.filter(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if let Some(from) = filter.from {
        select = select.filter(Column::ReceivedAt.gte(from));
    }
    if let Some(to) = filter.to {
        select = select.filter(Column::ReceivedAt.lt(to));
    }
    if filter.mine {
        select = select.filter(Column::OwnerAccountId.eq(viewer.id));
    }
    if let Some(text) = &filter.text {
        select = with_words(select, app.db.get_database_backend(), text);
    }
    select
}

/// The register (A2): the cases of the sites whose register the viewer keeps or reads, also by who complained.
///
/// # Errors
/// Refused with `INVALID` for a phone number that is none.
pub fn register(
    app: &App,
    viewer: &Viewer,
    filter: &Filter,
    identity: &Identity,
) -> Result<Vec<Select<complaint::Entity>>> {
    cases(app, viewer, filter).into_iter().map(|way| in_register(way, viewer, identity)).collect()
}

fn in_register(
    mut select: Select<complaint::Entity>,
    viewer: &Viewer,
    identity: &Identity,
) -> Result<Select<complaint::Entity>> {
    use complaint::Column;
    if !viewer.grants.iter().any(|grant| grant.role == Role::CompanyLeader) {
        let sites = viewer.sites(Role::sees_site);
        let departments = viewer.grants.iter().filter(|g| g.role.sees_department()).filter_map(|g| g.department_id);
        select = select.filter(Column::SiteId.is_in(sites).or(Column::DepartmentId.is_in(departments)));
    }
    if let Some(number) = &identity.number {
        select = select.filter(Column::Number.ends_with(number.trim().to_uppercase()));
    }
    if let Some(name) = &identity.name {
        select = select.filter(Column::ContactName.starts_with(name.trim()));
    }
    if let Some(phone) = &identity.phone {
        select = select.filter(Column::ContactPhone.eq(crate::app::validate::phone("identity.phone", phone)?));
    }
    Ok(select)
}

/// The anonymous case of a receipt code (D7), if the code is one.
///
/// # Errors
/// [`crate::app::error::Error::Limited`] after too many tries from an address.
pub async fn by_receipt(app: &App, typed: &str, address: Option<IpAddr>) -> Result<Option<complaint::Model>> {
    guesses::count_unwritten(app, address)?;
    let Some(receipt) = Receipt::read(typed) else {
        return Ok(None);
    };
    Ok(complaint::Entity::find().filter(complaint::Column::ReceiptHash.eq(receipt.hash())).one(&app.db).await?)
}

/// Cases that have every term of a text.
fn with_words(select: Select<complaint::Entity>, backend: DbBackend, text: &str) -> Select<complaint::Entity> {
    let wanted = Question::read(text).and_then(|question| question.wanted(Tier::Words));
    match wanted {
        Some(wanted) => select.filter(index::found(backend, &wanted)),
        // Nothing that could be found was asked for.
        None => select.filter(Expr::value(false)),
    }
}
