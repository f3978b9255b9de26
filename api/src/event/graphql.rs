//! Events, notices and streams in the schema.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::event::Kind;
use domain::organization::Role;
use entity::{event, notice};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, future};

use super::hub::Topic;
use super::live::{self, Followed, Seen, Watch};
use super::query::{self, Of};
use super::words::sentence;
use crate::access::guard::Listed;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result as Answer};
use crate::app::evidence::{self, DeviceEvidence};
use crate::app::loader::{Rows, WorkOrderById};
use crate::app::page::PageInput;
use crate::app::public_id;
use crate::app::request::Asked;
use crate::complaint::graphql::Complaint;
use crate::work_order::graphql::WorkOrder;

/// Something that happened to a case, as this viewer sees it.
#[derive(async_graphql::Description)]
pub struct Event {
    row: event::Model,
    /// For the streams, which have no request of their own to load through.
    loaders: Option<std::sync::Arc<crate::app::loader::Loaders>>,
}

impl Event {
    /// An event read in a request.
    #[must_use]
    pub fn of(row: event::Model) -> Self {
        Self { row, loaders: None }
    }

    /// An event delivered by a stream: what it leads to is loaded anew, within the scope the viewer has now.
    #[must_use]
    pub fn delivered(row: event::Model, app: &App, viewer: Option<Viewer>) -> Self {
        Self { row, loaders: Some(std::sync::Arc::new(Rows::loader(app.clone(), viewer))) }
    }
}

#[Object(use_type_description)]
impl Event {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Event", self.row.id)
    }

    /// Where it stands in the log: give it as `after` to go on behind it.
    async fn cursor(&self) -> String {
        query::cursor(self.row.position)
    }

    /// What happened.
    async fn kind(&self) -> Kind {
        self.row.kind
    }

    /// What happened, as a sentence in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> String {
        sentence(ctx.language(), &self.row)
    }

    /// When, by the server's clock.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.row.occurred_at
    }

    /// The name of who did it; null for an anonymous customer.
    async fn actor_name(&self) -> Option<&str> {
        self.row.actor_name.as_deref()
    }

    /// Their role at the time.
    async fn actor_role(&self) -> Option<Role> {
        self.row.actor_role
    }

    /// The name of who owned the case or order after it (A0).
    async fn owner_name(&self) -> &str {
        &self.row.owner_name
    }

    /// The state of the case, order or follow-up after it.
    async fn state(&self) -> &str {
        &self.row.state
    }

    /// The reason or the words given.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// What a handheld that was out of reach has said of the time; null where nothing was said.
    async fn evidence(&self) -> Option<DeviceEvidence> {
        self.row.data.get("device").and_then(evidence::read)
    }

    /// The quote, if the event is about one.
    async fn quote_id(&self) -> Option<ID> {
        query::quote_of(&self.row).map(ID)
    }

    /// The alarm, if the event is about one.
    async fn alarm_id(&self) -> Option<ID> {
        query::alarm_of(&self.row).map(ID)
    }

    /// The case as it is now; null where only its receipt code is known.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let key = crate::app::loader::ComplaintById(self.row.complaint_id);
        let found = match &self.loaders {
            Some(loaders) => loaders.load_one(key).await?,
            None => ctx.load(key).await?,
        };
        Ok(found.map(Complaint))
    }

    /// The work order as it is now, if the event is about one.
    async fn work_order(&self, ctx: &Context<'_>) -> Result<Option<WorkOrder>> {
        let Some(id) = self.row.work_order_id else {
            return Ok(None);
        };
        let found = match &self.loaders {
            Some(loaders) => loaders.load_one(WorkOrderById(id)).await?,
            None => ctx.load(WorkOrderById(id)).await?,
        };
        Ok(found.map(WorkOrder))
    }
}

/// Something that I must hear of.
#[derive(async_graphql::Description)]
pub struct Notice {
    row: notice::Model,
    event: event::Model,
}

impl Notice {
    /// A notice with its event.
    #[must_use]
    pub fn of((row, event): (notice::Model, event::Model)) -> Self {
        Self { row, event }
    }
}

#[Object(use_type_description)]
impl Notice {
    /// Where it stands: give it as `after` to go on behind it, or as `upTo` to mark it read.
    async fn cursor(&self) -> String {
        query::cursor(self.row.position)
    }

    /// The sentence, in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> String {
        sentence(ctx.language(), &self.event)
    }

    /// When it was read; null while unread.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.row.read_at
    }

    /// When it happened.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.event.occurred_at
    }

    /// What happened.
    async fn kind(&self) -> Kind {
        self.event.kind
    }

    /// The case that it is about.
    async fn complaint_id(&self) -> ID {
        public_id::write("Complaint", self.row.complaint_id)
    }

    /// The work order that it is about, if it is about one.
    async fn work_order_id(&self) -> Option<ID> {
        self.event.work_order_id.map(|id| public_id::write("WorkOrder", id))
    }

    /// The quote that it is about, if it is about one.
    async fn quote_id(&self) -> Option<ID> {
        query::quote_of(&self.event).map(ID)
    }

    /// The alarm that it is about, if it is about one: `acknowledgeAlarm` takes it.
    async fn alarm_id(&self) -> Option<ID> {
        query::alarm_of(&self.event).map(ID)
    }

    /// What was undertaken that it is about, if it is about that: one of `Complaint.undertakings`.
    async fn undertaking_id(&self) -> Option<ID> {
        query::undertaking_of(&self.event).map(ID)
    }

    /// The follow-up that it is about, if it is about one.
    async fn follow_up_id(&self) -> Option<ID> {
        self.event.follow_up_id.map(|id| public_id::write("FollowUp", id))
    }
}

/// Up to which notice all are read.
#[derive(InputObject)]
pub struct MarkNoticesReadInput {
    /// The cursor of the newest notice that was read.
    pub up_to: String,
}

/// The result of marking notices.
#[derive(SimpleObject)]
pub struct MarkNoticesReadPayload {
    /// How many were marked.
    pub marked: i32,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<crate::app::error::UserError>,
}

/// Reads of notices.
#[derive(Default)]
pub struct EventQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl EventQuery {
    /// My notices, newest first: 20, or up to 100, after the cursor of the last one seen. In the order in which they came, from
    /// a cursor on: `changes`.
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
        #[graphql(desc = "Only those that are unread.", default)] unread_only: bool,
    ) -> Result<Vec<Notice>> {
        let page = page.unwrap_or_default();
        let before = page.after.as_deref().map(query::position).transpose()?;
        let found = query::notices_before(ctx.app()?, ctx.signed_in()?, before, unread_only, page.limit()?).await?;
        Ok(found.into_iter().map(Notice::of).collect())
    }
}

/// Acts on notices.
#[derive(Default)]
pub struct EventMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl EventMutation {
    /// Marks my notices as read, up to one.
    async fn mark_notices_read(
        &self,
        ctx: &Context<'_>,
        input: MarkNoticesReadInput,
    ) -> Result<MarkNoticesReadPayload> {
        let up_to = query::position(&input.up_to)?;
        let marked = query::mark_read(ctx.app()?, ctx.signed_in()?, up_to).await?;
        Ok(MarkNoticesReadPayload { marked: i32::try_from(marked).unwrap_or(i32::MAX), errors: Vec::new() })
    }
}

/// The streams.
#[derive(Default)]
pub struct EventSubscription;

#[Subscription(guard = "Listed(Operation::Subscription)")]
impl EventSubscription {
    /// What happens to one case, from a cursor on and then live. It ends with an error when the case leaves my view.
    async fn complaint_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] complaint_id: ID,
        #[graphql(desc = "The cursor to begin after; only what is to come when not given.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        let id = public_id::read("Complaint", &complaint_id, "complaintId")?;
        events(ctx, Of::Case(id), after).await
    }

    /// What happens in a department's queue, from a cursor on and then live.
    async fn department_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The department.")] department_id: ID,
        #[graphql(desc = "The cursor to begin after; only what is to come when not given.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        let id = public_id::read("Department", &department_id, "departmentId")?;
        events(ctx, Of::Department(id), after).await
    }

    /// My notices, from a cursor on and then live.
    async fn my_notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor to begin after; only what is to come when not given.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Notice>> + use<>> {
        let items = live::follow(ctx, live::wanted(ctx, Followed::Notices, after.as_deref())).await?;
        let told = |seen: Seen| Some(Notice::of((seen.notice()?.clone(), seen.event().clone())));
        Ok(items.filter_map(move |seen| future::ready(seen.map(told).map_err(async_graphql::Error::from).transpose())))
    }

    /// What happens to an anonymous case, for the holder of its receipt code (D7).
    async fn anonymous_complaint_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt code.", secret)] receipt_code: String,
        #[graphql(desc = "The cursor to begin after; only what is to come when not given.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        let wanted = async {
            let case = crate::complaint::query::by_receipt(ctx.app()?, &receipt_code, ctx.address()).await?;
            let case = case.ok_or(Error::Unauthenticated)?;
            let watch = Watch { organization: case.organization_id, topic: Topic::Receipt(case.id), place: None };
            live::begin(ctx, watch, None, after.as_deref()).await
        };
        Ok(shown(ctx.app()?.clone(), live::follow(ctx, wanted).await?))
    }
}

/// What of the log somebody follows, from a cursor on and then live.
///
/// # Errors
/// For a cursor that is none; for what they do not see.
pub async fn events(
    ctx: &Context<'_>,
    of: Of,
    after: Option<String>,
) -> Result<impl Stream<Item = Result<Event>> + use<>> {
    let wanted = live::wanted(ctx, Followed::Log(of), after.as_deref());
    Ok(shown(ctx.app()?.clone(), live::follow(ctx, wanted).await?))
}

/// Events as they are delivered. In a stream of its own, what an event leads to is loaded anew for each.
fn shown(app: App, items: BoxStream<'static, Answer<Seen>>) -> impl Stream<Item = Result<Event>> {
    items.map(move |seen| {
        let seen = seen?;
        let event = seen.event().clone();
        Ok(if seen.in_stream { Event::delivered(event, &app, seen.viewer().cloned()) } else { Event::of(event) })
    })
}
