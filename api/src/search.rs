//! Searching the register by number, people, places and words (A2), ranked, within the viewer's scope.
//!
//! `index.rs` is the one place that knows how terms are kept: on PostgreSQL one row for each case under a GIN index, whose
//! posting lists hold half a million cases in a tenth of the space of rows; on SQLite a row for each term. `query.rs` asks tier
//! by tier, and within a tier the week before the page first, one case after the other, and then everywhere by the index: what
//! is common is found among the newest at once, and what does not fill a page from there is rare enough to be read whole.

pub mod graphql;
pub mod index;
pub mod query;
