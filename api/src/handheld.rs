//! The handheld without signal: what changed for a technician since they last looked (`sync.rs`), and the acts that it kept
//! meanwhile (`acts.rs`), each done once and judged as if it had come in time, also where they come in several batches
//! (`steps.rs`). What its clock says is evidence, not truth ([`domain::handheld`]).

pub mod acts;
pub mod cursor;
pub mod graphql;
pub mod mutation;
pub mod names;
pub mod position;
pub mod steps;
pub mod sync;

use std::time::Duration;

use crate::app::App;
use crate::app::lease;

/// How often the server looks for what is to be deleted.
const EVERY: Duration = Duration::from_hours(1);

/// Deletes old positions and steps for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "positions", EVERY, |app| async move {
        position::delete_old(&app).await?;
        steps::delete_old(&app).await.map(drop)
    })
    .await;
}
