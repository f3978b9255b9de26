//! Wakes the streams of this process when another process has written: at once where the replicas' wire says so, and
//! else within a second, by looking. Only the database says how far a log has come; a hint only says where to look.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};
use uuid::Uuid;

use super::query;
use crate::app::App;
use crate::app::wire::{self, Topic};

/// How often is looked whether anything has happened of which no hint has come.
const EVERY: Duration = Duration::from_secs(1);
/// How long a look may take, before another is tried.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks for as long as the server runs: at the organizations that somebody follows here, and at none while nobody does.
pub async fn watch_other_processes(app: App) {
    let mut heard = app.wire.hear();
    let mut turns = interval(EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut hinted = BTreeSet::new();
        tokio::select! {
            _ = turns.tick() => hinted.extend(app.bus.listened()),
            (topic, text) = heard.next(&[Topic::Log, Topic::Access]) => note(&app, &mut hinted, topic, &text),
        }
        // What has been hinted at meanwhile is looked at together.
        while let Ok((topic, text)) = timeout(Duration::ZERO, heard.next(&[Topic::Log, Topic::Access])).await {
            note(&app, &mut hinted, topic, &text);
        }
        look(&app, hinted).await;
    }
}

fn note(app: &App, hinted: &mut BTreeSet<Uuid>, topic: Topic, text: &str) {
    let Some(organization) = wire::read(text) else { return };
    match topic {
        Topic::Log if app.bus.is_listened(organization) => drop(hinted.insert(organization)),
        Topic::Access => app.bus.look_again_here(organization),
        _ => {}
    }
}

async fn look(app: &App, organizations: BTreeSet<Uuid>) {
    if organizations.is_empty() {
        return;
    }
    match timeout(PATIENCE, query::heads(&app.db, organizations)).await {
        Ok(Ok(heads)) => heads.into_iter().for_each(|(organization, position)| app.bus.heard(organization, position)),
        Ok(Err(error)) => tracing::warn!(?error, "cannot look at the event log; trying again"),
        Err(_) => tracing::warn!("the event log cannot be looked at in time; trying again"),
    }
}
