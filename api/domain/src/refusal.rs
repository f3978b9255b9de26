//! Why an act is refused: expected, and told to the person who tried it.

use crate::closed_set::closed_set;

closed_set! {
    /// A stable code of a refusal. Codes never change their meaning; messages are localised.
    pub enum Code as "UserErrorCode" {
        /// The field is required, or empty.
        Required,
        /// The text is longer, or the number larger, than allowed.
        TooLong,
        /// The value is not of the right form; the message says what would be.
        Invalid,
        /// No such thing, or none that you may see.
        NotFound,
        /// The case is not in a state in which this can be done; `needed` lists the states in which it can.
        WrongState,
        /// This is somebody else's to do; `needed` lists who may.
        NotYours,
        /// Something must be done first; `needed` names it.
        Missing,
        /// Somebody changed it meanwhile; the payload holds the current state.
        Stale,
        /// The idempotency key was used for another input.
        KeyReused,
        /// Wrong phone or password. Which of the two is not told.
        InvalidCredentials,
        /// The one-time code, second factor or refresh token is not right, was used, or has run out.
        InvalidCode,
        /// The password is right, but a second factor is needed: send it as `secondFactorCode`.
        SecondFactorNeeded,
        /// This server cannot send text messages: none of its settings names a gateway.
        NotOffered,
        /// Text messages cannot be sent at present; try again in a minute.
        NotSent,
        /// Nobody could be named responsible; an administrator must fill the post (A0).
        NoOwner,
        /// Another one has this code, name or number already; `field` says which.
        Taken,
        /// It was retired and is not offered any more; choose another.
        Retired,
        /// It is still needed: `needed` says by what, and by how many.
        InUse,
    }
}

closed_set! {
    /// What can still need a part of the set-up, so that it cannot be retired yet.
    pub enum Need as "Need" {
        /// Open cases.
        Complaints,
        /// Open work orders.
        WorkOrders,
        /// Roles that are held there.
        Roles,
        /// Departments that are not retired.
        Departments,
        /// Teams that are not retired.
        Teams,
        /// Categories that are not retired.
        Categories,
    }
}

closed_set! {
    /// Something that must be done before an act is possible.
    pub enum Requirement as "Requirement" {
        /// Every work order must be signed or cancelled (E4.5.2).
        WorkOrdersFinished,
        /// Both copies of each signed work order must be acknowledged (E4.2.1A).
        CopiesAcknowledged,
        /// The follow-up must be finished, inspected and signed by the office head (C10, D2).
        FollowUpSigned,
        /// An anonymous case needs its result written down (D7).
        WrittenResult,
        /// A follow-up on site needs the customer's signature (D2).
        Signature,
        /// A follow-up by phone needs the record of the call (D2).
        CallRecord,
        /// Nobody was reached on three different days, or the customer refused or has moved away (D5).
        ThreeAttempts,
        /// A follow-up must wait for inspection that was in no draw yet (D2).
        FinishedFollowUps,
        /// There is somebody to follow up with; record a follow-up instead of a written result (C10).
        FollowUp,
        /// At least two items are needed to split a case.
        SecondItem,
        /// The customer of a case can sign; the head signs only where nobody else can (E4.2.1A).
        NobodyCanSign,
        /// The customer must be known.
        KnownCustomer,
        /// A case is rated once.
        FirstRating,
        /// A post must not stand empty: somebody must be named who takes it over.
        Successor,
        /// The customer must accept a quote before paid work is dispatched or done (E4.2.1).
        AcceptedQuote,
        /// A quote must be answered, or revised, before the next one is made or the work is reported done (E4.2.1).
        QuotesAnswered,
        /// Paid work is charged to a unit, so the case must name one (E4.2.1).
        KnownUnit,
        /// A quote was accepted: what is owed is changed by a credit, not by calling the work free.
        NothingAccepted,
        /// The case or order that the quote is for must be open, and its work not done.
        OpenWork,
        /// An emergency is attended at once and is not booked.
        NoEmergency,
        /// A visit is changed or cancelled two hours before its window at the latest; call customer service after that.
        TimeToChange,
        /// The technician must be on site.
        ArrivalRecorded,
        /// A visit must be agreed.
        BookedVisit,
        /// The window of the visit must be over.
        WindowOver,
        /// A company leader or the head of the office must have been there (E4.3).
        LeaderPresent,
        /// Tasks of other departments and questions to outside parties must have an answer (C4, E4.4).
        TasksAnswered,
        /// What the customer was promised must be carried out, or taken back with a reason (C6, C9).
        PromisesCarriedOut,
        /// A remedy must have been offered to the customer (C9).
        OfferedRemedy,
        /// Nobody approves or checks what they answer for themself: it must be somebody else (C6, C11).
        SomebodyElse,
        /// The technician must not have accepted the order yet; what was accepted is given back.
        NotYetAccepted,
        /// The technician must have accepted the order; one that was not is refused.
        Acceptance,
        /// There must be so much in the team's stock.
        EnoughInStock,
        /// No more comes back than was used for the order.
        UsedMaterials,
        /// There must be nothing left of the material.
        EmptyStock,
        /// The case must be anonymous: whoever is known is called (D7).
        UnknownCustomer,
        /// Nobody holds a receipt code of the case, so nobody would read it (D7).
        ReceiptCode,
        /// The customer's own word: their signature on the handheld, or the record of the call (E4.2.1).
        CustomersWord,
    }
}

/// Why an act is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("not possible in this state")]
    WrongState {
        /// The names of the states in which it is possible.
        possible_in: Vec<&'static str>,
    },
    /// The viewer may see the case but not do this.
    #[error("not yours to do")]
    NotYours {
        /// The names of those who may.
        who_may: Vec<&'static str>,
    },
    /// Something must come first.
    #[error("something is missing")]
    Missing(Requirement),
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::WrongState { .. } => Code::WrongState,
            Self::NotYours { .. } => Code::NotYours,
            Self::Missing(_) => Code::Missing,
        }
    }
}
