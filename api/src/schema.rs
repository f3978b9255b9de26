//! Puts the features' roots together.

mod pages;

use async_graphql::{MergedObject, MergedSubscription, Request, Response, Schema, SchemaBuilder};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::access::graphql::{AccessMutation, AccessQuery};
use crate::alarm::graphql::AlarmQuery;
use crate::alarm::live::AlarmSubscription;
use crate::alarm::minutes::{AttentionMutation, AttentionQuery};
use crate::alarm::mutation::AlarmMutation;
use crate::app::App;
use crate::app::apart::Apart;
use crate::app::batch::{by_turns, stream_by_turns};
use crate::attachment::graphql::{AttachmentMutation, AttachmentQuery};
use crate::audit::graphql::AuditQuery;
use crate::booking::graphql::BookingQuery;
use crate::booking::mutation::BookingMutation;
use crate::calendar::graphql::{CalendarMutation, CalendarQuery};
use crate::clock::graphql::ClockQuery;
use crate::complaint::mutation::ComplaintMutation;
use crate::complaint::passing_on::PassingOnMutation;
use crate::complaint::reading::ComplaintQuery;
use crate::day_feed::graphql::{DayFeedMutation, DayFeedQuery};
use crate::event::changes::ChangesQuery;
use crate::event::graphql::{EventMutation, EventQuery, EventSubscription};
use crate::fee::graphql::FeeQuery;
use crate::fee::mutation::FeeMutation;
use crate::figure::graphql::FigureQuery;
use crate::follow_up::mutation::FollowUpMutation;
use crate::follow_up::reading::FollowUpQuery;
use crate::form::graphql::FormQuery;
use crate::form::mutation::FormMutation;
use crate::handheld::graphql::HandheldQuery;
use crate::handheld::mutation::HandheldMutation;
use crate::hotline::graphql::HotlineQuery;
use crate::hotline::mutation::HotlineMutation;
use crate::incident::graphql::IncidentQuery;
use crate::incident::mutation::IncidentMutation;
use crate::investigation::graphql::InvestigationMutation;
use crate::opinion::graphql::OpinionQuery;
use crate::opinion::mutation::OpinionMutation;
use crate::organization::graphql::OrganizationQuery;
use crate::organization::import::graphql::ImportMutation;
use crate::organization::people::PeopleQuery;
use crate::organization::resident::graphql::ResidentQuery;
use crate::organization::resident::mutation::ResidentMutation;
use crate::organization::setup::mutation::{
    BuildingMutation, CategoryMutation, DepartmentMutation, SiteMutation, TeamMutation, UnitMutation,
};
use crate::organization::setup::reading::SetupQuery;
use crate::organization::staff::mutation::StaffMutation;
use crate::price::graphql::PriceQuery;
use crate::price::mutation::PriceMutation;
use crate::promise::mutation::PromiseMutation;
use crate::promise::reading::PromiseQuery;
use crate::quote::graphql::QuoteQuery;
use crate::quote::mutation::QuoteMutation;
use crate::repeat::graphql::{RepeatMutation, RepeatQuery};
use crate::reply::graphql::ReplyQuery;
use crate::reply::mutation::ReplyMutation;
use crate::search::graphql::SearchQuery;
use crate::signature::graphql::SignatureQuery;
use crate::stock::graphql::StockQuery;
use crate::stock::mutation::StockMutation;
use crate::undertaking::graphql::UndertakingQuery;
use crate::undertaking::mutation::UndertakingMutation;
use crate::work_order::board::{BoardQuery, BoardSubscription};
use crate::work_order::graphql::WorkOrderQuery;
use crate::work_order::mutation::WorkOrderMutation;
use crate::work_order::suggestion::DispatchQuery;

/// Root fields that cost more than their selection: they hash, search, send or hand out a lot. The limits of an
/// operation are the edge's.
pub const EXTRA_COSTS: &[(&str, u64)] = &[
    ("signIn", 250),
    ("__schema", 3000),
    ("__type", 100),
    ("register", 50),
    ("search", 100),
    ("similarComplaints", 50),
    ("incidentSuggestions", 250),
    ("publishOpenLetter", 500),
    ("statementExport", 500),
    ("statementWorkbookPath", 500),
    ("replayServicePromises", 500),
    ("submitActs", 250),
    ("createUpload", 100),
    ("createAnonymousUpload", 100),
    ("sync", 200),
    ("lookUpCaller", 100),
    ("bookingWindows", 100),
    ("dispatchSuggestions", 100),
    ("teamBoard", 100),
    ("followUpCoverage", 100),
    ("promiseFigures", 50),
    ("drawInspection", 500),
    ("assignFollowUps", 250),
    ("signOpinions", 250),
];

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    Apart<AccessQuery>,
    Apart<OrganizationQuery>,
    Apart<ComplaintQuery>,
    Apart<SearchQuery>,
    Apart<RepeatQuery>,
    Apart<IncidentQuery>,
    Apart<WorkOrderQuery>,
    Apart<DispatchQuery>,
    Apart<BoardQuery>,
    Apart<StockQuery>,
    Apart<FollowUpQuery>,
    Apart<ReplyQuery>,
    Apart<UndertakingQuery>,
    Apart<OpinionQuery>,
    Apart<HotlineQuery>,
    Apart<FormQuery>,
    Apart<AttachmentQuery>,
    Apart<PriceQuery>,
    Apart<QuoteQuery>,
    Apart<FeeQuery>,
    Apart<SignatureQuery>,
    Apart<FigureQuery>,
    Apart<EventQuery>,
    Apart<ChangesQuery>,
    Apart<AuditQuery>,
    Apart<ClockQuery>,
    Apart<AlarmQuery>,
    Apart<AttentionQuery>,
    Apart<BookingQuery>,
    Apart<HandheldQuery>,
    Apart<DayFeedQuery>,
    Apart<SetupQuery>,
    Apart<PeopleQuery>,
    Apart<ResidentQuery>,
    Apart<CalendarQuery>,
    Apart<PromiseQuery>,
);

/// The acts that set an organization up.
#[derive(MergedObject, Default)]
pub struct SetupMutation(
    Apart<SiteMutation>,
    Apart<BuildingMutation>,
    Apart<UnitMutation>,
    Apart<DepartmentMutation>,
    Apart<TeamMutation>,
    Apart<CategoryMutation>,
    Apart<StaffMutation>,
    Apart<ResidentMutation>,
    Apart<ImportMutation>,
    Apart<CalendarMutation>,
    Apart<PromiseMutation>,
);

/// What can be done. Each mutation is one act of one person: all of it happens, with its event and notices, or nothing.
#[derive(MergedObject, Default)]
pub struct Mutation(
    Apart<AccessMutation>,
    Apart<ComplaintMutation>,
    Apart<PassingOnMutation>,
    Apart<RepeatMutation>,
    Apart<IncidentMutation>,
    Apart<WorkOrderMutation>,
    Apart<FollowUpMutation>,
    Apart<ReplyMutation>,
    Apart<InvestigationMutation>,
    Apart<UndertakingMutation>,
    Apart<OpinionMutation>,
    Apart<HotlineMutation>,
    Apart<FormMutation>,
    Apart<AttachmentMutation>,
    Apart<AlarmMutation>,
    Apart<AttentionMutation>,
    Apart<BookingMutation>,
    Apart<HandheldMutation>,
    Apart<StockMutation>,
    Apart<DayFeedMutation>,
    Apart<PriceMutation>,
    Apart<QuoteMutation>,
    Apart<FeeMutation>,
    Apart<EventMutation>,
    Apart<SetupMutation>,
);

/// What can be followed live. A stream begins after a cursor and gives every event since, once and in order. Whoever takes
/// the items too slowly is told so and cut, and loses nothing by opening the stream again with the last cursor: a socket is
/// closed with 1013; over server-sent events comes a last item with the error `TOO_SLOW` and no `complete`. Whatever a stream
/// brings is also a query, for weak networks: `changes`, and `AnonymousComplaint.timeline` for the holder of a receipt code.
#[derive(MergedSubscription, Default)]
pub struct Subscription(EventSubscription, BoardSubscription, AlarmSubscription);

/// The whole schema. Its answers are made behind pointers: whoever asks it compiles nothing of what answers.
#[derive(Clone)]
pub struct HuiyinSchema(Schema<Query, Mutation, Subscription>);

impl HuiyinSchema {
    /// Carries a query or a mutation out.
    #[must_use]
    pub fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        let schema = self.0.clone();
        Box::pin(async move { by_turns(schema.execute(request)).await })
    }

    /// Carries any operation out: what a subscription gives one by one, the answer to anything else as the only one.
    #[must_use]
    pub fn execute_stream(&self, request: Request) -> BoxStream<'static, Response> {
        Box::pin(stream_by_turns(self.0.execute_stream(request)))
    }

    /// The schema's text, as in [`sdl`].
    #[must_use]
    pub fn sdl(&self) -> String {
        self.0.sdl()
    }
}

/// The schema for an app.
#[must_use]
pub fn build(app: &App) -> HuiyinSchema {
    HuiyinSchema(builder().data(app.clone()).finish())
}

/// The schema's text: the contract that is committed as `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// Why a document does not fit the schema, if it does not. Nothing of it is run.
pub async fn fault(document: &str) -> Option<String> {
    // No operation has this name, which the engine only says of a document that fits.
    const NOBODY: &str = "__nobody";
    let answer = builder().finish().execute(Request::new(document).operation_name(NOBODY)).await;
    let fault = answer.errors.into_iter().find(|error| !error.message.contains(NOBODY));
    fault.map(|error| error.message)
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    let builder = Schema::build(Query::default(), Mutation::default(), Subscription::default());
    pages::described(builder.disable_suggestions())
}
