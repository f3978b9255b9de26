//! Signing in, and what the edge refuses before anything is run.

use api::app::clock::Clock;
use serde_json::{Value, json};
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
        let phone = world.give_password("owner", "一个好密码 1").await;
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

    async fn the_edge_refuses_what_would_hurt_before_it_runs(world) {
        let mut server = Server::start(&world.database.url).await;
        let token = world.token_at("owner", Clock::System.now()).await;
        let (status, answer) = post(&server, &token, &json!({ "query": "{ viewer { name } }" })).await;
        assert_eq!((status, &answer["data"]["viewer"]["name"]), (200, &json!("owner")));
        let keys = format!("http://127.0.0.1:{}/.well-known/jwks.json", server.port);
        let keys: Value = reqwest::get(keys).await.unwrap().json().await.unwrap();
        assert_eq!(keys, json!({ "keys": world.app.tokens.public() }));
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
