//! Which clocks a case would have, and why: tried without filing it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::clock::policy::choose;
use domain::clock::promise::{Hours, Line, Matter};
use domain::clock::reaction::{Reaction, reactions};
use domain::clock::{Kind, Timing};
use domain::event::Kind as Event;
use domain::working_time::SkippedDay;
use entity::service_promises;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::stored;
use crate::app::error::Result;
use crate::calendar::Calendars;

/// A case that might be filed, read.
pub struct Trial {
    /// What its promises depend on.
    pub matter: Matter,
    /// When it is filed.
    pub filed_at: DateTime<Utc>,
    /// The version to try; none for the one that holds then.
    pub promises: Option<service_promises::Model>,
    /// The calendars of its site.
    pub calendars: Arc<Calendars>,
}

/// A clock that the case would have.
pub struct Tried {
    /// What it measures.
    pub kind: Kind,
    /// Whether it begins with the receipt; the others are shown as if they did.
    pub on_receipt: bool,
    /// The promise that holds.
    pub line: Line,
    /// When it begins and ends by it.
    pub timing: Timing,
    /// The promises that gave way, the most specific first.
    pub lost: Vec<Line>,
    /// Whether a more specific one gave way because a regulation gives less time.
    pub regulated: bool,
    /// The days without work in between.
    pub skipped: Vec<SkippedDay>,
}

/// The clocks of a trial, in the order of their kinds, and the version that was tried.
///
/// # Errors
/// When the database does not answer.
pub async fn run(
    db: &impl ConnectionTrait,
    site: Uuid,
    trial: Trial,
) -> Result<(Option<service_promises::Model>, Vec<Tried>)> {
    let promises = match trial.promises {
        Some(promises) => Some(promises),
        None => super::in_force(&super::published(db, site).await?, trial.filed_at).cloned(),
    };
    let own = promises.as_ref().map_or(Ok(Vec::new()), |version| stored::read_all(&version.lines))?;
    let calendars = trial.calendars;
    let tried = Kind::ALL.iter().filter_map(|kind| {
        let choice = choose(*kind, &trial.matter, &own, trial.filed_at, |hours| calendars.of_hours(hours))?;
        let timing = choice.timing;
        let skipped = match choice.line.promise.hours {
            Hours::Office => calendars.of_hours(Hours::Office).skipped(timing.started, timing.due),
            Hours::Always => Vec::new(),
        };
        Some(Tried {
            kind: *kind,
            on_receipt: reactions(Event::ComplaintReceived).contains(&Reaction::Start(*kind)),
            line: choice.line.clone(),
            timing,
            lost: choice.lost.into_iter().cloned().collect(),
            regulated: choice.regulated,
            skipped,
        })
    });
    let tried = tried.collect();
    Ok((promises, tried))
}
