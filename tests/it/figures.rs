//! Monthly figures (E4.5.3, D5, D6): what they say of known cases, who reads them, and that they are those of a recount.

use api::clock::sweep;
use api::figure::{recount, relay};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::world::with;

const FIGURES: &str = "query($from: NaiveDate!, $to: NaiveDate, $filter: FigureFilter! = {}, $by: [FigureDimension!]! = []) {
    figures(from: $from, to: $to, filter: $filter, by: $by) { asOf from to total { ...F }
        groups { month departmentName categoryName kind siteId figures { ...F } } } }
    fragment F on Figures { cases inTime provenBySignature late notDue unpromised merged handled withdrawn withdrawnInTime
        anonymous anonymousTimelyRate { percent } rated unrated reopened timelyRate { ...R } satisfaction { ...R }
        followUpCoverage { ...R } followUpContent { ...R } repeatRate { ...R } }
    fragment R on FigureRate { numerator denominator percent target reached }";

const BEHIND: &str = "query($input: FigureCasesInput!, $page: PageInput) { figureCases(input: $input, page: $page) {
    nodes { timeliness followUpCoverage rating measures complaint { id number } } pageInfo { hasNextPage endCursor } } }";

/// Lets the server find what is due, and counts what is new.
async fn counted(world: &World) {
    while sweep::tell_due(&world.app).await.unwrap() > 0 {}
    relay::catch_up(&world.app).await.unwrap();
}

async fn figures(world: &World, who: &str, by: &[&str]) -> Value {
    counted(world).await;
    world.ask(who, FIGURES, json!({ "from": "2026-03-31", "by": by })).await["figures"].clone()
}

async fn behind(world: &World, who: &str, measure: &str) -> Vec<Value> {
    let input = json!({ "siteId": world.id("Site", "site"), "month": "2026-03-15", "measure": measure });
    let found = world.ask(who, BEHIND, json!({ "input": input, "page": { "first": 100 } })).await;
    found["figureCases"]["nodes"].as_array().unwrap().clone()
}

async fn anonymous(world: &World) -> String {
    let report = with(world.report("NOISE", "COMPLAINT", "半夜装修"), json!({ "place": "5栋" }));
    let input = json!({ "siteId": world.id("Site", "site"), "report": report });
    let payload = world.act("", "fileAnonymousComplaint", input).await;
    let number = payload["number"].as_str().unwrap().to_owned();
    let named = entity::complaint::Entity::find().filter(entity::complaint::Column::Number.eq(number));
    let case = named.one(&world.app.db).await.unwrap().unwrap();
    format!("Complaint_{}", case.id.simple())
}

fn rate(numerator: i64, denominator: i64, percent: &str, target: Value, reached: Value) -> Value {
    json!({ "numerator": numerator, "denominator": denominator, "percent": percent, "target": target, "reached": reached })
}

on_both! {
    async fn e4_5_3_the_figures_of_a_month_are_as_worked_out_by_hand(world) {
        // Late: filed, and left until its three working days are over.
        world.dripping_tap().await;
        world.pass(TimeDelta::days(7));
        // In time, signed, rated with 5, followed up.
        let good = world.resolved().await;
        let follow_up = world.open_follow_up(&good).await;
        world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("SATISFIED")).await;
        // In time, rated with 5 on the order, not followed up yet.
        world.resolved().await;
        // Taken back before its end.
        let taken_back = world.dripping_tap().await;
        world.on_case("owner", "withdrawComplaint", &taken_back, json!({ "reason": "自己修好了" })).await;
        // Open and not due: one of nobody known.
        anonymous(&world).await;
        let found = figures(&world, "office head", &["DEPARTMENT", "CATEGORY"]).await;
        let all = &found["total"];
        let whole = |name: &str| all[name].as_i64().unwrap();
        assert_eq!((whole("cases"), whole("inTime"), whole("late"), whole("notDue")), (5, 3, 1, 1), "{all:#}");
        assert_eq!((whole("provenBySignature"), whole("handled"), whole("merged"), whole("unpromised")), (2, 3, 0, 0));
        assert_eq!((whole("withdrawn"), whole("withdrawnInTime"), whole("anonymous"), whole("unrated")), (1, 1, 1, 3));
        assert_eq!(all["timelyRate"], rate(3, 4, "75.00", Value::Null, Value::Null));
        assert_eq!(all["satisfaction"], rate(2, 2, "100.00", json!("95.00"), json!(true)));
        assert_eq!(all["followUpCoverage"], rate(1, 3, "33.33", json!("100.00"), json!(false)));
        assert_eq!(all["followUpContent"], rate(1, 1, "100.00", Value::Null, Value::Null));
        assert_eq!(all["anonymousTimelyRate"]["percent"], Value::Null);
        assert_eq!((&found["from"], &found["to"]), (&json!("2026-03-01"), &json!("2026-03-01")));
    }

    async fn e4_5_3_a_dissatisfied_answer_is_a_figure_of_its_own_and_the_case_counts_anew(world) {
        let case = world.resolved().await;
        let follow_up = world.open_follow_up(&case).await;
        world.pass(TimeDelta::hours(1));
        world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("DISSATISFIED")).await;
        let all = figures(&world, "office head", &[]).await["total"].clone();
        assert_eq!(all["followUpContent"], rate(0, 1, "0.00", Value::Null, Value::Null));
        assert_eq!((&all["reopened"], &all["notDue"], &all["inTime"]), (&json!(1), &json!(1), &json!(0)));
        assert_eq!((&all["rated"], &all["provenBySignature"]), (&json!(0), &json!(0)), "what was signed is of before");
        assert_eq!(all["followUpCoverage"]["denominator"], 0, "none is owed while it is handled again");
        world.on_case("head", "resolveComplaint", &case, json!({ "result": "再次更换" })).await;
        let all = figures(&world, "office head", &[]).await["total"].clone();
        assert_eq!((&all["inTime"], &all["followUpCoverage"]["numerator"]), (&json!(1), &json!(0)));
        world.on_case("owner", "rateComplaint", &case, json!({ "ratings": { "quality": 3, "attitude": 5, "timeliness": 3, "overall": 3 } })).await;
        let all = figures(&world, "office head", &[]).await["total"].clone();
        assert_eq!(all["satisfaction"], rate(0, 1, "0.00", json!("95.00"), json!(false)));
    }

    async fn e4_5_3_a_case_counts_in_the_month_in_which_it_was_received_where_its_site_is(world) {
        world.app.clock.advance("2026-03-31T15:59:00Z".parse::<DateTime<Utc>>().unwrap() - world.now());
        world.dripping_tap().await;
        world.pass(TimeDelta::minutes(2));
        world.dripping_tap().await;
        counted(&world).await;
        let months = json!({ "from": "2026-03-01", "to": "2026-04-30", "by": ["MONTH", "KIND"] });
        let found = world.ask("company leader", FIGURES, months).await;
        let groups: Vec<_> = found["figures"]["groups"].as_array().unwrap().iter()
            .map(|group| (group["month"].clone(), group["kind"].clone(), group["figures"]["cases"].clone())).collect();
        let one = |month: &str| (json!(month), json!("REPAIR"), json!(1));
        assert_eq!(groups, [one("2026-03-01"), one("2026-04-01")]);
    }

    async fn a_machine_account_reads_figures_of_its_sites_and_no_case(world) {
        world.resolved().await;
        counted(&world).await;
        let input = |scope: &str| json!({
            "name": "大屏", "scopes": [scope], "siteIds": [world.id("Site", "site")],
            "expiresAt": world.now() + TimeDelta::days(30), "idempotencyKey": scope,
        });
        let key = world.act("administrator", "createApiKey", input("FIGURES")).await["secret"].as_str().unwrap().to_owned();
        let read = world.response_by(&key, FIGURES, json!({ "from": "2026-03-01", "by": ["DEPARTMENT"] })).await;
        assert_eq!(read["data"]["figures"]["groups"][0]["figures"]["inTime"], 1, "{read}");
        let definitions = "{ figureDefinitions { id version rule formulaZh formulaEn numerator denominator target atLeast } }";
        let read = world.response_by(&key, definitions, json!({})).await;
        assert_eq!(read["data"]["figureDefinitions"][1]["target"], "95.00", "{read}");
    }

    async fn c11_figures_leave_out_what_is_about_whoever_reads_them(world) {
        let about = with(world.report("SERVICE_QUALITY", "COMPLAINT", "态度不好"),
            json!({ "aboutAccountId": world.id("Account", "office head") }));
        world.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"), "report": about })).await;
        world.dripping_tap().await;
        let read = async |who| figures(&world, who, &["CATEGORY"]).await;
        assert_eq!(read("director").await["total"]["cases"], 2);
        let own = read("office head").await;
        assert_eq!((&own["total"]["cases"], own["groups"].as_array().unwrap().len()), (&json!(1), 1), "{own}");
        assert_eq!(behind(&world, "office head", "CASES").await.len(), 1);
    }

    async fn a_figure_that_somebody_has_changed_is_found_and_put_right(world) {
        world.resolved().await;
        counted(&world).await;
        let company = world.town.id("company");
        let db = &world.app.db;
        db.execute_unprepared("UPDATE month_figure SET in_time = in_time + 1").await.unwrap();
        let found = recount::check(&world.app, company).await.unwrap();
        assert_eq!((found.differing.len(), found.sums.len()), (0, 1));
        assert!(recount::repair(&world.app, company, &found).await.unwrap());
        db.execute_unprepared("UPDATE case_figure SET rating = 1").await.unwrap();
        let found = recount::check(&world.app, company).await.unwrap();
        assert_eq!(found.differing.len(), 1);
        assert!(recount::repair(&world.app, company, &found).await.unwrap());
        assert!(recount::check(&world.app, company).await.unwrap().is_right());
        assert_eq!(figures(&world, "office head", &[]).await["total"]["satisfaction"]["numerator"], 1);
    }

    async fn two_that_count_at_once_count_everything_once(world) {
        for _ in 0..4 {
            world.dripping_tap().await;
        }
        let other = tests::world::app_over(&world.database, world.app.clock.clone(), 9);
        let (one, two) = tokio::join!(relay::catch_up(&world.app), relay::catch_up(&other));
        one.unwrap();
        two.unwrap();
        let total = figures(&world, "office head", &[]).await["total"].clone();
        assert_eq!(total["cases"], 4);
        assert!(recount::check(&world.app, world.town.id("company")).await.unwrap().is_right());
    }
}
