//! What a site writes to customers (C2): templates in versions, drafted, published, over our own.

use chrono::{DateTime, Utc};
use domain::audit::Kind as AuditKind;
use domain::organization::{Language, Role};
use domain::refusal::Code;
use domain::reply::{Fault, Parts, Purpose, TemplateState, check, default_template};
use entity::{reply_template, site};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup;

/// A template, ours or a site's.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its id; none for ours.
    pub id: Option<Uuid>,
    /// What it is for.
    pub purpose: Purpose,
    /// Its number; nought for ours.
    pub revision: i32,
    /// Where it stands.
    pub state: TemplateState,
    /// Its parts in Chinese.
    pub zh: Parts,
    /// Its parts in English.
    pub en: Parts,
    /// Since when it is in use.
    pub published_at: Option<DateTime<Utc>>,
    /// Raised by every change; nought for ours.
    pub version: i32,
}

impl Template {
    /// Ours.
    #[must_use]
    pub fn ours(purpose: Purpose) -> Self {
        let (zh, en) = default_template(purpose);
        let state = TemplateState::Published;
        Self { id: None, purpose, revision: 0, state, zh, en, published_at: None, version: 0 }
    }

    /// A site's.
    #[must_use]
    pub fn of(row: &reply_template::Model) -> Self {
        Self {
            id: Some(row.id),
            purpose: row.purpose,
            revision: row.revision,
            state: row.state,
            zh: read(&row.zh),
            en: read(&row.en),
            published_at: row.published_at,
            version: row.version,
        }
    }

    /// The parts in a language.
    #[must_use]
    pub fn parts(&self, language: Language) -> &Parts {
        if language == Language::En { &self.en } else { &self.zh }
    }
}

fn keep(parts: &Parts) -> Value {
    json!(parts.named().into_iter().collect::<std::collections::BTreeMap<_, _>>())
}

fn read(kept: &Value) -> Parts {
    let part = |name: &str| kept.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Parts {
        greeting: part("greeting"),
        sympathy: part("sympathy"),
        apology: part("apology"),
        body: part("body"),
        closing: part("closing"),
    }
}

/// What is in use at a site, one for each purpose.
///
/// # Errors
/// When the database does not answer.
pub async fn in_use(db: &impl ConnectionTrait, site: Uuid) -> Result<Vec<Template>> {
    use reply_template::Column;
    let rows = reply_template::Entity::find()
        .filter(Column::SiteId.eq(site))
        .filter(Column::State.eq(TemplateState::Published))
        .all(db)
        .await?;
    let of = |purpose: &Purpose| {
        let own = rows.iter().find(|row| row.purpose == *purpose);
        own.map_or_else(|| Template::ours(*purpose), Template::of)
    };
    Ok(Purpose::ALL.iter().map(of).collect())
}

/// What is in use at a site for a purpose.
///
/// # Errors
/// When the database does not answer.
pub async fn in_use_for(db: &impl ConnectionTrait, site: Uuid, purpose: Purpose) -> Result<Template> {
    let found = in_use(db, site).await?.into_iter().find(|template| template.purpose == purpose);
    Ok(found.unwrap_or_else(|| Template::ours(purpose)))
}

/// The parts of a template in both languages.
#[derive(Debug, Clone)]
pub struct Draft {
    /// In Chinese.
    pub zh: Parts,
    /// In English.
    pub en: Parts,
}

impl Draft {
    fn check(&self, purpose: Purpose) -> Result<()> {
        for (language, parts) in [("zh", &self.zh), ("en", &self.en)] {
            check(purpose, parts).map_err(|Fault { part, right }| {
                let code = if right.starts_with("1..") { Code::Required } else { Code::Invalid };
                Error::refused_needing(code, &format!("{language}.{part}"), vec![right])
            })?;
        }
        Ok(())
    }
}

/// A site whose templates the actor keeps: the supervisor, the director or the head of its office, or a leader.
async fn kept_site(act: &Act<'_>, id: Uuid, field: &str) -> Result<site::Model> {
    const WHO: [Role; 3] = [Role::CustomerServiceSupervisor, Role::CustomerServiceDirector, Role::OfficeHead];
    let viewer = act.person()?;
    let mine = viewer.sites(|role| WHO.contains(&role)).contains(&id) || viewer.holds_any(&[Role::CompanyLeader]);
    let found = site::Entity::find_by_id(id).one(&act.txn).await?;
    let found = found.filter(|found| mine && found.organization_id == viewer.organization_id);
    found.ok_or_else(|| Error::refused(Code::NotFound, field))
}

/// Writes a new version of a template; it is not in use yet.
///
/// # Errors
/// `NOT_FOUND` for a site that is not the actor's; `REQUIRED` or `INVALID` with the part.
pub async fn draft(caller: &Caller<'_>, site: Uuid, purpose: Purpose, draft: &Draft) -> Result<ActResult> {
    use reply_template::Column;
    draft.check(purpose)?;
    let act = setup::begin(caller).await?;
    let site = kept_site(&act, site, "siteId").await?;
    let last = reply_template::Entity::find()
        .filter(Column::SiteId.eq(site.id))
        .filter(Column::Purpose.eq(purpose))
        .order_by_desc(Column::Revision)
        .one(&act.txn)
        .await?;
    let row = reply_template::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        purpose,
        revision: last.map_or(1, |last| last.revision + 1),
        state: TemplateState::Draft,
        zh: keep(&draft.zh),
        en: keep(&draft.en),
        drafted_by: act.person()?.id,
        drafted_at: act.now,
        published_by: None,
        published_at: None,
        version: 1,
    };
    let id = row.id;
    row.into_active_model().insert(&act.txn).await?;
    setup::finish(act, id).await
}

/// Writes a draft anew.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `WRONG_STATE` once it is published; refusals on the parts.
pub async fn revise(caller: &Caller<'_>, target: Target, draft: &Draft) -> Result<ActResult> {
    let act = setup::begin(caller).await?;
    let mut row = open(&act, target).await?;
    draft.check(row.purpose)?;
    row.zh = keep(&draft.zh);
    row.en = keep(&draft.en);
    row.version += 1;
    row.into_active_model().reset_all().update(&act.txn).await?;
    setup::finish(act, target.id).await
}

/// Puts a draft into use in place of the version before; what was written with that stays as it was.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `WRONG_STATE` once it is published.
pub async fn publish(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    use reply_template::Column;
    let act = setup::begin(caller).await?;
    let mut row = open(&act, target).await?;
    let before = reply_template::Entity::find()
        .filter(Column::SiteId.eq(row.site_id))
        .filter(Column::Purpose.eq(row.purpose))
        .filter(Column::State.eq(TemplateState::Published));
    for mut ended in before.all(&act.txn).await? {
        ended.state = TemplateState::Ended;
        ended.version += 1;
        ended.into_active_model().reset_all().update(&act.txn).await?;
    }
    row.state = TemplateState::Published;
    row.published_by = Some(act.person()?.id);
    row.published_at = Some(act.now);
    row.version += 1;
    let data = json!({ "replyTemplate": upper_snake(row.purpose.name()), "revision": row.revision });
    act.record(Record { kind: AuditKind::Changed, subject: ("Site", row.site_id), account: None, data }).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    setup::finish(act, target.id).await
}

async fn open(act: &Act<'_>, target: Target) -> Result<reply_template::Model> {
    let found = reply_template::Entity::find_by_id(target.id).one(&act.txn).await?;
    let found = found.ok_or_else(|| Error::refused(Code::NotFound, "templateId"))?;
    kept_site(act, found.site_id, "templateId").await?;
    if found.version != target.version {
        return Err(Error::stale(ActResult { subject: Some(found.id), ..ActResult::default() }));
    }
    if found.state != TemplateState::Draft {
        return Err(Error::refused_needing(Code::WrongState, "templateId", vec!["DRAFT".to_owned()]));
    }
    Ok(found)
}
