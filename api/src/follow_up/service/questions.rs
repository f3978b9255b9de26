//! What is asked in follow-ups at a site, in versions, and what was answered.

use chrono::{DateTime, Utc};
use domain::audit::Kind as AuditKind;
use domain::follow_up::questionnaire::{
    Answer, Fault, Question, QuestionKind, check_answers, check_questions, defaults,
};
use domain::organization::Role;
use domain::refusal::Code;
use entity::{follow_up, follow_up_questionnaire};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::audit::trail::Record;
use crate::organization::setup;

/// What is asked at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questionnaire {
    /// Its version at the site; nought for ours, which holds until the site publishes one.
    pub revision: i32,
    /// Since when it holds.
    pub published_at: Option<DateTime<Utc>>,
    /// The questions, in order.
    pub questions: Vec<Question>,
}

/// A question as it is kept, and an answer to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called.
    pub key: String,
    /// The question in Chinese.
    pub zh: String,
    /// The question in English.
    pub en: String,
    /// A name of `FollowUpQuestionKind`.
    pub kind: String,
    /// Whether it must be answered.
    pub required: bool,
    /// The score that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<i32>,
    /// Yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes: Option<bool>,
    /// The words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Kept {
    fn of(question: &Question, answer: Answer) -> Self {
        let Question { key, zh, en, kind, required } = question.clone();
        let Answer { score, yes, text, .. } = answer;
        Self { key, zh, en, kind: upper_snake(kind.name()), required, score, yes, text }
    }

    fn question(self) -> Result<Question> {
        let kind = QuestionKind::try_from_value(&self.kind)?;
        Ok(Question { key: self.key, zh: self.zh, en: self.en, kind, required: self.required })
    }
}

/// What is asked at a site: in a version, or now.
///
/// # Errors
/// When the database does not answer.
pub async fn questionnaire(
    db: &impl ConnectionTrait,
    site: Uuid,
    revision: Option<i32>,
) -> Result<Option<Questionnaire>> {
    use follow_up_questionnaire::Column;
    let ours = Questionnaire { revision: 0, published_at: None, questions: defaults() };
    if revision == Some(0) {
        return Ok(Some(ours));
    }
    let mut rows = follow_up_questionnaire::Entity::find().filter(Column::SiteId.eq(site));
    if let Some(revision) = revision {
        rows = rows.filter(Column::Revision.eq(revision));
    }
    match rows.order_by_desc(Column::Revision).one(db).await? {
        Some(row) => {
            let kept: Vec<Kept> = serde_json::from_value(row.questions)?;
            let questions = kept.into_iter().map(Kept::question).collect::<Result<_>>()?;
            Ok(Some(Questionnaire { revision: row.revision, published_at: Some(row.published_at), questions }))
        }
        None => Ok(revision.is_none().then_some(ours)),
    }
}

/// Publishes what is asked at a site from now on; what was answered stays as it was asked.
///
/// # Errors
/// `NOT_FOUND` for a site whose follow-ups are not the caller's; `STALE` where somebody published meanwhile; `INVALID` for
/// questions that are none.
pub async fn publish(caller: &Caller<'_>, site: Uuid, seen: i32, questions: &[Question]) -> Result<ActResult> {
    const WHO: [Role; 3] = [Role::CustomerServiceSupervisor, Role::CustomerServiceDirector, Role::OfficeHead];
    check_questions(questions).map_err(|fault| refused("questions", &fault))?;
    let act = setup::begin(caller).await?;
    let viewer = act.person()?;
    let mine = viewer.sites(|role| WHO.contains(&role)).contains(&site) || viewer.holds_any(&[Role::CompanyLeader]);
    let found = entity::site::Entity::find_by_id(site).one(&act.txn).await?;
    let found = found.filter(|found| mine && found.organization_id == viewer.organization_id);
    let found = found.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    let now = questionnaire(&act.txn, site, None).await?.map_or(0, |held| held.revision);
    let result = ActResult { subject: Some(site), ..ActResult::default() };
    if now != seen {
        return Err(Error::stale_at("expectedRevision", result));
    }
    let kept: Vec<Kept> = questions.iter().map(|question| Kept::of(question, Answer::default())).collect();
    let row = follow_up_questionnaire::Model {
        id: act.id(),
        organization_id: found.organization_id,
        site_id: site,
        revision: now + 1,
        questions: serde_json::to_value(kept)?,
        published_by: viewer.id,
        published_at: act.now,
    };
    row.into_active_model().insert(&act.txn).await?;
    let data = json!({ "followUpQuestionnaire": now + 1 });
    act.record(Record { kind: AuditKind::Changed, subject: ("Site", site), account: None, data }).await?;
    act.commit(result).await
}

/// What a customer answered.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The version that was asked; needed with answers.
    pub revision: Option<i32>,
    /// The answers.
    pub given: Vec<Answer>,
}

impl Answers {
    /// Checks them against what is asked at the site, and keeps them with the questions as they were put.
    pub(super) async fn keep(self, act: &Act<'_>, row: &mut follow_up::Model) -> Result<()> {
        let Some(asked) = questionnaire(&act.txn, row.site_id, None).await? else { return Ok(()) };
        if self.revision.is_none() && !self.given.is_empty() {
            return Err(Error::refused(Code::Required, "questionnaireRevision"));
        }
        if self.revision.is_some_and(|revision| revision != asked.revision) {
            let now = vec![asked.revision.to_string()];
            return Err(Error::refused_needing(Code::Stale, "questionnaireRevision", now));
        }
        check_answers(&asked.questions, &self.given).map_err(|fault| refused("answers", &fault))?;
        if self.given.is_empty() {
            return Ok(());
        }
        let kept = self.given.into_iter().filter_map(|answer| {
            let question = asked.questions.iter().find(|question| question.key == answer.key)?;
            Some(Kept::of(question, answer))
        });
        row.questionnaire_revision = Some(asked.revision);
        row.answers = Some(serde_json::to_value(kept.collect::<Vec<_>>())?);
        Ok(())
    }
}

fn refused(list: &str, fault: &Fault) -> Error {
    let field = if fault.part.is_empty() { list.to_owned() } else { format!("{list}.{}.{}", fault.place, fault.part) };
    let code = if fault.part.is_empty() && list == "answers" { Code::Required } else { Code::Invalid };
    Error::refused_needing(code, &field, vec![fault.right.clone()])
}
