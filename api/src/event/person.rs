//! Who follows something. Their viewer is kept in memory and judged at each delivery; it is loaded anew when `rights` says
//! that something of theirs has changed, and when a day of theirs ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::hub::{Listener, News, Organization};
use crate::access::session;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};

/// Which account follows, and in which session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follower {
    /// The account.
    pub account: Uuid,
    /// The organization.
    pub organization: Uuid,
    /// The session epoch when it began; a raised epoch ends it.
    pub epoch: i32,
    /// The session it runs in, with which it ends.
    pub session: Option<Uuid>,
}

impl Follower {
    /// Somebody who begins to follow.
    #[must_use]
    pub fn of(viewer: &Viewer) -> Self {
        Self {
            account: viewer.id,
            organization: viewer.organization_id,
            epoch: viewer.session_epoch,
            session: viewer.session,
        }
    }

    /// The viewer as the database has them now.
    async fn load(&self, app: &App) -> Result<Viewer> {
        let viewer = match self.session {
            Some(session) => session::viewer(app, session).await?,
            None => Viewer::load(&app.db, self.account, app.clock.now()).await?,
        };
        if viewer.session_epoch != self.epoch {
            return Err(Error::Unauthenticated);
        }
        if viewer.must_set_up_second_factor {
            return Err(Error::SecondFactorRequired);
        }
        Ok(viewer)
    }
}

/// Somebody who follows something in this process.
pub struct Person {
    follower: Follower,
    /// Keeps its reader, and so the news of changed rights, as long as anybody is there.
    organization: Arc<Organization>,
    held: Mutex<Held>,
    watchers: Mutex<Vec<Weak<dyn Listener>>>,
}

#[derive(Default)]
struct Held {
    known: Option<Result<Arc<Viewer>>>,
    /// When the first day ends of those that what they follow has not heard of yet.
    ends: Option<DateTime<Utc>>,
    /// How often what was known was thrown away: what was loaded before is not kept afterwards.
    turn: u32,
}

impl Person {
    /// Somebody of whom nothing is known yet.
    pub(super) fn new(follower: Follower, organization: Arc<Organization>) -> Self {
        Self { follower, organization, held: Mutex::default(), watchers: Mutex::default() }
    }

    /// Which account, and in which session.
    #[must_use]
    pub fn follower(&self) -> Follower {
        self.follower
    }

    /// The viewer, if they are known and it still holds.
    #[must_use]
    pub fn known(&self, now: DateTime<Utc>) -> Option<Result<Arc<Viewer>>> {
        match &self.held().known {
            Some(Ok(viewer)) if now >= viewer.holds_until => None,
            known => known.clone(),
        }
    }

    /// The viewer as they are now: from memory where that holds.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] where the session or the account has ended; when the database does not answer.
    pub async fn viewer(&self, app: &App) -> Result<Arc<Viewer>> {
        if let Some(known) = self.known(app.clock.now()) {
            return known;
        }
        let turn = self.held().turn;
        let loaded = Box::pin(self.follower.load(app)).await.map(Arc::new);
        if !matches!(loaded, Err(Error::Internal { .. })) {
            let mut held = self.held();
            if held.turn == turn {
                held.known = Some(loaded.clone());
                if let Ok(viewer) = &loaded {
                    let end = viewer.holds_until;
                    held.ends = Some(held.ends.map_or(end, |earlier| earlier.min(end)));
                    self.organization.ends(end);
                }
            }
        }
        loaded
    }

    /// Whether the session or the account has ended, as far as is known.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self.held().known, Some(Err(Error::Unauthenticated)))
    }

    /// Whether they are known and it still holds.
    #[must_use]
    pub fn is_known(&self, now: DateTime<Utc>) -> bool {
        match &self.held().known {
            Some(Ok(viewer)) => now < viewer.holds_until,
            Some(Err(_)) => true,
            None => false,
        }
    }

    /// When a day of theirs ends, or has ended since what they follow last heard of one. A delivery may have loaded them
    /// anew meanwhile; the others still must hear of it.
    pub(super) fn ends(&self) -> Option<DateTime<Utc>> {
        self.held().ends
    }

    /// Forgets who they were.
    pub(super) fn forget(&self) {
        let mut held = self.held();
        held.turn = held.turn.wrapping_add(1);
        held.known = None;
    }

    /// Tells a listener when something of theirs has changed.
    pub fn watched_by(&self, listener: &Arc<dyn Listener>) {
        let mut watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|watcher| watcher.strong_count() > 0);
        if !watchers.iter().any(|watcher| std::ptr::addr_eq(watcher.as_ptr(), Arc::as_ptr(listener))) {
            watchers.push(Arc::downgrade(listener));
        }
    }

    /// Has everything that they follow look at them again.
    pub(super) fn tell(self: &Arc<Self>) {
        let mut held = self.held();
        held.ends = match &held.known {
            Some(Ok(viewer)) => Some(viewer.holds_until),
            Some(Err(_)) | None => None,
        };
        drop(held);
        let watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for watcher in watchers.iter().filter_map(Weak::upgrade) {
            watcher.hear(News::Look(self.clone()));
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
