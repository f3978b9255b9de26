//! What can go wrong with an act, and the one place that turns it into GraphQL.

use async_graphql::{ErrorExtensions, SimpleObject};
use domain::organization::Language;
use domain::refusal::{Code, Refusal};
use sea_orm::{DbErr, SqlErr};
use uuid::Uuid;

use super::act::ActResult;
use super::language;

/// Why an act did not happen, or a reading failed.
///
/// It is not `Display` on purpose: there is one way to show it to anybody, the conversion to GraphQL below.
#[derive(Debug, Clone)]
pub enum Error {
    /// Refused for a reason the person can mend: told in the payload.
    Refused(Box<Refused>),
    /// The act has happened before under the same idempotency key; its result is told again.
    Replayed(Box<ActResult>),
    /// Nobody is signed in, or the token does not hold any more.
    Unauthenticated,
    /// Signed in, but no role of the caller may use this operation.
    Forbidden,
    /// Signed in, but the session may only set up a second factor.
    SecondFactorRequired,
    /// Too many tries.
    Limited,
    /// The document unfolds to more fields than any app needs.
    TooLarge,
    /// The stream's reader fell too far behind, or a cursor is not of this stream.
    BadCursor,
    /// The file store has no room for what was sent.
    NoRoom,
    /// Our fault. The cause goes to the log under the id, and the caller sees the id only.
    Internal {
        /// Under which the log holds the cause.
        id: Uuid,
        /// The cause.
        cause: String,
    },
}

/// The result of a service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal with the field it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its code.
    pub code: Code,
    /// The path into `input`, outermost first.
    pub field: Vec<String>,
    /// What is needed: names of states, of those who may, of what is missing, or of the form that would be right.
    pub needed: Vec<String>,
    /// The case as it stands, where somebody changed it meanwhile.
    pub current: Option<ActResult>,
}

impl Error {
    /// A refusal about one field.
    #[must_use]
    pub fn refused(code: Code, field: &str) -> Self {
        Self::refused_needing(code, field, Vec::new())
    }

    /// A refusal about one field that says what would be right. `field` is a path with dots.
    #[must_use]
    pub fn refused_needing(code: Code, field: &str, needed: Vec<String>) -> Self {
        let field = field.split('.').map(str::to_owned).collect();
        Self::Refused(Box::new(Refused { code, field, needed, current: None }))
    }

    /// A refusal because somebody changed the thing meanwhile.
    #[must_use]
    pub fn stale(current: ActResult) -> Self {
        Self::stale_at("expectedVersion", current)
    }

    /// The same, told by another field than the version.
    #[must_use]
    pub fn stale_at(field: &str, current: ActResult) -> Self {
        let field = vec![field.to_owned()];
        Self::Refused(Box::new(Refused { code: Code::Stale, field, needed: Vec::new(), current: Some(current) }))
    }

    /// What a refused insertion or change means: `TAKEN` where somebody else was first with a unique value.
    #[must_use]
    pub fn taken(error: DbErr, field: &str) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::refused(Code::Taken, field),
            _ => error.into(),
        }
    }

    fn internal(cause: &impl std::fmt::Display) -> Self {
        #[expect(clippy::disallowed_methods, reason = "an id for the log: no act or row follows from it")]
        let id = Uuid::new_v4();
        tracing::error!(error_id = %id, %cause, "internal error");
        Self::Internal { id, cause: cause.to_string() }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.code();
        let needed = match refusal {
            Refusal::WrongState { possible_in } => possible_in.into_iter().map(upper_snake).collect(),
            Refusal::NotYours { who_may } => who_may.into_iter().map(upper_snake).collect(),
            Refusal::Missing(requirement) => vec![upper_snake(requirement.name())],
        };
        Self::Refused(Box::new(Refused { code, field: Vec::new(), needed, current: None }))
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::internal(&error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        if is_full(&error) {
            tracing::error!(%error, "there is no room for files");
            return Self::NoRoom;
        }
        Self::internal(&error)
    }
}

/// Whether a file could not be written because there is no room for it; the system's own error stands behind others.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| {
        let system = cause.downcast_ref::<std::io::Error>();
        system.is_some_and(|error| matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge))
    })
}

impl From<String> for Error {
    fn from(cause: String) -> Self {
        Self::internal(&cause)
    }
}

/// A name of the code (`InProgress`) as the schema writes it (`IN_PROGRESS`).
#[must_use]
pub fn upper_snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (i, letter) in name.char_indices() {
        if letter.is_uppercase() && i > 0 {
            out.push('_');
        }
        out.extend(letter.to_uppercase());
    }
    out
}

/// An expected refusal: what is wrong, where, and what would be right.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// What is wrong; stable.
    pub code: Code,
    /// The path into `input`, outermost first; empty when it is about the act as a whole.
    pub field: Vec<String>,
    /// For the person, in their language.
    pub message: String,
    /// What is needed: states in which it is possible (`WRONG_STATE`), who may (`NOT_YOURS`), what must come
    /// first (`MISSING`), the form that would be right (`INVALID`), or what still needs it (`IN_USE`), as `ROLES 3`.
    pub needed: Vec<String>,
}

impl UserError {
    /// Tells a refusal in a language.
    #[must_use]
    pub fn tell(refused: &Refused, language: Language) -> Self {
        Self {
            code: refused.code,
            field: refused.field.clone(),
            message: language::refusal(language, refused),
            needed: refused.needed.clone(),
        }
    }
}

impl From<Error> for async_graphql::Error {
    fn from(error: Error) -> Self {
        let (code, message) = match &error {
            Error::Refused(refused) => ("REFUSED", format!("{:?} {}", refused.code, refused.field.join("."))),
            Error::Replayed(_) => ("INTERNAL", "unexpected replay".to_owned()),
            Error::Unauthenticated => {
                ("UNAUTHENTICATED", "Sign in: the token is missing, expired or revoked.".to_owned())
            }
            Error::Forbidden => ("FORBIDDEN", "None of your roles may use this operation.".to_owned()),
            Error::SecondFactorRequired => {
                ("SECOND_FACTOR_REQUIRED", "Your roles call for a second factor: set it up first.".to_owned())
            }
            Error::Limited => ("RATE_LIMITED", "Too many tries. Wait a minute and try again.".to_owned()),
            Error::TooLarge => ("DOCUMENT_TOO_LARGE", "The document unfolds to too many fields.".to_owned()),
            Error::BadCursor => ("BAD_CURSOR", "The cursor is not one that this stream gave.".to_owned()),
            Error::NoRoom => ("NO_ROOM", "There is no room for files at the moment.".to_owned()),
            Error::Internal { id, .. } => ("INTERNAL", format!("Something went wrong on our side. Reference: {id}")),
        };
        Self::new(message).extend_with(|_, extensions| extensions.set("code", code))
    }
}

/// For the command line and the demo, which only say what went wrong and stop.
impl From<Error> for Box<dyn std::error::Error + Send + Sync> {
    fn from(error: Error) -> Self {
        format!("{error:?}").into()
    }
}
