//! Loads what belongs to incidents and open letters.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use entity::{complaint, incident_follower, open_letter, open_letter_case, open_letter_reading, undertaking};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Rows;
use crate::access::scope;
use crate::app::database::among;
use crate::app::error::Error;

/// Loads the cases of an incident, as far as the viewer may see them, in the order in which they were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CasesOfIncident(pub Uuid);

impl Loader<CasesOfIncident> for Rows {
    type Value = Vec<complaint::Model>;
    type Error = Error;

    async fn load(&self, keys: &[CasesOfIncident]) -> Result<HashMap<CasesOfIncident, Self::Value>, Error> {
        let mut lists: HashMap<CasesOfIncident, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let Some(viewer) = self.scope() else { return Ok(lists) };
        let rows = scope::complaints(viewer)
            .filter(among(&self.app.db, complaint::Column::IncidentId, keys.iter().map(|key| key.0)))
            .order_by_asc(complaint::Column::Id)
            .all(&self.app.db)
            .await?;
        for row in rows {
            if let Some(incident) = row.incident_id {
                lists.entry(CasesOfIncident(incident)).or_default().push(row);
            }
        }
        Ok(lists)
    }
}

/// Loads the actions against the cause of an incident, as far as the viewer may see them, in the order in which they were
/// planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionsOfIncident(pub Uuid);

impl Loader<ActionsOfIncident> for Rows {
    type Value = Vec<undertaking::Model>;
    type Error = Error;

    async fn load(&self, keys: &[ActionsOfIncident]) -> Result<HashMap<ActionsOfIncident, Self::Value>, Error> {
        let mut lists: HashMap<ActionsOfIncident, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let Some(viewer) = self.scope() else { return Ok(lists) };
        let rows = scope::undertakings(viewer)
            .filter(among(&self.app.db, undertaking::Column::IncidentId, keys.iter().map(|key| key.0)))
            .order_by_asc(undertaking::Column::Id)
            .all(&self.app.db)
            .await?;
        for row in rows {
            if let Some(incident) = row.incident_id {
                lists.entry(ActionsOfIncident(incident)).or_default().push(row);
            }
        }
        Ok(lists)
    }
}

/// Loads the open letters that answered a case, in the order in which they were begun; one that the viewer sees the case of
/// is theirs to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenLettersOf(pub Uuid);

impl Loader<OpenLettersOf> for Rows {
    type Value = Vec<open_letter::Model>;
    type Error = Error;

    async fn load(&self, keys: &[OpenLettersOf]) -> Result<HashMap<OpenLettersOf, Self::Value>, Error> {
        let mut lists: HashMap<OpenLettersOf, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let answered = open_letter_case::Entity::find()
            .filter(among(&self.app.db, open_letter_case::Column::ComplaintId, keys.iter().map(|key| key.0)))
            .order_by_asc(open_letter_case::Column::OpenLetterId)
            .all(&self.app.db)
            .await?;
        let letters = open_letter::Entity::find()
            .filter(open_letter::Column::Id.is_in(answered.iter().map(|row| row.open_letter_id)))
            .all(&self.app.db)
            .await?;
        for row in answered {
            let letter = letters.iter().find(|letter| letter.id == row.open_letter_id).cloned();
            lists.entry(OpenLettersOf(row.complaint_id)).or_default().extend(letter);
        }
        Ok(lists)
    }
}

/// Loads counts of rows by what they belong to.
macro_rules! counts {
    ($($(#[$meta:meta])* $key:ident => $entity:ident by $column:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Rows {
            type Value = i64;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Error> {
                let counted: Vec<(Uuid, i64)> = $entity::Entity::find()
                    .select_only()
                    .column($entity::Column::$column)
                    .column_as($entity::Column::Id.count(), "count")
                    .filter(among(&self.app.db, $entity::Column::$column, keys.iter().map(|key| key.0)))
                    .group_by($entity::Column::$column)
                    .into_tuple()
                    .all(&self.app.db)
                    .await?;
                Ok(counted.into_iter().map(|(id, count)| ($key(id), count)).collect())
            }
        }
    )+};
}

counts! {
    /// Loads how many follow an incident.
    FollowersOf => incident_follower by IncidentId,
    /// Loads how many have read an open letter.
    ReadersOf => open_letter_reading by OpenLetterId,
}

/// Loads whether somebody follows an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Following {
    /// The incident.
    pub incident: Uuid,
    /// Who.
    pub account: Uuid,
}

impl Loader<Following> for Rows {
    type Value = bool;
    type Error = Error;

    async fn load(&self, keys: &[Following]) -> Result<HashMap<Following, Self::Value>, Error> {
        let rows = incident_follower::Entity::find()
            .filter(among(&self.app.db, incident_follower::Column::IncidentId, keys.iter().map(|key| key.incident)))
            .filter(among(&self.app.db, incident_follower::Column::AccountId, keys.iter().map(|key| key.account)))
            .all(&self.app.db)
            .await?;
        let key = |row: incident_follower::Model| Following { incident: row.incident_id, account: row.account_id };
        Ok(rows.into_iter().map(|row| (key(row), true)).collect())
    }
}
