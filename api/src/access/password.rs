//! Passwords: argon2id with the parameters that OWASP recommends (19 MiB, two passes, one lane), off the async threads.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::app::dice::Dice;
use crate::app::error::Result;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many characters a password has: length is what makes it hard to guess; the most keeps hashing cheap.
pub const LENGTH: RangeInclusive<usize> = 12..=128;
/// How many guesses a password must stand, as a power of ten. What falls sooner is among the first that anybody tries.
const GUESSES: f64 = 8.0;
/// Hashing takes memory and a whole core: more at once would only stand in each other's way.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// A hash of nobody's password, so that an unknown phone takes as long as a wrong password.
    nobody: Arc<str>,
    checks: Arc<AtomicU64>,
}

impl Passwords {
    /// Makes the hasher.
    ///
    /// # Errors
    /// When argon2 refuses its parameters.
    pub fn new(dice: &Dice) -> Result<Self, String> {
        let nobody = hash_now("nobody's", dice.bytes())?;
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), nobody: nobody.into(), checks: Arc::default() })
    }

    /// How many passwords have been checked: the same number for a phone that nobody has.
    #[must_use]
    pub fn checks(&self) -> u64 {
        self.checks.load(Ordering::Relaxed)
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// When the machine cannot.
    pub async fn hash(&self, password: &str, dice: &Dice) -> Result<String> {
        let (password, salt) = (password.to_owned(), dice.bytes());
        let _turn = self.turns.acquire().await.map_err(|error| error.to_string())?;
        let hash = tokio::task::spawn_blocking(move || hash_now(&password, salt)).await;
        Ok(hash.map_err(|error| error.to_string())??)
    }

    /// Whether the password is the one that was hashed. Without a hash it takes the same time and is not.
    ///
    /// # Errors
    /// When the machine cannot.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.nobody).to_owned());
        let _turn = self.turns.acquire().await.map_err(|error| error.to_string())?;
        let right = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
        .map_err(|error| error.to_string())?;
        Ok(right && known)
    }
}

/// Whether a new password is long enough and not among the first to be guessed; `known` is what a guesser knows of the
/// person.
#[must_use]
pub fn is_acceptable(password: &str, known: &[&str]) -> bool {
    LENGTH.contains(&password.chars().count()) && zxcvbn::zxcvbn(password, known).guesses_log10() >= GUESSES
}

fn hash_now(password: &str, salt: [u8; 16]) -> Result<String, String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| error.to_string())?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::is_acceptable;

    #[test]
    fn what_is_short_common_or_known_of_the_person_is_no_password() {
        for weak in ["elevenchars", "password1234", "123456789012", "passwordpassword", "qwertyuiop[]", "138000000011"]
        {
            assert!(!is_acceptable(weak, &["13800000001"]), "{weak}");
        }
        for good in ["huiyin-demo-2026", "三月的雨下了又停停了又下", "correct horse battery staple"] {
            assert!(is_acceptable(good, &["13800000001"]), "{good}");
        }
        assert!(!is_acceptable(&"字".repeat(129), &[]));
    }
}
