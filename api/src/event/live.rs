//! How a subscription says what it follows, and one delivery of it.
//!
//! A resolver of a subscription checks its arguments, says what is wanted, and makes its items of what is seen; where the
//! items come from is not its business. Asked by itself it gets a stream of its own ([`super::stream`]). Whoever serves many
//! puts a [`Plan`] into the request, learns what is wanted, and then has the engine run once for each event with a
//! [`Delivery`], for as many as get the same.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use domain::access::{Entry, Operation, entry};
use domain::event::Kind;
use entity::{complaint, department, event, notice, team};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, future};
use sea_orm::sea_query::Query as SelectQuery;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::alarms;
use super::hub::{Happened, Topic};
use super::person::Follower;
use super::query::{self, Of};
use crate::access::sight::Sight;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::request::Asked;
use crate::app::witness::Witness;
use crate::work_order::board::leads_in;
use domain::refusal::Code;

/// What is followed, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Watch {
    /// The organization.
    pub organization: Uuid,
    /// What of it.
    pub topic: Topic,
    /// The department and the site of a queue or of a board.
    pub place: Option<(Uuid, Uuid)>,
}

/// What a subscription wants.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// What it follows.
    pub watch: Watch,
    /// Who follows; nobody who is signed in for the holder of a receipt code.
    pub follower: Option<Follower>,
    /// The position after which it begins.
    pub start: i64,
    /// Who may follow it at all.
    pub entry: &'static Entry,
}

/// Takes up what a subscription wants, instead of a stream. A copy is the same plan.
#[derive(Clone, Default)]
pub struct Plan(Arc<Mutex<Option<Wanted>>>);

impl Plan {
    /// What is wanted, if a resolver has said so.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What a subscription delivers once.
pub struct Delivery(Mutex<Option<Seen>>);

impl Delivery {
    /// Something to deliver.
    #[must_use]
    pub fn of(seen: Seen) -> Self {
        Self(Mutex::new(Some(seen)))
    }
}

/// Something that happened, as somebody sees it.
#[derive(Clone)]
pub struct Seen {
    happened: Arc<Happened>,
    viewer: Option<Arc<Viewer>>,
    witness: Witness,
    /// Whether it comes in a stream of its own, whose request is older than what it tells.
    pub in_stream: bool,
}

impl Seen {
    /// Something that happened, for a viewer; a witness notes whether it matters who that is.
    #[must_use]
    pub fn new(happened: Arc<Happened>, viewer: Option<Arc<Viewer>>, witness: Witness) -> Self {
        Self { happened, viewer, witness, in_stream: false }
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &event::Model {
        &self.happened.event
    }

    /// Who sees it, if anybody who is signed in.
    #[must_use]
    pub fn viewer(&self) -> Option<&Viewer> {
        self.witness.asked_who();
        self.viewer.as_deref()
    }

    /// The viewer's notice of it.
    #[must_use]
    pub fn notice(&self) -> Option<&notice::Model> {
        let account = self.viewer()?.id;
        self.happened.notices.iter().find(|notice| notice.account_id == account)
    }
}

/// What is to be seen by a subscription: one delivery, nothing yet where somebody plans, else a stream.
///
/// # Errors
/// What the resolver found wrong.
pub async fn follow(
    ctx: &Context<'_>,
    wanted: impl Future<Output = Result<Wanted>>,
) -> Result<BoxStream<'static, Result<Seen>>> {
    if let Some(delivery) = ctx.data_opt::<Delivery>() {
        let seen = delivery.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        return Ok(stream::iter(seen.map(Ok)).boxed());
    }
    let wanted = wanted.await?;
    if let Some(plan) = ctx.data_opt::<Plan>() {
        plan.0.lock().unwrap_or_else(PoisonError::into_inner).replace(wanted);
        return Ok(stream::empty().boxed());
    }
    let seen = super::stream::follow(ctx.app()?.clone(), wanted);
    let in_stream = |seen: Result<Seen>| future::ready(seen.map(|seen| Seen { in_stream: true, ..seen }));
    Ok(seen.then(in_stream).boxed())
}

/// What the viewer of a request wants to follow, after a cursor; only what is to come without one.
///
/// # Errors
/// For a stranger; for a cursor that is none; for what they do not see.
pub async fn wanted(ctx: &Context<'_>, of: Followed, after: Option<&str>) -> Result<Wanted> {
    let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
    let organization = viewer.organization_id;
    let (topic, place) = match of {
        Followed::Log(of) => {
            query::refuse_unseen(app, viewer, of).await?;
            (Topic::of(of), place_of(app, of).await?)
        }
        Followed::Alarms => (Topic::Alarms, None),
        Followed::Notices => (Topic::Notices(viewer.id), None),
    };
    let watch = Watch { organization, topic, place };
    begin(ctx, watch, Some(Follower::of(viewer)), after).await
}

/// What somebody follows who is signed in.
#[derive(Debug, Clone, Copy)]
pub enum Followed {
    /// What of the log is theirs to see.
    Log(Of),
    /// The alarms that concern them.
    Alarms,
    /// What they are told.
    Notices,
}

/// The same for anybody.
///
/// # Errors
/// For a cursor that is none.
pub async fn begin(ctx: &Context<'_>, watch: Watch, follower: Option<Follower>, after: Option<&str>) -> Result<Wanted> {
    let start = match after {
        Some(cursor) => query::position(cursor)?,
        None => query::head(&ctx.app()?.db, watch.organization).await?,
    };
    let entry = entry(Operation::Subscription, ctx.field().name()).ok_or(Error::Forbidden)?;
    Ok(Wanted { watch, follower, start, entry })
}

/// What may come of something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is shown.
    Shown,
    /// It is not theirs to see.
    Hidden,
    /// What they follow is not theirs to see any more.
    Lost,
}

/// What must be known to judge who sees an event, read once for everybody.
pub struct Scales {
    sight: Option<Arc<Sight>>,
    called: Arc<[Uuid]>,
}

impl Scales {
    /// Reads what a topic needs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(app: &App, topic: Topic, happened: &Happened) -> Result<Self> {
        let sight = match topic {
            Topic::Notices(_) | Topic::Receipt(_) => None,
            Topic::Case(_) | Topic::Department(_) | Topic::Team(_) | Topic::Alarms | Topic::Everything => {
                Some(happened.sight(app).await?)
            }
        };
        let called = if topic == Topic::Alarms { happened.called(app).await? } else { Arc::default() };
        Ok(Self { sight, called })
    }

    /// What a viewer gets of an event.
    #[must_use]
    pub fn judge(&self, watch: &Watch, viewer: Option<&Viewer>, event: &event::Model) -> Verdict {
        use Verdict::{Hidden, Lost, Shown};
        if let Topic::Receipt(_) = watch.topic {
            return if event.kind.is_for_customer() { Shown } else { Hidden };
        }
        let Some(viewer) = viewer else { return Lost };
        let Some(sight) = &self.sight else { return Shown };
        let sees = sight.sees(viewer);
        let staff = viewer.sees_staff_side(&sight.case);
        let shown = match watch.topic {
            Topic::Case(_) if !sees => return Lost,
            Topic::Department(_) if !watch.place.is_some_and(|(_, site)| viewer.is_staff_at(site)) => return Lost,
            Topic::Team(team) if !watch.place.is_some_and(|place| leads_in(viewer, team, place)) => return Lost,
            Topic::Team(team) if event.left_team_id == Some(team) && !sight.is_about(viewer) => true,
            Topic::Alarms => (sees || self.called.contains(&viewer.id)) && (staff || !sees),
            _ => sees && (event.kind.is_for_customer() || staff),
        };
        if shown { Shown } else { Hidden }
    }

    /// Whether a viewer sees the event's case. The leader of a team hears once more of an order that has left it.
    #[must_use]
    pub fn sees_case(&self, viewer: Option<&Viewer>) -> bool {
        self.sight.as_ref().is_none_or(|sight| viewer.is_some_and(|viewer| sight.sees(viewer)))
    }

    /// Whether a viewer sees one of the orders of the event's case.
    #[must_use]
    pub fn sees_order(&self, viewer: Option<&Viewer>, order: Uuid) -> bool {
        let both = viewer.zip(self.sight.as_ref());
        both.is_some_and(|(viewer, sight)| sight.sees_order(viewer, order))
    }
}

/// Why a view is over that was lost.
#[must_use]
pub fn lost() -> Error {
    Error::refused(Code::NotFound, "id")
}

/// Refuses a view that is not theirs any more.
///
/// # Errors
/// `NOT_FOUND`; when the database does not answer.
pub async fn refuse_lost(app: &App, watch: &Watch, viewer: Option<&Viewer>) -> Result<()> {
    let Some(of) = watch.topic.log() else { return Ok(()) };
    query::refuse_unseen(app, viewer.ok_or(Error::Unauthenticated)?, of).await
}

/// Reads the log after a position within the scope of whoever follows, and up to where it was read.
///
/// # Errors
/// When they see it no more; when the database does not answer.
pub async fn behind(
    app: &App,
    watch: &Watch,
    viewer: Option<&Viewer>,
    position: i64,
) -> Result<(Vec<Arc<Happened>>, i64)> {
    /// How many events are read at once.
    const BATCH: u64 = 100;
    let plain = |event| Arc::new(Happened::new(event, Vec::new()));
    if let Topic::Receipt(case) = watch.topic {
        let case = complaint::Entity::find_by_id(case).one(&app.db).await?.ok_or(Error::Unauthenticated)?;
        let (rows, read_to) = query::after_for_receipt(app, &case, position, BATCH).await?;
        return Ok((rows.into_iter().map(plain).collect(), read_to));
    }
    let viewer = viewer.ok_or(Error::Unauthenticated)?;
    refuse_lost(app, watch, Some(viewer)).await?;
    let (rows, read_to) = match watch.topic {
        Topic::Notices(_) => {
            let (rows, read_to) = query::notices_after(app, viewer, position, BATCH).await?;
            let told = rows.into_iter().map(|(notice, event)| Arc::new(Happened::new(event, vec![notice])));
            return Ok((told.collect(), read_to));
        }
        Topic::Alarms => alarms::after(app, viewer, position, BATCH).await?,
        topic => query::after(app, viewer, topic.log().unwrap_or(Of::Everything), position, BATCH).await?,
    };
    Ok((rows.into_iter().map(plain).collect(), read_to))
}

/// Everybody who was ever called to a case.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn called_to(db: &impl ConnectionTrait, organization: Uuid, case: Uuid) -> Result<Arc<[Uuid]>> {
    let raised = SelectQuery::select()
        .column(event::Column::Position)
        .from(event::Entity)
        .and_where(event::Column::OrganizationId.eq(organization))
        .and_where(event::Column::ComplaintId.eq(case))
        .and_where(event::Column::Kind.eq(Kind::AlarmRaised))
        .to_owned();
    let called: Vec<Uuid> = notice::Entity::find()
        .select_only()
        .column(notice::Column::AccountId)
        .filter(notice::Column::OrganizationId.eq(organization))
        .filter(notice::Column::Position.in_subquery(raised))
        .into_tuple()
        .all(db)
        .await?;
    Ok(called.into())
}

/// The department and the site where something is followed: of a department, or of a team.
async fn place_of(app: &App, of: Of) -> Result<Option<(Uuid, Uuid)>> {
    Ok(match of {
        Of::Department(id) => department::Entity::find_by_id(id).one(&app.db).await?.map(|row| (row.id, row.site_id)),
        Of::Team(id) => team::Entity::find_by_id(id).one(&app.db).await?.map(|row| (row.department_id, row.site_id)),
        Of::Case(_) | Of::Everything => None,
    })
}
