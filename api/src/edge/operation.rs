//! Runs one operation, whichever protocol it came by.
//!
//! Its document is found or read, then we learn who asks, then what it costs and whether they have that much left; only
//! then does the engine see it.

mod planned;

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{ErrorExtensionValues, Name, Request, Response, ServerError, Value};
use axum::http::{HeaderName, HeaderValue};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, stream};
use tracing::{Instrument, Span};

use super::Edge;
use super::allowance::{Spender, Standing};
use super::document::store::{self, Hash};
use super::document::{Document, Refusal};
use super::incoming::Incoming;
use super::roots::Roots;
use super::trace::Watched;
use super::who::Asking;
use crate::access::viewer::Viewer;
use crate::app::error::Error;
use crate::app::loader::Rows;
use crate::app::request::ClientAddress;

pub use planned::{Planned, plan};

/// The code of an operation that took too long.
pub const TIMED_OUT: &str = "TIMED_OUT";
/// The code of an operation for which not enough of the allowance is left.
pub const RATE_LIMITED: &str = "RATE_LIMITED";
/// The code of a hash under which no document is kept: send the document with it once.
const NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
/// The code of a document that was not registered, where only registered ones run.
const NOT_REGISTERED: &str = "DOCUMENT_NOT_REGISTERED";
/// The code of an operation that costs more than any may.
const TOO_COSTLY: &str = "TOO_COSTLY";

/// Why an operation is refused that asks for something as nobody and for something else as somebody.
const MIXED: &str = "Send what you ask without saying who you are by itself.";

/// What a request costs that is refused before it runs.
const REFUSED: u64 = 20;
/// How many errors an answer tells, and how long each may be in characters: an answer does not grow with an attack.
const MAX_ERRORS: usize = 10;
const MAX_MESSAGE: usize = 300;

/// An operation that may run.
pub struct Prepared {
    /// What kind of operation it is; none where the document has no such operation, which the engine tells.
    pub kind: Option<OperationType>,
    /// Who spends what it costs.
    pub spender: Spender,
    admitted: Admitted,
    watched: Watched,
}

impl Prepared {
    /// Its document.
    pub fn document(&self) -> &Document {
        &self.admitted.document
    }

    /// The name of the operation in it.
    pub fn name(&self) -> Option<&str> {
        self.admitted.request.operation_name.as_deref()
    }
}

struct Admitted {
    request: Request,
    /// The name of the request it came by.
    came_by: Option<Arc<str>>,
    kind: Option<OperationType>,
    spender: Spender,
    hash: Hash,
    document: Arc<Document>,
    cost: u64,
    standing: Standing,
}

/// Finds the document, who asks and what it costs, and puts into the request what resolvers ask for.
///
/// # Errors
/// The answer, where it is not to run: a document that is not GraphQL or goes beyond a limit, a token that does not
/// hold, too high a cost or too little allowance.
pub async fn prepare(
    edge: &Edge,
    asking: &Asking,
    incoming: Incoming,
    protocol: &'static str,
) -> Result<Prepared, Response> {
    let mut watched = Watched::begin(&edge.app, protocol, asking.request.as_deref());
    let admitted = watched.guard(admit(edge, asking, incoming, &watched)).await;
    match admitted {
        Ok(Ok(admitted)) => Ok(Prepared { kind: admitted.kind, spender: admitted.spender, admitted, watched }),
        Ok(Err(refusal)) => {
            watched.answered(&refusal);
            Err(refusal)
        }
        Err(panic) => {
            let refusal = refused(panic);
            watched.answered(&refusal);
            Err(refusal)
        }
    }
}

async fn admit(edge: &Edge, asking: &Asking, incoming: Incoming, watched: &Watched) -> Result<Admitted, Response> {
    let stranger = Spender::stranger(asking.address);
    let refuse = |response: Response| match edge.allowances.spend(stranger, REFUSED) {
        Ok(_) => response,
        Err(standing) => limited(standing),
    };
    let (hash, document) = find(edge, &incoming).await.map_err(refuse)?;
    let name = incoming.operation_name.as_deref();
    let operation = document.operation(name);
    let roots = Roots::of(&document.parsed, operation.map(|it| &it.node));
    // Nobody looks at the token of what is asked without saying who one is (D7): no row, line or count knows of it.
    let (viewer, account) = if roots.is_of_nobody() {
        (None, None)
    } else if roots.asks_nothing() {
        (None, asking.account(&edge.app).await.map_err(|error| refuse(refused(error)))?)
    } else {
        let viewer = asking.viewer(&edge.app).await.map_err(|error| refuse(refused(error)))?.map(|(viewer, _)| viewer);
        let account = viewer.as_ref().map(|viewer| viewer.id);
        (viewer, account)
    };
    watched.names(&roots);
    if viewer.is_some() && roots.mixes() {
        return Err(refuse(never("BAD_REQUEST", MIXED)));
    }
    if let Some(account) = account {
        watched.notes.account(account);
    }
    if let Some(missing) = operation.and_then(|it| Document::missing_variable(&it.node, &incoming.variables)) {
        return Err(refuse(never("BAD_REQUEST", &format!("The variable ${missing} must be given."))));
    }
    let cost = operation.map_or(REFUSED, |it| edge.prices.cost(&document.parsed, &it.node, &incoming.variables));
    if cost > edge.limits.cost {
        return Err(refuse(too_costly(cost, edge.limits.cost)));
    }
    watched.notes.cost(cost);
    // Nobody has looked whether a token still holds that asks for nothing: by one that was revoked, nobody spends what is
    // its account's.
    let spender = account.filter(|_| !roots.asks_nothing()).map_or(stranger, Spender::Known);
    let standing = edge.allowances.spend(spender, cost).map_err(limited)?;
    let kind = document.kind(name);
    let request = fill(edge, asking, viewer, incoming, &document).data(watched.notes.clone());
    let came_by = asking.request.clone();
    Ok(Admitted { request, came_by, kind, spender, hash, document, cost, standing })
}

/// The document that an operation names or brings.
async fn find(edge: &Edge, incoming: &Incoming) -> Result<(Hash, Arc<Document>), Response> {
    let hash = match (&incoming.query, incoming.hash) {
        (Some(text), given) => {
            let hash = store::hash(text);
            if given.is_some_and(|given| given != hash) {
                return Err(never("BAD_REQUEST", "extensions.persistedQuery.sha256Hash is not that of the query."));
            }
            hash
        }
        (None, given) => given.unwrap_or_default(),
    };
    if let Some(document) = edge.documents.get(&hash) {
        return Ok((hash, document));
    }
    let text = match (edge.registered_only, &incoming.query) {
        (true, _) => edge.registered(&hash).await.map_err(refused)?,
        (false, text) => text.clone(),
    };
    let Some(text) = text else {
        return Err(if edge.registered_only {
            never(NOT_REGISTERED, "Only documents that were registered with this server run here.")
        } else {
            never(NOT_FOUND, "PersistedQueryNotFound")
        });
    };
    let document = Document::read(&text, &edge.limits.document).map_err(unread)?;
    Ok((hash, Arc::new(document)))
}

fn fill(edge: &Edge, asking: &Asking, viewer: Option<Viewer>, incoming: Incoming, document: &Document) -> Request {
    let mut request =
        Request::new("").variables(incoming.variables).data(Rows::loader(edge.app.clone(), viewer.clone()));
    request.operation_name = incoming.operation_name;
    request.set_parsed_query(document.parsed.clone());
    if viewer.is_none() && !edge.open_introspection {
        request = request.disable_introspection();
    }
    if let Some(viewer) = viewer {
        request = request.data(viewer);
    }
    if let Some(language) = asking.language {
        request = request.data(language);
    }
    if let Some(address) = asking.address {
        request = request.data(ClientAddress(address));
    }
    request
}

/// Runs a query or a mutation.
///
/// A query is dropped when its client goes away or its time is up. A mutation runs to its end: whoever lost the answer
/// gets it by sending the same idempotency key again.
pub async fn execute(edge: &Edge, prepared: Prepared) -> Response {
    let Prepared { admitted, mut watched, .. } = prepared;
    let response = told(watched.guard(carry_out(edge, admitted)).await.unwrap_or_else(refused));
    watched.answered(&response);
    response
}

async fn carry_out(edge: &Edge, admitted: Admitted) -> Response {
    let Admitted { request, kind, hash, document, cost, standing, .. } = admitted;
    let schema = edge.schema.clone();
    let work = async move { schema.execute(request).await };
    let limit = edge.limits.executing;
    let done = if kind == Some(OperationType::Mutation) {
        // The copy keeps the process from ending before the work has.
        let stays = edge.stopping.clone();
        let work = async move {
            let response = work.await;
            drop(stays);
            response
        };
        let task = tokio::spawn(work.instrument(Span::current()));
        tokio::time::timeout(limit, async { task.await.unwrap_or_else(|_| refused(edge.app.panicked())) }).await
    } else {
        tokio::time::timeout(limit, work).await
    };
    let mut response = told(done.unwrap_or_else(|_| late()));
    if !never_ran(&response) {
        edge.documents.keep(hash, document);
    }
    tell_standing(&mut response, Some(cost), standing);
    response
}

/// Runs an operation of any kind: a subscription gives item after item, a query or a mutation one.
pub fn run(edge: &Edge, prepared: Prepared) -> BoxStream<'static, Response> {
    if prepared.kind == Some(OperationType::Subscription) {
        // It may be silent for hours, so it is not asked whether it validates before it is kept.
        let Prepared { admitted, mut watched, .. } = prepared;
        edge.documents.keep(admitted.hash, admitted.document);
        let mut items = edge.schema.execute_stream(admitted.request);
        watched.follows();
        let followed = async_stream::stream! {
            while let Some(item) = watched.next(&mut items).await {
                yield item;
            }
        };
        return followed.boxed();
    }
    let edge = edge.clone();
    stream::once(async move { execute(&edge, prepared).await }).boxed()
}

/// The answer to an operation that never ran.
pub fn refused(error: Error) -> Response {
    let error = async_graphql::Error::from(error);
    let mut told = ServerError::new(error.message, None);
    told.extensions = error.extensions;
    Response::from_errors(vec![told])
}

/// The answer to an operation that never ran, by code.
pub fn never(code: &str, message: &str) -> Response {
    let mut told = ServerError::new(message, None);
    set_code(&mut told, code);
    Response::from_errors(vec![told])
}

fn unread(refusal: Refusal) -> Response {
    let mut told = ServerError::new(refusal.message, refusal.at);
    set_code(&mut told, refusal.code);
    Response::from_errors(vec![told])
}

fn late() -> Response {
    never(
        TIMED_OUT,
        "This took too long. A mutation may still be carried out: send it again with the same idempotency key.",
    )
}

fn too_costly(cost: u64, most: u64) -> Response {
    never(
        TOO_COSTLY,
        &format!("The operation costs {cost}, at most {most} is run. Ask for shorter pages or fewer fields."),
    )
}

fn limited(standing: Standing) -> Response {
    let message = format!("Your allowance is used up. Come again in {} seconds.", standing.reset);
    let mut response = never(RATE_LIMITED, &message);
    response.http_headers.insert(HeaderName::from_static("retry-after"), HeaderValue::from(standing.reset));
    tell_standing(&mut response, None, standing);
    response
}

/// Tells what the operation cost and how the allowance stands, in the answer and in its headers.
fn tell_standing(response: &mut Response, cost: Option<u64>, standing: Standing) {
    let Standing { limit, remaining, reset } = standing;
    let number = |value: u64| Value::Number(value.into());
    let mut told = vec![
        (Name::new("limit"), number(limit.into())),
        (Name::new("remaining"), number(remaining.into())),
        (Name::new("resetSeconds"), number(reset)),
    ];
    if let Some(cost) = cost {
        told.insert(0, (Name::new("operation"), number(cost)));
    }
    response.extensions.insert("cost".to_owned(), Value::Object(told.into_iter().collect()));
    let headers = &mut response.http_headers;
    headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(limit));
    headers.insert(HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(remaining));
    headers.insert(HeaderName::from_static("ratelimit-reset"), HeaderValue::from(reset));
}

/// The code of an error.
pub fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Errors of an operation that ran say at which field; those of one that never ran do not.
pub fn never_ran(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Gives every error a code, and holds them to a number and a length: ours have a code, those of the engine are about the
/// document or a value in it.
pub fn told(mut response: Response) -> Response {
    response.errors.truncate(MAX_ERRORS);
    for error in &mut response.errors {
        if code(error).is_none() {
            let code = if error.path.is_empty() { "BAD_REQUEST" } else { "BAD_INPUT" };
            set_code(error, code);
        }
        if let Some((end, _)) = error.message.char_indices().nth(MAX_MESSAGE) {
            error.message.truncate(end);
            error.message.push('…');
        }
        error.locations.truncate(MAX_ERRORS);
    }
    response
}

fn set_code(error: &mut ServerError, code: &str) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
}
