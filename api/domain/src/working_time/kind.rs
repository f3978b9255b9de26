//! Why a day is special.

use super::holidays::OfficialDayKind;
use crate::closed_set::closed_set;

closed_set! {
    /// Why a day does not follow its weekday.
    pub enum SpecialDayKind as "CalendarDayKind" {
        /// An official holiday.
        Rest,
        /// An official make-up working day 调休.
        MakeUp,
        /// A day of the site's own; it goes before official days.
        Own,
    }
}

impl From<OfficialDayKind> for SpecialDayKind {
    fn from(kind: OfficialDayKind) -> Self {
        match kind {
            OfficialDayKind::Rest => Self::Rest,
            OfficialDayKind::MakeUp => Self::MakeUp,
        }
    }
}
