//! What a caller may spend: each operation costs what it may load, and the allowance fills up again with time.
//!
//! Counted per account or key, and for strangers per address; in memory, so that no request writes anywhere. Replicas that
//! hear each other tell what was spent ([`super::sharing`]), and each counts it as if it had been spent here. What is told
//! is late by [`super::sharing::EVERY`], and a part of an allowance smaller than [`NOTABLE`] is not told. So a caller who
//! spreads their requests over `n` replicas can spend at most `n` times what they spend within that time, and `n` times
//! that part, beyond their allowance; while replicas cannot hear each other, `n` allowances.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::DefaultClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::limits::Limits;

/// Which part of an allowance is worth telling: one in so many.
const NOTABLE: u64 = 20;

/// Who spends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Spender {
    /// An account or a key.
    Known(Uuid),
    /// A stranger, by address; an IPv6 network counts as one, for its holder has all of it.
    Stranger(IpAddr),
}

impl Spender {
    /// Whoever comes from an address without saying who they are.
    #[must_use]
    pub fn stranger(address: Option<IpAddr>) -> Self {
        const NETWORK: u128 = !0 << 64;
        Self::Stranger(match address {
            Some(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => Ipv6Addr::from_bits(v6.to_bits() & NETWORK).into(),
            Some(address) => address.to_canonical(),
            None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        })
    }
}

/// How an allowance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The whole allowance.
    pub limit: u32,
    /// What is left of it.
    pub remaining: u32,
    /// In how many seconds it is whole again; for whoever has spent too much, in how many there is enough.
    pub reset: u64,
}

type Allowance = RateLimiter<Spender, DashMapStateStore<Spender>, DefaultClock, StateInformationMiddleware>;

/// What everybody has left.
pub struct Allowances {
    known: (u32, Allowance),
    strangers: (u32, Allowance),
    /// What was spent here and other replicas have not been told; none where there are no others.
    untold: Option<Mutex<HashMap<Spender, u64>>>,
}

impl Allowances {
    /// Everybody has their whole allowance. `shared` where other replicas are told what is spent.
    #[must_use]
    pub fn new(limits: &Limits, shared: bool) -> Self {
        let (known, strangers) = (allowance(limits.allowance), allowance(limits.stranger_allowance));
        Self { known, strangers, untold: shared.then(Mutex::default) }
    }

    fn of(&self, who: Spender) -> &(u32, Allowance) {
        match who {
            Spender::Known(_) => &self.known,
            Spender::Stranger(_) => &self.strangers,
        }
    }

    /// What other replicas are to be told: of each who has spent a notable part here since they were last told.
    #[must_use]
    pub fn to_tell(&self) -> Vec<(Spender, u64)> {
        let Some(untold) = &self.untold else { return Vec::new() };
        let notable = |who: &Spender, spent: &u64| *spent * NOTABLE >= u64::from(self.of(*who).0);
        untold.lock().unwrap_or_else(PoisonError::into_inner).extract_if(|who, spent| notable(who, spent)).collect()
    }

    /// Takes what was spent at another replica; where there is not so much left, all that is.
    pub fn spent_elsewhere(&self, who: Spender, cost: u64) {
        let (limit, allowance) = self.of(who);
        let take = |cost: u32| match allowance.check_key_n(&who, NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN)) {
            Ok(Ok(state)) => Some(state.remaining_burst_capacity()),
            Ok(Err(_)) | Err(_) => None,
        };
        if take(u32::try_from(cost).unwrap_or(u32::MAX).min(*limit)).is_none()
            && let Some(rest) = take(1)
            && rest > 0
        {
            take(rest);
        }
    }

    /// Spends.
    ///
    /// # Errors
    /// How the allowance stands when there is not enough left; then nothing is spent.
    pub fn spend(&self, who: Spender, cost: u64) -> Result<Standing, Standing> {
        let (limit, allowance) = self.of(who);
        // Nothing can cost more than the whole allowance, or it could never be done.
        let cost = u32::try_from(cost).unwrap_or(u32::MAX).min(*limit);
        let standing = |remaining: u32, reset| Standing { limit: *limit, remaining, reset };
        let filling = |missing: u32| u64::from(missing) * 60 / u64::from(*limit) + 1;
        match allowance.check_key_n(&who, NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN)) {
            Ok(Ok(state)) => {
                if let Some(untold) = &self.untold {
                    *untold.lock().unwrap_or_else(PoisonError::into_inner).entry(who).or_default() += u64::from(cost);
                }
                let remaining = state.remaining_burst_capacity();
                Ok(standing(remaining, filling(limit - remaining.min(*limit))))
            }
            Ok(Err(not_yet)) => {
                let wait = not_yet.wait_time_from(governor::clock::Clock::now(&DefaultClock::default()));
                Err(standing(0, wait.as_secs() + 1))
            }
            Err(_) => Err(standing(0, filling(*limit))),
        }
    }

    /// Forgets whoever has their whole allowance again, so that memory stays bounded.
    pub fn forget_whole(&self) {
        if let Some(untold) = &self.untold {
            // Too little to tell, and by now it has come back.
            untold.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        for (_, allowance) in [&self.known, &self.strangers] {
            allowance.retain_recent();
            allowance.shrink_to_fit();
        }
    }
}

/// An allowance that is whole again after a minute.
fn allowance(limit: u32) -> (u32, Allowance) {
    let limit = NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(Duration::from_mins(1) / limit.get()).unwrap_or(Quota::per_minute(limit));
    (limit.get(), RateLimiter::keyed(quota.allow_burst(limit)).with_middleware())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_spent_everything_is_told_when_to_come_again() {
        let allowances =
            Allowances::new(&Limits { allowance: 100, stranger_allowance: 10, ..Limits::default() }, false);
        let me = Spender::Known(Uuid::from_u128(1));
        assert_eq!(allowances.spend(me, 60).map(|standing| (standing.limit, standing.remaining)), Ok((100, 40)));
        let refused = allowances.spend(me, 60).unwrap_err();
        assert!((12..=14).contains(&refused.reset), "{refused:?}: twenty are missing, of a hundred a minute");
        assert!(allowances.spend(Spender::Known(Uuid::from_u128(2)), 60).is_ok(), "somebody else's is whole");
        assert!(allowances.spend(me, 40).is_ok(), "a refusal spends nothing");
    }

    #[test]
    fn what_is_spent_at_one_replica_is_missing_at_another() {
        let limits = Limits { allowance: 100, ..Limits::default() };
        let [here, there, alone] = [true, true, false].map(|shared| Allowances::new(&limits, shared));
        let (much, little) = (Spender::Known(Uuid::from_u128(1)), Spender::Known(Uuid::from_u128(2)));
        for (who, cost) in [(much, 70), (little, 4)] {
            here.spend(who, cost).unwrap();
            alone.spend(who, cost).unwrap();
        }
        assert_eq!(here.to_tell(), [(much, 70)]);
        assert!(here.to_tell().is_empty() && alone.to_tell().is_empty(), "each is told once");
        here.spend(little, 1).unwrap();
        assert_eq!(here.to_tell(), [(little, 5)], "what was too little is told with the rest");
        there.spend(much, 50).unwrap();
        there.spent_elsewhere(much, 70);
        assert!(there.spend(much, 2).is_err(), "all that was left is gone");
        assert_eq!(there.spend(little, 60).map(|standing| standing.remaining), Ok(40), "somebody else's is not");
    }

    #[test]
    fn a_network_of_addresses_is_one_stranger() {
        let stranger = |text: &str| Spender::stranger(Some(text.parse().unwrap()));
        assert_eq!(stranger("2001:db8::1"), stranger("2001:db8::ffff"));
        assert_ne!(stranger("2001:db8::1"), stranger("2001:db8:0:1::1"));
        assert_eq!(stranger("::ffff:192.0.2.1"), stranger("192.0.2.1"));
        assert_ne!(stranger("192.0.2.1"), stranger("192.0.2.2"));
    }
}
