//! One-time codes by text message.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use api::app::clock::Clock;
use api::app::sms::{Gateway, Sms, Unsendable};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::TimeDelta;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::ask::refusal;
use tests::door::token;

fn wrong(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

on_both! {
    async fn a_code_signs_in_once_and_only_its_phone(world) {
        let phone = world.viewer("owner").await.phone;
        let (request, code) = world.code("", &phone, "SIGN_IN").await;
        let input = json!({ "phone": phone, "requestId": request, "code": code, "deviceName": "手机" });
        let mut others = input.clone();
        others["phone"] = json!(world.viewer("wife").await.phone);
        assert_eq!(refusal(&world.try_to("", "signInWithCode", others).await), "INVALID_CODE");
        let held = world.act("", "signInWithCode", input.clone()).await;
        assert_eq!(held["viewer"]["name"], "owner");
        assert!(world.holder(&token(&held)).await.is_some());
        assert_eq!(refusal(&world.try_to("", "signInWithCode", input).await), "INVALID_CODE", "it was used");
        let rows = entity::one_time_code::Entity::find().all(&world.app.db).await.unwrap();
        assert!(rows.iter().all(|row| !format!("{row:?}").contains(&code) && !format!("{row:?}").contains(&phone)));
    }

    async fn a_code_holds_five_minutes_and_five_tries_and_one_purpose(world) {
        let phone = world.viewer("owner").await.phone;
        let (request, code) = world.code("", &phone, "SIGN_IN").await;
        world.pass(TimeDelta::minutes(5));
        let input = |request: &str, code: &str| json!({ "phone": phone, "requestId": request, "code": code });
        assert_eq!(refusal(&world.try_to("", "signInWithCode", input(&request, &code)).await), "INVALID_CODE");
        let (request, code) = world.code("", &phone, "SIGN_IN").await;
        for _ in 0..5 {
            assert_eq!(refusal(&world.try_to("", "signInWithCode", input(&request, &wrong(&code))).await), "INVALID_CODE");
        }
        assert_eq!(refusal(&world.try_to("", "signInWithCode", input(&request, &code)).await), "INVALID_CODE", "tried too often");
        let (request, code) = world.code("", &phone, "RECOVER_PASSWORD").await;
        assert_eq!(refusal(&world.try_to("", "signInWithCode", input(&request, &code)).await), "INVALID_CODE");
        let (request, code) = world.code("", &phone, "SIGN_IN").await;
        for _ in 0..4 {
            world.try_to("", "signInWithCode", input(&request, &wrong(&code))).await;
        }
        world.act("", "signInWithCode", input(&request, &code)).await;
    }

    async fn whether_somebody_has_a_number_does_not_show(world) {
        let phone = world.viewer("owner").await.phone;
        let ask = |phone: &str| json!({ "phone": phone, "purpose": "SIGN_IN" });
        let known = world.act("", "requestCode", ask(&phone)).await;
        let unknown = world.act("", "requestCode", ask("13999999999")).await;
        assert_eq!(known["expiresAt"], unknown["expiresAt"]);
        assert_eq!(known["requestId"].as_str().unwrap().len(), unknown["requestId"].as_str().unwrap().len());
        world.code_after(&phone, 0).await;
        assert!(world.app.sms.collected().iter().all(|(to, _)| to != "13999999999"), "nobody is sent anything");
        let guess = |request: &Value, phone: &str| json!({ "phone": phone, "requestId": request, "code": "12345" });
        assert_eq!(
            world.try_to("", "signInWithCode", guess(&known["requestId"], &phone)).await,
            world.try_to("", "signInWithCode", guess(&unknown["requestId"], "13999999999")).await,
        );
        for _ in 0..4 {
            world.act("", "requestCode", ask(&phone)).await;
            world.act("", "requestCode", ask("13999999999")).await;
        }
        for phone in [phone.as_str(), "13999999999"] {
            let document = tests::ask::mutation("requestCode");
            assert_eq!(world.error("", &document, json!({ "input": ask(phone) })).await, "RATE_LIMITED");
        }
        world.pass(TimeDelta::minutes(61));
        world.act("", "requestCode", ask(&phone)).await;
    }

    async fn a_phone_of_several_organizations_names_one(world) {
        use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
        let phone = world.viewer("owner").await.phone;
        let mut other = world.account("stranger agent").await.into_active_model();
        other.phone = Set(phone.clone());
        other.update(&world.app.db).await.unwrap();
        let (request, code) = world.code("", &phone, "SIGN_IN").await;
        let mut input = json!({ "phone": phone, "requestId": request, "code": code });
        let refused = world.try_to("", "signInWithCode", input.clone()).await;
        assert_eq!((refusal(&refused), &refused["errors"][0]["field"]), ("REQUIRED", &json!(["organizationCode"])));
        input["organizationCode"] = json!("elsewhere");
        assert_eq!(world.act("", "signInWithCode", input).await["viewer"]["name"], "stranger agent");
    }

    async fn a_server_without_a_gateway_says_so(world) {
        let phone = world.viewer("owner").await.phone;
        let clock = world.app.clock.clone();
        let world = world.with(|parts| parts.sms = Sms::new(Gateway::None, &clock));
        for phone in [phone.as_str(), "13999999999"] {
            let refused = world.try_to("", "requestCode", json!({ "phone": phone, "purpose": "SIGN_IN" })).await;
            assert_eq!(refusal(&refused), "NOT_OFFERED");
        }
    }

    async fn a_new_number_is_sent_a_code_only_for_somebody_who_is_signed_in(world) {
        let document = tests::ask::mutation("requestCode");
        let input = json!({ "input": { "phone": "13700000000", "purpose": "CHANGE_PHONE" } });
        assert_eq!(world.error("", &document, input.clone()).await, "UNAUTHENTICATED");
        assert_eq!(world.ask("owner", &document, input).await["requestCode"]["errors"], json!([]));
        world.code_after("13700000000", 0).await;
    }
}

/// A gateway in this process; counts what it was sent, and answers after a while with a status.
async fn gateway(
    status: StatusCode,
    after: Duration,
) -> (String, Arc<AtomicUsize>, Arc<std::sync::Mutex<Option<(String, Value)>>>) {
    let (count, last) = (Arc::new(AtomicUsize::new(0)), Arc::new(std::sync::Mutex::new(None)));
    let (counted, kept) = (count.clone(), last.clone());
    let answer = move |headers: HeaderMap, axum::Json(body): axum::Json<Value>| {
        let (counted, kept) = (counted.clone(), kept.clone());
        async move {
            let authorization = headers["authorization"].to_str().unwrap().to_owned();
            *kept.lock().unwrap() = Some((authorization, body));
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(after).await;
            status
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/send", post(answer))).await });
    (url, count, last)
}

fn sms(gateway: Gateway) -> (Sms, Clock) {
    let clock = Clock::manual("2026-03-02T01:00:00Z".parse().unwrap());
    (Sms::new(gateway, &clock), clock)
}

async fn until(holds: impl Fn() -> bool) {
    for _ in 0..3000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not come to hold");
}

#[tokio::test]
async fn a_gateway_is_posted_number_and_text_with_its_secret() {
    let (url, count, last) = gateway(StatusCode::NO_CONTENT, Duration::ZERO).await;
    let (sms, _) = sms(Gateway::http(&url, "s3cret"));
    sms.place().unwrap().send("13800000001".to_owned(), "你好".to_owned());
    until(|| count.load(Ordering::SeqCst) == 1).await;
    let (authorization, body) = last.lock().unwrap().clone().unwrap();
    assert_eq!((authorization.as_str(), body), ("Bearer s3cret", json!({ "phone": "13800000001", "text": "你好" })));
    assert!(sms.rests_until().is_none());
}

#[tokio::test]
async fn a_gateway_that_fails_is_told_to_the_next_whoever_they_are_and_tried_again_later() {
    let (url, count, _) = gateway(StatusCode::BAD_GATEWAY, Duration::ZERO).await;
    let (sms, clock) = sms(Gateway::http(&url, "s"));
    sms.place().unwrap().send("13800000001".to_owned(), "1".to_owned());
    until(|| sms.rests_until().is_some()).await;
    assert_eq!(sms.place().err(), Some(Unsendable::NotNow));
    clock.advance(TimeDelta::seconds(30));
    sms.place().unwrap().send("13800000001".to_owned(), "2".to_owned());
    until(|| count.load(Ordering::SeqCst) == 2).await;
}

#[tokio::test]
async fn a_slow_gateway_holds_up_nobody() {
    let (url, _, _) = gateway(StatusCode::OK, Duration::from_mins(1)).await;
    let (sms, _) = sms(Gateway::http(&url, "s"));
    for _ in 0..16 {
        sms.place().unwrap().send("13800000001".to_owned(), "1".to_owned());
    }
    assert_eq!(sms.place().err(), Some(Unsendable::NotNow), "it has enough to do");
}

#[tokio::test]
async fn without_a_gateway_a_code_is_refused_and_says_why() {
    let (none, _) = sms(Gateway::None);
    assert_eq!(none.place().err(), Some(Unsendable::NotOffered));
}
