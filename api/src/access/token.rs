//! Access tokens: JSON Web Tokens signed with EdDSA.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::error::{Error, Result};

const ISSUER: &str = "huiyin";
const AUDIENCE: &str = "huiyin-api";

/// Signs and checks access tokens.
pub struct TokenKeys {
    key_id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    lifetime: TimeDelta,
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub sub: Uuid,
    iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// The account's session epoch when it was signed; a raised epoch ends it.
    pub epoch: i32,
}

impl TokenKeys {
    /// Makes the key pair from its 32-byte seed in base64.
    ///
    /// # Errors
    /// A message that says what would be right.
    pub fn new(seed_base64: &str, lifetime: TimeDelta) -> Result<Self, String> {
        let wrong = || "must be 32 random bytes in base64, as `openssl rand -base64 32` prints".to_owned();
        let seed: [u8; 32] =
            BASE64.decode(seed_base64.trim().as_bytes()).map_err(|_| wrong())?.try_into().map_err(|_| wrong())?;
        let key = SigningKey::from_bytes(&seed);
        let public = key.verifying_key();
        let private = key.to_pkcs8_der().map_err(|error| error.to_string())?;
        Ok(Self {
            key_id: HEXLOWER.encode(&Sha256::digest(public.as_bytes())[..8]),
            encoding: EncodingKey::from_ed_der(private.as_bytes()),
            decoding: DecodingKey::from_ed_der(public.as_bytes()),
            lifetime,
        })
    }

    /// Signs a token for an account; returns it with the moment it ends.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn sign(&self, account: Uuid, epoch: i32, now: DateTime<Utc>) -> Result<(String, DateTime<Utc>)> {
        let end = now + self.lifetime;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: account,
            iat: now.timestamp(),
            exp: end.timestamp(),
            epoch,
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        let token = encode(&header, &claims, &self.encoding).map_err(|error| error.to_string())?;
        Ok((token, end))
    }

    /// Checks a token's signature, issuer, audience and time.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], whatever is wrong with it.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Claims> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // The end is checked below by the injected clock, not by the system's.
        validation.validate_exp = false;
        let token = decode::<Claims>(token, &self.decoding, &validation).map_err(|_| Error::Unauthenticated)?;
        let right_key = token.header.kid.as_deref() == Some(&self.key_id);
        if right_key && now.timestamp() < token.claims.exp { Ok(token.claims) } else { Err(Error::Unauthenticated) }
    }
}
