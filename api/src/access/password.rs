//! Passwords: argon2id with the parameters that OWASP recommends (19 MiB, two passes, one lane), off the async threads.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::app::dice::Dice;
use crate::app::error::Result;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashing takes memory and a whole core: more at once would only stand in each other's way.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// A hash of nobody's password, so that an unknown phone takes as long as a wrong password.
    nobody: Arc<str>,
}

impl Passwords {
    /// Makes the hasher.
    ///
    /// # Errors
    /// When argon2 refuses its parameters.
    pub fn new(dice: &Dice) -> Result<Self, String> {
        let nobody = hash_now("nobody's", dice.bytes())?;
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), nobody: nobody.into() })
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

fn hash_now(password: &str, salt: [u8; 16]) -> Result<String, String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| error.to_string())?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}
