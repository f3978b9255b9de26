//! What a request says about who sends it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use chrono::{DateTime, Utc};
use domain::organization::Language;
use uuid::Uuid;

use super::Edge;
use super::proxies::Proxies;
use super::trace::RequestId;
use crate::access::api_key;
use crate::access::known::made_for;
use crate::access::service::authenticate;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::language;

/// What a request, or the beginning of a socket, says about who sends it. Has no `Debug`: it holds a token.
#[derive(Clone, Default)]
pub struct Asking {
    /// The token; empty where the header is there but holds none.
    token: Option<String>,
    /// The language that the answer is to be in.
    pub language: Option<Language>,
    /// Where it comes from: the peer, or whom a trusted proxy names.
    pub address: Option<IpAddr>,
    /// The name of the request.
    pub request: Option<Arc<str>>,
}

impl Asking {
    /// Reads a request's headers and its peer.
    pub fn of(parts: &Parts, proxies: &Proxies) -> Self {
        Self {
            token: header(&parts.headers, &AUTHORIZATION).map(bearer),
            language: header(&parts.headers, &ACCEPT_LANGUAGE).and_then(language::accepted),
            address: parts
                .extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|peer| proxies.client(peer.0.ip(), &parts.headers)),
            request: parts.extensions.get::<RequestId>().map(|id| id.0.clone()),
        }
    }

    /// The same, with what the payload of `connection_init` says: `authorization` (or `Authorization`) or `token`, and
    /// `acceptLanguage`. Browsers cannot set headers of a socket.
    #[must_use]
    pub fn beginning(mut self, payload: &serde_json::Value) -> Self {
        let text = |key: &str| payload.get(key).and_then(serde_json::Value::as_str);
        let authorization = text("authorization").or_else(|| text("Authorization")).map(bearer);
        if let Some(token) = authorization.or_else(|| text("token").map(str::to_owned)) {
            self.token = Some(token);
        }
        if let Some(language) = text("acceptLanguage").and_then(language::accepted) {
            self.language = Some(language);
        }
        self
    }

    /// Who that is now, and until when the token holds; nobody without a token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a token that does not hold.
    pub async fn viewer(&self, app: &App) -> Result<Option<(Viewer, DateTime<Utc>)>> {
        match self.token.as_deref() {
            None => Ok(None),
            Some("") => Err(Error::Unauthenticated),
            Some(token) => Ok(Some(authenticate(app, token).await?)),
        }
    }

    /// Whose account that is, for the log: for what concerns nobody, without a look at the database. A session that has
    /// ended is told by whatever asks for more, and until then spends nothing of the account's.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a token whose signature or time does not hold.
    pub async fn account(&self, app: &App) -> Result<Option<Uuid>> {
        match self.token.as_deref() {
            Some(token) if !token.is_empty() && !api_key::is_one(token) => Ok(Some(made_for(app, token)?)),
            _ => Ok(self.viewer(app).await?.map(|(viewer, _)| viewer.id)),
        }
    }

    /// Waits until whoever asks may not any more: their token has ended or was revoked. A stranger has none to end.
    pub async fn ended(self, edge: Edge) {
        loop {
            let next = edge.limits.socket.ping;
            let wait = match self.viewer(&edge.app).await {
                Ok(None) => std::future::pending().await,
                Ok(Some((_, ends))) => (ends - edge.app.clock.now()).to_std().unwrap_or_default().min(next),
                Err(Error::Unauthenticated) => return,
                // The database does not answer; that ends nobody's right.
                Err(_) => next,
            };
            tokio::time::sleep(wait).await;
        }
    }
}

/// A header as text; one that is no text counts as empty.
fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

fn bearer(header: &str) -> String {
    let (scheme, token) = header.trim().split_once(' ').unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") { token.trim().to_owned() } else { String::new() }
}
