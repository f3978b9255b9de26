//! A case in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::booking::Action as BookingAction;
use domain::complaint::{Action, Channel, Kind, Outcome, Severity, State};
use domain::text::{mask_name, mask_phone};
use entity::complaint;

use super::actions::actions_on;
use super::asked::Question;
pub use super::details::case_id;
use super::details::{CallRecord, Conclusion, Item, RatingSet};
use crate::alarm::minutes::JointLook;
use crate::app::database::named;
use crate::app::error::Error;
use crate::app::loader::{
    AttachmentsOf, BookingsOf, CallsOf, CategoryById, ClocksOf, ComplaintById, DepartmentById, FollowUpsOf,
    IncidentById, InvestigationsOf, ItemsOf, JointLooksOf, OpenLettersOf, OrdersOf, QuestionsOf, QuotesOf, RepliesOf,
    SiteById, SiteVisitsOf, TimelineOf, UndertakingsOf, UnitById,
};
use crate::app::page::PageInput;
use crate::app::public_id;
use crate::app::request::Asked;
use crate::attachment::graphql::Attachment;
use crate::booking::graphql::Booking;
use crate::clock::graphql::Clock;
use crate::event::graphql::Event;
use crate::event::query::{self, Part};
use crate::follow_up::graphql::FollowUp;
use crate::form::graphql::ComplaintDetail;
use crate::form::stored::Detail;
use crate::incident::graphql::{Incident, OpenLetter};
use crate::investigation::graphql::{Investigation, SiteVisit};
use crate::organization::graphql::{Category, Department, HandlerCard, Site, Unit, card};
use crate::paper::link::{self, What};
use crate::quote::graphql::Quote;
use crate::reply::graphql::{self as reply, Reply};
use crate::undertaking::graphql::Undertaking;
use crate::work_order::graphql::WorkOrder;

/// A case: a complaint 投诉, a repair 报修 or a paid service 有偿服务 (E2).
#[derive(async_graphql::Description)]
pub struct Complaint(pub complaint::Model);

#[Object(use_type_description)]
impl Complaint {
    /// The id.
    pub async fn id(&self) -> ID {
        public_id::write("Complaint", self.0.id)
    }

    /// The number, per site and year, such as `LY-2026-000123` (A2).
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// What the customer wants.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// How it came in; the form of the reply follows it (C8).
    async fn channel(&self) -> Channel {
        self.0.channel
    }

    /// How serious it is.
    async fn severity(&self) -> Severity {
        self.0.severity
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// How the handling ended; null while it goes on.
    async fn outcome(&self) -> Option<Outcome> {
        self.0.outcome
    }

    /// Whether nobody is known to whom an answer could go (D7).
    async fn anonymous(&self) -> bool {
        self.0.anonymous
    }

    /// Where it is.
    async fn place(&self) -> &str {
        &self.0.place
    }

    /// Whether that is a public area.
    async fn public_area(&self) -> bool {
        self.0.public_area
    }

    /// What happened, in the customer's words.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// What the customer asks for.
    async fn remedy_sought(&self) -> Option<&str> {
        self.0.remedy_sought.as_deref()
    }

    /// When the customer would like it done.
    async fn wished_at(&self) -> Option<DateTime<Utc>> {
        self.0.wished_at
    }

    /// Whether the customer's household may see a complaint; repairs and services it may always.
    async fn shared_with_household(&self) -> bool {
        self.0.shared_with_household
    }

    /// How it was handled, or why not (C5).
    async fn result(&self) -> Option<&str> {
        self.0.result.as_deref()
    }

    /// The result of an anonymous case, written down (D7).
    async fn written_result(&self) -> Option<&str> {
        self.0.written_result.as_deref()
    }

    /// How often it was reopened.
    async fn reopened_count(&self) -> i32 {
        self.0.reopened_count
    }

    /// The customer's ratings of the handling; null until rated (E4.5.2).
    async fn ratings(&self) -> Option<RatingSet> {
        let row = &self.0;
        RatingSet::of(row.rating_quality, row.rating_attitude, row.rating_timeliness, row.rating_overall)
    }

    /// When it was received 接报: every clock of the case begins here.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }

    /// When it was last resolved.
    async fn resolved_at(&self) -> Option<DateTime<Utc>> {
        self.0.resolved_at
    }

    /// When it was archived.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Give it as `expectedVersion` to say which state you saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Whom to ask for. Masked unless you are the customer, or need it for an open task.
    async fn contact_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(name) = &self.0.contact_name else {
            return Ok(None);
        };
        Ok(Some(if self.needs_contact(ctx).await? { name.clone() } else { mask_name(name) }))
    }

    /// Where to call. Masked (`138****1234`) unless you are the customer, or need it for an open task.
    async fn contact_phone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(phone) = &self.0.contact_phone else {
            return Ok(None);
        };
        Ok(Some(if self.needs_contact(ctx).await? { phone.clone() } else { mask_phone(phone) }))
    }

    /// The card of whoever handles it now (C1); it follows the owner.
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<HandlerCard>> {
        card(ctx, self.0.owner_account_id, self.0.site_id, self.0.department_id).await
    }

    /// The site.
    async fn site(&self, ctx: &Context<'_>) -> Result<Option<Site>> {
        Ok(ctx.load(SiteById(self.0.site_id)).await?.map(Site))
    }

    /// The unit it concerns, if one does.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let Some(unit) = self.0.unit_id else { return Ok(None) };
        Ok(ctx.load(UnitById(unit)).await?.map(Unit))
    }

    /// What it is about.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        Ok(ctx.load(CategoryById(self.0.category_id)).await?.map(Category))
    }

    /// The responsible department, once dispatched.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        let Some(department) = self.0.department_id else {
            return Ok(None);
        };
        Ok(ctx.load(DepartmentById(department)).await?.map(Department))
    }

    /// The separate matters 投诉事项, in order (A5).
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<Item>> {
        let items = ctx.load(ItemsOf(self.0.id)).await?.unwrap_or_default();
        Ok(items.into_iter().map(Item).collect())
    }

    /// Its work orders, as far as you may see them.
    async fn work_orders(&self, ctx: &Context<'_>) -> Result<Vec<WorkOrder>> {
        Ok(ctx.load(OrdersOf(self.0.id)).await?.unwrap_or_default().into_iter().map(WorkOrder).collect())
    }

    /// Its quotes, as far as you may see them, each revision by itself (E4.2.1).
    async fn quotes(&self, ctx: &Context<'_>) -> Result<Vec<Quote>> {
        Ok(ctx.load(QuotesOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Quote).collect())
    }

    /// Its follow-ups, as far as you may see them.
    async fn follow_ups(&self, ctx: &Context<'_>) -> Result<Vec<FollowUp>> {
        Ok(ctx.load(FollowUpsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(FollowUp).collect())
    }

    /// Its clocks, the first to begin first: all of them for employees; for customers what was promised to them.
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>> {
        let staff = ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0));
        let clocks = ctx.load(ClocksOf(self.0.id)).await?.unwrap_or_default();
        Ok(clocks.into_iter().filter(|clock| staff || clock.kind.is_for_customer()).map(Clock).collect())
    }

    /// The answers to what the site asks for besides; the fields of `complaintForm` that are `extra`.
    fn details(&self) -> Result<Vec<ComplaintDetail>> {
        let Some(kept) = &self.0.details else { return Ok(Vec::new()) };
        let kept: Vec<Detail> = serde_json::from_value(kept.clone()).map_err(Error::from)?;
        Ok(kept.into_iter().map(ComplaintDetail).collect())
    }

    /// How often somebody was pushed about it 催办 (E4.2.1B).
    async fn chases(&self) -> i32 {
        self.0.chases
    }

    /// Its visits 预约上门, in the order in which they were agreed (E4.2.1).
    async fn bookings(&self, ctx: &Context<'_>) -> Result<Vec<Booking>> {
        Ok(ctx.load(BookingsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Booking).collect())
    }

    /// What you may do about its visits now, as `BOOK` one; computed by the rules that the mutations enforce (E4.2.1).
    async fn booking_actions(&self, ctx: &Context<'_>) -> Result<Vec<BookingAction>> {
        crate::booking::graphql::actions_on(ctx, &self.0).await
    }

    /// Its photos and papers that are ready, in the order in which they were announced.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        Ok(ctx.load(AttachmentsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Attachment).collect())
    }

    /// What was undertaken for it, in order (C4, C6, C9, C11, E4.4): customers see what has been put before them.
    async fn undertakings(&self, ctx: &Context<'_>) -> Result<Vec<Undertaking>> {
        Ok(ctx.load(UndertakingsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Undertaking).collect())
    }

    /// The visits on site, in order, each with a finding for every matter (A5, C3); for employees.
    async fn site_visits(&self, ctx: &Context<'_>) -> Result<Vec<SiteVisit>> {
        let staff = ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0));
        let visits = if staff { ctx.load(SiteVisitsOf(self.0.id)).await?.unwrap_or_default() } else { Vec::new() };
        Ok(visits.into_iter().map(SiteVisit).collect())
    }

    /// The cause and who is liable, as recorded last (A4, C4); for employees.
    async fn investigation(&self, ctx: &Context<'_>) -> Result<Option<Investigation>> {
        if !ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0)) {
            return Ok(None);
        }
        Ok(ctx.load(InvestigationsOf(self.0.id)).await?.unwrap_or_default().pop().map(Investigation))
    }

    /// Where it cannot be solved: our apology, and where the customer can turn (C9).
    fn conclusion(&self) -> Result<Option<Conclusion>> {
        let Some(kept) = &self.0.conclusion else { return Ok(None) };
        let apology = kept["apology"].as_str().unwrap_or_default().to_owned();
        Ok(Some(Conclusion { apology, recourse: named(&kept["recourse"])? }))
    }

    /// The joint looks at it 现场会商, in order (E4.3); for employees.
    async fn joint_looks(&self, ctx: &Context<'_>) -> Result<Vec<JointLook>> {
        if !ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0)) {
            return Ok(Vec::new());
        }
        Ok(ctx.load(JointLooksOf(self.0.id)).await?.unwrap_or_default().into_iter().map(JointLook).collect())
    }

    /// When the first of its running clocks ends; null while none runs.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.0.due_at
    }

    /// When the customer hears from us or sees us next, as promised; past while that is late. Null while nothing is owed.
    async fn next_promised_contact(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let clocks = ctx.load(ClocksOf(self.0.id)).await?.unwrap_or_default();
        let owed = clocks.iter().filter(|clock| clock.state.is_open() && clock.kind.is_contact());
        Ok(owed.map(|clock| clock.due_at).min())
    }

    /// What whoever reported an anonymous case was asked, and what they answered, in order (D7); for employees.
    async fn questions(&self, ctx: &Context<'_>) -> Result<Vec<Question>> {
        if !ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0)) {
            return Ok(Vec::new());
        }
        Ok(ctx.load(QuestionsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Question).collect())
    }

    /// Its telephone calls (E7.2); for employees.
    async fn calls(&self, ctx: &Context<'_>) -> Result<Vec<CallRecord>> {
        if !ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0)) {
            return Ok(Vec::new());
        }
        let full = self.needs_contact(ctx).await?;
        let calls = ctx.load(CallsOf(self.0.id)).await?.unwrap_or_default();
        Ok(calls.into_iter().map(|row| CallRecord { row, full }).collect())
    }

    /// Where it can be read as a form to print, the complaint register form 客户投诉登记表 (PDF, E7.1), below the address of
    /// this server: for five minutes, without a token, in the language of the request, with what you may see.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn print_path(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(link::to(ctx.app()?, ctx.viewer(), ctx.language(), What::Register(self.0.id)))
    }

    /// The answers to the customer, in order, each with when it arrived and when the customer read it (C5, C8).
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Reply>> {
        reply::page_of(ctx.load(RepliesOf(self.0.id)).await?.unwrap_or_default(), &page)
    }

    /// What happened, in order: 20, or up to 100, after a cursor. Newest first when asked.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Newest first; then without a cursor.", default)] newest_first: bool,
    ) -> Result<Vec<Event>> {
        let limit = PageInput { first, after: None }.limit()?;
        let staff = ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0));
        let position = after.as_deref().map(query::position).transpose()?.unwrap_or(0);
        let key = TimelineOf { case: self.0.id, part: Part { position, first: limit, newest_first, staff } };
        Ok(ctx.load(key).await?.unwrap_or_default().into_iter().map(Event::of).collect())
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        actions_on(ctx, &self.0).await
    }

    /// The case that carries it on, if it was merged.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.merged_into_id else { return Ok(None) };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// The earlier case that reported the same matter, if you may see it (C4, D6).
    async fn repeat_of(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.repeat_of_id else { return Ok(None) };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// How many earlier cases reported the same matter (D6); for employees, null for customers.
    async fn repeats(&self, ctx: &Context<'_>) -> Option<i32> {
        let staff = ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&self.0));
        staff.then_some(self.0.repeats)
    }

    /// The incident that it belongs to, if it does (D4).
    async fn incident(&self, ctx: &Context<'_>) -> Result<Option<Incident>> {
        let Some(id) = self.0.incident_id else { return Ok(None) };
        Ok(ctx.load(IncidentById(id)).await?.map(Incident))
    }

    /// The open letters that answered it 公开信, in order (D4).
    async fn open_letters(&self, ctx: &Context<'_>) -> Result<Vec<OpenLetter>> {
        Ok(ctx.load(OpenLettersOf(self.0.id)).await?.unwrap_or_default().into_iter().map(OpenLetter).collect())
    }

    /// The case that it was split from, if it was.
    async fn split_from(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.split_from_id else { return Ok(None) };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }
}
