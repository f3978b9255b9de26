//! Slows whoever guesses, without letting a stranger lock somebody out.
//!
//! All of it is in memory and counted by each process for itself: a server of three processes allows three times as
//! much. Nothing of an address is kept.
//!
//! | budget | at once | then |
//! |---|---|---|
//! | one address, whatever it tries | 30 | 30 a minute |
//! | one phone from one address | 10 | one a minute |
//! | one phone from all addresses that it has not signed in from | 20 | one a minute |
//! | current passwords of one account, in a session | 10 | one a minute |
//! | second factors of one account, after the right password | 5 | one every two minutes |
//! | codes sent to one phone | 5 | 5 an hour (and in the database, for all processes together) |
//! | codes asked for by one address | 10 | 10 an hour |
//! | callers looked up by one employee | 30 | two a minute |

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use crate::app::clock::Clock;
use crate::app::error::{Error, Result};

/// How long an address that has signed in to a phone is known for it.
const KNOWN: TimeDelta = TimeDelta::days(30);
/// How many pairs of phone and address are known at most; when there are more, the oldest are forgotten.
const MOST_KNOWN: usize = 100_000;

type Budget<K> = RateLimiter<K, DefaultKeyedStateStore<K>, Watch, NoOpMiddleware<Duration>>;

/// The injected clock, as the limiter reads it.
#[derive(Clone)]
struct Watch(Clock);

impl governor::clock::Clock for Watch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0.now() - DateTime::UNIX_EPOCH).to_std().unwrap_or_default()
    }
}

/// Counts tries.
pub struct Guesses {
    clock: Clock,
    addresses: Budget<IpAddr>,
    pairs: Budget<(String, IpAddr)>,
    phones: Budget<String>,
    passwords: Budget<Uuid>,
    factors: Budget<Uuid>,
    codes_to_phone: Budget<String>,
    codes_by_address: Budget<IpAddr>,
    look_ups: Budget<Uuid>,
    /// From where somebody has signed in, and when last.
    known: Mutex<HashMap<(String, IpAddr), DateTime<Utc>>>,
}

impl Guesses {
    /// Counts by a clock.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            clock: clock.clone(),
            addresses: budget(clock, 30, Duration::from_secs(2)),
            pairs: budget(clock, 10, minute),
            phones: budget(clock, 20, minute),
            passwords: budget(clock, 10, minute),
            factors: budget(clock, 5, 2 * minute),
            codes_to_phone: budget(clock, 5, 12 * minute),
            codes_by_address: budget(clock, 10, 6 * minute),
            look_ups: budget(clock, 30, minute / 2),
            known: Mutex::default(),
        }
    }

    /// Counts a try. Calls from inside the process have no address and are not counted.
    ///
    /// # Errors
    /// [`Error::Limited`] when the address has used its tries up.
    pub fn count(&self, address: Option<IpAddr>) -> Result<()> {
        address.map_or(Ok(()), |address| take(&self.addresses, &network(address)))
    }

    /// Counts a try to sign in to a phone. A device that was signed in to it before is not held back by what strangers
    /// try elsewhere, and neither is an address that was.
    ///
    /// # Errors
    /// [`Error::Limited`] when one of the budgets is used up.
    pub fn sign_in(&self, phone: &str, address: Option<IpAddr>, known_device: bool) -> Result<()> {
        self.count(address)?;
        let Some(address) = address.map(network) else { return Ok(()) };
        let pair = (phone.to_owned(), address);
        take(&self.pairs, &pair)?;
        if known_device || self.is_known(&pair) { Ok(()) } else { take(&self.phones, &pair.0) }
    }

    /// Remembers that a phone was signed in to from an address.
    pub fn signed_in(&self, phone: &str, address: Option<IpAddr>) {
        let Some(address) = address.map(network) else { return };
        self.known().insert((phone.to_owned(), address), self.clock.now());
    }

    /// Counts a try at the current password of whoever is signed in.
    ///
    /// # Errors
    /// [`Error::Limited`] when the account's tries are used up.
    pub fn password(&self, account: Uuid) -> Result<()> {
        take(&self.passwords, &account)
    }

    /// Counts a try at a second factor.
    ///
    /// # Errors
    /// [`Error::Limited`] when the account's tries are used up.
    pub fn second_factor(&self, account: Uuid) -> Result<()> {
        take(&self.factors, &account)
    }

    /// Counts a look-up of a caller among residents.
    ///
    /// # Errors
    /// [`Error::Limited`] when the employee has looked up too many.
    pub fn look_up(&self, account: Uuid) -> Result<()> {
        take(&self.look_ups, &account)
    }

    /// Counts a code that is to be sent.
    ///
    /// # Errors
    /// [`Error::Limited`] when the phone or the address has had its share.
    pub fn code(&self, phone: &str, address: Option<IpAddr>) -> Result<()> {
        self.count(address)?;
        if let Some(address) = address {
            take(&self.codes_by_address, &network(address))?;
        }
        take(&self.codes_to_phone, &phone.to_owned())
    }

    /// Forgets what has recovered, so that memory stays bounded.
    pub fn forget_old(&self) {
        self.addresses.retain_recent();
        self.pairs.retain_recent();
        self.phones.retain_recent();
        self.passwords.retain_recent();
        self.factors.retain_recent();
        self.codes_to_phone.retain_recent();
        self.codes_by_address.retain_recent();
        self.look_ups.retain_recent();
        let mut known = self.known();
        let mut oldest = self.clock.now() - KNOWN;
        if known.len() > MOST_KNOWN {
            let mut moments: Vec<_> = known.values().copied().collect();
            moments.sort_unstable();
            oldest = oldest.max(moments[moments.len() - MOST_KNOWN]);
        }
        known.retain(|_, last| *last >= oldest);
    }

    fn is_known(&self, pair: &(String, IpAddr)) -> bool {
        self.known().contains_key(pair)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(String, IpAddr), DateTime<Utc>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn budget<K: Hash + Eq + Clone>(clock: &Clock, at_once: u32, one_each: Duration) -> Budget<K> {
    let burst = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(one_each).unwrap_or_else(|| Quota::per_minute(burst)).allow_burst(burst);
    RateLimiter::new(quota, DefaultKeyedStateStore::default(), Watch(clock.clone()))
}

fn take<K: Hash + Eq + Clone>(budget: &Budget<K>, key: &K) -> Result<()> {
    budget.check_key(key).map_err(|_| Error::Limited)
}

/// What counts as one address: of the sixth version, the network of 64 bits that one customer of a provider has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}
