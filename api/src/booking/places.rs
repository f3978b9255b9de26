//! Which windows there are for a case, and how much room each has.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::booking::{Offer, State, Window, days};
use domain::clock::promise::Hours;
use domain::refusal::Code;
use domain::working_time::Calendar;
use entity::{booking, booking_offer, category, complaint, team, work_order};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};
use uuid::Uuid;

use super::offer;
use crate::app::act::Act;
use crate::app::database::held;
use crate::app::error::{Error, Result};
use crate::calendar::of_site;
use crate::clock::matter::branch;
use crate::complaint::case::site_of;
use crate::complaint::parts::category_of;
use crate::complaint::service::department_of_kind;

/// The teams that can do what a case is about, with what they offer and what is taken.
pub struct Places {
    teams: Vec<(Uuid, Offer)>,
    taken: Vec<(Uuid, Window)>,
    office: Calendar,
}

impl Places {
    /// Those of a case, from a moment on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(db: &impl ConnectionTrait, case: &complaint::Model, now: DateTime<Utc>) -> Result<Self> {
        let site = site_of(db, case.site_id).await?;
        let office = of_site(db, &site).await?.of_hours(Hours::Office).clone();
        let category = category_of(db, case).await?;
        let department = department_for(db, case, &category).await?;
        let about: Vec<Uuid> = branch(db, category).await?.into_iter().map(|category| category.id).collect();
        let mut teams = Vec::new();
        let offered = match offers(db, department).await? {
            Some(offers) => offers.all(db).await?,
            None => Vec::new(),
        };
        for row in offered {
            let does = offer::categories(&row)?;
            if does.is_empty() || does.iter().any(|category| about.contains(category)) {
                teams.push((row.team_id, offer::read(&row)?));
            }
        }
        // Whoever has the work comes: another team's room is of no use.
        if let Some(team) = team_at_work(db, case.id, department).await? {
            teams.retain(|(offering, _)| *offering == team);
        }
        let ids = teams.iter().map(|(team, _)| *team);
        let rows = booking::Entity::find()
            .filter(booking::Column::TeamId.is_in(ids))
            .filter(booking::Column::State.is_in([State::Booked, State::Kept]))
            .filter(booking::Column::ToAt.gt(now))
            .filter(booking::Column::ComplaintId.ne(case.id))
            .all(db)
            .await?;
        let taken =
            rows.iter().filter_map(|row| Some((row.team_id?, Window { from: row.from_at, to: row.to_at }))).collect();
        Ok(Self { teams, taken, office })
    }

    /// The windows that have room, in order, with how many visits each has room for over all teams.
    #[must_use]
    pub fn free(&self, now: DateTime<Utc>, from: Option<NaiveDate>, count: u32, in_person: bool) -> Vec<(Window, u32)> {
        let mut free: BTreeMap<Window, u32> = BTreeMap::new();
        for (team, offer) in &self.teams {
            let taken = self.taken_of(*team);
            let all = days(now, from, count, &self.office);
            let windows = all.into_iter().flat_map(|day| offer.windows(day, &self.office));
            for window in windows.filter(|window| offer.is_open(*window, now, in_person)) {
                let room = offer.room(window, &taken);
                if room > 0 {
                    *free.entry(window).or_default() += room;
                }
            }
        }
        free.into_iter().collect()
    }

    /// The team that takes a window: of those that have room the one with the fewest visits on that day. None where no
    /// team offers it, or an error where all are full.
    ///
    /// # Errors
    /// [`Full`].
    pub fn team_for(
        &self,
        window: Window,
        now: DateTime<Utc>,
        in_person: bool,
    ) -> std::result::Result<Option<Uuid>, Full> {
        let day = window.from.with_timezone(&self.office.zone()).date_naive();
        let offering: Vec<_> = self
            .teams
            .iter()
            .filter(|(_, offer)| offer.is_open(window, now, in_person))
            .filter(|(_, offer)| offer.windows(day, &self.office).contains(&window))
            .collect();
        if offering.is_empty() {
            return Ok(None);
        }
        let with_room = offering.into_iter().filter(|(team, offer)| offer.room(window, &self.taken_of(*team)) > 0);
        let on_the_day = |team: Uuid| {
            let theirs = self.taken_of(team).into_iter();
            theirs.filter(|taken| taken.from.with_timezone(&self.office.zone()).date_naive() == day).count()
        };
        let least = with_room.min_by_key(|(team, _)| (on_the_day(*team), *team));
        least.map(|(team, _)| Some(*team)).ok_or(Full)
    }

    fn taken_of(&self, team: Uuid) -> Vec<Window> {
        self.taken.iter().filter(|(of, _)| *of == team).map(|(_, window)| *window).collect()
    }
}

/// Every team that offers the window is full.
#[derive(Debug, Clone, Copy)]
pub struct Full;

/// Makes whoever else books with the teams that a case could go to wait until the act has ended, so that two never take the
/// same place.
///
/// # Errors
/// When the database does not answer.
pub async fn take_turn(db: &impl ConnectionTrait, case: &complaint::Model) -> Result<()> {
    let department = department_for(db, case, &category_of(db, case).await?).await?;
    if let Some(offers) = offers(db, department).await? {
        held(offers, db).all(db).await?;
    }
    Ok(())
}

/// The department that has a case, or will have by its category.
async fn department_for(
    db: &impl ConnectionTrait,
    case: &complaint::Model,
    category: &category::Model,
) -> Result<Option<Uuid>> {
    if case.department_id.is_some() {
        return Ok(case.department_id);
    }
    match department_of_kind(db, case.site_id, category.department).await {
        Ok(department) => Ok(Some(department.id)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the teams of a department offer that are not retired, in the order in which they are locked.
async fn offers(db: &impl ConnectionTrait, department: Option<Uuid>) -> Result<Option<Select<booking_offer::Entity>>> {
    let Some(department) = department else { return Ok(None) };
    let teams = team::Entity::find()
        .filter(team::Column::DepartmentId.eq(department))
        .filter(team::Column::RetiredAt.is_null())
        .all(db)
        .await?;
    let select = booking_offer::Entity::find()
        .filter(booking_offer::Column::TeamId.is_in(teams.iter().map(|team| team.id)))
        .filter(booking_offer::Column::Capacity.gt(0))
        .order_by_asc(booking_offer::Column::TeamId);
    Ok(Some(select))
}

/// The team that has the only unfinished order of a case, where that is one of the department's.
async fn team_at_work(db: &impl ConnectionTrait, case: Uuid, department: Option<Uuid>) -> Result<Option<Uuid>> {
    let unfinished = unfinished(db, case).await?;
    let [only] = unfinished.as_slice() else { return Ok(None) };
    Ok(only.team_id.filter(|_| Some(only.department_id) == department))
}

async fn unfinished(db: &impl ConnectionTrait, case: Uuid) -> Result<Vec<work_order::Model>> {
    let orders = work_order::Entity::find().filter(work_order::Column::ComplaintId.eq(case)).all(db).await?;
    Ok(orders.into_iter().filter(|order| !order.state.is_finished()).collect())
}

/// The visit of a case goes with its only unfinished order to the team that is given it, so that the room which it takes is
/// that of the team that comes. A team that offers nothing has no room to be taken.
///
/// # Errors
/// `TAKEN` on `teamId` where that team has no room in the window.
pub async fn follow_order(act: &Act<'_>, order: &work_order::Model, team: Uuid) -> Result<()> {
    if unfinished(&act.txn, order.complaint_id).await?.iter().any(|other| other.id != order.id) {
        return Ok(());
    }
    let visit = booking::Entity::find()
        .filter(booking::Column::ComplaintId.eq(order.complaint_id))
        .filter(booking::Column::State.eq(State::Booked))
        .one(&act.txn)
        .await?;
    let Some(mut visit) = visit.filter(|visit| visit.team_id != Some(team)) else { return Ok(()) };
    let window = Window { from: visit.from_at, to: visit.to_at };
    if window.to > act.now && !has_room(&act.txn, team, window).await? {
        return Err(Error::refused_needing(Code::Taken, "teamId", vec![format!("{}..{}", window.from, window.to)]));
    }
    visit.team_id = Some(team);
    visit.into_active_model().reset_all().update(&act.txn).await?;
    Ok(())
}

/// Whether a team that has not got a visit yet could make it too. Whoever else takes its room waits until the act has ended.
async fn has_room(db: &impl ConnectionTrait, team: Uuid, window: Window) -> Result<bool> {
    let offers = booking_offer::Entity::find()
        .filter(booking_offer::Column::TeamId.eq(team))
        .filter(booking_offer::Column::Capacity.gt(0));
    let Some(offered) = held(offers, db).one(db).await? else { return Ok(true) };
    let rows = booking::Entity::find()
        .filter(booking::Column::TeamId.eq(team))
        .filter(booking::Column::State.is_in([State::Booked, State::Kept]))
        .filter(booking::Column::ToAt.gt(window.from))
        .filter(booking::Column::FromAt.lt(window.to))
        .all(db)
        .await?;
    let taken: Vec<Window> = rows.iter().map(|row| Window { from: row.from_at, to: row.to_at }).collect();
    Ok(offer::read(&offered)?.room(window, &taken) > 0)
}
