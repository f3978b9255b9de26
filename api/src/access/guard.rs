//! Holds every root field to its entry in the access table.

use async_graphql::{Context, Guard};
use domain::access::{self, Operation};

use super::viewer::Viewer;
use crate::app::error::Error;

/// The guard of every root object: a field without an entry in the access table is closed to everybody.
pub struct Listed(pub Operation);

impl Guard for Listed {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        let Some(entry) = access::entry(self.0, ctx.field().name()) else {
            return Err(Error::Forbidden.into());
        };
        Ok(admit(entry, ctx.data_opt::<Viewer>())?)
    }
}

/// Whether somebody may call what an entry of the access table is about.
///
/// # Errors
/// Why they may not.
pub fn admit(entry: &access::Entry, viewer: Option<&Viewer>) -> Result<(), Error> {
    if let Some(viewer) = viewer {
        if viewer.is_machine() {
            // It may call what names it, and nothing that merely is open to people.
            let admitted = entry.machines.is_some_and(|scope| viewer.has_scope(scope));
            return if admitted { Ok(()) } else { Err(Error::Forbidden) };
        }
        let open = access::open_while_setting_up(entry.operation, entry.field);
        if viewer.must_set_up_second_factor && !open {
            return Err(Error::SecondFactorRequired);
        }
    }
    match (entry.who, viewer) {
        (access::Callers::Everybody, _) | (access::Callers::SignedIn, Some(_)) => Ok(()),
        (access::Callers::Roles(_) | access::Callers::SignedIn, None) => Err(Error::Unauthenticated),
        (access::Callers::Roles(roles), Some(viewer)) if viewer.holds_any(roles) => Ok(()),
        (access::Callers::Roles(_), Some(_)) => Err(Error::Forbidden),
    }
}
