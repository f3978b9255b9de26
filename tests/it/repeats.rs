//! Repeated matters (C4, D6): found when a case comes in, shown, linked, told up; and what must not be told by it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::ask::told;
use tests::world::with;

/// Files for a home; the payload.
async fn file(world: &World, who: &str, home: &str, category: &str, text: &str) -> Value {
    let input = json!({ "unitId": world.id("Unit", home), "report": world.report(category, "COMPLAINT", text) });
    world.act(who, "fileComplaint", input).await
}

fn id(payload: &Value) -> String {
    payload["complaint"]["id"].as_str().expect("a case").to_owned()
}

/// What an employee sees of a repetition.
async fn seen(world: &World, who: &str, case: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { severity repeats repeatOf { id number } } }";
    world.ask(who, document, json!({ "id": case })).await["complaint"].clone()
}

/// How often somebody has heard of a repetition.
async fn heard(world: &World, who: &str) -> usize {
    let notices = world.ask(who, "{ notices(page: { first: 50 }) { kind } }", json!({})).await;
    let all = notices["notices"].as_array().expect("a list");
    all.iter().filter(|notice| notice["kind"] == "COMPLAINT_REPEATED").count()
}

/// What somebody would be told before filing.
async fn similar(world: &World, who: &str, input: Value) -> Value {
    let document = "query($input: SimilarComplaintsInput!) { similarComplaints(input: $input) {
        reportedAt advice complaint { number allowedActions } } }";
    world.ask(who, document, json!({ "input": input })).await["similarComplaints"].clone()
}

on_both! {
    async fn d6_the_second_report_is_linked_and_told_to_the_office_the_third_to_the_company(world) {
        let first = file(&world, "owner", "home", "NOISE", "楼上半夜拖动家具,连续一周睡不好").await;
        assert_eq!(first["repeatOf"], json!(null));
        assert_eq!((heard(&world, "office head").await, heard(&world, "company leader").await), (0, 0));
        world.pass(TimeDelta::days(3));
        let second = file(&world, "owner", "home", "NOISE", "1303又在夜里搬桌椅,楼上声音太大").await;
        assert_eq!(second["repeatOf"]["complaint"]["id"], first["complaint"]["id"], "{second}");
        let advice = second["repeatOf"]["advice"].as_str().unwrap();
        assert!(advice.contains("2026-03-02") && advice.contains("received"), "{advice}");
        let staff = seen(&world, "agent", &id(&second)).await;
        assert_eq!(staff, json!({ "severity": "HIGH", "repeats": 1, "repeatOf": { "id": id(&first), "number": first["number"] } }));
        assert_eq!(seen(&world, "owner", &id(&second)).await["repeats"], json!(null), "the count is for employees");
        assert_eq!((heard(&world, "office head").await, heard(&world, "company leader").await), (1, 0));
        world.pass(TimeDelta::days(3));
        let third = file(&world, "owner", "home", "NOISE", "楼上夜里还是拖动桌椅").await;
        assert_eq!(seen(&world, "agent", &id(&third)).await["repeats"], 2);
        assert_eq!((heard(&world, "office head").await, heard(&world, "company leader").await), (2, 1));
    }

    async fn d6_another_matter_or_one_of_long_ago_is_no_repetition(world) {
        file(&world, "owner", "home", "NOISE", "楼上半夜拖动家具,连续一周睡不好").await;
        let other = file(&world, "owner", "home", "CLEANING", "楼道垃圾两天没人收了").await;
        assert_eq!(seen(&world, "agent", &id(&other)).await["repeats"], 0, "the same unit, another matter");
        let neighbour = file(&world, "neighbour", "other home", "NOISE", "楼上半夜拖动家具,连续一周睡不好").await;
        assert_eq!(seen(&world, "agent", &id(&neighbour)).await["repeats"], 0, "another unit");
        let policy = json!({ "siteId": world.id("Site", "site"), "expectedVersion": 0, "repeatWindowDays": 10 });
        world.act("office head", "changeAttentionPolicy", policy).await;
        world.pass(TimeDelta::days(11));
        let late = file(&world, "owner", "home", "NOISE", "楼上半夜拖动家具,连续一周睡不好").await;
        assert_eq!(seen(&world, "agent", &id(&late)).await["repeats"], 0, "the site's window is over");
    }

    async fn d6_whoever_files_is_asked_first_whether_to_add_or_to_file_anew(world) {
        let first = file(&world, "owner", "home", "NOISE", "楼上半夜拖动家具,连续一周睡不好").await;
        let ask = json!({ "unitId": world.id("Unit", "home"), "categoryId": world.id("Category", "NOISE"),
            "description": "楼上夜里又搬桌椅" });
        let shown = similar(&world, "owner", ask.clone()).await;
        assert_eq!(shown[0]["complaint"]["number"], first["number"], "{shown}");
        let allowed = shown[0]["complaint"]["allowedActions"].as_array().unwrap();
        assert!(allowed.contains(&json!("ADD")), "they can add to it: {allowed:?}");
        assert_eq!(similar(&world, "agent", ask.clone()).await.as_array().unwrap().len(), 1, "on the telephone as well");
        assert_eq!(similar(&world, "neighbour", ask.clone()).await, json!([]), "it is not their unit");
        assert_eq!(similar(&world, "stranger agent", ask.clone()).await, json!([]), "nothing crosses organizations");
        assert_eq!(similar(&world, "wife", ask).await, json!([]), "the household does not see what was not shared");
    }

    async fn d6_a_caller_is_recognised_by_the_number(world) {
        let registration = |text: &str| json!({
            "siteId": world.id("Site", "site"), "channel": "VISIT",
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
            "report": with(world.report("CLEANING", "COMPLAINT", text), json!({
                "place": "3栋楼道", "contactName": "王女士", "contactPhone": "13800009999" })),
        });
        world.act("agent", "registerComplaint", registration("楼道垃圾两天没人收了")).await;
        let second = world.act("agent", "registerComplaint", registration("楼道垃圾还是没清")).await;
        assert_eq!(seen(&world, "agent", &id(&second)).await["repeats"], 1);
    }

    async fn d7_an_anonymous_report_is_compared_with_nothing(world) {
        let report = with(world.report("NOISE", "COMPLAINT", "楼上半夜拖动家具"), json!({ "place": "1203栋1203" }));
        let input = json!({ "siteId": world.id("Site", "site"), "report": report });
        file(&world, "owner", "home", "NOISE", "楼上半夜拖动家具").await;
        let anonymous = world.act("owner", "fileAnonymousComplaint", input).await;
        assert_eq!(anonymous["repeatOf"], json!(null));
        let mine = file(&world, "owner", "home", "NOISE", "楼上半夜拖动家具").await;
        assert_eq!(seen(&world, "agent", &id(&mine)).await["repeats"], 1, "of the known one alone");
    }

    async fn c11_a_report_about_somebody_is_linked_to_none_that_they_may_see(world) {
        let about = |who: Option<&str>| {
            let about = who.map(|who| world.id("Account", who));
            let report = with(world.report("SERVICE_QUALITY", "COMPLAINT", "前台态度恶劣,骂人"), json!({ "aboutAccountId": about }));
            json!({ "unitId": world.id("Unit", "home"), "report": report })
        };
        world.act("owner", "fileComplaint", about(Some("agent"))).await;
        let open = world.act("owner", "fileComplaint", about(None)).await;
        assert_eq!(seen(&world, "agent", &id(&open)).await["repeats"], 0, "it would tell them that there is another one");
        let again = world.act("owner", "fileComplaint", about(Some("agent"))).await;
        assert_eq!(seen(&world, "supervisor", &id(&again)).await["repeats"], 1);
        assert_eq!(heard(&world, "agent").await, 0, "nobody hears of a complaint about themself");
        let input = json!({ "earlierComplaintId": id(&again), "reason": "同一事项" });
        let later = world.act("owner", "fileComplaint", about(None)).await;
        let refused = world.try_on_case("supervisor", "linkRepeat", &id(&later), input).await;
        assert_eq!(told(&refused), ("INVALID", "earlierComplaintId"));
    }

    async fn d6_staff_unlink_and_link_with_a_reason_and_the_count_follows(world) {
        let first = id(&file(&world, "owner", "home", "NOISE", "楼上半夜拖动家具").await);
        world.pass(TimeDelta::minutes(1));
        let second = id(&file(&world, "owner", "home", "NOISE", "楼上半夜又拖动家具").await);
        world.pass(TimeDelta::minutes(1));
        let third = id(&file(&world, "owner", "home", "NOISE", "楼上半夜还在拖动家具").await);
        assert_eq!(seen(&world, "agent", &third).await["repeats"], 2);
        world.on_case("agent", "unlinkRepeat", &second, json!({ "reason": "楼上已换租户" })).await;
        assert_eq!(seen(&world, "agent", &second).await["repeatOf"], json!(null));
        assert_eq!(seen(&world, "agent", &third).await["repeats"], 1, "the count of what repeats it follows");
        let document = "query($id: ID!) { complaint(id: $id) { timeline(first: 50) { kind } } }";
        let told_of = world.ask("agent", document, json!({ "id": third })).await["complaint"]["timeline"].clone();
        let repeated = told_of.as_array().unwrap().iter().filter(|event| event["kind"] == "COMPLAINT_REPEATED").count();
        assert_eq!(repeated, 2, "whoever follows it is told of the new count: {told_of}");
        let again = world.try_on_case("agent", "unlinkRepeat", &second, json!({ "reason": "楼上已换租户" })).await;
        assert_eq!(told(&again), ("INVALID", "complaintId"));
        let link = |earlier: &str| json!({ "earlierComplaintId": earlier, "reason": "同一住户" });
        assert_eq!(told(&world.try_on_case("agent", "linkRepeat", &first, link(&second)).await), ("INVALID", "earlierComplaintId"));
        world.on_case("agent", "linkRepeat", &second, link(&first)).await;
        assert_eq!(seen(&world, "agent", &third).await["repeats"], 2);
        let theirs = with(link(&first), json!({ "complaintId": second, "expectedVersion": 1 }));
        let document = tests::ask::mutation("linkRepeat");
        assert_eq!(world.error("owner", &document, tests::ask::variables(&theirs)).await, "FORBIDDEN");
    }
}
