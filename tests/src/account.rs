//! Accounts as a test needs them.

use entity::account;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use crate::World;

/// Gives somebody of the town a password; their phone number.
///
/// # Panics
/// When there is no such person.
pub async fn give_password(world: &World, who: &str, password: &str) -> String {
    let row = account::Entity::find_by_id(world.town.id(who)).one(&world.app.db).await.unwrap().unwrap();
    let phone = row.phone.clone();
    let mut row = row.into_active_model();
    row.password_hash = Set(Some(world.app.passwords.hash(password, &world.app.dice).await.unwrap()));
    row.update(&world.app.db).await.unwrap();
    phone
}
