//! Photos and papers of a case: what may be attached, and what becomes of an upload.

use crate::closed_set::closed_set;

/// How large a file may be, in bytes.
pub const MAX_SIZE: i64 = 20 * 1024 * 1024;
/// How many files a case may have.
pub const MAX_COUNT: u64 = 50;
/// How wide and how high a photo may be, in pixels: what is larger is a bomb rather than a photo.
pub const MAX_SIDE: u32 = 12_000;
/// How many pixels a photo may have in all.
pub const MAX_PIXELS: u64 = 64_000_000;
/// How long the longer side of a thumbnail is, in pixels.
pub const THUMBNAIL: u32 = 320;

closed_set! {
    /// Where a file stands.
    pub enum State as "AttachmentState" {
        /// Parts of it are still to come, or it is being looked at.
        Uploading,
        /// It can be looked at.
        Ready,
        /// It is not what may be attached; nothing of it is kept.
        Refused,
        /// It was taken out, with a reason; nothing of it is kept but its hash.
        Removed,
    }
}

closed_set! {
    /// Why a file was refused.
    pub enum Fault as "AttachmentFault" {
        /// It is none of the types that may be attached: JPEG, PNG, WebP, PDF; without the PDF for whoever stays unknown, as
        /// it can say who wrote it (D7). Its name does not count.
        Type,
        /// It is broken, or is not what it begins as.
        Broken,
        /// It is a picture of more pixels than may be.
        Pixels,
        /// The case has ended, or has as many files as it may have.
        Case,
    }
}

closed_set! {
    /// What a file is, by its content.
    pub enum Kind as "AttachmentKind" {
        /// A photo or drawing.
        Photo,
        /// A paper as PDF.
        Paper,
    }
}

impl Kind {
    /// What a file of a media type is; none for a type that may not be attached.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        match media_type {
            "image/jpeg" | "image/png" | "image/webp" => Some(Self::Photo),
            "application/pdf" => Some(Self::Paper),
            _ => None,
        }
    }
}

/// Whether a picture of this size is decoded at all.
#[must_use]
pub fn is_drawable(width: u32, height: u32) -> bool {
    (1..=MAX_SIDE).contains(&width)
        && (1..=MAX_SIDE).contains(&height)
        && u64::from(width) * u64::from(height) <= MAX_PIXELS
}
