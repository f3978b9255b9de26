//! Answers, templates and what fits a channel, in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::complaint::{Channel, ReplyForm};
use domain::organization::Language;
use domain::refusal::Code;
use domain::reply::{Parts, Purpose, ReplyKind, TemplateState};
use entity::{reply, reply_template};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::composing::{MAX_TEXT, Words, compose};
use super::policy::{self, Policy};
use super::template::{self, Template};
use crate::access::guard::Listed;
use crate::app::error::Error;
use crate::app::loader::{AccountById, AttachmentById, ComplaintById, SiteById};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::app::validate;
use crate::attachment::graphql::Attachment;

/// An answer to a customer, as it was given (C5, C8). Its words never change.
#[derive(async_graphql::Description)]
pub struct Reply(pub reply::Model);

#[Object(use_type_description)]
impl Reply {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Reply", self.0.id)
    }

    /// In which form it was given.
    async fn form(&self) -> ReplyForm {
        self.0.form
    }

    /// Whether more is to come.
    async fn kind(&self) -> ReplyKind {
        self.0.kind
    }

    /// In which language.
    async fn language(&self) -> Language {
        self.0.language
    }

    /// The words, whole, as the customer reads or heard them.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// SHA-256 of the words, in hex: the document of a letter.
    async fn text_sha256(&self) -> &str {
        &self.0.text_sha256
    }

    /// The template that it was made of; null where the words stand by themselves.
    async fn purpose(&self) -> Option<Purpose> {
        self.0.purpose
    }

    /// The version of that template; nought for ours.
    async fn template_revision(&self) -> Option<i32> {
        self.0.template_revision
    }

    /// When the next answer comes (C8).
    async fn next_reply_by(&self) -> Option<DateTime<Utc>> {
        self.0.next_reply_by
    }

    /// The paper, where there is one.
    async fn attachment(&self, ctx: &Context<'_>) -> Result<Option<Attachment>> {
        let Some(id) = self.0.attachment_id else { return Ok(None) };
        Ok(ctx.load(AttachmentById(id)).await?.map(Attachment))
    }

    /// The name of who gave it.
    async fn made_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.made_by)).await?.map(|person| person.name))
    }

    /// When it was given.
    async fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// When it reached the customer; null while a letter is under way.
    async fn delivered_at(&self) -> Option<DateTime<Utc>> {
        self.0.delivered_at
    }

    /// When the customer read it, or heard it.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.0.read_at
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Cuts the page of a case's answers, in the order in which they were given.
///
/// # Errors
/// `BAD_CURSOR`, or a refused page size.
pub fn page_of(rows: Vec<reply::Model>, page: &PageInput) -> Result<Connection<String, Reply>> {
    use async_graphql::connection::Edge;
    let limit = usize::try_from(page.limit()?).unwrap_or(usize::MAX);
    let after =
        page.after.as_deref().map(|cursor| Uuid::try_parse(cursor).map_err(|_| Error::BadCursor)).transpose()?;
    let mut rest = rows.into_iter().filter(|row| after.is_none_or(|after| row.id > after));
    let shown: Vec<reply::Model> = rest.by_ref().take(limit).collect();
    let mut connection = Connection::new(after.is_some(), rest.next().is_some());
    connection.edges.extend(shown.into_iter().map(|row| Edge::new(row.id.to_string(), Reply(row))));
    Ok(connection)
}

/// The parts of a template in one language (C2).
#[derive(SimpleObject)]
pub struct ReplyParts {
    /// 称呼: how the customer is greeted.
    pub greeting: String,
    /// 理解: that we feel with them.
    pub sympathy: String,
    /// 致歉: the apology.
    pub apology: String,
    /// 正文: the answer itself.
    pub body: String,
    /// 落款: the closing, with the handler's card (C1).
    pub closing: String,
}

impl From<Parts> for ReplyParts {
    fn from(parts: Parts) -> Self {
        let Parts { greeting, sympathy, apology, body, closing } = parts;
        Self { greeting, sympathy, apology, body, closing }
    }
}

/// What a site writes to customers, in a version (C2).
#[derive(SimpleObject)]
pub struct ReplyTemplate {
    /// The id; null for ours.
    pub id: Option<ID>,
    /// What it is for.
    pub purpose: Purpose,
    /// Its number for that purpose at the site; nought for ours.
    pub revision: i32,
    /// Where it stands.
    pub state: TemplateState,
    /// Its parts in Chinese.
    pub zh: ReplyParts,
    /// Its parts in English.
    pub en: ReplyParts,
    /// Since when it is in use; null for ours and for drafts.
    pub published_at: Option<DateTime<Utc>>,
    /// Give it as `expectedVersion`.
    pub version: i32,
}

impl From<Template> for ReplyTemplate {
    fn from(template: Template) -> Self {
        Self {
            id: template.id.map(|id| public_id::write("ReplyTemplate", id)),
            purpose: template.purpose,
            revision: template.revision,
            state: template.state,
            zh: template.zh.into(),
            en: template.en.into(),
            published_at: template.published_at,
            version: template.version,
        }
    }
}

/// In which forms a channel is answered.
#[derive(SimpleObject)]
pub struct ChannelForms {
    /// The channel.
    pub channel: Channel,
    /// The forms that fit it.
    pub forms: Vec<ReplyForm>,
}

/// In which forms each channel is answered at a site (C8).
#[derive(SimpleObject)]
pub struct ReplyPolicy {
    /// The site.
    pub site_id: ID,
    /// Each channel.
    pub channels: Vec<ChannelForms>,
    /// Give it as `expectedVersion`; nought where only our defaults hold.
    pub version: i32,
}

impl From<Policy> for ReplyPolicy {
    fn from(policy: Policy) -> Self {
        let channels = policy.forms.into_iter().map(|(channel, forms)| ChannelForms { channel, forms });
        Self {
            site_id: public_id::write("Site", policy.site_id),
            channels: channels.collect(),
            version: policy.version,
        }
    }
}

/// An answer before it is given.
#[derive(InputObject)]
pub struct PreviewReplyInput {
    /// The case.
    pub complaint_id: ID,
    /// Your own words, 1 to 2,000 characters.
    pub text: String,
    /// The template around them; none to say them as they are.
    pub template: Option<Purpose>,
    /// In which language; the customer's own when not given.
    pub language: Option<Language>,
    /// When the next answer comes, where this one is for the time being.
    pub next_reply_by: Option<DateTime<Utc>>,
}

/// An answer as the customer would read it.
#[derive(SimpleObject)]
pub struct ReplyPreview {
    /// The words, whole.
    pub text: String,
    /// In which language.
    pub language: Language,
    /// The version of the template; nought for ours.
    pub template_revision: Option<i32>,
    /// In which forms this case can be answered (C8).
    pub forms: Vec<ReplyForm>,
}

/// Reads of answers and templates.
#[derive(Default)]
pub struct ReplyQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ReplyQuery {
    /// An answer as the customer would read it, before it is given; null where you may not see the case. Nothing is kept.
    async fn preview_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: PreviewReplyInput,
    ) -> Result<Option<ReplyPreview>> {
        let id = public_id::read("Complaint", &input.complaint_id, "complaintId")?;
        let Some(case) = ctx.load(ComplaintById(id)).await? else { return Ok(None) };
        if !ctx.signed_in()?.sees_staff_side(&case) {
            return Ok(None);
        }
        let text = validate::text("text", &input.text, MAX_TEXT)?;
        let PreviewReplyInput { template: purpose, language, next_reply_by, .. } = input;
        if purpose == Some(Purpose::Interim) && next_reply_by.is_none() {
            return Err(Error::refused(Code::Required, "nextReplyBy").into());
        }
        let db = &ctx.app()?.db;
        let composed = compose(db, &case, &Words { text, purpose, language, next_reply_by }).await?;
        let forms = policy::of(db, case.site_id).await?.forms_of(case.channel).to_vec();
        let (text, language, template_revision) = (composed.text, composed.language, composed.revision);
        Ok(Some(ReplyPreview { text, language, template_revision, forms }))
    }

    /// What a site writes to customers now, one for each purpose: its own, or ours.
    async fn reply_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Vec<ReplyTemplate>> {
        let Some(site) = staffed(ctx, &site_id).await? else { return Ok(Vec::new()) };
        Ok(template::in_use(&ctx.app()?.db, site).await?.into_iter().map(Into::into).collect())
    }

    /// Every version of a site's own templates, with drafts and those that have ended, newest first.
    async fn reply_template_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Only those for this purpose.")] purpose: Option<Purpose>,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, ReplyTemplate>> {
        use reply_template::Column;
        // No site has this id: whoever does not work there sees none.
        let site = staffed(ctx, &site_id).await?.unwrap_or_default();
        let mut rows = reply_template::Entity::find()
            .filter(Column::OrganizationId.eq(ctx.signed_in()?.organization_id))
            .filter(Column::SiteId.eq(site));
        if let Some(purpose) = purpose {
            rows = rows.filter(Column::Purpose.eq(purpose));
        }
        let wrap = |row: reply_template::Model| ReplyTemplate::from(Template::of(&row));
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, wrap).await?)
    }

    /// In which forms each channel is answered at a site (C8); null where you do not work there.
    async fn reply_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Option<ReplyPolicy>> {
        let Some(site) = staffed(ctx, &site_id).await? else { return Ok(None) };
        Ok(Some(policy::of(&ctx.app()?.db, site).await?.into()))
    }
}

/// The site, where the viewer works there. A leader works at every site, but of their own organization only.
async fn staffed(ctx: &Context<'_>, id: &ID) -> Result<Option<Uuid>> {
    let site = ctx.load(SiteById(public_id::read("Site", id, "siteId")?)).await?;
    let viewer = ctx.signed_in()?;
    let mine = site.filter(|site| site.organization_id == viewer.organization_id && viewer.is_staff_at(site.id));
    Ok(mine.map(|site| site.id))
}
