//! One group: its members, and what is on its way to them.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_graphql::{PathSegment, Request, Variables};
use domain::access::Entry;
use domain::organization::Language;
use futures_util::{FutureExt, StreamExt, stream};

use super::key::Key;
use super::view::{View, Views};
use super::{Line, deliver, written};
use crate::access::guard::admit;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::loader::Rows;
use crate::app::metrics::Operation;
use crate::app::witness::Witness;
use crate::edge::Edge;
use crate::edge::document::Document;
use crate::edge::mailbox::{ENDED, LATER, Mailbox, Parcel};
use crate::edge::operation::{Planned, never_ran, refused};
use crate::event::hub::{Happened, Listener, News, Organization};
use crate::event::live::{Delivery, Scales, Seen, Verdict, Wanted, lost, refuse_lost};
use crate::event::person::Person;
use crate::schema::HuiyinSchema;

/// After how many members others get a turn.
const BREATH: usize = 256;
/// How many of those who follow are loaded at once.
const AT_ONCE: usize = 8;

/// Those who follow the same by the same operation.
pub struct Group {
    app: App,
    engine: (HuiyinSchema, Duration),
    organization: Arc<Organization>,
    key: Key,
    entry: &'static Entry,
    document: Arc<Document>,
    variables: Variables,
    name: Option<String>,
    /// Under which name the client gets the one field.
    root: String,
    counted: Operation,
    members: Mutex<Arc<Vec<Arc<Member>>>>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    news: VecDeque<News>,
    /// A task is at it.
    busy: bool,
}

/// One subscription of one client.
pub struct Member {
    mailbox: Arc<Mailbox>,
    turn: u32,
    language: Option<Language>,
    person: Option<Arc<Person>>,
    /// Up to which position it has got everything.
    position: AtomicI64,
    /// Where it stands in the list.
    place: AtomicUsize,
    items: AtomicU32,
    over: AtomicBool,
}

impl Member {
    /// A subscription that is not in a group yet.
    pub fn new(line: &Line, person: Option<Arc<Person>>) -> Arc<Self> {
        Arc::new(Self {
            mailbox: line.mailbox.clone(),
            turn: line.turn,
            language: line.language,
            person,
            position: AtomicI64::new(0),
            place: AtomicUsize::new(usize::MAX),
            items: AtomicU32::new(0),
            over: AtomicBool::new(false),
        })
    }

    /// How much it was given.
    pub fn items(&self) -> u32 {
        self.items.load(Ordering::Relaxed)
    }

    /// In which language it is told: as the client asked, else as the viewer has set, else in Chinese.
    pub fn language(&self, viewer: Option<&Arc<Viewer>>) -> Language {
        self.language.or(viewer.map(|viewer| viewer.language)).unwrap_or(Language::ZhCn)
    }

    /// Gives it a view of an event.
    fn give(&self, view: &View, position: i64) {
        self.position.store(position, Ordering::Relaxed);
        self.items.fetch_add(1, Ordering::Relaxed);
        self.mailbox.push(view.parcel(self.turn));
    }
}

impl Group {
    /// A group without members.
    pub fn new(edge: &Edge, organization: Arc<Organization>, wanted: &Wanted, planned: Planned, key: Key) -> Self {
        Self {
            app: edge.app.clone(),
            engine: (edge.schema.clone(), edge.limits.executing),
            organization,
            key,
            entry: wanted.entry,
            counted: planned.counted,
            document: planned.document,
            variables: planned.variables,
            name: planned.operation,
            root: planned.root,
            members: Mutex::default(),
            waiting: Mutex::default(),
        }
    }

    /// What its members have in common.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Whether it has no members.
    pub fn is_empty(&self) -> bool {
        self.members().is_empty()
    }

    /// Takes a member in who has read up to a position; not where there is something to read first.
    pub fn join(self: &Arc<Self>, member: &Arc<Member>, position: i64) -> bool {
        let listener: Arc<dyn Listener> = self.clone();
        if let Some(person) = &member.person {
            person.watched_by(&listener);
        }
        member.position.store(position, Ordering::Relaxed);
        let joined = self.organization.join(self.key.watch().topic, &listener, position, || {
            let mut members = self.members();
            member.place.store(members.len(), Ordering::Relaxed);
            Arc::make_mut(&mut *members).push(member.clone());
        });
        joined.is_ok()
    }

    /// Lets a member go; whether it was the last.
    pub fn leave(self: &Arc<Self>, member: &Arc<Member>) -> bool {
        member.over.store(true, Ordering::Relaxed);
        let listener: Arc<dyn Listener> = self.clone();
        let mut last = false;
        self.organization.leave(self.key.watch().topic, &listener, || {
            let mut members = self.members();
            let place = member.place.load(Ordering::Relaxed);
            if members.get(place).is_some_and(|it| Arc::ptr_eq(it, member)) {
                let members = Arc::make_mut(&mut *members);
                members.swap_remove(place);
                if let Some(moved) = members.get(place) {
                    moved.place.store(place, Ordering::Relaxed);
                }
            }
            last = members.is_empty();
            last
        });
        last
    }

    /// Counts what was delivered.
    pub fn count(&self, items: u64) {
        self.app.metrics.delivered_by(&self.counted, items);
    }

    fn members(&self) -> MutexGuard<'_, Arc<Vec<Arc<Member>>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings what waits to the members, in order, until nothing does.
    async fn work(self: Arc<Self>) {
        loop {
            let news = {
                let mut waiting = self.waiting();
                let Some(news) = waiting.news.pop_front() else {
                    *waiting = Waiting::default();
                    return;
                };
                news
            };
            let done = match &news {
                News::Happened(happened, _) => AssertUnwindSafe(self.bring(happened)).catch_unwind().await,
                News::Look(person) => AssertUnwindSafe(self.look_at(person)).catch_unwind().await,
            };
            if let Err(error) = done.unwrap_or_else(|_| Err(self.app.panicked())) {
                self.end_all(&error);
            }
            // Clients write between two events, so that a burst does not find their mailboxes full.
            tokio::task::yield_now().await;
        }
    }

    async fn bring(&self, happened: &Arc<Happened>) -> Result<()> {
        let members = self.members().clone();
        let scales = Scales::of(&self.app, self.key.watch().topic, happened).await?;
        self.load_missing(&members).await;
        let (now, position) = (self.app.clock.now(), happened.event.position);
        let (mut views, mut given) = (Views::default(), 0);
        for (place, member) in members.iter().enumerate() {
            if place % BREATH == BREATH - 1 {
                tokio::task::yield_now().await;
            }
            if member.over.load(Ordering::Relaxed) || position <= member.position.load(Ordering::Relaxed) {
                continue;
            }
            if member.mailbox.is_over(now) {
                member.mailbox.cut(ENDED);
                continue;
            }
            let viewer = match self.viewer(member).await {
                Ok(viewer) => viewer,
                Err(error) => {
                    self.end(member, error);
                    continue;
                }
            };
            if let Err(error) = admit(self.entry, viewer.as_deref()) {
                self.end(member, error);
                continue;
            }
            match scales.judge(self.key.watch(), viewer.as_deref(), &happened.event) {
                Verdict::Hidden => continue,
                Verdict::Lost => {
                    self.end(member, lost());
                    continue;
                }
                Verdict::Shown => {}
            }
            let language = member.language(viewer.as_ref());
            if let Some(view) = views.find(viewer.as_ref(), language, &scales) {
                member.give(view, position);
            } else {
                let witness = Witness::of_case(happened.event.complaint_id);
                let seen = Seen::new(happened.clone(), viewer.clone(), witness.clone());
                let view = self.execute(viewer.as_ref(), language, seen, witness).await;
                member.give(&view, position);
                views.keep(viewer.as_ref(), view, &scales);
            }
            given += 1;
        }
        self.count(given);
        Ok(())
    }

    /// Loads those of whom nothing is known, a few at a time: at a first delivery they may be many. Who cannot be loaded is
    /// asked for again when it is their turn.
    async fn load_missing(&self, members: &[Arc<Member>]) {
        let now = self.app.clock.now();
        let people = members.iter().filter(|member| !member.over.load(Ordering::Relaxed));
        let people = people.filter_map(|member| member.person.as_ref()).filter(|person| !person.is_known(now));
        let mut missing: Vec<Arc<Person>> = people.cloned().collect();
        // Somebody may follow on several devices, or twice on one.
        missing.sort_unstable_by_key(Arc::as_ptr);
        missing.dedup_by(|one, other| Arc::ptr_eq(one, other));
        let loading = stream::iter(missing).for_each_concurrent(AT_ONCE, |person| {
            let app = self.app.clone();
            async move {
                person.viewer(&app).await.ok();
            }
        });
        loading.await;
    }

    /// Who a member is now: from memory, but for the first time after something of theirs has changed.
    async fn viewer(&self, member: &Member) -> Result<Option<Arc<Viewer>>> {
        match &member.person {
            Some(person) => Ok(Some(person.viewer(&self.app).await?)),
            None => Ok(None),
        }
    }

    /// Looks at the members of somebody whose rights have changed.
    async fn look_at(&self, person: &Arc<Person>) -> Result<()> {
        let members = self.members().clone();
        let theirs = members.iter().filter(|it| it.person.as_ref().is_some_and(|it| Arc::ptr_eq(it, person)));
        for member in theirs.filter(|member| !member.over.load(Ordering::Relaxed)) {
            let still = async {
                let viewer = self.viewer(member).await?;
                admit(self.entry, viewer.as_deref())?;
                refuse_lost(&self.app, self.key.watch(), viewer.as_deref()).await
            };
            if let Err(error) = still.await {
                self.end(member, error);
            }
        }
        Ok(())
    }

    /// Ends a member's subscription with an error.
    fn end(&self, member: &Member, error: Error) {
        if member.over.swap(true, Ordering::Relaxed) {
            return;
        }
        if matches!(error, Error::Unauthenticated) && member.person.is_some() {
            // Its session has ended, and so does the connection.
            return member.mailbox.cut(ENDED);
        }
        if matches!(error, Error::Internal { .. }) {
            // That passes, and a client comes again, behind its cursor, only where the connection closes.
            return member.mailbox.cut(LATER);
        }
        member.mailbox.push(self.ending(member.turn, error));
        member.mailbox.push(Parcel::Over(member.turn));
    }

    /// The last item of a subscription that ends with an error, as the engine would write it.
    pub fn ending(&self, turn: u32, error: Error) -> Parcel {
        let mut response = refused(error);
        for error in &mut response.errors {
            error.path = vec![PathSegment::Field(self.root.clone())];
        }
        Parcel::Item(turn, written(&response).unwrap_or_default())
    }

    fn end_all(&self, error: &Error) {
        let members = self.members().clone();
        for member in members.iter() {
            self.end(member, error.clone());
        }
    }

    /// Runs the engine once, for something to deliver.
    pub async fn execute(
        &self,
        viewer: Option<&Arc<Viewer>>,
        language: Language,
        seen: Seen,
        witness: Witness,
    ) -> View {
        // Whatever is shared by several devices cannot depend on one of their sessions.
        let viewer = viewer.map(|viewer| Viewer { session: None, ..Viewer::clone(viewer) });
        let loaders = Rows::watched(self.app.clone(), viewer.clone(), witness.clone());
        let mut request = Request::new("").variables(self.variables.clone()).data(language).data(loaders);
        request = request.data(witness.clone()).data(Delivery::of(seen));
        request.operation_name.clone_from(&self.name);
        request.set_parsed_query(self.document.parsed.clone());
        if let Some(viewer) = viewer {
            request = request.data(viewer);
        }
        let work = AssertUnwindSafe(Box::pin(deliver(&self.engine, request))).catch_unwind().await;
        let response = work.unwrap_or_else(|_| refused(self.app.panicked()));
        let never = never_ran(&response);
        let text = if never { written(&response.errors) } else { written(&response) };
        let (text, personal) = (text.unwrap_or_default(), witness.is_personal());
        View { text, never, language, personal, orders: witness.orders() }
    }
}

impl Listener for Group {
    fn hear(self: Arc<Self>, news: News) {
        let mut waiting = self.waiting();
        waiting.news.push_back(news);
        let begins = !std::mem::replace(&mut waiting.busy, true);
        drop(waiting);
        if begins {
            tokio::spawn(self.work());
        }
    }
}
