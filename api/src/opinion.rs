//! The register of opinions 意见 (B1): recorded at any time from any channel (`service/recording.rs`, which other features
//! call inside an act of theirs), answered by a promised time or turned into a complaint (`service/settling.rs`); whoever
//! stands higher is told of what is late (`sweep.rs`).

pub mod graphql;
pub mod mutation;
pub mod service;
pub mod sweep;

use std::time::Duration;

use crate::app::App;
use crate::app::lease;

/// How often the server looks for opinions that are late.
const EVERY: Duration = Duration::from_secs(5);

/// Looks for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "opinions", EVERY, |app| async move { sweep::tell_due(&app).await.map(drop) }).await;
}
