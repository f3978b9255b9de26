//! Links to a file: short-lived, and good for one file only. Whoever has one needs no token.

use uuid::Uuid;

use crate::app::{App, link};

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
    let signed = link::signed(app, "download", &[id.as_bytes(), which.name().as_bytes()]);
    format!("/files/{}/{}?{signed}", id.simple(), which.name())
}

/// Whether a key opens a file now.
#[must_use]
pub fn opens_download(app: &App, id: Uuid, which: Which, until: i64, key: &str) -> bool {
    link::holds(app, "download", &[id.as_bytes(), which.name().as_bytes()], until, key)
}
