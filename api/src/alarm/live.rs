//! Alarms as they are raised, call again, are taken, answered and over: the stream for handhelds and consoles.

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::alarm::{Reason, Rung, State};
use domain::event::Kind;
use domain::organization::Language;
use entity::{account, alarm, complaint, event};
use futures_util::{Stream, StreamExt};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::access::guard::Listed;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result as Answer};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::event::live::{self, Followed};
use crate::event::query;
use crate::event::words::sentence;

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
                let told = tell(&app, viewer, language, std::slice::from_ref(seen.event())).await?;
                Ok(told
                    .into_iter()
                    .next()
                    .ok_or_else(|| Error::from("an event of an alarm tells nothing".to_owned()))?)
            }
        }))
    }
}

/// What happened to alarms, as somebody is told of it.
///
/// # Errors
/// When the database does not answer.
pub async fn tell(app: &App, viewer: &Viewer, language: Language, events: &[event::Model]) -> Answer<Vec<AlarmEvent>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let alarms: Vec<Uuid> = events.iter().filter_map(query::alarm_in).collect();
    let alarms = alarm::Entity::find().filter(alarm::Column::Id.is_in(alarms)).all(&app.db).await?;
    let cases = events.iter().map(|event| event.complaint_id);
    let cases = complaint::Entity::find().filter(complaint::Column::Id.is_in(cases)).all(&app.db).await?;
    let people = alarms.iter().map(|alarm| alarm.account_id);
    let people = account::Entity::find().filter(account::Column::Id.is_in(people)).all(&app.db).await?;
    let told = |event: &event::Model| {
        let id = query::alarm_in(event)?;
        let row = alarms.iter().find(|row| row.id == id)?;
        let case = cases.iter().find(|case| case.id == event.complaint_id)?;
        let person = people.iter().find(|person| person.id == row.account_id)?;
        Some(AlarmEvent {
            cursor: query::cursor(event.position),
            kind: event.kind,
            text: sentence(language, event),
            occurred_at: event.occurred_at,
            alarm_id: public_id::write("Alarm", id),
            complaint_id: public_id::write("Complaint", case.id),
            number: case.number.clone(),
            place: case.place.clone(),
            reason: row.reason,
            state: row.state,
            rung: row.rung,
            urgent: row.urgent,
            person: person.name.clone(),
            calls_me: row.account_id == viewer.id,
        })
    };
    let missing = || "an event of an alarm names what is missing".to_owned().into();
    events.iter().map(|event| told(event).ok_or_else(missing)).collect()
}
