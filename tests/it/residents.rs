//! Residents: invited, registered, checked by the office; moved in and out.

use std::net::IpAddr;

use api::app::request::ClientAddress;
use chrono::TimeDelta;
use entity::{account, invitation, resident_request};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{refusal, told};

async fn invited(world: &World) -> Value {
    let input =
        json!({ "unitId": world.id("Unit", "other home"), "kind": "TENANT", "to": "2026-12-31", "name": "租客" });
    world.act("agent", "inviteResident", input).await
}

fn registering(code: &Value, phone: &str) -> Value {
    json!({ "code": code, "name": "租客", "phone": phone, "password": "my own long password" })
}

async fn waiting(world: &World) -> Value {
    let document = "{ residentRequests(filter: { state: WAITING }) { nodes { id version invitation { name } } } }";
    let found = world.ask("agent", document, json!({})).await["residentRequests"]["nodes"][0].clone();
    json!({ "requestId": found["id"], "expectedVersion": found["version"] })
}

on_both! {
    async fn an_invitation_works_once_for_thirty_days_unless_it_is_taken_back(world) {
        let first = invited(&world).await;
        let typed = json!(first["code"].as_str().unwrap().to_lowercase().replace('-', " "));
        let row = invitation::Entity::find().one(&world.app.db).await.unwrap().unwrap();
        assert!(!row.code_hash.contains(first["code"].as_str().unwrap()), "kept as a hash");
        world.act("", "registerResident", registering(&typed, "13722220000")).await;
        assert_eq!(told(&world.try_to("", "registerResident", registering(&typed, "13722220001")).await), ("NOT_FOUND", "code"));
        let used = json!({ "invitationId": first["invitation"]["id"] });
        assert_eq!(told(&world.try_to("agent", "revokeInvitation", used).await), ("WRONG_STATE", "invitationId"));
        let second = invited(&world).await;
        let revoke = json!({ "invitationId": second["invitation"]["id"] });
        assert_eq!(told(&world.try_to("stranger agent", "revokeInvitation", revoke.clone()).await), ("NOT_FOUND", "invitationId"));
        world.act("agent", "revokeInvitation", revoke).await;
        let third = invited(&world).await;
        world.pass(TimeDelta::days(30));
        for code in [&second["code"], &third["code"], &json!("7K2M-9QXA"), &json!("")] {
            assert_eq!(told(&world.try_to("", "registerResident", registering(code, "13722220002")).await), ("NOT_FOUND", "code"));
        }
        let strange = json!({ "unitId": world.id("Unit", "home"), "kind": "OWNER" });
        for who in ["stranger agent", "stranger leader"] {
            assert_eq!(told(&world.try_to(who, "inviteResident", strange.clone()).await), ("NOT_FOUND", "unitId"));
        }
        let mut again = json!({ "unitId": world.id("Unit", "home"), "kind": "OWNER", "idempotencyKey": "once" });
        let code = world.act("agent", "inviteResident", again.clone()).await["code"].clone();
        assert_eq!(world.act("agent", "inviteResident", again.clone()).await["code"], code, "a repeated call tells it again");
        again["kind"] = json!("TENANT");
        assert_eq!(refusal(&world.try_to("agent", "inviteResident", again).await), "KEY_REUSED");
    }

    async fn a_registration_holds_when_the_office_has_confirmed_it(world) {
        let code = invited(&world).await["code"].clone();
        world.act("", "registerResident", registering(&code, "13722220000")).await;
        let sign_in = json!({ "phone": "13722220000", "password": "my own long password" });
        assert_eq!(refusal(&world.try_to("", "signIn", sign_in.clone()).await), "INVALID_CREDENTIALS", "not before");
        let check = waiting(&world).await;
        assert_eq!(told(&world.try_to("stranger agent", "confirmResident", check.clone()).await), ("NOT_FOUND", "requestId"));
        let document = tests::ask::mutation("confirmResident");
        assert_eq!(world.error("technician", &document, json!({ "input": check })).await, "FORBIDDEN");
        let confirmed = world.act("agent", "confirmResident", check.clone()).await["request"].clone();
        assert_eq!(confirmed["state"], "CONFIRMED");
        assert_eq!(refusal(&world.try_to("supervisor", "confirmResident", check).await), "STALE");
        world.act("", "signIn", sign_in).await;
        let lives = "query($id: ID!) { residencies(filter: { accountId: $id }) { nodes { kind to name unit { name } } } }";
        let lives = world.ask("agent", lives, json!({ "id": confirmed["accountId"] })).await["residencies"]["nodes"].clone();
        assert_eq!(lives, json!([{ "kind": "TENANT", "to": "2026-12-31", "name": "租客", "unit": { "name": "0501" } }]));
        let row = resident_request::Entity::find().one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(row.password_hash, None, "kept until the office has decided, and no longer");
    }

    async fn a_registration_is_refused_with_a_reason_and_makes_nothing(world) {
        let code = invited(&world).await["code"].clone();
        let before = account::Entity::find().count(&world.app.db).await.unwrap();
        world.act("", "registerResident", registering(&code, "13722220000")).await;
        let check = waiting(&world).await;
        let blank = tests::world::with(json!({ "reason": " " }), check.clone());
        assert_eq!(told(&world.try_to("agent", "refuseResident", blank).await), ("REQUIRED", "reason"));
        let refused = tests::world::with(json!({ "reason": "并非本户租客" }), check.clone());
        let refused = world.act("agent", "refuseResident", refused).await["request"].clone();
        assert_eq!((&refused["state"], &refused["reason"]), (&json!("REFUSED"), &json!("并非本户租客")));
        let late = json!({ "requestId": check["requestId"], "expectedVersion": 2 });
        assert_eq!(told(&world.try_to("agent", "confirmResident", late).await), ("WRONG_STATE", "requestId"));
        assert_eq!(account::Entity::find().count(&world.app.db).await.unwrap(), before);
    }

    async fn a_phone_that_is_known_is_linked_and_not_doubled_and_the_answer_does_not_tell(world) {
        let known = world.viewer("wife").await.phone;
        let (first, second) = (invited(&world).await["code"].clone(), invited(&world).await["code"].clone());
        let before = account::Entity::find().count(&world.app.db).await.unwrap();
        let told_known = world.try_to("", "registerResident", registering(&first, &known)).await;
        let told_new = world.try_to("", "registerResident", registering(&second, "13722220000")).await;
        assert_eq!(told_known, told_new);
        let list = "{ residentRequests(filter: { state: WAITING }) { nodes { id version phone } } }";
        let nodes = world.ask("agent", list, json!({})).await["residentRequests"]["nodes"].clone();
        let one = nodes.as_array().unwrap().iter().find(|request| request["phone"] == known.as_str()).unwrap();
        let check = json!({ "requestId": one["id"], "expectedVersion": one["version"] });
        let confirmed = world.act("agent", "confirmResident", check).await["request"].clone();
        assert_eq!(confirmed["accountId"], world.id("Account", "wife").as_str());
        assert_eq!(account::Entity::find().count(&world.app.db).await.unwrap(), before);
        assert_eq!(world.viewer("wife").await.units.len(), 2);
        let sign_in = json!({ "phone": known, "password": "my own long password" });
        assert_eq!(refusal(&world.try_to("", "signIn", sign_in).await), "INVALID_CREDENTIALS", "their own password stays");
    }

    async fn whoever_guesses_at_codes_is_slowed(world) {
        let document = tests::ask::mutation("registerResident");
        let mut last = Value::Null;
        for _ in 0..31 {
            let input = json!({ "input": registering(&json!("7K2M-9QXA-7K2M-9QXA-7K2M"), "13722220000") });
            let address: IpAddr = "203.0.113.7".parse().unwrap();
            let request = world.request("", &document, input).await.data(ClientAddress(address));
            last = serde_json::to_value(world.schema.execute(request).await).unwrap();
        }
        assert_eq!(last["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    }

    async fn somebody_moves_in_changes_and_moves_out_and_their_view_ends(world) {
        let case = world.dripping_tap().await;
        let new = json!({ "unitId": world.id("Unit", "home"), "name": "室友", "phone": "13722220005", "kind": "OCCUPANT" });
        let lives = world.act("agent", "moveIn", new.clone()).await["residency"].clone();
        assert_eq!((&lives["from"], &lives["to"]), (&json!("2026-03-02"), &json!(null)));
        assert_eq!(told(&world.try_to("agent", "moveIn", new).await), ("TAKEN", "phone"));
        let mut world = world;
        world.town.0.insert("flatmate", tests::world::row_id(lives["accountId"].as_str().unwrap()));
        assert_eq!(world.case("flatmate", &case).await["state"], "RECEIVED");
        let wrong = json!({ "residencyId": lives["id"], "expectedVersion": 1, "to": "2026-03-01" });
        assert_eq!(told(&world.try_to("agent", "changeResidency", wrong).await), ("INVALID", "to"));
        let change = json!({ "residencyId": lives["id"], "expectedVersion": 1, "kind": "TENANT", "to": "2026-12-31" });
        let changed = world.act("agent", "changeResidency", change.clone()).await["residency"].clone();
        assert_eq!((&changed["kind"], &changed["to"]), (&json!("TENANT"), &json!("2026-12-31")));
        assert_eq!(refusal(&world.try_to("agent", "changeResidency", change).await), "STALE");
        let out = json!({ "residencyId": lives["id"], "expectedVersion": 2, "lastDay": "2026-03-03" });
        assert_eq!(told(&world.try_to("stranger agent", "moveOut", out.clone()).await), ("NOT_FOUND", "residencyId"));
        world.act("agent", "moveOut", out).await;
        assert_eq!(world.case("flatmate", &case).await["state"], "RECEIVED", "until the last day is over");
        world.pass(TimeDelta::days(2));
        assert_eq!(world.case("flatmate", &case).await, json!(null));
        let trail = "query($id: ID!) { auditTrail(filter: { accountId: $id }) { nodes { kind } } }";
        let trail = world.ask("administrator", trail, json!({ "id": lives["accountId"] })).await;
        let entries = trail["auditTrail"]["nodes"].as_array().unwrap().iter();
        let mut kinds: Vec<&str> = entries.map(|entry| entry["kind"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["CHANGED", "MADE", "MOVED_IN", "MOVED_OUT"]);
    }
}
