//! The register of opinions 意见 (B1): recorded at any time from any channel (`service/recording.rs`, which other features
//! call inside an act of theirs), answered by a promised time or turned into a complaint (`service/settling.rs`); whoever
//! stands higher is told of what is late (`sweep.rs`).

pub mod graphql;
pub mod mutation;
pub mod service;
pub mod sweep;

use std::time::Duration;

use crate::app::App;

/// How often the server looks for opinions that are late.
const EVERY: Duration = Duration::from_secs(5);

/// Looks for as long as the server runs.
pub async fn keep(app: App) {
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if sweep::tell_due(&app).await.is_err() {
            tracing::error!("opinions could not be looked at; it is tried again");
        }
    }
}
