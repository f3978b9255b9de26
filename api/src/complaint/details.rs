//! What belongs to a case in the schema, and the case as the holder of a receipt code sees it.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::complaint::State;
use domain::text::mask_phone;
use domain::undertaking::Recourse;
use entity::{call_record, complaint, complaint_item};
use uuid::Uuid;

use super::asked::Question;
use super::contact;
use super::graphql::Complaint;
use crate::app::error::Error;
use crate::app::loader::{AccountById, AllOrdersOf, QuestionsOf, UnknownPhotosOf};
use crate::app::page::PageInput;
use crate::app::public_id;
use crate::app::request::Asked;
use crate::event::graphql::Event;
use crate::organization::graphql::{HandlerCard, card};
use crate::paper::link::{self, What};

/// One of the separate matters in a case 投诉事项 (A5).
#[derive(async_graphql::Description)]
pub struct Item(pub complaint_item::Model);

#[Object(name = "ComplaintItem", use_type_description)]
impl Item {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("ComplaintItem", self.0.id)
    }

    /// Its place in the list, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// The matter.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// When it was added.
    async fn added_at(&self) -> DateTime<Utc> {
        self.0.added_at
    }
}

/// A telephone call 客户来电记录 (E7.2).
#[derive(async_graphql::Description)]
pub struct CallRecord {
    /// The row.
    pub row: call_record::Model,
    /// Whether the viewer needs the number for an open task.
    pub full: bool,
}

#[Object(use_type_description)]
impl CallRecord {
    /// Whether the office called.
    async fn outgoing(&self) -> bool {
        self.row.outgoing
    }

    /// The other side's number; masked unless you need it for an open task.
    async fn phone(&self) -> String {
        if self.full { self.row.phone.clone() } else { mask_phone(&self.row.phone) }
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.row.started_at
    }

    /// How long it lasted, in seconds.
    async fn duration_seconds(&self) -> i32 {
        self.row.duration_seconds
    }

    /// When it ended.
    async fn ended_at(&self) -> DateTime<Utc> {
        self.row.started_at + chrono::TimeDelta::seconds(self.row.duration_seconds.into())
    }

    /// What was said.
    async fn summary(&self) -> &str {
        &self.row.summary
    }

    /// Who was on the other side, where they said so.
    async fn caller_name(&self) -> Option<&str> {
        self.row.caller_name.as_deref()
    }

    /// What became of it.
    async fn handling(&self) -> Option<&str> {
        self.row.handling.as_deref()
    }

    /// The name of the employee on the telephone.
    async fn taken_by_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.row.taken_by)).await?.map(|account| account.name))
    }

    /// Where it can be read as a form to print (PDF, E7.2), below the address of this server: for five minutes, without a
    /// token, in the language of the request.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn print_path(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(link::to(ctx.app()?, ctx.viewer(), ctx.language(), What::Call(self.row.id)))
    }
}

/// Ratings, each from 1 (bad) to 5 (good) (E4.5.2).
#[derive(SimpleObject)]
pub struct RatingSet {
    /// Quality of the work.
    pub quality: i32,
    /// Attitude of the staff.
    pub attitude: i32,
    /// Whether it came in time.
    pub timeliness: i32,
    /// Satisfaction on the whole.
    pub overall: i32,
}

impl RatingSet {
    /// The set, if it was given.
    #[must_use]
    pub fn of(
        quality: Option<i32>,
        attitude: Option<i32>,
        timeliness: Option<i32>,
        overall: Option<i32>,
    ) -> Option<Self> {
        Some(Self { quality: quality?, attitude: attitude?, timeliness: timeliness?, overall: overall? })
    }
}

/// What the customer was told of a matter that cannot be solved, besides the explanation (C9).
#[derive(SimpleObject)]
pub struct Conclusion {
    /// The apology.
    pub apology: String,
    /// Where the customer can turn.
    pub recourse: Vec<Recourse>,
}

/// An anonymous case (D7) as the holder of its receipt code sees it.
#[derive(async_graphql::Description)]
pub struct AnonymousComplaint(pub complaint::Model);

#[Object(use_type_description)]
impl AnonymousComplaint {
    /// The number.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// What was reported.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// When it was received.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }

    /// How it was handled; null while it goes on.
    async fn result(&self) -> Option<&str> {
        self.0.written_result.as_deref().or(self.0.result.as_deref())
    }

    /// What we ask whoever reported it, in order: `answerQuestion` answers.
    async fn questions(&self, ctx: &Context<'_>) -> Result<Vec<Question>> {
        Ok(ctx.load(QuestionsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Question).collect())
    }

    /// How many photos have come by `createAnonymousUpload`.
    async fn photos_received(&self, ctx: &Context<'_>) -> Result<usize> {
        Ok(ctx.load(UnknownPhotosOf(self.0.id)).await?.map_or(0, |photos| photos.len()))
    }

    /// The card of whoever handles it now (C1).
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<HandlerCard>> {
        card(ctx, self.0.owner_account_id, self.0.site_id, self.0.department_id).await
    }

    /// What happened, in order: 20, or up to 100, after a cursor.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor to begin after.")] after: Option<String>,
    ) -> Result<Vec<Event>> {
        let limit = PageInput { first, after: None }.limit()?;
        let position = after.as_deref().map(crate::event::query::position).transpose()?.unwrap_or(0);
        let (events, _) = crate::event::query::after_for_receipt(ctx.app()?, &self.0, position, limit).await?;
        Ok(events.into_iter().map(Event::of).collect())
    }
}

impl Complaint {
    /// Whether the viewer needs the customer's name and number: the customer, the owner, customer service while the
    /// case is open, and a technician while an order is theirs to do.
    pub(super) async fn needs_contact(&self, ctx: &Context<'_>) -> Result<bool> {
        let Some(viewer) = ctx.viewer() else { return Ok(false) };
        if contact::by_role(&self.0, viewer) {
            return Ok(true);
        }
        let orders = ctx.load(AllOrdersOf(self.0.id)).await?.unwrap_or_default();
        Ok(contact::needs_contact(&self.0, &orders, viewer))
    }
}

/// Parses the id of a case given in an input.
///
/// # Errors
/// `NOT_FOUND`.
pub fn case_id(id: &ID) -> Result<Uuid, Error> {
    public_id::read("Complaint", id, "complaintId")
}
