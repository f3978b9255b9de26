//! Work orders in the schema: the object, and the reads.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::organization::Role;
use domain::price::{FreeReason, Pricing};
use domain::standing::Who;
use domain::work_order::{Action, CopyHolder, HoldReason, SignOffReason, State, allowed_actions};
use entity::{work_order, work_order_copy};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::service::{content_to_sign, facts_from};
use crate::access::guard::Listed;
use crate::access::ways;
use crate::app::act::sha256_hex;
use crate::app::loader::{
    AccountById, AllQuotesOf, ClocksOf, ComplaintById, CopiesOf, DepartmentById, FixesOf, PhotosOf, QuotesOf,
    SignatureById, TeamById, WorkOrderById,
};
use crate::app::page::{PageInput, in_states, newest_of};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::attachment::graphql::Attachment;
use crate::clock::graphql::Clock;
use crate::complaint::details::RatingSet;
use crate::complaint::graphql::Complaint;
use crate::handheld::graphql::PositionFix;
use crate::organization::graphql::{Department, HandlerCard, Team, card};
use crate::paper::link::{self, What};
use crate::quote::graphql::Quote;
use crate::signature::graphql::Signature;
use crate::stock::graphql::{MaterialsOf, StockMovement};

/// A work order 维修单 (E4.2.1).
#[derive(async_graphql::Description)]
pub struct WorkOrder(pub work_order::Model);

#[Object(use_type_description)]
impl WorkOrder {
    /// The id.
    pub async fn id(&self) -> ID {
        public_id::write("WorkOrder", self.0.id)
    }

    /// The number, per site and year, such as `LY-W2026-000123`.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// What is to be done.
    async fn task(&self) -> &str {
        &self.0.task
    }

    /// Where.
    async fn place(&self) -> &str {
        &self.0.place
    }

    /// Whether that is a public area.
    async fn public_area(&self) -> bool {
        self.0.public_area
    }

    /// Why it waits; null unless it is on hold.
    async fn hold_reason(&self) -> Option<HoldReason> {
        self.0.hold_reason
    }

    /// Until when it waits.
    async fn hold_until(&self) -> Option<DateTime<Utc>> {
        self.0.hold_until
    }

    /// What was done.
    async fn work_done(&self) -> Option<&str> {
        self.0.work_done.as_deref()
    }

    /// Why it had broken.
    async fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// What was used.
    async fn materials(&self) -> Option<&str> {
        self.0.materials.as_deref()
    }

    /// What was taken from the team's stock for it, and what came back, in order of time; empty where you may see the order as
    /// a customer only.
    async fn stock_movements(&self, ctx: &Context<'_>) -> Result<Vec<StockMovement>> {
        let case = ctx.load(ComplaintById(self.0.complaint_id)).await?;
        if !case.is_some_and(|case| ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&case))) {
            return Ok(Vec::new());
        }
        Ok(ctx.load(MaterialsOf(self.0.id)).await?.unwrap_or_default().into_iter().map(StockMovement).collect())
    }

    /// Whether it is paid (E4.2.1).
    async fn pricing(&self) -> Pricing {
        self.0.pricing
    }

    /// Why it is free of charge; null for what is paid, and for orders from before prices were kept.
    async fn free_reason(&self) -> Option<FreeReason> {
        self.0.free_reason
    }

    /// The same in words.
    async fn free_note(&self) -> Option<&str> {
        self.0.free_note.as_deref()
    }

    /// Its quotes, as far as you may see them: what was accepted is owed when the order is signed.
    async fn quotes(&self, ctx: &Context<'_>) -> Result<Vec<Quote>> {
        let mut quotes = ctx.load(QuotesOf(self.0.complaint_id)).await?.unwrap_or_default();
        quotes.retain(|quote| quote.work_order_id == Some(self.0.id));
        Ok(quotes.into_iter().map(Quote).collect())
    }

    /// When it was issued.
    async fn issued_at(&self) -> DateTime<Utc> {
        self.0.issued_at
    }

    /// When the technician accepted it, or set out without saying so; null while somebody is asked (E4.2.1A).
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.0.accepted_at
    }

    /// When the technician last set out.
    async fn departed_at(&self) -> Option<DateTime<Utc>> {
        self.0.departed_at
    }

    /// When the technician arrived (B6).
    async fn arrived_at(&self) -> Option<DateTime<Utc>> {
        self.0.arrived_at
    }

    /// When the work was reported done.
    async fn completed_at(&self) -> Option<DateTime<Utc>> {
        self.0.completed_at
    }

    /// When it was signed.
    async fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.0.signed_at
    }

    /// How often the customer refused to sign.
    async fn reopened_count(&self) -> i32 {
        self.0.reopened_count
    }

    /// Why the head signed instead of a customer; null when the customer signed.
    async fn sign_off_reason(&self) -> Option<SignOffReason> {
        self.0.sign_off_reason
    }

    /// The customer's ratings; null until signed (E4.5.2).
    async fn ratings(&self) -> Option<RatingSet> {
        let row = &self.0;
        RatingSet::of(row.rating_quality, row.rating_attitude, row.rating_timeliness, row.rating_overall)
    }

    /// Give it as `expectedVersion` to say which state you saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The case it belongs to; null when you may see the order only.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// The department that does it.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        Ok(ctx.load(DepartmentById(self.0.department_id)).await?.map(Department))
    }

    /// The team.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let Some(team) = self.0.team_id else { return Ok(None) };
        Ok(ctx.load(TeamById(team)).await?.map(Team))
    }

    /// The technician's name.
    async fn technician_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(technician) = self.0.technician_id else {
            return Ok(None);
        };
        Ok(ctx.load(AccountById(technician)).await?.map(|person| person.name))
    }

    /// The card of whoever is responsible now (A0, C1).
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<HandlerCard>> {
        card(ctx, self.0.owner_account_id, self.0.site_id, Some(self.0.department_id)).await
    }

    /// The photos and papers of its work that are ready; the customer signs for them by their `sentSha256`.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        Ok(ctx.load(PhotosOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Attachment).collect())
    }

    /// What the customer signs: JSON with sorted keys and no spaces. A handheld without signal can make the same of what it
    /// knows: the handheld guide says how. Null where you may see the order only.
    async fn content_to_sign(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        to_sign(&self.0, ctx).await
    }

    /// The SHA-256 of `contentToSign`, in hex. Show the content, and send this back as `contentSha256` with the signature. Null
    /// where you may see the order only.
    async fn content_to_sign_sha256(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(to_sign(&self.0, ctx).await?.map(|content| sha256_hex(content.as_bytes())))
    }

    /// The customer's signature; null until signed.
    async fn signature(&self, ctx: &Context<'_>) -> Result<Option<Signature>> {
        let Some(signature) = self.0.signature_id else {
            return Ok(None);
        };
        Ok(ctx.load(SignatureById(signature)).await?.map(Signature))
    }

    /// The two copies of a signed order (E4.2.1A); empty until signed.
    async fn copies(&self, ctx: &Context<'_>) -> Result<Vec<Copy>> {
        Ok(ctx.load(CopiesOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Copy).collect())
    }

    /// Where it can be read as a form to print (PDF), below the address of this server: for five minutes, without a token, in
    /// the language of the request, with what you may see. Both copies, the department's and customer service's, or one.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn print_path(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose copy; both when not given.")] copy: Option<CopyHolder>,
    ) -> Result<Option<String>> {
        Ok(link::to(ctx.app()?, ctx.viewer(), ctx.language(), What::Order(self.0.id, copy)))
    }

    /// Where the technician was when they set out and arrived, as far as their device said so; for the technician and the heads
    /// of the department and the office, and deleted after 30 days.
    async fn positions(&self, ctx: &Context<'_>) -> Result<Vec<PositionFix>> {
        let Some(viewer) = ctx.viewer() else { return Ok(Vec::new()) };
        let Some(case) = ctx.load(ComplaintById(self.0.complaint_id)).await? else { return Ok(Vec::new()) };
        let heads = [Role::DepartmentHead, Role::MarketHead, Role::OfficeHead, Role::CompanyLeader].map(Who::Holder);
        // Whoever heads something else may see the order as a customer.
        let is_head = viewer.standing_to_order(&case, &self.0).is_any(&heads);
        if self.0.technician_id != Some(viewer.id) && !is_head {
            return Ok(Vec::new());
        }
        Ok(ctx.load(FixesOf(self.0.id)).await?.unwrap_or_default().into_iter().map(PositionFix).collect())
    }

    /// The clocks of this order; those of the whole case are the case's. Empty where you may see the order only.
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>> {
        let case = ctx.load(ComplaintById(self.0.complaint_id)).await?;
        if !case.is_some_and(|case| ctx.viewer().is_some_and(|viewer| viewer.sees_staff_side(&case))) {
            return Ok(Vec::new());
        }
        let clocks = ctx.load(ClocksOf(self.0.complaint_id)).await?.unwrap_or_default();
        Ok(clocks.into_iter().filter(|clock| clock.work_order_id == Some(self.0.id)).map(Clock).collect())
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        let Some(viewer) = ctx.viewer() else {
            return Ok(Vec::new());
        };
        let Some(case) = ctx.load(ComplaintById(self.0.complaint_id)).await? else {
            return Ok(Vec::new());
        };
        let copies = ctx.load(CopiesOf(self.0.id)).await?.unwrap_or_default();
        let open = copies.iter().filter(|copy| copy.acknowledged_at.is_none()).count();
        let quotes = ctx.load(AllQuotesOf(case.id)).await?.unwrap_or_default();
        let facts = facts_from(&self.0, &case, open as u64, &quotes, ctx.app()?.clock.now());
        Ok(allowed_actions(&facts, &viewer.standing_to_order(&case, &self.0)))
    }
}

async fn to_sign(row: &work_order::Model, ctx: &Context<'_>) -> Result<Option<String>> {
    let Some(case) = ctx.load(ComplaintById(row.complaint_id)).await? else { return Ok(None) };
    let quotes = ctx.load(AllQuotesOf(case.id)).await?.unwrap_or_default();
    let photos = ctx.load(PhotosOf(row.id)).await?.unwrap_or_default();
    Ok(Some(content_to_sign(row, &case, &quotes, &photos).to_string()))
}

/// A copy of a signed order (E4.2.1A).
#[derive(async_graphql::Description)]
pub struct Copy(work_order_copy::Model);

#[Object(name = "WorkOrderCopy", use_type_description)]
impl Copy {
    /// Who receives it.
    async fn holder(&self) -> CopyHolder {
        self.0.holder
    }

    /// When it was acknowledged; null while it is not.
    async fn acknowledged_at(&self) -> Option<DateTime<Utc>> {
        self.0.acknowledged_at
    }
}

/// Which orders. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct WorkOrderFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of a department.
    pub department_id: Option<ID>,
    /// Of a team.
    pub team_id: Option<ID>,
    /// In one of these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Only those given to me as a technician.
    #[graphql(default)]
    pub assigned_to_me: bool,
    /// With this number.
    pub number: Option<String>,
}

/// Reads of work orders.
#[derive(Default)]
pub struct WorkOrderQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl WorkOrderQuery {
    /// A work order by its id; null when there is none that you may see.
    async fn work_order(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<WorkOrder>> {
        let Some(("WorkOrder", id)) = public_id::parse(&id) else {
            return Ok(None);
        };
        Ok(ctx.load(WorkOrderById(id)).await?.map(WorkOrder))
    }

    /// The work orders that you may see, newest first.
    async fn work_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which orders.")] filter: Option<WorkOrderFilter>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, WorkOrder>> {
        use work_order::Column;
        let viewer = ctx.signed_in()?;
        let filter = filter.unwrap_or_default();
        let site = optional_id("Site", filter.site_id.as_ref(), "filter.siteId")?;
        let mut which = Condition::all();
        if let Some(site) = site {
            which = which.add(Column::SiteId.eq(site));
        }
        if let Some(department) = optional_id("Department", filter.department_id.as_ref(), "filter.departmentId")? {
            which = which.add(Column::DepartmentId.eq(department));
        }
        if let Some(team) = optional_id("Team", filter.team_id.as_ref(), "filter.teamId")? {
            which = which.add(Column::TeamId.eq(team));
        }
        if filter.assigned_to_me {
            which = which.add(Column::TechnicianId.eq(viewer.id));
        }
        if let Some(number) = filter.number {
            which = which.add(Column::Number.eq(number.trim().to_uppercase()));
        }
        let mut ways = ways::work_orders(viewer, site);
        if site.is_none() && !filter.states.is_empty() {
            ways = ways::at_each_site(ctx.app()?, viewer, ways, Column::SiteId).await?;
        }
        let ways = ways.into_iter().map(|way| way.filter(which.clone())).collect();
        let rows = in_states(ways, Column::State, &filter.states);
        Ok(newest_of(ctx.app()?, rows, Column::Id, &page.unwrap_or_default(), WorkOrder).await?)
    }
}
