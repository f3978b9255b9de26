//! Puts an answer together: the parts of a template, the handler's own words, and what is known of the case.

use chrono::{DateTime, Utc};
use domain::organization::Language;
use domain::reply::{Purpose, write};
use entity::{account, category, complaint, department, role_grant, site};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::template;
use crate::access::viewer::parse_zone;
use crate::app::error::Result;

/// How long the handler's own words may be.
pub const MAX_TEXT: usize = 2000;

/// What an answer is made of.
#[derive(Debug, Clone)]
pub struct Words {
    /// The handler's own.
    pub text: String,
    /// The template around them; none to say them as they are.
    pub purpose: Option<Purpose>,
    /// In which language; the customer's own when not given.
    pub language: Option<Language>,
    /// When the next answer comes.
    pub next_reply_by: Option<DateTime<Utc>>,
}

/// An answer as the customer reads it.
#[derive(Debug, Clone)]
pub struct Composed {
    /// The words, whole.
    pub text: String,
    /// In which language.
    pub language: Language,
    /// The version of the template; nought for ours.
    pub revision: Option<i32>,
}

/// Puts an answer together.
///
/// # Errors
/// When the database does not answer.
pub async fn compose(db: &impl ConnectionTrait, case: &complaint::Model, words: &Words) -> Result<Composed> {
    let language = match (words.language, case.customer_account_id) {
        (Some(language), _) => language,
        (None, Some(id)) => account::Entity::find_by_id(id).one(db).await?.map_or(Language::ZhCn, |row| row.language),
        (None, None) => Language::ZhCn,
    };
    let Some(purpose) = words.purpose else {
        return Ok(Composed { text: words.text.clone(), language, revision: None });
    };
    let template = template::in_use_for(db, case.site_id, purpose).await?;
    let site = site::Entity::find_by_id(case.site_id).one(db).await?;
    let category = category::Entity::find_by_id(case.category_id).one(db).await?;
    let card = card(db, case, site.as_ref()).await?;
    let zone = parse_zone(site.as_ref().map_or("", |site| &site.time_zone));
    let english = language == Language::En;
    let value = |name: &str| match name {
        "customer" => Some(case.contact_name.clone().unwrap_or_else(|| customer(english))),
        "number" => Some(case.number.clone()),
        "category" => category.as_ref().map(|row| if english { row.name_en.clone() } else { row.name_zh.clone() }),
        "place" => Some(case.place.clone()),
        "site" => site.as_ref().map(|row| row.name.clone()),
        "text" => Some(words.text.clone()),
        "nextReply" => words.next_reply_by.map(|at| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()),
        "handler" => Some(card.handler.clone()),
        "department" => card.department.clone(),
        "phone" => Some(card.phone.clone()),
        _ => None,
    };
    let text = write(template.parts(language), value);
    Ok(Composed { text, language, revision: Some(template.revision) })
}

/// How somebody is addressed whose name is not known.
fn customer(english: bool) -> String {
    if english { "customer" } else { "业主" }.to_owned()
}

/// Who handles the case, and how they are reached (C1).
struct Card {
    handler: String,
    department: Option<String>,
    phone: String,
}

async fn card(db: &impl ConnectionTrait, case: &complaint::Model, site: Option<&site::Model>) -> Result<Card> {
    let person = account::Entity::find_by_id(case.owner_account_id).one(db).await?;
    let own = department_of(db, case, case.owner_account_id).await?;
    let hotline = site.map(|site| site.hotline.clone()).unwrap_or_default();
    let phone = person.as_ref().and_then(|person| person.work_phone.clone());
    let phone = phone.or_else(|| own.as_ref().map(|own| own.phone.clone())).unwrap_or(hotline);
    let department = own.map(|own| own.name).or_else(|| site.map(|site| site.name.clone()));
    Ok(Card { handler: person.map(|person| person.name).unwrap_or_default(), department, phone })
}

/// The department in which somebody works at the site of a case: the one that has the case before any other.
async fn department_of(
    db: &impl ConnectionTrait,
    case: &complaint::Model,
    person: Uuid,
) -> Result<Option<department::Model>> {
    use role_grant::Column;
    let held = role_grant::Entity::find()
        .filter(Column::AccountId.eq(person))
        .filter(Column::SiteId.eq(case.site_id))
        .filter(Column::DepartmentId.is_not_null())
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = held.into_iter().filter_map(|grant| grant.department_id).collect();
    let id = case.department_id.filter(|id| ids.contains(id)).or_else(|| ids.first().copied());
    match id {
        Some(id) => Ok(department::Entity::find_by_id(id).one(db).await?),
        None => Ok(None),
    }
}
