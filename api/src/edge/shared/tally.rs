//! What is kept of a subscription for its line in the log and for the figures, while it has no task of its own.

use std::sync::Arc;
use std::time::Instant;

use tracing::field;
use uuid::Uuid;

use crate::app::App;
use crate::app::metrics::Operation;

/// A subscription that follows a topic; when it is dropped, it writes its line and its figures.
pub struct Tally {
    app: App,
    operation: Operation,
    request: Option<Arc<str>>,
    account: Option<Uuid>,
    cost: Option<u64>,
    items: u32,
    began: Instant,
}

impl Tally {
    /// A subscription that has begun.
    pub fn new(
        app: &App,
        operation: Operation,
        request: Option<Arc<str>>,
        (account, cost): (Option<Uuid>, Option<u64>),
        began: Instant,
    ) -> Self {
        app.metrics.follows(&operation);
        Self { app: app.clone(), operation, request, account, cost, items: 0, began }
    }

    /// How much was delivered in all.
    pub fn delivered(&mut self, items: u32) {
        self.items = items;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let (took, operation) = (self.began.elapsed(), &self.operation);
        self.app.metrics.follows_no_more(operation);
        self.app.metrics.ended(operation, took.as_secs_f64());
        let (ms, items, cost) = (took.as_secs_f64() * 1000.0, self.items, self.cost);
        let account = self.account.map(field::display);
        let request = self.request.as_deref().unwrap_or_default();
        let Operation { protocol, kind, field: fields } = *operation;
        let span = tracing::info_span!("operation", protocol, kind, fields, request);
        span.in_scope(|| tracing::info!(account, ms, cost, items, errors = "", "operation"));
    }
}
