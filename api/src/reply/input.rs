//! What the mutations on answers take in.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use domain::complaint::{Channel, ReplyForm};
use domain::reply::{Parts, Purpose};

use super::service::Answer;
use super::template::Draft;
use crate::app::error::Result;
use crate::app::public_id;
use crate::app::request::{act_input, optional_id};
use crate::complaint::case::Target;
use crate::complaint::input::ReplyToCustomerInput;

/// The parts of a template in one language. In braces: `{customer}`, `{number}`, `{category}`, `{place}`, `{site}`, `{text}` (the
/// handler's own words), `{nextReply}`, `{handler}`, `{department}`, `{phone}`.
#[derive(InputObject)]
pub struct ReplyPartsInput {
    /// 称呼: how the customer is greeted, 1 to 1,000 characters, as the others.
    pub greeting: String,
    /// 理解: that we feel with them (C2).
    pub sympathy: String,
    /// 致歉: the apology (C2).
    pub apology: String,
    /// 正文: the answer itself; with `{text}`, and in `INTERIM` with `{nextReply}` (C8).
    pub body: String,
    /// 落款: the closing, with the handler's card: `{handler}`, `{department}` and `{phone}` (C1).
    pub closing: String,
}

impl From<ReplyPartsInput> for Parts {
    fn from(input: ReplyPartsInput) -> Self {
        let ReplyPartsInput { greeting, sympathy, apology, body, closing } = input;
        Self { greeting, sympathy, apology, body, closing }
    }
}

/// A new version of a template.
#[derive(InputObject)]
pub struct DraftReplyTemplateInput {
    /// The site.
    pub site_id: ID,
    /// What it is for.
    pub purpose: Purpose,
    /// Its parts in Chinese.
    pub zh: ReplyPartsInput,
    /// Its parts in English.
    pub en: ReplyPartsInput,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// A draft, written anew.
    ReviseReplyTemplateInput on template_id("ReplyTemplate", "templateId") {
        /// Its parts in Chinese.
        zh: ReplyPartsInput,
        /// Its parts in English.
        en: ReplyPartsInput,
    }
}

act_input! {
    /// Which draft is put into use.
    PublishReplyTemplateInput on template_id("ReplyTemplate", "templateId") {}
}

impl ReplyToCustomerInput {
    /// Reads what is answered.
    ///
    /// # Errors
    /// `NOT_FOUND` for a paper that is none.
    pub fn answer(self) -> Result<Answer> {
        Ok(Answer {
            form: self.form,
            kind: self.kind,
            text: self.text,
            next_reply_by: self.next_reply_by,
            purpose: self.template,
            language: self.language,
            call: self.call.map(Into::into),
            attachment: optional_id("Attachment", self.attachment_id.as_ref(), "attachmentId")?,
        })
    }
}

/// Both languages of a template.
#[must_use]
pub fn draft(zh: ReplyPartsInput, en: ReplyPartsInput) -> Draft {
    Draft { zh: zh.into(), en: en.into() }
}

/// In which forms a channel is answered.
#[derive(InputObject)]
pub struct ChangeReplyPolicyInput {
    /// The site.
    pub site_id: ID,
    /// The `version` of its policy as you saw it; nought where only our defaults hold.
    pub expected_version: i32,
    /// The channel.
    pub channel: Channel,
    /// The forms, each once; `LETTER` for a letter (C8).
    pub forms: Vec<ReplyForm>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

impl ChangeReplyPolicyInput {
    /// Reads the id.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn target(&self) -> Result<Target> {
        Ok(Target { id: public_id::read("Site", &self.site_id, "siteId")?, version: self.expected_version })
    }
}

act_input! {
    /// When a letter reached the customer.
    RecordReplyDeliveryInput on reply_id("Reply", "replyId") {
        /// When; since it was written.
        delivered_at: DateTime<Utc>,
    }
}

/// Which answer was read.
#[derive(InputObject)]
pub struct MarkReplyReadInput {
    /// The answer.
    pub reply_id: ID,
    /// Send the same key when you repeat the call; without one it is recorded once all the same.
    pub idempotency_key: Option<String>,
}
