//! A big database for benchmarks and for looking at query plans: a town is made through the schema, with a few cases in
//! typical states, and then copied by the database itself into many organizations, sites, homes and cases.
//!
//! Every copy is what the program would have written, but for its ids, numbers, times and owners: a copied row has each
//! column of its sample, so a column that is added later is copied as well. The same numbers give the same rows.

use std::collections::HashMap;

use api::figure::recount::{self, Found};
use api::figure::relay;
use chrono::{DateTime, TimeDelta, Utc};
use domain::organization::{AccountState, DepartmentKind};
use entity::{
    account, building, case_figure, category, clock, complaint, complaint_item, department, event, event_stream,
    follow_up, organization, residency, role_grant, session, site, team, unit, work_order, work_order_copy,
};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use sea_orm::sea_query::{Expr, InsertStatement, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic,
    IntoActiveModel, Iterable, ModelTrait, QueryFilter, QueryOrder, Statement, Value,
};
use serde_json::json;
use uuid::Uuid;

use crate::World;
use crate::town::Town;
use crate::world::row_id;

/// How much is seeded.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Organizations.
    pub organizations: i64,
    /// Sites, over all organizations; a multiple of them.
    pub sites: i64,
    /// Homes with one resident each, in each site.
    pub homes: i64,
    /// Cases, over all sites.
    pub cases: i64,
}

impl Size {
    /// What the benchmark of workloads speaks of: 500,000 cases in 200 sites.
    pub const LARGE: Self = Self { organizations: 20, sites: 200, homes: 200, cases: 500_000 };
}

/// Over which time the cases are spread, and how many of the newest are not ended.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// From the oldest case to the newest, in seconds.
    pub seconds: i64,
    /// Cases that are handled still.
    pub open: i64,
    /// Cases before these whose follow-up is owed still.
    pub owed: i64,
}

impl History {
    /// What the benchmark speaks of: two years, of which a share is open.
    #[must_use]
    pub const fn of(cases: i64) -> Self {
        let open = cases - cases * OPEN_FROM / 100;
        Self { seconds: SPAN, open, owed: cases - open - cases * 84 / 100 }
    }

    /// The moment of a case, in seconds before the newest.
    const fn ago(self, case: i64, cases: i64) -> i64 {
        self.seconds - case * self.seconds / cases
    }

    /// When a case was received, in seconds since 1970, by an expression of its number.
    fn received(self, newest: DateTime<Utc>, number: &str, cases: i64) -> String {
        let begin = newest.timestamp() - self.seconds;
        format!("({begin} + ({number}) * {} / {cases})", self.seconds)
    }
}

/// Kinds of rows, as their ids tell them apart.
#[derive(Debug, Clone, Copy)]
enum Tag {
    Organization = 1,
    Site,
    /// Departments, teams, categories, roles, staff: what each site has a fixed number of.
    Setup,
    Home,
    Resident,
    Residency,
    Part = 8,
}

/// What stands in the id of a case behind its time: it is of version 7, as the program's.
const CASE: u128 = 0x7007;

/// How many rows of set-up a site has at most, and how many rows of one kind belong to a case at most.
const PER_SITE: i64 = 256;
const PER_CASE: i64 = 128;
/// Over how many seconds the cases are spread: two years.
const SPAN: i64 = 63_072_000;
/// Ids of seeded rows sort before those that the program gives, so that what is newer is newer.
const BASE: u128 = 0x0100 << 112;
/// From how many of a hundred cases on, counted from the oldest, they are not ended any more.
const OPEN_FROM: i64 = 94;
/// The tables that have rows for each case.
const TABLES: [&str; 8] =
    ["complaint", "complaint_item", "work_order", "work_order_copy", "follow_up", "clock", "event", "case_figure"];
/// What cases are about, beside water: so many more categories of each department, so that a month is not all of one kind.
const CATEGORIES: [(DepartmentKind, &str, i64); 4] = [
    (DepartmentKind::Engineering, "engineering", 11),
    (DepartmentKind::Security, "security", 4),
    (DepartmentKind::Environment, "environment", 4),
    (DepartmentKind::CustomerService, "customer service", 4),
];

/// From where on the rows of a kind are numbered: their last digits are theirs alone, as those of the program's ids are.
const fn first(tag: Tag) -> i64 {
    (tag as i64) << 40
}

fn uuid(tag: Tag, number: i64) -> Uuid {
    Uuid::from_u128(BASE | (tag as u128) << 64 | u128::from((first(tag) + number).unsigned_abs()))
}

/// What has been seeded, and how to name it.
pub struct Seeded {
    size: Size,
    history: History,
    newest: DateTime<Utc>,
    setup: HashMap<Uuid, i64>,
    technician: Uuid,
    agent: Uuid,
    office_head: Uuid,
    water: Uuid,
    received_share: (i64, i64),
}

impl Seeded {
    /// The id of a case, 0 being the oldest.
    #[must_use]
    pub fn case(&self, number: i64) -> Uuid {
        let seconds = self.newest.timestamp() - self.history.ago(number, self.size.cases);
        let millis = u128::from(seconds.unsigned_abs()) * 1000;
        Uuid::from_u128(millis << 80 | CASE << 64 | u128::from(number.unsigned_abs()))
    }

    /// The same for PostgreSQL, by an expression of the number.
    #[must_use]
    pub fn case_expression(&self, number: &str) -> String {
        // Of a number that pgbench puts in PostgreSQL takes it for a small one by itself.
        let number = &format!("({number})::bigint");
        case_expression(&self.history.received(self.newest, number, self.size.cases), number)
    }

    /// The town as it was copied to a site of a number: whoever and whatever of it there is.
    #[must_use]
    pub fn town(&self, town: &Town, site: i64) -> Town {
        let (home, owner) = self.home(site, 0);
        let named =
            [("company", self.organization(site)), ("site", uuid(Tag::Site, site)), ("home", home), ("owner", owner)];
        let set_up = town.0.iter().filter(|(_, id)| self.setup.contains_key(id));
        let set_up = set_up.map(|(name, id)| (*name, self.of_site(*id, site)));
        Town(named.into_iter().chain(set_up).collect())
    }

    /// The site of a case.
    #[must_use]
    pub fn site(&self, number: i64) -> Uuid {
        uuid(Tag::Site, number % self.size.sites)
    }

    /// The organization of a site's number.
    #[must_use]
    pub fn organization(&self, site: i64) -> Uuid {
        uuid(Tag::Organization, site % self.size.organizations)
    }

    /// The account of a customer-service agent of a site's number.
    #[must_use]
    pub fn agent(&self, site: i64) -> Uuid {
        self.of_site(self.agent, site)
    }

    /// The account of the office head of a site's number.
    #[must_use]
    pub fn office_head(&self, site: i64) -> Uuid {
        self.of_site(self.office_head, site)
    }

    /// The account of the technician of a site's number who has the open orders.
    #[must_use]
    pub fn technician(&self, site: i64) -> Uuid {
        self.of_site(self.technician, site)
    }

    /// The category WATER of a site's number.
    #[must_use]
    pub fn water(&self, site: i64) -> Uuid {
        self.of_site(self.water, site)
    }

    /// A home of a site's number, and who lives there.
    #[must_use]
    pub fn home(&self, site: i64, home: i64) -> (Uuid, Uuid) {
        let number = site * self.size.homes + home;
        (uuid(Tag::Home, number), uuid(Tag::Resident, number))
    }

    /// Cases with an order that a technician has and has not set out for; with the order's id.
    pub fn assigned_orders(&self) -> impl Iterator<Item = (i64, Uuid)> {
        let (of, cases) = (self.received_share, self.size.cases);
        (cases - self.history.open..cases)
            .filter(move |number| number % of.1 != of.0)
            .map(|number| (number, order(number)))
    }

    fn of_site(&self, of_town: Uuid, site: i64) -> Uuid {
        uuid(Tag::Setup, site * PER_SITE + self.setup[&of_town])
    }
}

/// The id of a case for PostgreSQL, by expressions of when it was received and of its number.
fn case_expression(received: &str, number: &str) -> String {
    format!(
        "(lpad(to_hex(({received} * 1000)::bigint), 12, '0') || '{CASE:04x}' || encode(int8send(({number})::bigint), 'hex'))::uuid"
    )
}

/// The order of a case whose only one it is.
fn order(case: i64) -> Uuid {
    uuid(Tag::Part, case * PER_CASE)
}

/// Begins a session of somebody, for a token of theirs.
///
/// # Panics
/// When the database refuses it.
pub async fn session(db: &DatabaseConnection, account: Uuid, organization: Uuid, now: DateTime<Utc>) -> Uuid {
    let id = Uuid::from_u128(account.as_u128() | 0xFF << 72);
    let row = session::Model {
        id,
        organization_id: organization,
        account_id: account,
        device_name: None,
        epoch: 0,
        second_factor_passed: true,
        began_at: now,
        last_used_at: now,
        ends_at: now + TimeDelta::days(100),
        ended_at: None,
        end_reason: None,
    };
    row.into_active_model().insert(db).await.unwrap();
    id
}

/// Fills the world's database; the newest case is received at `newest`.
///
/// # Panics
/// When the database refuses a row.
pub async fn fill(world: &World, size: Size, newest: DateTime<Utc>) -> Seeded {
    fill_history(world, size, newest, History::of(size.cases)).await
}

/// The same with a history of a length.
///
/// # Panics
/// When the database refuses a row.
pub async fn fill_history(world: &World, size: Size, newest: DateTime<Utc>, history: History) -> Seeded {
    assert_eq!(size.sites % size.organizations, 0, "each organization has as many sites");
    let samples = Samples::make(world).await;
    let kinds = categories(world).await;
    let db = &world.app.db;
    relay::catch_up(&world.app).await.unwrap();
    let mut copier = Copier::new(world, size, newest, history);
    copier.series(size.cases.max(size.sites * size.homes)).await;
    let setup = copier.set_up(world).await;
    let indexes = copier.unburden().await;
    copier.cases(&samples, &About::of(world, &setup, &kinds)).await;
    copier.burden(&indexes).await;
    copier.figures(world).await;
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("VACUUM ANALYZE").await.unwrap();
    } else {
        db.execute_unprepared("ANALYZE").await.unwrap();
    }
    let town = |name: &str| world.town.id(name);
    Seeded {
        size,
        history,
        newest,
        setup,
        technician: town("technician"),
        agent: town("agent"),
        office_head: town("office head"),
        water: town("WATER"),
        received_share: (0, 3),
    }
}

/// Gives the town more categories; each with the name of its department.
async fn categories(world: &World) -> Vec<(Uuid, &'static str)> {
    let water = category::Entity::find_by_id(world.town.id("WATER")).one(&world.app.db).await.unwrap().unwrap();
    let mut made = vec![(water.id, "engineering")];
    for (kind, department, count) in CATEGORIES {
        for number in 1..=count {
            let id = world.app.dice.id(world.now());
            let name = format!("{department} {number}");
            let row = category::Model {
                id,
                code: name.to_uppercase().replace(' ', "_"),
                name_zh: name.clone(),
                name_en: name,
                department: kind,
                ..water.clone()
            };
            row.into_active_model().insert(&world.app.db).await.unwrap();
            made.push((id, department));
        }
    }
    made
}

/// What a case is about, as expressions of its number: the place of its category in the set-up of its site, and that of the
/// department that has it.
struct About {
    water: Uuid,
    engineering: Uuid,
    /// Of cases that are ended: any category.
    ended: (String, String),
    /// Of those that are open: one of engineering, whose technicians have the orders.
    open: (String, String),
}

impl About {
    fn of(world: &World, places: &HashMap<Uuid, i64>, kinds: &[(Uuid, &'static str)]) -> Self {
        let of_all = |kinds: &[(Uuid, &'static str)]| {
            let pick = |place: &dyn Fn(&(Uuid, &'static str)) -> i64| {
                let cases = kinds.iter().enumerate().map(|(nth, kind)| format!("WHEN {nth} THEN {}", place(kind)));
                format!("CASE (n * 7 / 3) % {} {} END", kinds.len(), cases.collect::<Vec<_>>().join(" "))
            };
            (pick(&|(id, _)| places[id]), pick(&|(_, department)| places[&world.town.id(department)]))
        };
        let engineering: Vec<_> =
            kinds.iter().filter(|(_, department)| *department == "engineering").copied().collect();
        Self {
            water: world.town.id("WATER"),
            engineering: world.town.id("engineering"),
            ended: of_all(kinds),
            open: of_all(&engineering),
        }
    }
}

/// Cases in typical states.
struct Samples {
    /// Received, and nobody has done anything.
    received: Uuid,
    /// A technician has the order.
    assigned: Uuid,
    /// Resolved, the follow-up is owed.
    resolved: Uuid,
    /// Followed up.
    followed_up: Uuid,
}

impl Samples {
    async fn make(world: &World) -> Self {
        // None of them repeats another: that would make it more serious.
        let policy = json!({ "siteId": world.id("Site", "site"), "expectedVersion": 0, "repeatWindowDays": 7 });
        world.act("office head", "changeAttentionPolicy", policy).await;
        let forget = || world.pass(TimeDelta::days(8));
        forget();
        let received = Box::pin(world.dripping_tap()).await;
        forget();
        let assigned = Box::pin(world.dripping_tap()).await;
        let order = Box::pin(world.issued(&assigned)).await;
        Box::pin(world.to_technician(&order)).await;
        forget();
        let resolved = Box::pin(world.resolved()).await;
        forget();
        let followed_up = Box::pin(world.resolved()).await;
        let follow_up = Box::pin(world.open_follow_up(&followed_up)).await;
        let said = world.call("SATISFIED");
        Box::pin(world.on_follow_up("supervisor", "finishFollowUp", &follow_up, said)).await;
        Self {
            received: row_id(&received),
            assigned: row_id(&assigned),
            resolved: row_id(&resolved),
            followed_up: row_id(&followed_up),
        }
    }
}

/// Copies rows by statements of the database: one for each sample row.
struct Copier<'a> {
    db: &'a DatabaseConnection,
    size: Size,
    history: History,
    newest: DateTime<Utc>,
    /// What stands in place of each id of the town, as an expression of `n`.
    ids: HashMap<Uuid, String>,
}

impl<'a> Copier<'a> {
    fn new(world: &'a World, size: Size, newest: DateTime<Utc>, history: History) -> Self {
        let mut copier = Self { db: &world.app.db, size, newest, history, ids: HashMap::new() };
        // No department stands as this in figures.
        let none = if copier.postgres() { "'00000000-0000-0000-0000-000000000000'::uuid" } else { "zeroblob(16)" };
        copier.ids.insert(Uuid::nil(), none.to_owned());
        copier
    }

    fn postgres(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    /// Numbers from 0, to select from.
    async fn series(&self, count: i64) {
        self.db.execute_unprepared("CREATE TABLE seed_series (n bigint PRIMARY KEY)").await.unwrap();
        let fill = if self.postgres() {
            format!("INSERT INTO seed_series SELECT generate_series(0, {})", count - 1)
        } else {
            format!(
                "INSERT INTO seed_series WITH RECURSIVE t(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM t WHERE n < {}) \
                 SELECT n FROM t",
                count - 1
            )
        };
        self.db.execute_unprepared(&fill).await.unwrap();
    }

    /// The id of a row by the number in an expression.
    fn id(&self, tag: Tag, number: &str) -> String {
        let (first, tag) = (first(tag), tag as u8);
        if self.postgres() {
            format!("('01000000000000{tag:02x}' || encode(int8send({first} + ({number})::bigint), 'hex'))::uuid")
        } else {
            format!("unhex('01000000000000{tag:02x}' || printf('%016x', {first} + ({number})))")
        }
    }

    /// When a case was received, in seconds since 1970.
    fn received(&self, number: &str) -> String {
        self.history.received(self.newest, number, self.size.cases)
    }

    /// The id of a case, which begins with when it was received.
    fn case_id(&self, number: &str) -> String {
        let received = self.received(number);
        if self.postgres() {
            case_expression(&received, number)
        } else {
            format!("unhex(printf('%012x', {received} * 1000) || '{CASE:04x}' || printf('%016x', {number}))")
        }
    }

    fn digits(&self, number: &str, width: u8) -> String {
        if self.postgres() {
            format!("lpad(({number})::text, {width}, '0')")
        } else {
            format!("printf('%0{width}d', {number})")
        }
    }

    /// A moment, in seconds since 1970, as the column keeps it.
    fn moment(&self, seconds: &str) -> String {
        if self.postgres() {
            format!("to_timestamp({seconds})")
        } else {
            format!("strftime('%Y-%m-%dT%H:%M:%S', {seconds}, 'unixepoch') || '+00:00'")
        }
    }

    /// The first day of a moment's month in Shanghai, as the column keeps it.
    fn month(&self, seconds: &str) -> String {
        if self.postgres() {
            format!("date_trunc('month', to_timestamp({seconds}) AT TIME ZONE 'Asia/Shanghai')::date")
        } else {
            format!("strftime('%Y-%m-01', {seconds} + 28800, 'unixepoch')")
        }
    }

    /// Copies a row for every number that fits: columns that are given, ids and times of its case as they are mapped, and
    /// the rest as it is in the sample.
    async fn copy<M>(
        &self,
        row: M,
        given: &[(<M::Entity as EntityTrait>::Column, String)],
        times: Option<i64>,
        of: &str,
    ) where
        M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
        <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity>,
    {
        let mut statement = InsertStatement::new();
        let mut select = Query::select();
        let mut columns = Vec::new();
        for column in <M::Entity as EntityTrait>::Column::iter() {
            let said = given
                .iter()
                .find(|(named, _)| named.as_str() == column.as_str())
                .map(|(_, text)| Expr::cust(text.clone()));
            let value = row.get(column);
            let expression = said.unwrap_or_else(|| match &value {
                Value::Uuid(Some(id)) => {
                    let mapped = self.ids.get(id);
                    Expr::cust(mapped.unwrap_or_else(|| panic!("{column:?} names {id}, which is not copied")).clone())
                }
                Value::ChronoDateTimeUtc(Some(at)) if times.is_some() => {
                    let later = at.timestamp() - times.unwrap_or_default();
                    Expr::cust(self.moment(&format!("{} + {later}", self.received("n"))))
                }
                _ => column.save_as(Expr::value(value)),
            });
            columns.push(column);
            select.expr(expression);
        }
        select.from("seed_series").and_where(Expr::cust(of.to_owned()));
        statement.into_table(<M::Entity as Default>::default()).columns(columns);
        // Of cases there are many: two sessions take half of them each.
        let halves: &[&str] = if self.postgres() && times.is_some() { &["n % 2 = 0", "n % 2 = 1"] } else { &["1 = 1"] };
        let statements = halves.iter().map(|half| {
            let half = select.clone().and_where(Expr::cust(*half)).to_owned();
            statement.clone().select_from(half).unwrap().to_owned()
        });
        join_all(statements.map(|statement| async move { self.db.execute(&statement).await.unwrap() })).await;
    }

    /// Organizations, sites with all that belongs to them, homes and residents; the place of each row of the town in a
    /// site's set-up.
    async fn set_up(&mut self, world: &World) -> HashMap<Uuid, i64> {
        let (size, town) = (self.size, world.town.id("company"));
        let site_row = site::Entity::find_by_id(world.town.id("site")).one(self.db).await.unwrap().unwrap();
        let home = unit::Entity::find_by_id(world.town.id("home")).one(self.db).await.unwrap().unwrap();
        let row = organization::Entity::find_by_id(town).one(self.db).await.unwrap().unwrap();
        self.ids.insert(town, self.id(Tag::Organization, "n"));
        let of = format!("n < {}", size.organizations);
        let code = format!("'SEED' || {}", self.digits("n", 3));
        self.copy(row, &[(organization::Column::Code, code)], None, &of).await;
        let positions = (size.cases / size.organizations + size.sites + 2) * PER_CASE;
        let stream = event_stream::Entity::find_by_id(town).one(self.db).await.unwrap().unwrap();
        self.copy(stream, &[(event_stream::Column::Position, positions.to_string())], None, &of).await;
        // From here on a site's number says what belongs to it.
        let belongs = |copier: &mut Self, number: &str| {
            let organization = copier.id(Tag::Organization, &format!("(({number}) % {})", size.organizations));
            copier.ids.insert(town, organization);
            let of_site = copier.id(Tag::Site, number);
            copier.ids.insert(site_row.id, of_site);
        };
        belongs(self, "n");
        let of = format!("n < {}", size.sites);
        let code = format!("'S' || {}", self.digits("n", 4));
        self.copy(site_row.clone(), &[(site::Column::Code, code)], None, &of).await;
        let mut places = HashMap::new();
        let setup = |copier: &mut Self, places: &mut HashMap<Uuid, i64>, id: Uuid, number: &str| {
            let next = i64::try_from(places.len()).unwrap();
            let place = *places.entry(id).or_insert(next);
            let mapped = copier.id(Tag::Setup, &format!("({number}) * {PER_SITE} + {place}"));
            copier.ids.insert(id, mapped);
            place
        };
        macro_rules! of_the_site {
            ($entity:ident) => {
                for row in $entity::Entity::find()
                    .filter($entity::Column::SiteId.eq(site_row.id))
                    .order_by_asc($entity::Column::Id)
                    .all(self.db)
                    .await
                    .unwrap()
                {
                    setup(self, &mut places, row.id, "n");
                    self.copy(row, &[], None, &of).await;
                }
            };
        }
        of_the_site!(department);
        of_the_site!(team);
        of_the_site!(category);
        of_the_site!(building);
        let grants = role_grant::Entity::find().filter(role_grant::Column::OrganizationId.eq(town));
        for grant in grants.order_by_asc(role_grant::Column::Id).all(self.db).await.unwrap() {
            let person = account::Entity::find_by_id(grant.account_id).one(self.db).await.unwrap().unwrap();
            let place = setup(self, &mut places, person.id, "n");
            let phone = format!("'13' || {}", self.digits(&format!("n * {PER_SITE} + {place}"), 9));
            self.copy(person, &[(account::Column::Phone, phone)], None, &of).await;
            setup(self, &mut places, grant.id, "n");
            self.copy(grant, &[], None, &of).await;
        }
        let lived = residency::Entity::find().filter(residency::Column::AccountId.eq(world.town.id("owner")));
        let lived = lived.one(self.db).await.unwrap().unwrap();
        let owner = account::Entity::find_by_id(lived.account_id).one(self.db).await.unwrap().unwrap();
        assert_eq!(owner.state, AccountState::Active);
        let number = format!("(n / {})", size.homes);
        belongs(self, &number);
        for id in places.clone().into_keys() {
            setup(self, &mut places, id, &number);
        }
        self.ids.insert(home.id, self.id(Tag::Home, "n"));
        self.ids.insert(owner.id, self.id(Tag::Resident, "n"));
        self.ids.insert(lived.id, self.id(Tag::Residency, "n"));
        let of = format!("n < {}", size.sites * size.homes);
        let name = self.digits(&format!("n % {}", size.homes), 4);
        self.copy(home.clone(), &[(unit::Column::Name, name)], None, &of).await;
        let phone = format!("'15' || {}", self.digits("n", 9));
        self.copy(owner.clone(), &[(account::Column::Phone, phone)], None, &of).await;
        self.copy(lived, &[], None, &of).await;
        // And from here on a case's number says at which site and home it is.
        let number = format!("(n % {})", size.sites);
        belongs(self, &number);
        for id in places.clone().into_keys() {
            setup(self, &mut places, id, &number);
        }
        let at_home = format!("{number} * {0} + (n / {1}) % {0}", size.homes, size.sites);
        self.ids.insert(home.id, self.id(Tag::Home, &at_home));
        self.ids.insert(owner.id, self.id(Tag::Resident, &at_home));
        places
    }

    /// Makes ready for many cases: what is copied refers to what is there, so nothing is looked up again for each row, and
    /// an index is made faster once the rows are there. What makes these indexes again.
    async fn unburden(&self) -> Vec<String> {
        let mut indexes = Vec::new();
        if self.postgres() {
            for table in TABLES {
                self.db.execute_unprepared(&format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).await.unwrap();
                let plain = format!(
                    "SELECT indexdef::text, indexname::text FROM pg_indexes WHERE tablename = '{table}' AND schemaname = 'public' \
                     AND indexname NOT IN (SELECT conname FROM pg_constraint)"
                );
                for row in self.db.query_all_raw(Statement::from_string(DbBackend::Postgres, plain)).await.unwrap() {
                    indexes.push(row.try_get_by_index(0).unwrap());
                    let name: String = row.try_get_by_index(1).unwrap();
                    self.db.execute_unprepared(&format!("DROP INDEX {name}")).await.unwrap();
                }
            }
        }
        indexes
    }

    /// Makes everything again that was left out.
    async fn burden(&self, indexes: &[String]) {
        // Two at a time.
        stream::iter(indexes)
            .for_each_concurrent(2, |index| async move {
                self.db.execute_unprepared(index).await.unwrap();
            })
            .await;
        for table in if self.postgres() { &TABLES[..] } else { &[] } {
            self.db.execute_unprepared(&format!("ALTER TABLE {table} ENABLE TRIGGER ALL")).await.unwrap();
        }
    }

    async fn cases(&mut self, samples: &Samples, about: &About) {
        let cases = self.size.cases;
        let open = cases - self.history.open;
        let resolved = open - self.history.owed;
        for (sample, what, of) in [
            (samples.received, &about.open, format!("n >= {open} AND n < {cases} AND n % 3 = 0")),
            (samples.assigned, &about.open, format!("n >= {open} AND n < {cases} AND n % 3 <> 0")),
            (samples.resolved, &about.ended, format!("n >= {resolved} AND n < {open}")),
            (samples.followed_up, &about.ended, format!("n < {resolved}")),
        ] {
            let site = format!("(n % {}) * {PER_SITE}", self.size.sites);
            for (named, place) in [(about.water, &what.0), (about.engineering, &what.1)] {
                let mapped = self.id(Tag::Setup, &format!("{site} + {place}"));
                self.ids.insert(named, mapped);
            }
            self.case(sample, &of).await;
        }
    }

    async fn case(&mut self, sample: Uuid, of: &str) {
        let row = complaint::Entity::find_by_id(sample).one(self.db).await.unwrap().unwrap();
        let received = Some(row.received_at.timestamp());
        self.ids.insert(sample, self.case_id("n"));
        let number = format!("'S' || {}", self.digits("n", 9));
        let due =
            row.due_at.map(|_| (complaint::Column::DueAt, self.moment(&format!("{} + n", self.newest.timestamp()))));
        let given: Vec<_> = [(complaint::Column::Number, number)].into_iter().chain(due).collect();
        self.copy(row, &given, received, of).await;
        let mut place = 0;
        macro_rules! parts {
            ($entity:ident by $order:ident, $given:expr) => {
                for row in $entity::Entity::find()
                    .filter($entity::Column::ComplaintId.eq(sample))
                    .order_by_asc($entity::Column::$order)
                    .all(self.db)
                    .await
                    .unwrap()
                {
                    self.ids.insert(row.id, self.id(Tag::Part, &format!("n * {PER_CASE} + {place}")));
                    let given: Vec<($entity::Column, String)> = $given(&*self, &row, place);
                    self.copy(row, &given, received, of).await;
                    place += 1;
                }
            };
        }
        // First, so that the order of a case is known by its number.
        parts!(work_order by Id, |copier: &Self, _: &work_order::Model, place| {
            vec![(work_order::Column::Number, format!("'W{place}S' || {}", copier.digits("n", 9))),
                 (work_order::Column::SignatureId, "NULL".to_owned())]
        });
        parts!(follow_up by Id, |_: &Self, _: &follow_up::Model, _| {
            vec![(follow_up::Column::SignatureId, "NULL".to_owned())]
        });
        parts!(complaint_item by Ordinal, |_: &Self, _: &complaint_item::Model, _| Vec::new());
        parts!(clock by Id, |copier: &Self, row: &clock::Model, _| {
            // What is open falls due after the benchmark.
            let later = copier.moment(&format!("{} + 8640000 + n", copier.newest.timestamp()));
            let next = if row.next_at.is_some() { later } else { "NULL".to_owned() };
            vec![(clock::Column::NextAt, next)]
        });
        let counted = case_figure::Entity::find_by_id(sample).one(self.db).await.unwrap().unwrap();
        let month = self.month(&self.received("n"));
        self.copy(counted, &[(case_figure::Column::Month, month)], None, of).await;
        let first = place;
        parts!(event by Position, |copier: &Self, _: &event::Model, place| {
            let (sites, organizations) = (copier.size.sites, copier.size.organizations);
            let nth = format!("((n / {sites}) * {} + (n % {sites}) / {organizations})", sites / organizations);
            vec![(event::Column::Position, format!("{nth} * {PER_CASE} + {}", place - first + 1)),
                 (event::Column::ActorAccountId, "NULL".to_owned()),
                 (event::Column::Data, format!("'{}'", json!({})))]
        });
        assert!(place < PER_CASE, "a sample has more rows than its ids have room for");
        let orders = Query::select()
            .column(work_order::Column::Id)
            .from(work_order::Entity)
            .and_where(work_order::Column::ComplaintId.eq(sample))
            .to_owned();
        let copies = work_order_copy::Entity::find().filter(work_order_copy::Column::WorkOrderId.in_subquery(orders));
        for row in copies.all(self.db).await.unwrap() {
            self.copy(row, &[], received, of).await;
        }
    }

    /// The sums of what the cases count as, as the program itself makes them.
    async fn figures(&self, world: &World) {
        let begun = "INSERT INTO figure_cursor (organization_id, position) \
                     SELECT organization_id, position FROM event_stream WHERE true ON CONFLICT DO NOTHING";
        self.db.execute_unprepared(begun).await.unwrap();
        for organization in 0..self.size.organizations {
            let organization = uuid(Tag::Organization, organization);
            assert!(recount::repair(&world.app, organization, &Found::default()).await.unwrap());
        }
    }
}
