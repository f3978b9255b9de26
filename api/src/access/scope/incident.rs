//! Which incidents and open letters a viewer may see (D4).

use domain::incident::{Audience, LetterState};
use domain::organization::Role;
use entity::{complaint, incident, incident_follower, open_letter, open_letter_case, open_letter_place, unit};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::{add_in, customer_condition, is_leader, visible_ids};
use crate::access::viewer::Viewer;

/// The incidents that a viewer may see: those of the sites where they work; residents those that were made known at the
/// sites of their units, and those that their own cases belong to.
#[must_use]
pub fn incidents(viewer: &Viewer) -> Select<incident::Entity> {
    use incident::Column;
    let all = incident::Entity::find().filter(Column::OrganizationId.eq(viewer.organization_id));
    if is_leader(viewer) {
        return all;
    }
    let of_my_cases = Query::select()
        .column(complaint::Column::IncidentId)
        .from(complaint::Entity)
        .cond_where(Condition::all().add(customer_condition(viewer)).add(complaint::Column::IncidentId.is_not_null()))
        .to_owned();
    let known = Condition::all().add(Column::Announced.eq(true)).add(Column::SiteId.in_subquery(home_sites(viewer)));
    let any = Condition::any().add(known).add(Column::Id.in_subquery(of_my_cases));
    all.filter(add_in(any, Column::SiteId, viewer.sites(Role::is_staff)))
}

/// The open letters that a viewer may see: those of the sites where they work, drafts as well; residents the published ones
/// that are for their units, those of incidents that they follow, and those that answered their cases.
#[must_use]
pub fn open_letters(viewer: &Viewer) -> Select<open_letter::Entity> {
    use open_letter::Column;
    let all = open_letter::Entity::find().filter(Column::OrganizationId.eq(viewer.organization_id));
    if is_leader(viewer) {
        return all;
    }
    let buildings = Query::select()
        .column(unit::Column::BuildingId)
        .from(unit::Entity)
        .and_where(unit::Column::Id.is_in(viewer.units.clone()))
        .to_owned();
    let place = open_letter_place::Column::PlaceId;
    let for_my_places = Query::select()
        .column(open_letter_place::Column::OpenLetterId)
        .from(open_letter_place::Entity)
        .cond_where(Condition::any().add(place.is_in(viewer.units.clone())).add(place.in_subquery(buildings)))
        .to_owned();
    let to_my_cases = Query::select()
        .column(open_letter_case::Column::OpenLetterId)
        .from(open_letter_case::Entity)
        .and_where(open_letter_case::Column::ComplaintId.in_subquery(visible_ids(customer_condition(viewer))))
        .to_owned();
    let to_all =
        Condition::all().add(Column::Audience.eq(Audience::All)).add(Column::SiteId.in_subquery(home_sites(viewer)));
    let followed = Query::select()
        .column(incident_follower::Column::IncidentId)
        .from(incident_follower::Entity)
        .and_where(incident_follower::Column::AccountId.eq(viewer.id))
        .to_owned();
    let mine = Condition::any()
        .add(to_all)
        .add(Column::IncidentId.in_subquery(followed))
        .add(Column::Id.in_subquery(for_my_places))
        .add(Column::Id.in_subquery(to_my_cases));
    let published = Condition::all().add(Column::State.eq(LetterState::Published)).add(mine);
    all.filter(add_in(Condition::any().add(published), Column::SiteId, viewer.sites(Role::is_staff)))
}

/// The sites where the viewer lives.
fn home_sites(viewer: &Viewer) -> SelectStatement {
    Query::select()
        .column(unit::Column::SiteId)
        .from(unit::Entity)
        .and_where(unit::Column::Id.is_in(viewer.units.clone()))
        .to_owned()
}
