//! What replicas tell each other through a NATS server: hints, and nothing that anything depends on.
//!
//! The log in the database is the truth. Through the wire goes that there is something to read, so that it is read at once
//! and not at the next look ([`crate::event::watching`]), and what callers spend and hold here, so that a limit is about
//! one for all replicas together. What is said while there is no server, or faster than it takes it, is lost: the next
//! look finds the events, and limits are counted by each replica for itself meanwhile.
//!
//! Plain publishing is all that this needs. What a hint could carry (the event itself) every reader would have to check
//! against its own right in the database, so a hint carries nothing and is not worth keeping (`JetStream`).
//!
//! Everything is sealed under the server's secret: nobody else on the server can read or invent it, and installations
//! that share a server do not hear each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, broadcast, mpsc};

use super::App;
use super::database::installation;

/// How much may wait to be said, and to be heard.
const WAITING: usize = 4096;
/// How long is waited at most before the server is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often the server is asked whether it is there.
const PING: Duration = Duration::from_secs(5);

/// What is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Something has happened in an organization's log (its id).
    Log,
    /// Somebody's access to an organization has changed (its id).
    Access,
    /// What callers have spent of their allowances.
    Spent,
    /// How many sockets and streams callers hold.
    Seats,
}

impl Topic {
    const ALL: [Self; 4] = [Self::Log, Self::Access, Self::Spent, Self::Seats];

    const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Access => "access",
            Self::Spent => "spent",
            Self::Seats => "seats",
        }
    }

    /// What its messages are sealed about.
    fn about(self, installation: &str) -> String {
        format!("wire {} {installation}", self.name())
    }
}

/// The wire between replicas; none where a process is alone. Cheap to clone.
#[derive(Clone, Default)]
pub struct Wire(Option<Arc<Line>>);

struct Line {
    /// Where the server is; may hold a password.
    url: String,
    say: mpsc::Sender<(Topic, String)>,
    said: Mutex<mpsc::Receiver<(Topic, String)>>,
    heard: broadcast::Sender<(Topic, String)>,
    connected: Arc<AtomicBool>,
}

impl Wire {
    /// A wire through a server.
    #[must_use]
    pub fn through(url: &str) -> Self {
        let (say, said) = mpsc::channel(WAITING);
        let heard = broadcast::channel(WAITING).0;
        let connected = Arc::default();
        Self(Some(Arc::new(Line { url: url.to_owned(), say, said: Mutex::new(said), heard, connected })))
    }

    /// Whether there is a wire.
    #[must_use]
    pub fn is_laid(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the others can be heard now; none where there is no wire.
    #[must_use]
    pub fn connected(&self) -> Option<bool> {
        self.0.as_ref().map(|line| line.connected.load(Ordering::SeqCst))
    }

    /// Tells the other replicas something. Waits for nothing.
    pub fn say(&self, topic: Topic, what: &impl Serialize) {
        let Some(line) = &self.0 else { return };
        match serde_json::to_string(what) {
            // Where too much waits, there is no server: what is said is a hint that nobody depends on.
            Ok(text) => drop(line.say.try_send((topic, text))),
            Err(error) => tracing::error!(%error, topic = topic.name(), "cannot be said to other replicas"),
        }
    }

    /// Hears what the other replicas tell from now on.
    #[must_use]
    pub fn hear(&self) -> Ear {
        Ear(self.0.as_ref().map(|line| line.heard.subscribe()))
    }
}

/// Hears what other replicas tell.
pub struct Ear(Option<broadcast::Receiver<(Topic, String)>>);

impl Ear {
    /// The next of some topics; where there is no wire, never. What came faster than it was heard is passed over.
    pub async fn next(&mut self, topics: &[Topic]) -> (Topic, String) {
        let Some(heard) = &mut self.0 else { return std::future::pending().await };
        loop {
            match heard.recv().await {
                Ok(heard) if topics.contains(&heard.0) => return heard,
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
            }
        }
    }
}

/// Reads what was heard; nothing of another version's.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Keeps the wire up for as long as the server runs.
pub async fn keep(app: App) {
    let Some(line) = app.wire.0.clone() else { return };
    let mut said = line.said.lock().await;
    loop {
        match begin(&app, &line).await {
            Ok((client, installation)) => converse(&app, &line, &mut said, client, &installation).await,
            Err(error) => tracing::warn!(%error, "there is no way to other replicas yet; it is tried again"),
        }
        line.connected.store(false, Ordering::SeqCst);
        tokio::time::sleep(AGAIN).await;
    }
}

async fn begin(app: &App, line: &Line) -> Result<(Client, String), String> {
    let installation = installation(&app.db).await.map_err(|error| error.to_string())?;
    let servers = servers(&line.url)?;
    let (noting, connected) = (app.clone(), line.connected.clone());
    let options = ConnectOptions::new()
        .no_echo()
        .ping_interval(PING)
        .connection_timeout(PING)
        .retry_on_initial_connect()
        .reconnect_delay_callback(|_| AGAIN)
        .event_callback(move |event| {
            note(&noting, &connected, &event);
            std::future::ready(())
        });
    // What the library says of an address is left out: it may hold a password.
    let client = options.connect(servers.as_slice()).await.map_err(|error| error.kind().to_string())?;
    Ok((client, installation))
}

fn note(app: &App, connected: &AtomicBool, event: &Event) {
    match event {
        Event::Connected => tracing::info!("other replicas can be heard"),
        Event::Disconnected | Event::Closed => {
            tracing::warn!("other replicas cannot be heard; their events are found by looking");
        }
        other => return tracing::debug!(event = %other, "the way to other replicas"),
    }
    let heard = matches!(event, Event::Connected);
    connected.store(heard, Ordering::SeqCst);
    app.metrics.wire.set(heard.into());
}

/// The servers that a setting names, with commas between.
///
/// # Errors
/// A message that says what would be right.
pub fn servers(setting: &str) -> Result<Vec<ServerAddr>, String> {
    let right = || "must be servers with commas between, as nats://127.0.0.1:4222".to_owned();
    let known = |server: &&str| ["nats://", "tls://"].iter().any(|scheme| server.starts_with(scheme));
    let server =
        |server: &str| Some(server.trim()).filter(known).and_then(|server| server.parse().ok()).ok_or_else(right);
    setting.split(',').map(server).collect()
}

async fn converse(
    app: &App,
    line: &Line,
    said: &mut mpsc::Receiver<(Topic, String)>,
    client: Client,
    installation: &str,
) {
    let place = format!("huiyin.{}", app.vault.digest("wire", &[installation.as_bytes()]));
    let mut heard = match client.subscribe(format!("{place}.*")).await {
        Ok(heard) => heard,
        Err(error) => return tracing::warn!(%error, "other replicas cannot be heard"),
    };
    loop {
        tokio::select! {
            // A wire that the process has laid is never taken up.
            Some((topic, text)) = said.recv() => {
                let sealed = match app.vault.seal(&topic.about(installation), &text, &app.dice) {
                    Ok(sealed) => sealed,
                    Err(error) => {
                        tracing::error!(%error, "cannot be sealed for other replicas");
                        continue;
                    }
                };
                if let Err(error) = client.publish(format!("{place}.{}", topic.name()), sealed.into()).await {
                    tracing::debug!(%error, "not said to other replicas");
                }
            }
            message = heard.next() => {
                let Some(message) = message else { return };
                let topic = Topic::ALL.into_iter().find(|topic| message.subject.ends_with(topic.name()));
                let sealed = std::str::from_utf8(&message.payload).unwrap_or_default();
                let opened = topic.and_then(|topic| Some((topic, app.vault.open(&topic.about(installation), sealed)?)));
                // Nobody may be listening just now.
                drop(opened.map(|heard| line.heard.send(heard)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_there_is_no_wire_nothing_is_heard_and_saying_costs_nothing() {
        let wire = Wire::default();
        wire.say(Topic::Log, &1);
        assert!(!wire.is_laid() && wire.connected().is_none());
        let heard = tokio::time::timeout(Duration::from_millis(5), wire.hear().next(&Topic::ALL)).await;
        assert!(heard.is_err());
    }

    #[tokio::test]
    async fn what_is_said_without_a_server_is_lost_and_holds_nobody_up() {
        let wire = Wire::through("nats://127.0.0.1:1");
        for number in 0..2 * WAITING {
            wire.say(Topic::Spent, &number);
        }
        assert_eq!(wire.connected(), Some(false));
    }
}
