//! How far a device has come: sealed, so that it can neither be read nor made up, and bound to its technician.

use chrono::{DateTime, TimeDelta, Utc};
use domain::handheld::Measured;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::names::Stamps;
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
    /// By how many milliseconds our clock was ahead of the device's.
    pub skew_ms: i64,
    /// Since when each of its syncs has measured that; of old cursors it is believed.
    #[serde(default)]
    pub measured_since: DateTime<Utc>,
    /// Which device it is: another one each time that somebody begins without a cursor; none in old cursors.
    #[serde(default)]
    pub device: Option<Uuid>,
    /// Up to which change the stock of each of the technician's teams has been read; none before it was.
    #[serde(default)]
    pub stock: Option<Read>,
    /// The numbers of the sites' set-ups before the orders were read; none before that.
    #[serde(default)]
    pub names: Option<Stamps>,
}

impl Cursor {
    /// Where a device without a cursor begins: with everything, beside the log up to a position.
    #[must_use]
    pub fn first(viewer: &Viewer, position: i64, names: Option<Stamps>) -> Self {
        Self {
            account: viewer.id,
            position,
            reading: Some(Uuid::nil()),
            skew_ms: 0,
            measured_since: DateTime::default(),
            device: None,
            stock: None,
            names,
        }
    }

    /// What its syncs have measured of the device's clock.
    #[must_use]
    pub fn measured(&self) -> Option<Measured> {
        Some(Measured { skew: TimeDelta::try_milliseconds(self.skew_ms)?, since: self.measured_since })
    }

    /// The same cursor after a sync that measured the device's clock, which was measured before or not.
    #[must_use]
    pub fn measuring(self, app: &App, device_time: DateTime<Utc>, before: Option<Measured>) -> Self {
        let now = app.clock.now();
        let Measured { skew: by, since } = Measured::again(before, skew(now, device_time), now);
        let device = Some(self.device.unwrap_or_else(|| app.dice.id(now)));
        Self { skew_ms: by.num_milliseconds(), measured_since: since, device, ..self }
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
