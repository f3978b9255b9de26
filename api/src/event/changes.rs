//! What the streams bring, as a query: for weak networks, and for whoever only wants to catch up.

use async_graphql::{Context, ID, Object, OneofObject, Result, SimpleObject};
use domain::access::{Operation, entry};

use super::alarms as alarm_log;
use super::graphql::{Event, Notice};
use super::query::{self, Of};
use crate::access::guard::{Listed, admit};
use crate::access::viewer::Viewer;
use crate::alarm::live::{AlarmEvent, tell};
use crate::app::error::Result as Answer;
use crate::app::page::{DEFAULT_FIRST, MAX_FIRST, PageInput};
use crate::app::public_id;
use crate::app::request::Asked;

/// A page of what has happened since a cursor: the same items as the streams deliver. Its three lists have one cursor: whoever
/// goes on from it misses nothing of those that were selected.
#[derive(SimpleObject)]
pub struct Changes {
    /// What has happened to the cases that I see, in order; with `of`, what the stream of that name brings.
    pub events: Vec<Event>,
    /// What I was told, in order: what `myNotices` brings.
    pub notices: Vec<Notice>,
    /// What has happened to alarms, in order, also of cases that I was called to and do not see otherwise: what `alarmEvents`
    /// brings. Empty for whoever is no employee.
    pub alarms: Vec<AlarmEvent>,
    /// Where to go on: give it as `after` next time, or to a stream.
    pub cursor: String,
    /// Whether there may be more already.
    pub has_more: bool,
}

/// Of what alone events are wanted: exactly one. What I do not see is refused as its stream is (`REFUSED`).
#[derive(OneofObject)]
pub enum ChangesOf {
    /// Of a case: what `complaintEvents` brings.
    #[graphql(name = "complaintId")]
    Complaint(ID),
    /// Of a department's queue: what `departmentQueue` brings.
    #[graphql(name = "departmentId")]
    Department(ID),
    /// Of a team's board: what `teamBoardEvents` brings, also that an order has left the team.
    #[graphql(name = "teamId")]
    Team(ID),
}

impl ChangesOf {
    fn read(&self) -> Answer<Of> {
        Ok(match self {
            Self::Complaint(id) => Of::Case(public_id::read("Complaint", id, "of.complaintId")?),
            Self::Department(id) => Of::Department(public_id::read("Department", id, "of.departmentId")?),
            Self::Team(id) => Of::Team(public_id::read("Team", id, "of.teamId")?),
        })
    }
}

/// Catching up.
#[derive(Default)]
pub struct ChangesQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ChangesQuery {
    /// Everything that has happened since a cursor and that I may see: the same items as the streams deliver, at most so many
    /// of each list that is selected. The holder of a receipt code asks `AnonymousComplaint.timeline`.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor to begin after; from the beginning when not given.")] after: Option<String>,
        #[graphql(desc = "How many at most of each list, 1 to 100.", default_with = "DEFAULT_FIRST")] first: i32,
        #[graphql(desc = "Of what alone events are wanted; of all cases that I see when not given.")] of: Option<
            ChangesOf,
        >,
    ) -> Result<Changes> {
        let start = after.as_deref().map(query::position).transpose()?.unwrap_or(0);
        let limit = PageInput { first: Some(first.min(MAX_FIRST)), after: None }.limit()?;
        let (app, viewer, language) = (ctx.app()?, ctx.signed_in()?, ctx.language());
        let of = of.as_ref().map(ChangesOf::read).transpose()?.unwrap_or(Of::Everything);
        query::refuse_unseen(app, viewer, of).await?;
        // What nobody selects is not read, and holds the cursor back no more than it must.
        let selected = |list| ctx.look_ahead().field(list).exists();
        let mut read_to = i64::MAX;
        let (mut notices, mut alarms, mut events) = (Vec::new(), Vec::new(), Vec::new());
        if selected("notices") {
            let (found, to) = query::notices_after(app, viewer, start, limit).await?;
            (notices, read_to) = (found, read_to.min(to));
        }
        if selected("alarms") && hears_alarms(viewer) {
            let (found, to) = alarm_log::after(app, viewer, start, limit).await?;
            (alarms, read_to) = (found, read_to.min(to));
        }
        if selected("events") || read_to == i64::MAX {
            let (found, to) = query::after(app, viewer, of, start, limit).await?;
            (events, read_to) = (found, read_to.min(to));
        }
        // A list may have been read further than another: the rest of it comes next time.
        notices.retain(|(notice, _)| notice.position <= read_to);
        alarms.retain(|event| event.position <= read_to);
        events.retain(|event| event.position <= read_to);
        let head = query::head(&app.db, viewer.organization_id).await?;
        Ok(Changes {
            events: events.into_iter().map(Event::of).collect(),
            notices: notices.into_iter().map(Notice::of).collect(),
            alarms: tell(app, viewer, language, &alarms).await?,
            cursor: query::cursor(read_to),
            has_more: read_to < head,
        })
    }
}

/// Whether somebody may follow alarms, by the entry of their stream.
fn hears_alarms(viewer: &Viewer) -> bool {
    entry(Operation::Subscription, "alarmEvents").is_some_and(|entry| admit(entry, Some(viewer)).is_ok())
}
