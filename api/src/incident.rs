//! Incidents and open letters (D4): like reports of several units are suggested as one incident; staff confirm, split and
//! merge; residents follow a known one instead of filing again; an open letter answers every case of it at once.
//!
//! A letter is published by one transaction over all cases of the incident, of which there are at most 300: a publication in
//! several steps would show some customers an answer that others do not have yet, and would have to be taken up again after
//! a crash by somebody who knows how far it went.
//!
//! A case about an employee joins no incident: what residents and staff are told of an incident must not tell somebody of a
//! complaint about themself (C11).

pub mod graphql;
pub mod input;
pub mod mutation;
pub mod query;
pub mod service;
