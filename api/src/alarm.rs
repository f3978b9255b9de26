//! Alarms 告警: raised by what is told of a case (`raise.rs`) or by hand (`service.rs`), called again and higher up until
//! somebody takes them (`sweep.rs`), and sent over a gateway where nobody does in time (`calling.rs`). Who is called is
//! in the duty roster, else up the ladder of posts: never nobody (`person.rs`). The joint
//! look at a serious matter is written down here, too (`joint_look.rs`).

pub mod calling;
pub mod graphql;
pub mod joint_look;
pub mod live;
pub mod minutes;
pub mod mutation;
pub mod person;
pub mod policy;
pub mod raise;
pub mod roster;
pub mod service;
pub mod sweep;

use std::time::Duration;

use crate::app::App;
use crate::app::lease;

/// How often the server looks for alarms that call again and calls that wait.
const EVERY: Duration = Duration::from_millis(500);

/// Looks for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "alarms", EVERY, |app| async move {
        let called = sweep::call_again(&app).await;
        calling::send_waiting(&app).await?;
        called.map(drop)
    })
    .await;
}
