//! Buildings of a site.

use domain::refusal::Need;
use entity::{building, site};
use uuid::Uuid;

use super::thing::{Stamp, twin};
use super::{Draft, pick};
use crate::app::act::Act;
use crate::app::error::Result;
use crate::app::validate;

/// What is given of a building.
#[derive(Debug, Clone)]
pub struct BuildingDraft {
    /// The site.
    pub site_id: Uuid,
    /// The name, such as `3栋`.
    pub name: String,
}

impl Draft for BuildingDraft {
    type Row = building::Model;
    const KEY: &'static str = "name";

    async fn row(&self, act: &Act<'_>, stamp: Stamp) -> Result<building::Model> {
        let Stamp { id, organization_id, version, retired_at } = stamp;
        let site_id = pick::<site::Model>(act, self.site_id, "siteId").await?.id;
        let name = validate::text("name", &self.name, 60)?;
        Ok(building::Model { id, organization_id, site_id, name, version, retired_at })
    }

    async fn twin(act: &Act<'_>, row: &building::Model) -> Result<Option<building::Model>> {
        twin!(building in act, row by SiteId site_id, Name name)
    }

    /// Its units are not offered either, and their open cases keep them.
    async fn needs(_act: &Act<'_>, _row: &building::Model) -> Result<Vec<(Need, u64)>> {
        Ok(Vec::new())
    }
}
