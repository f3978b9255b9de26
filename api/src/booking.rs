//! Booked visits 预约上门 (E4.2.1): teams offer windows (`offer.rs`), customers and customer service take them (`service.rs`),
//! two never the same place (`places.rs`); what happens to a case ends them (`ending.rs`), and they are reminded of and
//! chased (`sweep.rs`, E4.2.1B).

pub mod ending;
pub mod graphql;
pub mod mutation;
pub mod offer;
pub mod places;
pub mod service;
pub mod sweep;
pub mod told;

use std::time::Duration;

use crate::app::App;

/// How often the server looks for visits of which somebody must hear.
const EVERY: Duration = Duration::from_secs(1);

/// Looks for as long as the server runs.
pub async fn keep(app: App) {
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if sweep::tell_due(&app).await.is_err() {
            tracing::error!("visits could not be looked at; it is tried again");
        }
    }
}
