//! How long it takes to read a document and to say what it costs, which every request does before anything is run:
//! `cargo bench -p tests --bench documents`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on says where by panicking")]

use std::hint::black_box;

use api::edge::cost::Prices;
use api::edge::document::Document;
use api::edge::limits::Limits;
use api::schema;
use async_graphql::Variables;
use criterion::Criterion;
use serde_json::json;

const SMALL: &str = "{ __typename }";

const CASE: &str = "query OneCase($id: ID!) { complaint(id: $id) { id number state description receivedAt contactName
    handler { name } department { name } workOrders { id state task technicianName }
    timeline(first: 10) { kind occurredAt actorName text } } }";

const PAGE: &str = "query Queue($site: ID!, $states: [ComplaintState!]!, $first: Int) {
    complaints(filter: { siteId: $site, states: $states }, page: { first: $first }) {
      edges { cursor node { ...Row } } pageInfo { hasNextPage endCursor } } }
    fragment Row on Complaint { id number state kind receivedAt description handler { name phone } department { id name }
      category { name } workOrders { ...Order } clocks { kind state dueAt } }
    fragment Order on WorkOrder { id number state technicianName }";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let limits = Limits::default().document;
    let sdl = schema::sdl();
    let prices = Prices::of(&sdl, schema::EXTRA_COSTS).unwrap();
    let variables =
        Variables::from_json(json!({ "site": "Site_1", "id": "Complaint_1", "states": ["RECEIVED"], "first": 20 }));
    for (name, text) in [("of nothing", SMALL), ("of one case", CASE), ("of a page of cases", PAGE)] {
        let mut group = criterion.benchmark_group(format!("a document {name}"));
        let document = Document::read(text, &limits).unwrap();
        let operation = &document.operation(None).unwrap().node;
        group.bench_function("read and measured", |bench| {
            bench.iter(|| black_box(Document::read(black_box(text), &limits).is_ok()));
        });
        group.bench_function("its cost", |bench| {
            bench.iter(|| prices.cost(black_box(&document.parsed), operation, &variables));
        });
        group.finish();
    }
    criterion.final_summary();
}
