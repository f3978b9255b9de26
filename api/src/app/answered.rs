//! What was refused is kept under the key of its call, as what was done is: whoever sends the call again is answered the same.

use domain::refusal::Code;
use entity::idempotent_act;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::act::{ActResult, Caller, kept_key, repeated};
use super::error::{Error, Refused, Result};

/// A refusal as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRefusal {
    code: String,
    field: Vec<String>,
    needed: Vec<String>,
    work_order: Option<Uuid>,
    complaint: Option<Uuid>,
}

impl KeptRefusal {
    fn of(refused: &Refused) -> Self {
        let current = refused.current.clone().unwrap_or_default();
        let code = refused.code.name().to_owned();
        let (field, needed) = (refused.field.clone(), refused.needed.clone());
        Self { code, field, needed, work_order: current.work_order, complaint: current.complaint }
    }

    /// The refusal again.
    ///
    /// # Errors
    /// When there is no such code.
    pub fn again(self) -> Result<Refused> {
        let code = Code::ALL.iter().copied().find(|code| code.name() == self.code);
        let code = code.ok_or_else(|| format!("a refusal was kept with the code {}, which is none", self.code))?;
        let (work_order, complaint) = (self.work_order, self.complaint);
        let current = ActResult { complaint, work_order, ..ActResult::default() };
        let current = Some(current).filter(|current| *current != ActResult::default());
        Ok(Refused { code, field: self.field, needed: self.needed, current })
    }
}

impl Caller<'_> {
    /// Keeps that a call was refused. Where the same call was answered meanwhile, that answer holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn answer_once(&self, refused: Refused) -> Result<Error> {
        let (Some(once), Some(viewer)) = (&self.once, self.viewer) else {
            return Ok(Error::Refused(Box::new(refused)));
        };
        let (actor, key) = (viewer.id.to_string(), kept_key(&once.key));
        let result = ActResult { refused: Some(KeptRefusal::of(&refused)), ..ActResult::default() };
        let row = idempotent_act::ActiveModel {
            actor: Set(actor.clone()),
            key: Set(key.clone()),
            input_hash: Set(once.input_hash.clone()),
            result: Set(serde_json::to_value(&result)?),
            created_at: Set(self.app.clock.now()),
        };
        let conflict =
            OnConflict::columns([idempotent_act::Column::Actor, idempotent_act::Column::Key]).do_nothing().to_owned();
        let _turn = self.app.writing_turn().await?;
        let kept =
            idempotent_act::Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.app.db).await?;
        if kept == 1 {
            return Ok(Error::Refused(Box::new(refused)));
        }
        let before = idempotent_act::Entity::find_by_id((actor, key)).one(&self.app.db).await?;
        let before = before.ok_or_else(|| "a call that was answered is gone".to_owned())?;
        repeated(before, once)
    }
}
