//! What happened (the log), who must hear of it (notices), waking and resuming (bus, cursors), and how it comes to those
//! who follow it.
//!
//! | piece | what it is |
//! |---|---|
//! | `query` | reads of the log within a scope, and cursors |
//! | `alarms` | the same of alarms alone |
//! | `bus` | wakes those who wait for the log |
//! | `hub` | one reader of the log for each organization, and the topics to which it brings what happens |
//! | `person` | who follows something: judged at each delivery, loaded anew when their rights have changed |
//! | `live` | how a subscription says what it follows, and one delivery of it |
//! | `changes` | the same as the streams bring, as a query |
//! | `stream` | a subscription by itself: from a cursor on and then live |
//! | `words` | what happened, as a sentence |

pub mod alarms;
pub mod bus;
pub mod changes;
pub mod graphql;
pub mod hub;
pub mod live;
pub mod person;
pub mod query;
pub mod stream;
pub mod watching;
pub mod words;
