//! The seeding of big databases, on a small one: what it makes is what the program understands.

use serde_json::json;
use tests::seed::{Size, fill};
use tests::world::app_over;

on_both! {
    #[expect(clippy::large_futures, reason = "a test's own frame")]
    async fn a_seeded_case_reads_like_one_that_was_filed(world) {
        let size = Size { organizations: 2, sites: 4, homes: 3, cases: 100 };
        let seeded = Box::pin(fill(&world, size, world.now())).await;
        let app = app_over(&world.database, world.app.clock.clone(), 9);
        let agent = api::access::viewer::Viewer::load(&app.db, seeded.agent(1), world.now()).await.unwrap();
        assert_eq!(agent.organization_id, seeded.organization(1));
        let document = "query($id: ID!) { complaint(id: $id) { number state contactName site { code } department { name }
            workOrders { state technicianName } clocks { kind state } timeline(first: 50) { kind position: cursor } } }";
        let request = async_graphql::Request::new(document)
            .variables(async_graphql::Variables::from_json(json!({ "id": format!("Complaint_{}", seeded.case(97).simple()) })))
            .data(domain::organization::Language::En)
            .data(api::app::loader::Rows::loader(app.clone(), Some(agent.clone())))
            .data(agent);
        let answer = serde_json::to_value(api::schema::build(&app).execute(request).await).unwrap();
        let case = &answer["data"]["complaint"];
        assert_eq!(case["site"]["code"], "S0001", "{answer}");
        assert_eq!(case["workOrders"][0]["state"], "TECHNICIAN_ASSIGNED", "{answer}");
    }
}
