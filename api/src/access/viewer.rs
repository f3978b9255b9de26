//! Who asks: the account with the roles and homes that hold today.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::access::Scope;
use domain::organization::{AccountState, Language, Role};
use domain::standing::{Standing, Who};
use entity::{account, complaint, residency, role_grant, site, work_order};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};
use uuid::Uuid;

use crate::app::error::{Error, Result};

/// The zone in which the days of a role without a site are counted.
pub const HOME_ZONE: Tz = Tz::Asia__Shanghai;

/// For how long a viewer is good at most without being looked at again.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// A role that holds today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The site, for roles of a site or a department.
    pub site_id: Option<Uuid>,
    /// The department, for roles of a department.
    pub department_id: Option<Uuid>,
    /// The team, for technicians and team leaders.
    pub team_id: Option<Uuid>,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The account.
    pub id: Uuid,
    /// The organization, which nothing crosses.
    pub organization_id: Uuid,
    /// The name.
    pub name: String,
    /// The number they sign in with.
    pub phone: String,
    /// The number on their card.
    pub work_phone: Option<String>,
    /// The language of their notices.
    pub language: Language,
    /// Raised to end every session.
    pub session_epoch: i32,
    /// The session they ask in; none in acts of the server itself.
    pub session: Option<Uuid>,
    /// Whether the session may do nothing but set up a second factor.
    pub must_set_up_second_factor: bool,
    /// What a machine account's key may read; none for a person.
    pub scopes: Option<Vec<Scope>>,
    /// The roles that hold today.
    pub grants: Vec<Grant>,
    /// The units they live in today.
    pub units: Vec<Uuid>,
    /// Until when all of this holds if nobody changes it: a role or a home begins or ends with a day of its site.
    pub holds_until: DateTime<Utc>,
}

impl Viewer {
    /// Loads an account with what holds now. Called for each request and for each delivery of a stream, so that a lost
    /// role or a passed to-date takes effect at once.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when there is no such account, or it is disabled.
    pub async fn load(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<Self> {
        let account = account::Entity::find_by_id(id).one(db).await?.ok_or(Error::Unauthenticated)?;
        Self::of(db, account, now).await
    }

    /// An account that was read before, with what holds now: one statement.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it is disabled.
    pub async fn of(db: &impl ConnectionTrait, account: account::Model, now: DateTime<Utc>) -> Result<Self> {
        if account.state != AccountState::Active {
            return Err(Error::Unauthenticated);
        }
        let statement = db.get_database_backend().build(&held_or_lived(account.id));
        let mut grants = Vec::new();
        let mut units = Vec::new();
        let mut holds_until = now + LONGEST;
        for span in Span::find_by_statement(statement).all(db).await? {
            holds_until = span.turns(now).map_or(holds_until, |turn| Ord::min(holds_until, turn));
            if !holds(span.from_date, span.to_date, span.zone(), now) {
                continue;
            }
            let Span { role, site_id, department_id, team_id, unit_id, .. } = span;
            grants.extend(role.map(|role| Grant { role, site_id, department_id, team_id }));
            units.extend(unit_id);
        }
        Ok(Self {
            id: account.id,
            organization_id: account.organization_id,
            name: account.name,
            phone: account.phone,
            work_phone: account.work_phone,
            language: account.language,
            session_epoch: account.session_epoch,
            session: None,
            must_set_up_second_factor: false,
            scopes: None,
            grants,
            units,
            holds_until,
        })
    }

    /// Whether this is a machine account, which holds no role of a person.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        self.scopes.is_some()
    }

    /// Whether a machine account's key has a scope. A person needs none.
    #[must_use]
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&scope))
    }

    /// Whether somebody may read of a site: a machine account only of those that its key names.
    #[must_use]
    pub fn reads_site(&self, site: Uuid) -> bool {
        !self.is_machine() || self.grants.iter().any(|grant| grant.site_id == Some(site))
    }

    /// Whether one of the roles is held anywhere. Everybody who lives in a unit or has filed a case is a customer; a
    /// machine account never is.
    #[must_use]
    pub fn holds_any(&self, roles: &[Role]) -> bool {
        (roles.contains(&Role::Customer) && !self.is_machine())
            || self.grants.iter().any(|grant| roles.contains(&grant.role))
    }

    /// Whether any staff role is held at a site.
    #[must_use]
    pub fn is_staff_at(&self, site: Uuid) -> bool {
        self.grants.iter().any(|grant| grant.role.is_staff() && grant.site_id.is_none_or(|held| held == site))
    }

    /// The sites where a role is held that satisfies a condition.
    pub fn sites(&self, condition: impl Fn(Role) -> bool) -> Vec<Uuid> {
        self.grants.iter().filter(|grant| condition(grant.role)).filter_map(|grant| grant.site_id).collect()
    }

    /// What this person is to a case.
    #[must_use]
    pub fn standing(&self, case: &complaint::Model) -> Standing {
        if case.about_account_id == Some(self.id) || case.organization_id != self.organization_id {
            return Standing::default();
        }
        let mut who = self.as_customer(case);
        if case.owner_account_id == self.id {
            who.push(Who::Owner);
        }
        who.extend(self.grants.iter().filter(|grant| covers_case(grant, case)).map(|grant| Who::Holder(grant.role)));
        Standing(who)
    }

    /// What this person is to a work order of a case.
    #[must_use]
    pub fn standing_to_order(&self, case: &complaint::Model, order: &work_order::Model) -> Standing {
        if case.about_account_id == Some(self.id) || case.organization_id != self.organization_id {
            return Standing::default();
        }
        let mut who = self.as_customer(case);
        if order.owner_account_id == self.id {
            who.push(Who::Owner);
        }
        let covers = |grant: &&Grant| match grant.role {
            Role::Technician => order.technician_id == Some(self.id),
            Role::TeamLeader => grant.team_id.is_some() && grant.team_id == order.team_id,
            role if role.sees_department() => grant.department_id == Some(order.department_id),
            _ => grant.site_id.is_none_or(|site| site == order.site_id),
        };
        who.extend(self.grants.iter().filter(covers).map(|grant| Who::Holder(grant.role)));
        Standing(who)
    }

    /// Whether this person sees what staff say among themselves about a case.
    #[must_use]
    pub fn sees_staff_side(&self, case: &complaint::Model) -> bool {
        case.about_account_id != Some(self.id) && (case.owner_account_id == self.id || self.is_staff_at(case.site_id))
    }

    fn as_customer(&self, case: &complaint::Model) -> Vec<Who> {
        if case.customer_account_id == Some(self.id) {
            return vec![Who::Filer];
        }
        let at_home = case.unit_id.is_some_and(|unit| self.units.contains(&unit));
        let open_to_household = case.shared_with_household || case.kind != domain::complaint::Kind::Complaint;
        if at_home && open_to_household { vec![Who::Household] } else { Vec::new() }
    }
}

fn covers_case(grant: &Grant, case: &complaint::Model) -> bool {
    match grant.role {
        role if role.sees_department() => grant.department_id.is_some() && grant.department_id == case.department_id,
        Role::Technician | Role::TeamLeader => false,
        _ => grant.site_id.is_none_or(|site| site == case.site_id),
    }
}

/// A role or a home, from one day to another.
#[derive(FromQueryResult)]
struct Span {
    role: Option<Role>,
    site_id: Option<Uuid>,
    department_id: Option<Uuid>,
    team_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    from_date: NaiveDate,
    to_date: Option<NaiveDate>,
    time_zone: Option<String>,
}

impl Span {
    fn zone(&self) -> Tz {
        self.time_zone.as_deref().map_or(HOME_ZONE, parse_zone)
    }

    /// When it next begins or ends, if it ever does.
    fn turns(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let after = self.to_date.and_then(|day| day.succ_opt());
        let days = [Some(self.from_date), after].into_iter().flatten();
        days.filter_map(|day| day_begins(day, self.zone())).filter(|begins| *begins > now).min()
    }
}

/// Roles and homes of an account with the zones in which their days are counted, by one statement: it runs for every
/// request.
fn held_or_lived(account: Uuid) -> SelectStatement {
    let none = || Expr::value(None::<Uuid>);
    let mut held = Query::select();
    held.columns([role_grant::Column::Role, role_grant::Column::SiteId].map(|column| (role_grant::Entity, column)))
        .columns(
            [role_grant::Column::DepartmentId, role_grant::Column::TeamId].map(|column| (role_grant::Entity, column)),
        )
        .expr_as(none(), "unit_id")
        .columns([role_grant::Column::FromDate, role_grant::Column::ToDate].map(|column| (role_grant::Entity, column)))
        .column((site::Entity, site::Column::TimeZone))
        .from(role_grant::Entity)
        .left_join(site::Entity, on_site((role_grant::Entity, role_grant::Column::SiteId).into()))
        .and_where(Expr::col((role_grant::Entity, role_grant::Column::AccountId)).eq(account));
    let mut lived = Query::select();
    lived
        .expr_as(Expr::value(None::<String>), "role")
        .column((residency::Entity, residency::Column::SiteId))
        .expr_as(none(), "department_id")
        .expr_as(none(), "team_id")
        .columns(
            [residency::Column::UnitId, residency::Column::FromDate, residency::Column::ToDate]
                .map(|column| (residency::Entity, column)),
        )
        .column((site::Entity, site::Column::TimeZone))
        .from(residency::Entity)
        .left_join(site::Entity, on_site((residency::Entity, residency::Column::SiteId).into()))
        .and_where(Expr::col((residency::Entity, residency::Column::AccountId)).eq(account));
    held.union(UnionType::All, lived).to_owned()
}

fn on_site(column: sea_orm::sea_query::ColumnRef) -> Expr {
    Expr::col((site::Entity, site::Column::Id)).eq(Expr::col(column))
}

/// The first moment of a day in a zone.
fn day_begins(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    // A day that begins with a jump of the clocks has no midnight; an hour later it surely has begun.
    let begins = |hour| day.and_hms_opt(hour, 0, 0).and_then(|local| zone.from_local_datetime(&local).earliest());
    begins(0).or_else(|| begins(1)).map(|begins| begins.to_utc())
}

/// A zone by its IANA name; what cannot be read counts as the home zone.
#[must_use]
pub fn parse_zone(name: &str) -> Tz {
    name.parse().unwrap_or(HOME_ZONE)
}

/// Whether a span of days, both ends included, holds now in a zone.
#[must_use]
pub fn holds(from: NaiveDate, to: Option<NaiveDate>, zone: Tz, now: DateTime<Utc>) -> bool {
    let today = now.with_timezone(&zone).date_naive();
    from <= today && to.is_none_or(|to| today <= to)
}
