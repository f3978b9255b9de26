//! Runs a socket's operations. Each asks anew who the viewer is, so that a role or a session that has ended since the
//! connection began ends here too, and each has loaders of its own.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response};
use async_stream::stream;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use tokio::sync::Semaphore;

use crate::edge::who::Asking;
use crate::edge::{Edge, operation};

/// How many operations and subscriptions one socket may have at a time.
const AT_ONCE: usize = 100;

/// The operations of one socket.
#[derive(Clone)]
pub struct Operations {
    edge: Edge,
    turns: Arc<Semaphore>,
}

impl Operations {
    /// The operations of a new socket.
    pub fn new(edge: Edge) -> Self {
        Self { edge, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Executor for Operations {
    async fn execute(&self, request: Request) -> Response {
        match operation::prepare(&self.edge, &Asking::default(), request).await {
            Ok(request) => operation::execute(&self.edge, request).await,
            Err(error) => operation::refused(error),
        }
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let (edge, turn) = (self.edge.clone(), self.turns.clone().try_acquire_owned());
        let asking = session.as_deref().and_then(said).unwrap_or_default();
        let answers = stream! {
            let Ok(_turn) = turn else {
                yield operation::never("TOO_MANY", "A socket has at most 100 operations at a time.");
                return;
            };
            let mut request = match operation::prepare(&edge, &asking, request).await {
                Ok(request) => request,
                Err(error) => {
                    yield operation::refused(error);
                    return;
                }
            };
            if operation::kind(&mut request) == Some(OperationType::Subscription) {
                let mut items = edge.schema.execute_stream(request);
                while let Some(item) = items.next().await {
                    yield operation::coded(item);
                }
            } else {
                yield operation::execute(&edge, request).await;
            }
        };
        answers.boxed()
    }
}

/// What the beginning of the connection said about who asks.
fn said(session: &Data) -> Option<Asking> {
    session.get(&TypeId::of::<Asking>())?.downcast_ref::<Asking>().cloned()
}
