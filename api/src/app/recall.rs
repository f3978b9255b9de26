//! What an act has read before: the set-up that it works by, and who is responsible, are read once in an act.
//!
//! An act of a case asks for its site, its category and a few people from many places. None of them changes within the act:
//! whoever changes the set-up does nothing else, and reads what it changes itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use entity::{account, building, category, complaint, site};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::act::Act;
use super::error::Result;

/// Rows of one kind that were read in an act.
type Rows<T> = Mutex<HashMap<Uuid, T>>;

/// What was read in an act.
#[derive(Default)]
pub struct Recall {
    sites: Rows<site::Model>,
    buildings: Rows<building::Model>,
    categories: Rows<category::Model>,
    accounts: Rows<account::Model>,
    /// Read after everything about cases is written, for what reacts to it.
    told: Rows<complaint::Model>,
}

macro_rules! recalled {
    ($($(#[$meta:meta])* $name:ident from $rows:ident of $entity:ident or $missing:literal),+ $(,)?) => {
        impl Act<'_> {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// When it is not there, or the database does not answer.
                pub async fn $name(&self, id: Uuid) -> Result<$entity::Model> {
                    if let Some(row) = find(&self.recall.$rows, id) {
                        return Ok(row);
                    }
                    let row = $entity::Entity::find_by_id(id).one(&self.txn).await?;
                    let row = row.ok_or_else(|| $missing.to_owned())?;
                    keep(&self.recall.$rows, id, row.clone());
                    Ok(row)
                }
            )+
        }
    };
}

recalled! {
    /// A site.
    site from sites of site or "a case's site is missing",
    /// A building.
    building from buildings of building or "a unit's building is missing",
    /// The category that a case has, which it keeps also when it can no longer be chosen.
    category from categories of category or "a case's category is missing",
    /// An account.
    account from accounts of account or "an account that is named is missing",
    /// A case to which something happened, as the act leaves it.
    told_case from told of complaint or "a case to which something happened is missing",
}

impl Act<'_> {
    /// Keeps an account that was read otherwise.
    pub fn recall_account(&self, row: &account::Model) {
        keep(&self.recall.accounts, row.id, row.clone());
    }

    /// Keeps a category that was read otherwise.
    pub fn recall_category(&self, row: &category::Model) {
        keep(&self.recall.categories, row.id, row.clone());
    }
}

fn find<T: Clone>(rows: &Rows<T>, id: Uuid) -> Option<T> {
    rows.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
}

fn keep<T>(rows: &Rows<T>, id: Uuid, row: T) {
    rows.lock().unwrap_or_else(PoisonError::into_inner).insert(id, row);
}
