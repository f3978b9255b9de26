//! A subscription by itself: it begins at a cursor and goes on live, and nothing is skipped and nothing repeated.
//!
//! Behind the reader of its organization it reads the log within the scope that its viewer has now; then it joins the topic
//! ([`super::hub`]) and hears of the rest. Who the viewer is, and what they may see, is judged at each delivery. A stream that
//! is not taken from falls behind, holds no more than a little, and reads the log again later.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_stream::try_stream;
use domain::access::Entry;
use futures_util::Stream;
use tokio::sync::Notify;

use super::hub::{Happened, Listener, News, Organization, Topic};
use super::live::{Scales, Seen, Verdict, Wanted, Watch, behind, lost, refuse_lost};
use super::person::Person;
use crate::access::guard::admit;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::Result;
use crate::app::witness::Witness;

/// How much a stream holds that nobody takes.
const HELD: usize = 64;

/// What a subscription wants, from its position on.
pub fn follow(app: App, wanted: Wanted) -> impl Stream<Item = Result<Seen>> {
    let Wanted { watch, follower, start, entry } = wanted;
    try_stream! {
        let organization = app.hub().of(&app, watch.organization).await?;
        let person = follower.map(|follower| organization.person(follower));
        let feed = Joined::new(organization, watch.topic, person.as_ref());
        let mut position = start;
        loop {
            if !feed.joins(position) {
                let viewer = viewer(&app, entry, person.as_ref()).await?;
                let (found, read_to) = behind(&app, &watch, viewer.as_deref(), position).await?;
                for happened in found {
                    yield Seen::new(happened, viewer.clone(), Witness::default());
                }
                position = read_to;
                continue;
            }
            // None: too much was waiting, and the log has it.
            while let Some(news) = feed.next().await {
                let viewer = viewer(&app, entry, person.as_ref()).await?;
                match news {
                    News::Look(_) => refuse_lost(&app, &watch, viewer.as_deref()).await?,
                    News::Happened(happened, _) => {
                        let shown = happened.event.position > position
                            && shows(&app, &watch, viewer.as_deref(), &happened).await?;
                        position = position.max(happened.event.position);
                        if shown {
                            yield Seen::new(happened, viewer, Witness::default());
                        }
                    }
                }
            }
        }
    }
}

/// Who follows, as they are now, if they may still follow it at all.
async fn viewer(app: &App, entry: &Entry, person: Option<&Arc<Person>>) -> Result<Option<Arc<Viewer>>> {
    let viewer = match person {
        Some(person) => Some(person.viewer(app).await?),
        None => None,
    };
    admit(entry, viewer.as_deref())?;
    Ok(viewer)
}

async fn shows(app: &App, watch: &Watch, viewer: Option<&Viewer>, happened: &Happened) -> Result<bool> {
    let scales = Scales::of(app, watch.topic, happened).await?;
    match scales.judge(watch, viewer, &happened.event) {
        Verdict::Shown => Ok(true),
        Verdict::Hidden => Ok(false),
        Verdict::Lost => Err(lost()),
    }
}

/// A feed with its place in a topic, which it leaves when it is dropped.
struct Joined {
    organization: Arc<Organization>,
    topic: Topic,
    feed: Arc<Feed>,
    listener: Arc<dyn Listener>,
}

impl Joined {
    fn new(organization: Arc<Organization>, topic: Topic, person: Option<&Arc<Person>>) -> Self {
        let feed = Arc::new(Feed::default());
        let listener: Arc<dyn Listener> = feed.clone();
        if let Some(person) = person {
            person.watched_by(&listener);
        }
        Self { organization, topic, feed, listener }
    }

    /// Joins where the position is reached; else there is something to read first.
    fn joins(&self, position: i64) -> bool {
        self.organization.join(self.topic, &self.listener, position, || self.feed.held().full = false).is_ok()
    }

    /// The next news; none where too much came, and then it has left the topic.
    async fn next(&self) -> Option<News> {
        loop {
            let woken = self.feed.woken.notified();
            {
                let mut held = self.feed.held();
                if let Some(news) = held.news.pop_front() {
                    return Some(news);
                }
                if held.full {
                    drop(held);
                    self.leave();
                    return None;
                }
            }
            woken.await;
        }
    }

    fn leave(&self) {
        self.organization.leave(self.topic, &self.listener, || true);
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.leave();
    }
}

#[derive(Default)]
struct Feed {
    held: Mutex<Held>,
    woken: Notify,
}

#[derive(Default)]
struct Held {
    news: VecDeque<News>,
    /// Something did not find room any more.
    full: bool,
}

impl Feed {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Feed {
    fn hear(self: Arc<Self>, news: News) {
        let mut held = self.held();
        let room = held.news.len() < HELD && !held.full;
        match news {
            // Without its ticket: a stream that nobody takes from holds nobody up.
            News::Happened(happened, _) if room => held.news.push_back(News::Happened(happened, None)),
            News::Happened(..) => held.full = true,
            News::Look(person) if held.news.len() < 2 * HELD => held.news.push_back(News::Look(person)),
            News::Look(_) => {}
        }
        drop(held);
        self.woken.notify_one();
    }
}
