//! The inputs of the set-up.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::category::Emergency;
use domain::organization::{DepartmentKind, SiteKind};
use entity::{building, category, department, site, team, unit};

use super::building::BuildingDraft;
use super::category::CategoryDraft;
use super::department::DepartmentDraft;
use super::site::SiteDraft;
use super::team::TeamDraft;
use super::unit::UnitDraft;
use crate::app::error::Result;
use crate::app::public_id;
use crate::app::request::{act_input, optional_id};

/// Declares what is given to make a thing, and what to change it: where it belongs and what is fixed is given once, what
/// is open can be changed.
macro_rules! inputs {
    ($create:ident, $change:ident on $id:ident ($type_name:literal, $field_name:literal), $row:ident => $draft:ident:
     $(#[$create_meta:meta])* within { $($(#[$parent_meta:meta])* $parent:ident ($parent_type:literal, $parent_field:literal)),* }
     fixed { $($(#[$fixed_meta:meta])* $fixed:ident: $fixed_type:ty),* $(,)? }
     open { $($(#[$open_meta:meta])* $open:ident: $open_type:ty),* $(,)? }) => {
        $(#[$create_meta])*
        #[derive(InputObject)]
        pub struct $create {
            $($(#[$parent_meta])* pub $parent: ID,)*
            $($(#[$fixed_meta])* pub $fixed: $fixed_type,)*
            $($(#[$open_meta])* pub $open: $open_type,)*
            /// Send the same key when you repeat the call: it is done once, and the first result is told again.
            pub idempotency_key: Option<String>,
        }

        impl $create {
            /// Reads the ids.
            ///
            /// # Errors
            /// `NOT_FOUND`.
            pub fn draft(self) -> Result<$draft> {
                Ok($draft {
                    $($parent: public_id::read($parent_type, &self.$parent, $parent_field)?,)*
                    $($fixed: self.$fixed,)*
                    $($open: self.$open,)*
                })
            }
        }

        act_input! {
            /// What to change; what is not given stays.
            $change on $id($type_name, $field_name) { $($(#[$open_meta])* $open: Option<$open_type>,)* }
        }

        impl $change {
            /// The thing with what is given.
            ///
            /// # Errors
            /// Never: what is given is checked when it is written.
            pub fn over(self, row: &$row::Model) -> Result<$draft> {
                Ok($draft {
                    $($parent: row.$parent,)*
                    $($fixed: Clone::clone(&row.$fixed),)*
                    $($open: self.$open.unwrap_or_else(|| Clone::clone(&row.$open)),)*
                })
            }
        }
    };
}

inputs! {
    CreateSiteInput, ChangeSiteInput on site_id("Site", "siteId"), site => SiteDraft:
    /// A new site, with the published card of its office (B2).
    within {}
    fixed {
        /// The letters that its case numbers begin with: 2 to 8 capital letters or digits, a letter first, unique in the
        /// organization. It stays, as the numbers do.
        code: String,
    }
    open {
        /// The name, 1 to 120 characters.
        name: String,
        /// What kind of place it is; it decides which regulations apply.
        kind: SiteKind,
        /// The IANA time zone in which its days and years are counted, as `Asia/Shanghai`.
        time_zone: String,
        /// The hotline, answered for 24 hours: 3 to 20 digits.
        hotline: String,
        /// The office's e-mail address, at most 120 characters.
        email: String,
        /// The office's address, 1 to 200 characters.
        address: String,
        /// The published name of who is responsible, 1 to 60 characters.
        responsible_person: String,
    }
}

/// A new building.
#[derive(InputObject)]
pub struct CreateBuildingInput {
    /// The site.
    pub site_id: ID,
    /// The name, such as `3栋`: 1 to 60 characters, unique in the site.
    pub name: String,
    /// Its place on the way through the site, 1 to 10,000: buildings next to each other have numbers next to each other.
    /// How far a technician has to go is counted by it.
    pub walk_order: Option<i32>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

impl CreateBuildingInput {
    /// Reads the ids.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn draft(self) -> Result<BuildingDraft> {
        let site_id = public_id::read("Site", &self.site_id, "siteId")?;
        Ok(BuildingDraft { site_id, name: self.name, walk_order: self.walk_order })
    }
}

act_input! {
    /// What to change; what is not given stays.
    ChangeBuildingInput on building_id("Building", "buildingId") {
        /// The name, such as `3栋`: 1 to 60 characters, unique in the site.
        name: Option<String>,
        /// Its place on the way through the site, 1 to 10,000; null where it is not to have one any more.
        walk_order: MaybeUndefined<i32>,
    }
}

impl ChangeBuildingInput {
    /// The building with what is given.
    ///
    /// # Errors
    /// Never: what is given is checked when it is written.
    pub fn over(self, row: &building::Model) -> Result<BuildingDraft> {
        let walk_order = match self.walk_order {
            MaybeUndefined::Undefined => row.walk_order,
            MaybeUndefined::Null => None,
            MaybeUndefined::Value(place) => Some(place),
        };
        let name = self.name.unwrap_or_else(|| row.name.clone());
        Ok(BuildingDraft { site_id: row.site_id, name, walk_order })
    }
}

inputs! {
    CreateUnitInput, ChangeUnitInput on unit_id("Unit", "unitId"), unit => UnitDraft:
    /// A new unit.
    within {
        /// The building.
        building_id("Building", "buildingId")
    }
    fixed {}
    open {
        /// The name in the building, such as `1203`: 1 to 60 characters, unique in the building.
        name: String,
    }
}

inputs! {
    CreateDepartmentInput, ChangeDepartmentInput on department_id("Department", "departmentId"),
    department => DepartmentDraft:
    /// A new department.
    within {
        /// The site.
        site_id("Site", "siteId")
    }
    fixed {
        /// What it is for (E3): a site has one of each kind at most. It stays, since roles and categories hang on it.
        kind: DepartmentKind,
    }
    open {
        /// The name, 1 to 60 characters.
        name: String,
        /// The number customers may call (C1): 3 to 20 digits.
        phone: String,
    }
}

inputs! {
    CreateTeamInput, ChangeTeamInput on team_id("Team", "teamId"), team => TeamDraft:
    /// A new team.
    within {
        /// The department.
        department_id("Department", "departmentId")
    }
    fixed {}
    open {
        /// The name, 1 to 60 characters, unique in the department.
        name: String,
    }
}

/// A new category.
#[derive(InputObject)]
pub struct CreateCategoryInput {
    /// The site.
    pub site_id: ID,
    /// A stable code: 2 to 40 capital letters, digits or underscores, a letter first, unique in the site. It stays.
    pub code: String,
    /// The category above; none for one at the top. At most 5 levels.
    pub parent_id: Option<ID>,
    /// The Chinese name, 1 to 60 characters.
    pub name_zh: String,
    /// The English name, 1 to 60 characters.
    pub name_en: String,
    /// The kind of department that is responsible (E3, E4.2).
    pub department: DepartmentKind,
    /// Whether it is an emergency (B6).
    #[graphql(default_with = "Emergency::None")]
    pub emergency: Emergency,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

impl CreateCategoryInput {
    /// Reads the ids.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn draft(self) -> Result<CategoryDraft> {
        Ok(CategoryDraft {
            site_id: public_id::read("Site", &self.site_id, "siteId")?,
            code: self.code,
            parent_id: optional_id("Category", self.parent_id.as_ref(), "parentId")?,
            name_zh: self.name_zh,
            name_en: self.name_en,
            department: self.department,
            emergency: self.emergency,
        })
    }
}

act_input! {
    /// What to change; what is not given stays.
    ChangeCategoryInput on category_id("Category", "categoryId") {
        /// The category above; null puts it at the top. None of those under it can be above it.
        parent_id: MaybeUndefined<ID>,
        /// The Chinese name, 1 to 60 characters.
        name_zh: Option<String>,
        /// The English name, 1 to 60 characters.
        name_en: Option<String>,
        /// The kind of department that is responsible; cases that are with a department stay there.
        department: Option<DepartmentKind>,
        /// Whether it is an emergency (B6).
        emergency: Option<Emergency>,
    }
}

impl ChangeCategoryInput {
    /// The category with what is given.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn over(self, row: &category::Model) -> Result<CategoryDraft> {
        let parent_id = match &self.parent_id {
            MaybeUndefined::Undefined => row.parent_id,
            MaybeUndefined::Null => None,
            MaybeUndefined::Value(id) => Some(public_id::read("Category", id, "parentId")?),
        };
        Ok(CategoryDraft {
            site_id: row.site_id,
            code: row.code.clone(),
            parent_id,
            name_zh: self.name_zh.unwrap_or_else(|| row.name_zh.clone()),
            name_en: self.name_en.unwrap_or_else(|| row.name_en.clone()),
            department: self.department.unwrap_or(row.department),
            emergency: self.emergency.unwrap_or(row.emergency),
        })
    }
}

act_input! {
    /// Which site.
    SiteInput on site_id("Site", "siteId") {}
}
act_input! {
    /// Which building.
    BuildingInput on building_id("Building", "buildingId") {}
}
act_input! {
    /// Which unit.
    UnitInput on unit_id("Unit", "unitId") {}
}
act_input! {
    /// Which department.
    DepartmentInput on department_id("Department", "departmentId") {}
}
act_input! {
    /// Which team.
    TeamInput on team_id("Team", "teamId") {}
}
act_input! {
    /// Which category.
    CategoryInput on category_id("Category", "categoryId") {}
}
