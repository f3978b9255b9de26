//! Ids as the API shows them: opaque, stable, and typed, so that one of a wrong kind is told apart.

use async_graphql::ID;
use domain::refusal::Code;
use uuid::Uuid;

use super::error::{Error, Result};

/// Writes an id of a type.
#[must_use]
pub fn write(type_name: &str, id: Uuid) -> ID {
    ID(format!("{type_name}_{}", id.simple()))
}

/// Reads an id of one type, given in an input field.
///
/// # Errors
/// Refused with `NOT_FOUND` when it is of another type or no id: it then names nothing.
pub fn read(type_name: &str, id: &ID, field: &str) -> Result<Uuid> {
    parse(id)
        .filter(|(name, _)| *name == type_name)
        .map(|(_, id)| id)
        .ok_or_else(|| Error::refused(Code::NotFound, field))
}

/// The type's name and the id, if it is one of ours.
#[must_use]
pub fn parse(id: &ID) -> Option<(&str, Uuid)> {
    parse_str(&id.0)
}

/// The same, of an id that a service was given as text.
#[must_use]
pub fn parse_str(id: &str) -> Option<(&str, Uuid)> {
    let (name, id) = id.rsplit_once('_')?;
    Some((name, Uuid::try_parse(id).ok()?))
}
