//! The explorer: a page in which to read the documentation, sign in and try the API. `api/assets/explorer` says what it
//! is made of. Everything is in the binary, so it works without internet.
//!
//! Files have the fingerprint of all of them in their address and may be kept for ever; the page itself may not.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A file of the explorer.
struct File {
    name: &'static str,
    media_type: &'static str,
    content: &'static [u8],
}

macro_rules! files {
    ($($name:literal in $folder:literal as $media_type:expr),+ $(,)?) => {
        &[$(File {
            name: $name,
            media_type: $media_type,
            content: include_bytes!(concat!("../../assets/explorer/", $folder, $name)),
        }),+]
    };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const FILES: &[File] = files![
    "graphiql.min.css" in "vendor/" as STYLE,
    "graphiql.min.js" in "vendor/" as SCRIPT,
    "react.production.min.js" in "vendor/" as SCRIPT,
    "react-dom.production.min.js" in "vendor/" as SCRIPT,
    "LICENSES.txt" in "vendor/" as TEXT,
    "page.css" in "" as STYLE,
    "page.js" in "" as SCRIPT,
    "style.js" in "" as SCRIPT,
    "tour.js" in "" as SCRIPT,
    "tour.graphql" in "" as TEXT,
];
const PAGE: &str = include_str!("../../assets/explorer/page.html");

/// The fingerprint of all files.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let hash = FILES.iter().fold(Sha256::new(), |hash, file| hash.chain_update(file.content));
    HEXLOWER.encode(&hash.finalize()[..8])
});

/// Beside the page's own addresses, the browser may go nowhere.
const COMMON: [(HeaderName, &str); 3] =
    [(X_FRAME_OPTIONS, "DENY"), (REFERRER_POLICY, "no-referrer"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// The page and its files.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/graphiql", get(page)).route("/graphiql/{version}/{name}", get(file))
}

async fn page() -> impl IntoResponse {
    #[expect(clippy::disallowed_methods, reason = "a word for this one answer: no act or row follows from it")]
    let nonce = Uuid::new_v4().simple().to_string();
    let text = PAGE.replace("{version}", &VERSION).replace("{nonce}", &nonce);
    let headers = [(CONTENT_SECURITY_POLICY, policy(&nonce)), (CACHE_CONTROL, "no-store".to_owned())];
    (COMMON, headers, Html(text))
}

/// The page may run what this server gives it, and may talk to this server and to nobody else.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

async fn file(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(file) = FILES.iter().find(|file| file.name == name && version == *VERSION) else {
        return (StatusCode::NOT_FOUND, COMMON).into_response();
    };
    let tag = format!("\"{version}\"");
    let known = headers.get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let keep = [(CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()), (ETAG, tag)];
    if known {
        return (StatusCode::NOT_MODIFIED, COMMON, keep).into_response();
    }
    (COMMON, keep, [(CONTENT_TYPE, file.media_type)], file.content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_only_files_that_are_there() {
        let named: Vec<&str> =
            PAGE.split("/graphiql/{version}/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.len() >= 6, "{named:?}");
        for name in named {
            assert!(FILES.iter().any(|file| file.name == name), "{name}");
        }
    }
}
