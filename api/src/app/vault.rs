//! The server's secret, and what is done with it: sealing what must be read again, and hashing what is too short to be
//! safe under a plain hash. The database alone gives neither.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::dice::Dice;

const NONCE: usize = 24;

/// Keeps the server's secret, or a key derived from it.
#[derive(Clone)]
pub struct Vault([u8; 32]);

/// Reads 32 random bytes in base64.
///
/// # Errors
/// A message that says what would be right.
pub fn seed(base64: &str) -> Result<[u8; 32], String> {
    let wrong = || "must be 32 random bytes in base64, as `openssl rand -base64 32` prints".to_owned();
    BASE64.decode(base64.trim().as_bytes()).map_err(|_| wrong())?.try_into().map_err(|_| wrong())
}

impl Vault {
    /// Takes the secret, 32 bytes in base64.
    ///
    /// # Errors
    /// A message that says what would be right.
    pub fn new(secret_base64: &str) -> Result<Self, String> {
        Ok(Self(seed(secret_base64)?))
    }

    /// A vault that only this one and the key together can make: for what the caller's idempotency key is to open.
    #[must_use]
    pub fn under(&self, key: &str) -> Self {
        Self(self.mac("under", &[key.as_bytes()]).finalize().into_bytes().into())
    }

    /// A hash under the secret, in hex. `about` keeps hashes of different things apart.
    #[must_use]
    pub fn digest(&self, about: &str, parts: &[&[u8]]) -> String {
        HEXLOWER.encode(&self.mac(about, parts).finalize().into_bytes())
    }

    /// Whether a hash is that of these parts; compared in constant time.
    #[must_use]
    pub fn is_digest(&self, digest: &str, about: &str, parts: &[&[u8]]) -> bool {
        let digest = HEXLOWER_PERMISSIVE.decode(digest.as_bytes()).unwrap_or_default();
        self.mac(about, parts).verify_slice(&digest).is_ok()
    }

    /// Seals a text. It opens only for the same `about`.
    ///
    /// # Errors
    /// When the cipher refuses, which it does for texts of many gigabytes.
    pub fn seal(&self, about: &str, text: &str, dice: &Dice) -> Result<String, String> {
        let nonce: [u8; NONCE] = dice.bytes();
        let payload = Payload { msg: text.as_bytes(), aad: about.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|error| error.to_string())?;
        Ok(BASE64.encode(&[&nonce[..], &sealed].concat()))
    }

    /// Opens a sealed text; nothing when it was changed, or sealed elsewhere or about something else.
    #[must_use]
    pub fn open(&self, about: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64.decode(sealed.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        let text = self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(text).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let key: [u8; 32] = self.mac("seal", &[]).finalize().into_bytes().into();
        XChaCha20Poly1305::new(&Key::from(key))
    }

    /// Each part goes in behind its length, so that no two lists of parts look alike.
    fn mac(&self, about: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&self.block());
        for part in std::iter::once(about.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    /// The key as the hash takes it: padded with zeros to its block, which changes nothing.
    fn block(&self) -> hmac::digest::Key<Hmac<Sha256>> {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..self.0.len()].copy_from_slice(&self.0);
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn a_sealed_text_opens_only_with_the_same_key_for_the_same_thing_unchanged() {
        let (vault, dice) = (Vault::new(SECRET).unwrap(), Dice::seeded(1));
        let long = "a text that is longer than one block of the hash, so that nothing of it is cut off at the end";
        let sealed = vault.under("key").seal("thing", long, &dice).unwrap();
        assert_eq!(vault.under("key").open("thing", &sealed).as_deref(), Some(long));
        assert_eq!(vault.under("other").open("thing", &sealed), None);
        assert_eq!(vault.open("thing", &sealed), None);
        assert_eq!(vault.under("key").open("other thing", &sealed), None);
        let mut bytes = BASE64.decode(sealed.as_bytes()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(vault.under("key").open("thing", &BASE64.encode(&bytes)), None);
    }

    #[test]
    fn a_digest_depends_on_secret_purpose_and_parts() {
        let vault = Vault::new(SECRET).unwrap();
        let digest = vault.digest("code", &[b"ab", b"c"]);
        assert!(vault.is_digest(&digest, "code", &[b"ab", b"c"]));
        assert!(!vault.is_digest(&digest, "code", &[b"a", b"bc"]));
        assert!(!vault.is_digest(&digest, "other", &[b"ab", b"c"]));
        assert!(!vault.under("x").is_digest(&digest, "code", &[b"ab", b"c"]));
        assert!(!vault.is_digest("", "code", &[b"ab", b"c"]));
    }
}
