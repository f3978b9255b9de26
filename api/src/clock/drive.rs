//! Moves the clocks of a case by what has happened to it, in the transaction in which it happens.
//!
//! A feature tells what happened and knows nothing of clocks; what that does to them is one table in the domain
//! ([`domain::clock::reaction`]).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::category::Emergency;
use domain::clock::policy::{Choice, choose};
use domain::clock::promise::{Hours, Line, Matter, Source, applies};
use domain::clock::reaction::{Reaction, reactions};
use domain::clock::{Kind, State, Timing};
use domain::event::Kind as Event;
use domain::reply::is_by_word;
use entity::{clock, complaint};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::explained::waited_for;
use super::matter::{branch_in_act, matter};
use super::running::{Beginning, Belongs, Running, row};
use super::told;
use crate::app::act::{Act, Happening};
use crate::app::error::Result;
use crate::app::evidence;
use crate::booking;
use crate::calendar::{self, Calendars};
use crate::promise::{self, in_force, stored};
use crate::reply::policy;

/// Moves the clocks of every case that something happened to. What begins, moves or ends a clock of resolution says so.
///
/// # Errors
/// When the database does not answer.
pub async fn react(act: &Act<'_>, happenings: &mut [Happening]) -> Result<()> {
    let moving = |happening: &&Happening| !reactions(happening.kind).is_empty();
    let mut cases: Vec<Uuid> = happenings.iter().filter(moving).map(|happening| happening.complaint_id).collect();
    cases.sort_unstable();
    cases.dedup();
    for case in cases {
        let is_new = |told: &Happening| told.complaint_id == case && told.kind == Event::ComplaintReceived;
        // What comes in with this act has none yet.
        let all = if happenings.iter().any(is_new) { Vec::new() } else { read_all(act, case).await? };
        let mut clocks = Clocks::of(act, act.told_case(case).await?, all).await?;
        for happening in happenings.iter_mut().filter(|happening| happening.complaint_id == case) {
            let before: Vec<_> = clocks.resolutions().map(stands).collect();
            for reaction in reactions(happening.kind) {
                clocks.react(*reaction, happening)?;
            }
            if let Some(moved) = clocks.resolutions().find(|row| !before.contains(&stands(row))) {
                told::keep(&mut happening.data, moved);
            }
        }
        clocks.save().await?;
    }
    Ok(())
}

/// When the first clock of a case ends that is about to be received, so that its row is written once. Where something else
/// of the act moves that clock, [`react`] keeps what comes of it.
///
/// # Errors
/// When the database does not answer.
pub async fn first_due(act: &Act<'_>, case: &complaint::Model) -> Result<Option<DateTime<Utc>>> {
    let clocks = Clocks::of(act, case.clone(), Vec::new()).await?;
    let due = |reaction: &Reaction| match reaction {
        Reaction::Start(kind) => clocks.choose(*kind, act.now).map(|choice| choice.timing.due),
        _ => None,
    };
    Ok(reactions(Event::ComplaintReceived).iter().filter_map(due).min())
}

/// The clocks of one case.
struct Clocks<'a> {
    act: &'a Act<'a>,
    case: complaint::Model,
    matter: Matter,
    /// Whether the site answers the channel by word as well (C8).
    by_word: bool,
    calendars: Arc<Calendars>,
    /// The version of the site's promises under which the case was received, and what it promises.
    promises: Option<Uuid>,
    lines: Vec<Line>,
    all: Vec<Running>,
}

impl<'a> Clocks<'a> {
    async fn of(act: &'a Act<'a>, case: complaint::Model, all: Vec<Running>) -> Result<Self> {
        let site = act.site(case.site_id).await?;
        let calendars = calendar::in_act(act, &site).await?;
        let published = promise::in_act(act, site.id).await?;
        let promises = in_force(&published, case.received_at);
        let lines = promises.map_or(Ok(Vec::new()), |version| stored::read_all(&version.lines))?;
        let matter = matter(&case, &branch_in_act(act, case.site_id, case.category_id).await?);
        let by_word = is_by_word(policy::in_act(act, site.id).await?.forms_of(case.channel));
        Ok(Self { act, by_word, matter, calendars, case, promises: promises.map(|version| version.id), lines, all })
    }

    fn resolutions(&self) -> impl Iterator<Item = &clock::Model> {
        self.all.iter().map(|clock| &clock.row).filter(|row| row.kind == Kind::Resolution)
    }

    fn react(&mut self, reaction: Reaction, happening: &Happening) -> Result<()> {
        let now = self.act.now;
        match reaction {
            Reaction::Start(kind) => self.start(kind, happening, now)?,
            Reaction::StartFromReceipt(kind) => {
                if self.all.iter().all(|clock| clock.row.kind != kind) {
                    self.start(kind, happening, self.case.received_at)?;
                }
            }
            Reaction::Hasten(kind) => self.hasten(kind, happening)?,
            Reaction::StartWhereItApplies(kind) => {
                if !applies(kind, &self.matter) {
                    self.cancel(|clock| clock.kind == kind);
                } else if self.all.iter().all(|clock| clock.row.kind != kind) {
                    self.start(kind, happening, now)?;
                }
            }
            Reaction::StartWithTeam(kind) => {
                if happening.state == "TEAM_ASSIGNED" {
                    self.start(kind, happening, now)?;
                }
            }
            Reaction::StartUntilNamed(kind) => self.start_until_named(kind, happening)?,
            Reaction::FollowBooking(kind) => self.follow_booking(kind, happening)?,
            Reaction::LeaveBooking(kind) => self.leave_booking(kind, happening),
            Reaction::Meet(kind) => self.meet(kind, happening),
            Reaction::MeetOfCase(kind) => self.meet_of_case(kind, happening),
            Reaction::MeetBySpeech(kind) => {
                if kind == Kind::FirstProposal || self.by_word {
                    self.meet(kind, happening);
                }
            }
            Reaction::MeetWhenClosed(kind) => {
                if happening.state == "CLOSED" {
                    self.meet(kind, happening);
                }
            }
            Reaction::Pause(kind) => self.pause(kind, happening),
            Reaction::Resume(kind) => {
                self.each(kind, happening, State::Paused, |clock, calendar| clock.resume(now, calendar));
            }
            Reaction::Undo(kind) => self.undo(kind),
            Reaction::Cancel(kind) => self.cancel(|clock| clock.kind == kind),
            Reaction::CancelOrder => {
                self.cancel(|clock| clock.work_order_id.is_some() && clock.work_order_id == happening.work_order_id);
            }
            Reaction::CancelUndertaking => {
                let which = undertaking_of(happening);
                self.cancel(|clock| which.is_some() && clock.undertaking_id == which);
            }
            Reaction::CancelHandling => self.cancel(|clock| !matches!(clock.kind, Kind::FollowUp | Kind::Action)),
            Reaction::CancelAll => self.cancel(|clock| clock.kind != Kind::Action),
        }
        Ok(())
    }

    fn choose(&self, kind: Kind, from: DateTime<Utc>) -> Option<Choice<'_>> {
        choose(kind, &self.matter, &self.lines, from, |hours| self.calendars.of_hours(hours))
    }

    fn start(&mut self, kind: Kind, happening: &Happening, from: DateTime<Utc>) -> Result<()> {
        let talk = happening.kind == Event::FollowUpOpened
            && happening.data.get("closing") != Some(&serde_json::Value::Bool(true));
        let order = order_of(kind, happening);
        let runs =
            |clock: &Running| clock.row.kind == kind && clock.row.work_order_id == order && clock.row.state.is_open();
        if talk || self.all.iter().any(runs) {
            return Ok(());
        }
        let Some(choice) = self.choose(kind, from) else { return Ok(()) };
        let (line, timing) = (choice.line.clone(), choice.timing);
        let (hours, source) = (line.promise.hours, line.promise.source);
        // A default holds whatever version the site has published.
        let promises = self.promises.filter(|_| source == Source::Site);
        self.begin(Beginning { kind, timing, hours, source, promises }, Some(line), happening)
    }

    /// Whoever has come is not waited for again; a visit that was agreed, or a longer promise, holds no more.
    fn hasten(&mut self, kind: Kind, happening: &Happening) -> Result<()> {
        let received = self.case.received_at;
        if self.matter.emergency == Emergency::None {
            return Ok(());
        }
        let mine = |clock: &Running| clock.row.kind == kind && clock.row.state != State::Cancelled;
        if !self.all.iter().any(mine) {
            return self.start(kind, happening, received);
        }
        let Some(choice) = self.choose(kind, received) else { return Ok(()) };
        let (line, timing) = (choice.line.clone(), choice.timing);
        let promises = self.promises.filter(|_| line.promise.source == Source::Site);
        let calendar = self.calendars.of_hours(line.promise.hours);
        let open = |clock: &&mut Running| clock.row.kind == kind && clock.row.state.is_open();
        for clock in self.all.iter_mut().filter(open) {
            clock.hasten(&line, timing, promises, calendar)?;
        }
        Ok(())
    }

    fn start_until_named(&mut self, kind: Kind, happening: &Happening) -> Result<()> {
        let name = if kind == Kind::NextReply { "nextReplyBy" } else { "dueAt" };
        let moment = happening.data.get(name).and_then(serde_json::Value::as_str);
        let Some(due) = moment.and_then(|text| text.parse().ok()) else { return Ok(()) };
        let timing = Timing { started: self.act.now, target: None, due };
        let named = Beginning { kind, timing, hours: Hours::Always, source: Source::Named, promises: None };
        self.begin(named, None, happening)
    }

    fn follow_booking(&mut self, kind: Kind, happening: &Happening) -> Result<()> {
        let Some(visit) = booking::told::window(&happening.data) else { return Ok(()) };
        let urgent = kind == Kind::Arrival && self.matter.emergency != Emergency::None;
        if urgent {
            return Ok(());
        }
        let now = self.act.now;
        let open = |clock: &Running| clock.row.kind == kind && clock.row.state.is_open();
        if let Some(clock) = self.all.iter_mut().find(|clock| open(clock)) {
            clock.follow_booking(visit, now, self.calendars.of_hours(clock.row.hours));
            return Ok(());
        }
        // A visit that was agreed is a promise also where none is made otherwise; what is handled stays so.
        if kind == Kind::Arrival {
            let timing = Timing { started: now, target: Some(visit.from), due: visit.to };
            let named = Beginning { kind, timing, hours: Hours::Always, source: Source::Named, promises: None };
            self.begin(named, None, happening)?;
        }
        Ok(())
    }

    fn leave_booking(&mut self, kind: Kind, happening: &Happening) {
        let Some(agreed) = booking::told::agreed(&happening.data) else { return };
        let now = self.act.now;
        for clock in self.all.iter_mut().filter(|clock| clock.row.kind == kind && clock.row.state.is_open()) {
            if !clock.leave_booking(agreed, now, self.calendars.of_hours(clock.row.hours)) {
                clock.cancel(now);
            }
        }
    }

    fn begin(&mut self, beginning: Beginning, promise: Option<Line>, happening: &Happening) -> Result<()> {
        let belongs = Belongs {
            organization: self.case.organization_id,
            site: self.case.site_id,
            complaint: self.case.id,
            work_order: order_of(beginning.kind, happening),
            undertaking: undertaking_of(happening),
            department: happening.department_id,
        };
        let calendar = self.calendars.of_hours(beginning.hours);
        self.all.push(Running::begin(row(self.act.id(), beginning, belongs), promise, calendar)?);
        Ok(())
    }

    fn meet(&mut self, kind: Kind, happening: &Happening) {
        // Whoever was on site, or took an order, counts as having done so then, also when we hear of it later.
        let field =
            matches!(happening.kind, Event::TechnicianArrived | Event::TechnicianDeparted | Event::WorkOrderAccepted);
        let said = self.act.said.filter(|_| field);
        let at = said.map_or(self.act.now, |said| said.time.occurred_at());
        for state in [State::Running, State::Paused] {
            self.each(kind, happening, state, |clock, calendar| {
                clock.meet(at, calendar);
                clock.row.evidence = said.as_ref().map(|said| evidence::write(&said.time));
            });
        }
    }

    fn meet_of_case(&mut self, kind: Kind, happening: &Happening) {
        if happening.department_id.is_none() || happening.department_id != self.case.department_id {
            return;
        }
        let now = self.act.now;
        let of_case =
            |clock: &clock::Model| clock.kind == kind && clock.state.is_open() && clock.work_order_id.is_none();
        for clock in self.all.iter_mut().filter(|clock| of_case(&clock.row)) {
            let calendar = self.calendars.of_hours(clock.row.hours);
            clock.meet(now, calendar);
        }
    }

    fn pause(&mut self, kind: Kind, happening: &Happening) {
        let Some(reason) = waited_for(&happening.data) else { return };
        let now = self.act.now;
        self.each(kind, happening, State::Running, |clock, _| {
            if clock.waits_for(reason) {
                clock.pause(now, reason);
            }
        });
    }

    /// The last of a kind to end runs on.
    fn undo(&mut self, kind: Kind) {
        let ended = self.all.iter_mut().filter(|clock| clock.row.kind == kind && !clock.row.state.is_open());
        if let Some(clock) = ended.max_by_key(|clock| clock.row.ended_at) {
            let calendar = self.calendars.of_hours(clock.row.hours);
            clock.undo(calendar);
        }
    }

    fn cancel(&mut self, which: impl Fn(&clock::Model) -> bool) {
        for clock in self.all.iter_mut().filter(|clock| clock.row.state.is_open() && which(&clock.row)) {
            clock.cancel(self.act.now);
        }
    }

    fn each(
        &mut self,
        kind: Kind,
        happening: &Happening,
        state: State,
        change: impl Fn(&mut Running, &domain::working_time::Calendar),
    ) {
        let (order, undertaking) = (order_of(kind, happening), undertaking_of(happening));
        let fits = |clock: &clock::Model| {
            clock.kind == kind
                && clock.state == state
                && clock.work_order_id == order
                && clock.undertaking_id == undertaking
        };
        for clock in self.all.iter_mut().filter(|clock| fits(&clock.row)) {
            let calendar = self.calendars.of_hours(clock.row.hours);
            change(clock, calendar);
        }
    }

    async fn save(self) -> Result<()> {
        let rows = self.all.iter().map(|clock| &clock.row);
        keep_due(&self.act.txn, &self.case, rows).await?;
        let mut begun = Vec::new();
        for mut clock in self.all {
            if clock.row.state.is_open() && clock.row.work_order_id.is_none() && clock.row.undertaking_id.is_none() {
                // What is not of one order or undertaking shows with whoever has the case.
                clock.row.department_id = self.case.department_id;
            }
            if clock.is_new() {
                begun.push(clock.row.into_active_model());
            } else {
                clock.save(self.act).await?;
            }
        }
        if !begun.is_empty() {
            clock::Entity::insert_many(begun).exec_without_returning(&self.act.txn).await?;
        }
        Ok(())
    }
}

/// Which clock it is, and what an event can change of it: at most one of resolution at once, for only one is open.
fn stands(row: &clock::Model) -> (Uuid, State, DateTime<Utc>) {
    (row.id, row.state, row.due_at)
}

/// The clocks of a case, in order.
async fn read_all(act: &Act<'_>, case: Uuid) -> Result<Vec<Running>> {
    let rows = clock::Entity::find().filter(clock::Column::ComplaintId.eq(case)).order_by_asc(clock::Column::Id);
    rows.all(&act.txn).await?.into_iter().map(Running::read).collect()
}

/// Keeps with a case when the first of its running clocks ends, so that queues can stand in that order.
///
/// # Errors
/// When the database does not answer.
pub async fn keep_due(
    db: &impl ConnectionTrait,
    case: &complaint::Model,
    clocks: impl Iterator<Item = &clock::Model>,
) -> Result<()> {
    let due = clocks.filter(|clock| clock.state == State::Running).map(|clock| clock.due_at).min();
    if due != case.due_at {
        complaint::Entity::update_many()
            .col_expr(complaint::Column::DueAt, Expr::value(due))
            .filter(complaint::Column::Id.eq(case.id))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// What was undertaken, where it is about that.
fn undertaking_of(happening: &Happening) -> Option<Uuid> {
    Uuid::try_parse(happening.data.get("undertaking")?.as_str()?).ok()
}

/// The order that a clock is about, where it is about one.
fn order_of(kind: Kind, happening: &Happening) -> Option<Uuid> {
    let of_order =
        matches!(kind, Kind::Acknowledgement | Kind::TeamAssignment | Kind::Acceptance | Kind::CopyAcknowledgement);
    happening.work_order_id.filter(|_| of_order && happening.kind != Event::ComplaintResolved)
}
