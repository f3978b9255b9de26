//! The plots: the ways a case can go.

use domain::complaint::Kind;
use domain::follow_up::{Method, Satisfaction};
use domain::organization::DepartmentKind;
use domain::work_order::{CopyHolder, SignOffReason};
use rand::RngExt;
use rand::rngs::StdRng;

use super::days::{DAY, Hours};
use super::names::pick;
use super::script::{CaseMove, FollowUpMove, Move, Opening, OrderMove, Script};
use super::texts::{self, Topic, fitting};
use super::twists::Twist;
use crate::complaint::service::Ratings;
use crate::work_order::service::WorkReport;

/// Writes scripts.
pub struct Writer<'a> {
    /// Chooses words and waits.
    pub rng: &'a mut StdRng,
    /// What the case is about.
    pub topic: &'static Topic,
    /// Which of the topic's sayings it is.
    pub matter: usize,
    /// How it comes in.
    pub opening: Opening,
    /// What makes it unlike the others.
    pub twist: Twist,
    /// How content the customer is in the end, from 1 to 5.
    pub mood: i32,
    /// The script.
    pub script: Script,
}

impl Writer<'_> {
    pub(super) fn case(&mut self, minutes: std::ops::Range<i64>, hours: Hours, act: CaseMove) {
        self.script.then(self.rng, minutes, hours, Move::Case(act));
    }

    fn order(&mut self, minutes: std::ops::Range<i64>, act: OrderMove) {
        self.script.then(self.rng, minutes, Hours::Crew, Move::Order(act));
    }

    pub(super) fn follow_up(&mut self, minutes: std::ops::Range<i64>, act: FollowUpMove) {
        self.script.then(self.rng, minutes, Hours::Office, Move::FollowUp(act));
    }

    pub(super) fn word(&mut self, from: &[&'static str]) -> String {
        pick(self.rng, from).to_owned()
    }

    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    /// How a case begins.
    pub fn opened(&mut self) {
        let at_the_desk = matches!(self.opening, Opening::Desk(_) | Opening::AnonymousBook);
        let hours = if at_the_desk { Hours::Office } else { Hours::Awake };
        self.script.then(self.rng, 0..2, hours, Move::Open);
    }

    /// What follows, up to the archive.
    pub fn lived(&mut self) {
        match self.twist {
            Twist::Withdrawn => {
                let words = self.word(texts::WITHDRAW);
                self.case(8..90, Hours::Awake, CaseMove::Withdraw(words));
            }
            Twist::Declined => {
                self.taken_on();
                let words = self.word(texts::DECLINE);
                self.case(30..240, Hours::Office, CaseMove::Decline(words));
            }
            _ => self.handled(),
        }
        self.closed();
    }

    /// Handled and resolved, and handled again where it was not settled.
    fn handled(&mut self) {
        let direct = self.topic.team.is_some() && !matches!(self.twist, Twist::Refused | Twist::HandedOver);
        let issued = direct && (self.topic.urgent || self.chance(60));
        if self.twist == Twist::Split {
            self.case(4..30, Hours::Office, CaseMove::Split("两件事情性质不同,分开处理以便各自跟进。".to_owned()));
        }
        if !issued {
            self.taken_on();
            let words = self.word(texts::ACCEPT);
            self.case(3..25, Hours::Office, CaseMove::Accept(words));
        }
        if self.topic.team.is_some() {
            let wait = if issued { self.pace(0..3) } else { 5..30 };
            if self.topic.kind == Kind::PaidService {
                self.case(2..20, Hours::Office, CaseMove::Quote);
                self.case(5..90, Hours::Awake, CaseMove::AcceptQuote);
            }
            self.case(wait, Hours::Crew, CaseMove::Issue(self.topic.task.to_owned()));
            self.spoken();
            self.work();
            if self.twist == Twist::WithdrawnLate {
                return;
            }
        } else {
            self.spoken();
            self.case(20..200, Hours::Office, CaseMove::Name);
            let words = self.word(self.topic.progress);
            self.case(10..120, Hours::Crew, CaseMove::Progress(words));
        }
        self.resolved(30..600);
        self.not_settled();
    }

    /// The order's way (E4.2.1A): to the team, to a technician, on site, done, signed, both copies.
    fn work(&mut self) {
        self.order(self.pace(0..2), OrderMove::Acknowledge);
        if self.twist == Twist::Cancelled {
            let words = self.word(texts::CANCEL);
            return self.order(30..200, OrderMove::Cancel(words));
        }
        self.order(self.pace(0..2), OrderMove::Team);
        self.order(self.pace(0..3), OrderMove::Technician);
        // Whoever sets out at once says with it that they take the order.
        if !self.topic.urgent {
            self.order(0..2, OrderMove::Accept);
        }
        self.order(self.pace(0..4), OrderMove::Depart);
        if self.twist == Twist::WithdrawnLate {
            let words = self.word(texts::WITHDRAW);
            return self.case(2..6, Hours::Awake, CaseMove::Withdraw(words));
        }
        self.order(self.pace(1..6), OrderMove::Arrive);
        match self.twist {
            Twist::Corrected => {
                self.order(1..3, OrderMove::Correct("误点到场,实际还在路上。".to_owned()));
                self.order(5..15, OrderMove::Arrive);
            }
            Twist::Held => {
                let (reason, words) = pick(self.rng, texts::HOLD);
                self.order(10..40, OrderMove::Hold(reason, 3 * DAY, words.to_owned()));
                self.order(DAY..2 * DAY, OrderMove::Resume);
            }
            _ => {}
        }
        self.done();
        if self.twist == Twist::Unsigned {
            let words = self.word(texts::UNSIGNED);
            self.order(3..40, OrderMove::RefuseSignature(words));
            self.order(30..300, OrderMove::Depart);
            self.order(4..14, OrderMove::Arrive);
            self.done();
        }
        self.signed();
    }

    /// Crews set out at once in an emergency, in minutes for water and electricity (B6), and in an hour for the rest.
    fn pace(&self, minutes: std::ops::Range<i64>) -> std::ops::Range<i64> {
        match self.topic.department {
            _ if self.topic.urgent => 0..1,
            DepartmentKind::Engineering if self.topic.places.is_empty() => minutes,
            _ => minutes.start..minutes.end * 8,
        }
    }

    fn done(&mut self) {
        let (work_done, cause, materials) = fitting(self.rng, self.topic, self.matter, self.topic.work);
        let report = WorkReport {
            work_done: work_done.to_owned(),
            cause: cause.to_owned(),
            materials: Some(materials.to_owned()),
        };
        self.order(15..100, OrderMove::Complete(report));
    }

    fn signed(&mut self) {
        if !self.topic.places.is_empty() {
            let words = "公共区域作业,现场查验合格。".to_owned();
            self.order(20..200, OrderMove::SignOff(SignOffReason::PublicArea, words));
        } else if self.opening.is_anonymous() {
            let words = "来件匿名,无人签字,现场查验合格。".to_owned();
            self.order(20..200, OrderMove::SignOff(SignOffReason::Anonymous, words));
        } else if self.twist == Twist::Absent {
            let words = "两次上门均无人在家,电话确认后代签。".to_owned();
            self.order(DAY..2 * DAY, OrderMove::SignOff(SignOffReason::Absent, words));
        } else {
            let (ratings, words) = self.rated();
            self.order(3..30, OrderMove::Sign(ratings, words));
        }
        self.order(30..300, OrderMove::Copy(CopyHolder::Department));
        self.order(5..120, OrderMove::Copy(CopyHolder::CustomerService));
    }

    fn rated(&mut self) -> (Ratings, String) {
        let mut near = |most: i32| (self.mood + self.rng.random_range(-1..=most)).clamp(1, 5);
        let ratings = Ratings { quality: near(1), attitude: near(2), timeliness: near(1), overall: self.mood };
        let words = self.word(if self.mood >= 4 { texts::PRAISE } else { texts::BLAME });
        (ratings, words)
    }

    fn resolved(&mut self, minutes: std::ops::Range<i64>) {
        let words = self.word(self.topic.results);
        self.case(minutes, Hours::Office, CaseMove::Resolve(words));
    }

    /// Opened again, by whomever, and handled once more.
    fn not_settled(&mut self) {
        match self.twist {
            Twist::Reopened => {
                let words = self.word(texts::REOPEN);
                self.case(300..2 * DAY, Hours::Awake, CaseMove::Reopen(words));
            }
            Twist::Discontent => {
                let (words, method) = (self.word(texts::DISCONTENT), self.method());
                self.follow_up(300..DAY, FollowUpMove::Finish(method, Satisfaction::Dissatisfied, words));
            }
            Twist::Mistaken => {
                let words = "误点办结,现场尚未复查。".to_owned();
                self.case(5..60, Hours::Office, CaseMove::CorrectResolution(words));
            }
            _ => return,
        }
        let words = self.word(self.topic.progress);
        self.case(20..200, Hours::Office, CaseMove::Progress(words));
        if self.topic.team.is_some() && self.twist != Twist::Mistaken {
            self.case(5..60, Hours::Crew, CaseMove::Issue(format!("返工:{}", self.topic.task)));
            self.work();
        }
        self.resolved(60..600);
    }

    fn method(&mut self) -> Method {
        if self.chance(30) { Method::OnSite } else { Method::Phone }
    }

    /// From the resolution to the archive: the follow-up with what it needs (D2), or the written result (D7).
    fn closed(&mut self) {
        if self.opening.is_anonymous() {
            let words = format!("匿名来件处理结果:{}", self.word(self.topic.results));
            self.case(200..DAY, Hours::Office, CaseMove::RecordResult(words));
        } else {
            if self.chance(70) {
                let (ratings, words) = self.rated();
                self.case(20..600, Hours::Awake, CaseMove::Rate(ratings, words));
            }
            let (words, method) = (self.word(texts::CONTENT), self.method());
            self.follow_up(400..2 * DAY, FollowUpMove::Finish(method, Satisfaction::Satisfied, words));
            let words = self.word(texts::INSPECTIONS);
            self.follow_up(200..2 * DAY, FollowUpMove::Inspect(words));
            let words = self.word(texts::OPINIONS);
            self.follow_up(200..2 * DAY, FollowUpMove::Opinion(words));
        }
        self.case(200..2 * DAY, Hours::Office, CaseMove::Archive);
        if self.twist == Twist::Addendum {
            let words = self.word(texts::ADDENDA);
            self.case(DAY..4 * DAY, Hours::Office, CaseMove::Addendum(words));
        }
    }
}
