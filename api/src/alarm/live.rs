//! Alarms as they are raised, call again, are taken, answered and over: the stream for handhelds and consoles.

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::alarm::{Reason, Rung, State};
use domain::event::Kind;
use entity::{alarm, event};
use futures_util::{Stream, StreamExt};
use sea_orm::EntityTrait;

use crate::access::guard::Listed;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result as Answer};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::complaint::case::account_of;
use crate::event::graphql::sentence;
use crate::event::live::{self, Followed};
use crate::event::query;

/// Something that happened to an alarm. It holds enough to go; `acknowledgeAlarm` takes the alarm from here.
#[derive(SimpleObject)]
pub struct AlarmEvent {
    /// Where it stands in the log: give it as `after` to go on behind it.
    pub cursor: String,
    /// What happened: `ALARM_RAISED` (also each time it calls again), `ALARM_ACKNOWLEDGED`, `ALARM_ANSWERED`, `ALARM_ENDED`.
    pub kind: Kind,
    /// The same as a sentence, in the language of the request.
    pub text: String,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// The alarm.
    pub alarm_id: ID,
    /// The case; you may be called without seeing it otherwise.
    pub complaint_id: ID,
    /// The number of the case.
    pub number: String,
    /// Where to go.
    pub place: String,
    /// Why somebody is called.
    pub reason: Reason,
    /// Where the alarm stands now.
    pub state: State,
    /// At which rung of the ladder somebody is called now.
    pub rung: Rung,
    /// Whether it is an emergency.
    pub urgent: bool,
    /// The name of the person who is called now.
    pub person: String,
    /// Whether that is you.
    pub calls_me: bool,
}

/// The stream of alarms.
#[derive(Default)]
pub struct AlarmSubscription;

#[Subscription(guard = "Listed(Operation::Subscription)")]
impl AlarmSubscription {
    /// What happens to the alarms that call you, and to those of the cases that you see as an employee: from a cursor on
    /// and then live.
    async fn alarm_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor to begin after; only what is to come when not given.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<AlarmEvent>> + use<>> {
        let (language, app) = (ctx.language(), ctx.app()?.clone());
        let items = live::follow(ctx, live::wanted(ctx, Followed::Alarms, after.as_deref())).await?;
        Ok(items.then(move |seen| {
            let app = app.clone();
            async move {
                let seen = seen?;
                let viewer = seen.viewer().ok_or(Error::Unauthenticated)?;
                Ok(told(&app, viewer, seen.event(), sentence(language, seen.event())).await?)
            }
        }))
    }
}

async fn told(app: &App, viewer: &Viewer, event: &event::Model, text: String) -> Answer<AlarmEvent> {
    let id = query::alarm_in(event).ok_or_else(|| "an event of an alarm names it".to_owned())?;
    let row = alarm::Entity::find_by_id(id).one(&app.db).await?.ok_or_else(|| "an alarm is missing".to_owned())?;
    let case = entity::complaint::Entity::find_by_id(event.complaint_id).one(&app.db).await?;
    let case = case.ok_or_else(|| "an alarm's case is missing".to_owned())?;
    Ok(AlarmEvent {
        cursor: query::cursor(event.position),
        kind: event.kind,
        text,
        occurred_at: event.occurred_at,
        alarm_id: public_id::write("Alarm", id),
        complaint_id: public_id::write("Complaint", case.id),
        number: case.number,
        place: case.place,
        reason: row.reason,
        state: row.state,
        rung: row.rung,
        urgent: row.urgent,
        person: account_of(&app.db, row.account_id).await?.name,
        calls_me: row.account_id == viewer.id,
    })
}
