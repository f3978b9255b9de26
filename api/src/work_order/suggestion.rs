//! Who could best take an order, with the reasons (E4.2.1A).

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::dispatch::{Candidate, MERITS, Reason, suggest};
use domain::organization::{AccountState, Role};
use domain::standing::Who;
use domain::work_order::State;
use entity::{account, booking_offer, complaint, duty_shift, role_grant, unit, work_order};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
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
}

/// Reads for whoever gives orders out.
#[derive(Default)]
pub struct DispatchQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl DispatchQuery {
    /// The technicians of an order's department who could take it, the best first: who can do it, is on duty, of the team, near,
    /// and has little to do. Null for an order that is not yours to give out.
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
    let building = building_of(app, &[case.unit_id]).await?;
    let buildings = building_of(app, &open.iter().map(|(_, case)| case.unit_id).collect::<Vec<_>>()).await?;
    let here = building.first().copied().flatten();
    let candidate = |(person, team): &(account::Model, Option<Uuid>)| {
        let theirs = || open.iter().zip(&buildings).filter(|((order, _), _)| order.technician_id == Some(person.id));
        let merits = MERITS.into_iter().filter(|merit| match merit {
            Reason::Skilled => team.is_some_and(|team| skilled.contains(&team)),
            Reason::OnDuty => on_duty.contains(&person.id),
            Reason::OfTheTeam => order.team_id.is_some() && *team == order.team_id,
            Reason::Near => here.is_some() && theirs().any(|(_, building)| *building == here),
            Reason::Free | Reason::LeastLoaded => false,
        });
        Candidate {
            account: person.id,
            merits: merits.collect(),
            open_orders: u32::try_from(theirs().count()).unwrap_or(u32::MAX),
            next_due: theirs().filter_map(|((_, case), _)| case.due_at).min(),
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

/// The building of each unit, where one is named.
async fn building_of(app: &App, units: &[Option<Uuid>]) -> Answer<Vec<Option<Uuid>>> {
    let rows =
        unit::Entity::find().filter(unit::Column::Id.is_in(units.iter().flatten().copied())).all(&app.db).await?;
    let of = |id: Uuid| rows.iter().find(|row| row.id == id).map(|row| row.building_id);
    Ok(units.iter().map(|unit| unit.and_then(of)).collect())
}
