//! Service promises 服务承诺: how long what may take. Those of the regulations, and ours where they give no figure.

use chrono::{DateTime, TimeDelta, Utc};

use super::Kind;
use crate::category::Emergency;
use crate::closed_set::closed_set;
use crate::complaint::{self, Channel, Severity};

closed_set! {
    /// Where a promise comes from.
    pub enum Source as "PromiseSource" {
        /// A regulation gives the figure.
        Regulation,
        /// A regulation asks for it without a figure; the figure is ours.
        Ours,
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

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// How long it may take.
    pub limit: Limit,
    /// The aim within it.
    pub target: Option<TimeDelta>,
    /// In which hours it counts.
    pub hours: Hours,
    /// Where it comes from.
    pub source: Source,
}

/// What a promise depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Whether nobody is known to whom an answer could go (D7).
    pub anonymous: bool,
    /// Whether the customer has named a later time for the visit.
    pub booked: bool,
}

const fn minutes(count: i64) -> Limit {
    Limit::Within(TimeDelta::minutes(count))
}

const fn ours(limit: Limit, hours: Hours) -> Promise {
    Promise { limit, target: None, hours, source: Source::Ours }
}

const fn regulated(limit: Limit, hours: Hours) -> Promise {
    Promise { limit, target: None, hours, source: Source::Regulation }
}

/// What is promised by default for a clock of a case; none where nothing is.
#[must_use]
pub fn promised(kind: Kind, matter: Matter) -> Option<Promise> {
    let emergency = matter.emergency != Emergency::None;
    // What is urgent among us is urgent at any hour; the customer's own clock is the arrival.
    let at_once = if emergency { ours(minutes(2), Hours::Always) } else { ours(minutes(30), Hours::Office) };
    match kind {
        Kind::HandOver | Kind::Acknowledgement | Kind::TeamAssignment => Some(at_once),
        Kind::Arrival => arrival(matter),
        Kind::FirstProposal => (matter.kind == complaint::Kind::Complaint).then_some(ours(minutes(30), Hours::Office)),
        Kind::FirstReply if matter.anonymous => None,
        Kind::FirstReply if is_written(matter.channel) => Some(regulated(Limit::WorkingDays(3), Hours::Office)),
        Kind::FirstReply => Some(regulated(Limit::WorkingDays(1), Hours::Office)),
        Kind::Resolution => Some(resolution(matter)),
        Kind::FollowUp => Some(ours(Limit::WorkingDays(3), Hours::Office)),
        Kind::CopyAcknowledgement => Some(ours(Limit::WorkingDays(1), Hours::Office)),
        Kind::Referral => Some(ours(Limit::WorkingDays(5), Hours::Office)),
        // Whoever begins one of these names its end.
        Kind::NextReply | Kind::CrossDepartmentTask | Kind::Rectification => None,
    }
}

/// What is promised where the act itself names the time.
#[must_use]
pub const fn named(until: DateTime<Utc>) -> Promise {
    Promise { limit: Limit::Until(until), target: None, hours: Hours::Always, source: Source::Named }
}

/// Whether a channel asks for an answer in writing (C8). The opinion book is written in, but lies at the counter, where
/// people are spoken to: ours.
#[must_use]
pub const fn is_written(channel: Channel) -> bool {
    matches!(channel, Channel::Letter | Channel::Email)
}

/// When somebody must be on site, from the receipt of the report (B6).
fn arrival(matter: Matter) -> Option<Promise> {
    if matter.emergency != Emergency::None {
        return Some(regulated(minutes(3), Hours::Always));
    }
    let ordinary = matter.kind == complaint::Kind::Repair && matter.water_or_electricity && !matter.booked;
    ordinary.then_some(Promise { target: Some(TimeDelta::minutes(5)), ..regulated(minutes(15), Hours::Always) })
}

/// Until when a case is handled (E4.2.3: every category has one by default).
fn resolution(matter: Matter) -> Promise {
    if matter.emergency != Emergency::None {
        return ours(Limit::Within(TimeDelta::hours(24)), Hours::Always);
    }
    let days = match (matter.severity, matter.kind) {
        (Severity::Serious, _) => 1,
        (Severity::High, _) => 2,
        (Severity::Low, _) => 7,
        (Severity::Normal, complaint::Kind::Complaint) => 5,
        (Severity::Normal, complaint::Kind::Repair | complaint::Kind::PaidService) => 3,
    };
    ours(Limit::WorkingDays(days), Hours::Office)
}
