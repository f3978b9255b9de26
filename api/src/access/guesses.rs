//! Slows whoever guesses at passwords or receipt codes. In memory only: nothing of the address is kept.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::app::error::{Error, Result};

/// Tries a minute that one address has.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// Counts tries by address.
pub struct Guesses(DefaultKeyedRateLimiter<IpAddr>);

impl Default for Guesses {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(PER_ADDRESS)))
    }
}

impl Guesses {
    /// Counts a try. Calls from inside the process have no address and are not counted.
    ///
    /// # Errors
    /// [`Error::Limited`] when the address has used its tries up.
    pub fn count(&self, address: Option<IpAddr>) -> Result<()> {
        match address {
            Some(address) => self.0.check_key(&address).map_err(|_| Error::Limited),
            None => Ok(()),
        }
    }

    /// Forgets addresses that have not tried for a while, so that memory stays bounded.
    pub fn forget_old(&self) {
        self.0.retain_recent();
    }
}
