//! Streams of events that begin at a cursor and go on live: nothing is skipped and nothing repeated.
//!
//! A stream remembers only the position it has read up to. It reads the log after it, delivers, and waits to be woken;
//! because positions become visible in order, what it has read past can never appear again. Who the viewer is, and what
//! they may see, is loaded anew for every reading.

use std::time::Duration;

use async_stream::try_stream;
use entity::{complaint, event, notice};
use futures_util::Stream;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::query::{self, Of};
use crate::access::session;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};

/// How many events are read at once.
const BATCH: u64 = 100;
/// How long a stream waits at most before it looks whether its viewer may still see anything.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// Who follows a stream.
#[derive(Debug, Clone)]
pub struct Follower {
    /// The account.
    pub account: Uuid,
    /// The organization.
    pub organization: Uuid,
    /// The session epoch when it began; a raised epoch ends the stream.
    pub epoch: i32,
    /// The session it runs in, with which it ends.
    pub session: Option<Uuid>,
}

impl Follower {
    /// Somebody who begins to follow.
    #[must_use]
    pub fn of(viewer: &Viewer) -> Self {
        Self {
            account: viewer.id,
            organization: viewer.organization_id,
            epoch: viewer.session_epoch,
            session: viewer.session,
        }
    }

    /// The viewer as they are now.
    async fn viewer(&self, app: &App) -> Result<Viewer> {
        let viewer = match self.session {
            Some(session) => session::viewer(app, session).await?,
            None => Viewer::load(&app.db, self.account, app.clock.now()).await?,
        };
        if viewer.must_set_up_second_factor {
            return Err(Error::SecondFactorRequired);
        }
        if viewer.session_epoch == self.epoch { Ok(viewer) } else { Err(Error::Unauthenticated) }
    }
}

/// The events of a case, a department or everything, from a cursor on.
pub fn events(app: App, follower: Follower, of: Of, start: i64) -> impl Stream<Item = Result<(event::Model, Viewer)>> {
    try_stream! {
        let mut woken = app.bus.listen(follower.organization);
        let mut position = start;
        loop {
            woken.borrow_and_update();
            let viewer = follower.viewer(&app).await?;
            query::refuse_unseen(&app, &viewer, of).await?;
            let (found, read_to) = query::after(&app, &viewer, of, position, BATCH).await?;
            let more = read_to > position;
            position = read_to;
            for event in found {
                yield (event, viewer.clone());
            }
            if !more {
                wait(&mut woken).await?;
            }
        }
    }
}

/// What happens to the alarms that concern a viewer, from a cursor on.
pub fn alarms(app: App, follower: Follower, start: i64) -> impl Stream<Item = Result<(event::Model, Viewer)>> {
    try_stream! {
        let mut woken = app.bus.listen(follower.organization);
        let mut position = start;
        loop {
            woken.borrow_and_update();
            let viewer = follower.viewer(&app).await?;
            let (found, read_to) = query::alarms_after(&app, &viewer, position, BATCH).await?;
            let more = read_to > position;
            position = read_to;
            for event in found {
                yield (event, viewer.clone());
            }
            if !more {
                wait(&mut woken).await?;
            }
        }
    }
}

/// The events of an anonymous case for the holder of its receipt code.
pub fn receipt_events(
    app: App,
    case_id: Uuid,
    organization: Uuid,
    start: i64,
) -> impl Stream<Item = Result<event::Model>> {
    try_stream! {
        let mut woken = app.bus.listen(organization);
        let mut position = start;
        loop {
            woken.borrow_and_update();
            let case = complaint::Entity::find_by_id(case_id).one(&app.db).await?;
            let case = case.ok_or(Error::Unauthenticated)?;
            let (found, read_to) = query::after_for_receipt(&app, &case, position, BATCH).await?;
            let more = read_to > position;
            position = read_to;
            for event in found {
                yield event;
            }
            if !more {
                wait(&mut woken).await?;
            }
        }
    }
}

/// A viewer's notices from a cursor on.
pub fn notices(
    app: App,
    follower: Follower,
    start: i64,
) -> impl Stream<Item = Result<(notice::Model, event::Model, Viewer)>> {
    try_stream! {
        let mut woken = app.bus.listen(follower.organization);
        let mut position = start;
        loop {
            woken.borrow_and_update();
            let viewer = follower.viewer(&app).await?;
            let (found, read_to) = query::notices_after(&app, &viewer, position, BATCH).await?;
            let more = read_to > position;
            position = read_to;
            for (notice, event) in found {
                yield (notice, event, viewer.clone());
            }
            if !more {
                wait(&mut woken).await?;
            }
        }
    }
}

async fn wait(woken: &mut tokio::sync::watch::Receiver<i64>) -> Result<()> {
    match tokio::time::timeout(LOOK_AGAIN, woken.changed()).await {
        Ok(Ok(())) | Err(_) => Ok(()),
        Ok(Err(_)) => Err("the bus has ended".to_owned().into()),
    }
}
