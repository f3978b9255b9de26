//! Cases that stand somewhere today, so that every state can be looked at and every role has something to do.

use domain::complaint::Channel;

use super::script::{CaseMove, FollowUpMove, Move, Opening, OrderMove};
use super::twists::Twist;

/// Since when a case stands where it stands.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// Its last act was so many minutes ago, or before the last evening's end when it is night.
    Minutes(i64),
    /// It came in so many days ago and went on in office hours.
    Days(i64),
}

/// A case that stands somewhere today.
pub struct OpenEnd {
    /// What it is about.
    pub category: &'static str,
    /// How it came in.
    pub opening: Opening,
    /// What makes it unlike the others.
    pub twist: Twist,
    /// Who brought it, if it must be somebody.
    pub who: Option<&'static str>,
    /// Since when.
    pub until: Until,
    /// Whether an act is the last.
    pub last: fn(&Move) -> bool,
}

const OWN: Opening = Opening::App { shared: false };
const OPEN: Opening = Opening::App { shared: true };
const CALL: Opening = Opening::Desk(Channel::Phone);
const OWNER: Option<&str> = Some("13900000001");
const FAMILY: Option<&str> = Some("13900000002");
const TENANT: Option<&str> = Some("13900000003");

const fn ended(category: &'static str, opening: Opening, until: Until, last: fn(&Move) -> bool) -> OpenEnd {
    OpenEnd { category, opening, twist: Twist::Plain, who: None, until, last }
}

impl OpenEnd {
    const fn by(mut self, who: Option<&'static str>) -> Self {
        self.who = who;
        self
    }

    const fn with(mut self, twist: Twist) -> Self {
        self.twist = twist;
        self
    }
}

use Until::{Days, Minutes};

/// All of them.
pub const OPEN_ENDS: &[OpenEnd] = &[
    // Received, Dispatched, Assigned, In progress
    ended("DRIP", OPEN, Minutes(4), |act| matches!(act, Move::Open)),
    ended("PARKING", OWN, Minutes(11), |act| matches!(act, Move::Open)).by(TENANT),
    ended("SERVICE_QUALITY", CALL, Minutes(17), |act| matches!(act, Move::Open)),
    ended("CLEANING", Opening::Anonymous, Minutes(26), |act| matches!(act, Move::Open)),
    ended("DECORATION_NOISE", OWN, Minutes(38), |act| matches!(act, Move::Case(CaseMove::Refuse(_))))
        .with(Twist::Refused),
    ended("PARKING", OWN, Minutes(31), |act| matches!(act, Move::Case(CaseMove::Split(_)))).with(Twist::Split),
    ended("OUTSIDERS", CALL, Minutes(8), |act| matches!(act, Move::Case(CaseMove::Dispatch(_)))),
    ended("MAIL", OPEN, Minutes(15), |act| matches!(act, Move::Case(CaseMove::Dispatch(_)))),
    ended("NOISE", OWN, Minutes(24), |act| matches!(act, Move::Case(CaseMove::TakeOn))),
    ended("FEES", CALL, Minutes(41), |act| matches!(act, Move::Case(CaseMove::TakeOn))),
    ended("DECORATION_NOISE", OWN, Minutes(52), |act| matches!(act, Move::Case(CaseMove::Accept(_)))).by(OWNER),
    ended("PARKING", OWN, Minutes(47), |act| matches!(act, Move::Case(CaseMove::Name))),
    ended("SERVICE_QUALITY", OWN, Minutes(73), |act| matches!(act, Move::Case(CaseMove::Progress(_)))),
    ended("NOISE", OWN, Minutes(66), |act| matches!(act, Move::Case(CaseMove::OpenTalk))).with(Twist::Talked),
    // Orders at every step
    ended("LIGHTING", CALL, Minutes(3), |act| matches!(act, Move::Case(CaseMove::Issue(_)))),
    ended("DRAIN", OPEN, Minutes(9), |act| matches!(act, Move::Case(CaseMove::Issue(_)))),
    ended("SOCKET", OPEN, Minutes(12), |act| matches!(act, Move::Order(OrderMove::Acknowledge))),
    ended("DRIP", CALL, Minutes(7), |act| matches!(act, Move::Order(OrderMove::Team))),
    ended("GREENING", OPEN, Minutes(19), |act| matches!(act, Move::Order(OrderMove::Team))),
    ended("SOCKET", OPEN, Minutes(14), |act| matches!(act, Move::Order(OrderMove::Technician))).by(TENANT),
    ended("DAMAGED_FACILITY", CALL, Minutes(21), |act| matches!(act, Move::Order(OrderMove::Technician))),
    ended("DRIP", OPEN, Minutes(6), |act| matches!(act, Move::Order(OrderMove::Depart))).by(OWNER),
    ended("LIFT", CALL, Minutes(1), |act| matches!(act, Move::Order(OrderMove::Depart))),
    ended("OUTAGE", CALL, Minutes(5), |act| matches!(act, Move::Order(OrderMove::Arrive))),
    ended("INDOOR_CLEANING", OPEN, Minutes(35), |act| matches!(act, Move::Order(OrderMove::Arrive))),
    ended("DRIP", OPEN, Minutes(140), |act| matches!(act, Move::Order(OrderMove::Hold(..)))).with(Twist::Held),
    ended("DAMAGED_FACILITY", CALL, Minutes(320), |act| matches!(act, Move::Order(OrderMove::Hold(..))))
        .with(Twist::Held),
    ended("OUTAGE", OPEN, Minutes(16), |act| matches!(act, Move::Order(OrderMove::Complete(_)))).by(FAMILY),
    ended("CLEANING", CALL, Minutes(44), |act| matches!(act, Move::Order(OrderMove::Complete(_)))),
    ended("SOCKET", OPEN, Minutes(29), |act| matches!(act, Move::Order(OrderMove::RefuseSignature(_))))
        .with(Twist::Unsigned),
    ended("DRAIN", CALL, Minutes(33), |act| matches!(act, Move::Order(OrderMove::Sign(..)))),
    ended("DRIP", OPEN, Minutes(58), |act| matches!(act, Move::Order(OrderMove::Copy(_)))),
    // Resolved, followed up, reopened
    ended("OUTAGE", OPEN, Days(5), |act| matches!(act, Move::Case(CaseMove::Resolve(_)))).by(OWNER),
    ended("NOISE", OWN, Days(4), |act| matches!(act, Move::Case(CaseMove::Resolve(_)))),
    ended("LIGHTING", CALL, Days(5), |act| matches!(act, Move::Case(CaseMove::Resolve(_)))),
    ended("PARKING", Opening::Anonymous, Days(4), |act| matches!(act, Move::Case(CaseMove::Resolve(_)))),
    ended("FEES", CALL, Days(4), |act| matches!(act, Move::Case(CaseMove::Decline(_)))).with(Twist::Declined),
    ended("MAIL", OWN, Days(4), |act| matches!(act, Move::Case(CaseMove::Withdraw(_)))).with(Twist::Withdrawn),
    ended("PARKING", OWN, Days(6), |act| matches!(act, Move::Case(CaseMove::Reopen(_)))).with(Twist::Reopened),
    ended("SERVICE_QUALITY", CALL, Days(6), |act| matches!(act, Move::FollowUp(_))).with(Twist::Discontent),
    ended("DRIP", CALL, Days(7), |act| matches!(act, Move::FollowUp(FollowUpMove::Finish(..)))),
    ended("OUTSIDERS", OWN, Days(7), |act| matches!(act, Move::FollowUp(FollowUpMove::Finish(..)))),
    ended("DRAIN", OPEN, Days(9), |act| matches!(act, Move::FollowUp(FollowUpMove::Inspect(_)))).by(TENANT),
    ended("MAIL", OWN, Days(9), |act| matches!(act, Move::FollowUp(FollowUpMove::Inspect(_)))),
    ended("OUTAGE", CALL, Days(12), |act| matches!(act, Move::FollowUp(FollowUpMove::Opinion(_)))),
    ended("NOISE", OWN, Days(11), |act| matches!(act, Move::FollowUp(FollowUpMove::Opinion(_)))),
    ended("CLEANING", Opening::Anonymous, Days(8), |act| matches!(act, Move::Case(CaseMove::RecordResult(_)))),
];
