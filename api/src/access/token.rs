//! Access tokens: JSON Web Tokens signed with EdDSA. They hold for minutes; a session gets new ones by its refresh token.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::error::{Error, Result};

const ISSUER: &str = "huiyin";
const AUDIENCE: &str = "huiyin-api";
/// How far the clocks of two servers may be apart when one checks what the other has just signed.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);

/// Signs and checks access tokens. One key signs; keys that signed before are still accepted, so that a change of keys
/// signs nobody out.
pub struct TokenKeys {
    signing: EncodingKey,
    key_id: String,
    accepted: Vec<PublicKey>,
    lifetime: TimeDelta,
}

/// A key that tokens are checked with.
struct PublicKey {
    id: String,
    bytes: [u8; 32],
    key: DecodingKey,
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub sub: Uuid,
    /// The session, which is looked up each time: an ended session ends its tokens.
    pub sid: Uuid,
    iat: i64,
    nbf: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// A public key as a JSON Web Key (RFC 8037).
#[derive(Debug, Serialize)]
pub struct JsonWebKey {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    kid: String,
    x: String,
}

impl TokenKeys {
    /// Makes the key pair that signs from its 32-byte seed in base64.
    ///
    /// # Errors
    /// A message that says what would be right.
    pub fn new(seed_base64: &str, lifetime: TimeDelta) -> Result<Self, String> {
        let key = signing_key(seed_base64)?;
        let private = key.to_pkcs8_der().map_err(|error| error.to_string())?;
        let public = PublicKey::of(&key);
        Ok(Self {
            signing: EncodingKey::from_ed_der(private.as_bytes()),
            key_id: public.id.clone(),
            accepted: vec![public],
            lifetime,
        })
    }

    /// The same, accepting also what a key has signed that is not in use any more.
    ///
    /// # Errors
    /// A message that says what would be right.
    pub fn accepting(mut self, seed_base64: &str) -> Result<Self, String> {
        let before = PublicKey::of(&signing_key(seed_base64)?);
        if self.accepted.iter().all(|key| key.id != before.id) {
            self.accepted.push(before);
        }
        Ok(self)
    }

    /// How long a token holds.
    #[must_use]
    pub fn lifetime(&self) -> TimeDelta {
        self.lifetime
    }

    /// The public keys, the one in use first: with them anybody can check a token, and nobody make one.
    #[must_use]
    pub fn public(&self) -> Vec<JsonWebKey> {
        self.accepted.iter().map(PublicKey::show).collect()
    }

    /// Signs a token for a session of an account; returns it with the moment it ends.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn sign(&self, account: Uuid, session: Uuid, now: DateTime<Utc>) -> Result<(String, DateTime<Utc>)> {
        let end = now + self.lifetime;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: account,
            sid: session,
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: end.timestamp(),
        };
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        let token = encode(&header, &claims, &self.signing).map_err(|error| error.to_string())?;
        Ok((token, end))
    }

    /// Checks a token's key, signature, issuer, audience and times.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], whatever is wrong with it.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Claims> {
        let header = decode_header(token).map_err(|_| Error::Unauthenticated)?;
        let named = header.kid.and_then(|id| self.accepted.iter().find(|key| key.id == id));
        let key = named.ok_or(Error::Unauthenticated)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // The times are checked below by the injected clock, not by the system's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, &key.key, &validation).map_err(|_| Error::Unauthenticated)?.claims;
        let latest_beginning = (now + LEEWAY).timestamp();
        let holds = now.timestamp() < claims.exp && claims.nbf <= latest_beginning && claims.iat <= latest_beginning;
        if holds { Ok(claims) } else { Err(Error::Unauthenticated) }
    }
}

impl PublicKey {
    fn of(key: &SigningKey) -> Self {
        let bytes = key.verifying_key().to_bytes();
        let id = HEXLOWER.encode(&Sha256::digest(bytes)[..8]);
        Self { id, bytes, key: DecodingKey::from_ed_der(&bytes) }
    }

    fn show(&self) -> JsonWebKey {
        JsonWebKey {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: self.id.clone(),
            x: BASE64URL_NOPAD.encode(&self.bytes),
        }
    }
}

fn signing_key(seed_base64: &str) -> Result<SigningKey, String> {
    Ok(SigningKey::from_bytes(&crate::app::vault::seed(seed_base64)?))
}
