//! Counts cases again from the log alone (E4.5.3): all that happened to a case, in order, makes up what is on record of it.
//!
//! `facts.rs` reads what stands of a case; this knows nothing of that, and the two have no code in common but the rule to
//! which both give what they found. A fault of one of them, or a row that somebody has changed by hand, so shows as a
//! difference. Cases from before the log kept as what a case came in lack some of it; that is read from their rows
//! (`replay/older.rs`), and it is said how many they are.

mod older;

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::clock::State as ClockState;
use domain::complaint::{Kind, Outcome, State};
use domain::event::Kind as Event;
use domain::figure::{Facts, Figure};
use domain::follow_up::{Satisfaction, State as FollowUpState};
use entity::{case_figure, event, site};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use crate::access::viewer::parse_zone;
use crate::app::error::Result;
use crate::clock::told::{self as clock, Told as Clock};
use crate::complaint::told::{Received, as_received, reclassified};

/// What the log says of cases.
#[derive(Debug, Default)]
pub struct Replayed {
    /// As what each counts.
    pub rows: Vec<case_figure::Model>,
    /// How many of them came in before the log kept all that counts.
    pub older: u64,
}

/// What cases of one organization count as by the log.
///
/// # Errors
/// When the database does not answer.
pub async fn replay(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Replayed> {
    let mut stories: HashMap<Uuid, Story> = HashMap::new();
    for told in log(db, ids).await? {
        stories.entry(told.complaint_id).or_insert_with(|| Story::of(&told)).hear(&told);
    }
    let mut stories: Vec<Story> = stories.into_values().collect();
    let older = older::complete(db, &mut stories).await?;
    let zones = zones(db, &stories).await?;
    let rows = stories.iter().filter_map(|story| story.counts(zones.get(&story.site).copied()?)).collect();
    Ok(Replayed { rows, older })
}

/// An event, as far as a figure can hang on it.
#[derive(FromQueryResult)]
struct Happened {
    organization_id: Uuid,
    site_id: Uuid,
    complaint_id: Uuid,
    work_order_id: Option<Uuid>,
    follow_up_id: Option<Uuid>,
    department_id: Option<Uuid>,
    kind: Event,
    data: Value,
    occurred_at: DateTime<Utc>,
}

impl Happened {
    fn overall(&self) -> Option<i32> {
        i32::try_from(self.data.get("overall")?.as_i64()?).ok()
    }

    fn satisfaction(&self) -> Option<Satisfaction> {
        Satisfaction::try_from_value(&self.data.get("satisfaction")?.as_str()?.to_owned()).ok()
    }

    fn signed_at(&self) -> DateTime<Utc> {
        let said = || self.data.get("signedAt")?.as_str()?.parse().ok();
        said().unwrap_or(self.occurred_at)
    }
}

/// A promise of when the case is handled.
struct Promised {
    clock: Uuid,
    state: ClockState,
    started_at: DateTime<Utc>,
    broken: bool,
}

/// An order that was signed.
struct Signed {
    order: Option<Uuid>,
    at: DateTime<Utc>,
    by_customer: bool,
    rating: Option<i32>,
}

/// What has been heard of a case so far.
struct Story {
    case: Uuid,
    organization: Uuid,
    site: Uuid,
    received: Option<Received>,
    /// Kind and category, where they were corrected.
    corrected: Option<(Kind, Uuid)>,
    department: Option<Uuid>,
    merged: bool,
    /// How its present handling has ended.
    ended: Option<Outcome>,
    promised: Vec<Promised>,
    signed: Vec<Signed>,
    rating: Option<i32>,
    /// The follow-ups that were ever owed.
    closing: Vec<Uuid>,
    /// The one that is owed for the present handling.
    owed: Option<(Uuid, FollowUpState)>,
    said: Option<Satisfaction>,
    repeated: bool,
    reopened: bool,
}

impl Story {
    fn of(first: &Happened) -> Self {
        Self {
            case: first.complaint_id,
            organization: first.organization_id,
            site: first.site_id,
            received: None,
            corrected: None,
            department: None,
            merged: false,
            ended: None,
            promised: Vec::new(),
            signed: Vec::new(),
            rating: None,
            closing: Vec::new(),
            owed: None,
            said: None,
            repeated: false,
            reopened: false,
        }
    }

    fn hear(&mut self, told: &Happened) {
        if let Some(clock) = clock::read(&told.data) {
            self.hear_of_clock(clock, told);
        }
        match told.kind {
            Event::ComplaintReceived => {
                self.received = as_received(&told.data);
                self.department = told.department_id;
            }
            Event::ComplaintDispatched | Event::ComplaintHandedOver => self.department = told.department_id,
            Event::AssignmentRefused => self.department = None,
            Event::ComplaintReclassified => self.corrected = reclassified(&told.data).or(self.corrected),
            Event::ComplaintResolved => self.end(Outcome::Handled),
            Event::ComplaintDeclined => self.end(Outcome::Declined),
            Event::ComplaintWithdrawn => self.end(Outcome::Withdrawn),
            Event::ComplaintUnresolvable => self.end(Outcome::Unresolvable),
            Event::ResolutionCorrected => self.go_on(),
            Event::ComplaintReopened => {
                self.go_on();
                self.reopened = true;
                self.rating = None;
            }
            Event::ComplaintRated => self.rating = told.overall(),
            Event::ComplaintMerged => self.merged = true,
            Event::ComplaintRepeated => self.repeated = true,
            Event::RepeatUnlinked => self.repeated = false,
            Event::WorkOrderSigned | Event::WorkOrderSignedOff => self.signed.push(Signed {
                order: told.work_order_id,
                at: told.signed_at(),
                by_customer: told.kind == Event::WorkOrderSigned,
                rating: told.overall(),
            }),
            Event::FollowUpOpened | Event::FollowUpFinished | Event::FollowUpUnreached | Event::FollowUpCancelled => {
                self.hear_of_follow_up(told);
            }
            _ => {}
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.ended = Some(outcome);
        self.owed = None;
    }

    fn go_on(&mut self) {
        self.ended = None;
        self.owed = None;
    }

    /// Whether a promise was kept is worked out anew, from when it was to be kept and when it was.
    fn hear_of_clock(&mut self, clock: Clock, told: &Happened) {
        let place = self.promised.iter().position(|one| one.clock == clock.clock).unwrap_or_else(|| {
            let (started_at, state) = (clock.started_at, ClockState::Running);
            self.promised.push(Promised { clock: clock.clock, state, started_at, broken: false });
            self.promised.len() - 1
        });
        let promised = &mut self.promised[place];
        let late = told.occurred_at > clock.due_at;
        let waited = promised.state == ClockState::Paused;
        promised.state = match clock.state {
            ClockState::Met | ClockState::Missed => {
                if late {
                    ClockState::Missed
                } else {
                    ClockState::Met
                }
            }
            state => state,
        };
        promised.broken = match clock.state {
            ClockState::Met | ClockState::Missed => late,
            // What is not wanted any more while it waits was not broken.
            ClockState::Cancelled => promised.broken || (late && !waited),
            ClockState::Running | ClockState::Paused => {
                promised.broken || (told.kind == Event::ClockMissed && told.occurred_at >= clock.due_at)
            }
        };
    }

    fn hear_of_follow_up(&mut self, told: &Happened) {
        let Some(id) = told.follow_up_id else { return };
        let is_owed = self.owed.is_some_and(|(owed, _)| owed == id);
        match told.kind {
            Event::FollowUpOpened if told.data.get("closing") == Some(&Value::Bool(true)) => {
                self.closing.push(id);
                self.owed = Some((id, FollowUpState::Open));
            }
            Event::FollowUpFinished | Event::FollowUpUnreached if self.closing.contains(&id) => {
                self.said = told.satisfaction().or(self.said);
                if is_owed {
                    self.owed = Some((id, FollowUpState::Finished));
                }
            }
            Event::FollowUpCancelled if is_owed => self.owed = None,
            _ => {}
        }
    }

    fn facts(&self, anonymous: bool) -> Facts {
        // What was signed before the last promise was made is of another handling.
        let since = self.promised.last().map(|promised| promised.started_at);
        let mut present: Vec<&Signed> =
            self.signed.iter().filter(|signed| since.is_none_or(|since| signed.at >= since)).collect();
        present.sort_by_key(|signed| (signed.at, signed.order));
        let state = match (self.merged, self.ended) {
            (true, _) => State::Merged,
            (false, Some(_)) => State::Resolved,
            (false, None) => State::Received,
        };
        Facts {
            state,
            outcome: self.ended,
            handled: self.ended.is_some(),
            anonymous,
            resolutions: self.promised.iter().map(|promised| (promised.state, promised.broken)).collect(),
            signed: present.iter().any(|signed| signed.by_customer),
            rating: self.rating.or_else(|| present.iter().rev().find_map(|signed| signed.rating)),
            follow_up: self.owed.map(|(_, state)| state),
            said: self.said,
            repeated: self.repeated,
            reopened: self.reopened,
        }
    }

    /// As what it counts; nothing where nobody knows as what it came in.
    fn counts(&self, zone: Tz) -> Option<case_figure::Model> {
        let received = self.received?;
        let (kind, category_id) = self.corrected.unwrap_or((received.kind, received.category));
        let figure = Figure::of(&self.facts(received.anonymous));
        Some(case_figure::Model {
            complaint_id: self.case,
            organization_id: self.organization,
            site_id: self.site,
            month: month(received.received_at, zone),
            department_id: self.department.unwrap_or_default(),
            category_id,
            kind,
            about_account_id: received.about,
            timeliness: figure.timeliness,
            handled: figure.handled,
            withdrawn: figure.withdrawn,
            anonymous: figure.anonymous,
            signed: figure.signed,
            rating: figure.rating,
            coverage: figure.coverage,
            content: figure.content,
            repeated: figure.repeated,
            reopened: figure.reopened,
        })
    }
}

/// The first day of the month in which something was, where the site is.
fn month(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let day = at.with_timezone(&zone).date_naive();
    NaiveDate::from_ymd_opt(day.year(), day.month(), 1).unwrap_or(day)
}

/// All that happened to cases, in order.
async fn log(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Happened>> {
    use event::Column;
    Ok(event::Entity::find()
        .select_only()
        .columns([
            Column::OrganizationId,
            Column::SiteId,
            Column::ComplaintId,
            Column::WorkOrderId,
            Column::FollowUpId,
            Column::DepartmentId,
            Column::Kind,
            Column::Data,
            Column::OccurredAt,
        ])
        .filter(Column::ComplaintId.is_in(ids.iter().copied()))
        .order_by_asc(Column::Position)
        .into_model::<Happened>()
        .all(db)
        .await?)
}

/// In which zones the sites are.
async fn zones(db: &impl ConnectionTrait, stories: &[Story]) -> Result<HashMap<Uuid, Tz>> {
    let sites =
        site::Entity::find().filter(site::Column::Id.is_in(stories.iter().map(|story| story.site))).all(db).await?;
    Ok(sites.into_iter().map(|site| (site.id, parse_zone(&site.time_zone))).collect())
}
