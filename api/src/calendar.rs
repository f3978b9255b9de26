//! The calendars of a site: the hours of its office, and the clock's round.
//!
//! Every office is open from Monday to Friday, nine to twelve and half past one to six, but for official holidays and
//! with their make-up working days; the hours are ours.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono_tz::Tz;
use domain::clock::promise::Hours;
use domain::working_time::{Calendar, Week, holidays};
use entity::site;

use crate::access::viewer::parse_zone;
use crate::app::error::Result;

/// Those of each time zone, as they are the same for all sites of one.
static OF_ZONES: LazyLock<Mutex<HashMap<Tz, Arc<Calendars>>>> = LazyLock::new(Mutex::default);

/// The calendars of a site.
pub struct Calendars {
    office: Calendar,
    always: Calendar,
}

impl Calendars {
    /// The one for clocks of these hours.
    #[must_use]
    pub fn of_hours(&self, hours: Hours) -> &Calendar {
        match hours {
            Hours::Office => &self.office,
            Hours::Always => &self.always,
        }
    }
}

/// The calendars of a site.
///
/// # Errors
/// When the official holidays cannot be read, which a test rules out.
pub fn of_site(site: &site::Model) -> Result<Arc<Calendars>> {
    let zone = parse_zone(&site.time_zone);
    let mut known = OF_ZONES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(calendars) = known.get(&zone) {
        return Ok(calendars.clone());
    }
    let week = Week::office();
    let days: Vec<_> = holidays::days().iter().map(|day| day.in_week(&week)).collect();
    let office = Calendar::new(zone, week, days).map_err(|error| error.to_string())?;
    let calendars = Arc::new(Calendars { office, always: Calendar::always(zone) });
    known.insert(zone, calendars.clone());
    Ok(calendars)
}
