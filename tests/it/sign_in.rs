//! Signing in, and what the edge refuses before anything is run.

use api::app::clock::Clock;
use chrono::TimeDelta;
use entity::account;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use tests::account::give_password;
use tests::ask::refusal;
use tests::server::Server;

async fn post(server: &Server, token: &str, body: &Value) -> (u16, Value) {
    let url = format!("http://127.0.0.1:{}/graphql", server.port);
    let mut request = reqwest::Client::new().post(url).json(body);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

on_both! {
    async fn unknown_phone_and_wrong_password_cannot_be_told_apart(world) {
        let phone = give_password(&world, "owner", "一个好密码 1").await;
        let wrong = world.try_to("", "signIn", json!({ "phone": phone, "password": "guess" })).await;
        let unknown = world.try_to("", "signIn", json!({ "phone": "13999999999", "password": "guess" })).await;
        let never_set = world.viewer("wife").await.phone;
        let never_set = world.try_to("", "signIn", json!({ "phone": never_set, "password": "guess" })).await;
        assert_eq!(refusal(&wrong), "INVALID_CREDENTIALS");
        assert_eq!(wrong, unknown);
        assert_eq!(wrong, never_set);
        let right = world.act("", "signIn", json!({ "phone": phone, "password": "一个好密码 1" })).await;
        let (viewer, _) = api::access::service::authenticate(&world.app, right["accessToken"].as_str().unwrap()).await.unwrap();
        assert_eq!(viewer.name, "owner");
    }

    async fn a_token_ends_with_its_time_its_epoch_its_account_and_any_tampering(world) {
        let app = &world.app;
        let owner = world.town.id("owner");
        let (token, _) = app.tokens.sign(owner, 0, world.now()).unwrap();
        let holds = async |token: &str| api::access::service::authenticate(app, token).await.is_ok();
        assert!(holds(&token).await);
        let mut tampered = token.clone();
        tampered.replace_range(token.len() - 4.., "AAAA");
        assert!(!holds(&tampered).await);
        let part = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
        let claims = token.split('.').nth(1).unwrap();
        let unsigned = format!("{}.{claims}.", part(r#"{"alg":"none","typ":"JWT"}"#));
        assert!(!holds(&unsigned).await);
        let confused = format!("{}.{claims}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#), part("x"));
        assert!(!holds(&confused).await);
        world.pass(TimeDelta::minutes(16));
        assert!(!holds(&token).await, "its time is up");
        let (token, _) = app.tokens.sign(owner, 0, world.now()).unwrap();
        let mut row = account::Entity::find_by_id(owner).one(&app.db).await.unwrap().unwrap().into_active_model();
        row.session_epoch = Set(1);
        let row = row.update(&app.db).await.unwrap();
        assert!(!holds(&token).await, "every session was ended");
        let (token, _) = app.tokens.sign(owner, 1, world.now()).unwrap();
        assert!(holds(&token).await);
        let mut row = row.into_active_model();
        row.state = Set(domain::organization::AccountState::Disabled);
        row.update(&app.db).await.unwrap();
        assert!(!holds(&token).await, "the account is disabled");
    }

    async fn the_edge_refuses_what_would_hurt_before_it_runs(world) {
        let mut server = Server::start(&world.database.url).await;
        let (token, _) = world.app.tokens.sign(world.town.id("owner"), 0, Clock::System.now()).unwrap();
        let (status, answer) = post(&server, &token, &json!({ "query": "{ viewer { name } }" })).await;
        assert_eq!((status, &answer["data"]["viewer"]["name"]), (200, &json!("owner")));
        let (_, answer) = post(&server, "no token", &json!({ "query": "{ viewer { name } }" })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        let mut bomb = String::from("{ ...F0 }");
        for n in 0..22 {
            bomb = format!("{bomb} fragment F{n} on Query {{ ...F{next} ...F{next} }}", next = n + 1);
        }
        let (_, answer) = post(&server, "", &json!({ "query": bomb + " fragment F22 on Query { __typename }" })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "DOCUMENT_TOO_LARGE");
        let (status, _) = post(&server, "", &json!({ "query": "x".repeat(300_000) })).await;
        assert_eq!(status, 413);
        let url = format!("http://127.0.0.1:{}/graphql", server.port);
        let form = reqwest::Client::new().post(&url).header("content-type", "text/plain").body(r#"{"query":"{ __typename }"}"#);
        assert_eq!(form.send().await.unwrap().status().as_u16(), 415, "a form of another site could send it");
        server.kill().await;
    }
}
