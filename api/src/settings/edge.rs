//! Settings of the edge: who may call from where, and what strangers may do.

use std::path::PathBuf;

use axum::http::HeaderValue;

use super::{Problem, Reader, Setting, number, problem};
use crate::edge::Config;
use crate::edge::limits::Limits;
use crate::edge::proxies::Proxies;
use crate::edge::tls::Tls;

const ORIGINS: Setting = Setting { variable: "HUIYIN_CORS_ORIGINS", key: "cors_origins", default: Some("") };
const PROXIES: Setting = Setting { variable: "HUIYIN_TRUSTED_PROXIES", key: "trusted_proxies", default: Some("") };
const INTROSPECTION: Setting =
    Setting { variable: "HUIYIN_INTROSPECTION", key: "introspection", default: Some("signed-in") };
const DOCUMENTS: Setting = Setting { variable: "HUIYIN_DOCUMENTS", key: "documents", default: Some("any") };
const ALLOWANCE: Setting = Setting { variable: "HUIYIN_ALLOWANCE", key: "allowance", default: Some("300000") };
const CERTIFICATE: Setting = Setting { variable: "HUIYIN_TLS_CERTIFICATE", key: "tls_certificate", default: Some("") };
const KEY: Setting = Setting { variable: "HUIYIN_TLS_KEY", key: "tls_key", default: Some("") };
const ADDRESS: Setting = Setting { variable: "HUIYIN_PUBLIC_ADDRESS", key: "public_address", default: Some("") };
/// All of them.
pub const ALL: [Setting; 8] = [ADDRESS, ORIGINS, PROXIES, INTROSPECTION, DOCUMENTS, ALLOWANCE, CERTIFICATE, KEY];

/// A stranger's address has a fifth of what a known caller has.
const STRANGERS: u32 = 5;

/// How the edge is set up.
#[derive(Clone, PartialEq, Eq)]
pub struct Edge {
    origins: Vec<HeaderValue>,
    proxies: Proxies,
    open_introspection: bool,
    registered_only: bool,
    allowance: u32,
    tls: Option<(PathBuf, PathBuf)>,
    address: Option<String>,
}

impl Edge {
    /// The same for the edge, with the certificate read.
    ///
    /// # Errors
    /// When the certificate or its key cannot be read.
    pub fn config(&self) -> Result<Config, Vec<Problem>> {
        let tls = self.tls.as_ref().map(|(certificate, key)| Tls::read(certificate, key)).transpose();
        let limits =
            Limits { allowance: self.allowance, stranger_allowance: self.allowance / STRANGERS, ..Limits::default() };
        Ok(Config {
            limits,
            origins: self.origins.clone(),
            proxies: self.proxies.clone(),
            open_introspection: self.open_introspection,
            registered_only: self.registered_only,
            tls: tls.map_err(|what| vec![problem(CERTIFICATE.variable, what)])?,
            address: self.address.clone(),
        })
    }
}

impl<E: Fn(&str) -> Option<String>> Reader<E> {
    /// Reads the settings of the edge.
    pub(super) fn edge(&mut self) -> Option<Edge> {
        let origins = self.read(&ORIGINS, origins);
        let proxies = self.read(&PROXIES, Proxies::read);
        let open_introspection = self.read(&INTROSPECTION, |text| choice(text, "open", "signed-in"));
        let registered_only = self.read(&DOCUMENTS, |text| choice(text, "registered", "any"));
        let allowance = self.read(&ALLOWANCE, |text| number(text, 50_000, 1_000_000_000));
        let address = self.read(&ADDRESS, address);
        let path = |text: &str| Ok((!text.is_empty()).then(|| PathBuf::from(text)));
        let tls = match (self.read(&CERTIFICATE, path)?, self.read(&KEY, path)?) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => {
                self.problems.push(problem(KEY.variable, "a certificate and its key are given together"));
                None
            }
        };
        Some(Edge {
            origins: origins?,
            proxies: proxies?,
            open_introspection: open_introspection?,
            registered_only: registered_only?,
            allowance: allowance?,
            tls,
            address: address?,
        })
    }
}

fn address(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = host.is_some_and(|host| !host.is_empty() && !host.ends_with('/') && !host.contains(['?', '#', ' ']));
    if plain { Ok(Some(text.to_owned())) } else { Err("must be an address, as https://huiyin.example.com".to_owned()) }
}

fn choice(text: &str, yes: &str, no: &str) -> Result<bool, String> {
    match text {
        _ if text == yes => Ok(true),
        _ if text == no => Ok(false),
        _ => Err(format!("must be {yes} or {no}")),
    }
}

fn origins(text: &str) -> Result<Vec<HeaderValue>, String> {
    let wrong = || "must be origins with commas between, as https://app.example.com,http://localhost:3000".to_owned();
    let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
    let origin = |piece: &str| {
        let host = piece.strip_prefix("https://").or_else(|| piece.strip_prefix("http://"));
        // An origin has no path, and a wildcard would let every page in.
        let plain = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*']));
        plain.then(|| HeaderValue::from_str(piece).ok()).flatten().ok_or_else(wrong)
    };
    pieces.map(origin).collect()
}
