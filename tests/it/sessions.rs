//! Sessions: how they go on, how they end, and what ends with them.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use domain::organization::AccountState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{SESSION, refusal};
use tests::door::{PASSWORD, refresh, token};

async fn sessions(world: &World, token: &str) -> Vec<Value> {
    let response = world.response_by(token, &format!("{{ sessions {SESSION} }}"), json!({})).await;
    response["data"]["sessions"].as_array().unwrap_or_else(|| panic!("{response}")).clone()
}

async fn again(world: &World, refresh: &str, key: Option<&str>) -> Value {
    world.try_to("", "refreshSession", json!({ "refreshToken": refresh, "idempotencyKey": key })).await
}

/// Signs somebody in and uses their token until it is kept in memory; the token.
async fn kept(world: &World, who: &str) -> String {
    let held = token(&world.signed_in(who).await);
    for _ in 0..3 {
        assert!(world.holder(&held).await.is_some());
    }
    held
}

on_both! {
    async fn a_session_goes_on_by_its_refresh_token_and_each_request_asks_whether_it_still_runs(world) {
        let first = world.signed_in("owner").await;
        let mut statements = Vec::new();
        for _ in 0..4 {
            let before = world.database.statements.load(Ordering::SeqCst);
            world.holder(&token(&first)).await.unwrap();
            statements.push(world.database.statements.load(Ordering::SeqCst) - before);
        }
        // The first learns the organization, the second the count of its rights with who asks, and each later one asks
        // whether that count is still the same.
        assert_eq!(statements, [2, 3, 1, 1], "statements of one authentication");
        world.pass(TimeDelta::minutes(15));
        assert!(world.holder(&token(&first)).await.is_none(), "its time is up");
        let second = tests::ask::done(again(&world, &refresh(&first), None).await);
        assert!(world.holder(&token(&second)).await.is_some());
        assert_ne!(refresh(&first), refresh(&second));
    }

    async fn a_used_refresh_token_that_comes_again_ends_the_session_and_its_person_can_read_why(world) {
        let first = world.signed_in("owner").await;
        let second = tests::ask::done(again(&world, &refresh(&first), None).await);
        assert_eq!(refusal(&again(&world, &refresh(&first), None).await), "INVALID_CODE");
        assert!(world.holder(&token(&second)).await.is_none(), "the thief's and the owner's end alike, at once");
        assert_eq!(refusal(&again(&world, &refresh(&second), None).await), "INVALID_CODE");
        world.pass(TimeDelta::seconds(1));
        let new = world.signed_in("owner").await;
        let listed = sessions(&world, &token(&new)).await;
        let ended: Vec<_> = listed.iter().map(|one| (&one["current"], &one["running"], &one["endReason"])).collect();
        assert_eq!(ended, [
            (&json!(true), &json!(true), &Value::Null),
            (&json!(false), &json!(false), &json!("REFRESH_TOKEN_REPLAYED")),
        ]);
        assert!(world.trail(&token(&new)).await.contains(&"REFRESH_TOKEN_REPLAYED".to_owned()));
    }

    async fn a_token_that_was_used_long_ago_still_ends_the_session_when_it_comes_again(world) {
        let first = world.signed_in("owner").await;
        let mut newest = tests::ask::done(again(&world, &refresh(&first), None).await);
        for _ in 0..3 {
            world.pass(TimeDelta::days(2));
            newest = tests::ask::done(again(&world, &refresh(&newest), None).await);
        }
        let kept = entity::refresh_token::Entity::find().all(&world.app.db).await.unwrap();
        assert!(kept.len() < 5, "used tokens are not kept for ever: {}", kept.len());
        assert_eq!(refusal(&again(&world, &refresh(&first), None).await), "INVALID_CODE");
        assert!(world.holder(&token(&newest)).await.is_none());
    }

    async fn a_lost_answer_costs_nobody_their_session(world) {
        let first = world.signed_in("owner").await;
        let answer = tests::ask::done(again(&world, &refresh(&first), Some("refresh-1")).await);
        world.pass(TimeDelta::minutes(3));
        let repeated = tests::ask::done(again(&world, &refresh(&first), Some("refresh-1")).await);
        assert_eq!(answer, repeated, "the same tokens");
        let next = refresh(&repeated);
        let (one, two) =
            tokio::join!(again(&world, &next, Some("refresh-2")), again(&world, &next, Some("refresh-2")));
        assert_eq!(refresh(&one), refresh(&two), "also when both calls come at once");
        let held = entity::refresh_token::Entity::find().all(&world.app.db).await.unwrap();
        assert!(held.iter().all(|row| !format!("{row:?}").contains(&refresh(&one))), "the database does not hold it");
        let next = tests::ask::done(again(&world, &refresh(&one), Some("refresh-3")).await);
        assert_eq!(refusal(&again(&world, &refresh(&repeated), Some("refresh-2")).await), "INVALID_CODE", "somebody has gone on");
        assert!(world.holder(&token(&next)).await.is_none());
    }

    async fn another_key_or_a_forged_token_gives_nothing(world) {
        let first = world.signed_in("owner").await;
        for forged in ["", "hyr_", "hyr_AAAA_00", &refresh(&first)[1..], &format!("{}0", refresh(&first))] {
            assert_eq!(refusal(&again(&world, forged, None).await), "INVALID_CODE");
        }
        assert!(world.holder(&token(&first)).await.is_some(), "a forged token ends nothing");
        assert!(again(&world, &refresh(&first), Some("mine")).await["accessToken"].is_string());
        assert_eq!(refusal(&again(&world, &refresh(&first), Some("another")).await), "INVALID_CODE");
        assert!(world.holder(&token(&first)).await.is_none());
    }

    async fn a_session_ends_by_disuse_and_in_any_case_after_half_a_year(world) {
        let idle = world.signed_in("owner").await;
        world.pass(TimeDelta::days(30));
        assert_eq!(refusal(&again(&world, &refresh(&idle), None).await), "INVALID_CODE");
        let mut used = world.signed_in("owner").await;
        for _ in 0..8 {
            world.pass(TimeDelta::days(22));
            used = tests::ask::done(again(&world, &refresh(&used), None).await);
        }
        world.pass(TimeDelta::days(5));
        assert_eq!(refusal(&again(&world, &refresh(&used), None).await), "INVALID_CODE", "180 days are over");
    }

    async fn sessions_are_seen_by_device_and_ended_one_by_one_or_all_others(world) {
        let phone = world.give_password("owner", PASSWORD).await;
        let mut held = Vec::new();
        for device in ["手机", "平板", "电脑"] {
            let input = json!({ "phone": phone, "password": PASSWORD, "deviceName": device });
            held.push(token(&world.act("", "signIn", input).await));
            world.pass(TimeDelta::seconds(1));
        }
        let listed = sessions(&world, &held[0]).await;
        let devices: Vec<_> = listed.iter().map(|one| one["deviceName"].as_str().unwrap()).collect();
        assert_eq!(devices, ["电脑", "平板", "手机"]);
        assert_eq!(listed.iter().map(|one| one["current"].as_bool().unwrap()).collect::<Vec<_>>(), [false, false, true]);
        let tablet = json!({ "sessionId": listed[1]["id"], "idempotencyKey": "end" });
        for _ in 0..2 {
            let after = world.act_by(&held[0], "endSession", tablet.clone()).await;
            assert_eq!(after["sessions"][1]["endReason"], "ENDED_ELSEWHERE");
        }
        assert!(world.holder(&held[1]).await.is_none());
        let neighbour = token(&world.signed_in("neighbour").await);
        let foreign = json!({ "sessionId": listed[0]["id"] });
        assert_eq!(refusal(&world.try_by(&neighbour, "endSession", foreign).await), "NOT_FOUND");
        assert_eq!(sessions(&world, &neighbour).await.len(), 1);
        world.act_by(&held[0], "endOtherSessions", json!({})).await;
        assert!(world.holder(&held[2]).await.is_none());
        assert!(world.holder(&neighbour).await.is_some());
        world.act_by(&held[0], "signOut", json!({})).await;
        assert!(world.holder(&held[0]).await.is_none());
        let new = token(&world.signed_in("owner").await);
        let trail = world.trail(&new).await;
        assert_eq!(trail.iter().filter(|kind| *kind == "SESSION_ENDED").count(), 3);
        assert_eq!(trail.iter().filter(|kind| *kind == "SIGNED_IN").count(), 4);
    }

    async fn a_disabled_account_a_raised_epoch_and_a_lost_role_take_effect_at_once(world) {
        let agent = world.signed_in("agent").await;
        let grant = entity::role_grant::Entity::find()
            .filter(entity::role_grant::Column::AccountId.eq(world.town.id("agent")))
            .one(&world.app.db).await.unwrap().unwrap();
        let mut grant = grant.into_active_model();
        grant.to_date = Set(chrono::NaiveDate::from_ymd_opt(2026, 3, 1));
        grant.update(&world.app.db).await.unwrap();
        let response = world.response_by(&token(&agent), "{ register { nodes { id } } }", json!({})).await;
        assert_eq!(response["errors"][0]["extensions"]["code"], "FORBIDDEN");
        let owner = world.signed_in("owner").await;
        let mut row = world.account("owner").await.into_active_model();
        row.session_epoch = Set(1);
        row.update(&world.app.db).await.unwrap();
        assert!(world.holder(&token(&owner)).await.is_none());
        assert_eq!(refusal(&again(&world, &refresh(&owner), None).await), "INVALID_CODE");
        let owner = world.signed_in("owner").await;
        let mut row = world.account("owner").await.into_active_model();
        row.state = Set(AccountState::Disabled);
        row.update(&world.app.db).await.unwrap();
        assert!(world.holder(&token(&owner)).await.is_none());
        assert_eq!(refusal(&again(&world, &refresh(&owner), None).await), "INVALID_CODE");
    }
    async fn a_token_that_is_kept_in_memory_is_worth_what_the_database_says(world) {
        let yesterday = chrono::NaiveDate::from_ymd_opt(2026, 3, 1);
        let agent = kept(&world, "agent").await;
        assert!(!world.holder(&agent).await.unwrap().grants.is_empty());
        let grant = entity::role_grant::Entity::find()
            .filter(entity::role_grant::Column::AccountId.eq(world.town.id("agent")))
            .one(&world.app.db).await.unwrap().unwrap();
        let mut grant = grant.into_active_model();
        grant.to_date = Set(yesterday);
        grant.update(&world.app.db).await.unwrap();
        assert!(world.holder(&agent).await.unwrap().grants.is_empty(), "the role has ended");
        let owner = kept(&world, "owner").await;
        assert!(!world.holder(&owner).await.unwrap().units.is_empty());
        let home = entity::residency::Entity::find()
            .filter(entity::residency::Column::AccountId.eq(world.town.id("owner")))
            .one(&world.app.db).await.unwrap().unwrap();
        let mut home = home.into_active_model();
        home.to_date = Set(yesterday);
        home.update(&world.app.db).await.unwrap();
        assert!(world.holder(&owner).await.unwrap().units.is_empty(), "they have moved out");
        let wife = kept(&world, "wife").await;
        let mut row = world.account("wife").await.into_active_model();
        row.state = Set(AccountState::Disabled);
        row.update(&world.app.db).await.unwrap();
        assert!(world.holder(&wife).await.is_none(), "the account is disabled");
        let neighbour = kept(&world, "neighbour").await;
        let mut row = world.account("neighbour").await.into_active_model();
        row.session_epoch = Set(1);
        row.update(&world.app.db).await.unwrap();
        assert!(world.holder(&neighbour).await.is_none(), "the epoch is raised");
    }
}
