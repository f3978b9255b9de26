//! Buildings of a site.

use domain::refusal::{Code, Need};
use entity::{building, site};
use uuid::Uuid;

use super::thing::{Stamp, twin};
use super::{Draft, pick};
use crate::app::act::Act;
use crate::app::error::{Error, Result};
use crate::app::validate;

/// The places on the way through a site.
const PLACES: std::ops::RangeInclusive<i32> = 1..=10_000;

/// What is given of a building.
#[derive(Debug, Clone)]
pub struct BuildingDraft {
    /// The site.
    pub site_id: Uuid,
    /// The name, such as `3栋`.
    pub name: String,
    /// Its place on the way through the site.
    pub walk_order: Option<i32>,
}

impl Draft for BuildingDraft {
    type Row = building::Model;
    const KEY: &'static str = "name";

    async fn row(&self, act: &Act<'_>, stamp: Stamp) -> Result<building::Model> {
        let Stamp { id, organization_id, version, retired_at } = stamp;
        let site_id = pick::<site::Model>(act, self.site_id, "siteId").await?.id;
        let name = validate::text("name", &self.name, 60)?;
        let walk_order = self.walk_order;
        if walk_order.is_some_and(|place| !PLACES.contains(&place)) {
            let right = format!("{}..{}", PLACES.start(), PLACES.end());
            return Err(Error::refused_needing(Code::Invalid, "walkOrder", vec![right]));
        }
        Ok(building::Model { id, organization_id, site_id, name, walk_order, version, retired_at })
    }

    async fn twin(act: &Act<'_>, row: &building::Model) -> Result<Option<building::Model>> {
        twin!(building in act, row by SiteId site_id, Name name)
    }

    /// Its units are not offered either, and their open cases keep them.
    async fn needs(_act: &Act<'_>, _row: &building::Model) -> Result<Vec<(Need, u64)>> {
        Ok(Vec::new())
    }
}
