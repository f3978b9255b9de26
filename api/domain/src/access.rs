//! What a role may ask for: one entry for every field of Query, Mutation and Subscription.
//!
//! The table says who may call an operation at all. What somebody may then do to one case is decided by the rules of
//! that case ([`crate::complaint::decide`] and its sisters), and what they may see by their scope.

mod callers;
mod exceptions;
mod table;

pub use exceptions::{is_of_nobody, open_while_setting_up};
pub use table::TABLE;

use crate::closed_set::closed_set;
use crate::organization::Role;

closed_set! {
    /// What a machine account's key may read or do, at the sites that the key names.
    pub enum Scope as "ApiScope" {
        /// Figures: counts, rates and times, never a case or a person.
        Figures,
        /// The sites with the published cards of their offices (B2).
        Sites,
        /// The departments of the sites, with their teams.
        Departments,
        /// What a case can be about at the sites.
        Categories,
        /// The statements of the sites, only to mark them as paid or not.
        Payments,
    }
}

/// One of the three roots of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Reads.
    Query,
    /// Acts.
    Mutation,
    /// Streams.
    Subscription,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// Also strangers.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever holds one of these roles anywhere.
    Roles(&'static [Role]),
}

impl Callers {
    /// Whether somebody with this role may call. A machine account never may by these: a line names it or it does not.
    #[must_use]
    pub fn admit(self, role: Role) -> bool {
        match self {
            _ if role == Role::Integration => false,
            Self::Everybody | Self::SignedIn => true,
            Self::Roles(roles) => roles.contains(&role),
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The root.
    pub operation: Operation,
    /// The field's name in the schema.
    pub field: &'static str,
    /// Which people may call it.
    pub who: Callers,
    /// The scope with which a machine account may call it as well; without one, none may.
    pub machines: Option<Scope>,
}

/// The entry of a field.
#[must_use]
pub fn entry(operation: Operation, field: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.operation == operation && entry.field == field)
}
