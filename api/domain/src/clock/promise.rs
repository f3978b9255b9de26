//! Service promises 服务承诺: how long what may take. Those of the regulations, and ours where they give no figure. A
//! site lays promises of its own over them ([`super::policy`]).

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Kind;
use crate::category::Emergency;
use crate::closed_set::closed_set;
use crate::complaint::{self, Channel, Severity};
use crate::work_order::HoldReason;

closed_set! {
    /// Where a promise comes from.
    pub enum Source as "PromiseSource" {
        /// A regulation gives the figure.
        Regulation,
        /// A regulation asks for it without a figure; the figure is ours.
        Ours,
        /// The site has published it.
        Site,
        /// Whoever acted has named the time.
        Named,
    }
}

closed_set! {
    /// In which hours a clock runs.
    pub enum Hours as "ClockHours" {
        /// In the working hours of the site's office.
        Office,
        /// Around the clock.
        Always,
    }
}

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So much time of its hours.
    Within(TimeDelta),
    /// To the end of the working day that is so many after the day it began.
    WorkingDays(u32),
    /// To a moment that was named.
    Until(DateTime<Utc>),
}

/// When leaders hear of a broken promise, in working time after its end (C7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Climb {
    /// The office head.
    pub office_head: TimeDelta,
    /// A company leader; later than the office head.
    pub company_leader: TimeDelta,
}

/// When somebody is told while a clock runs and after its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminders {
    /// After how many hundredths of the time the owner is reminded, rising.
    pub warn_at: Vec<u8>,
    /// The steps up the ladder; by the length of the promise where none are said.
    pub climb: Option<Climb>,
}

impl Default for Reminders {
    fn default() -> Self {
        Self { warn_at: vec![80], climb: None }
    }
}

/// What is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// How long it may take.
    pub limit: Limit,
    /// The aim within it.
    pub target: Option<TimeDelta>,
    /// In which hours it counts.
    pub hours: Hours,
    /// Where it comes from.
    pub source: Source,
    /// When somebody is told.
    pub reminders: Reminders,
    /// For what it waits: what we cannot change.
    pub waits_for: Vec<HoldReason>,
}

/// For what a promise can be made to wait.
pub const MAY_WAIT_FOR: [HoldReason; 3] = [HoldReason::Customer, HoldReason::Parts, HoldReason::Access];

/// What the categories are about that a promise is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// Water and electricity, but no emergency.
    WaterOrElectricity,
    /// Emergencies.
    Emergency,
    /// A category with all below it.
    Category(Uuid),
}

/// For which cases a promise is made. What is not said does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Condition {
    /// How serious they are.
    pub severity: Option<Severity>,
    /// What they are about.
    pub about: Option<About>,
    /// How they came in.
    pub channel: Option<Channel>,
    /// What the customer wants.
    pub kind: Option<complaint::Kind>,
    /// The department that has them.
    pub department: Option<Uuid>,
}

/// A promise with its condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub clock: Kind,
    /// For which cases.
    pub condition: Condition,
    /// What is promised.
    pub promise: Promise,
    /// How the site puts it to its customers.
    pub words: Option<String>,
}

/// What a promise depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// What the customer wants.
    pub kind: complaint::Kind,
    /// How it came in.
    pub channel: Channel,
    /// How serious it is.
    pub severity: Severity,
    /// Whether it is an emergency.
    pub emergency: Emergency,
    /// Whether it is about water or electricity.
    pub water_or_electricity: bool,
    /// Its category and those above it, the topmost last.
    pub branch: Vec<Uuid>,
    /// The department that has it.
    pub department: Option<Uuid>,
    /// Whether nobody is known to whom an answer could go (D7).
    pub anonymous: bool,
    /// Whether the customer has named a later time for the visit.
    pub booked: bool,
}

/// Whether a clock is made from promises at all. Whoever begins one of the others names its end.
#[must_use]
pub const fn is_promised(clock: Kind) -> bool {
    !matches!(
        clock,
        Kind::NextReply
            | Kind::CrossDepartmentTask
            | Kind::Rectification
            | Kind::Commitment
            | Kind::OutsideAnswer
            | Kind::Action
    )
}

/// Whether a clock makes sense for a case.
#[must_use]
pub fn applies(clock: Kind, matter: &Matter) -> bool {
    match clock {
        // Nobody is known to whom an answer could go (D7).
        Kind::FirstReply => !matter.anonymous,
        // Who has named a later time does not wait for us now; an emergency is looked at all the same.
        Kind::Arrival => matter.emergency != Emergency::None || !matter.booked,
        Kind::JointLook => matter.severity == Severity::Serious,
        other => is_promised(other),
    }
}

/// What is promised where the act itself names the time.
#[must_use]
pub fn named(until: DateTime<Utc>) -> Promise {
    promise(Limit::Until(until), Hours::Always, Source::Named)
}

/// Whether a channel asks for an answer in writing (C8). The opinion book is written in, but lies at the counter, where
/// people are spoken to: ours.
#[must_use]
pub const fn is_written(channel: Channel) -> bool {
    matches!(channel, Channel::Letter | Channel::Email)
}

/// What is promised at a site that has published nothing.
#[must_use]
pub fn defaults() -> &'static [Line] {
    static DEFAULTS: LazyLock<Vec<Line>> =
        LazyLock::new(|| [among_us(), arrival(), replies(), resolution(), rest()].into_iter().flatten().collect());
    &DEFAULTS
}

const ANY: Condition = Condition { severity: None, about: None, channel: None, kind: None, department: None };
const EMERGENCY: Condition = Condition { about: Some(About::Emergency), ..ANY };

const fn minutes(count: i64) -> Limit {
    Limit::Within(TimeDelta::minutes(count))
}

fn promise(limit: Limit, hours: Hours, source: Source) -> Promise {
    Promise { limit, target: None, hours, source, reminders: Reminders::default(), waits_for: Vec::new() }
}

fn ours(clock: Kind, condition: Condition, limit: Limit, hours: Hours) -> Line {
    Line { clock, condition, promise: promise(limit, hours, Source::Ours), words: None }
}

fn regulated(clock: Kind, condition: Condition, limit: Limit, hours: Hours) -> Line {
    Line { clock, condition, promise: promise(limit, hours, Source::Regulation), words: None }
}

/// What is urgent among us is urgent at any hour; the customer's own clock is the arrival (E3.5, E4.2.1A).
fn among_us() -> Vec<Line> {
    [Kind::HandOver, Kind::Acknowledgement, Kind::TeamAssignment, Kind::TakeOver]
        .into_iter()
        .flat_map(|clock| {
            [ours(clock, ANY, minutes(30), Hours::Office), ours(clock, EMERGENCY, minutes(2), Hours::Always)]
        })
        .chain([
            ours(Kind::Acceptance, ANY, minutes(15), Hours::Office),
            ours(Kind::Acceptance, EMERGENCY, minutes(1), Hours::Always),
        ])
        .collect()
}

/// When somebody must be on site, from the receipt of the report (B6).
fn arrival() -> Vec<Line> {
    let repair = Some(complaint::Kind::Repair);
    let water = Condition { about: Some(About::WaterOrElectricity), kind: repair, ..ANY };
    let mut ordinary = regulated(Kind::Arrival, water, minutes(15), Hours::Always);
    ordinary.promise.target = Some(TimeDelta::minutes(5));
    vec![ordinary, regulated(Kind::Arrival, EMERGENCY, minutes(3), Hours::Always)]
}

/// A proposal about the quality of a service at once (B6); speech within a working day, writing within three (C8).
fn replies() -> Vec<Line> {
    let complaint = Condition { kind: Some(complaint::Kind::Complaint), ..ANY };
    let days = |condition, days| regulated(Kind::FirstReply, condition, Limit::WorkingDays(days), Hours::Office);
    let written = Channel::ALL.iter().filter(|channel| is_written(**channel));
    let written = written.map(|channel| days(Condition { channel: Some(*channel), ..ANY }, 3));
    let mut lines = vec![ours(Kind::FirstProposal, complaint, minutes(30), Hours::Office), days(ANY, 1)];
    lines.extend(written);
    lines
}

/// Until when a case is handled (E4.2.3: every category has one by default).
fn resolution() -> Vec<Line> {
    let days = |condition, days| ours(Kind::Resolution, condition, Limit::WorkingDays(days), Hours::Office);
    let severity = |severity| Condition { severity: Some(severity), ..ANY };
    let mut lines = vec![
        days(ANY, 3),
        days(Condition { kind: Some(complaint::Kind::Complaint), ..ANY }, 5),
        days(severity(Severity::Serious), 1),
        days(severity(Severity::High), 2),
        days(severity(Severity::Low), 7),
    ];
    // However serious an emergency is called, its time is that of an emergency.
    lines.extend(Severity::ALL.iter().map(|severity| {
        let condition = Condition { severity: Some(*severity), ..EMERGENCY };
        ours(Kind::Resolution, condition, Limit::Within(TimeDelta::hours(24)), Hours::Always)
    }));
    for line in &mut lines {
        line.promise.waits_for = MAY_WAIT_FOR.to_vec();
    }
    lines
}

fn rest() -> Vec<Line> {
    let days = |clock, days| ours(clock, ANY, Limit::WorkingDays(days), Hours::Office);
    let together = ours(Kind::JointLook, ANY, minutes(240), Hours::Always);
    vec![days(Kind::FollowUp, 3), days(Kind::CopyAcknowledgement, 1), days(Kind::Referral, 5), together]
}
