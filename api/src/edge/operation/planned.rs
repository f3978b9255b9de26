//! A subscription that the engine has accepted, and what it wants.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::{Response, Variables};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, stream};
use uuid::Uuid;

use super::{Admitted, Prepared, never_ran, refused, told};
use crate::app::App;
use crate::app::metrics::Operation;
use crate::edge::Edge;
use crate::edge::document::Document;
use crate::edge::document::store::Hash;
use crate::edge::shared::Tally;
use crate::event::live::{Plan, Wanted};

/// A subscription of one field that the engine has accepted.
pub struct Planned {
    /// The document's name.
    pub hash: Hash,
    /// The document.
    pub document: Arc<Document>,
    /// The operation in it.
    pub operation: Option<String>,
    /// The variables.
    pub variables: Variables,
    /// Under which name the client gets the field.
    pub root: String,
    /// How it is counted.
    pub counted: Operation,
    request: Option<Arc<str>>,
    noted: (Option<Uuid>, Option<u64>),
    began: Instant,
}

impl Planned {
    /// What is kept for its line in the log.
    pub fn tally(&self, app: &App) -> Tally {
        Tally::new(app, self.counted.clone(), self.request.clone(), self.noted, self.began)
    }
}

/// Has the engine check a subscription, and learns what it wants.
///
/// # Errors
/// Its items, where it is over already or does not say what it wants.
pub async fn plan(edge: &Edge, prepared: Prepared) -> Result<(Wanted, Planned), BoxStream<'static, Response>> {
    let Prepared { admitted, mut watched, .. } = prepared;
    let Admitted { request, came_by, hash, document, .. } = admitted;
    edge.documents.keep(hash, document.clone());
    let (operation, variables, plan) = (request.operation_name.clone(), request.variables.clone(), Plan::default());
    let mut items = edge.schema.execute_stream(request.data(plan.clone()));
    let first = watched.guard(items.next()).await.unwrap_or_else(|panic| Some(refused(panic))).map(told);
    if let (None, Some(wanted)) = (&first, plan.wanted()) {
        let (counted, began) = watched.pass_on();
        let noted = (watched.notes.who(), watched.notes.price());
        let root = document.operation(operation.as_deref()).map(Document::first_key).unwrap_or_default();
        return Ok((
            wanted,
            Planned { hash, document, operation, variables, root, counted, request: came_by, noted, began },
        ));
    }
    if !first.as_ref().is_none_or(never_ran) {
        watched.follows();
    }
    if let Some(answer) = &first {
        watched.answered(answer);
    }
    let rest = async_stream::stream! {
        while let Some(item) = watched.next(&mut items).await {
            yield item;
        }
    };
    Err(stream::iter(first).chain(rest).boxed())
}
