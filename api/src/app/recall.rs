//! What an act has read before: the set-up that it works by, and who is responsible, are read once in an act.
//!
//! An act of a case asks for its site, its category and a few people from many places. None of them changes within the act:
//! whoever changes the set-up does nothing else, and reads what it changes itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use entity::{account, building, category, complaint, site};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::act::Act;
use super::error::Result;
use super::set_up::SetUp;

/// Rows of one kind that were read in an act.
type Rows<T> = Mutex<HashMap<Uuid, T>>;

/// What was read in an act.
#[derive(Default)]
pub struct Recall {
    set_ups: Rows<Arc<SetUp>>,
    accounts: Rows<account::Model>,
    /// As they were written, or read after everything about cases was written, for what reacts to it.
    told: Rows<complaint::Model>,
}

impl Act<'_> {
    /// Something of a site's set-up, by its type and what it is of: from memory, or read now.
    ///
    /// # Errors
    /// Those of reading it; when the database does not answer.
    pub fn kept<'a, T: Clone + Send + Sync + 'static>(
        &'a self,
        site: Uuid,
        of: Uuid,
        read: impl Future<Output = Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<T>> + Send + 'a {
        // Behind a pointer: no act grows by reading what is mostly in memory.
        let read = Box::pin(read);
        async move {
            let known = if let Some(known) = find(&self.recall.set_ups, site) {
                known
            } else {
                let known = SetUp::of(self.app, &self.txn, site).await?;
                keep(&self.recall.set_ups, site, known.clone());
                known
            };
            known.part(&self.txn, of, read).await
        }
    }

    /// A site.
    ///
    /// # Errors
    /// When it is not there, or the database does not answer.
    pub async fn site(&self, id: Uuid) -> Result<site::Model> {
        let read = async { there(site::Entity::find_by_id(id).one(&self.txn).await?, "a case's site is missing") };
        self.kept(id, id, read).await
    }

    /// A building of a site.
    ///
    /// # Errors
    /// When it is not there, or the database does not answer.
    pub async fn building(&self, site: Uuid, id: Uuid) -> Result<building::Model> {
        let row = building::Entity::find_by_id(id);
        self.kept(site, id, async { there(row.one(&self.txn).await?, "a unit's building is missing") }).await
    }

    /// The category that a case of a site has, which it keeps also when it can no longer be chosen.
    ///
    /// # Errors
    /// When it is not there, or the database does not answer.
    pub async fn category(&self, site: Uuid, id: Uuid) -> Result<category::Model> {
        let row = category::Entity::find_by_id(id);
        self.kept(site, id, async { there(row.one(&self.txn).await?, "a case's category is missing") }).await
    }

    /// An account.
    ///
    /// # Errors
    /// When it is not there, or the database does not answer.
    pub async fn account(&self, id: Uuid) -> Result<account::Model> {
        if let Some(row) = find(&self.recall.accounts, id) {
            return Ok(row);
        }
        let row = there(account::Entity::find_by_id(id).one(&self.txn).await?, "an account that is named is missing")?;
        self.recall_account(&row);
        Ok(row)
    }

    /// Keeps an account that was read otherwise.
    pub fn recall_account(&self, row: &account::Model) {
        keep(&self.recall.accounts, row.id, row.clone());
    }

    /// Keeps a case as the act has just written it.
    pub fn recall_case(&self, row: &complaint::Model) {
        keep(&self.recall.told, row.id, row.clone());
    }

    /// A case to which something happened, as the act leaves it.
    ///
    /// # Errors
    /// When it is not there, or the database does not answer.
    pub async fn told_case(&self, id: Uuid) -> Result<complaint::Model> {
        if let Some(row) = find(&self.recall.told, id) {
            return Ok(row);
        }
        let row = complaint::Entity::find_by_id(id).one(&self.txn).await?;
        let row = there(row, "a case to which something happened is missing")?;
        keep(&self.recall.told, id, row.clone());
        Ok(row)
    }
}

fn there<T>(row: Option<T>, missing: &str) -> Result<T> {
    row.ok_or_else(|| missing.to_owned().into())
}

fn find<T: Clone>(rows: &Rows<T>, id: Uuid) -> Option<T> {
    rows.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
}

fn keep<T>(rows: &Rows<T>, id: Uuid, row: T) {
    rows.lock().unwrap_or_else(PoisonError::into_inner).insert(id, row);
}
