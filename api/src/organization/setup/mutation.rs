//! The mutations of the set-up.

use async_graphql::{Context, Object, Result};
use domain::access::Operation;

use super::building::BuildingDraft;
use super::category::CategoryDraft;
use super::department::DepartmentDraft;
use super::input::{
    BuildingInput, CategoryInput, ChangeBuildingInput, ChangeCategoryInput, ChangeDepartmentInput, ChangeSiteInput,
    ChangeTeamInput, ChangeUnitInput, CreateBuildingInput, CreateCategoryInput, CreateDepartmentInput, CreateSiteInput,
    CreateTeamInput, CreateUnitInput, DepartmentInput, SiteInput, TeamInput, UnitInput,
};
use super::site::SiteDraft;
use super::team::TeamDraft;
use super::unit::UnitDraft;
use super::{change, make, restore, retire};
use crate::access::guard::Listed;
use crate::app::loader::{BuildingById, CategoryById, DepartmentById, SiteById, TeamById, UnitById};
use crate::app::request::{attempt, caller, payload};
use crate::organization::graphql::{Building, Category, Department, Site, Team, Unit};

/// Declares the four acts on a kind of thing, and their payload.
macro_rules! acts {
    ($(#[$object_meta:meta])* $object:ident on $draft:ident, $(#[$payload_meta:meta])* $payload:ident($thing:ident: $type_name:ident by $key:ident):
     $(#[$create_meta:meta])* $create:ident($create_input:ident);
     $(#[$change_meta:meta])* $change:ident($change_input:ident);
     $(#[$retire_meta:meta])* $retire:ident;
     $(#[$restore_meta:meta])* $restore:ident($input:ident)) => {
        payload! {
            $(#[$payload_meta])*
            $payload {
                /// It as it is now; null when the act was refused.
                $thing: $type_name by $key(subject),
            }
        }

        $(#[$object_meta])*
        #[derive(Default)]
        pub struct $object;

        #[Object(guard = "Listed(Operation::Mutation)")]
        impl $object {
            $(#[$create_meta])*
            async fn $create(&self, ctx: &Context<'_>, input: $create_input) -> Result<$payload> {
                let outcome = attempt!({
                    let caller = caller(ctx, input.idempotency_key.as_deref())?;
                    make(&caller, input.draft()?).await
                });
                $payload::of(ctx, outcome).await
            }

            $(#[$change_meta])*
            async fn $change(&self, ctx: &Context<'_>, input: $change_input) -> Result<$payload> {
                let outcome = attempt!({
                    let caller = caller(ctx, input.idempotency_key.as_deref())?;
                    change(&caller, input.target()?, |row| input.over(row)).await
                });
                $payload::of(ctx, outcome).await
            }

            $(#[$retire_meta])*
            async fn $retire(&self, ctx: &Context<'_>, input: $input) -> Result<$payload> {
                let outcome = attempt!({
                    let caller = caller(ctx, input.idempotency_key.as_deref())?;
                    retire::<$draft>(&caller, input.target()?).await
                });
                $payload::of(ctx, outcome).await
            }

            $(#[$restore_meta])*
            async fn $restore(&self, ctx: &Context<'_>, input: $input) -> Result<$payload> {
                let outcome = attempt!({
                    let caller = caller(ctx, input.idempotency_key.as_deref())?;
                    restore::<$draft>(&caller, input.target()?).await
                });
                $payload::of(ctx, outcome).await
            }
        }
    };
}

acts! {
    /// The acts on sites.
    SiteMutation on SiteDraft,
    /// The result of an act on a site.
    SitePayload(site: Site by SiteById):
    /// Makes a site. `TAKEN` where the organization has its code.
    create_site(CreateSiteInput);
    /// Changes a site's card, kind or time zone. Its code stays, as the numbers of its cases do.
    change_site(ChangeSiteInput);
    /// Retires a site: nothing is filed there any more. `IN_USE` while it has open cases or departments.
    retire_site;
    /// Offers a retired site again.
    restore_site(SiteInput)
}

acts! {
    /// The acts on buildings.
    BuildingMutation on BuildingDraft,
    /// The result of an act on a building.
    BuildingPayload(building: Building by BuildingById):
    /// Makes a building. `TAKEN` where the site has its name.
    create_building(CreateBuildingInput);
    /// Renames a building, or says where it is on the way through the site.
    change_building(ChangeBuildingInput);
    /// Retires a building: nothing is filed for its units any more; open cases keep them.
    retire_building;
    /// Offers a retired building again.
    restore_building(BuildingInput)
}

acts! {
    /// The acts on units.
    UnitMutation on UnitDraft,
    /// The result of an act on a unit.
    UnitPayload(unit: Unit by UnitById):
    /// Makes a unit. `TAKEN` where the building has its name.
    create_unit(CreateUnitInput);
    /// Renames a unit.
    change_unit(ChangeUnitInput);
    /// Retires a unit: nothing is filed for it any more; open cases keep it.
    retire_unit;
    /// Offers a retired unit again.
    restore_unit(UnitInput)
}

acts! {
    /// The acts on departments.
    DepartmentMutation on DepartmentDraft,
    /// The result of an act on a department.
    DepartmentPayload(department: Department by DepartmentById):
    /// Makes a department. `TAKEN` where the site has one of its kind.
    create_department(CreateDepartmentInput);
    /// Changes a department's name or number.
    change_department(ChangeDepartmentInput);
    /// Retires a department: nothing is dispatched to it any more. `IN_USE` while it has open cases or orders, or somebody
    /// but its head holds a role there.
    retire_department;
    /// Offers a retired department again.
    restore_department(DepartmentInput)
}

acts! {
    /// The acts on teams.
    TeamMutation on TeamDraft,
    /// The result of an act on a team.
    TeamPayload(team: Team by TeamById):
    /// Makes a team. `TAKEN` where the department has its name.
    create_team(CreateTeamInput);
    /// Renames a team.
    change_team(ChangeTeamInput);
    /// Retires a team: it is given no order any more. `IN_USE` while it has open orders, or somebody holds a role there.
    retire_team;
    /// Offers a retired team again.
    restore_team(TeamInput)
}

acts! {
    /// The acts on categories.
    CategoryMutation on CategoryDraft,
    /// The result of an act on a category.
    CategoryPayload(category: Category by CategoryById):
    /// Makes a category. `TAKEN` where the site has its code.
    create_category(CreateCategoryInput);
    /// Changes a category's names, place in the tree, department or emergency.
    change_category(ChangeCategoryInput);
    /// Retires a category: no case is filed under it any more; its cases keep it. `IN_USE` while one under it is not
    /// retired.
    retire_category;
    /// Offers a retired category again.
    restore_category(CategoryInput)
}
