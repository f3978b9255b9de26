//! A script: what people do about one case, and when.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use domain::complaint::{Channel, Severity};
use domain::follow_up::{Method, Satisfaction};
use domain::organization::DepartmentKind;
use domain::work_order::{CopyHolder, HoldReason, SignOffReason};
use rand::RngExt;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::days::{Hours, within};
use super::texts::Topic;
use crate::complaint::service::Ratings;
use crate::work_order::service::WorkReport;

/// How a case comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The customer files it in the app; open to the household or not.
    App {
        /// Whether the household may see it.
        shared: bool,
    },
    /// The desk registers it.
    Desk(Channel),
    /// Nobody knows from whom; in the app (D7).
    Anonymous,
    /// Nobody knows from whom; from the opinion book (B1, D7).
    AnonymousBook,
}

impl Opening {
    /// Whether nobody is known to whom an answer could go.
    #[must_use]
    pub const fn is_anonymous(self) -> bool {
        matches!(self, Self::Anonymous | Self::AnonymousBook)
    }
}

/// One act of one person.
#[derive(Debug, Clone)]
pub enum Move {
    /// It comes in.
    Open,
    /// An act on the case.
    Case(CaseMove),
    /// An act on its work order.
    Order(OrderMove),
    /// An act on its follow-up.
    FollowUp(FollowUpMove),
}

/// An act on a case.
#[derive(Debug, Clone)]
pub enum CaseMove {
    /// To the usual department, or to another for a reason.
    Dispatch(Option<(DepartmentKind, String)>),
    /// The department takes it.
    TakeOn,
    /// The department sends it back.
    Refuse(String),
    /// On to another department.
    HandOver(DepartmentKind, String),
    /// Somebody of the department is named.
    Name,
    /// It will be handled.
    Accept(String),
    /// It will not.
    Decline(String),
    /// Its severity is corrected.
    Reclassify(Severity, String),
    /// The customer is told how it goes.
    Progress(String),
    /// The customer adds words or an item.
    Add(Option<String>, Vec<String>),
    /// The customer lets the household see it.
    Share,
    /// The customer takes it back.
    Withdraw(String),
    /// It is handled.
    Resolve(String),
    /// It was not, after all.
    CorrectResolution(String),
    /// The customer opens it again.
    Reopen(String),
    /// The customer rates it.
    Rate(Ratings, String),
    /// The result of an anonymous case.
    RecordResult(String),
    /// Carried on under the case of another plot.
    MergeInto(usize, String),
    /// Its second item becomes a case of its own.
    Split(String),
    /// Into the archive.
    Archive,
    /// A note to the archived case.
    Addendum(String),
    /// A talk while it is handled (D0).
    OpenTalk,
    /// The desk quotes the paid service.
    Quote,
    /// The customer accepts the quote.
    AcceptQuote,
    /// A work order is issued; for the accepted quote, where there is one.
    Issue(String),
}

/// An act on a work order.
#[derive(Debug, Clone)]
pub enum OrderMove {
    /// The department has it.
    Acknowledge,
    /// To the topic's team.
    Team,
    /// To the plot's technician.
    Technician,
    /// The technician takes it.
    Accept,
    /// On the way.
    Depart,
    /// On site.
    Arrive,
    /// Waits for so many minutes at most.
    Hold(HoldReason, i64, String),
    /// Goes on.
    Resume,
    /// Done.
    Complete(WorkReport),
    /// The last step is taken back.
    Correct(String),
    /// The customer signs, on their own phone or on the technician's.
    Sign(Ratings, String),
    /// The customer does not sign.
    RefuseSignature(String),
    /// The head signs.
    SignOff(SignOffReason, String),
    /// A copy has come.
    Copy(CopyHolder),
    /// Not carried out.
    Cancel(String),
}

/// An act on a follow-up.
#[derive(Debug, Clone)]
pub enum FollowUpMove {
    /// It is held.
    Finish(Method, Satisfaction, String),
    /// The director inspects it.
    Inspect(String),
    /// The office head signs an opinion.
    Opinion(String),
}

/// A case from its beginning: who brings what, and what happens then.
pub struct Plot {
    /// Which of the casts.
    pub cast: usize,
    /// What it is about.
    pub topic: &'static Topic,
    /// How it comes in.
    pub opening: Opening,
    /// Who brings it: their place among the cast's customers.
    pub customer: usize,
    /// Which of the topic's sayings it is.
    pub matter: usize,
    /// What they say.
    pub says: String,
    /// Its separate matters, where there are several.
    pub items: Vec<String>,
    /// Where, in a public area.
    pub place: Option<&'static str>,
    /// The employee whom it is about (C11).
    pub about: Option<Uuid>,
    /// Who carries out the work, or handles the case.
    pub hand: Option<Uuid>,
    /// What happens.
    pub script: Script,
}

/// What happens to a case, in order of time.
pub struct Script {
    /// Each act with its moment.
    pub steps: Vec<(DateTime<Utc>, Move)>,
    at: DateTime<Utc>,
    /// Every wait is so many times as long.
    slowness: i64,
    /// Nobody waits for the morning.
    always: bool,
}

impl Script {
    /// Begins at a moment.
    #[must_use]
    pub fn new(at: DateTime<Utc>, slowness: i64, always: bool) -> Self {
        Self { steps: Vec::new(), at, slowness, always }
    }

    /// Adds an act, so many minutes after the one before, in somebody's hours.
    pub fn then(&mut self, rng: &mut StdRng, minutes: Range<i64>, hours: Hours, act: Move) {
        let wait = rng.random_range(minutes) * self.slowness;
        self.at += TimeDelta::minutes(wait) + TimeDelta::seconds(rng.random_range(3..57));
        if !self.always {
            self.at = within(rng, self.at, hours);
        }
        self.steps.push((self.at, act));
    }

    /// Lets time pass.
    pub fn pause(&mut self, minutes: i64) {
        self.at += TimeDelta::minutes(minutes);
    }

    /// Keeps what happens until something has.
    pub fn stop_at(&mut self, is_last: impl Fn(&Move) -> bool) {
        if let Some(found) = self.steps.iter().position(|(_, act)| is_last(act)) {
            self.steps.truncate(found + 1);
        }
    }

    /// Moves all of it so that the last act is at a moment.
    pub fn end_at(&mut self, last: DateTime<Utc>) {
        let by = self.steps.last().map_or(TimeDelta::zero(), |(at, _)| last - *at);
        for (at, _) in &mut self.steps {
            *at += by;
        }
    }
}
