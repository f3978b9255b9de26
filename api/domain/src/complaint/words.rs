//! The words in which a case comes in and is answered.

use crate::closed_set::closed_set;

closed_set! {
    /// What the customer wants (E2). Suggestions are opinions, not cases.
    pub enum Kind as "ComplaintKind" {
        /// 投诉: something was done badly, or not at all.
        Complaint,
        /// 报修: something is broken.
        Repair,
        /// 有偿服务: a service for a fee.
        PaidService,
    }
}

closed_set! {
    /// How a case came in. The channel decides the form of the reply (C8).
    pub enum Channel as "Channel" {
        /// The resident's app; counts as spoken.
        App,
        /// A telephone call; has a call record (E7.2).
        Phone,
        /// At the counter.
        Visit,
        /// A letter; answered in writing.
        Letter,
        /// An e-mail; answered in writing.
        Email,
        /// The opinion book at the office (B1).
        OpinionBook,
    }
}

closed_set! {
    /// In which form the customer is answered (C8).
    pub enum ReplyForm as "ReplyForm" {
        /// By word, on the telephone; the call is on record.
        Phone,
        /// By word, at the counter or on site.
        InPerson,
        /// In the app.
        App,
        /// In writing: by letter or by e-mail.
        Letter,
    }
}

closed_set! {
    /// How serious a case is.
    pub enum Severity as "Severity" {
        /// Can wait.
        Low,
        /// The default.
        Normal,
        /// Should not wait.
        High,
        /// 问题严重: leaders are told at once (E4.3).
        Serious,
    }
}

closed_set! {
    /// How the handling ended.
    pub enum Outcome as "ComplaintOutcome" {
        /// What was asked for was handled.
        Handled,
        /// Not handled, with a reason that the customer can read (C5).
        Declined,
        /// Taken back by the customer.
        Withdrawn,
        /// It cannot be solved: explained, with an apology and the offer of a remedy (C9).
        Unresolvable,
    }
}
