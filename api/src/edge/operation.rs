//! Runs one operation, whichever protocol it came by.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{ErrorExtensionValues, Request, Response, ServerError, Value};
use tracing::{Instrument, Span};

use super::Edge;
use super::document::{MAX_SELECTIONS, unfolded_size};
use super::who::Asking;
use crate::app::error::{Error, Result};
use crate::app::loader::Rows;
use crate::app::request::ClientAddress;

/// How long a query or a mutation may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The code of an operation that took longer.
pub const TIMED_OUT: &str = "TIMED_OUT";

/// Puts into a request what resolvers ask for: who asks, in which language, from where, and loaders of its own.
///
/// # Errors
/// [`Error::Unauthenticated`] for a token that does not hold; [`Error::TooLarge`] for a document that unfolds too far.
pub async fn prepare(edge: &Edge, asking: &Asking, mut request: Request) -> Result<Request> {
    // A document that cannot be parsed is told by the engine, which parses it again.
    if request.parsed_query().is_ok_and(|document| unfolded_size(document) > MAX_SELECTIONS) {
        return Err(Error::TooLarge);
    }
    let viewer = asking.viewer(&edge.app).await?.map(|(viewer, _)| viewer);
    request = request.data(Rows::loader(edge.app.clone(), viewer.clone()));
    if let Some(viewer) = viewer {
        request = request.data(viewer);
    }
    if let Some(language) = asking.language {
        request = request.data(language);
    }
    if let Some(address) = asking.address {
        request = request.data(ClientAddress(address));
    }
    Ok(request)
}

/// What kind of operation it is; none where the document is not valid.
pub fn kind(request: &mut Request) -> Option<OperationType> {
    let wanted = request.operation_name.clone();
    let mut operations = request.parsed_query().ok()?.operations.iter();
    let chosen = match wanted {
        Some(wanted) => operations.find(|(name, _)| name.is_some_and(|name| name.as_str() == wanted)),
        None => operations.next(),
    };
    chosen.map(|(_, operation)| operation.node.ty)
}

/// Runs a query or a mutation.
///
/// A query is dropped when its client goes away or its time is up. A mutation runs to its end: whoever lost the answer
/// gets it by sending the same idempotency key again.
pub async fn execute(edge: &Edge, mut request: Request) -> Response {
    let kind = kind(&mut request);
    if let Some(kind) = kind {
        Span::current().record("operation", tracing::field::display(kind));
    }
    let schema = edge.schema.clone();
    let work = async move { schema.execute(request).await };
    let done = if kind == Some(OperationType::Mutation) {
        // The copy keeps the process from ending before the work has.
        let stays = edge.stopping.clone();
        let work = async move {
            let response = work.await;
            drop(stays);
            response
        };
        let task = tokio::spawn(work.instrument(Span::current()));
        tokio::time::timeout(LIMIT, async { task.await.unwrap_or_else(|error| refused(error.to_string().into())) })
            .await
    } else {
        tokio::time::timeout(LIMIT, work).await
    };
    coded(done.unwrap_or_else(|_| late()))
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

fn late() -> Response {
    never(
        TIMED_OUT,
        "This took too long. A mutation may still be carried out: send it again with the same idempotency key.",
    )
}

/// The code of an error.
pub fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Gives every error a code: ours have one, those of the engine are about the document or a value in it.
pub fn coded(mut response: Response) -> Response {
    for error in &mut response.errors {
        if code(error).is_none() {
            let code = if error.path.is_empty() { "BAD_REQUEST" } else { "BAD_INPUT" };
            set_code(error, code);
        }
    }
    response
}

fn set_code(error: &mut ServerError, code: &str) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
}
