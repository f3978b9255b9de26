//! Signing in with phone and password.

use serde_json::json;
use tests::ask::refusal;

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
}
