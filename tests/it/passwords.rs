//! Changing a password, and setting a new one when it is forgotten.

use chrono::TimeDelta;
use domain::session::SecondFactorPolicy;
use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;
use tests::door::{PASSWORD, token};

const NEW: &str = "correct horse battery staple";

async fn may_sign_in(world: &World, who: &str, password: &str) -> bool {
    let phone = world.viewer(who).await.phone;
    let held = world.try_to("", "signIn", json!({ "phone": phone, "password": password })).await;
    held["accessToken"].is_string()
}

async fn recovery(world: &World, who: &str) -> Value {
    let phone = world.viewer(who).await.phone;
    let (request, code) = world.code("", &phone, "RECOVER_PASSWORD").await;
    json!({ "phone": phone, "requestId": request, "code": code, "newPassword": NEW })
}

on_both! {
    async fn a_changed_password_ends_the_other_sessions(world) {
        let other = token(&world.signed_in("owner").await);
        let held = token(&world.signed_in("owner").await);
        let input = |current: &str, new: &str, key: &str| json!({ "currentPassword": current, "newPassword": new, "idempotencyKey": key });
        let wrong = world.try_by(&held, "changePassword", input("wrong", NEW, "1")).await;
        assert_eq!((refusal(&wrong), &wrong["errors"][0]["field"]), ("INVALID_CREDENTIALS", &json!(["currentPassword"])));
        for weak in ["short", "password1234", "123456789012"] {
            let refused = world.try_by(&held, "changePassword", input(PASSWORD, weak, "2")).await;
            assert_eq!((refusal(&refused), &refused["errors"][0]["field"]), ("INVALID", &json!(["newPassword"])));
        }
        for _ in 0..2 {
            assert_eq!(world.act_by(&held, "changePassword", input(PASSWORD, NEW, "3")).await["changed"], true);
        }
        assert!(world.holder(&other).await.is_none());
        assert!(world.holder(&held).await.is_some());
        assert!(may_sign_in(&world, "owner", NEW).await && !may_sign_in(&world, "owner", PASSWORD).await);
        assert!(world.trail(&held).await.contains(&"PASSWORD_CHANGED".to_owned()));
        let kept = world.try_by(&held, "changePassword", input(NEW, PASSWORD, "3")).await;
        assert_eq!(refusal(&kept), "KEY_REUSED");
    }

    async fn a_forgotten_password_is_set_anew_by_a_code(world) {
        let held = token(&world.signed_in("owner").await);
        let mut input = recovery(&world, "owner").await;
        input["newPassword"] = json!("short");
        assert_eq!(refusal(&world.try_to("", "recoverPassword", input.clone()).await), "INVALID");
        input["newPassword"] = json!(NEW);
        assert_eq!(world.act("", "recoverPassword", input.clone()).await["changed"], true, "a weak one costs no code");
        assert!(world.holder(&held).await.is_none());
        assert!(may_sign_in(&world, "owner", NEW).await);
        assert_eq!(refusal(&world.try_to("", "recoverPassword", input).await), "INVALID_CODE");
        let mut unknown = recovery(&world, "neighbour").await;
        unknown["phone"] = json!("13999999999");
        assert_eq!(refusal(&world.try_to("", "recoverPassword", unknown).await), "INVALID_CODE");
    }

    async fn a_code_alone_never_opens_an_account_that_has_or_must_have_a_second_factor(world) {
        let held = token(&world.signed_in("head").await);
        let begun = world.act_by(&held, "beginSecondFactor", json!({})).await;
        let secret = totp_rs::Secret::try_from_base32(begun["secret"].as_str().unwrap()).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("a").build().unwrap();
        let shown = || totp.generate(u64::try_from(world.now().timestamp()).unwrap()).to_string();
        world.act_by(&held, "confirmSecondFactor", json!({ "code": shown() })).await;
        world.pass(TimeDelta::minutes(2));
        let mut input = recovery(&world, "head").await;
        assert_eq!(refusal(&world.try_to("", "recoverPassword", input.clone()).await), "SECOND_FACTOR_NEEDED");
        input["secondFactorCode"] = json!("000000000");
        assert_eq!(refusal(&world.try_to("", "recoverPassword", input.clone()).await), "INVALID_CODE");
        input["secondFactorCode"] = json!(shown());
        world.act("", "recoverPassword", input).await;
        let phone = world.viewer("head").await.phone;
        let (request, code) = world.code("", &phone, "SIGN_IN").await;
        let by_code = json!({ "phone": phone, "requestId": request, "code": code });
        assert_eq!(refusal(&world.try_to("", "signInWithCode", by_code).await), "SECOND_FACTOR_NEEDED");
        let world = world.with(|parts| parts.second_factor = SecondFactorPolicy::Required);
        let input = recovery(&world, "office head").await;
        let refused = world.try_to("", "recoverPassword", input).await;
        assert_eq!((refusal(&refused), tests::ask::needed(&refused)), ("NOT_YOURS", vec!["ADMINISTRATOR"]));
    }
}
