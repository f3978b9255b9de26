//! Sites, with the published card of the office (B2).

use chrono_tz::Tz;
use domain::organization::{SiteKind, is_site_code};
use domain::refusal::{Code, Need};
use entity::{complaint, department, site};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::Draft;
use super::needs::open_cases;
use super::thing::{Stamp, twin};
use crate::app::act::Act;
use crate::app::error::{Error, Result};
use crate::app::validate;

/// What is given of a site.
#[derive(Debug, Clone)]
pub struct SiteDraft {
    /// The letters that its case numbers begin with.
    pub code: String,
    /// The name.
    pub name: String,
    /// What kind of place.
    pub kind: SiteKind,
    /// IANA time zone.
    pub time_zone: String,
    /// The 24-hour hotline (B2).
    pub hotline: String,
    /// The office's e-mail address (B2).
    pub email: String,
    /// The office's address (B2).
    pub address: String,
    /// Who is responsible (B2).
    pub responsible_person: String,
}

impl Draft for SiteDraft {
    type Row = site::Model;
    const KEY: &'static str = "code";

    async fn row(&self, _act: &Act<'_>, stamp: Stamp) -> Result<site::Model> {
        let Stamp { id, organization_id, version, retired_at } = stamp;
        let code = self.code.trim().to_owned();
        if !is_site_code(&code) {
            let right = "2 to 8 capital letters or digits, a letter first".to_owned();
            return Err(Error::refused_needing(Code::Invalid, "code", vec![right]));
        }
        Ok(site::Model {
            id,
            organization_id,
            code,
            name: validate::text("name", &self.name, 120)?,
            kind: self.kind,
            time_zone: time_zone(&self.time_zone)?,
            hotline: validate::phone("hotline", &self.hotline)?,
            email: email(&self.email)?,
            address: validate::text("address", &self.address, 200)?,
            responsible_person: validate::text("responsiblePerson", &self.responsible_person, 60)?,
            version,
            retired_at,
        })
    }

    async fn twin(act: &Act<'_>, row: &site::Model) -> Result<Option<site::Model>> {
        twin!(site in act, row by OrganizationId organization_id, Code code)
    }

    async fn needs(act: &Act<'_>, row: &site::Model) -> Result<Vec<(Need, u64)>> {
        let cases = open_cases(act, complaint::Column::SiteId.eq(row.id)).await?;
        let departments = department::Entity::find()
            .filter(department::Column::SiteId.eq(row.id))
            .filter(department::Column::RetiredAt.is_null())
            .count(&act.txn)
            .await?;
        Ok(vec![(Need::Complaints, cases), (Need::Departments, departments)])
    }
}

fn time_zone(name: &str) -> Result<String> {
    let zone: Result<Tz, _> = name.trim().parse();
    let right = || Error::refused_needing(Code::Invalid, "timeZone", vec!["an IANA name, as Asia/Shanghai".to_owned()]);
    Ok(zone.map_err(|_| right())?.name().to_owned())
}

fn email(address: &str) -> Result<String> {
    let address = validate::text("email", address, 120)?;
    let parts = address.split_once('@');
    let right = parts.is_some_and(|(name, host)| !name.is_empty() && host.len() > 2 && !host.contains('@'));
    if right && !address.contains(char::is_whitespace) {
        return Ok(address);
    }
    Err(Error::refused_needing(Code::Invalid, "email", vec!["name@host".to_owned()]))
}
