//! A community of many units, in the town's site.

use chrono::NaiveDate;
use domain::organization::{AccountState, Language, ResidencyKind};
use entity::{account, building, residency, unit};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};
use tests::World;

/// A home whose owner brings a case.
pub struct Home {
    /// The owner, by the name that the town knows.
    pub owner: &'static str,
    /// The unit, in the same way.
    pub unit: &'static str,
    /// The owner's number.
    pub phone: String,
}

fn named(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}

/// Builds so many units with an owner in each; the town knows the first few by name.
pub async fn settle(world: &mut World, units: usize, known: usize) -> Vec<Home> {
    let app = world.app.clone();
    let (organization_id, site_id) = (world.town.id("company"), world.town.id("site"));
    let id = || app.dice.id(app.clock.now());
    let (mut buildings, mut rooms, mut owners, mut lives) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut homes = Vec::new();
    for number in 0..units {
        if number % 100 == 0 {
            let name = format!("{}号楼", number / 100 + 10);
            let row = building::Model {
                id: id(),
                organization_id,
                site_id,
                name,
                walk_order: None,
                version: 1,
                retired_at: None,
            };
            buildings.push(row.into_active_model());
        }
        let building_id = buildings.last().unwrap().id.clone().unwrap();
        let (unit_id, account_id, name) = (id(), id(), format!("{:02}{:02}", number % 100 / 4 + 1, number % 4 + 1));
        let row =
            unit::Model { id: unit_id, organization_id, site_id, building_id, name, version: 1, retired_at: None };
        rooms.push(row.into_active_model());
        let phone = format!("1370000{number:04}");
        owners.push(account::ActiveModel {
            id: Set(account_id),
            organization_id: Set(organization_id),
            phone: Set(phone.clone()),
            name: Set(format!("业主{number}")),
            work_phone: Set(None),
            password_hash: Set(None),
            language: Set(Language::ZhCn),
            state: Set(AccountState::Active),
            session_epoch: Set(0),
            created_at: Set(app.clock.now()),
            version: Set(1),
        });
        lives.push(residency::ActiveModel {
            id: Set(id()),
            organization_id: Set(organization_id),
            site_id: Set(site_id),
            unit_id: Set(unit_id),
            account_id: Set(account_id),
            kind: Set(ResidencyKind::Owner),
            from_date: Set(NaiveDate::from_ymd_opt(2020, 1, 1).unwrap()),
            to_date: Set(None),
            version: Set(1),
        });
        if number < known {
            let home =
                Home { owner: named(format!("resident {number}")), unit: named(format!("unit {number}")), phone };
            world.town.0.insert(home.owner, account_id);
            world.town.0.insert(home.unit, unit_id);
            homes.push(home);
        }
    }
    let db = &app.db;
    building::Entity::insert_many(buildings).exec_without_returning(db).await.unwrap();
    for some in rooms.chunks(500) {
        unit::Entity::insert_many(some.to_vec()).exec_without_returning(db).await.unwrap();
    }
    for some in owners.chunks(500) {
        account::Entity::insert_many(some.to_vec()).exec_without_returning(db).await.unwrap();
    }
    for some in lives.chunks(500) {
        residency::Entity::insert_many(some.to_vec()).exec_without_returning(db).await.unwrap();
    }
    homes
}
