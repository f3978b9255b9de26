//! What each kind of line is: its columns, what it refers to, and the function that puts it.

use domain::category::Emergency;
use domain::import::{Action, Kind};
use domain::organization::{DepartmentKind, Language, SiteKind};
use domain::refusal::Code;
use entity::{building, category, department, site, team, unit};
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::table::{Column, Line};
use super::words::{day, optional, required, text, whole};
use crate::access::viewer::HOME_ZONE;
use crate::app::act::Act;
use crate::app::error::{Error, Result};
use crate::organization::resident::invitation::Stay;
use crate::organization::resident::residency;
use crate::organization::setup;
use crate::organization::setup::building::BuildingDraft;
use crate::organization::setup::category::CategoryDraft;
use crate::organization::setup::department::DepartmentDraft;
use crate::organization::setup::site::SiteDraft;
use crate::organization::setup::team::TeamDraft;
use crate::organization::setup::unit::UnitDraft;
use crate::organization::staff::account::{self, Person};
use crate::organization::staff::role::{self, Giving};

const fn must(name: &'static str, chinese: &'static str) -> Column {
    Column { name, chinese, required: true }
}

const fn may(name: &'static str, chinese: &'static str) -> Column {
    Column { name, chinese, required: false }
}

const SITE_CODE: Column = must("siteCode", "项目编号");
const DEPARTMENT: Column = must("department", "部门类型");
const PHONE: Column = must("phone", "手机号");
const PERSON: Column = must("name", "姓名");
const FROM: Column = may("from", "开始日期");
const TO: Column = may("to", "结束日期");

/// The columns of a kind of table.
#[must_use]
pub const fn columns(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::Sites => {
            const {
                &[
                    must("code", "项目编号"),
                    must("name", "名称"),
                    must("kind", "类型"),
                    may("timeZone", "时区"),
                    must("hotline", "热线"),
                    must("email", "邮箱"),
                    must("address", "地址"),
                    must("responsiblePerson", "负责人"),
                ]
            }
        }
        Kind::Buildings => const { &[SITE_CODE, must("name", "楼栋"), may("walkOrder", "步行次序")] },
        Kind::Units => const { &[SITE_CODE, must("building", "楼栋"), must("name", "房号")] },
        Kind::Departments => {
            const { &[SITE_CODE, must("kind", "部门类型"), must("name", "名称"), must("phone", "电话")] }
        }
        Kind::Teams => const { &[SITE_CODE, DEPARTMENT, must("name", "班组")] },
        Kind::Categories => {
            const {
                &[
                    SITE_CODE,
                    must("code", "编号"),
                    may("parentCode", "上级编号"),
                    must("nameZh", "中文名"),
                    must("nameEn", "英文名"),
                    DEPARTMENT,
                    may("emergency", "紧急"),
                ]
            }
        }
        Kind::Staff => {
            const {
                &[
                    PHONE,
                    PERSON,
                    may("workPhone", "办公电话"),
                    may("language", "语言"),
                    may("role", "角色"),
                    may("siteCode", "项目编号"),
                    may("department", "部门类型"),
                    may("team", "班组"),
                    FROM,
                    TO,
                ]
            }
        }
        Kind::Residents => {
            const {
                &[
                    SITE_CODE,
                    must("building", "楼栋"),
                    must("unit", "房号"),
                    PHONE,
                    PERSON,
                    must("kind", "居住身份"),
                    FROM,
                    TO,
                ]
            }
        }
    }
}

/// Puts a line: makes what it says, changes what is there, or leaves it as it is.
///
/// # Errors
/// What is wrong with the line, on its column.
pub async fn put(act: &Act<'_>, kind: Kind, line: &Line<'_>) -> Result<Action> {
    put_as(act, kind, line).await.map_err(in_columns)
}

async fn put_as(act: &Act<'_>, kind: Kind, line: &Line<'_>) -> Result<Action> {
    match kind {
        Kind::Sites => setup::put(act, &site(line)?).await,
        Kind::Buildings => {
            let draft = building(act, line).await?;
            setup::put(act, &draft).await
        }
        Kind::Units => {
            let draft = UnitDraft { building_id: building_of(act, line).await?, name: text(line, "name") };
            setup::put(act, &draft).await
        }
        Kind::Departments => {
            let site_id = site_of(act, line).await?;
            let (name, phone) = (text(line, "name"), text(line, "phone"));
            setup::put(act, &DepartmentDraft { site_id, kind: required(line, "kind")?, name, phone }).await
        }
        Kind::Teams => {
            let site = site_of(act, line).await?;
            let department_id = department_at(act, site, required(line, "department")?).await?;
            setup::put(act, &TeamDraft { department_id, name: text(line, "name") }).await
        }
        Kind::Categories => setup::put(act, &category(act, line).await?).await,
        Kind::Staff => staff(act, line).await,
        Kind::Residents => resident(act, line).await,
    }
}

fn site(line: &Line<'_>) -> Result<SiteDraft> {
    Ok(SiteDraft {
        code: text(line, "code"),
        name: text(line, "name"),
        kind: required::<SiteKind>(line, "kind")?,
        time_zone: line.get("timeZone").unwrap_or(HOME_ZONE.name()).to_owned(),
        hotline: text(line, "hotline"),
        email: text(line, "email"),
        address: text(line, "address"),
        responsible_person: text(line, "responsiblePerson"),
    })
}

/// A building; where nothing is said of its place, it keeps the one that it has.
async fn building(act: &Act<'_>, line: &Line<'_>) -> Result<BuildingDraft> {
    let (site_id, name) = (site_of(act, line).await?, text(line, "name"));
    let walk_order = if let Some(place) = whole(line, "walkOrder")? {
        Some(place)
    } else {
        let named = building::Column::SiteId.eq(site_id).and(building::Column::Name.eq(&name));
        building::Entity::find().filter(named).one(&act.txn).await?.and_then(|row| row.walk_order)
    };
    Ok(BuildingDraft { site_id, name, walk_order })
}

async fn category(act: &Act<'_>, line: &Line<'_>) -> Result<CategoryDraft> {
    let site_id = site_of(act, line).await?;
    let parent_id = match line.get("parentCode") {
        Some(code) => {
            let above = category::Column::SiteId.eq(site_id).and(category::Column::Code.eq(code));
            Some(known::<category::Entity>(act, above, "parentCode").await?.id)
        }
        None => None,
    };
    Ok(CategoryDraft {
        site_id,
        code: text(line, "code"),
        parent_id,
        name_zh: text(line, "nameZh"),
        name_en: text(line, "nameEn"),
        department: required(line, "department")?,
        emergency: optional(line, "emergency")?.unwrap_or(Emergency::None),
    })
}

async fn staff(act: &Act<'_>, line: &Line<'_>) -> Result<Action> {
    let person = Person {
        name: text(line, "name"),
        phone: text(line, "phone"),
        work_phone: line.get("workPhone").map(str::to_owned),
        language: optional(line, "language")?.unwrap_or(Language::ZhCn),
    };
    let (put, account) = account::put(act, &person).await?;
    let Some(role) = optional(line, "role")? else { return Ok(put) };
    let site_id = if line.get("siteCode").is_some() { Some(site_of(act, line).await?) } else { None };
    let department_id = match (site_id, optional::<DepartmentKind>(line, "department")?) {
        (Some(site), Some(kind)) => Some(department_at(act, site, kind).await?),
        (None, Some(_)) => return Err(Error::refused(Code::Required, "siteCode")),
        (_, None) => None,
    };
    let team_id = match (department_id, line.get("team")) {
        (Some(department), Some(name)) => {
            let named = team::Column::DepartmentId.eq(department).and(team::Column::Name.eq(name));
            Some(known::<team::Entity>(act, named, "team").await?.id)
        }
        (None, Some(_)) => return Err(Error::refused(Code::Required, "department")),
        (_, None) => None,
    };
    let (from, to) = (day(line, "from")?, day(line, "to")?);
    let giving = Giving { account_id: account.id, role, site_id, department_id, team_id, from, to };
    let (given, _) = role::put(act, &giving).await?;
    Ok(match (put, given) {
        (Action::Made, _) => Action::Made,
        (Action::Unchanged, Action::Unchanged) => Action::Unchanged,
        _ => Action::Changed,
    })
}

async fn resident(act: &Act<'_>, line: &Line<'_>) -> Result<Action> {
    let building = building_of(act, line).await?;
    let number = line.get("unit").ok_or_else(|| Error::refused(Code::Required, "unit"))?;
    let named = unit::Column::BuildingId.eq(building).and(unit::Column::Name.eq(number));
    let unit = known::<unit::Entity>(act, named, "unit").await?.id;
    let (name, phone) = (text(line, "name"), text(line, "phone"));
    let person = Person { name, phone, work_phone: None, language: Language::ZhCn };
    let stay = Stay { kind: required(line, "kind")?, from: day(line, "from")?, to: day(line, "to")? };
    residency::put(act, unit, &person, stay).await
}

async fn site_of(act: &Act<'_>, line: &Line<'_>) -> Result<Uuid> {
    let code = line.get("siteCode").ok_or_else(|| Error::refused(Code::Required, "siteCode"))?;
    let coded = site::Column::OrganizationId.eq(act.organization_id()).and(site::Column::Code.eq(code));
    Ok(known::<site::Entity>(act, coded, "siteCode").await?.id)
}

async fn building_of(act: &Act<'_>, line: &Line<'_>) -> Result<Uuid> {
    let site = site_of(act, line).await?;
    let name = line.get("building").ok_or_else(|| Error::refused(Code::Required, "building"))?;
    let named = building::Column::SiteId.eq(site).and(building::Column::Name.eq(name));
    Ok(known::<building::Entity>(act, named, "building").await?.id)
}

async fn department_at(act: &Act<'_>, site: Uuid, kind: DepartmentKind) -> Result<Uuid> {
    let of_kind = department::Column::SiteId.eq(site).and(department::Column::Kind.eq(kind));
    Ok(known::<department::Entity>(act, of_kind, "department").await?.id)
}

/// What a line refers to by its code or name.
async fn known<E: EntityTrait>(act: &Act<'_>, like: SimpleExpr, column: &str) -> Result<E::Model> {
    E::find().filter(like).one(&act.txn).await?.ok_or_else(|| Error::refused(Code::NotFound, column))
}

/// The fields of the single act as the columns of the table.
fn in_columns(error: Error) -> Error {
    let Error::Refused(mut refused) = error else { return error };
    for field in &mut refused.field {
        let column = match field.as_str() {
            "siteId" => "siteCode",
            "departmentId" => "department",
            "teamId" => "team",
            "buildingId" => "building",
            "unitId" => "unit",
            "parentId" => "parentCode",
            "accountId" => "phone",
            _ => continue,
        };
        column.clone_into(field);
    }
    Error::Refused(refused)
}
