//! The card of whoever receives or handles a case (C1), and what to do at once in danger.

use async_graphql::{Context, ID, Result, SimpleObject};
use entity::site;
use uuid::Uuid;

use crate::app::language;
use crate::app::loader::{AccountById, DepartmentById, DepartmentsOf, SiteById};
use crate::app::public_id;
use crate::app::request::Asked;

/// The card of whoever receives or handles a case (C1): part of the answer to every intake, and it follows the owner.
#[derive(SimpleObject, Clone)]
pub struct HandlerCard {
    /// The person's id, for `aboutAccountId` when a case is about them (C11).
    pub account_id: ID,
    /// The name.
    pub name: String,
    /// The department's name; the office's where there is no department.
    pub department: String,
    /// Where to call.
    pub phone: String,
}

/// The card of whoever owns something at a site now (C1). Their department is the one concerned if they belong to it,
/// else their own, else the office.
///
/// # Errors
/// When the database does not answer.
pub async fn card(ctx: &Context<'_>, owner: Uuid, site: Uuid, concerned: Option<Uuid>) -> Result<Option<HandlerCard>> {
    let Some(person) = ctx.load(AccountById(owner)).await? else { return Ok(None) };
    let own = ctx.load(DepartmentsOf { account: owner, site }).await?.unwrap_or_default();
    let department = match concerned.filter(|id| own.contains(id)).or(own.first().copied()) {
        Some(id) => ctx.load(DepartmentById(id)).await?,
        None => None,
    };
    let phone = person.work_phone.or(department.as_ref().map(|department| department.phone.clone()));
    let (department, phone) = match (department, phone) {
        (Some(department), Some(phone)) => (department.name, phone),
        (department, phone) => {
            let Some(office) = ctx.load(SiteById(site)).await? else { return Ok(None) };
            (department.map_or(office.name, |department| department.name), phone.unwrap_or(office.hotline))
        }
    };
    Ok(Some(HandlerCard { account_id: public_id::write("Account", person.id), name: person.name, department, phone }))
}

/// What to do at once when life is in danger (fire, gas).
#[derive(SimpleObject)]
pub struct SafetyAdvice {
    /// The fire service.
    pub fire_service: &'static str,
    /// The site's hotline.
    pub hotline: String,
    /// What to do, in the language of the request.
    pub text: String,
}

impl SafetyAdvice {
    /// The advice for a site.
    #[must_use]
    pub fn at(site: &site::Model, language: domain::organization::Language) -> Self {
        Self {
            fire_service: "119",
            hotline: site.hotline.clone(),
            text: language::sentence(language, "safety-advice", &[("hotline", &site.hotline)]),
        }
    }
}
