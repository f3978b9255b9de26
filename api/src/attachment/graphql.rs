//! Photos and papers in the schema.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::access::Operation;
use domain::attachment::{Fault, Kind, State};
use entity::attachment;

use super::link::{self, Which};
use super::picture::Taken;
use super::service::{self, Announced};
use crate::access::guard::Listed;
use crate::app::error::UserError;
use crate::app::loader::{AccountById, AttachmentById, ComplaintById};
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, optional_id, payload, settle};
use crate::complaint::graphql::{Complaint, case_id};

/// A photo or paper of a case. What is kept of a photo was written anew: nothing of where it was taken is in it.
#[derive(async_graphql::Description)]
pub struct Attachment(pub attachment::Model);

#[Object(use_type_description)]
impl Attachment {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Attachment", self.0.id)
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// What whoever sent it calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is, by its content; null until it was looked at.
    async fn kind(&self) -> Option<Kind> {
        self.0.kind
    }

    /// Its media type, by its content.
    async fn media_type(&self) -> Option<&str> {
        self.0.media_type.as_deref()
    }

    /// How many bytes are kept.
    async fn size(&self) -> Option<i64> {
        self.0.size
    }

    /// SHA-256 of what is kept, in hex.
    async fn sha256(&self) -> Option<&str> {
        self.0.sha256.as_deref()
    }

    /// SHA-256 of the bytes as they were sent, in hex; of what came before it was written down, that of what is kept. A signature
    /// that is given for an order names those of its photos: whoever took one knows it, also without signal.
    async fn sent_sha256(&self) -> Option<&str> {
        self.0.sent_sha256.as_deref().or(self.0.sha256.as_deref())
    }

    /// Width in pixels.
    async fn width(&self) -> Option<i32> {
        self.0.width
    }

    /// Height in pixels.
    async fn height(&self) -> Option<i32> {
        self.0.height
    }

    /// How many bytes of the upload have come.
    async fn received(&self) -> i64 {
        self.0.received
    }

    /// Whether only employees see it.
    async fn for_staff(&self) -> bool {
        self.0.for_staff
    }

    /// The work order whose work it shows.
    async fn work_order_id(&self) -> Option<ID> {
        self.0.work_order_id.map(|id| public_id::write("WorkOrder", id))
    }

    /// The name of who sent it; null where nobody is known.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.0.uploaded_by else { return Ok(None) };
        Ok(ctx.load(AccountById(id)).await?.map(|account| account.name))
    }

    /// When it was ready.
    async fn added_at(&self) -> Option<DateTime<Utc>> {
        self.0.added_at
    }

    /// Why it was refused.
    async fn fault(&self) -> Option<Fault> {
        self.0.fault
    }

    /// Why it was taken out.
    async fn removed_because(&self) -> Option<&str> {
        self.0.removed_because.as_deref()
    }

    /// When and where an employee took it, as the device wrote it: evidence, for employees.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Option<PhotoEvidence>> {
        let staff = ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id));
        let kept = self.0.evidence.clone().filter(|_| staff);
        let taken: Option<Taken> =
            kept.map(serde_json::from_value).transpose().map_err(crate::app::error::Error::from)?;
        Ok(taken.map(|Taken { at, latitude, longitude }| PhotoEvidence { taken_at: at, latitude, longitude }))
    }

    /// Where it can be read, below the address of this server: for five minutes, without a token, also in parts (`Range`), as
    /// long as you may see it. Null until it is ready.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn path(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.0.state != State::Ready {
            return Ok(None);
        }
        Ok(link::download(ctx.app()?, ctx.viewer(), self.0.id, Which::File))
    }

    /// The same for a small picture of it, as JPEG; null for papers.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn thumbnail_path(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.0.state != State::Ready || self.0.kind != Some(Kind::Photo) {
            return Ok(None);
        }
        Ok(link::download(ctx.app()?, ctx.viewer(), self.0.id, Which::Thumbnail))
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// When and where a photo was taken, as the device wrote it.
#[derive(SimpleObject)]
pub struct PhotoEvidence {
    /// When, on the device's own clock and in its own time zone.
    pub taken_at: Option<NaiveDateTime>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

/// A file that is to come.
#[derive(InputObject)]
pub struct CreateUploadInput {
    /// The case.
    pub complaint_id: ID,
    /// The work order of the case whose work it shows.
    pub work_order_id: Option<ID>,
    /// What it is called, 1 to 120 characters.
    pub name: String,
    /// How many bytes are to come, 1 to 20,971,520.
    pub size: i64,
    /// Whether only employees see it; for employees.
    #[graphql(default)]
    pub for_staff: bool,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// The answer to announcing a file.
#[derive(SimpleObject)]
pub struct CreateUploadPayload {
    /// The file, of which nothing has come.
    pub attachment: Option<Attachment>,
    /// Where its bytes go, below the address of this server: by the tus protocol (1.0, core), with `HEAD` and `PATCH`. It
    /// holds for 24 hours and needs no token.
    pub upload_path: Option<String>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// A photo of whoever stays unknown that is to come.
#[derive(InputObject)]
pub struct CreateAnonymousUploadInput {
    /// The receipt code of the case, as it was given.
    #[graphql(secret)]
    pub receipt_code: String,
    /// How many bytes are to come, 1 to 20,971,520.
    pub size: i64,
    /// Send the same key when you repeat the call.
    #[graphql(secret)]
    pub idempotency_key: Option<String>,
}

/// The answer to announcing a photo of whoever stays unknown.
#[derive(SimpleObject)]
pub struct CreateAnonymousUploadPayload {
    /// Where its bytes go, below the address of this server, as with `createUpload`; null when it was refused.
    pub upload_path: Option<String>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

act_input! {
    /// Why a file is taken out.
    RemoveAttachmentInput on attachment_id("Attachment", "attachmentId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

payload! {
    /// The result of an act on a file.
    AttachmentPayload {
        /// The file as it is now.
        attachment: Attachment by AttachmentById(subject),
        /// Its case.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// Reads of files.
#[derive(Default)]
pub struct AttachmentQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl AttachmentQuery {
    /// A file by its id, also while it comes and where it was refused; null when there is none that you may see.
    async fn attachment(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Attachment>> {
        let Some(("Attachment", id)) = public_id::parse(&id) else { return Ok(None) };
        Ok(ctx.load(AttachmentById(id)).await?.map(Attachment))
    }
}

/// The acts on files.
#[derive(Default)]
pub struct AttachmentMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl AttachmentMutation {
    /// Announces a photo or paper for a case, and says where its bytes go. JPEG, PNG, WebP and PDF of at most 20 MiB, 50 for
    /// a case. It shows once everything has come and was looked at.
    async fn create_upload(&self, ctx: &Context<'_>, input: CreateUploadInput) -> Result<CreateUploadPayload> {
        let outcome = attempt!({
            let announced = Announced {
                complaint: case_id(&input.complaint_id)?,
                work_order: optional_id("WorkOrder", input.work_order_id.as_ref(), "workOrderId")?,
                name: input.name,
                size: input.size,
                for_staff: input.for_staff,
            };
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::announce(&caller, announced).await
        });
        let (done, errors) = settle(ctx, outcome)?;
        let row = match done.subject {
            Some(id) => ctx.load(AttachmentById(id)).await?,
            None => None,
        };
        let app = ctx.app()?;
        let upload_path = row.as_ref().map(|row| link::upload(app, row.id));
        Ok(CreateUploadPayload { attachment: row.map(Attachment), upload_path, errors })
    }

    /// Announces a photo for an anonymous case by its receipt code (D7), and says where its bytes go. JPEG, PNG and WebP of at
    /// most 20 MiB. Needs no sign-in; nothing of whoever sends it is kept, no name of the file, nothing of where and when it was
    /// taken, also when they are signed in; tries are counted. Send the bytes without a token.
    async fn create_anonymous_upload(
        &self,
        ctx: &Context<'_>,
        input: CreateAnonymousUploadInput,
    ) -> Result<CreateAnonymousUploadPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::announce_unknown(&caller, &input.receipt_code, input.size, ctx.address()).await
        });
        let (done, errors) = settle(ctx, outcome)?;
        let app = ctx.app()?;
        Ok(CreateAnonymousUploadPayload { upload_path: done.subject.map(|id| link::upload(app, id)), errors })
    }

    /// Takes a file out of a case that has not ended, with a reason: whoever has sent it, or the heads. Its hash stays on
    /// record.
    async fn remove_attachment(&self, ctx: &Context<'_>, input: RemoveAttachmentInput) -> Result<AttachmentPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::remove(&caller, input.target()?, &input.reason).await
        });
        AttachmentPayload::of(ctx, outcome).await
    }
}
