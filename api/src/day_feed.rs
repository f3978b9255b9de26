//! A technician's day for any calendar: a feed (iCalendar) by a secret link that holds until it is revoked, replaced, or its
//! owner is no technician any more. It names nobody but the order: a link may get into other hands.

pub mod calendar;
pub mod graphql;
pub mod service;
