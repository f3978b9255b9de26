//! Brings what happens to those who follow it. One reader for each organization reads the log once for this process and
//! gives each event to its topics: the case, the department's queue, the accounts that are told, the alarms. What nobody
//! follows costs nothing more, however many are connected.
//!
//! # Why nobody who joins misses an event or gets one twice
//! The reader raises `routed` and finds the listeners of an event under one lock. Whoever joins shows, under the same lock,
//! up to which position they have read. Where that is before `routed`, they are sent back to read the log up to it; else
//! they are among the listeners of every later event, and pass over what they have read already.

mod reader;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use chrono::{DateTime, Utc};
use domain::event::Kind;
use entity::{event, notice};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::person::{Follower, Person};
use super::query::Of;
use crate::access::sight::Sight;
use crate::app::App;
use crate::app::error::Result;

/// How many events may be on their way to leaders; then the reader waits, and the log keeps the rest.
const UNDER_WAY: usize = 256;

/// What can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// One case.
    Case(Uuid),
    /// One case, by its receipt code (D7).
    Receipt(Uuid),
    /// One department's queue.
    Department(Uuid),
    /// One team's board.
    Team(Uuid),
    /// What an account is told.
    Notices(Uuid),
    /// What happens to alarms.
    Alarms,
    /// All of it.
    Everything,
}

impl Topic {
    /// What of the log is followed.
    #[must_use]
    pub fn of(of: Of) -> Self {
        match of {
            Of::Case(id) => Self::Case(id),
            Of::Department(id) => Self::Department(id),
            Of::Team(id) => Self::Team(id),
            Of::Everything => Self::Everything,
        }
    }

    /// The same the other way; nothing for what is not read off the log by itself.
    #[must_use]
    pub fn log(self) -> Option<Of> {
        match self {
            Self::Case(id) => Some(Of::Case(id)),
            Self::Department(id) => Some(Of::Department(id)),
            Self::Team(id) => Some(Of::Team(id)),
            Self::Everything | Self::Receipt(_) | Self::Notices(_) | Self::Alarms => None,
        }
    }

    fn is_board(self) -> bool {
        matches!(self, Self::Team(_))
    }
}

/// Something that happened, once for all who hear of it.
pub struct Happened {
    /// The event.
    pub event: event::Model,
    /// Who is told of it.
    pub notices: Vec<notice::Model>,
    sight: OnceCell<Arc<Sight>>,
    called: OnceCell<Arc<[Uuid]>>,
}

/// What a listener hears.
pub enum News {
    /// Something happened. Whoever keeps the ticket holds the reader back once too much is under way.
    Happened(Arc<Happened>, Option<Ticket>),
    /// Something that somebody may do has changed.
    Look(Arc<Person>),
}

/// The right to be under way.
pub type Ticket = Arc<OwnedSemaphorePermit>;

/// Whoever hears the news of a topic or of a person. It must not wait.
pub trait Listener: Send + Sync {
    /// Hears of something.
    fn hear(self: Arc<Self>, news: News);
}

/// The readers of this process.
#[derive(Default)]
pub struct Hub(Mutex<HashMap<Uuid, Arc<Organization>>>);

/// An organization of which somebody in this process follows something.
pub struct Organization {
    id: Uuid,
    reading: OnceCell<()>,
    room: Arc<Semaphore>,
    /// When the first day ends of anybody who follows something, in milliseconds since 1970: until then nobody need be
    /// looked at.
    next_end: AtomicI64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Up to which position the reader has given events to their listeners.
    routed: i64,
    /// Up to which version changes of rights were heard of, and told to whom they concern.
    rights: i64,
    /// How many of the topics are boards of teams.
    boards: usize,
    topics: HashMap<Topic, Vec<Arc<dyn Listener>>>,
    people: HashMap<Uuid, Vec<Weak<Person>>>,
}

impl Happened {
    /// Something that happened, with who is told of it.
    #[must_use]
    pub fn new(event: event::Model, notices: Vec<notice::Model>) -> Self {
        Self { event, notices, sight: OnceCell::new(), called: OnceCell::new() }
    }

    /// What of its case says who sees it, read once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sight(&self, app: &App) -> Result<Arc<Sight>> {
        let load = || async { Sight::load(&app.db, self.event.complaint_id).await.map(Arc::new) };
        self.sight.get_or_try_init(load).await.cloned()
    }

    /// Who has ever been called to its case, read once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn called(&self, app: &App) -> Result<Arc<[Uuid]>> {
        let event = &self.event;
        let load = || super::live::called_to(&app.db, event.organization_id, event.complaint_id);
        self.called.get_or_try_init(load).await.cloned()
    }

    /// Which topics it belongs to. Those of teams only once its case has been looked at.
    fn topics(&self) -> impl Iterator<Item = Topic> {
        let event = &self.event;
        let alarms =
            matches!(event.kind, Kind::AlarmRaised | Kind::AlarmAcknowledged | Kind::AlarmAnswered | Kind::AlarmEnded);
        [Topic::Case(event.complaint_id), Topic::Receipt(event.complaint_id), Topic::Everything]
            .into_iter()
            .chain(event.department_id.map(Topic::Department))
            .chain(event.left_team_id.map(Topic::Team))
            .chain(self.sight.get().into_iter().flat_map(|sight| sight.teams()).map(Topic::Team))
            .chain(alarms.then_some(Topic::Alarms))
            .chain(self.notices.iter().map(|notice| Topic::Notices(notice.account_id)))
    }
}

impl Hub {
    /// The organization with its reader, which is started where it is not running.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(&self, app: &App, id: Uuid) -> Result<Arc<Organization>> {
        let organization = self.all().entry(id).or_insert_with(|| Organization::new(id)).clone();
        organization.reading.get_or_try_init(|| Box::pin(reader::start(app, &organization))).await?;
        Ok(organization)
    }

    /// Takes an organization away of which nobody follows anything any more; its reader ends with it.
    fn forget_idle(&self, organization: &Arc<Organization>) -> bool {
        let mut all = self.all();
        organization.state().people.retain(|_, people| people.iter().any(|person| person.strong_count() > 0));
        // Whoever follows something has a copy, and copies are made under this lock: one is here, one the reader has.
        let idle = Arc::strong_count(organization) == 2;
        if idle {
            all.remove(&organization.id);
        }
        idle
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Organization>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Organization {
    fn new(id: Uuid) -> Arc<Self> {
        let room = Arc::new(Semaphore::new(UNDER_WAY));
        let next_end = AtomicI64::new(i64::MAX);
        Arc::new(Self { id, reading: OnceCell::new(), room, next_end, state: Mutex::default() })
    }

    /// Notes when a day ends of somebody who follows something.
    pub(super) fn ends(&self, end: DateTime<Utc>) {
        self.next_end.fetch_min(end.timestamp_millis(), Ordering::Relaxed);
    }

    /// Whoever follows as this account in this session: the same person for all that they follow.
    #[must_use]
    pub fn person(self: &Arc<Self>, follower: Follower) -> Arc<Person> {
        let mut state = self.state();
        let people = state.people.entry(follower.account).or_default();
        people.retain(|person| person.strong_count() > 0);
        let known = people.iter().filter_map(Weak::upgrade).find(|person| person.follower() == follower);
        known.unwrap_or_else(|| {
            let person = Arc::new(Person::new(follower, self.clone()));
            people.push(Arc::downgrade(&person));
            person
        })
    }

    /// Joins a topic for everything after a position. `admit` runs under the lock, where the listener has a list of its own.
    ///
    /// # Errors
    /// Up to where to read the log first, where the position is not reached.
    pub fn join(
        &self,
        topic: Topic,
        listener: &Arc<dyn Listener>,
        position: i64,
        admit: impl FnOnce(),
    ) -> std::result::Result<(), i64> {
        let mut state = self.state();
        if position < state.routed {
            return Err(state.routed);
        }
        if !state.topics.contains_key(&topic) {
            state.boards += usize::from(topic.is_board());
        }
        let listeners = state.topics.entry(topic).or_default();
        if !listeners.iter().any(|it| Arc::ptr_eq(it, listener)) {
            listeners.push(listener.clone());
        }
        admit();
        Ok(())
    }

    /// Leaves a topic, where `is_empty` says, under the lock, that the listener has nobody left to tell.
    pub fn leave(&self, topic: Topic, listener: &Arc<dyn Listener>, is_empty: impl FnOnce() -> bool) {
        let mut state = self.state();
        if !is_empty() {
            return;
        }
        if let Some(listeners) = state.topics.get_mut(&topic) {
            listeners.retain(|it| !Arc::ptr_eq(it, listener));
            if listeners.is_empty() {
                state.topics.remove(&topic);
                state.boards -= usize::from(topic.is_board());
            }
        }
    }

    /// How many topics somebody follows.
    #[must_use]
    pub fn followed(&self) -> usize {
        self.state().topics.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
