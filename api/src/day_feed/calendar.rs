//! The feed: the booked orders of one technician, of today and the next seven days.

use std::collections::HashMap;

use chrono::{Days, Duration, TimeDelta};
use domain::booking::State as Visit;
use domain::organization::Role;
use domain::text::without_contact;
use domain::work_order::State;
use entity::{booking, complaint, day_feed, site, work_order};
use icalendar::{Calendar, Component, Event, EventLike};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::access::scope;
use crate::access::viewer::{Viewer, parse_zone};
use crate::app::App;
use crate::app::act::sha256_hex;
use crate::app::error::{Error, Result};

/// How many days after today are told.
const DAYS: u64 = 7;
/// How often a calendar should look again.
const FRESH: Duration = Duration::minutes(15);

/// The feed that a secret leads to; none where there is no such link, or its owner is no technician now.
///
/// # Errors
/// When the database does not answer.
pub async fn feed(app: &App, secret: &str) -> Result<Option<String>> {
    let hash = sha256_hex(secret.trim_end_matches(".ics").as_bytes());
    let row = day_feed::Entity::find().filter(day_feed::Column::SecretHash.eq(hash)).one(&app.db).await?;
    let Some(row) = row else { return Ok(None) };
    let viewer = match Viewer::load(&app.db, row.account_id, app.clock.now()).await {
        Ok(viewer) => viewer,
        Err(Error::Unauthenticated) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !viewer.holds_any(&[Role::Technician]) {
        return Ok(None);
    }
    let mut calendar = Calendar::new();
    calendar.name("Huiyin").ttl(&FRESH);
    for event in events(app, &viewer).await? {
        calendar.push(event);
    }
    Ok(Some(calendar.to_string()))
}

async fn events(app: &App, viewer: &Viewer) -> Result<Vec<Event>> {
    let held = State::ALL.iter().copied().filter(|state| state.is_with_technician());
    let orders = scope::work_orders(viewer)
        .filter(work_order::Column::TechnicianId.eq(viewer.id))
        .filter(work_order::Column::State.is_in(held))
        .order_by_asc(work_order::Column::Id)
        .all(&app.db)
        .await?;
    let now = app.clock.now();
    let visits = booking::Entity::find()
        .filter(booking::Column::ComplaintId.is_in(orders.iter().map(|order| order.complaint_id)))
        .filter(booking::Column::State.is_in([Visit::Booked, Visit::Kept]))
        // A site's day begins within a day of any other's; which days are told is seen below.
        .filter(booking::Column::FromAt.between(now - TimeDelta::days(2), now + TimeDelta::days(10)))
        .order_by_asc(booking::Column::FromAt)
        .order_by_asc(booking::Column::Id)
        .all(&app.db)
        .await?;
    let sites = site::Entity::find().filter(site::Column::Id.is_in(orders.iter().map(|order| order.site_id)));
    let zones: HashMap<Uuid, _> =
        sites.all(&app.db).await?.into_iter().map(|row| (row.id, parse_zone(&row.time_zone))).collect();
    let cases = complaint::Entity::find().filter(complaint::Column::Id.is_in(orders.iter().map(|o| o.complaint_id)));
    let names: HashMap<Uuid, Option<String>> =
        cases.all(&app.db).await?.into_iter().map(|row| (row.id, row.contact_name)).collect();
    let mut events = Vec::new();
    for visit in &visits {
        let Some(zone) = zones.get(&visit.site_id) else { continue };
        let (today, day) = (now.with_timezone(zone).date_naive(), visit.from_at.with_timezone(zone).date_naive());
        if day < today || today.checked_add_days(Days::new(DAYS)).is_none_or(|last| day > last) {
            continue;
        }
        let name = names.get(&visit.complaint_id).and_then(Option::as_deref);
        let of_it = orders.iter().filter(|order| order.complaint_id == visit.complaint_id);
        events.extend(of_it.map(|order| event(visit, order, name)));
    }
    Ok(events)
}

/// A visit for an order: its number, the task, and the place; nothing that leads to a person.
fn event(visit: &booking::Model, order: &work_order::Model, name: Option<&str>) -> Event {
    let task = without_contact(&order.task, name);
    let mut event = Event::with_uid(&format!("{}.{}@huiyin", order.id.simple(), visit.id.simple()));
    event
        .timestamp(visit.booked_at)
        .starts(visit.from_at)
        .ends(visit.to_at)
        .summary(&format!("{} {task}", order.number))
        .location(&without_contact(&order.place, name));
    event.done()
}
