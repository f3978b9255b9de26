//! What a case is about, and how dangerous that is.

use crate::closed_set::closed_set;

closed_set! {
    /// Whether a category is an emergency (B6: somebody on site within three minutes).
    pub enum Emergency as "Emergency" {
        /// Not an emergency.
        None,
        /// Fire 消防事故.
        Fire,
        /// Gas: as dangerous as fire, and told the same way.
        Gas,
        /// Any other emergency: lift, flooding …
        Other,
    }
}

impl Emergency {
    /// Whether the filer is told at once to call 119 and the site's hotline.
    #[must_use]
    pub const fn calls_fire_service(self) -> bool {
        matches!(self, Self::Fire | Self::Gas)
    }
}
