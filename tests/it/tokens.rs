//! Access tokens: what holds, and every way in which one does not.

use api::access::token::TokenKeys;
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use tests::world::TOKEN_KEY;
use uuid::Uuid;

const OTHER_KEY: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

fn keys() -> TokenKeys {
    TokenKeys::new(TOKEN_KEY, TimeDelta::minutes(15)).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

fn seed() -> SigningKey {
    SigningKey::from_bytes(&BASE64.decode(TOKEN_KEY.as_bytes()).unwrap().try_into().unwrap())
}

fn key_id() -> String {
    serde_json::to_value(keys().public()).unwrap()[0]["kid"].as_str().unwrap().to_owned()
}

/// The claims of a good token.
fn claims() -> Value {
    let at = now().timestamp();
    json!({ "iss": "huiyin", "aud": "huiyin-api", "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2),
            "iat": at, "nbf": at, "exp": at + 900 })
}

/// Signs claims with the server's own key, under any header.
fn signed(kid: Option<String>, claims: &Value) -> String {
    let key = EncodingKey::from_ed_der(seed().to_pkcs8_der().unwrap().as_bytes());
    encode(&Header { kid, ..Header::new(Algorithm::EdDSA) }, claims, &key).unwrap()
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => claims.as_object_mut().unwrap().remove(name),
        value => claims.as_object_mut().unwrap().insert(name.to_owned(), value),
    };
    claims
}

fn holds(token: &str) -> bool {
    keys().check(token, now()).is_ok()
}

#[test]
fn a_good_token_holds_and_each_claim_of_it_is_needed_and_checked() {
    let good = |claims: &Value| holds(&signed(Some(key_id()), claims));
    assert!(good(&claims()));
    let at = now().timestamp();
    for (name, wrong) in [
        ("iss", json!("somebody-else")),
        ("aud", json!("another-api")),
        ("aud", json!(["another-api"])),
        ("exp", json!(at)),
        ("exp", json!(at - 1)),
        ("nbf", json!(at + 31)),
        ("iat", json!(at + 31)),
        ("sub", json!("nobody")),
        ("sid", json!("none")),
    ] {
        assert!(!good(&with(name, wrong.clone())), "{name} = {wrong}");
    }
    for name in ["iss", "aud", "sub", "sid", "exp", "nbf", "iat"] {
        assert!(!good(&with(name, Value::Null)), "without {name}");
    }
    assert!(good(&with("nbf", json!(at + 30))), "another server's clock may be a little ahead");
    assert!(good(&with("exp", json!(at + 1))), "it holds to the last second, and not a second longer");
}

#[test]
fn the_key_must_be_named_and_be_ours() {
    assert!(!holds(&signed(None, &claims())));
    assert!(!holds(&signed(Some("another".to_owned()), &claims())));
    let other = TokenKeys::new(OTHER_KEY, TimeDelta::minutes(15)).unwrap();
    let (foreign, _) = other.sign(Uuid::from_u128(1), Uuid::from_u128(2), now()).unwrap();
    assert!(!holds(&foreign));
}

#[test]
fn no_other_algorithm_is_taken() {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    for alg in ["none", "None", "NONE", ""] {
        let unsigned = format!("{}.{}.", part(&json!({ "alg": alg, "typ": "JWT", "kid": key_id() })), part(&claims()));
        assert!(!holds(&unsigned), "alg {alg}");
    }
    let public = seed().verifying_key().to_bytes();
    let x = BASE64URL_NOPAD.encode(&public);
    for secret in [public.as_slice(), x.as_bytes()] {
        let header = Header { kid: Some(key_id()), ..Header::new(Algorithm::HS256) };
        let confused = encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap();
        assert!(!holds(&confused), "the public key is no secret");
    }
}

#[test]
fn a_changed_payload_or_signature_is_noticed() {
    let good = signed(Some(key_id()), &claims());
    let [header, payload, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other = BASE64URL_NOPAD.encode(with("sub", json!(Uuid::from_u128(9))).to_string().as_bytes());
    assert!(!holds(&format!("{header}.{other}.{signature}")));
    let mut bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
    bytes[0] ^= 1;
    assert!(!holds(&format!("{header}.{payload}.{}", BASE64URL_NOPAD.encode(&bytes))));
    assert!(!holds(&format!("{header}.{payload}.")));
    assert!(!holds(&format!("{header}.{payload}")));
}

#[test]
fn a_change_of_keys_signs_nobody_out() {
    let (old, _) = keys().sign(Uuid::from_u128(1), Uuid::from_u128(2), now()).unwrap();
    let changed = TokenKeys::new(OTHER_KEY, TimeDelta::minutes(15)).unwrap();
    assert!(changed.check(&old, now()).is_err(), "without the overlap it would");
    let changed = changed.accepting(TOKEN_KEY).unwrap();
    assert!(changed.check(&old, now()).is_ok());
    let (new, _) = changed.sign(Uuid::from_u128(1), Uuid::from_u128(2), now()).unwrap();
    assert!(changed.check(&new, now()).is_ok());
    assert!(keys().check(&new, now()).is_err(), "the new key signs");
    assert_eq!(changed.public().len(), 2);
    assert_eq!(changed.accepting(TOKEN_KEY).unwrap().public().len(), 2, "a key named twice is one key");
}

#[test]
fn the_published_keys_verify_a_token() {
    let keys = keys().accepting(OTHER_KEY).unwrap();
    let (token, _) = keys.sign(Uuid::from_u128(1), Uuid::from_u128(2), now()).unwrap();
    let published = serde_json::to_value(keys.public()).unwrap();
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    let key = published.as_array().unwrap().iter().find(|key| key["kid"] == json!(kid)).unwrap();
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"], &key["use"]),
        (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"), &json!("sig"))
    );
    assert!(key.get("d").is_none(), "nothing private is published");
    let key = DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["huiyin-api"]);
    validation.validate_exp = false;
    let claims = decode::<Value>(&token, &key, &validation).unwrap().claims;
    assert_eq!(claims["sid"], json!(Uuid::from_u128(2)));
}
