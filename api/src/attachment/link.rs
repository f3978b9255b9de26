//! Links to a file: short-lived, and good for one file only. Whoever has one needs no token.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::app::App;

/// For how long a link to look at a file holds.
const HOLDS: TimeDelta = TimeDelta::minutes(5);

/// Which of the bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of it.
    File,
    /// The small picture.
    Thumbnail,
}

impl Which {
    const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Thumbnail => "thumbnail",
        }
    }
}

/// Where the parts of a file are sent to. It holds as long as the upload does.
#[must_use]
pub fn upload(app: &App, id: Uuid) -> String {
    format!("/uploads/{}?key={}", id.simple(), app.vault.digest("upload", &[id.as_bytes()]))
}

/// Whether a key is that of an upload.
#[must_use]
pub fn opens_upload(app: &App, id: Uuid, key: &str) -> bool {
    app.vault.is_digest(key, "upload", &[id.as_bytes()])
}

/// Where a file is looked at from now on for five minutes.
#[must_use]
pub fn download(app: &App, id: Uuid, which: Which) -> String {
    let until = (app.clock.now() + HOLDS).timestamp();
    let key = app.vault.digest("download", &[id.as_bytes(), which.name().as_bytes(), &until.to_be_bytes()]);
    format!("/files/{}/{}?until={until}&key={key}", id.simple(), which.name())
}

/// Whether a key opens a file now.
#[must_use]
pub fn opens_download(app: &App, id: Uuid, which: Which, until: i64, key: &str) -> bool {
    let holds = DateTime::<Utc>::from_timestamp(until, 0).is_some_and(|until| app.clock.now() <= until);
    holds && app.vault.is_digest(key, "download", &[id.as_bytes(), which.name().as_bytes(), &until.to_be_bytes()])
}
