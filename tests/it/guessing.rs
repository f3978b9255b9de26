//! Whoever guesses is slowed; nobody is locked out by a stranger.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{done, refusal};
use tests::door::{PASSWORD, refresh};

const HOME: &str = "198.51.100.7";

fn input(phone: &str, password: &str) -> Value {
    json!({ "phone": phone, "password": password })
}

/// Strangers use up what is allowed for a phone from everywhere, a few tries from each address.
async fn besiege(world: &World, phone: &str) {
    let mut tried = 0;
    while let Ok(payload) = world.try_from(&format!("203.0.113.{tried}"), "signIn", input(phone, "guess")).await {
        assert_eq!(refusal(&payload), "INVALID_CREDENTIALS");
        tried += 1;
    }
    assert!((19..=20).contains(&tried), "{tried} tries");
}

on_both! {
    async fn a_stranger_is_slowed_and_locks_nobody_out(world) {
        let phone = world.give_password("owner", PASSWORD).await;
        let first = done(world.try_from(HOME, "signIn", input(&phone, PASSWORD)).await.unwrap());
        besiege(&world, &phone).await;
        let at_home = world.try_from(HOME, "signIn", input(&phone, PASSWORD)).await.unwrap();
        assert!(at_home["accessToken"].is_string(), "an address that has signed in before");
        let abroad = world.try_from("192.0.2.1", "signIn", input(&phone, PASSWORD)).await;
        assert_eq!(abroad, Err("RATE_LIMITED".to_owned()), "an address that nobody knows");
        let mut known = input(&phone, PASSWORD);
        known["knownDevice"] = json!(refresh(&first));
        let on_the_phone = world.try_from("192.0.2.2", "signIn", known.clone()).await.unwrap();
        assert!(on_the_phone["accessToken"].is_string(), "a device that has signed in before, wherever it is");
        known["knownDevice"] = json!("hyr_guess_00");
        assert_eq!(world.try_from("192.0.2.3", "signIn", known).await, Err("RATE_LIMITED".to_owned()));
        world.pass(TimeDelta::minutes(2));
        let later = world.try_from("192.0.2.1", "signIn", input(&phone, PASSWORD)).await.unwrap();
        assert!(later["accessToken"].is_string(), "the budget fills again");
    }

    async fn a_phone_that_nobody_has_is_limited_just_the_same(world) {
        besiege(&world, "13999999999").await;
    }

    async fn one_address_has_few_tries_at_one_phone_and_not_many_at_all(world) {
        let phone = world.give_password("owner", PASSWORD).await;
        for _ in 0..10 {
            world.try_from(HOME, "signIn", input(&phone, "guess")).await.unwrap();
        }
        assert_eq!(world.try_from(HOME, "signIn", input(&phone, PASSWORD)).await, Err("RATE_LIMITED".to_owned()));
        let mut tried = 0;
        while world.try_from("2001:db8:1:2::1", "signIn", input(&format!("139000000{tried:02}"), "guess")).await.is_ok() {
            tried += 1;
        }
        assert_eq!(tried, 30);
        let next_door = world.try_from("2001:db8:1:2:3::9", "signIn", input("13900000099", "guess")).await;
        assert_eq!(next_door, Err("RATE_LIMITED".to_owned()), "one customer's network is one address");
        assert!(world.try_from("2001:db8:1:3::1", "signIn", input("13900000099", "guess")).await.is_ok());
    }

    async fn as_many_passwords_are_hashed_for_a_phone_that_nobody_has(world) {
        let phone = world.give_password("owner", PASSWORD).await;
        for code in [None, Some("town"), Some("nowhere")] {
            let mut counts = Vec::new();
            for (phone, password) in [(phone.as_str(), "guess"), ("13999999999", "guess"), (&world.viewer("wife").await.phone, "guess")] {
                let before = (world.app.passwords.checks(), statements(&world));
                let tried = json!({ "phone": phone, "password": password, "organizationCode": code });
                assert_eq!(refusal(&world.try_to("", "signIn", tried).await), "INVALID_CREDENTIALS");
                counts.push((world.app.passwords.checks() - before.0, statements(&world) - before.1));
            }
            assert!(counts.iter().all(|count| *count == counts[0]), "{code:?}: {counts:?}");
        }
    }

    async fn a_second_factor_is_not_tried_out_by_whoever_has_the_password(world) {
        let held = tests::door::token(&world.signed_in("head").await);
        let begun = world.act_by(&held, "beginSecondFactor", json!({})).await;
        assert!(begun["secret"].is_string());
        let document = tests::ask::mutation("confirmSecondFactor");
        let mut tried = 0;
        loop {
            let response = world.response_by(&held, &document, json!({ "input": { "code": format!("00000{tried}") } })).await;
            if response["errors"][0]["extensions"]["code"] == "RATE_LIMITED" {
                break;
            }
            tried += 1;
        }
        assert_eq!(tried, 5);
    }
}

fn statements(world: &World) -> u64 {
    world.database.statements.load(std::sync::atomic::Ordering::SeqCst)
}
