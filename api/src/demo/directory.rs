//! Organizations, sites, departments, teams, categories and staff. No rule covers these, so they are written directly.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::organization::{AccountState, DepartmentKind, Language, SiteKind};
use entity::{
    account, building, category, department, event_stream, organization, residency, role_grant, site, team, unit,
};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait, TransactionTrait};
use uuid::Uuid;

use super::cast::{Cast, Player};
use super::names::Names;
use super::people::{Employee, NEIGHBOURS, STAFF, TEAMS, organization_of};
use super::{Failure, PASSWORD, categories, residents};
use crate::access::viewer::HOME_ZONE;
use crate::app::App;

use DepartmentKind::{CustomerService, DecorationMarket, Engineering, Environment, MallManagement, Security};

/// Rows that one statement writes: a statement takes 32,766 values at most.
const AT_ONCE: usize = 500;
/// How long before the history the staff were employed.
const SETTLED: TimeDelta = TimeDelta::days(400);

const ORGANIZATIONS: &[(&str, &str)] = &[("huiyin-demo", "回音示范物业(演示)"), ("other-demo", "另一家物业(演示)")];

/// A site with its departments and their numbers.
struct Place {
    code: &'static str,
    name: &'static str,
    kind: SiteKind,
    hotline: &'static str,
    address: &'static str,
    responsible: &'static str,
    departments: &'static [(DepartmentKind, &'static str, &'static str)],
}

const RESIDENTIAL_DEPARTMENTS: &[(DepartmentKind, &str, &str)] = &[
    (CustomerService, "客服部", "0755-00001001"),
    (Engineering, "工程部", "0755-00001002"),
    (Security, "护管部", "0755-00001003"),
    (Environment, "环境部", "0755-00001004"),
];

const PLACES: &[Place] = &[
    Place {
        code: "LY",
        name: "荔园小区(演示)",
        kind: SiteKind::Residential,
        hotline: "0755-00001000",
        address: "演示市荔园路1号1栋首层管理处",
        responsible: "郑立新",
        departments: RESIDENTIAL_DEPARTMENTS,
    },
    Place {
        code: "HZ",
        name: "汇筑装饰城(演示)",
        kind: SiteKind::DecorationMall,
        hotline: "0755-00002000",
        address: "演示市汇筑大道8号A馆一层服务台",
        responsible: "苏建平",
        departments: &[
            (CustomerService, "客服部", "0755-00002001"),
            (MallManagement, "商场管理部", "0755-00002002"),
            (DecorationMarket, "家装市场部", "0755-00002003"),
        ],
    },
    Place {
        code: "QT",
        name: "晴天花园(演示)",
        kind: SiteKind::Residential,
        hotline: "0755-00003000",
        address: "演示市晴天街20号管理处",
        responsible: "贾学文",
        departments: RESIDENTIAL_DEPARTMENTS,
    },
];

/// Rows to be written, table by table.
#[derive(Default)]
pub struct Rows {
    organizations: Vec<organization::Model>,
    streams: Vec<event_stream::Model>,
    sites: Vec<site::Model>,
    departments: Vec<department::Model>,
    teams: Vec<team::Model>,
    categories: Vec<category::Model>,
    grants: Vec<role_grant::Model>,
    /// Buildings.
    pub buildings: Vec<building::Model>,
    /// Units.
    pub units: Vec<unit::Model>,
    /// People.
    pub accounts: Vec<account::Model>,
    /// Who lives where.
    pub residencies: Vec<residency::Model>,
}

/// Where rows are made: ids, days, and what is made so far.
pub struct Desk<'a> {
    /// Gives the ids.
    pub app: &'a App,
    /// When the company set the software up.
    pub since: DateTime<Utc>,
    /// The last day of the history.
    pub today: NaiveDate,
    /// What is made so far.
    pub rows: Rows,
}

impl Desk<'_> {
    /// A new id.
    pub fn id(&self) -> Uuid {
        self.app.dice.id(self.since)
    }

    /// Makes a person known.
    pub fn account(&mut self, organization_id: Uuid, phone: &str, name: &str, work_phone: Option<String>) -> Uuid {
        let id = self.id();
        self.rows.accounts.push(account::Model {
            id,
            organization_id,
            phone: phone.to_owned(),
            name: name.to_owned(),
            work_phone,
            password_hash: None,
            language: Language::ZhCn,
            state: AccountState::Active,
            session_epoch: 0,
            created_at: self.since,
            version: 1,
        });
        id
    }
}

/// Writes the directory and returns the cast of each site.
///
/// # Errors
/// When the database does not answer.
pub async fn write(app: &App, rng: &mut StdRng, end: DateTime<Utc>) -> Result<Vec<Cast>, Failure> {
    let since = app.clock.now() - SETTLED;
    let today = end.with_timezone(&HOME_ZONE).date_naive();
    let mut desk = Desk { app, since, today, rows: Rows::default() };
    let mut names = Names::default();
    let reserved = STAFF.iter().map(|one| one.name).chain(NEIGHBOURS.iter().map(|one| one.name));
    reserved.for_each(|name| names.reserve(name));
    let mut organizations = BTreeMap::new();
    for &(code, name) in ORGANIZATIONS {
        let id = desk.id();
        organizations.insert(code, id);
        let row = organization::Model { id, code: code.to_owned(), name: name.to_owned(), created_at: since };
        desk.rows.organizations.push(row);
        desk.rows.streams.push(event_stream::Model { organization_id: id, position: 0 });
    }
    let mut casts = Vec::new();
    for place in PLACES {
        let organization = organizations.get(organization_of(Some(place.code))).copied().unwrap_or_default();
        let mut cast = settle(&mut desk, organization, place);
        residents::move_in(&mut desk, rng, &mut names, organization, &mut cast);
        casts.push(cast);
    }
    for one in STAFF.iter().filter(|one| one.site.is_none()) {
        let organization = organizations.get(organization_of(None)).copied().unwrap_or_default();
        employ(&mut desk, organization, None, one);
    }
    residents::visit_the_mall(&mut casts);
    let mut rows = desk.rows;
    give_passwords(app, &mut rows.accounts).await?;
    insert(app, rows).await?;
    Ok(casts)
}

/// Sets up a site with its departments, teams, categories and staff.
fn settle(desk: &mut Desk<'_>, organization_id: Uuid, place: &Place) -> Cast {
    let site_id = desk.id();
    desk.rows.sites.push(site::Model {
        id: site_id,
        organization_id,
        code: place.code.to_owned(),
        name: place.name.to_owned(),
        kind: place.kind,
        time_zone: HOME_ZONE.name().to_owned(),
        hotline: place.hotline.to_owned(),
        email: format!("{}@demo.invalid", place.code.to_lowercase()),
        address: place.address.to_owned(),
        responsible_person: place.responsible.to_owned(),
        version: 1,
        retired_at: None,
    });
    let mut cast = Cast {
        site_id,
        code: place.code,
        departments: Vec::new(),
        categories: BTreeMap::new(),
        staff: Vec::new(),
        teams: BTreeMap::new(),
        customers: Vec::new(),
    };
    for &(kind, name, phone) in place.departments {
        let id = desk.id();
        let (name, phone) = (name.to_owned(), phone.to_owned());
        let (version, retired_at) = (1, None);
        let row = department::Model { id, organization_id, site_id, kind, name, phone, version, retired_at };
        desk.rows.departments.push(row);
        cast.departments.push((kind, id));
    }
    for &(_, kind, name) in TEAMS.iter().filter(|(site, ..)| *site == place.code) {
        let (id, department_id) = (desk.id(), cast.department(kind).unwrap_or_default());
        let (name_of_it, version, retired_at) = (name.to_owned(), 1, None);
        let row = team::Model { id, organization_id, site_id, department_id, name: name_of_it, version, retired_at };
        desk.rows.teams.push(row);
        cast.teams.insert(name, id);
    }
    plant(desk, organization_id, place.kind, &mut cast);
    for one in STAFF.iter().filter(|one| one.site == Some(place.code)) {
        let player = employ(desk, organization_id, Some(&cast), one);
        cast.staff.push(player);
    }
    cast
}

/// Sets up the category tree of a site.
fn plant(desk: &mut Desk<'_>, organization_id: Uuid, kind: SiteKind, cast: &mut Cast) {
    for branch in categories::tree(kind) {
        let id = desk.id();
        desk.rows.categories.push(category::Model {
            id,
            organization_id,
            site_id: cast.site_id,
            parent_id: branch.under.and_then(|code| cast.categories.get(code).copied()),
            code: branch.code.to_owned(),
            name_zh: branch.zh.to_owned(),
            name_en: branch.en.to_owned(),
            department: branch.department,
            emergency: branch.emergency,
            version: 1,
            retired_at: None,
        });
        cast.categories.insert(branch.code, id);
    }
}

fn employ(desk: &mut Desk<'_>, organization_id: Uuid, cast: Option<&Cast>, one: &Employee) -> Player {
    // The numbers of staff end in what their desk's extension is.
    let extension = format!("0755-00009{}", &one.phone[8..]);
    let account = desk.account(organization_id, one.phone, one.name, Some(extension));
    let department = one.department.and_then(|kind| cast.and_then(|cast| cast.department(kind)));
    let team = one.team.and_then(|name| cast.and_then(|cast| cast.teams.get(name).copied()));
    desk.rows.grants.push(role_grant::Model {
        id: desk.id(),
        organization_id,
        account_id: account,
        role: one.role,
        site_id: cast.map(|cast| cast.site_id),
        department_id: department,
        team_id: team,
        from_date: desk.since.with_timezone(&HOME_ZONE).date_naive(),
        to_date: None,
        version: 1,
        successor_id: None,
        carried_out_at: None,
    });
    Player { account, role: one.role, department, team }
}

/// Only those who are listed as sign-ins get a password.
async fn give_passwords(app: &App, accounts: &mut [account::Model]) -> Result<(), Failure> {
    let titled = STAFF.iter().filter(|one| one.title.is_some()).map(|one| one.phone);
    let listed: Vec<&str> = titled.chain(NEIGHBOURS.iter().map(|one| one.phone)).collect();
    let chosen: Vec<&mut account::Model> =
        accounts.iter_mut().filter(|account| listed.contains(&account.phone.as_str())).collect();
    let hashes = try_join_all(chosen.iter().map(|_| app.passwords.hash(PASSWORD, &app.dice))).await?;
    for (account, hash) in chosen.into_iter().zip(hashes) {
        account.password_hash = Some(hash);
    }
    Ok(())
}

async fn insert(app: &App, rows: Rows) -> Result<(), DbErr> {
    let txn = app.db.begin().await?;
    batches(&txn, rows.organizations).await?;
    batches(&txn, rows.streams).await?;
    batches(&txn, rows.sites).await?;
    batches(&txn, rows.departments).await?;
    batches(&txn, rows.teams).await?;
    batches(&txn, rows.categories).await?;
    batches(&txn, rows.buildings).await?;
    batches(&txn, rows.units).await?;
    batches(&txn, rows.accounts).await?;
    batches(&txn, rows.residencies).await?;
    batches(&txn, rows.grants).await?;
    txn.commit().await
}

async fn batches<M, A>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<(), DbErr>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + Send,
{
    for batch in rows.chunks(AT_ONCE) {
        let batch = batch.iter().cloned().map(IntoActiveModel::into_active_model);
        M::Entity::insert_many(batch).exec_without_returning(db).await?;
    }
    Ok(())
}
