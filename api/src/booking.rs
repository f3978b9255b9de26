//! Booked visits 预约上门 (E4.2.1): teams offer windows (`offer.rs`), customers and customer service take them (`service.rs`),
//! two never the same place (`places.rs`), and they go with the order to its team; what happens to a case ends them (`ending.rs`), and they are reminded of and
//! chased (`sweep.rs`, E4.2.1B).

pub mod ending;
pub mod facts;
pub mod graphql;
pub mod mutation;
pub mod offer;
pub mod places;
pub mod service;
pub mod sweep;
pub mod told;

use std::time::Duration;

use crate::app::App;
use crate::app::lease;

/// How often the server looks for visits of which somebody must hear.
const EVERY: Duration = Duration::from_secs(1);

/// Looks for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "visits", EVERY, |app| async move { sweep::tell_due(&app).await.map(drop) }).await;
}
