//! Puts the features' roots together.

use async_graphql::{MergedObject, MergedSubscription, Schema, SchemaBuilder};

use crate::access::graphql::{AccessMutation, AccessQuery};
use crate::app::App;
use crate::audit::graphql::AuditQuery;
use crate::complaint::mutation::ComplaintMutation;
use crate::complaint::reading::ComplaintQuery;
use crate::event::graphql::{EventMutation, EventQuery, EventSubscription};
use crate::follow_up::graphql::{FollowUpMutation, FollowUpQuery};
use crate::organization::graphql::OrganizationQuery;
use crate::work_order::graphql::WorkOrderQuery;
use crate::work_order::mutation::WorkOrderMutation;

/// How deep an operation may nest.
const MAX_DEPTH: usize = 15;
/// How many fields an operation may select.
const MAX_COMPLEXITY: usize = 2000;
/// How many aliases an operation may give.
const MAX_ALIASES: usize = 30;

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(AccessQuery, OrganizationQuery, ComplaintQuery, WorkOrderQuery, FollowUpQuery, EventQuery, AuditQuery);

/// What can be done. Each mutation is one act of one person: all of it happens, with its event and notices, or nothing.
#[derive(MergedObject, Default)]
pub struct Mutation(AccessMutation, ComplaintMutation, WorkOrderMutation, FollowUpMutation, EventMutation);

/// What can be followed live. A stream begins after a cursor and gives every event since, once and in order.
#[derive(MergedSubscription, Default)]
pub struct Subscription(EventSubscription);

/// The whole schema.
pub type HuiyinSchema = Schema<Query, Mutation, Subscription>;

/// The schema for an app.
#[must_use]
pub fn build(app: &App) -> HuiyinSchema {
    builder().data(app.clone()).finish()
}

/// The schema's text: the contract that is committed as `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    builder().finish().sdl()
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .limit_aliases(MAX_ALIASES)
        .disable_suggestions()
}
