//! What the mutations on incidents and open letters take in.

use async_graphql::{ID, InputObject};
use domain::incident::Audience;

use super::service::Draft;
use crate::app::error::Result;
use crate::app::public_id;
use crate::app::request::{act_input, ids};

/// Cases that are of one incident.
#[derive(InputObject)]
pub struct ConfirmIncidentInput {
    /// The site.
    pub site_id: ID,
    /// What it is, in a few words that residents may read: 1 to 120 characters.
    pub title: String,
    /// The cases, 1 to 300; see `incidentSuggestions`.
    pub complaint_ids: Vec<ID>,
    /// Whether residents of the site know of it, and may follow it.
    #[graphql(default)]
    pub announced: bool,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// More cases of an incident.
    AddToIncidentInput on incident_id("Incident", "incidentId") {
        /// Cases of the same site that belong to no incident; 300 in all.
        complaint_ids: Vec<ID>,
    }
}

act_input! {
    /// Some cases that are another incident.
    SplitIncidentInput on incident_id("Incident", "incidentId") {
        /// What the other one is, 1 to 120 characters.
        title: String,
        /// Some of its cases.
        complaint_ids: Vec<ID>,
    }
}

act_input! {
    /// Which incident carries it on.
    MergeIncidentInput on incident_id("Incident", "incidentId") {
        /// Another open incident of the site.
        into_incident_id: ID,
        /// Its `version` as you saw it.
        into_expected_version: i32,
    }
}

act_input! {
    /// Whether residents know of it.
    AnnounceIncidentInput on incident_id("Incident", "incidentId") {
        /// Yes or no.
        announced: bool,
    }
}

act_input! {
    /// Nothing but which incident.
    IncidentInput on incident_id("Incident", "incidentId") {}
}

/// Which incident a resident follows.
#[derive(InputObject)]
pub struct FollowIncidentInput {
    /// One of `knownIncidents`.
    pub incident_id: ID,
    /// One of `viewer.units`, at the site of the incident.
    pub unit_id: ID,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// Which incident a resident follows no longer.
#[derive(InputObject)]
pub struct UnfollowIncidentInput {
    /// The incident.
    pub incident_id: ID,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// The words of a letter, and whom it is for.
#[derive(InputObject)]
pub struct OpenLetterDraft {
    /// Its title, 1 to 120 characters.
    pub title: String,
    /// Its words, 1 to 8,000 characters.
    pub text: String,
    /// Whom it is for, besides those whose cases it answers.
    pub audience: Audience,
    /// The buildings for `BUILDINGS`, the units for `UNITS`; 1 to 1,000 of the site.
    #[graphql(default)]
    pub place_ids: Vec<ID>,
}

impl OpenLetterDraft {
    /// Reads the ids.
    ///
    /// # Errors
    /// `NOT_FOUND` with the path of the field.
    pub fn parse(&self) -> Result<Draft> {
        let places = match self.audience {
            Audience::Buildings => ids("Building", &self.place_ids, "placeIds")?,
            Audience::Units => ids("Unit", &self.place_ids, "placeIds")?,
            Audience::All | Audience::Members => Vec::new(),
        };
        Ok(Draft { title: self.title.clone(), text: self.text.clone(), audience: self.audience, places })
    }
}

act_input! {
    /// A letter for an incident.
    DraftOpenLetterInput on incident_id("Incident", "incidentId") {
        /// Its words, and whom it is for.
        letter: OpenLetterDraft,
    }
}

act_input! {
    /// Other words, or others whom it is for.
    ReviseOpenLetterInput on open_letter_id("OpenLetter", "openLetterId") {
        /// Its words, and whom it is for.
        letter: OpenLetterDraft,
    }
}

act_input! {
    /// Nothing but which letter.
    OpenLetterInput on open_letter_id("OpenLetter", "openLetterId") {}
}

/// Which letter was read.
#[derive(InputObject)]
pub struct ReadOpenLetterInput {
    /// The letter.
    pub open_letter_id: ID,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

impl ReadOpenLetterInput {
    /// Reads the id.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn letter(&self) -> Result<uuid::Uuid> {
        public_id::read("OpenLetter", &self.open_letter_id, "openLetterId")
    }
}
