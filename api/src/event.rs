//! What happened (the log), who must hear of it (notices), waking and resuming (bus, cursors).

pub mod bus;
pub mod graphql;
pub mod query;
pub mod stream;
pub mod watching;
