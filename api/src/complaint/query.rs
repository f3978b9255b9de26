//! Reads of cases: lists with filters, the register (A2), and the way in by receipt code.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use domain::complaint::{Kind, State};
use domain::search::{Question, Tier, Wanted, named, numbered, within};
use entity::{category, complaint};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SubQueryStatement};
use sea_orm::{ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::receipt::Receipt;
use crate::access::viewer::Viewer;
use crate::access::{guesses, ways};
use crate::app::App;
use crate::app::dice::first_id;
use crate::app::error::Result;
use crate::app::page::{PageInput, in_states, newest_rows};
use crate::search::index;
use crate::search::query::{Find, where_they_look};
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
    /// The whole number, or its running number.
    pub number: Option<String>,
    /// The contact's name.
    pub name: Option<String>,
    /// The contact's phone number, whole.
    pub phone: Option<String>,
}

/// The cases that a viewer may see and a filter lets through, by the ways in which they are seen: each begins with what an
/// index leads to.
///
/// # Errors
/// When the database does not answer.
pub async fn cases(app: &App, viewer: &Viewer, filter: &Filter) -> Result<Vec<Select<complaint::Entity>>> {
    let mut ways = ways::complaints(viewer, filter.site);
    if filter.site.is_none() && !(filter.kinds.is_empty() && filter.states.is_empty()) {
        ways = ways::at_each_site(app, viewer, ways, complaint::Column::SiteId).await?;
    }
    let ways = ways.into_iter().map(|way| narrowed(app, way, viewer, filter)).collect();
    // The index of a department has the state before the order.
    let by_state = filter.states.is_empty() && filter.department.is_some();
    Ok(in_states(ways, complaint::Column::State, if by_state { State::ALL } else { filter.states.as_slice() }))
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
        // A category is of one site, which the index begins with.
        let its_site = Query::select()
            .column(category::Column::SiteId)
            .from(category::Entity)
            .and_where(category::Column::Id.eq(category))
            .to_owned();
        let there = Expr::col((complaint::Entity, Column::SiteId)).eq(Expr::from(SubQueryStatement::from(its_site)));
        select = select.filter(there).filter(Column::CategoryId.eq(category));
    }
    if !filter.kinds.is_empty() {
        select = select.filter(Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    // A case's id begins with the millisecond in which it was received, so that its index leads to a time as well.
    if let Some(from) = filter.from {
        select = select.filter(Column::ReceivedAt.gte(from)).filter(Column::Id.gte(first_id(from)));
    }
    if let Some(to) = filter.to {
        let behind = first_id(to + TimeDelta::milliseconds(1));
        select = select.filter(Column::ReceivedAt.lt(to)).filter(Column::Id.lt(behind));
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
async fn register(
    app: &App,
    viewer: &Viewer,
    filter: &Filter,
    identity: &Identity,
) -> Result<Vec<Select<complaint::Entity>>> {
    cases(app, viewer, filter).await?.into_iter().map(|way| in_register(way, viewer, identity)).collect()
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
        let end = numbered(number).map(|(_, end)| Column::Number.ends_with(end));
        select = select.filter(end.unwrap_or_else(|| Expr::value(false)));
    }
    if let Some(name) = &identity.name {
        select = select.filter(Column::ContactName.starts_with(name.trim()));
    }
    if let Some(phone) = &identity.phone {
        select = select.filter(Column::ContactPhone.eq(crate::app::validate::phone("identity.phone", phone)?));
    }
    Ok(select)
}

/// A page of cases, the newest first, and one more where there are more; of the register where an identity is given.
///
/// # Errors
/// A page or a cursor that is none, a phone number that is none; when the database does not answer.
pub async fn newest(
    app: &App,
    viewer: &Viewer,
    filter: &Filter,
    identity: Option<&Identity>,
    page: &PageInput,
) -> Result<Vec<complaint::Model>> {
    let (before, limit) = (page.after()?, page.limit()? + 1);
    let leading = leading_to(viewer, filter, identity);
    // Its words are what leads to it then.
    let text = filter.text.clone().filter(|_| leading.is_none());
    let filter = Filter { text, ..filter.clone() };
    let ways = match identity {
        Some(identity) => register(app, viewer, &filter, identity).await?,
        None => cases(app, viewer, &filter).await?,
    };
    let Some((wanted, rare)) = leading else {
        return newest_rows(app, ways, complaint::Column::Id, before, limit).await;
    };
    let rows = |which: Condition| ways.iter().map(|way| way.clone().filter(which.clone())).collect::<Vec<_>>();
    Find { app, wanted: &wanted, rare, rows }.before(before, limit).await
}

/// The terms that lead an employee to what is asked for, and whether it is rare by its nature. None where the cases are walked,
/// or are few: of whoever is no employee, or of a telephone number.
fn leading_to(viewer: &Viewer, filter: &Filter, identity: Option<&Identity>) -> Option<(Wanted, bool)> {
    if !ways::has_share(viewer) {
        return None;
    }
    let number = identity.and_then(|identity| numbered(identity.number.as_deref()?)).map(|(wanted, _)| wanted);
    let person = number.or_else(|| identity.and_then(|identity| named(identity.name.as_deref()?)));
    let words = filter.text.as_deref().and_then(Question::read).and_then(|question| question.wanted(Tier::Words));
    let rare = person.is_some();
    let mut wanted: Vec<Wanted> = person.into_iter().chain(words).collect();
    if wanted.is_empty() {
        return None;
    }
    wanted.push(filter.site.map_or_else(|| where_they_look(viewer), |site| Wanted::Term(within(site))));
    Some((Wanted::All(wanted), rare))
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

/// Cases that have every term of a text; each is asked.
fn with_words(select: Select<complaint::Entity>, backend: DbBackend, text: &str) -> Select<complaint::Entity> {
    let wanted = Question::read(text).and_then(|question| question.wanted(Tier::Words));
    match wanted {
        Some(wanted) => select.filter(index::is(backend, &wanted)),
        // Nothing that could be found was asked for.
        None => select.filter(Expr::value(false)),
    }
}
