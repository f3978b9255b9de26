//! A clock in the middle of an act: its row, and how it is moved. The rules of time are in the domain.

use chrono::{DateTime, Utc};
use domain::booking::Window;
use domain::clock::promise::{Hours, Line, Reminders, Source};
use domain::clock::{Moment, State, Timing};
use domain::work_order::HoldReason;
use domain::working_time::Calendar;
use entity::clock;
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::database::write_changes;
use crate::app::error::Result;
use crate::promise::stored;

/// A clock that may be changed in an act.
pub struct Running {
    /// The row as it will be.
    pub row: clock::Model,
    /// The promise it was made from; none where whoever began it has named its end.
    pub promise: Option<Line>,
    before: Option<clock::Model>,
}

impl Running {
    /// One that was read and is locked with its case.
    ///
    /// # Errors
    /// When its promise is not as it was written.
    pub fn read(row: clock::Model) -> Result<Self> {
        let promise = row.promise.as_ref().map(stored::read).transpose()?;
        Ok(Self { promise, before: Some(row.clone()), row })
    }

    /// One that begins.
    ///
    /// # Errors
    /// When its promise cannot be written.
    pub fn begin(row: clock::Model, promise: Option<Line>, calendar: &Calendar) -> Result<Self> {
        let mut new = Self { row, promise, before: None };
        new.row.promise = new.promise.as_ref().map(stored::write).transpose()?;
        new.look_ahead(calendar);
        Ok(new)
    }

    /// Whether it may wait for a reason.
    #[must_use]
    pub fn waits_for(&self, reason: HoldReason) -> bool {
        self.promise.as_ref().is_some_and(|line| line.promise.waits_for.contains(&reason))
    }

    /// What it waits for has happened.
    pub fn meet(&mut self, at: DateTime<Utc>, calendar: &Calendar) {
        self.resume(at, calendar);
        let late = at > self.row.due_at;
        self.end(at, if late { State::Missed } else { State::Met });
        // A handheld that was out of reach may prove later that it was kept.
        self.row.missed_at = late.then_some(self.row.due_at);
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

    /// It ends with a visit from now on. A promise that is broken stays broken; a pause ends, for now a time is named.
    pub fn follow_booking(&mut self, visit: Window, now: DateTime<Utc>, calendar: &Calendar) {
        self.resume(now, calendar);
        if now > self.row.due_at {
            return;
        }
        self.row.source = Source::Named;
        self.row.target_at = (self.row.kind == domain::clock::Kind::Arrival).then_some(visit.from);
        self.row.due_at = visit.to;
        self.skip_to(now, calendar);
    }

    /// It ends as was promised again, later by the time for which a visit was agreed. Says whether anything was promised.
    pub fn leave_booking(&mut self, agreed: DateTime<Utc>, now: DateTime<Utc>, calendar: &Calendar) -> bool {
        if self.row.source != Source::Named || now > self.row.due_at {
            return true;
        }
        let Some(promise) = self.promise.as_ref().map(|line| line.promise.clone()) else { return false };
        let paused = chrono::TimeDelta::seconds(self.row.paused_seconds);
        let timing = Timing::of(promise.limit, promise.target, self.row.started_at, calendar)
            .and_then(|timing| Some(Timing { due: calendar.add(timing.due, paused)?, ..timing }))
            .and_then(|timing| timing.after_pause(agreed, now, calendar));
        if let Some(timing) = timing {
            (self.row.target_at, self.row.due_at) = (timing.target, timing.due);
            self.row.source = promise.source;
            self.row.paused_seconds += calendar.between(agreed, now).num_seconds();
            self.skip_to(now, calendar);
        }
        true
    }

    /// It ends as something else promises from its beginning on, where it ended later or with a visit. What is late by that is
    /// told at once; a promise that was broken stays broken, and is not told as broken again.
    ///
    /// # Errors
    /// When the promise cannot be written.
    pub fn hasten(&mut self, line: &Line, timing: Timing, promises: Option<Uuid>, calendar: &Calendar) -> Result<()> {
        if self.row.source != Source::Named && self.row.due_at <= timing.due {
            return Ok(());
        }
        self.row.promise = Some(stored::write(line)?);
        self.promise = Some(line.clone());
        self.row.promises_id = promises;
        self.row.source = line.promise.source;
        self.row.hours = line.promise.hours;
        self.row.started_at = timing.started;
        (self.row.target_at, self.row.due_at) = (timing.target, timing.due);
        (self.row.paused_at, self.row.pause_reason, self.row.paused_seconds) = (None, None, 0);
        self.row.state = State::Running;
        if self.row.missed_at.is_none() {
            self.row.told = 0;
        }
        self.look_ahead(calendar);
        Ok(())
    }

    /// Looks ahead from now: what would have been told before, had its end been this from the beginning, is not told.
    fn skip_to(&mut self, now: DateTime<Utc>, calendar: &Calendar) {
        let over = self.moments(calendar).iter().filter(|(at, _)| *at <= now).count();
        self.row.told = i32::try_from(over).unwrap_or(i32::MAX);
        self.look_ahead(calendar);
    }

    /// Its end by the calendar as it is now; says whether that has moved it. A promise that is broken stays broken, and
    /// no change makes one broken that was not: what would have ended before now stays as it was told.
    pub fn follow(&mut self, now: DateTime<Utc>, calendar: &Calendar) -> bool {
        // What ends with a visit does not follow the calendar.
        if self.row.source == Source::Named {
            return false;
        }
        let Some(promise) = self.promise.as_ref().map(|line| &line.promise) else { return false };
        let waited = chrono::TimeDelta::seconds(self.row.paused_seconds);
        let Some(timing) = Timing::of(promise.limit, promise.target, self.row.started_at, calendar) else {
            return false;
        };
        let later = |moment: DateTime<Utc>| calendar.add(moment, waited).filter(|moment| *moment > now);
        let Some(due) = later(timing.due).filter(|due| *due != self.row.due_at && self.row.due_at > now) else {
            return false;
        };
        self.row.due_at = due;
        if self.row.target_at.is_some_and(|target| target > now) {
            self.row.target_at = timing.target.and_then(later).or(self.row.target_at);
        }
        if self.row.state == State::Running {
            self.look_ahead(calendar);
        }
        true
    }

    /// The moment that is due now, if one is; it counts as told.
    pub fn take_due(&mut self, now: DateTime<Utc>, calendar: &Calendar) -> Option<Moment> {
        let place = usize::try_from(self.row.told).unwrap_or(usize::MAX);
        let (at, moment) = self.moments(calendar).get(place).copied()?;
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
        self.row.next_at = self.moments(calendar).get(place).map(|(at, _)| *at);
    }

    /// Writes it, if it has changed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn save(self, act: &Act<'_>) -> Result<()> {
        match self.before {
            Some(before) => write_changes(&act.txn, &before, &self.row).await?,
            None => {
                clock::Entity::insert(self.row.into_active_model()).exec_without_returning(&act.txn).await?;
            }
        }
        Ok(())
    }

    /// Whether it has begun in this act.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    fn moments(&self, calendar: &Calendar) -> Vec<(DateTime<Utc>, Moment)> {
        let usual = Reminders::default();
        let reminders = self.promise.as_ref().map_or(&usual, |line| &line.promise.reminders);
        self.timing().moments(reminders, calendar)
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
    /// What was undertaken, where it is the end of that.
    pub undertaking: Option<Uuid>,
    /// The department in whose list it shows.
    pub department: Option<Uuid>,
}

/// What a clock begins with.
#[derive(Debug, Clone, Copy)]
pub struct Beginning {
    /// What it measures.
    pub kind: domain::clock::Kind,
    /// When it ends.
    pub timing: Timing,
    /// In which hours it runs.
    pub hours: Hours,
    /// Where its promise comes from.
    pub source: Source,
    /// The version of the site's promises under which its case was received.
    pub promises: Option<Uuid>,
}

/// The row of a clock that begins.
#[must_use]
pub fn row(id: Uuid, beginning: Beginning, belongs: Belongs) -> clock::Model {
    let Beginning { kind, timing, hours, source, promises } = beginning;
    clock::Model {
        id,
        organization_id: belongs.organization,
        site_id: belongs.site,
        complaint_id: belongs.complaint,
        work_order_id: belongs.work_order,
        undertaking_id: belongs.undertaking,
        department_id: belongs.department,
        kind,
        state: State::Running,
        source,
        promises_id: promises,
        promise: None,
        hours,
        started_at: timing.started,
        target_at: timing.target,
        due_at: timing.due,
        paused_at: None,
        pause_reason: None,
        paused_seconds: 0,
        ended_at: None,
        missed_at: None,
        told: 0,
        next_at: None,
        evidence: None,
    }
}
