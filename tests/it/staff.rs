//! Accounts and roles: each is given where its reach says, and a post that must be filled is left to a successor only.

use chrono::TimeDelta;
use serde_json::json;
use tests::World;
use tests::ask::{needed, refusal, told};

async fn version_of(world: &World, who: &str) -> i64 {
    let document = "query($text: String!) { accounts(filter: { text: $text }) { nodes { name version } } }";
    let found = world.ask("administrator", document, json!({ "text": who })).await["accounts"]["nodes"].clone();
    let exact = found.as_array().unwrap().iter().find(|account| account["name"] == who);
    exact.unwrap()["version"].as_i64().unwrap()
}

on_both! {
    async fn an_account_is_made_changed_found_and_signs_in(world) {
        let new = json!({ "name": "新人", "phone": "13711110000", "workPhone": "0755-1234", "password": "a first password" });
        let made = world.act("administrator", "createStaffAccount", new.clone()).await["account"].clone();
        assert_eq!((made["state"].as_str(), made["hasPassword"].as_bool()), (Some("ACTIVE"), Some(true)));
        assert_eq!(told(&world.try_to("administrator", "createStaffAccount", new).await), ("TAKEN", "phone"));
        for (field, wrong, code) in [("name", "", "REQUIRED"), ("phone", "x", "INVALID"), ("workPhone", "x", "INVALID"), ("password", "short", "INVALID")] {
            let mut input = json!({ "name": "a", "phone": "13711110001" });
            input[field] = json!(wrong);
            assert_eq!(told(&world.try_to("administrator", "createStaffAccount", input).await), (code, field));
        }
        let taken = json!({ "accountId": made["id"], "expectedVersion": 1, "phone": world.viewer("owner").await.phone });
        assert_eq!(told(&world.try_to("administrator", "changeStaffAccount", taken).await), ("TAKEN", "phone"));
        let change = json!({ "accountId": made["id"], "expectedVersion": 1, "name": "新名", "workPhone": "", "language": "EN" });
        let changed = world.act("administrator", "changeStaffAccount", change.clone()).await["account"].clone();
        assert_eq!((&changed["name"], &changed["workPhone"], &changed["language"]), (&json!("新名"), &json!(null), &json!("EN")));
        assert_eq!(refusal(&world.try_to("administrator", "changeStaffAccount", change).await), "STALE");
        let signed_in = world.act("", "signIn", json!({ "phone": "13711110000", "password": "a first password" })).await;
        assert_eq!(signed_in["viewer"]["name"], "新名");
        assert_eq!(version_of(&world, "新名").await, 2);
        let strange = json!({ "accountId": world.id("Account", "stranger agent"), "expectedVersion": 1, "name": "x" });
        assert_eq!(told(&world.try_to("administrator", "changeStaffAccount", strange).await), ("NOT_FOUND", "accountId"));
    }

    async fn somebody_changes_their_own_language_and_card_but_nobody_elses(world) {
        let mine = world.act("leader", "changeMySettings", json!({ "language": "EN", "workPhone": "0755-5678" })).await;
        assert_eq!((&mine["account"]["language"], &mine["account"]["workPhone"]), (&json!("EN"), &json!("07555678")));
        let owners = world.act("owner", "changeMySettings", json!({ "language": "EN" })).await;
        assert_eq!(owners["account"]["language"], "EN");
        let refused = world.try_to("owner", "changeMySettings", json!({ "workPhone": "0755-5678" })).await;
        assert_eq!(told(&refused), ("NOT_YOURS", "workPhone"));
    }

    async fn a_role_is_given_where_its_reach_says(world) {
        let who = world.id("Account", "archivist");
        let site = world.id("Site", "site");
        let (engineering, service) = (world.id("Department", "engineering"), world.id("Department", "customer service"));
        let plumbers = world.id("Team", "plumbers");
        for (role, place, code, field) in [
            ("DEPARTMENT_HEAD", json!({}), "REQUIRED", "siteId"),
            ("DEPARTMENT_HEAD", json!({ "siteId": site }), "REQUIRED", "departmentId"),
            ("DEPARTMENT_HEAD", json!({ "departmentId": service }), "INVALID", "departmentId"),
            ("CUSTOMER_SERVICE_AGENT", json!({ "departmentId": engineering }), "INVALID", "departmentId"),
            ("TECHNICIAN", json!({ "departmentId": engineering }), "REQUIRED", "teamId"),
            ("TECHNICIAN", json!({ "departmentId": service, "teamId": plumbers }), "INVALID", "teamId"),
            ("DEPARTMENT_HEAD", json!({ "departmentId": engineering, "teamId": plumbers }), "INVALID", "teamId"),
            ("OFFICE_HEAD", json!({}), "REQUIRED", "siteId"),
            ("OFFICE_HEAD", json!({ "departmentId": engineering }), "INVALID", "departmentId"),
            ("OFFICE_HEAD", json!({ "siteId": world.id("Site", "other site") }), "NOT_FOUND", "siteId"),
            ("COMPANY_LEADER", json!({ "siteId": site }), "INVALID", "siteId"),
            ("CUSTOMER", json!({}), "INVALID", "role"),
            ("INTEGRATION", json!({}), "INVALID", "role"),
            ("ARCHIVIST", json!({ "siteId": site }), "TAKEN", "role"),
            ("OFFICE_HEAD", json!({ "siteId": site, "to": "2026-02-28" }), "INVALID", "to"),
        ] {
            let input = tests::world::with(json!({ "accountId": who, "role": role }), place.clone());
            let refused = world.try_to("administrator", "giveRole", input).await;
            assert_eq!(told(&refused), (code, field), "{role} at {place}");
        }
        let input = json!({ "accountId": who, "role": "TECHNICIAN", "teamId": plumbers, "from": "2026-03-03", "to": "2026-03-04" });
        let given = world.act("administrator", "giveRole", input).await["role"].clone();
        assert_eq!((&given["siteId"], &given["departmentId"], &given["to"]), (&json!(site), &json!(engineering), &json!("2026-03-04")));
        let roles = async || world.viewer("archivist").await.grants.len();
        let mut held = vec![roles().await];
        for _ in 0..3 {
            world.pass(TimeDelta::days(1));
            held.push(roles().await);
        }
        assert_eq!(held, [1, 2, 2, 1], "from its first day to its last");
    }

    async fn the_last_of_a_post_leaves_to_a_successor_only(world) {
        for (who, role) in [("head", "DEPARTMENT_HEAD"), ("supervisor", "CUSTOMER_SERVICE_SUPERVISOR"), ("office head", "OFFICE_HEAD"), ("administrator", "ADMINISTRATOR")] {
            let ending = world.role_of(who).await;
            let refused = world.try_to("administrator", "endRole", ending.clone()).await;
            assert_eq!((told(&refused), needed(&refused)), (("MISSING", "successorId"), vec!["SUCCESSOR"]), "{who}");
            let disabling = json!({ "accountId": world.id("Account", who), "expectedVersion": 1 });
            let refused = world.try_to("administrator", "disableAccount", disabling).await;
            assert_eq!(told(&refused), ("MISSING", "successorId"), "{who}");
            if who == "administrator" {
                continue;
            }
            let stranger = tests::world::with(json!({ "successorId": world.id("Account", "stranger agent") }), ending.clone());
            assert_eq!(told(&world.try_to("administrator", "endRole", stranger).await), ("NOT_FOUND", "successorId"));
            let named = tests::world::with(json!({ "successorId": world.id("Account", "electrician") }), ending);
            world.act("administrator", "endRole", named).await;
            assert_eq!(world.viewer(who).await.grants, []);
            let held = world.viewer("electrician").await.grants;
            assert!(held.iter().any(|grant| domain_role(grant.role) == role), "the successor holds the post: {held:?}");
        }
        let again = world.role_of("director").await;
        world.act("administrator", "endRole", again.clone()).await;
        assert_eq!(refusal(&world.try_to("administrator", "endRole", again).await), "STALE");
        let ended = world.try_to("administrator", "endRole", world.role_of("director").await).await;
        assert_eq!(told(&ended), ("WRONG_STATE", "roleId"));
        let early = tests::world::with(json!({ "day": "2019-12-31" }), world.role_of("archivist").await);
        assert_eq!(told(&world.try_to("administrator", "endRole", early).await), ("INVALID", "day"));
        let strange = world.role_of("stranger agent").await;
        assert_eq!(told(&world.try_to("administrator", "endRole", strange).await), ("NOT_FOUND", "roleId"));
    }

    async fn a_disabled_account_is_nobody_until_it_is_enabled(world) {
        let input = json!({ "accountId": world.id("Account", "second agent"), "expectedVersion": 1 });
        let disabled = world.act("administrator", "disableAccount", input).await["account"].clone();
        assert_eq!((&disabled["state"], &disabled["version"]), (&json!("DISABLED"), &json!(2)));
        let id = world.town.id("second agent");
        assert!(api::access::viewer::Viewer::load(&world.app.db, id, world.now()).await.is_err());
        let role = json!({ "accountId": world.id("Account", "second agent"), "role": "ARCHIVIST", "siteId": world.id("Site", "site") });
        assert_eq!(told(&world.try_to("administrator", "giveRole", role).await), ("WRONG_STATE", "accountId"));
        world.pass(TimeDelta::milliseconds(1));
        let input = json!({ "accountId": world.id("Account", "second agent"), "expectedVersion": 2 });
        world.act("administrator", "enableAccount", input).await;
        assert_eq!(world.viewer("second agent").await.grants.len(), 1, "the role holds again");
        let trail = "query($id: ID!) { auditTrail(filter: { accountId: $id }) { nodes { kind } } }";
        let trail = world.ask("second agent", trail, json!({ "id": world.id("Account", "second agent") })).await;
        assert_eq!(trail["auditTrail"]["nodes"], json!([{ "kind": "ACCOUNT_ENABLED" }, { "kind": "ACCOUNT_DISABLED" }]));
    }
}

fn domain_role(role: domain::organization::Role) -> String {
    api::app::error::upper_snake(role.name())
}
