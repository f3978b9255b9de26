//! Changing the number that somebody signs in with.

use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;
use tests::door::{PASSWORD, token};

const NEW: &str = "13700000000";

async fn lost(world: &World, name: &str) -> String {
    let (request, code) = world.code("", NEW, "RECOVER_PHONE").await;
    let input = json!({ "siteId": world.id("Site", "site"), "name": name, "unit": "1203栋 1203", "phone": NEW,
                        "requestId": request, "code": code });
    assert_eq!(world.act("", "requestPhoneRecovery", input).await["done"], true);
    let document = "{ phoneRecoveries { nodes { id name unit phone state } } }";
    let listed = world.ask("agent", document, json!({})).await["phoneRecoveries"]["nodes"][0].clone();
    assert_eq!((&listed["name"], &listed["phone"], &listed["state"]), (&json!(name), &json!(NEW), &json!("OPEN")));
    listed["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_number_is_changed_by_a_code_to_the_new_one_and_password_or_a_code_to_the_old(world) {
        let other = token(&world.signed_in("owner").await);
        let held = token(&world.signed_in("owner").await);
        let old = world.viewer("owner").await.phone;
        let (request, code) = world.code(&held, NEW, "CHANGE_PHONE").await;
        let mut input = json!({ "phone": NEW, "requestId": request, "code": code });
        assert_eq!(refusal(&world.try_by(&held, "changePhone", input.clone()).await), "REQUIRED");
        input["currentPassword"] = json!("wrong");
        assert_eq!(refusal(&world.try_by(&held, "changePhone", input.clone()).await), "INVALID_CREDENTIALS");
        input["currentPassword"] = json!(PASSWORD);
        input["idempotencyKey"] = json!("change");
        for _ in 0..2 {
            assert_eq!(world.act_by(&held, "changePhone", input.clone()).await["done"], true);
        }
        assert!(world.holder(&other).await.is_none() && world.holder(&held).await.is_some());
        assert_eq!(world.viewer("owner").await.phone, NEW);
        assert!(world.trail(&held).await.contains(&"PHONE_CHANGED".to_owned()));
        let (request, code) = world.code(&held, &old, "CHANGE_PHONE").await;
        let (old_request, old_code) = world.code(&held, NEW, "CHANGE_PHONE").await;
        let mut input = json!({ "phone": old, "requestId": request, "code": code, "oldRequestId": request, "oldCode": code });
        assert_eq!(refusal(&world.try_by(&held, "changePhone", input.clone()).await), "INVALID_CODE", "one code for both");
        input["oldRequestId"] = json!(old_request);
        input["oldCode"] = json!(old_code);
        world.act_by(&held, "changePhone", input).await;
        assert_eq!(world.viewer("owner").await.phone, old);
    }

    async fn a_number_of_somebody_else_is_refused(world) {
        let held = token(&world.signed_in("owner").await);
        let neighbour = world.viewer("neighbour").await.phone;
        let (request, code) = world.code(&held, &neighbour, "CHANGE_PHONE").await;
        let input = json!({ "phone": neighbour, "requestId": request, "code": code, "currentPassword": PASSWORD });
        assert_eq!(refusal(&world.try_by(&held, "changePhone", input).await), "TAKEN");
        assert!(world.holder(&held).await.is_some());
    }

    async fn the_office_confirms_who_has_lost_their_number(world) {
        let held = token(&world.signed_in("owner").await);
        let recovery = lost(&world, "owner").await;
        let input = |account: &str| json!({ "phoneRecoveryId": recovery, "accountId": world.id("Account", account), "reason": "看过身份证" });
        for stranger in ["stranger agent", "stranger leader"] {
            assert_eq!(refusal(&world.try_to(stranger, "confirmPhoneRecovery", input("owner")).await), "NOT_FOUND");
        }
        for nobody in ["head", "stranger agent", "technician"] {
            assert_eq!(refusal(&world.try_to("agent", "confirmPhoneRecovery", input(nobody)).await), "NOT_FOUND", "{nobody} lives elsewhere");
        }
        let done = world.act("agent", "confirmPhoneRecovery", input("owner")).await;
        assert_eq!(done["phoneRecovery"]["state"], "CONFIRMED");
        assert!(world.holder(&held).await.is_none());
        assert_eq!(world.viewer("owner").await.phone, NEW);
        assert_eq!(refusal(&world.try_to("agent", "confirmPhoneRecovery", input("wife")).await), "WRONG_STATE");
        let (request, code) = world.code("", NEW, "SIGN_IN").await;
        let held = world.act("", "signInWithCode", json!({ "phone": NEW, "requestId": request, "code": code })).await;
        let document = "{ auditTrail(filter: { kinds: [PHONE_CHANGED] }) { nodes { actorName data } } }";
        let told = world.response_by(&token(&held), document, json!({})).await["data"]["auditTrail"]["nodes"][0].clone();
        assert_eq!((&told["actorName"], &told["data"]["reason"]), (&json!("agent"), &json!("看过身份证")));
        assert!(!told.to_string().contains(NEW));
    }

    async fn the_office_refuses_whom_it_does_not_know_and_nobody_is_told_who_lives_there(world) {
        let recovery = lost(&world, "somebody").await;
        let refused = json!({ "phoneRecoveryId": recovery, "reason": "查无此人" });
        let done: Value = world.act("agent", "refusePhoneRecovery", refused).await;
        assert_eq!((&done["phoneRecovery"]["state"], &done["phoneRecovery"]["reason"]), (&json!("REFUSED"), &json!("查无此人")));
        let document = tests::ask::mutation("refusePhoneRecovery");
        let input = json!({ "input": { "phoneRecoveryId": recovery, "reason": "x" } });
        assert_eq!(world.error("owner", &document, input).await, "FORBIDDEN");
    }
}
