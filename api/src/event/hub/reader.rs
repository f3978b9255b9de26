//! The reader of one organization's log. It reads each event once, whoever follows; and it hears whose rights have changed,
//! before it brings anything that happened after the change.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use entity::{event, event_stream, notice, rights, rights_change};
use futures_util::FutureExt;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::{Happened, Listener, News, Organization, Person, Topic};
use crate::app::App;
use crate::app::error::{Error, Result};

/// How many events are read at once.
const BATCH: u64 = 100;
/// How long the reader waits at most before it looks at the log and at the rights by itself: it misses nothing where
/// waking fails.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How long it waits after the database has not answered.
const BREATH: Duration = Duration::from_millis(500);

/// Begins to read: what happens from now on.
pub async fn start(app: &App, organization: &Arc<Organization>) -> Result<()> {
    let woken = app.bus.listen(organization.id);
    let (position, rights) = look(app, organization.id).await?;
    let mut state = organization.state();
    (state.routed, state.rights) = (position, rights);
    drop(state);
    tokio::spawn(read(app.clone(), organization.clone(), woken));
    Ok(())
}

async fn read(app: App, organization: Arc<Organization>, mut woken: watch::Receiver<i64>) {
    let mut looked = Instant::now();
    loop {
        // It walks all who are connected: now and then, and not for each event.
        if looked.elapsed() >= LOOK_AGAIN {
            if app.hub().forget_idle(&organization) {
                return;
            }
            looked = Instant::now();
        }
        woken.borrow_and_update();
        let done = AssertUnwindSafe(Box::pin(step(&app, &organization))).catch_unwind().await;
        let wait = match done.unwrap_or_else(|_| Err(app.panicked())) {
            Ok(true) => continue,
            Ok(false) => LOOK_AGAIN,
            Err(error) => {
                tracing::warn!(?error, "cannot read the log for those who follow it; trying again");
                BREATH
            }
        };
        // The end of the time is as good a reason to look as a wake.
        timeout(wait, woken.changed()).await.ok();
    }
}

/// The head of the log and the version of the rights, as they stood at one moment: who has seen an event has seen every
/// change of rights before it.
async fn look(app: &App, organization: Uuid) -> Result<(i64, i64)> {
    let to_rights = event_stream::Entity::belongs_to(rights::Entity)
        .from(event_stream::Column::OrganizationId)
        .to(rights::Column::OrganizationId)
        .into();
    let found = event_stream::Entity::find_by_id(organization)
        .join(JoinType::LeftJoin, to_rights)
        .select_also(rights::Entity)
        .one(&app.db)
        .await?;
    let (stream, rights) = found.unzip();
    let position = stream.map_or(0, |stream: event_stream::Model| stream.position);
    Ok((position, rights.flatten().map_or(0, |rights: rights::Model| rights.version)))
}

/// Reads what is new; whether there may be more already.
async fn step(app: &App, organization: &Arc<Organization>) -> Result<bool> {
    let (head, rights) = look(app, organization.id).await?;
    let (routed, known) = {
        let state = organization.state();
        (state.routed, state.rights)
    };
    let mut people = over(app, organization);
    if rights > known {
        people.extend(changed(app, organization, known).await?);
    }
    // Who cannot be loaded holds up nobody else: they are forgotten, and loaded before their next delivery. They are
    // still owed a look at what they follow, so the change counts as heard of only when everybody was loaded.
    let renewed = renew(app, &people).await;
    if rights > known && renewed.is_ok() {
        organization.state().rights = rights;
    }
    if head <= routed {
        return renewed.map(|()| false);
    }
    let events = events(app, organization, routed, head).await?;
    let more = events.len() as u64 == BATCH;
    for happened in events {
        route(app, organization, happened).await?;
    }
    if !more {
        organization.state().routed = head;
    }
    renewed.map(|()| true)
}

async fn events(app: &App, organization: &Organization, after: i64, head: i64) -> Result<Vec<Happened>> {
    let rows = event::Entity::find()
        .filter(event::Column::OrganizationId.eq(organization.id))
        .filter(event::Column::Position.gt(after))
        .filter(event::Column::Position.lte(head))
        .order_by_asc(event::Column::Position)
        .limit(BATCH)
        .all(&app.db)
        .await?;
    let Some(last) = rows.last().map(|row| row.position) else { return Ok(Vec::new()) };
    // Also where nobody follows notices yet: somebody may join before these events are routed.
    let told = notices(app, organization.id, after, last).await?;
    let of = |position| told.iter().filter(|notice| notice.position == position).cloned().collect();
    Ok(rows.into_iter().map(|row| (of(row.position), row)).map(|(told, row)| Happened::new(row, told)).collect())
}

async fn notices(app: &App, organization: Uuid, after: i64, last: i64) -> Result<Vec<notice::Model>> {
    Ok(notice::Entity::find()
        .filter(notice::Column::OrganizationId.eq(organization))
        .filter(notice::Column::Position.gt(after))
        .filter(notice::Column::Position.lte(last))
        .all(&app.db)
        .await?)
}

/// Gives an event to whoever follows one of its topics.
async fn route(app: &App, organization: &Organization, happened: Happened) -> Result<()> {
    let ticket = organization.room.clone().acquire_owned().await.map_err(|error| error.to_string())?;
    let (ticket, happened) = (Arc::new(ticket), Arc::new(happened));
    let mut listeners = heard_by(organization, &happened, false);
    if listeners.is_none() {
        // Somebody follows a team's board: only the case tells whose orders it has.
        happened.sight(app).await?;
        listeners = heard_by(organization, &happened, true);
    }
    for listener in listeners.unwrap_or_default() {
        listener.hear(News::Happened(happened.clone(), Some(ticket.clone())));
    }
    Ok(())
}

/// Who hears of an event, from now on routed; none where its case must be looked at first.
fn heard_by(organization: &Organization, happened: &Happened, looked: bool) -> Option<Vec<Arc<dyn Listener>>> {
    let mut state = organization.state();
    if !looked && state.boards > 0 {
        return None;
    }
    state.routed = happened.event.position;
    let mut topics: Vec<Topic> = happened.topics().collect();
    // An order that is given back to its team leaves the team and is there.
    topics.sort_unstable();
    topics.dedup();
    Some(topics.iter().filter_map(|topic| state.topics.get(topic)).flatten().cloned().collect())
}

/// Those whose rights have changed since a version.
async fn changed(app: &App, organization: &Organization, since: i64) -> Result<Vec<Arc<Person>>> {
    let accounts: Vec<Uuid> = rights_change::Entity::find()
        .select_only()
        .column(rights_change::Column::AccountId)
        .filter(rights_change::Column::OrganizationId.eq(organization.id))
        .filter(rights_change::Column::Version.gt(since))
        .into_tuple()
        .all(&app.db)
        .await?;
    let state = organization.state();
    let known = accounts.iter().filter_map(|account| state.people.get(account)).flatten();
    Ok(known.filter_map(Weak::upgrade).collect())
}

/// Those of whom a day has ended that they have not heard of. Walks them only when it may be so.
fn over(app: &App, organization: &Organization) -> Vec<Arc<Person>> {
    let (now, next_end) = (app.clock.now(), &organization.next_end);
    if now.timestamp_millis() < next_end.load(Ordering::Relaxed) {
        return Vec::new();
    }
    // Before the walk: whoever is loaded during it is seen by it, or notes their own end after this.
    next_end.store(i64::MAX, Ordering::Relaxed);
    let state = organization.state();
    let mut over = Vec::new();
    for person in state.people.values().flatten().filter_map(Weak::upgrade) {
        let Some(end) = person.ends() else { continue };
        // Also of those who are over: they may not be loaded, and are looked for again.
        organization.ends(end);
        if end <= now {
            over.push(person);
        }
    }
    over
}

/// Loads some anew, and has what they follow look at them.
async fn renew(app: &App, people: &[Arc<Person>]) -> Result<()> {
    for person in people {
        person.forget();
    }
    let mut renewed = Ok(());
    for person in people {
        match person.viewer(app).await {
            Err(error @ Error::Internal { .. }) => renewed = Err(error),
            // Whoever has ended hears of it as well.
            Ok(_) | Err(_) => person.tell(),
        }
    }
    renewed
}
