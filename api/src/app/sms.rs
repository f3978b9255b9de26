//! Text messages, by whatever gateway the server is given.
//!
//! A message is sent beside the request that asked for it: whether somebody has a number shows neither in words nor in
//! time. When the gateway fails, the next to ask, whoever they are, are told so for a while.

use std::io::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::sync::Semaphore;

use super::clock::Clock;

/// How long a gateway may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long nobody is sent to a gateway that has failed.
const REST: TimeDelta = TimeDelta::seconds(30);
/// How many messages may be under way at a time.
const AT_ONCE: usize = 16;

/// Where messages go.
pub enum Gateway {
    /// Nowhere: this server sends none.
    None,
    /// To standard output, for the demo. Never to the log.
    Console,
    /// To a list, for tests.
    Collected(Mutex<Vec<(String, String)>>),
    /// By `POST` of `{"phone", "text"}` to an address that knows the secret.
    Http {
        /// The address.
        url: String,
        /// Sent as `Authorization: Bearer …`.
        secret: String,
        /// The client.
        client: ureq::Agent,
    },
}

impl Gateway {
    /// A gateway that is asked over HTTP.
    #[must_use]
    pub fn http(url: &str, secret: &str) -> Self {
        // A redirect would carry the number and the code to wherever it points.
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0);
        Self::Http { url: url.to_owned(), secret: secret.to_owned(), client: config.build().into() }
    }

    async fn deliver(&self, phone: &str, text: &str) -> Result<(), String> {
        match self {
            Self::None => Err("no gateway".to_owned()),
            Self::Console => {
                let mut out = std::io::stdout().lock();
                writeln!(out, "SMS to {phone}: {text}").and_then(|()| out.flush()).map_err(|error| error.to_string())
            }
            Self::Collected(list) => {
                list.lock().unwrap_or_else(PoisonError::into_inner).push((phone.to_owned(), text.to_owned()));
                Ok(())
            }
            Self::Http { url, secret, client } => {
                let post = client.post(url).header("authorization", format!("Bearer {secret}"));
                let message = json!({ "phone": phone, "text": text });
                let sent = tokio::task::spawn_blocking(move || post.send_json(message)).await;
                match sent.map_err(|error| error.to_string())? {
                    Ok(answer) if answer.status().is_success() => Ok(()),
                    Ok(answer) => Err(format!("it answered {}", answer.status())),
                    // What it says of an address is left out: the address may hold a key.
                    Err(ureq::Error::BadUri(_)) => Err("its address cannot be read".to_owned()),
                    Err(error) => Err(error.to_string()),
                }
            }
        }
    }
}

/// Why no message can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsendable {
    /// There is no gateway.
    NotOffered,
    /// The gateway has just failed, or has too much to do.
    NotNow,
}

/// Sends text messages. Cheap to clone.
#[derive(Clone)]
pub struct Sms(Arc<Parts>);

struct Parts {
    gateway: Gateway,
    clock: Clock,
    turns: Arc<Semaphore>,
    /// Until when the gateway rests, in microseconds since 1970.
    rests_until: AtomicI64,
}

/// A place among the messages under way.
pub struct Place {
    sms: Sms,
    turn: tokio::sync::OwnedSemaphorePermit,
}

impl Sms {
    /// Sends by a gateway.
    #[must_use]
    pub fn new(gateway: Gateway, clock: &Clock) -> Self {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        Self(Arc::new(Parts { gateway, clock: clock.clone(), turns, rests_until: AtomicI64::new(0) }))
    }

    /// Takes a place for a message, before it is known whether there is anybody to send one to.
    ///
    /// # Errors
    /// Why no message can be sent to anybody now.
    pub fn place(&self) -> Result<Place, Unsendable> {
        if matches!(self.0.gateway, Gateway::None) {
            return Err(Unsendable::NotOffered);
        }
        if self.0.clock.now().timestamp_micros() < self.0.rests_until.load(Ordering::SeqCst) {
            return Err(Unsendable::NotNow);
        }
        let turn = self.0.turns.clone().try_acquire_owned().map_err(|_| Unsendable::NotNow)?;
        Ok(Place { sms: self.clone(), turn })
    }

    /// Sends a message and waits for what came of it, whether or not the gateway rests: an alarm is tried all the same.
    ///
    /// # Errors
    /// Why the gateway did not take it; never the number or the text.
    pub async fn deliver(&self, phone: &str, text: &str) -> Result<(), String> {
        self.0.gateway.deliver(phone, text).await
    }

    /// What a test's gateway has been given: number and text.
    #[must_use]
    pub fn collected(&self) -> Vec<(String, String)> {
        match &self.0.gateway {
            Gateway::Collected(list) => list.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Gateway::None | Gateway::Console | Gateway::Http { .. } => Vec::new(),
        }
    }

    /// Until when the gateway rests, if it does.
    #[must_use]
    pub fn rests_until(&self) -> Option<DateTime<Utc>> {
        let until = DateTime::from_timestamp_micros(self.0.rests_until.load(Ordering::SeqCst))?;
        (until > self.0.clock.now()).then_some(until)
    }
}

impl Place {
    /// Sends a message in this place, beside the caller's work.
    pub fn send(self, phone: String, text: String) {
        let Self { sms, turn } = self;
        tokio::spawn(async move {
            let parts = &sms.0;
            if let Err(error) = parts.gateway.deliver(&phone, &text).await {
                let until = parts.clock.now() + REST;
                parts.rests_until.store(until.timestamp_micros(), Ordering::SeqCst);
                tracing::warn!(%error, "the gateway for text messages failed; it is left alone for a while");
            }
            // The place is taken until the message has gone, not until it was begun.
            drop(turn);
        });
    }
}
