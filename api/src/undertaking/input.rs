//! What the mutations on undertakings take in.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use domain::investigation::Cause;
use domain::undertaking::{PartyKind, RemedyKind};

use crate::app::decimal::Decimal;
use crate::app::request::act_input;
use crate::complaint::input::CallInput;

act_input! {
    /// A promise to the customer (C6).
    MakeCommitmentInput on complaint_id("Complaint", "complaintId") {
        /// What is promised, 1 to 1,000 characters.
        text: String,
        /// Until when.
        due_at: DateTime<Utc>,
        /// What it is worth in CNY; above the limit of the site the head approves it first.
        amount: Option<Decimal>,
    }
}

act_input! {
    /// An offer to make good (C9).
    OfferRemedyInput on complaint_id("Complaint", "complaintId") {
        /// What kind of thing.
        kind: RemedyKind,
        /// What is offered, 1 to 1,000 characters.
        text: String,
        /// Until when it is given, once the customer takes it.
        due_at: DateTime<Utc>,
        /// What it is worth in CNY; above the limit of the site the head approves it first.
        amount: Option<Decimal>,
    }
}

act_input! {
    /// Another department's part (C4).
    RequestTaskInput on complaint_id("Complaint", "complaintId") {
        /// Another department of the site than has the case.
        department_id: ID,
        /// What it is to do, 1 to 1,000 characters.
        text: String,
        /// Until when.
        due_at: DateTime<Utc>,
    }
}

act_input! {
    /// A question to an outside party (E4.4).
    ReferToOutsidePartyInput on complaint_id("Complaint", "complaintId") {
        /// Whom; one of `outsideParties`.
        outside_party_id: ID,
        /// What was asked, for the customer to read: 1 to 1,000 characters.
        text: String,
        /// Whom to ask for there; as in the directory when not given.
        contact: Option<String>,
        /// Under what number or name it runs there, at most 120 characters.
        reference: Option<String>,
        /// When it is asked again, at the latest.
        next_check_at: DateTime<Utc>,
    }
}

act_input! {
    /// An action against the cause of a case, or of the whole incident that the case belongs to (C11). The case is always
    /// named: it is where the action is told of, and who sees the case sees the action.
    PlanActionInput on complaint_id("Complaint", "complaintId") {
        /// Whether it prevents the same elsewhere; otherwise it corrects what led to this case.
        preventive: bool,
        /// The cause, 1 to 1,000 characters.
        cause: String,
        /// What that is in the tree of causes; actions can be listed by it.
        cause_code: Option<Cause>,
        /// The incident whose cause it is; one that the case belongs to. `INVALID` for another.
        incident_id: Option<ID>,
        /// What is to be done, 1 to 1,000 characters.
        text: String,
        /// Who answers for it: an employee of the site.
        responsible_id: ID,
        /// Until when.
        due_at: DateTime<Utc>,
    }
}

act_input! {
    /// Nothing but which undertaking.
    UndertakingInput on undertaking_id("Undertaking", "undertakingId") {}
}

act_input! {
    /// An act on an undertaking that needs a reason.
    UndertakingReasonInput on undertaking_id("Undertaking", "undertakingId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// What the customer says to a remedy (C9).
    AnswerRemedyInput on undertaking_id("Undertaking", "undertakingId") {
        /// Why they do not take it, 1 to 500 characters; null when they take it.
        declined_because: Option<String>,
        /// The record of the call, required when an employee answers for the customer.
        call: Option<CallInput>,
    }
}

act_input! {
    /// What an outside party said for the time being.
    CheckOutsidePartyInput on undertaking_id("Undertaking", "undertakingId") {
        /// For the customer to read, 1 to 1,000 characters.
        said: String,
        /// When it is asked again, at the latest.
        next_check_at: DateTime<Utc>,
    }
}

act_input! {
    /// How it was carried out, or what the outside party answered.
    FinishUndertakingInput on undertaking_id("Undertaking", "undertakingId") {
        /// 1 to 1,000 characters; the customer reads it where it was promised to them.
        outcome: String,
    }
}

act_input! {
    /// That a remedy was received, or that an action had its effect.
    ConfirmUndertakingInput on undertaking_id("Undertaking", "undertakingId") {
        /// How that is known, 1 to 1,000 characters.
        proof: String,
        /// The record of the call, required when an employee confirms for the customer.
        call: Option<CallInput>,
    }
}

act_input! {
    /// Why an action is owed again.
    ReopenActionInput on undertaking_id("Undertaking", "undertakingId") {
        /// The reason, 1 to 500 characters.
        reason: String,
        /// Until when.
        due_at: DateTime<Utc>,
    }
}

/// An entry of the directory of outside parties (E4.4): a new one, or one as it is from now on.
#[derive(InputObject)]
pub struct KeepOutsidePartyInput {
    /// The site of a new entry; not for one that stands.
    pub site_id: Option<ID>,
    /// Which entry is changed; not for a new one.
    pub outside_party_id: Option<ID>,
    /// Its `version` as you saw it, for one that is changed.
    pub expected_version: Option<i32>,
    /// What it is.
    pub kind: PartyKind,
    /// Its name, 1 to 120 characters.
    pub name: String,
    /// Where to call.
    pub phone: String,
    /// Whom to ask for, at most 120 characters.
    pub contact: Option<String>,
    /// For what, and how, at most 500 characters.
    pub note: Option<String>,
    /// Whether it is not offered any more.
    #[graphql(default)]
    pub retired: bool,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}
