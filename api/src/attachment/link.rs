//! Links to a file: short-lived, and good for one file and one person only. Whoever has one needs no token; it shows what
//! that person may see when it is read, and nothing once they do not see the file any more.

use domain::attachment::State;
use entity::attachment;
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::error::{Error, Result};
use crate::app::{App, link};

const PURPOSE: &str = "download";

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

/// Where a person looks at a file from now on for five minutes; none for a machine account.
#[must_use]
pub fn download(app: &App, viewer: Option<&Viewer>, id: Uuid, which: Which) -> Option<String> {
    let viewer = viewer.filter(|viewer| !viewer.is_machine())?.id;
    let signed = link::signed(app, PURPOSE, &bound(&viewer, &id, which));
    Some(format!("/files/{}/{}?for={}&{signed}", id.simple(), which.name(), viewer.simple()))
}

/// How a link was written.
pub struct Written<'a> {
    /// To which file.
    pub id: &'a str,
    /// To which of its bytes.
    pub which: Which,
    /// For whom.
    pub viewer: &'a str,
    /// Until when it holds.
    pub until: i64,
    /// Its key.
    pub key: &'a str,
}

/// The file that a link opens; none where it does not hold, or where its person is gone or does not see the file any more.
///
/// # Errors
/// When the database does not answer.
pub async fn opened(app: &App, written: &Written<'_>) -> Result<Option<attachment::Model>> {
    let ids = Uuid::try_parse(written.id).ok().zip(Uuid::try_parse(written.viewer).ok());
    let Some((id, viewer)) = ids else { return Ok(None) };
    if !link::holds(app, PURPOSE, &bound(&viewer, &id, written.which), written.until, written.key) {
        return Ok(None);
    }
    let viewer = match Viewer::load(&app.db, viewer, app.clock.now()).await {
        Ok(viewer) => viewer,
        Err(Error::Unauthenticated) => return Ok(None),
        Err(error) => return Err(error),
    };
    let seen = scope::attachments(&viewer).filter(attachment::Column::Id.eq(id));
    Ok(seen.filter(attachment::Column::State.eq(State::Ready)).one(&app.db).await?)
}

fn bound<'a>(viewer: &'a Uuid, id: &'a Uuid, which: Which) -> [&'a [u8]; 3] {
    [viewer.as_bytes(), id.as_bytes(), which.name().as_bytes()]
}
