//! A clock in the middle of an act: its row, and how it is moved. The rules of time are in the domain.

use chrono::{DateTime, Utc};
use domain::clock::promise::Promise;
use domain::clock::{Moment, State, Timing};
use domain::work_order::HoldReason;
use domain::working_time::Calendar;
use entity::clock;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::error::Result;

/// A clock that may be changed in an act.
pub struct Running {
    /// The row as it will be.
    pub row: clock::Model,
    before: Option<clock::Model>,
}

impl Running {
    /// One that was read and is locked with its case.
    #[must_use]
    pub fn read(row: clock::Model) -> Self {
        Self { before: Some(row.clone()), row }
    }

    /// One that begins.
    #[must_use]
    pub fn begin(row: clock::Model, calendar: &Calendar) -> Self {
        let mut new = Self { row, before: None };
        new.look_ahead(calendar);
        new
    }

    /// What it waits for has happened.
    pub fn meet(&mut self, at: DateTime<Utc>, calendar: &Calendar) {
        self.resume(at, calendar);
        let late = at > self.row.due_at;
        self.end(at, if late { State::Missed } else { State::Met });
        if late {
            self.row.missed_at = Some(self.row.due_at);
        }
    }

    /// What it waited for is not wanted any more. A promise that was broken by then stays broken.
    pub fn cancel(&mut self, at: DateTime<Utc>) {
        let missed = self.row.paused_at.is_none() && at > self.row.due_at;
        self.end(at, if missed { State::Missed } else { State::Cancelled });
        if missed {
            self.row.missed_at = Some(self.row.due_at);
        }
    }

    fn end(&mut self, at: DateTime<Utc>, state: State) {
        self.row.state = state;
        self.row.ended_at = Some(at);
        self.row.paused_at = None;
        self.row.pause_reason = None;
        self.row.next_at = None;
    }

    /// It runs on as if it had not ended.
    pub fn undo(&mut self, calendar: &Calendar) {
        self.row.state = State::Running;
        self.row.ended_at = None;
        self.look_ahead(calendar);
    }

    /// It waits from now on.
    pub fn pause(&mut self, at: DateTime<Utc>, reason: HoldReason) {
        self.row.state = State::Paused;
        self.row.paused_at = Some(at);
        self.row.pause_reason = Some(reason);
        self.row.next_at = None;
    }

    /// It goes on, where it waits.
    pub fn resume(&mut self, at: DateTime<Utc>, calendar: &Calendar) {
        let Some(from) = self.row.paused_at.take() else { return };
        self.row.state = State::Running;
        self.row.pause_reason = None;
        self.row.paused_seconds += calendar.between(from, at).num_seconds();
        if let Some(timing) = self.timing().after_pause(from, at, calendar) {
            self.row.target_at = timing.target;
            self.row.due_at = timing.due;
        }
        self.look_ahead(calendar);
    }

    /// The moment that is due now, if one is; it counts as told.
    pub fn take_due(&mut self, now: DateTime<Utc>, calendar: &Calendar) -> Option<Moment> {
        let place = usize::try_from(self.row.told).unwrap_or(usize::MAX);
        let (at, moment) = self.timing().moments(calendar).get(place).copied()?;
        if at > now || self.row.state != State::Running {
            return None;
        }
        if moment == Moment::Limit {
            self.row.missed_at = Some(self.row.due_at);
        }
        self.row.told += 1;
        self.look_ahead(calendar);
        Some(moment)
    }

    /// Finds when somebody must hear of it next.
    pub fn look_ahead(&mut self, calendar: &Calendar) {
        let place = usize::try_from(self.row.told).unwrap_or(usize::MAX);
        self.row.next_at = self.timing().moments(calendar).get(place).map(|(at, _)| *at);
    }

    /// Writes it, if it has changed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn save(self, act: &Act<'_>) -> Result<()> {
        match self.before {
            Some(before) if before == self.row => {}
            Some(_) => {
                self.row.into_active_model().reset_all().update(&act.txn).await?;
            }
            None => {
                clock::Entity::insert(self.row.into_active_model()).exec_without_returning(&act.txn).await?;
            }
        }
        Ok(())
    }

    fn timing(&self) -> Timing {
        Timing { started: self.row.started_at, target: self.row.target_at, due: self.row.due_at }
    }
}

/// Where a clock belongs.
#[derive(Debug, Clone, Copy)]
pub struct Belongs {
    /// The organization.
    pub organization: Uuid,
    /// The site.
    pub site: Uuid,
    /// The case.
    pub complaint: Uuid,
    /// The work order, where it is the order's.
    pub work_order: Option<Uuid>,
    /// The department in whose list it shows.
    pub department: Option<Uuid>,
}

/// The row of a clock that begins; none where its calendar never has so much time.
#[must_use]
pub fn row(
    id: Uuid,
    kind: domain::clock::Kind,
    promise: &Promise,
    started: DateTime<Utc>,
    belongs: Belongs,
    calendar: &Calendar,
) -> Option<clock::Model> {
    let timing = Timing::of(promise.limit, promise.target, started, calendar)?;
    Some(clock::Model {
        id,
        organization_id: belongs.organization,
        site_id: belongs.site,
        complaint_id: belongs.complaint,
        work_order_id: belongs.work_order,
        department_id: belongs.department,
        kind,
        state: State::Running,
        source: promise.source,
        hours: promise.hours,
        started_at: started,
        target_at: timing.target,
        due_at: timing.due,
        paused_at: None,
        pause_reason: None,
        paused_seconds: 0,
        ended_at: None,
        missed_at: None,
        told: 0,
        next_at: None,
    })
}
