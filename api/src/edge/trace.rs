//! What is told of a request and of each operation: spans, a line in the log, and figures. Never a token, a code, a
//! phone number or a word of what was sent.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use async_graphql::Response as Answer;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use uuid::Uuid;

use super::operation;
use super::roots::Roots;
use crate::app::App;
use crate::app::error::{Error, upper_snake};
use crate::app::metrics::Operation;
use crate::app::notes::Notes;

/// Names a request, in the request where a proxy has named it, and in the answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The name of a request, for what goes on after its answer.
#[derive(Clone)]
pub struct RequestId(pub Arc<str>);

/// The longest id that is taken over.
const MAX_ID: usize = 64;
/// Any other path is not logged: it holds whatever somebody has typed.
const PATHS: [&str; 4] = ["/graphql", "/graphiql", "/healthz", "/readyz"];

/// Names the request and logs how it went. An operation has a line of its own, so that its request is told only where
/// it failed.
pub async fn request(mut request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(fresh);
    request.extensions_mut().insert(RequestId(id.as_str().into()));
    let path = logged(request.uri().path());
    let span = tracing::info_span!("request", otel.kind = "server", %id, method = %request.method(), path);
    let parent = TraceContextPropagator::new().extract(&Carrier(request.headers()));
    if parent.span().span_context().is_valid() {
        // It cannot be set where no collector is named, and then nobody asks for it.
        span.set_parent(parent).ok();
    }
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis());
    span.in_scope(|| {
        if path.ends_with('z') || (path == "/graphql" && status < 400) {
            tracing::debug!(status, ms, "answered");
        } else {
            tracing::info!(status, ms, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A path as the log has it: without what follows where it holds a key.
fn logged(path: &str) -> &'static str {
    let below = ["/graphiql/", "/uploads/", "/files/"].into_iter().find(|start| path.starts_with(start));
    below
        .map(|start| start.trim_end_matches('/'))
        .or_else(|| PATHS.into_iter().find(|known| *known == path))
        .unwrap_or("other")
}

/// Reads `traceparent`, as the W3C has it.
struct Carrier<'a>(&'a HeaderMap);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (plain && (1..=MAX_ID).contains(&id.len())).then(|| id.to_owned())
}

fn fresh() -> String {
    #[expect(clippy::disallowed_methods, reason = "an id for the log: no act or row follows from it")]
    Uuid::new_v4().to_string()
}

/// One operation from its arrival to its end, whoever ends it. When it is dropped, it writes its line and its figures.
pub struct Watched {
    app: App,
    span: Span,
    protocol: &'static str,
    named: OnceLock<Operation>,
    /// What is noted of it while it runs.
    pub notes: Notes,
    codes: Vec<String>,
    follows: bool,
    items: u64,
    began: Instant,
    passed_on: bool,
}

impl Watched {
    /// Begins to watch an operation that has come by a protocol, with a request of that name.
    pub fn begin(app: &App, protocol: &'static str, request: Option<&str>) -> Self {
        // Named here as well: a line in JSON has the innermost span alone.
        let span = tracing::info_span!("operation", request, protocol, kind = field::Empty, fields = field::Empty);
        Self {
            app: app.clone(),
            span,
            protocol,
            named: OnceLock::new(),
            notes: Notes::default(),
            codes: Vec::new(),
            follows: false,
            items: 0,
            began: Instant::now(),
            passed_on: false,
        }
    }

    /// Somebody else watches it from here on, and writes its line: how it is counted, and when it began.
    pub fn pass_on(&mut self) -> (Operation, Instant) {
        self.passed_on = true;
        (self.operation(), self.began)
    }

    /// Names it by the fields that it asks for.
    pub fn names(&self, roots: &Roots) {
        self.span.record("kind", roots.kind).record("fields", roots.names());
        self.named.set(roots.labels(self.protocol)).ok();
    }

    /// It is a subscription that is open from now on.
    pub fn follows(&mut self) {
        self.follows = true;
        self.app.metrics.follows(&self.operation());
    }

    /// Runs a part of it, within its span.
    ///
    /// # Errors
    /// [`Error::Internal`] for a panic, which ends there.
    pub async fn guard<T>(&self, part: impl Future<Output = T>) -> Result<T, Error> {
        let outcome = AssertUnwindSafe(part.instrument(self.span.clone())).catch_unwind().await;
        outcome.map_err(|_| self.span.in_scope(|| self.app.panicked()))
    }

    /// The next item of a stream; a panic is the last.
    pub async fn next(&mut self, items: &mut BoxStream<'static, Answer>) -> Option<Answer> {
        let item = match self.guard(items.next()).await {
            Ok(item) => item?,
            Err(error) => {
                *items = stream::empty().boxed();
                operation::refused(error)
            }
        };
        let item = operation::told(item);
        self.answered(&item);
        Some(item)
    }

    /// Notes an answer, or an item of a stream.
    pub fn answered(&mut self, answer: &Answer) {
        for code in answer.errors.iter().filter_map(operation::code) {
            self.app.metrics.failed(code);
            self.codes.push(code.to_owned());
        }
        if self.follows && answer.errors.is_empty() {
            self.app.metrics.delivered(&self.operation());
            self.items += 1;
        }
    }

    /// How it is counted.
    pub fn operation(&self) -> Operation {
        self.named.get().cloned().unwrap_or(Operation { protocol: self.protocol, kind: "none", field: "none" })
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.passed_on {
            return;
        }
        let (took, operation) = (self.began.elapsed(), self.operation());
        for refusal in self.notes.refusals() {
            let code = upper_snake(refusal.name());
            self.app.metrics.refused(&code);
            self.codes.push(code);
        }
        if self.follows {
            self.app.metrics.follows_no_more(&operation);
        }
        self.app.metrics.ended(&operation, took.as_secs_f64());
        let account = self.notes.who().map(field::display);
        let (cost, items) = (self.notes.price(), self.follows.then_some(self.items));
        let (ms, errors) = (took.as_secs_f64() * 1000.0, self.codes.join(" "));
        self.span.in_scope(|| tracing::info!(account, ms, cost, items, errors, "operation"));
    }
}

#[cfg(test)]
mod tests;
