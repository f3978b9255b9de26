//! What low ratings call for (E4.5.2): a reason, and a talk that the supervisor owes at once.

use serde_json::{Value, json};
use tests::World;
use tests::ask::told;
use tests::drawing::signature;

fn signing(ratings: [i32; 4], comment: Option<&str>) -> Value {
    let [quality, attitude, timeliness, overall] = ratings;
    json!({ "signature": { "signerName": "owner", "png": signature() }, "comment": comment,
        "ratings": { "quality": quality, "attitude": attitude, "timeliness": timeliness, "overall": overall } })
}

async fn heard(world: &World, who: &str) -> Vec<(String, String)> {
    let notices = world.ask(who, "{ notices(page: { first: 100 }) { kind text } }", json!({})).await["notices"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    notices.as_array().unwrap().iter().map(|notice| (text(&notice["kind"]), text(&notice["text"]))).collect()
}

async fn talks(world: &World, case: &str) -> Vec<(Value, Value)> {
    let found = world.case("supervisor", case).await["followUps"].clone();
    found.as_array().unwrap().iter().map(|talk| (talk["closing"].clone(), talk["state"].clone())).collect()
}

async fn follow_up_clock(world: &World, case: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state } } }";
    let clocks = world.ask("supervisor", document, json!({ "id": case })).await["complaint"]["clocks"].clone();
    clocks
        .as_array()
        .unwrap()
        .iter()
        .find(|clock| clock["kind"] == "FOLLOW_UP")
        .map_or(Value::Null, |clock| clock["state"].clone())
}

on_both! {
    async fn e4_5_2_a_low_rating_says_why_and_the_supervisor_owes_a_talk_at_once(world) {
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        let silent = world.try_on_order("owner", "signWorkOrder", &order, signing([5, 5, 2, 4], Some(" "))).await;
        assert_eq!(told(&silent), ("REQUIRED", "comment"));
        world.on_order("owner", "signWorkOrder", &order, signing([1, 3, 3, 2], Some("修完还在滴水"))).await;
        let (kind, text) = heard(&world, "supervisor").await[0].clone();
        assert_eq!(kind, "LOW_RATING");
        assert!(text.contains("修完还在滴水"), "with the reason: {text}");
        assert_eq!(talks(&world, &case).await, [(json!(false), json!("OPEN"))]);
        assert_eq!(follow_up_clock(&world, &case).await, "RUNNING", "it is due");
        let theirs = world.case("owner", &case).await["timeline"].to_string();
        assert!(theirs.contains("FOLLOW_UP_OPENED") && !theirs.contains("LOW_RATING"), "{theirs}");
        let talk = world.open_follow_up(&case).await;
        world.on_follow_up("supervisor", "finishFollowUp", &talk, world.call("DISSATISFIED")).await;
        assert_eq!(follow_up_clock(&world, &case).await, "MET");
        assert_eq!(world.case("supervisor", &case).await["state"], "IN_PROGRESS", "a talk moves nothing; the work goes on by another order");
    }

    async fn e4_5_2_one_low_rating_of_the_four_is_enough(world) {
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        world.on_order("owner", "signWorkOrder", &order, signing([5, 5, 2, 4], Some("约好上午,下午才来"))).await;
        let (kind, text) = heard(&world, "supervisor").await[0].clone();
        assert_eq!(kind, "LOW_RATING", "content on the whole, but not with the time");
        assert!(text.contains("约好上午,下午才来"), "with the reason: {text}");
        assert_eq!(talks(&world, &case).await, [(json!(false), json!("OPEN"))]);
        assert_eq!(follow_up_clock(&world, &case).await, "RUNNING", "it is due");
    }

    async fn e4_5_2_a_high_rating_calls_for_nothing(world) {
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        world.on_order("owner", "signWorkOrder", &order, signing([3, 3, 3, 3], None)).await;
        assert_eq!(talks(&world, &case).await, []);
        assert!(heard(&world, "supervisor").await.iter().all(|(kind, _)| kind != "LOW_RATING"));
    }

    async fn e4_5_2_where_a_follow_up_is_owed_it_is_the_talk_and_the_customer_may_have_it_done_again(world) {
        let case = world.resolved().await;
        let ratings = |comment: Value| json!({ "comment": comment, "ratings": { "quality": 2, "attitude": 5, "timeliness": 5, "overall": 1 } });
        assert_eq!(told(&world.try_on_case("owner", "rateComplaint", &case, ratings(Value::Null)).await), ("REQUIRED", "comment"));
        world.on_case("owner", "rateComplaint", &case, ratings(json!("又开始滴水"))).await;
        assert_eq!(talks(&world, &case).await, [(json!(true), json!("OPEN"))], "not a second one");
        assert_eq!(heard(&world, "supervisor").await[0].0, "LOW_RATING");
        let again = world.on_case("owner", "reopenComplaint", &case, json!({ "reason": "请重新维修" })).await;
        assert_eq!(again["complaint"]["state"], "IN_PROGRESS");
    }
}
