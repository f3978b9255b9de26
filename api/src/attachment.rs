//! Photos and papers of a case: announced by a mutation, sent over HTTP in parts, looked at, and shown by links that hold
//! for minutes, each for one person and as long as they see the file.
//!
//! # Why no file is without its row, and no row without its file
//! A row is written before the first byte is kept and stays until the last is gone, and everything in the store lies under
//! the id of its row. A file is ready by one act, after it was written whole. So whatever stops the server between two
//! steps, a row says what may lie in the store, and [`sweep`] goes on from there.
//!
//! # Why nothing of the parts stays
//! Parts are what the phone has sent, with the place where a photo was taken. Once a file is ready or refused they are
//! cleared; the row says from the same moment on that they are cleared once more, [`transfer::LONGEST`] later. By then no
//! part is on its way to the store any more, so that neither a server that was stopped in between nor a part that was
//! overtaken leaves anything.

pub mod check;
pub mod graphql;
pub mod link;
pub mod picture;
pub mod ready;
pub mod service;
pub mod sweep;
pub mod transfer;

use uuid::Uuid;

/// The folder of the store under which everything of a file lies.
#[must_use]
pub fn folder(id: Uuid) -> String {
    id.simple().to_string()
}

/// The folder under which its parts lie as they come: as they were sent, with the place where a photo was taken.
#[must_use]
pub fn parts(id: Uuid) -> String {
    format!("{}/parts", id.simple())
}

/// The name of what is kept of a file.
#[must_use]
pub fn kept(id: Uuid) -> String {
    format!("{}/file", id.simple())
}

/// The name of its thumbnail.
#[must_use]
pub fn thumbnail(id: Uuid) -> String {
    format!("{}/thumbnail", id.simple())
}
