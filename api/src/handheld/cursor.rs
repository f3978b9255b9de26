//! How far a device has come: sealed, so that it can neither be read nor made up, and bound to its technician.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::stock::changes::Read;

const ABOUT: &str = "handheld sync";

/// How far a device has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The technician.
    pub account: Uuid,
    /// The log has been read up to here.
    pub position: i64,
    /// While everything is read for the first time: the last order that was read.
    pub reading: Option<Uuid>,
    /// By how many milliseconds our clock was ahead of the device's when it looked.
    pub skew_ms: i64,
    /// Up to which change the stock of each of the technician's teams has been read; none before it was.
    #[serde(default)]
    pub stock: Option<Read>,
}

impl Cursor {
    /// How far our clock was ahead of the device's.
    #[must_use]
    pub fn skew(&self) -> Option<TimeDelta> {
        TimeDelta::try_milliseconds(self.skew_ms)
    }

    /// Seals it.
    ///
    /// # Errors
    /// Never, for a cursor.
    pub fn write(&self, app: &App) -> Result<String> {
        Ok(app.vault.seal(ABOUT, &serde_json::to_string(self)?, &app.dice)?)
    }

    /// Opens the cursor of a technician's device.
    ///
    /// # Errors
    /// [`Error::BadCursor`] for one that is none of ours, or somebody else's.
    pub fn read(app: &App, viewer: &Viewer, sealed: &str) -> Result<Self> {
        let text = app.vault.open(ABOUT, sealed).ok_or(Error::BadCursor)?;
        let cursor: Self = serde_json::from_str(&text).map_err(|_| Error::BadCursor)?;
        if cursor.account == viewer.id { Ok(cursor) } else { Err(Error::BadCursor) }
    }
}

/// By how much our clock is ahead of a device's.
#[must_use]
pub fn skew(now: DateTime<Utc>, device_time: DateTime<Utc>) -> TimeDelta {
    now - device_time
}
