//! A large register for measuring: very many cases of a town, written directly and the same every time.
//!
//! Sites, units and customers are made up by counting; words are put together from a list of places and troubles, so that
//! some pairs of letters are in every fifth case and some in a handful. Cases are received evenly over two years, the last one
//! now; their ids are of their time, as the server's are.

use chrono::{DateTime, TimeDelta, Utc};
use domain::organization::SiteKind;
use domain::search::Document;
use entity::{building, category, complaint, complaint_term, site, unit};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::World;

/// How many rows one statement writes: SQLite and PostgreSQL take some 32,000 values in one.
const PART: usize = 500;
/// How many units a seeded site has.
pub const UNITS: usize = 400;
/// Over how long the cases are spread.
const DAYS: i64 = 730;

const PLACES: [&str; 12] = [
    "电梯厅",
    "地下车库",
    "楼道",
    "单元门口",
    "南门岗",
    "儿童乐园",
    "中心广场",
    "卫生间",
    "厨房",
    "阳台",
    "主卧",
    "消防通道",
];
const THINGS: [&str; 20] = [
    "水龙头",
    "天花板",
    "路灯",
    "门禁",
    "道闸",
    "垃圾桶",
    "下水道",
    "电梯",
    "楼道灯",
    "空调外机",
    "消防栓",
    "草坪",
    "信箱",
    "滑梯",
    "井盖",
    "外墙瓷砖",
    "插座",
    "马桶",
    "水管",
    "窗户",
];
const TROUBLES: [&str; 16] = [
    "漏水",
    "不亮",
    "有异响",
    "坏了没人修",
    "气味很大",
    "堵了",
    "松动",
    "打不开",
    "脏得很",
    "被占用",
    "掉下来",
    "发霉",
    "生锈",
    "一直响",
    "关不上",
    "不见了",
];
const RARE: [&str; 8] = ["鹦鹉", "钢琴", "蜂巢", "鸽子", "无人机", "烟花", "麻将", "泳池"];
const NAMES: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"];

/// What was written.
pub struct Seeded {
    /// The sites, of the town's company.
    pub sites: Vec<Uuid>,
    /// A unit of the first site, and one of its categories, to report something of.
    pub unit: Uuid,
    /// One of the categories of the first site.
    pub category: Uuid,
    /// How many cases.
    pub cases: usize,
}

/// Scatters a number, the same every time.
fn scatter(number: usize) -> usize {
    let mixed = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    usize::try_from(mixed).unwrap_or(0)
}

fn pick<T: Copy>(list: &[T], number: usize) -> T {
    list[scatter(number) % list.len()]
}

/// An id of a moment, told apart by a number.
fn id(moment: DateTime<Utc>, number: usize) -> Uuid {
    let millis = u128::try_from(moment.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128((millis << 80) | (0x7 << 76) | (0x8 << 60) | number as u128)
}

/// What the case of a number says.
#[must_use]
pub fn words(number: usize) -> String {
    let text = format!("{}{}{}", pick(&PLACES, number), pick(&THINGS, number + 1), pick(&TROUBLES, number + 2));
    if number.is_multiple_of(5_000) {
        return format!("{text},还有{}", pick(&RARE, number + 3));
    }
    let more = format!("{}也{}", pick(&THINGS, number + 4), pick(&TROUBLES, number + 5));
    format!("{text},{more},希望尽快处理")
}

/// Writes so many cases at so many sites of the town's company. A case of the town must be there to be copied.
///
/// # Panics
/// When the database refuses a row.
pub async fn seed(world: &World, cases: usize, sites: usize) -> Seeded {
    let db = &world.app.db;
    let like = complaint::Entity::find().one(db).await.unwrap().expect("a case to copy");
    let town = site::Entity::find_by_id(like.site_id).one(db).await.unwrap().unwrap();
    let kind = category::Entity::find_by_id(like.category_id).one(db).await.unwrap().unwrap();
    let (begin, now) = (world.now() - TimeDelta::days(DAYS), world.now());
    let mut places = Vec::new();
    for number in 0..sites {
        places.push(one_site(db, &town, &kind, begin, number).await);
    }
    let step = (now - begin) / i32::try_from(cases.max(1)).unwrap();
    for from in (0..cases).step_by(PART) {
        let rows: Vec<complaint::Model> = (from..cases.min(from + PART))
            .map(|number| {
                case(&like, &places[scatter(number + 7) % sites], begin + step * i32::try_from(number).unwrap(), number)
            })
            .collect();
        write_terms(db, &rows).await;
    }
    let Place { unit, category, .. } = places[0];
    Seeded { sites: places.iter().map(|place| place.site).collect(), unit, category, cases }
}

#[derive(Clone, Copy)]
struct Place {
    site: Uuid,
    unit: Uuid,
    category: Uuid,
}

async fn one_site(
    db: &impl ConnectionTrait,
    town: &site::Model,
    kind: &category::Model,
    begin: DateTime<Utc>,
    number: usize,
) -> Place {
    let key = |what: usize| id(begin - TimeDelta::days(1), (number + 1) * 1_000_000 + what);
    let site = site::Model { id: key(0), code: format!("B{number:03}"), kind: SiteKind::Residential, ..town.clone() };
    let site_id = site.id;
    site.into_active_model().insert(db).await.unwrap();
    let category = category::Model { id: key(1), site_id, parent_id: None, ..kind.clone() };
    let category_id = category.id;
    category.into_active_model().insert(db).await.unwrap();
    let house = building::Model {
        id: key(2),
        organization_id: town.organization_id,
        site_id,
        name: "1栋".into(),
        walk_order: None,
        version: 1,
        retired_at: None,
    };
    let building_id = house.id;
    house.into_active_model().insert(db).await.unwrap();
    let units = (0..UNITS).map(|unit| unit::Model {
        id: key(1_000 + unit),
        organization_id: town.organization_id,
        site_id,
        building_id,
        name: format!("{}", 100 + unit),
        version: 1,
        retired_at: None,
    });
    unit::Entity::insert_many(units.map(IntoActiveModel::into_active_model)).exec_without_returning(db).await.unwrap();
    Place { site: site_id, unit: key(1_000), category: category_id }
}

fn case(like: &complaint::Model, place: &Place, received_at: DateTime<Utc>, number: usize) -> complaint::Model {
    let unit = Uuid::from_u128(place.unit.as_u128() + (scatter(number + 11) % UNITS) as u128);
    complaint::Model {
        id: id(received_at, number),
        site_id: place.site,
        number: format!("B-{}-{number:07}", received_at.format("%Y")),
        category_id: place.category,
        customer_account_id: None,
        unit_id: Some(unit),
        contact_name: Some(format!("{}先生{}", pick(&NAMES, number), number % 1_000)),
        contact_phone: Some(format!("139{:08}", scatter(number) % 100_000_000)),
        place: pick(&PLACES, number).to_owned(),
        description: words(number),
        received_at,
        due_at: None,
        ..like.clone()
    }
}

async fn write_terms(db: &impl ConnectionTrait, cases: &[complaint::Model]) {
    let rows = cases.iter().cloned().map(IntoActiveModel::into_active_model);
    complaint::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
    let terms = cases.iter().map(|row| {
        let document = Document {
            organization: row.organization_id,
            site: row.site_id,
            number: &row.number,
            place: &row.place,
            name: row.contact_name.as_deref(),
            phone: row.contact_phone.as_deref(),
            text: &row.description,
        };
        (row, document.terms())
    });
    if db.get_database_backend() == DbBackend::Postgres {
        let insert = api::search::index::one_row_each(terms.map(|(row, terms)| (row.id, row.site_id, terms)));
        db.execute(&insert.unwrap()).await.unwrap();
        return;
    }
    let rows: Vec<_> = terms
        .flat_map(|(row, terms)| {
            terms.into_iter().map(|term| complaint_term::Model { complaint_id: row.id, term, site_id: row.site_id })
        })
        .map(IntoActiveModel::into_active_model)
        .collect();
    for some in rows.chunks(PART * 10) {
        complaint_term::Entity::insert_many(some.to_vec()).exec_without_returning(db).await.unwrap();
    }
}
