//! What the tables hold: a history of cases with all that belongs to them, short or long.
//!
//! A longer history is one of more time, at the same sites: as many cases in a month, as many open, as many for each home.
//! That is how a register grows, and what stands far back in it is where a walk from its newest end becomes long.

use api::event::query::cursor;
use chrono::{DateTime, TimeDelta, Utc};
use domain::search::Document;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::World;
use tests::seed::{History, Seeded, Size, fill_history};
use uuid::Uuid;

/// Sites, over two organizations.
const SITES: i64 = 8;
/// How far apart two cases are, in seconds: four a day at each site.
const APART: i64 = 2_700;
/// Cases that are open, and before those whose follow-up is owed.
const OPEN: i64 = 240;
const OWED: i64 = 400;
/// Cases of a home.
const OF_A_HOME: i64 = 20;
/// Words that one case in twenty has.
pub const RARE: &str = "稀有";
/// Words that every case has.
pub const COMMON: &str = "水龙头";
/// The beginning of the name in these cases.
pub const NAME: &str = "欧阳";
/// A running number that one case at all sites has.
pub const NUMBER: &str = "11";

/// The seeded cases.
const SEEDED: &str = "c.number LIKE 'S-______'";
/// The number of a seeded case, and of its place among those of its site.
const NTH: &str = "CAST(substr(c.number, 3) AS INTEGER)";

/// A history that has been filled in, and its town at one of the sites.
pub struct Past {
    /// A moment soon after the oldest case.
    pub early: DateTime<Utc>,
    /// The cursor of an event soon after the first.
    pub cursor: String,
    /// Cases.
    pub cases: i64,
}

/// Fills in so many cases, and moves the world to the first site.
pub async fn fill(world: &mut World, cases: i64) -> Past {
    // The samples take a month.
    let newest = world.now() + TimeDelta::days(33);
    let size = Size { organizations: 2, sites: SITES, homes: cases / SITES / OF_A_HOME, cases };
    let history = History { seconds: cases * APART, open: OPEN, owed: OWED };
    let seeded: Seeded = Box::pin(fill_history(world, size, newest, history)).await;
    world.pass(newest - world.now());
    world.town = seeded.town(&world.town, 0);
    let db = &world.app.db;
    run(db, "UPDATE complaint SET number = 'S-' || substr(number, 5) WHERE number LIKE 'S_________'").await;
    let named = format!("UPDATE complaint AS c SET contact_name = '{NAME}修' WHERE {SEEDED} AND {}", every(20, 3));
    run(db, &named).await;
    terms(db).await;
    told(db).await;
    Past { early: newest - TimeDelta::seconds(cases * APART * 19 / 20), cursor: cursor(100), cases }
}

/// Of each site's seeded cases the same share.
fn every(share: usize, which: usize) -> String {
    format!("({NTH} / {SITES}) % {share} = {which}")
}

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn document<'a>(name: &'a str, text: &'a str) -> Document<'a> {
    let (organization, site) = (Uuid::nil(), Uuid::nil());
    Document { organization, site, number: "", place: "1203", name: Some(name), phone: None, text }
}

/// The terms under which the seeded cases are found.
async fn terms(db: &DatabaseConnection) {
    let all = document("owner", "厨房水龙头滴水").terms();
    let rare = document(&format!("{NAME}修"), RARE).terms();
    let of_all = all.iter().filter(|term| !term.starts_with('!'));
    let of_rare: Vec<&String> = rare.difference(&all).collect();
    if db.get_database_backend() == DbBackend::Postgres {
        let list = |terms: Vec<&String>| terms.iter().map(|term| format!("'{term}'")).collect::<Vec<_>>().join(", ");
        let place = |column: &str| format!("'!' || right(replace(c.{column}::text, '-', ''), 12)");
        let time = |format: &str| format!("'^' || to_char(c.received_at AT TIME ZONE 'UTC', '{format}')");
        let sql = format!(
            "INSERT INTO complaint_text (complaint_id, site_id, terms) SELECT c.id, c.site_id, array_to_tsvector( \
             ARRAY[{}, '=' || {NTH}, {}, {}, {}, {}] || CASE WHEN {} THEN ARRAY[{}] ELSE ARRAY[]::text[] END) \
             FROM complaint c WHERE {SEEDED}",
            list(of_all.collect()),
            place("organization_id"),
            place("site_id"),
            time("YYYYMM"),
            time("YYYY"),
            every(20, 3),
            list(of_rare),
        );
        return run(db, &sql).await;
    }
    let quoted = |term: &String| (format!("'{term}'"), "1 = 1".to_owned());
    let mut rows: Vec<(String, String)> = of_all.map(quoted).collect();
    rows.extend(of_rare.into_iter().map(|term| (format!("'{term}'"), every(20, 3))));
    rows.push((format!("'=' || {NTH}"), "1 = 1".to_owned()));
    let place = |column: &str| (format!("'!' || lower(substr(hex(c.{column}), 21))"), "1 = 1".to_owned());
    rows.extend(["organization_id", "site_id"].map(place));
    for (term, which) in rows {
        let sql = format!(
            "INSERT INTO complaint_term (complaint_id, term, site_id) SELECT c.id, {term}, c.site_id FROM complaint c \
             WHERE {SEEDED} AND {which}"
        );
        run(db, &sql).await;
    }
}

/// Each owner was told of each case, and has read it.
async fn told(db: &DatabaseConnection) {
    let sql = "INSERT INTO notice (account_id, position, organization_id, event_id, complaint_id, read_at) \
               SELECT e.owner_account_id, e.position, e.organization_id, e.id, e.complaint_id, e.occurred_at FROM event e \
               JOIN complaint c ON c.id = e.complaint_id WHERE e.kind = 'COMPLAINT_RECEIVED' AND c.number LIKE 'S-______'";
    run(db, sql).await;
}

/// Tables that the seeding leaves empty: a row for each case, made of one that was made at the site.
const FURTHER: [&str; 5] = ["undertaking", "quote", "opinion", "hotline_call", "alarm"];

/// In which states and of which kinds what is over is, each as often as the others. What is open stands in the newest cases
/// alone, and of a state that none of them is in there is nothing at all.
const SHARES: &[(&str, &str, &[&str])] = &[
    ("complaint", "state", &["FOLLOWED_UP", "ARCHIVED", "MERGED"]),
    ("follow_up", "state", &["FINISHED", "INSPECTED", "SIGNED", "CANCELLED"]),
    ("work_order", "state", &["SIGNED", "CLOSED", "CANCELLED"]),
    ("quote", "state", &["ACCEPTED", "DECLINED", "EXPIRED", "REVISED"]),
    ("opinion", "state", &["ANSWERED", "TURNED", "ARCHIVED"]),
    ("opinion", "channel", &["APP", "PHONE", "COUNTER", "BOOK", "LETTER_BOX", "EMAIL", "FOLLOW_UP"]),
    ("undertaking", "state", &["REFUSED", "DECLINED", "DONE", "CONFIRMED", "CANCELLED"]),
    ("undertaking", "kind", &["COMMITMENT", "REMEDY", "TASK", "REFERRAL", "CORRECTIVE_ACTION", "PREVENTIVE_ACTION"]),
    ("hotline_call", "handling", &["ANSWERED", "OPINION", "KNOWN_CASE", "PUT_THROUGH", "CALL_BACK", "NOTHING"]),
    ("alarm", "state", &["ANSWERED", "OVER"]),
];

/// Fills these, and says how what is over has ended.
pub async fn further(world: &World, past: &Past) {
    let db = &world.app.db;
    for (nth, table) in FURTHER.iter().enumerate() {
        copy(db, table, nth).await;
    }
    let over = past.cases - OPEN - OWED;
    for (table, column, values) in SHARES {
        let case = if *table == "complaint" { "id" } else { "complaint_id" };
        for (nth, value) in values.iter().enumerate() {
            let which = every(values.len(), nth);
            let cases = format!("SELECT c.id FROM complaint c WHERE {SEEDED} AND {NTH} < {over} AND {which}");
            run(db, &format!("UPDATE {table} SET {column} = '{value}' WHERE {case} IN ({cases})")).await;
        }
    }
    for (set, which) in [("planned_for = opened_at", 5), ("drawn = true", 7), ("drawn = false", 9)] {
        let cases = format!("SELECT c.id FROM complaint c WHERE {SEEDED} AND {}", every(20, which));
        run(db, &format!("UPDATE follow_up SET {set} WHERE complaint_id IN ({cases})")).await;
    }
    if db.get_database_backend() == DbBackend::Postgres {
        run(db, "VACUUM ANALYZE").await;
    } else {
        // The program never gathers statistics, and plans without them.
        run(db, "DROP TABLE IF EXISTS sqlite_stat4; DROP TABLE IF EXISTS sqlite_stat1").await;
    }
}

/// The columns of a table.
async fn columns(db: &DatabaseConnection, table: &str) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        _ => format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'"),
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn copy(db: &DatabaseConnection, table: &str, nth: usize) {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let columns = columns(db, table).await;
    let of_case = ["organization_id", "site_id", "unit_id", "customer_account_id", "owner_account_id", "department_id"];
    let expression = |column: &String| match column.as_str() {
        "id" if postgres => format!("overlay(replace(c.id::text, '-', '') PLACING '71{nth:02x}' FROM 13 FOR 4)::uuid"),
        "id" => format!("unhex(substr(hex(c.id), 1, 12) || '71{nth:02x}' || substr(hex(c.id), 17))"),
        "complaint_id" => "c.id".to_owned(),
        "number" => format!("'{}' || c.number", table[..1].to_uppercase()),
        "account_id" => "c.owner_account_id".to_owned(),
        "next_at" => "NULL".to_owned(),
        "finished_at" => "c.received_at".to_owned(),
        same if of_case.contains(&same) => format!("c.{same}"),
        by if by.ends_with("_by") => format!("CASE WHEN s.{by} IS NULL THEN NULL ELSE c.owner_account_id END"),
        at if at.ends_with("_at") => format!("CASE WHEN s.{at} IS NULL THEN NULL ELSE c.received_at END"),
        other => format!("s.{other}"),
    };
    let expressions: Vec<String> = columns.iter().map(expression).collect();
    let sql = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM complaint c CROSS JOIN (SELECT * FROM {table} LIMIT 1) s WHERE {SEEDED}",
        columns.join(", "),
        expressions.join(", ")
    );
    run(db, &sql).await;
    let count = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
    let count: i64 = db.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert!(count > 1_000, "no row of {table} was made at the site that could be copied");
}
