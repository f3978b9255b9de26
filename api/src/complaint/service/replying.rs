//! Answering the customer in the form and the time that the channel asks for (C8).

use chrono::{DateTime, Utc};
use domain::complaint::{Action, ReplyForm};
use domain::event::Kind as Event;
use domain::refusal::Code;
use serde_json::json;

use super::{CASE, apply};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target};

/// An answer to the customer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// In which form.
    pub form: ReplyForm,
    /// What was said or written.
    pub text: String,
    /// When the next answer comes; none where this one is final.
    pub next_reply_by: Option<DateTime<Utc>>,
}

/// Answers the customer, finally or for the time being. The time that an interim answer names becomes a clock.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the text; `INVALID` for a form that does not fit the channel, or a next time that
/// is past.
pub async fn reply(caller: &Caller<'_>, target: Target, reply: &Reply) -> Result<ActResult> {
    let text = validate::text("text", &reply.text, 2000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    if !reply.form.fits(case.row.channel) {
        let needed = vec![upper_snake(ReplyForm::Letter.name())];
        return Err(Error::refused_needing(Code::Invalid, "form", needed));
    }
    if reply.next_reply_by.is_some_and(|next| next <= act.now) {
        return Err(Error::refused_needing(Code::Invalid, "nextReplyBy", vec!["a time to come".to_owned()]));
    }
    let data = json!({ "form": upper_snake(reply.form.name()), "nextReplyBy": reply.next_reply_by });
    apply(&mut act, &mut case, Action::Reply, Event::CustomerReplied, Some(text), data).await?;
    // The row stays as it is, but what two people see does not.
    case.touch();
    case.finish(act).await
}
