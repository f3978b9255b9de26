//! Who asks: the account with the roles and homes that hold today.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::organization::{AccountState, Language, Role};
use domain::standing::{Standing, Who};
use entity::{account, complaint, residency, role_grant, site, work_order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::error::{Error, Result};

/// The zone in which the days of a role without a site are counted.
pub const HOME_ZONE: Tz = Tz::Asia__Shanghai;

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
    /// The roles that hold today.
    pub grants: Vec<Grant>,
    /// The units they live in today.
    pub units: Vec<Uuid>,
}

impl Viewer {
    /// Loads an account with what holds now. Called for each request and for each delivery of a stream, so that a lost
    /// role or a passed to-date takes effect at once.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when there is no such account, or it is disabled.
    pub async fn load(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<Self> {
        let account = account::Entity::find_by_id(id)
            .one(db)
            .await?
            .filter(|account| account.state == AccountState::Active)
            .ok_or(Error::Unauthenticated)?;
        let held = role_grant::Entity::find().filter(role_grant::Column::AccountId.eq(id)).all(db).await?;
        let lived = residency::Entity::find().filter(residency::Column::AccountId.eq(id)).all(db).await?;
        let zones = zones(db, account.organization_id, &held, &lived).await?;
        let grants = held
            .into_iter()
            .filter(|grant| holds(grant.from_date, grant.to_date, zone(&zones, grant.site_id), now))
            .map(|grant| Grant {
                role: grant.role,
                site_id: grant.site_id,
                department_id: grant.department_id,
                team_id: grant.team_id,
            })
            .collect();
        let units = lived
            .into_iter()
            .filter(|home| holds(home.from_date, home.to_date, zone(&zones, Some(home.site_id)), now))
            .map(|home| home.unit_id)
            .collect();
        Ok(Self {
            id: account.id,
            organization_id: account.organization_id,
            name: account.name,
            phone: account.phone,
            work_phone: account.work_phone,
            language: account.language,
            session_epoch: account.session_epoch,
            grants,
            units,
        })
    }

    /// Whether one of the roles is held anywhere. Everybody who lives in a unit or has filed a case is a customer.
    #[must_use]
    pub fn holds_any(&self, roles: &[Role]) -> bool {
        roles.contains(&Role::Customer) || self.grants.iter().any(|grant| roles.contains(&grant.role))
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

async fn zones(
    db: &impl ConnectionTrait,
    organization: Uuid,
    held: &[role_grant::Model],
    lived: &[residency::Model],
) -> Result<Vec<(Uuid, Tz)>> {
    if held.iter().all(|grant| grant.site_id.is_none()) && lived.is_empty() {
        return Ok(Vec::new());
    }
    let sites = site::Entity::find().filter(site::Column::OrganizationId.eq(organization)).all(db).await?;
    Ok(sites.into_iter().map(|site| (site.id, parse_zone(&site.time_zone))).collect())
}

/// A zone by its IANA name; what cannot be read counts as the home zone.
#[must_use]
pub fn parse_zone(name: &str) -> Tz {
    name.parse().unwrap_or(HOME_ZONE)
}

fn zone(zones: &[(Uuid, Tz)], site: Option<Uuid>) -> Tz {
    zones.iter().find(|(id, _)| Some(*id) == site).map_or(HOME_ZONE, |(_, zone)| *zone)
}

/// Whether a span of days, both ends included, holds now in a zone.
#[must_use]
pub fn holds(from: NaiveDate, to: Option<NaiveDate>, zone: Tz, now: DateTime<Utc>) -> bool {
    let today = now.with_timezone(&zone).date_naive();
    from <= today && to.is_none_or(|to| today <= to)
}
