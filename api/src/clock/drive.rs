//! Moves the clocks of a case by what has happened to it, in the transaction in which it happens.
//!
//! A feature tells what happened and knows nothing of clocks; what that does to them is one table in the domain
//! ([`domain::clock::reaction`]).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::category::Emergency;
use domain::clock::promise::{Matter, is_written, named, promised};
use domain::clock::reaction::{Reaction, reactions};
use domain::clock::{Kind, State};
use domain::event::Kind as Event;
use domain::work_order::HoldReason;
use entity::{category, clock, complaint, work_order};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::running::{Belongs, Running, row};
use crate::app::act::{Act, Happening};
use crate::app::error::Result;
use crate::calendar::{self, Calendars};
use crate::complaint::case::site_of;
use crate::complaint::parts::category_of;

/// What a promise may wait for: what we cannot change.
const WAITS_FOR: &[HoldReason] = &[HoldReason::Customer, HoldReason::Parts, HoldReason::Access];
/// How far up a category's branch is looked for what it is about.
const DEPTH: usize = 8;

/// Moves the clocks of every case that something happened to.
///
/// # Errors
/// When the database does not answer.
pub async fn react(act: &Act<'_>, happenings: &[Happening]) -> Result<()> {
    let moving = |happening: &&Happening| !reactions(happening.kind).is_empty();
    let mut cases: Vec<Uuid> = happenings.iter().filter(moving).map(|happening| happening.complaint_id).collect();
    cases.sort_unstable();
    cases.dedup();
    for case in cases {
        let mut clocks = Clocks::of(act, case).await?;
        for happening in happenings.iter().filter(|happening| happening.complaint_id == case) {
            for reaction in reactions(happening.kind) {
                clocks.react(*reaction, happening).await?;
            }
        }
        clocks.save().await?;
    }
    Ok(())
}

/// The clocks of one case.
struct Clocks<'a> {
    act: &'a Act<'a>,
    case: complaint::Model,
    matter: Matter,
    calendars: Arc<Calendars>,
    all: Vec<Running>,
}

impl<'a> Clocks<'a> {
    async fn of(act: &'a Act<'a>, id: Uuid) -> Result<Self> {
        let case = complaint::Entity::find_by_id(id).one(&act.txn).await?;
        let case = case.ok_or_else(|| "a clock's case is missing".to_owned())?;
        let site = site_of(&act.txn, case.site_id).await?;
        let calendars = calendar::of_site(&act.txn, &site).await?;
        let rows = clock::Entity::find().filter(clock::Column::ComplaintId.eq(id)).order_by_asc(clock::Column::Id);
        let all = rows.all(&act.txn).await?.into_iter().map(Running::read).collect();
        Ok(Self { act, matter: matter(act, &case).await?, calendars, case, all })
    }

    async fn react(&mut self, reaction: Reaction, happening: &Happening) -> Result<()> {
        let now = self.act.now;
        match reaction {
            Reaction::Start(kind) => self.start(kind, happening, now),
            Reaction::StartFromReceipt(kind) => {
                if self.all.iter().all(|clock| clock.row.kind != kind) {
                    self.start(kind, happening, self.case.received_at);
                }
            }
            Reaction::StartUntilNamed(kind) => self.start_until_named(kind, happening),
            Reaction::Meet(kind) => self.meet(kind, happening),
            Reaction::MeetBySpeech(kind) => {
                if kind == Kind::FirstProposal || !is_written(self.case.channel) {
                    self.meet(kind, happening);
                }
            }
            Reaction::MeetWhenClosed(kind) => {
                if happening.state == "CLOSED" {
                    self.meet(kind, happening);
                }
            }
            Reaction::Pause(kind) => self.pause(kind, happening).await?,
            Reaction::Resume(kind) => {
                self.each(kind, happening, State::Paused, |clock, calendar| clock.resume(now, calendar));
            }
            Reaction::Undo(kind) => self.undo(kind),
            Reaction::Cancel(kind) => self.cancel(|clock| clock.kind == kind),
            Reaction::CancelOrder => {
                self.cancel(|clock| clock.work_order_id.is_some() && clock.work_order_id == happening.work_order_id);
            }
            Reaction::CancelHandling => self.cancel(|clock| clock.kind != Kind::FollowUp),
            Reaction::CancelAll => self.cancel(|_| true),
        }
        Ok(())
    }

    fn start(&mut self, kind: Kind, happening: &Happening, from: DateTime<Utc>) {
        let talk = kind == Kind::FollowUp && happening.data.get("closing") != Some(&serde_json::Value::Bool(true));
        let order = order_of(kind, happening);
        let runs =
            |clock: &Running| clock.row.kind == kind && clock.row.work_order_id == order && clock.row.state.is_open();
        if talk || self.all.iter().any(runs) {
            return;
        }
        if let Some(promise) = promised(kind, self.matter) {
            self.begin(kind, &promise, from, happening);
        }
    }

    fn start_until_named(&mut self, kind: Kind, happening: &Happening) {
        let moment = happening.data.get("nextReplyBy").and_then(serde_json::Value::as_str);
        if let Some(until) = moment.and_then(|text| text.parse().ok()) {
            self.begin(kind, &named(until), self.act.now, happening);
        }
    }

    fn begin(
        &mut self,
        kind: Kind,
        promise: &domain::clock::promise::Promise,
        from: DateTime<Utc>,
        happening: &Happening,
    ) {
        let belongs = Belongs {
            organization: self.case.organization_id,
            site: self.case.site_id,
            complaint: self.case.id,
            work_order: order_of(kind, happening),
            department: happening.department_id,
        };
        let calendar = self.calendars.of_hours(promise.hours);
        let row = row(self.act.id(), kind, promise, from, belongs, calendar);
        self.all.extend(row.map(|row| Running::begin(row, calendar)));
    }

    fn meet(&mut self, kind: Kind, happening: &Happening) {
        let now = self.act.now;
        for state in [State::Running, State::Paused] {
            self.each(kind, happening, state, |clock, calendar| clock.meet(now, calendar));
        }
    }

    async fn pause(&mut self, kind: Kind, happening: &Happening) -> Result<()> {
        let Some(order) = happening.work_order_id else { return Ok(()) };
        let order = work_order::Entity::find_by_id(order).one(&self.act.txn).await?;
        let reason = order.and_then(|order| order.hold_reason).filter(|reason| WAITS_FOR.contains(reason));
        if let Some(reason) = reason {
            let now = self.act.now;
            self.each(kind, happening, State::Running, |clock, _| clock.pause(now, reason));
        }
        Ok(())
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
        let order = order_of(kind, happening);
        let fits = |clock: &clock::Model| clock.kind == kind && clock.state == state && clock.work_order_id == order;
        for clock in self.all.iter_mut().filter(|clock| fits(&clock.row)) {
            let calendar = self.calendars.of_hours(clock.row.hours);
            change(clock, calendar);
        }
    }

    async fn save(self) -> Result<()> {
        for mut clock in self.all {
            if clock.row.state.is_open() && clock.row.work_order_id.is_none() {
                // What is not of one order shows with whoever has the case.
                clock.row.department_id = self.case.department_id;
            }
            clock.save(self.act).await?;
        }
        Ok(())
    }
}

/// The order that a clock is about, where it is about one.
fn order_of(kind: Kind, happening: &Happening) -> Option<Uuid> {
    let of_order = matches!(kind, Kind::Acknowledgement | Kind::TeamAssignment | Kind::CopyAcknowledgement);
    happening.work_order_id.filter(|_| of_order && happening.kind != Event::ComplaintResolved)
}

/// What the promises of a case depend on.
async fn matter(act: &Act<'_>, case: &complaint::Model) -> Result<Matter> {
    let category = category_of(&act.txn, case).await?;
    Ok(Matter {
        kind: case.kind,
        channel: case.channel,
        severity: case.severity,
        emergency: category.emergency,
        water_or_electricity: category.emergency == Emergency::None && is_about_water(act, category).await?,
        anonymous: case.anonymous,
        booked: case.wished_at.is_some_and(|wished| wished > case.received_at),
    })
}

/// Whether a category is in the branch of water or of electricity.
async fn is_about_water(act: &Act<'_>, category: category::Model) -> Result<bool> {
    const BRANCHES: [&str; 2] = ["WATER", "ELECTRIC"];
    let mut next = Some(category);
    for _ in 0..DEPTH {
        let Some(category) = next else { break };
        if BRANCHES.contains(&category.code.as_str()) {
            return Ok(true);
        }
        next = match category.parent_id {
            Some(parent) => category::Entity::find_by_id(parent).one(&act.txn).await?,
            None => None,
        };
    }
    Ok(false)
}
