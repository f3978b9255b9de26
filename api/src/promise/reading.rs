//! The reads of promises: what is promised, what a case would be promised, and what a version would have made of the past.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Operation;
use domain::clock::promise::defaults;
use domain::clock::{Kind, Moment};
use domain::organization::Role;
use domain::refusal::Code;
use entity::{department, service_promises, site};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::graphql::{ServicePromise, ServicePromises, shown};
use super::input::{ReplayServicePromisesInput, SimulateClocksInput};
use super::simulation::{Trial, Tried};
use super::{in_force, published, replay, simulation, stored};
use crate::access::guard::Listed;
use crate::app::decimal::Rate;
use crate::app::error::Error;
use crate::app::language::{kebab, sentence};
use crate::app::loader::{CategoriesOf, DepartmentById, ServicePromisesById, SiteById};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::calendar;
use crate::clock::matter::{about, branch_among};

/// A moment of a clock at which somebody would hear of it.
#[derive(SimpleObject)]
pub struct SimulatedMoment {
    /// When.
    pub at: DateTime<Utc>,
    /// Who hears of it, and why.
    pub moment: Moment,
}

/// A day without work between the beginning of a clock and its end.
#[derive(SimpleObject)]
pub struct DayWithoutWork {
    /// The day.
    pub date: NaiveDate,
    /// What it is, as `国庆节`; null for a weekday on which nobody works.
    pub name: Option<String>,
}

/// A clock that a case would have, and why.
#[derive(SimpleObject)]
pub struct SimulatedClock {
    /// What it measures.
    pub kind: Kind,
    /// Its name in the language of the request.
    pub name: String,
    /// Whether it begins when the case is received. The others begin with later acts, and are shown as if they began
    /// then.
    pub on_receipt: bool,
    /// When it begins.
    pub started_at: DateTime<Utc>,
    /// The aim within the promise.
    pub target_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub due_at: DateTime<Utc>,
    /// The promise that holds.
    pub promise: ServicePromise,
    /// The promises that fit the case as well and gave way, the most specific first.
    pub lost: Vec<ServicePromise>,
    /// Whether a more specific promise gave way because a regulation gives less time: a site may promise less time than
    /// a regulation, and never more.
    pub regulated: bool,
    /// The moments at which somebody would hear of it.
    pub moments: Vec<SimulatedMoment>,
    /// The days without work that it passes over, the first hundred.
    pub days_without_work: Vec<DayWithoutWork>,
}

/// What `simulateClocks` found.
#[derive(SimpleObject)]
pub struct ClockSimulation {
    /// The version that was tried; null where only the defaults hold.
    pub service_promises: Option<ServicePromises>,
    /// The clocks.
    pub clocks: Vec<SimulatedClock>,
}

/// What would have come of the clocks of one kind under other promises.
#[derive(SimpleObject)]
pub struct PromiseReplay {
    /// Which clocks.
    pub clock: Kind,
    /// How many of those that ended were kept, as it was.
    pub kept: Rate,
    /// How many would have been kept.
    pub would_be_kept: Rate,
}

/// Reads of promises.
#[derive(Default)]
pub struct PromiseQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl PromiseQuery {
    /// What is promised at a site at a time: the published promises of the site first, then the defaults that they are
    /// laid over. Null for a site of another organization.
    async fn service_promises(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "When a case would be received; now when not given.")] at: Option<DateTime<Utc>>,
    ) -> Result<Option<Vec<ServicePromise>>> {
        let Some(site) = site_of(ctx, &site_id).await? else { return Ok(None) };
        let app = ctx.app()?;
        let published = published(&app.db, site.id).await?;
        let version = in_force(&published, at.unwrap_or_else(|| app.clock.now()));
        let mut lines = version.map_or(Ok(Vec::new()), |version| stored::read_all(&version.lines))?;
        lines.extend_from_slice(defaults());
        Ok(Some(shown(lines)))
    }

    /// Every version of a site's promises, drafts included, newest first.
    async fn service_promises_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, ServicePromises>> {
        use service_promises::Column;
        let site = site_of(ctx, &site_id).await?.map(|site| site.id).unwrap_or_default();
        let rows = service_promises::Entity::find().filter(Column::SiteId.eq(site));
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, ServicePromises).await?)
    }

    /// Which clocks a case would have that is filed there and then, until when, because of which promise, and which days
    /// are passed over. Nothing is filed. Refused with `NOT_FOUND` for what is not of the site.
    async fn simulate_clocks(&self, ctx: &Context<'_>, input: SimulateClocksInput) -> Result<ClockSimulation> {
        let not_found = |field: &str| Error::refused(Code::NotFound, field);
        let app = ctx.app()?;
        let site = site_of(ctx, &input.site_id).await?.ok_or_else(|| not_found("siteId"))?;
        let category = public_id::read("Category", &input.category_id, "categoryId")?;
        let branch = branch_among(&ctx.load(CategoriesOf(site.id)).await?.unwrap_or_default(), category);
        if branch.is_empty() {
            return Err(not_found("categoryId").into());
        }
        let department = optional_id("Department", input.department_id.as_ref(), "departmentId")?;
        if let Some(id) = department {
            let found: Option<department::Model> = ctx.load(DepartmentById(id)).await?;
            found.filter(|found| found.site_id == site.id).ok_or_else(|| not_found("departmentId"))?;
        }
        let promises = match optional_id("ServicePromises", input.promises_id.as_ref(), "promisesId")? {
            None => None,
            Some(id) => {
                let found = ctx.load(ServicePromisesById(id)).await?.filter(|found| found.site_id == site.id);
                Some(found.ok_or_else(|| not_found("promisesId"))?)
            }
        };
        let filed_at = input.filed_at.unwrap_or_else(|| app.clock.now());
        let mut matter = about(&branch);
        matter.kind = input.kind;
        matter.channel = input.channel;
        matter.severity = input.severity;
        matter.department = department;
        matter.anonymous = input.anonymous;
        matter.booked = input.wished_at.is_some_and(|wished| wished > filed_at);
        let calendars = calendar::of_site(&app.db, &site).await?;
        let trial = Trial { matter, filed_at, promises, calendars: calendars.clone() };
        let (promises, tried) = simulation::run(&app.db, site.id, trial).await?;
        let clocks = tried.into_iter().map(|tried| simulated(ctx, tried, &calendars)).collect();
        Ok(ClockSimulation { service_promises: promises.map(ServicePromises), clocks })
    }

    /// What the rates would have been if a version, such as a draft, had held: over the clocks that began in a period and
    /// have ended, by the calendar as it is now. Refused with `INVALID` for a period that is too long.
    async fn replay_service_promises(
        &self,
        ctx: &Context<'_>,
        input: ReplayServicePromisesInput,
    ) -> Result<Vec<PromiseReplay>> {
        let app = ctx.app()?;
        let id = public_id::read("ServicePromises", &input.id, "id")?;
        let version = ctx.load(ServicePromisesById(id)).await?;
        let site = match &version {
            Some(version) => site_of(ctx, &public_id::write("Site", version.site_id)).await?,
            None => None,
        };
        let (Some(version), Some(site)) = (version, site) else {
            return Err(Error::refused(Code::NotFound, "id").into());
        };
        let calendars = calendar::of_site(&app.db, &site).await?;
        let lines = stored::read_all(&version.lines)?;
        let found = replay::replay(&app.db, &site, &lines, (input.from, input.to), &calendars).await?;
        let replayed = found.into_iter().map(|(clock, tally)| PromiseReplay {
            clock,
            kept: Rate::of(tally.kept, tally.ended),
            would_be_kept: Rate::of(tally.would_be_kept, tally.ended),
        });
        Ok(replayed.collect())
    }
}

/// A site at whose promises somebody may look: where they work, or of the organization that they lead or set up.
async fn site_of(ctx: &Context<'_>, id: &ID) -> Result<Option<site::Model>> {
    let viewer = ctx.signed_in()?;
    // An id of another type names nothing.
    let id = public_id::read("Site", id, "siteId").unwrap_or_default();
    let site = ctx.load(SiteById(id)).await?;
    Ok(site.filter(|site| {
        site.organization_id == viewer.organization_id
            && (viewer.is_staff_at(site.id) || viewer.holds_any(&[Role::CompanyLeader, Role::Administrator]))
    }))
}

fn simulated(ctx: &Context<'_>, tried: Tried, calendars: &calendar::Calendars) -> SimulatedClock {
    let Tried { kind, on_receipt, line, timing, lost, regulated, skipped } = tried;
    let moments = timing.moments(&line.promise.reminders, calendars.of_hours(line.promise.hours));
    SimulatedClock {
        kind,
        name: sentence(ctx.language(), &format!("clock-{}", kebab(kind.name())), &[]),
        on_receipt,
        started_at: timing.started,
        target_at: timing.target,
        due_at: timing.due,
        promise: ServicePromise(line),
        lost: shown(lost),
        regulated,
        moments: moments.into_iter().map(|(at, moment)| SimulatedMoment { at, moment }).collect(),
        days_without_work: skipped.into_iter().map(|day| DayWithoutWork { date: day.date, name: day.name }).collect(),
    }
}
