//! Visits and what teams offer in the schema.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::access::Operation;
use domain::booking::{Absent, Action, State, allowed_actions, in_person, is_on_visit};
use domain::category::Emergency;
use domain::refusal::Code;
use entity::{booking, booking_offer, complaint};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::places::Places;
use super::{facts, offer};
use crate::access::guard::Listed;
use crate::access::scope;
use crate::app::error::Error;
use crate::app::loader::{AccountById, AllOrdersOf, AttachmentById, BookingsOf, CategoryById, ComplaintById, TeamById};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::attachment::graphql::Attachment;
use crate::calendar::input::CalendarWeek;
use crate::calendar::stored::read_week;
use crate::complaint::graphql::{Complaint, case_id};
use crate::organization::graphql::Team;

/// How many days of windows are read at once, at most.
const MAX_DAYS: i32 = 31;
/// The longest stretch of visits, and the most, that are read at once.
const LONGEST: TimeDelta = TimeDelta::days(31);
const MAX_VISITS: u64 = 500;

/// A visit 预约上门: when somebody comes, or was to come (E4.2.1).
#[derive(async_graphql::Description)]
pub struct Booking(pub booking::Model);

#[Object(use_type_description)]
impl Booking {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Booking", self.0.id)
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// When it begins.
    async fn from(&self) -> DateTime<Utc> {
        self.0.from_at
    }

    /// When it ends; by then the work is to be finished.
    async fn to(&self) -> DateTime<Utc> {
        self.0.to_at
    }

    /// The team that comes; null for a time that the customer only wishes.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let Some(team) = self.0.team_id else { return Ok(None) };
        Ok(ctx.load(TeamById(team)).await?.map(Team))
    }

    /// The name of who has agreed it.
    async fn booked_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(account) = self.0.booked_by else { return Ok(None) };
        Ok(ctx.load(AccountById(account)).await?.map(|account| account.name))
    }

    /// When it was agreed, or wished.
    async fn booked_at(&self) -> DateTime<Utc> {
        self.0.booked_at
    }

    /// Who was not there, if somebody was not.
    async fn absent(&self) -> Option<Absent> {
        self.0.absent
    }

    /// What is known of that, or why it was cancelled.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The photos and papers that show who was not there, as far as you may see them.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        let ids: Vec<uuid::Uuid> = match &self.0.attachments {
            Some(ids) => serde_json::from_value(ids.clone())?,
            None => Vec::new(),
        };
        let mut shown = Vec::new();
        for file in futures_util::future::join_all(ids.into_iter().map(|id| ctx.load(AttachmentById(id)))).await {
            shown.extend(file?.map(Attachment));
        }
        Ok(shown)
    }

    /// When it ended; null while it is wished, booked or kept.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// The case.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// What you may do to it now; computed by the rules that the mutations enforce. Nothing to one that has ended.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        let Some(case) = ctx.load(ComplaintById(self.0.complaint_id)).await? else { return Ok(Vec::new()) };
        let visits = ctx.load(BookingsOf(case.id)).await?.unwrap_or_default();
        if facts::current(&visits).is_none_or(|current| current.id != self.0.id) {
            return Ok(Vec::new());
        }
        let mut actions = actions_on(ctx, &case).await?;
        actions.retain(|action| is_on_visit(*action));
        Ok(actions)
    }
}

/// What the viewer may do about the visits of a case now.
///
/// # Errors
/// When the database does not answer.
pub async fn actions_on(ctx: &Context<'_>, case: &complaint::Model) -> Result<Vec<Action>> {
    let Some(viewer) = ctx.viewer() else { return Ok(Vec::new()) };
    let visits = ctx.load(BookingsOf(case.id)).await?.unwrap_or_default();
    let orders = ctx.load(AllOrdersOf(case.id)).await?.unwrap_or_default();
    let category = ctx.load(CategoryById(case.category_id)).await?;
    let emergency = category.is_some_and(|category| category.emergency != Emergency::None);
    let facts = facts::of(case, emergency, &visits, &orders, (viewer.id, ctx.app()?.clock.now()));
    Ok(allowed_actions(&facts, &viewer.standing(case)))
}

/// A window that can be booked.
#[derive(SimpleObject)]
pub struct BookingWindow {
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub to: DateTime<Utc>,
    /// For how many visits it has room.
    pub room: i32,
}

/// What a team offers to be booked.
#[derive(async_graphql::Description)]
pub struct BookingOffer(pub booking_offer::Model);

#[Object(use_type_description)]
impl BookingOffer {
    /// The team.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        Ok(ctx.load(TeamById(self.0.team_id)).await?.map(Team))
    }

    /// In which spans of each weekday.
    fn week(&self) -> Result<CalendarWeek> {
        Ok(CalendarWeek::of(&read_week(&self.0.week)?))
    }

    /// How long a window is.
    async fn window_minutes(&self) -> i32 {
        self.0.window_minutes
    }

    /// How many visits the team makes in one half hour; 0 where it offers none.
    async fn capacity(&self) -> i32 {
        self.0.capacity
    }

    /// How long before a window customers must book it.
    async fn lead_minutes(&self) -> i32 {
        self.0.lead_minutes
    }

    /// How many days ahead windows are offered.
    async fn days_ahead(&self) -> i32 {
        self.0.days_ahead
    }

    /// Whether the team also works on holidays.
    async fn on_holidays(&self) -> bool {
        self.0.on_holidays
    }

    /// The categories that the team can do, each with all below it; every one where the list is empty.
    fn category_ids(&self) -> Result<Vec<ID>> {
        Ok(offer::categories(&self.0)?.into_iter().map(|id| public_id::write("Category", id)).collect())
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Reads of visits.
#[derive(Default)]
pub struct BookingQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl BookingQuery {
    /// The windows that can be booked for a case that you see, in order: of the teams that can do it, or of the one that has
    /// its order already, with room left, not too soon and not too far ahead. Null for a case that you do not see.
    async fn booking_windows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] complaint_id: ID,
        #[graphql(desc = "The first day, in the site's time zone; today when not given.")] from: Option<NaiveDate>,
        #[graphql(desc = "How many days, 1 to 31.", default = 7)] days: i32,
    ) -> Result<Option<Vec<BookingWindow>>> {
        let app = ctx.app()?;
        let count = u32::try_from(days).ok().filter(|_| (1..=MAX_DAYS).contains(&days));
        let right = || Error::refused_needing(Code::Invalid, "days", vec![format!("1..{MAX_DAYS}")]);
        let count = count.ok_or_else(right)?;
        let viewer = ctx.signed_in()?;
        let id = case_id(&complaint_id).unwrap_or_default();
        let Some(case) = ctx.load(ComplaintById(id)).await? else { return Ok(None) };
        let now = app.clock.now();
        let places = Places::of(&app.db, &case, now).await?;
        let free = places.free(now, from, count, in_person(&viewer.standing(&case)));
        let window = |(window, room): (domain::booking::Window, u32)| BookingWindow {
            from: window.from,
            to: window.to,
            room: i32::try_from(room).unwrap_or(i32::MAX),
        };
        Ok(Some(free.into_iter().map(window).collect()))
    }

    /// The visits of a site, or of one team, that touch a stretch of at most 31 days, in order; as far as you see their
    /// cases, and at most 500.
    async fn bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Only of this team.")] team_id: Option<ID>,
        #[graphql(desc = "Visits that end after this.")] from: DateTime<Utc>,
        #[graphql(desc = "Visits that begin before this.")] to: DateTime<Utc>,
        #[graphql(desc = "Only in one of these states.", default)] states: Vec<State>,
    ) -> Result<Vec<Booking>> {
        use booking::Column;
        let viewer = ctx.signed_in()?;
        if to <= from || to - from > LONGEST {
            let right = vec![format!("after from, by at most {} days", LONGEST.num_days())];
            return Err(Error::refused_needing(Code::Invalid, "to", right).into());
        }
        let seen = scope::complaints(viewer).select_only().column(complaint::Column::Id).into_query();
        let site = public_id::read("Site", &site_id, "siteId").unwrap_or_default();
        let mut rows = booking::Entity::find()
            .filter(Column::OrganizationId.eq(viewer.organization_id))
            .filter(Column::SiteId.eq(site))
            .filter(Column::ToAt.gt(from))
            .filter(Column::FromAt.lt(to))
            .filter(Column::ComplaintId.in_subquery(seen))
            .order_by_asc(Column::FromAt)
            .order_by_asc(Column::Id)
            .limit(MAX_VISITS);
        if let Some(team) = optional_id("Team", team_id.as_ref(), "teamId")? {
            rows = rows.filter(Column::TeamId.eq(team));
        }
        if !states.is_empty() {
            rows = rows.filter(Column::State.is_in(states));
        }
        Ok(rows.all(&ctx.app()?.db).await.map_err(Error::from)?.into_iter().map(Booking).collect())
    }

    /// What the teams of a site where you work offer to be booked. Null for any other site.
    async fn booking_offers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Option<Vec<BookingOffer>>> {
        let viewer = ctx.signed_in()?;
        let site = public_id::read("Site", &site_id, "siteId").unwrap_or_default();
        if !viewer.is_staff_at(site) {
            return Ok(None);
        }
        let rows = booking_offer::Entity::find()
            .filter(booking_offer::Column::OrganizationId.eq(viewer.organization_id))
            .filter(booking_offer::Column::SiteId.eq(site))
            .order_by_asc(booking_offer::Column::TeamId);
        let rows = rows.all(&ctx.app()?.db).await.map_err(Error::from)?;
        Ok(Some(rows.into_iter().map(BookingOffer).collect()))
    }
}
