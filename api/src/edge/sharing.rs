//! Tells other replicas what callers spend and hold here, and hears it of them: so that a limit is about one for all of
//! them together. Nothing of it is written down, and no request waits for it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::Edge;
use super::allowance::Spender;
use crate::app::wire::{self, Topic};

/// How often it is told.
pub const EVERY: Duration = Duration::from_millis(500);

/// Who holds many seats at a replica.
#[derive(Serialize, Deserialize)]
struct Held {
    replica: Uuid,
    seats: Vec<(Spender, usize)>,
}

/// Tells and hears for as long as the server runs; does nothing where there are no other replicas.
pub async fn share(edge: Edge) {
    if !edge.app.wire.is_laid() {
        return;
    }
    let replica = edge.app.dice.id(edge.app.clock.now());
    let (mut heard, mut turns, mut told) = (edge.app.wire.hear(), interval(EVERY), false);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => {
                let spent = edge.allowances.to_tell();
                if !spent.is_empty() {
                    edge.app.wire.say(Topic::Spent, &spent);
                }
                let seats = edge.seats.to_tell();
                // Once more when there are none any more.
                if !seats.is_empty() || told {
                    told = !seats.is_empty();
                    edge.app.wire.say(Topic::Seats, &Held { replica, seats });
                }
            }
            (topic, text) = heard.next(&[Topic::Spent, Topic::Seats]) => note(&edge, topic, &text),
        }
    }
}

fn note(edge: &Edge, topic: Topic, text: &str) {
    if topic == Topic::Seats {
        if let Some(Held { replica, seats }) = wire::read(text) {
            edge.seats.told(replica, seats);
        }
        return;
    }
    let spent: Vec<(Spender, u64)> = wire::read(text).unwrap_or_default();
    for (who, cost) in spent {
        edge.allowances.spent_elsewhere(who, cost);
    }
}
