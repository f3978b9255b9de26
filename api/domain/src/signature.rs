//! What is to be thought of a signed document that somebody shows (E4.2.1A).

use crate::closed_set::closed_set;

closed_set! {
    /// What is to be thought of a document that somebody shows.
    pub enum Verdict as "DocumentVerdict" {
        /// It was signed, and what is on record is still the same.
        Genuine,
        /// It was signed, but what is on record has been changed since: what you hold is right, the record is not.
        RecordAltered,
        /// Nothing like it was signed: it was changed, or it is not from here.
        Unknown,
    }
}

/// What can be wrong with a signature on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// What was signed, by whom or when is not what was sealed.
    Document,
    /// The drawing is not the one that was sealed.
    Drawing,
    /// The signature before it in its case is gone, or is another one.
    Chain,
}

impl Fault {
    /// A few words for whoever runs the server.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Document => "the document is not the one that was sealed",
            Self::Drawing => "the drawing is not the one that was sealed",
            Self::Chain => "the signature before it is gone or is another one",
        }
    }
}

/// Judges a document by whether its seal is on record, and what is wrong with that record.
#[must_use]
pub const fn judge(on_record: bool, fault: Option<Fault>) -> Verdict {
    match (on_record, fault) {
        (false, _) => Verdict::Unknown,
        (true, Some(_)) => Verdict::RecordAltered,
        (true, None) => Verdict::Genuine,
    }
}
