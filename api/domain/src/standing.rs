//! What a person is to one case, and the shape that every state machine's table has.

use crate::organization::Role;
use crate::refusal::Refusal;

/// Somebody who may do an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The customer who filed the case.
    Filer,
    /// Somebody of the filer's household who may see the case.
    Household,
    /// The named responsible person (A0), who may always move the case on.
    Owner,
    /// Whoever was asked to do it, while somebody else answers for it (D1).
    Assignee,
    /// A role whose reach covers the case.
    Holder(Role),
}

impl Who {
    /// A name for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filer => "Filer",
            Self::Household => "Household",
            Self::Owner => "Owner",
            Self::Assignee => "Assignee",
            Self::Holder(role) => role.name(),
        }
    }
}

/// What a person is to one case. The default is a stranger, who may do nothing.
///
/// The subject of a complaint about staff is a stranger to it, whatever their roles (C11).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing(pub Vec<Who>);

impl Standing {
    /// Whether the person is one of those.
    #[must_use]
    pub fn is_any(&self, who: &[Who]) -> bool {
        self.0.iter().any(|mine| who.contains(mine))
    }
}

/// One row of a state machine: in which states an act is possible and who may do it.
#[derive(Debug, Clone, Copy)]
pub struct Permission<State: 'static> {
    /// The states in which the act is possible.
    pub states: &'static [State],
    /// Who may do it.
    pub who: &'static [Who],
}

/// Refuses an act that is not this person's, or not possible now. Rights come first: a state is told only to
/// somebody who could act on it.
///
/// # Errors
/// [`Refusal::NotYours`] or [`Refusal::WrongState`].
pub fn permit<State: PartialEq + Copy>(
    permission: &Permission<State>,
    state: State,
    name: fn(State) -> &'static str,
    standing: &Standing,
) -> Result<(), Refusal> {
    if !standing.is_any(permission.who) {
        return Err(Refusal::NotYours { who_may: permission.who.iter().map(|who| who.name()).collect() });
    }
    if !permission.states.contains(&state) {
        return Err(Refusal::WrongState { possible_in: permission.states.iter().map(|s| name(*s)).collect() });
    }
    Ok(())
}
