//! What the mutations on follow-ups take in.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use domain::follow_up::attempt::AttemptOutcome;
use domain::follow_up::questionnaire::{Answer, Question, QuestionKind};
use domain::follow_up::{Method, Satisfaction};
use domain::refusal::Code;

use super::service::Raised;
use crate::app::error::{Error, Result};
use crate::app::public_id;
use crate::app::request::{act_input, optional_id};
use crate::complaint::case::Target;
use crate::complaint::input::{CallInput, ReportInput};
use crate::work_order::mutation::SignatureInput;

/// A follow-up as you saw it.
#[derive(InputObject)]
pub struct FollowUpVersionInput {
    /// Which one.
    pub follow_up_id: ID,
    /// Its `version` as you saw it; `STALE` when somebody has changed it since.
    pub expected_version: i32,
}

/// Reads the ids of several.
///
/// # Errors
/// `NOT_FOUND` with the place in the list.
pub fn targets(list: &[FollowUpVersionInput]) -> Result<Vec<Target>> {
    let read = |(place, one): (usize, &FollowUpVersionInput)| {
        let id = public_id::read("FollowUp", &one.follow_up_id, &format!("followUps.{place}.followUpId"))?;
        Ok(Target { id, version: one.expected_version })
    };
    list.iter().enumerate().map(read).collect()
}

act_input! {
    /// When a follow-up is held, and by whom; at least one of the two. What is not given stays.
    PlanFollowUpInput on follow_up_id("FollowUp", "followUpId") {
        /// When; a time to come.
        planned_for: Option<DateTime<Utc>>,
        /// Who holds it: an agent or the supervisor of customer service at the site. The supervisor stays responsible (D1).
        assignee_id: Option<ID>,
    }
}

/// Several follow-ups for one person.
#[derive(InputObject)]
pub struct AssignFollowUpsInput {
    /// Which, 1 to 100, each once; all are assigned, or none.
    pub follow_ups: Vec<FollowUpVersionInput>,
    /// Who holds them: an agent or the supervisor of customer service at the site.
    pub assignee_id: ID,
    /// When; what was planned stays when not given.
    pub planned_for: Option<DateTime<Utc>>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// A try that came to nothing.
    RecordFollowUpAttemptInput on follow_up_id("FollowUp", "followUpId") {
        /// Why.
        outcome: AttemptOutcome,
        /// By phone or on site.
        method: Method,
        /// In words, for employees, at most 500 characters.
        note: Option<String>,
        /// The call, where there was one.
        call: Option<CallInput>,
        /// When it is tried again; required until the customer was tried on three different days, refused or has moved away.
        next_attempt_at: Option<DateTime<Utc>>,
    }
}

act_input! {
    /// The director's word that the customer cannot be had.
    CloseUnreachedFollowUpInput on follow_up_id("FollowUp", "followUpId") {
        /// The word, for employees, 1 to 1,000 characters.
        remark: String,
    }
}

act_input! {
    /// Something new that the customer raised (D3).
    RaiseMatterInput on follow_up_id("FollowUp", "followUpId") {
        /// How it was raised: by phone or on site.
        method: Method,
        /// What it is about, where it is to be handled: it becomes a case. Customer, unit and contact are those of the case; the
        /// place, too, unless it is given. Exactly one of `report` and `opinion`.
        report: Option<ReportInput>,
        /// What it is about, where it is to be answered: it becomes an opinion of the same customer.
        opinion: Option<RaisedOpinionInput>,
        /// When the customer was promised an answer: it becomes a clock of the new case, or the `dueAt` of the opinion.
        reply_by: DateTime<Utc>,
    }
}

/// An opinion that a customer gave in a follow-up (D3).
#[derive(InputObject)]
pub struct RaisedOpinionInput {
    /// In the customer's words, 1 to 2,000 characters.
    pub text: String,
    /// The employee whom it is about, who then never sees it (C11).
    pub about_account_id: Option<ID>,
}

/// Reads what was raised: one of the two.
///
/// # Errors
/// `REQUIRED` for neither, `INVALID` for both, `NOT_FOUND` with the path of a field.
pub fn raised(report: Option<ReportInput>, opinion: Option<RaisedOpinionInput>) -> Result<Raised> {
    match (report, opinion) {
        (Some(report), None) => Ok(Raised::Case(Box::new(report.parse()?))),
        (None, Some(RaisedOpinionInput { text, about_account_id })) => {
            let about = optional_id("Account", about_account_id.as_ref(), "opinion.aboutAccountId")?;
            Ok(Raised::Opinion { text, about_account_id: about })
        }
        (None, None) => Err(Error::refused(Code::Required, "report")),
        (Some(_), Some(_)) => {
            Err(Error::refused_needing(Code::Invalid, "opinion", vec!["either a report or an opinion".to_owned()]))
        }
    }
}

/// An answer to a question; exactly what its kind asks for.
#[derive(InputObject)]
pub struct FollowUpAnswerInput {
    /// Which question: its `key`.
    pub key: String,
    /// The score 1 to 5, for `SCORE`.
    pub score: Option<i32>,
    /// Yes or no, for `YES_NO`.
    pub yes: Option<bool>,
    /// The words, 1 to 500 characters, for `TEXT`.
    pub text: Option<String>,
}

impl From<FollowUpAnswerInput> for Answer {
    fn from(input: FollowUpAnswerInput) -> Self {
        let FollowUpAnswerInput { key, score, yes, text } = input;
        Self { key, score, yes, text }
    }
}

act_input! {
    /// How it went.
    FinishFollowUpInput on follow_up_id("FollowUp", "followUpId") {
        /// By phone or on site (D2).
        method: Method,
        /// What the customer said of the result.
        satisfaction: Satisfaction,
        /// What was said, 1 to 1,900 characters.
        record: String,
        /// The call; required by phone.
        call: Option<CallInput>,
        /// The customer's signature; required on site.
        signature: Option<SignatureInput>,
        /// What the customer answered, each question once at most; those that the site requires must be there.
        #[graphql(default)]
        answers: Vec<FollowUpAnswerInput>,
        /// The `revision` of the questionnaire that was asked; required with answers. `STALE` where the site has published
        /// another since.
        questionnaire_revision: Option<i32>,
    }
}

act_input! {
    /// The director's remark.
    InspectFollowUpInput on follow_up_id("FollowUp", "followUpId") {
        /// The remark, 1 to 1,000 characters.
        remark: String,
    }
}

/// A draw of follow-ups to inspect (D2).
#[derive(InputObject)]
pub struct DrawInspectionInput {
    /// The site.
    pub site_id: ID,
    /// The share to be drawn, 1 to 100 in hundredths; 100 draws all.
    pub percent: i32,
    /// Send the same key when you repeat the call: what is drawn is drawn once.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// The office head's opinion.
    SignOpinionInput on follow_up_id("FollowUp", "followUpId") {
        /// The opinion, 1 to 1,000 characters.
        opinion: String,
        /// The head's drawn signature; it is sealed with the record and the opinion.
        signature: Option<SignatureInput>,
    }
}

/// The office head's opinion on several follow-ups.
#[derive(InputObject)]
pub struct SignOpinionsInput {
    /// Which, 1 to 100, each once; all are signed, or none.
    pub follow_ups: Vec<FollowUpVersionInput>,
    /// The opinion, 1 to 1,000 characters.
    pub opinion: String,
    /// The head's drawn signature; it is sealed with each record by itself.
    pub signature: Option<SignatureInput>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// A question of a follow-up.
#[derive(InputObject)]
pub struct FollowUpQuestionInput {
    /// What it is called in answers: 1 to 40 letters, digits and underscores; keep it from version to version.
    pub key: String,
    /// The question in Chinese, 1 to 500 characters.
    pub zh: String,
    /// The question in English, 1 to 500 characters.
    pub en: String,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Whether it must be answered.
    #[graphql(default)]
    pub required: bool,
}

impl From<FollowUpQuestionInput> for Question {
    fn from(input: FollowUpQuestionInput) -> Self {
        let FollowUpQuestionInput { key, zh, en, kind, required } = input;
        Self { key, zh, en, kind, required }
    }
}

/// What customers of a site are asked from now on.
#[derive(InputObject)]
pub struct PublishFollowUpQuestionnaireInput {
    /// The site.
    pub site_id: ID,
    /// The `revision` that holds as you saw it; nought where ours does.
    pub expected_revision: i32,
    /// The questions, 1 to 20, in order.
    pub questions: Vec<FollowUpQuestionInput>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}
