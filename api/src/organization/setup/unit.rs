//! Units of a building.

use domain::refusal::Need;
use entity::{building, unit};
use uuid::Uuid;

use super::thing::{Stamp, twin};
use super::{Draft, pick};
use crate::app::act::Act;
use crate::app::error::Result;
use crate::app::validate;

/// What is given of a unit.
#[derive(Debug, Clone)]
pub struct UnitDraft {
    /// The building.
    pub building_id: Uuid,
    /// The name in the building, such as `1203`.
    pub name: String,
}

impl Draft for UnitDraft {
    type Row = unit::Model;
    const KEY: &'static str = "name";

    async fn row(&self, act: &Act<'_>, stamp: Stamp) -> Result<unit::Model> {
        let Stamp { id, organization_id, version, retired_at } = stamp;
        let building = pick::<building::Model>(act, self.building_id, "buildingId").await?;
        let name = validate::text("name", &self.name, 60)?;
        let (site_id, building_id) = (building.site_id, building.id);
        Ok(unit::Model { id, organization_id, site_id, building_id, name, version, retired_at })
    }

    async fn twin(act: &Act<'_>, row: &unit::Model) -> Result<Option<unit::Model>> {
        twin!(unit in act, row by BuildingId building_id, Name name)
    }

    /// Who lives there keeps seeing what was filed for it; its open cases keep it.
    async fn needs(_act: &Act<'_>, _row: &unit::Model) -> Result<Vec<(Need, u64)>> {
        Ok(Vec::new())
    }
}
