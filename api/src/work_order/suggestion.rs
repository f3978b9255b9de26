//! Who could best take an order, with the reasons (E4.2.1A).

use std::collections::HashMap;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Operation;
use domain::dispatch::{Candidate, MERITS, Reason, Spot, suggest, time_to_spare};
use domain::organization::{AccountState, Role};
use domain::standing::Who;
use domain::work_order::State;
use entity::{account, booking_offer, building, clock, complaint, duty_shift, role_grant, unit, work_order};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::access::guard::Listed;
use crate::access::viewer::{holds, parse_zone};
use crate::app::App;
use crate::app::error::Result as Answer;
use crate::app::loader::{ComplaintById, WorkOrderById};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::booking::offer::categories;
use crate::clock::matter::branch;
use crate::complaint::case::site_of;
use crate::complaint::parts::category_of;

/// Who gives an order out.
const DISPATCHERS: &[Who] = &[
    Who::Holder(Role::TeamLeader),
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::OfficeHead),
    Who::Holder(Role::CompanyLeader),
];

/// A technician who could take an order.
#[derive(SimpleObject)]
pub struct DispatchSuggestion {
    /// The account, as `assignTechnician` takes it.
    pub technician_id: ID,
    /// The name.
    pub name: String,
    /// The team.
    pub team_id: Option<ID>,
    /// What speaks for them.
    pub reasons: Vec<Reason>,
    /// How many orders they have to do.
    pub open_orders: i32,
    /// When the first of those is due.
    pub next_due_at: Option<DateTime<Utc>>,
    /// How many buildings it is along the way through the site (`Building.walkOrder`) from the nearest of those orders or
    /// the last that they have done today; 0 in the same building, null where it is not known.
    pub distance: Option<i32>,
    /// How many minutes are left before this order is due (its clock `RESOLUTION`), once they have done what is due until
    /// then, an hour for each. Below 0 where there is too little; null where it is not known.
    pub spare_minutes: Option<i32>,
}

/// How long ago somebody's last order is taken for where they still are.
const A_SHIFT: TimeDelta = TimeDelta::hours(8);

/// Reads for whoever gives orders out.
#[derive(Default)]
pub struct DispatchQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl DispatchQuery {
    /// The technicians of an order's department who could take it, the best first: who can do it, is on duty, of the team, near,
    /// in time, and has little to do and a short way. Null for an order that is not yours to give out.
    async fn dispatch_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] work_order_id: ID,
    ) -> Result<Option<Vec<DispatchSuggestion>>> {
        let id = public_id::read("WorkOrder", &work_order_id, "workOrderId").unwrap_or_default();
        let Some(order) = ctx.load(WorkOrderById(id)).await? else { return Ok(None) };
        let Some(case) = ctx.load(ComplaintById(order.complaint_id)).await? else { return Ok(None) };
        // Whoever leads something else may see the order as a customer.
        if !ctx.signed_in()?.standing_to_order(&case, &order).is_any(DISPATCHERS) {
            return Ok(None);
        }
        Ok(Some(suggestions(ctx.app()?, &order, &case).await?))
    }
}

async fn suggestions(app: &App, order: &work_order::Model, case: &complaint::Model) -> Answer<Vec<DispatchSuggestion>> {
    let people = technicians(app, order, case.about_account_id).await?;
    let ids: Vec<Uuid> = people.iter().map(|(person, _)| person.id).collect();
    let skilled = skilled_teams(app, order, case).await?;
    let on_duty = on_duty(app, order).await?;
    let open = open_orders(app, &ids, order.id).await?;
    let mut visits = last_done(app, &ids).await?;
    visits.extend(open.iter().filter_map(|(order, case)| order.technician_id.map(|id| (id, case.unit_id))));
    let units: Vec<Option<Uuid>> = visits.iter().map(|(_, unit)| *unit).chain([case.unit_id]).collect();
    let mut there = spots(app, &units).await?;
    let here = there.pop().flatten();
    let distance_of = |person: Uuid| {
        let theirs = visits.iter().zip(&there).filter(|((who, _), _)| *who == person);
        theirs.filter_map(|(_, spot)| here?.distance((*spot)?)).min()
    };
    let cases: Vec<Uuid> = open.iter().map(|(_, case)| case.id).chain([case.id]).collect();
    let ends = ends(app, &cases).await?;
    let (now, due) = (app.clock.now(), ends.get(&case.id).copied());
    let candidate = |(person, team): &(account::Model, Option<Uuid>)| {
        let theirs = || open.iter().filter(|(order, _)| order.technician_id == Some(person.id));
        let distance = distance_of(person.id);
        let merits = MERITS.into_iter().filter(|merit| match merit {
            Reason::Skilled => team.is_some_and(|team| skilled.contains(&team)),
            Reason::OnDuty => on_duty.contains(&person.id),
            Reason::OfTheTeam => order.team_id.is_some() && *team == order.team_id,
            Reason::Near => distance == Some(0),
            Reason::Closest | Reason::InTime | Reason::Free | Reason::LeastLoaded => false,
        });
        Candidate {
            account: person.id,
            merits: merits.collect(),
            distance,
            open_orders: u32::try_from(theirs().count()).unwrap_or(u32::MAX),
            next_due: theirs().filter_map(|(_, case)| case.due_at).min(),
            spare: due.map(|due| time_to_spare(now, due, theirs().filter_map(|(_, case)| ends.get(&case.id).copied()))),
        }
    };
    let ranked = suggest(people.iter().map(candidate).collect());
    let told = ranked.into_iter().filter_map(|suggestion| {
        let (person, team) = people.iter().find(|(person, _)| person.id == suggestion.candidate.account)?;
        Some(DispatchSuggestion {
            technician_id: public_id::write("Account", person.id),
            name: person.name.clone(),
            team_id: team.map(|team| public_id::write("Team", team)),
            reasons: suggestion.reasons,
            open_orders: i32::try_from(suggestion.candidate.open_orders).unwrap_or(i32::MAX),
            next_due_at: suggestion.candidate.next_due,
            distance: suggestion.candidate.distance.and_then(|distance| i32::try_from(distance).ok()),
            spare_minutes: suggestion.candidate.spare.and_then(|spare| i32::try_from(spare.num_minutes()).ok()),
        })
    });
    Ok(told.collect())
}

/// The technicians of the order's department who may sign in, each once with a team; never the one whom the case is about
/// (C11).
async fn technicians(
    app: &App,
    order: &work_order::Model,
    subject: Option<Uuid>,
) -> Answer<Vec<(account::Model, Option<Uuid>)>> {
    let zone = parse_zone(&site_of(&app.db, order.site_id).await?.time_zone);
    let grants = role_grant::Entity::find()
        .filter(role_grant::Column::Role.eq(Role::Technician))
        .filter(role_grant::Column::DepartmentId.eq(order.department_id))
        .all(&app.db)
        .await?;
    let now = app.clock.now();
    let mut grants: Vec<_> =
        grants.into_iter().filter(|grant| holds(grant.from_date, grant.to_date, zone, now)).collect();
    // Whoever is of several teams is named with the one that has the order.
    grants.sort_by_key(|grant| (grant.account_id, grant.team_id != order.team_id, grant.id));
    grants.dedup_by_key(|grant| grant.account_id);
    let people = account::Entity::find()
        .filter(account::Column::Id.is_in(grants.iter().map(|grant| grant.account_id)))
        .filter(account::Column::State.eq(AccountState::Active))
        .all(&app.db)
        .await?;
    let mut with_teams = Vec::new();
    for person in people.into_iter().filter(|person| Some(person.id) != subject) {
        let team = grants.iter().find(|grant| grant.account_id == person.id).and_then(|grant| grant.team_id);
        with_teams.push((person, team));
    }
    Ok(with_teams)
}

/// The teams of the department that can do what a case is about: by what they offer; a team that has said nothing can do all.
async fn skilled_teams(app: &App, order: &work_order::Model, case: &complaint::Model) -> Answer<Vec<Uuid>> {
    let about: Vec<Uuid> =
        branch(&app.db, category_of(&app.db, case).await?).await?.into_iter().map(|category| category.id).collect();
    let teams = entity::team::Entity::find()
        .filter(entity::team::Column::DepartmentId.eq(order.department_id))
        .filter(entity::team::Column::RetiredAt.is_null())
        .all(&app.db)
        .await?;
    let offers = booking_offer::Entity::find()
        .filter(booking_offer::Column::DepartmentId.eq(order.department_id))
        .all(&app.db)
        .await?;
    let mut skilled = Vec::new();
    for team in teams {
        let does = match offers.iter().find(|offer| offer.team_id == team.id) {
            Some(offer) => categories(offer)?,
            None => Vec::new(),
        };
        if does.is_empty() || does.iter().any(|category| about.contains(category)) {
            skilled.push(team.id);
        }
    }
    Ok(skilled)
}

async fn on_duty(app: &App, order: &work_order::Model) -> Answer<Vec<Uuid>> {
    let now = app.clock.now();
    let shifts = duty_shift::Entity::find()
        .filter(duty_shift::Column::DepartmentId.eq(order.department_id))
        .filter(duty_shift::Column::ToAt.gt(now))
        .filter(duty_shift::Column::FromAt.lte(now))
        .all(&app.db)
        .await?;
    Ok(shifts.into_iter().flat_map(|shift| [Some(shift.account_id), shift.deputy_id]).flatten().collect())
}

/// What some technicians have to do beside an order, with the cases.
async fn open_orders(
    app: &App,
    technicians: &[Uuid],
    beside: Uuid,
) -> Answer<Vec<(work_order::Model, complaint::Model)>> {
    let to_do = State::ALL.iter().copied().filter(|state| state.is_with_technician() && *state != State::Done);
    let orders = work_order::Entity::find()
        .filter(work_order::Column::TechnicianId.is_in(technicians.iter().copied()))
        .filter(work_order::Column::State.is_in(to_do))
        .filter(work_order::Column::Id.ne(beside))
        .all(&app.db)
        .await?;
    let cases = complaint::Entity::find()
        .filter(complaint::Column::Id.is_in(orders.iter().map(|order| order.complaint_id)))
        .all(&app.db)
        .await?;
    let case_of = |id: Uuid| cases.iter().find(|case| case.id == id).cloned();
    Ok(orders.into_iter().filter_map(|order| case_of(order.complaint_id).map(|case| (order, case))).collect())
}

/// The last order that each technician has done in this shift: whose it was, and in which unit.
async fn last_done(app: &App, technicians: &[Uuid]) -> Answer<Vec<(Uuid, Option<Uuid>)>> {
    let mut orders = work_order::Entity::find()
        .filter(work_order::Column::TechnicianId.is_in(technicians.iter().copied()))
        .filter(work_order::Column::CompletedAt.gt(app.clock.now() - A_SHIFT))
        .order_by_desc(work_order::Column::CompletedAt)
        .order_by_desc(work_order::Column::Id)
        .all(&app.db)
        .await?;
    // The newest of each stay, as the sort keeps the order among equals.
    orders.sort_by_key(|order| order.technician_id);
    orders.dedup_by_key(|order| order.technician_id);
    let cases = complaint::Entity::find()
        .filter(complaint::Column::Id.is_in(orders.iter().map(|order| order.complaint_id)))
        .all(&app.db)
        .await?;
    let unit_of = |id: Uuid| cases.iter().find(|case| case.id == id).and_then(|case| case.unit_id);
    Ok(orders.iter().filter_map(|order| Some((order.technician_id?, unit_of(order.complaint_id)))).collect())
}

/// When each case is to be handled, where a clock says so.
async fn ends(app: &App, cases: &[Uuid]) -> Answer<HashMap<Uuid, DateTime<Utc>>> {
    use domain::clock::{Kind, State};
    let clocks = clock::Entity::find()
        .filter(clock::Column::ComplaintId.is_in(cases.iter().copied()))
        .filter(clock::Column::Kind.eq(Kind::Resolution))
        .filter(clock::Column::State.is_in([State::Running, State::Paused]))
        .order_by_asc(clock::Column::Id)
        .all(&app.db)
        .await?;
    Ok(clocks.into_iter().map(|clock| (clock.complaint_id, clock.due_at)).collect())
}

/// Where each unit is, where one is named.
async fn spots(app: &App, units: &[Option<Uuid>]) -> Answer<Vec<Option<Spot>>> {
    let rows =
        unit::Entity::find().filter(unit::Column::Id.is_in(units.iter().flatten().copied())).all(&app.db).await?;
    let buildings = building::Entity::find()
        .filter(building::Column::Id.is_in(rows.iter().map(|row| row.building_id)))
        .all(&app.db)
        .await?;
    let spot = |id: Uuid| {
        let unit = rows.iter().find(|row| row.id == id)?;
        let building = buildings.iter().find(|building| building.id == unit.building_id)?;
        Some(Spot { building: building.id, along: building.walk_order })
    };
    Ok(units.iter().map(|unit| unit.and_then(spot)).collect())
}
