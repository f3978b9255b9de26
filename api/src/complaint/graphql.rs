//! Complaints in the schema: the object, and the reads.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::complaint::{Action, Channel, Kind, Outcome, Severity, State, allowed_actions};
use domain::event::Kind as EventKind;
use domain::text::{mask_name, mask_phone};
use entity::{call_record, complaint, complaint_item};
use uuid::Uuid;

use super::case::facts_from;
use super::query::{self, Filter, Identity};
use crate::access::guard::Listed;
use crate::access::viewer::Viewer;
use crate::app::error::Error;
use crate::app::loader::{
    AccountById, AllFollowUpsOf, AllOrdersOf, CallsOf, CategoryById, ComplaintById, DepartmentById, FollowUpById,
    FollowUpsOf, ItemsOf, OrdersOf, SiteById, TimelineOf, UnitById, WorkOrderById,
};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::event::graphql::Event;
use crate::follow_up::graphql::FollowUp;
use crate::organization::graphql::{Category, Department, HandlerCard, Site, Unit};
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
        RatingSet::of(
            row.rating_quality,
            row.rating_attitude,
            row.rating_timeliness,
            row.rating_overall,
        )
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
        Ok(Some(if self.needs_contact(ctx).await? {
            name.clone()
        } else {
            mask_name(name)
        }))
    }

    /// Where to call. Masked (`138****1234`) unless you are the customer, or need it for an open task.
    async fn contact_phone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(phone) = &self.0.contact_phone else {
            return Ok(None);
        };
        Ok(Some(if self.needs_contact(ctx).await? {
            phone.clone()
        } else {
            mask_phone(phone)
        }))
    }

    /// The card of whoever handles it now (C1); it follows the owner.
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<HandlerCard>> {
        card(ctx, &self.0).await
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
        Ok(ctx
            .load(OrdersOf(self.0.id))
            .await?
            .unwrap_or_default()
            .into_iter()
            .map(WorkOrder)
            .collect())
    }

    /// Its follow-ups, as far as you may see them.
    async fn follow_ups(&self, ctx: &Context<'_>) -> Result<Vec<FollowUp>> {
        Ok(ctx
            .load(FollowUpsOf(self.0.id))
            .await?
            .unwrap_or_default()
            .into_iter()
            .map(FollowUp)
            .collect())
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
        let position = after
            .as_deref()
            .map(crate::event::query::position)
            .transpose()?
            .unwrap_or(0);
        let key = TimelineOf {
            case: self.0.id,
            position,
            first: limit,
            newest_first,
            staff,
        };
        Ok(ctx
            .load(key)
            .await?
            .unwrap_or_default()
            .into_iter()
            .map(Event::of)
            .collect())
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        let Some(viewer) = ctx.viewer() else {
            return Ok(Vec::new());
        };
        let orders = ctx.load(AllOrdersOf(self.0.id)).await?.unwrap_or_default();
        let follow_ups = ctx.load(AllFollowUpsOf(self.0.id)).await?.unwrap_or_default();
        let items = ctx.load(ItemsOf(self.0.id)).await?.unwrap_or_default();
        let facts = facts_from(&self.0, &orders, &follow_ups, items.len());
        Ok(allowed_actions(&facts, &viewer.standing(&self.0)))
    }

    /// The case that carries it on, if it was merged.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.merged_into_id else {
            return Ok(None);
        };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// The case that it was split from, if it was.
    async fn split_from(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.split_from_id else {
            return Ok(None);
        };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }
}

impl Complaint {
    /// Whether the viewer needs the customer's name and number: the customer, the owner, customer service while the
    /// case is open, and a technician while an order is theirs to do.
    async fn needs_contact(&self, ctx: &Context<'_>) -> Result<bool> {
        let Some(viewer) = ctx.viewer() else { return Ok(false) };
        if self.needs_contact_by_role(viewer) {
            return Ok(true);
        }
        let orders = ctx.load(AllOrdersOf(self.0.id)).await?.unwrap_or_default();
        Ok(orders
            .iter()
            .any(|order| order.technician_id == Some(viewer.id) && order.state.is_with_technician()))
    }

    fn needs_contact_by_role(&self, viewer: &Viewer) -> bool {
        use domain::organization::Role::{CustomerServiceAgent, CustomerServiceSupervisor};
        use domain::standing::Who;
        let standing = viewer.standing(&self.0);
        let open = !matches!(self.0.state, State::Archived | State::Merged);
        standing.is_any(&[Who::Filer])
            || open
                && standing.is_any(&[
                    Who::Owner,
                    Who::Holder(CustomerServiceAgent),
                    Who::Holder(CustomerServiceSupervisor),
                ])
    }
}

/// The card of whoever handles a case now (C1).
///
/// # Errors
/// When the database does not answer.
pub async fn card(ctx: &Context<'_>, case: &complaint::Model) -> Result<Option<HandlerCard>> {
    let Some(owner) = ctx.load(AccountById(case.owner_account_id)).await? else {
        return Ok(None);
    };
    let Some(site) = ctx.load(SiteById(case.site_id)).await? else {
        return Ok(None);
    };
    let department = match case.department_id {
        Some(id) => ctx.load(DepartmentById(id)).await?,
        None => None,
    };
    let phone = owner
        .work_phone
        .or(department.as_ref().map(|department| department.phone.clone()));
    Ok(Some(HandlerCard {
        name: owner.name,
        department: department.map_or_else(|| site.name.clone(), |department| department.name),
        phone: phone.unwrap_or(site.hotline),
    }))
}

/// One of the separate matters in a case 投诉事项 (A5).
#[derive(async_graphql::Description)]
pub struct Item(complaint_item::Model);

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
    row: call_record::Model,
    full: bool,
}

#[Object(use_type_description)]
impl CallRecord {
    /// Whether the office called.
    async fn outgoing(&self) -> bool {
        self.row.outgoing
    }

    /// The other side's number; masked unless you need it for an open task.
    async fn phone(&self) -> String {
        if self.full {
            self.row.phone.clone()
        } else {
            mask_phone(&self.row.phone)
        }
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.row.started_at
    }

    /// How long it lasted, in seconds.
    async fn duration_seconds(&self) -> i32 {
        self.row.duration_seconds
    }

    /// What was said.
    async fn summary(&self) -> &str {
        &self.row.summary
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
        Some(Self {
            quality: quality?,
            attitude: attitude?,
            timeliness: timeliness?,
            overall: overall?,
        })
    }
}

/// An anonymous case (D7) as the holder of its receipt code sees it.
#[derive(async_graphql::Description)]
pub struct AnonymousComplaint(complaint::Model);

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

    /// The card of whoever handles it now (C1).
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<HandlerCard>> {
        card(ctx, &self.0).await
    }

    /// What happened, in order: 20, or up to 100, after a cursor.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor to begin after.")] after: Option<String>,
    ) -> Result<Vec<Event>> {
        let limit = PageInput { first, after: None }.limit()?;
        let position = after
            .as_deref()
            .map(crate::event::query::position)
            .transpose()?
            .unwrap_or(0);
        let (events, _) = crate::event::query::after_for_receipt(ctx.app()?, &self.0, position, limit).await?;
        Ok(events.into_iter().map(Event::of).collect())
    }
}

/// Which cases. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct ComplaintFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of a responsible department.
    pub department_id: Option<ID>,
    /// Of a category.
    pub category_id: Option<ID>,
    /// In one of these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Of one of these kinds.
    #[graphql(default)]
    pub kinds: Vec<Kind>,
    /// Received at this time or later.
    pub received_from: Option<DateTime<Utc>>,
    /// Received before this time.
    pub received_before: Option<DateTime<Utc>>,
    /// Only those that I own.
    #[graphql(default)]
    pub owned_by_me: bool,
    /// With these words in the number, place, description or items; two Chinese characters are enough.
    pub text: Option<String>,
}

impl ComplaintFilter {
    fn parse(self) -> Result<Filter, Error> {
        Ok(Filter {
            site: optional_id("Site", self.site_id.as_ref(), "filter.siteId")?,
            department: optional_id("Department", self.department_id.as_ref(), "filter.departmentId")?,
            category: optional_id("Category", self.category_id.as_ref(), "filter.categoryId")?,
            states: self.states,
            kinds: self.kinds,
            from: self.received_from,
            to: self.received_before,
            mine: self.owned_by_me,
            text: self.text,
        })
    }
}

/// By what identifies a customer, or the entry itself.
#[derive(InputObject, Default)]
pub struct RegisterIdentity {
    /// The number, or its last digits.
    pub number: Option<String>,
    /// The contact's name, or its beginning.
    pub name: Option<String>,
    /// The contact's phone number.
    pub phone: Option<String>,
}

/// Anything with an id of its own.
#[derive(async_graphql::Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The id: opaque, stable, and typed."))]
pub enum Node {
    /// A case.
    Complaint(Complaint),
    /// A work order.
    WorkOrder(WorkOrder),
    /// A follow-up.
    FollowUp(FollowUp),
}

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

/// Reads of cases.
#[derive(Default)]
pub struct ComplaintQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ComplaintQuery {
    /// A thing by its id; null when there is none that you may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Node>> {
        node(ctx, &id).await
    }

    /// Several things by their ids, in the order asked, at most 100; null for each that you may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let some = ids.iter().take(MAX_NODES).map(|id| node(ctx, id));
        futures_util::future::try_join_all(some).await
    }

    /// A case by its id; null when there is none that you may see.
    async fn complaint(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Complaint>> {
        let Some(("Complaint", id)) = public_id::parse(&id) else {
            return Ok(None);
        };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// The cases that you may see, newest first.
    async fn complaints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cases.")] filter: Option<ComplaintFilter>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, Complaint>> {
        let rows = query::cases(ctx.signed_in()?, &filter.unwrap_or_default().parse()?);
        let page = page.unwrap_or_default();
        Ok(newest_first(ctx.app()?, rows, complaint::Column::Id, &page, Complaint).await?)
    }

    /// The register 投诉登记 (A2): for those who keep it or read it, also by number, name and phone. Newest first.
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries.")] filter: Option<ComplaintFilter>,
        #[graphql(desc = "By number, name or phone.")] identity: Option<RegisterIdentity>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, Complaint>> {
        let RegisterIdentity { number, name, phone } = identity.unwrap_or_default();
        let identity = Identity { number, name, phone };
        let rows = query::register(ctx.signed_in()?, &filter.unwrap_or_default().parse()?, &identity)?;
        let page = page.unwrap_or_default();
        Ok(newest_first(ctx.app()?, rows, complaint::Column::Id, &page, Complaint).await?)
    }

    /// An anonymous case by its receipt code (D7); null when the code is none. Needs no sign-in; tries are counted.
    async fn anonymous_complaint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt code, as it was given.", secret)] receipt_code: String,
    ) -> Result<Option<AnonymousComplaint>> {
        let found = query::by_receipt(ctx.app()?, &receipt_code, ctx.address()).await?;
        Ok(found.map(AnonymousComplaint))
    }
}

async fn node(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    Ok(match public_id::parse(id) {
        Some(("Complaint", id)) => ctx
            .load(ComplaintById(id))
            .await?
            .map(|row| Node::Complaint(Complaint(row))),
        Some(("WorkOrder", id)) => ctx
            .load(WorkOrderById(id))
            .await?
            .map(|row| Node::WorkOrder(WorkOrder(row))),
        Some(("FollowUp", id)) => ctx
            .load(FollowUpById(id))
            .await?
            .map(|row| Node::FollowUp(FollowUp(row))),
        _ => None,
    })
}

/// The kinds of event that a viewer's side sees.
#[must_use]
pub fn visible_kinds(staff: bool) -> Vec<EventKind> {
    EventKind::ALL
        .iter()
        .copied()
        .filter(|kind| staff || kind.is_for_customer())
        .collect()
}

/// Parses the id of a case given in an input.
///
/// # Errors
/// `NOT_FOUND`.
pub fn case_id(id: &ID) -> Result<Uuid, Error> {
    public_id::read("Complaint", id, "complaintId")
}
