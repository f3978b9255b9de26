//! What sites work by, kept in memory: calendars, promises, categories, policies.
//!
//! Every act needs some of it, and it changes a few times a year. Triggers give a site another number after each change of
//! its set-up (`migration/src/m0055_set_up.rs`); an act reads that number once, and takes from memory what was read under the
//! same. What is read anew is kept only if the number still stands after it: nothing of a change that may yet be rolled back,
//! and nothing older than its number says, is ever kept.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use entity::set_up;
use lru::LruCache;
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use super::App;
use super::error::Result;

/// How many sites are kept: those that were asked for last.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_023);

/// What some sites work by.
pub struct SetUps(Mutex<LruCache<Uuid, Arc<SetUp>>>);

impl Default for SetUps {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

/// What a site works by, as far as it was asked for: each by its type and what it is of, so that of one thing there is nothing
/// else of the same type.
pub struct SetUp {
    site: Uuid,
    stamp: Option<i64>,
    parts: Mutex<HashMap<(TypeId, Uuid), Arc<dyn Any + Send + Sync>>>,
}

impl SetUp {
    /// What is kept of a site, as long as it holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(app: &App, db: &impl ConnectionTrait, site: Uuid) -> Result<Arc<Self>> {
        let stamp = stamp(db, site).await?;
        let mut kept = app.set_ups().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(&site).filter(|known| known.stamp == stamp) {
            return Ok(known.clone());
        }
        let new = Arc::new(Self { site, stamp, parts: Mutex::default() });
        kept.put(site, new.clone());
        Ok(new)
    }

    /// A part of it, read now unless it is kept.
    ///
    /// # Errors
    /// Those of reading it; when the database does not answer.
    pub async fn part<T: Clone + Send + Sync + 'static>(
        &self,
        db: &impl ConnectionTrait,
        of: Uuid,
        read: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let key = (TypeId::of::<T>(), of);
        let kept = self.parts.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(kept) = kept.as_ref().and_then(|kept| kept.downcast_ref::<T>()) {
            return Ok(kept.clone());
        }
        let part = read.await?;
        // A site that is not there has no number, and nothing of it is kept.
        if self.stamp.is_some() && stamp(db, self.site).await? == self.stamp {
            self.parts.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(part.clone()));
        }
        Ok(part)
    }
}

async fn stamp(db: &impl ConnectionTrait, site: Uuid) -> Result<Option<i64>> {
    Ok(set_up::Entity::find_by_id(site).one(db).await?.map(|row| row.stamp))
}
