//! The second factor: setting it up, showing it, losing it; and what somebody may do who must have one.

use api::access::password::Passwords;
use api::app::dice::Dice;
use api::organization::admin::Desk;
use chrono::TimeDelta;
use domain::session::SecondFactorPolicy;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;
use tests::door::{PASSWORD, token};
use totp_rs::{Builder, Secret};

/// What an authenticator app shows.
fn shown(world: &World, secret: &str) -> String {
    let totp =
        Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).with_account_name("a").build().unwrap();
    totp.generate(u64::try_from(world.now().timestamp()).unwrap()).to_string()
}

/// Sets a second factor up; its secret and the recovery codes.
async fn set_up(world: &World, token: &str) -> (String, Vec<String>) {
    let begun = world.act_by(token, "beginSecondFactor", json!({})).await;
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["uri"].as_str().unwrap().starts_with("otpauth://totp/Huiyin:"), "{begun}");
    let done = world.act_by(token, "confirmSecondFactor", json!({ "code": shown(world, &secret) })).await;
    let codes: Vec<String> = serde_json::from_value(done["recoveryCodes"].clone()).unwrap();
    (secret, codes)
}

async fn sign_in(world: &World, who: &str, code: Option<&str>) -> Value {
    let phone = world.viewer(who).await.phone;
    world.try_to("", "signIn", json!({ "phone": phone, "password": PASSWORD, "secondFactorCode": code })).await
}

on_both! {
    async fn a_second_factor_is_asked_for_after_the_password_and_each_step_is_used_once(world) {
        let held = token(&world.signed_in("head").await);
        let (secret, codes) = set_up(&world, &held).await;
        assert_eq!(codes.len(), 10);
        assert_eq!(refusal(&sign_in(&world, "head", None).await), "SECOND_FACTOR_NEEDED");
        let phone = world.viewer("head").await.phone;
        let wrong = json!({ "phone": phone, "password": "wrong", "secondFactorCode": shown(&world, &secret) });
        assert_eq!(refusal(&world.try_to("", "signIn", wrong).await), "INVALID_CREDENTIALS", "only after the right password");
        let code = shown(&world, &secret);
        assert_eq!(refusal(&sign_in(&world, "head", Some(&code)).await), "INVALID_CODE", "it was used to set it up");
        world.pass(TimeDelta::minutes(10));
        let code = shown(&world, &secret);
        assert!(sign_in(&world, "head", Some(&code)).await["accessToken"].is_string());
        assert_eq!(refusal(&sign_in(&world, "head", Some(&code)).await), "INVALID_CODE", "a step is used once");
        world.pass(TimeDelta::minutes(10));
        let code = shown(&world, &secret);
        world.pass(TimeDelta::seconds(31));
        assert!(sign_in(&world, "head", Some(&code)).await["accessToken"].is_string(), "a clock may be a step off");
        world.pass(TimeDelta::minutes(10));
        let code = shown(&world, &secret);
        world.pass(TimeDelta::seconds(61));
        assert_eq!(refusal(&sign_in(&world, "head", Some(&code)).await), "INVALID_CODE", "but not two");
    }

    async fn a_recovery_code_stands_in_once_and_the_database_holds_no_secret(world) {
        let held = token(&world.signed_in("head").await);
        let (secret, codes) = set_up(&world, &held).await;
        let typed = codes[3].to_lowercase().replace('-', " ");
        let by_code = sign_in(&world, "head", Some(&typed)).await;
        assert!(by_code["accessToken"].is_string(), "{by_code}");
        assert_eq!(refusal(&sign_in(&world, "head", Some(&codes[3])).await), "INVALID_CODE");
        assert!(world.trail(&token(&by_code)).await.contains(&"RECOVERY_CODE_USED".to_owned()));
        let factors = entity::second_factor::Entity::find().all(&world.app.db).await.unwrap();
        let kept = entity::recovery_code::Entity::find().all(&world.app.db).await.unwrap();
        let all = format!("{factors:?}{kept:?}");
        assert!(!all.contains(&secret) && codes.iter().all(|code| !all.contains(&code.replace('-', ""))));
    }

    async fn adding_one_ends_other_sessions_and_removing_it_takes_password_and_code(world) {
        let other = token(&world.signed_in("head").await);
        let held = token(&world.signed_in("head").await);
        let (secret, _) = set_up(&world, &held).await;
        assert!(world.holder(&other).await.is_none());
        assert_eq!(refusal(&world.try_by(&held, "beginSecondFactor", json!({})).await), "WRONG_STATE", "there is one");
        world.pass(TimeDelta::minutes(3));
        let input = |password: &str, code: &str| json!({ "password": password, "code": code });
        let code = shown(&world, &secret);
        assert_eq!(refusal(&world.try_by(&held, "removeSecondFactor", input("wrong", &code)).await), "INVALID_CREDENTIALS");
        assert_eq!(refusal(&world.try_by(&held, "removeSecondFactor", input(PASSWORD, "12345")).await), "INVALID_CODE");
        assert_eq!(world.act_by(&held, "removeSecondFactor", input(PASSWORD, &code)).await["removed"], true);
        assert!(sign_in(&world, "head", None).await["accessToken"].is_string());
        let trail = world.trail(&held).await;
        assert!(trail.contains(&"SECOND_FACTOR_ADDED".to_owned()) && trail.contains(&"SECOND_FACTOR_REMOVED".to_owned()));
    }

    async fn a_lost_answer_tells_the_same_secret_and_codes_again(world) {
        let held = token(&world.signed_in("head").await);
        let begin = json!({ "idempotencyKey": "begin" });
        let first = world.act_by(&held, "beginSecondFactor", begin.clone()).await;
        assert_eq!(first, world.act_by(&held, "beginSecondFactor", begin).await);
        let confirm = json!({ "code": shown(&world, first["secret"].as_str().unwrap()), "idempotencyKey": "confirm" });
        let codes = world.act_by(&held, "confirmSecondFactor", confirm.clone()).await;
        assert_eq!(codes, world.act_by(&held, "confirmSecondFactor", confirm).await);
        assert_eq!(codes["recoveryCodes"].as_array().unwrap().len(), 10);
        let kept = entity::idempotent_act::Entity::find().all(&world.app.db).await.unwrap();
        assert!(!format!("{kept:?}").contains(first["secret"].as_str().unwrap()));
    }

    async fn whoever_must_have_one_can_only_set_it_up(world) {
        let world = world.with(|parts| parts.second_factor = SecondFactorPolicy::Required);
        for free in ["owner", "technician", "agent", "leader"] {
            assert_eq!(world.signed_in(free).await["viewer"]["mustSetUpSecondFactor"], false, "{free}");
        }
        for bound in ["supervisor", "director", "office head", "company leader", "administrator"] {
            assert_eq!(world.signed_in(bound).await["viewer"]["mustSetUpSecondFactor"], true, "{bound}");
        }
        let held = world.signed_in("head").await;
        assert_eq!(held["viewer"]["mustSetUpSecondFactor"], true);
        let held = token(&held);
        for document in ["{ complaints { nodes { id } } }", "{ sessions { id } }", "{ sites(organizationCode: \"town\") { id } }"] {
            let response = world.response_by(&held, document, json!({})).await;
            assert_eq!(response["errors"][0]["extensions"]["code"], "SECOND_FACTOR_REQUIRED", "{document}");
        }
        let (secret, _) = set_up(&world, &held).await;
        let response = world.response_by(&held, "{ viewer { mustSetUpSecondFactor } complaints { nodes { id } } }", json!({})).await;
        assert_eq!(response["data"], json!({ "viewer": { "mustSetUpSecondFactor": false }, "complaints": { "nodes": [] } }));
        world.pass(TimeDelta::minutes(3));
        let again = sign_in(&world, "head", Some(&shown(&world, &secret))).await;
        assert_eq!(again["viewer"]["mustSetUpSecondFactor"], false);
    }

    async fn the_one_who_runs_the_server_resets_the_password_and_by_a_flag_the_second_factor(world) {
        let held = world.signed_in("head").await;
        set_up(&world, &token(&held)).await;
        let dice = Dice::seeded(3);
        let desk = Desk { db: world.app.db.clone(), clock: world.app.clock.clone(), passwords: Passwords::new(&dice).unwrap(), dice };
        let phone = world.viewer("head").await.phone;
        desk.reset_password("town", &phone, PASSWORD, false).await.unwrap();
        assert!(world.holder(&token(&held)).await.is_none(), "its sessions have ended");
        let refreshed = json!({ "refreshToken": held["refreshToken"] });
        assert_eq!(refusal(&world.try_to("", "refreshSession", refreshed).await), "INVALID_CODE");
        assert_eq!(refusal(&sign_in(&world, "head", None).await), "SECOND_FACTOR_NEEDED");
        desk.reset_password("town", &phone, PASSWORD, true).await.unwrap();
        let held = sign_in(&world, "head", None).await;
        assert!(world.trail(&token(&held)).await.contains(&"SECOND_FACTOR_REMOVED".to_owned()));
    }
}
