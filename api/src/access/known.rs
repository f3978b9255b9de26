//! Who asked lately: what their token says and what they may do, kept in memory and asked of the database only whether it
//! still holds.
//!
//! Triggers count the changes of rights in each organization (`migration/src/m0049_rights.rs`), so one small statement says
//! whether any account, role, home or session there has changed since: a lost role and an ended session take effect with the
//! next request, at whichever replica. The count is read before what it vouches for, which can then only be newer than said.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use entity::rights;
use lru::LruCache;
use sea_orm::EntityTrait;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::session;
use super::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};

/// How many tokens are kept: those that were used last.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(8_191);
/// For how long a viewer is kept at most: what no trigger counts, such as a site that changes its time zone.
const LONGEST: TimeDelta = TimeDelta::minutes(1);

/// A token is kept by its hash: the memory of a process is no place to find tokens in.
type Key = [u8; 32];

/// The tokens that were used last.
pub struct Known(Mutex<LruCache<Key, Arc<Token>>>);

/// A token that was checked.
#[derive(Clone)]
struct Token {
    account: Uuid,
    session: Uuid,
    ends: DateTime<Utc>,
    /// The organization, once it was asked for.
    organization: Option<Uuid>,
    held: Option<Held>,
}

/// Whose it is.
#[derive(Clone)]
struct Held {
    viewer: Viewer,
    /// How often rights had changed in the organization before the viewer was read.
    changes: i64,
    until: DateTime<Utc>,
}

impl Default for Known {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Known {
    /// Whose a token is by itself, checked at most once.
    fn checked(&self, app: &App, key: &Key, token: &str) -> Result<Arc<Token>> {
        let now = app.clock.now();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(known) = known.filter(|known| now < known.ends) {
            return Ok(known);
        }
        let claims = app.tokens.check(token, now)?;
        let ends = DateTime::from_timestamp(claims.exp, 0).unwrap_or(now);
        let (account, session) = (claims.sub, claims.sid);
        Ok(self.keep(*key, Token { account, session, ends, organization: None, held: None }))
    }

    fn keep(&self, key: Key, token: Token) -> Arc<Token> {
        let token = Arc::new(token);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, token.clone());
        token
    }
}

/// Whose account an access token was made for, without a look at the database: enough for a line in the log, and for
/// nothing that concerns anybody.
///
/// # Errors
/// [`Error::Unauthenticated`] when its signature or its time does not hold.
pub fn made_for(app: &App, token: &str) -> Result<Uuid> {
    Ok(app.known().checked(app, &Sha256::digest(token.as_bytes()).into(), token)?.account)
}

/// Whose an access token is now, and until when it holds.
///
/// # Errors
/// [`Error::Unauthenticated`] when it does not hold any more.
pub async fn authenticate(app: &App, token: &str) -> Result<(Viewer, DateTime<Utc>)> {
    let (key, now) = (Sha256::digest(token.as_bytes()).into(), app.clock.now());
    let known = app.known().checked(app, &key, token)?;
    let mut changes = None;
    if let Some(organization) = known.organization {
        let row = rights::Entity::find_by_id(organization).one(&app.db).await?;
        let count = row.map_or(0, |row| row.version);
        if let Some(held) = known.held.as_ref().filter(|held| held.changes == count && now < held.until) {
            return Ok((held.viewer.clone(), known.ends));
        }
        changes = Some(count);
    }
    let viewer = session::viewer(app, known.session).await?;
    if viewer.id != known.account {
        return Err(Error::Unauthenticated);
    }
    let until = viewer.holds_until.min(now + LONGEST);
    let held = changes.map(|changes| Held { viewer: viewer.clone(), changes, until });
    app.known().keep(key, Token { organization: Some(viewer.organization_id), held, ..(*known).clone() });
    Ok((viewer, known.ends))
}
