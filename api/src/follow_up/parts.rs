//! What belongs to a follow-up in the schema: tries, matters raised, questions and answers, draws.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::follow_up::Method;
use domain::follow_up::attempt::AttemptOutcome;
use domain::follow_up::questionnaire::{Question as Asked, QuestionKind};
use domain::organization::Language;
use entity::{follow_up_attempt, follow_up_matter, inspection_draw};
use sea_orm::ActiveEnum;

use super::service::{Kept, Questionnaire};
use crate::app::error::Error;
use crate::app::loader::{AccountById, ComplaintById, OpinionById};
use crate::app::public_id;
use crate::app::request::Asked as _;
use crate::complaint::graphql::Complaint;
use crate::opinion::graphql::Opinion;

/// A try to hold a follow-up that came to nothing (D5).
#[derive(async_graphql::Description)]
pub struct Attempt(pub follow_up_attempt::Model);

#[Object(name = "FollowUpAttempt", use_type_description)]
impl Attempt {
    /// Why.
    async fn outcome(&self) -> AttemptOutcome {
        self.0.outcome
    }

    /// By phone or on site.
    async fn method(&self) -> Method {
        self.0.method
    }

    /// In words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was to be tried again.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.0.next_at
    }

    /// The name of who tried.
    async fn made_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.made_by)).await?.map(|person| person.name))
    }

    /// When.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }
}

/// Something new that a customer raised in a follow-up (D3).
#[derive(async_graphql::Description)]
pub struct Matter(pub follow_up_matter::Model);

#[Object(name = "FollowUpMatter", use_type_description)]
impl Matter {
    /// What was raised.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// When the customer was promised an answer.
    async fn reply_by(&self) -> DateTime<Utc> {
        self.0.reply_by
    }

    /// The case that it became; null where it became an opinion, or you may not see it.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.raised_complaint_id else { return Ok(None) };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// The opinion that it became; null where it became a case, or you may not see it.
    async fn opinion(&self, ctx: &Context<'_>) -> Result<Option<Opinion>> {
        let Some(id) = self.0.raised_opinion_id else { return Ok(None) };
        Ok(ctx.load(OpinionById(id)).await?.map(Opinion))
    }

    /// When it was written down.
    async fn raised_at(&self) -> DateTime<Utc> {
        self.0.raised_at
    }
}

/// A draw of follow-ups to inspect (D2). Whoever has the seed, the share and the follow-ups can do it again.
#[derive(async_graphql::Description)]
pub struct InspectionDraw(pub inspection_draw::Model);

#[Object(use_type_description)]
impl InspectionDraw {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("InspectionDraw", self.0.id)
    }

    /// The seed of the dice, in hex.
    async fn seed(&self) -> &str {
        &self.0.seed
    }

    /// The share that was drawn, in hundredths.
    async fn percent(&self) -> i32 {
        self.0.percent
    }

    /// How many follow-ups were in it.
    async fn candidates(&self) -> i32 {
        self.0.candidates
    }

    /// How many were drawn: the share, rounded up, and every discontented or unreached customer on top.
    async fn drawn(&self) -> i32 {
        self.0.drawn
    }

    /// The name of who drew.
    async fn drawn_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.drawn_by)).await?.map(|person| person.name))
    }

    /// When.
    async fn drawn_at(&self) -> DateTime<Utc> {
        self.0.drawn_at
    }
}

/// A question of a follow-up.
#[derive(SimpleObject)]
#[graphql(name = "FollowUpQuestion")]
pub struct Question {
    /// What it is called in answers.
    pub key: String,
    /// The question, in the language of the request.
    pub text: String,
    /// The question in Chinese.
    pub zh: String,
    /// The question in English.
    pub en: String,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Whether it must be answered.
    pub required: bool,
}

impl Question {
    fn of(asked: Asked, language: Language) -> Self {
        let Asked { key, zh, en, kind, required } = asked;
        let text = if language == Language::En { en.clone() } else { zh.clone() };
        Self { key, text, zh, en, kind, required }
    }
}

/// What customers of a site are asked in follow-ups.
#[derive(SimpleObject)]
pub struct FollowUpQuestionnaire {
    /// Its version at the site; nought for ours, which holds until the site publishes one. Give it with the answers.
    pub revision: i32,
    /// Since when it holds; null for ours.
    pub published_at: Option<DateTime<Utc>>,
    /// The questions, in order.
    pub questions: Vec<Question>,
}

impl FollowUpQuestionnaire {
    /// A questionnaire in the schema.
    #[must_use]
    pub fn of(questionnaire: Questionnaire, language: Language) -> Self {
        let Questionnaire { revision, published_at, questions } = questionnaire;
        let questions = questions.into_iter().map(|asked| Question::of(asked, language)).collect();
        Self { revision, published_at, questions }
    }
}

/// What a customer answered to a question.
#[derive(SimpleObject)]
#[graphql(name = "FollowUpAnswer")]
pub struct Answer {
    /// What the question is called.
    pub key: String,
    /// The question as it was put, in the language of the request.
    pub question: String,
    /// How it was answered.
    pub kind: QuestionKind,
    /// The score, 1 to 5.
    pub score: Option<i32>,
    /// Yes or no.
    pub yes: Option<bool>,
    /// The words.
    pub text: Option<String>,
}

impl Answer {
    /// The answers that are kept with a follow-up.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub fn all(kept: Option<&serde_json::Value>, language: Language) -> Result<Vec<Self>> {
        let Some(kept) = kept else { return Ok(Vec::new()) };
        let kept: Vec<Kept> = serde_json::from_value(kept.clone()).map_err(Error::from)?;
        let read = |one: Kept| {
            let kind = QuestionKind::try_from_value(&one.kind).map_err(Error::from)?;
            let question = if language == Language::En { one.en } else { one.zh };
            Ok(Self { key: one.key, question, kind, score: one.score, yes: one.yes, text: one.text })
        };
        kept.into_iter().map(read).collect()
    }
}
