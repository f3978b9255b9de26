//! What clients rely on in every answer: keys in the order asked, null where an error is, and a bounded number of
//! statements whatever the length of a list.

use std::sync::atomic::Ordering;

use serde_json::json;

on_both! {
    async fn keys_come_in_the_order_they_were_asked(world) {
        let case = world.dripping_tap().await;
        let document = "query($id: ID!) { complaint(id: $id) { workOrders { id } number handler { phone name } state site { code } id } }";
        let answer = world.schema.execute(world.request("owner", document, json!({ "id": case })).await).await;
        let text = serde_json::to_string(&answer).unwrap();
        let place = |key: &str| text.find(&format!("\"{key}\"")).unwrap_or_else(|| panic!("{key} in {text}"));
        let order = ["workOrders", "number", "handler", "phone", "name", "state", "site", "code"].map(place);
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "{text}");
    }

    async fn an_error_nulls_the_nearest_nullable_parent_and_names_its_path(world) {
        let case = world.dripping_tap().await;
        let document = "query($id: ID!) { a: complaint(id: $id) { number timeline(first: 0) { kind } } b: complaint(id: $id) { number } }";
        let answer = world.response("owner", document, json!({ "id": case })).await;
        assert_eq!(answer["data"]["a"], json!(null));
        assert_eq!(answer["errors"][0]["path"], json!(["a", "timeline"]));
        assert_eq!(answer["errors"][0]["extensions"]["code"], "REFUSED");
    }

    async fn a_longer_page_costs_no_more_statements(world) {
        let document = "query($first: Int!) { complaints(page: { first: $first }) { nodes {
            number handler { name } category { code } department { name } unit { name building } site { code }
            items { text } allowedActions contactPhone timeline(first: 5) { kind }
            workOrders { number handler { name } team { name } technicianName copies { holder } allowedActions
                signature { signerName } complaint { number } }
            followUps { state ownerName allowedActions complaint { number } } } } }";
        for _ in 0..6 {
            let case = world.resolved().await;
            assert!(world.case("owner", &case).await["followUps"].as_array().is_some());
        }
        let mut counts = Vec::new();
        for first in [1, 6] {
            let before = world.database.statements.load(Ordering::SeqCst);
            let page = world.ask("owner", document, json!({ "first": first })).await;
            assert_eq!(page["complaints"]["nodes"].as_array().unwrap().len(), first);
            counts.push(world.database.statements.load(Ordering::SeqCst) - before);
        }
        assert!(counts[0] > 10 && counts[1] <= counts[0], "statements for 1 and for 6 cases: {counts:?}");
    }

    async fn a_new_case_is_written_once(world) {
        world.database.record();
        world.dripping_tap().await;
        let statements = world.database.recorded();
        let begin_with = |start: &str| statements.iter().filter(|one| one.sql.starts_with(start)).count();
        assert_eq!(begin_with("INSERT INTO \"complaint\" "), 1);
        // With when its first clock ends: no index of the case is written twice.
        assert_eq!(begin_with("UPDATE \"complaint\" "), 0);
    }

    async fn the_teams_of_four_departments_are_one_statement(world) {
        let document = "query($site: ID!) { departments(siteId: $site) { kind teams { name } } }";
        let before = world.database.statements.load(Ordering::SeqCst);
        let found = world.ask("agent", document, json!({ "site": world.id("Site", "site") })).await;
        assert_eq!(found["departments"].as_array().unwrap().len(), 4);
        // The viewer with roles, homes and sites; the departments; their teams.
        assert!(world.database.statements.load(Ordering::SeqCst) - before <= 6);
    }
}
