//! Monthly figures (E4.5.3, D5, D6): what they say of known cases, who reads them, and that they are those of a recount.

use api::clock::sweep;
use api::figure::{recount, relay};
use chrono::{DateTime, TimeDelta, Utc};
use domain::figure::Measure;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
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

const BEHIND: &str = "query($input: FigureCasesInput!, $page: PageInput! = {}) { figureCases(input: $input, page: $page) {
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

#[expect(clippy::needless_pass_by_value, reason = "a call reads like what it makes")]
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
        let mut groups: Vec<_> = found["groups"].as_array().unwrap().iter().map(|group| {
            (group["departmentName"].as_str(), group["categoryName"].as_str(), group["figures"]["cases"].as_i64())
        }).collect();
        groups.sort_unstable();
        assert_eq!(groups, [
            (None, Some("NOISE"), Some(1)),
            (None, Some("WATER"), Some(2)),
            (Some("engineering"), Some("WATER"), Some(2)),
        ]);
        // D5: what is missing is one query.
        let missing = behind(&world, "supervisor", "FOLLOW_UP_MISSING").await;
        assert_eq!(missing.len(), 2);
        assert_eq!(missing[0]["complaint"]["id"], taken_back);
        // The late one is handled after all: late it stays, and so it is after its follow-up.
        let as_of: DateTime<Utc> = found["asOf"].as_str().unwrap().parse().unwrap();
        assert_eq!(as_of, world.now());
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

    async fn d6_the_second_complaint_rate_counts_repeated_reports(world) {
        world.dripping_tap().await;
        world.pass(TimeDelta::days(1));
        let second = world.dripping_tap().await;
        anonymous(&world).await;
        let all = figures(&world, "office head", &[]).await["total"].clone();
        assert_eq!(all["repeatRate"], rate(1, 3, "33.33", json!("0.00"), json!(false)));
        let listed = behind(&world, "office head", "REPEATED").await;
        assert_eq!((listed.len(), &listed[0]["complaint"]["id"]), (1, &json!(second)));
        world.on_case("agent", "unlinkRepeat", &second, json!({ "reason": "换了水龙头" })).await;
        let all = figures(&world, "office head", &[]).await["total"].clone();
        assert_eq!(all["repeatRate"], rate(0, 3, "0.00", json!("0.00"), json!(true)));
        assert_eq!(behind(&world, "office head", "REPEATED").await.len(), 0);
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

    async fn figures_are_read_by_whom_they_concern(world) {
        world.resolved().await;
        anonymous(&world).await;
        assert_eq!(figures(&world, "office head", &[]).await["total"]["cases"], 2);
        assert_eq!(figures(&world, "head", &[]).await["total"]["cases"], 1, "those of the department");
        assert_eq!(figures(&world, "stranger leader", &["SITE"]).await["groups"], json!([]));
        for nobody in ["owner", "technician", ""] {
            let code = world.error(nobody, FIGURES, json!({ "from": "2026-03-01" })).await;
            assert_eq!(code, if nobody.is_empty() { "UNAUTHENTICATED" } else { "FORBIDDEN" });
        }
        for (who, site) in [("office head", "other site"), ("company leader", "other site"), ("stranger office head", "site")] {
            let filter = json!({ "from": "2026-03-01", "filter": { "siteIds": [world.id("Site", site)] } });
            let refused = world.response(who, FIGURES, filter).await;
            assert!(refused["errors"][0]["message"].is_string(), "{who}: {refused}");
        }
        let seen = |who: &'static str| { let world = &world; async move { behind(world, who, "CASES").await.len() } };
        assert_eq!((seen("office head").await, seen("head").await, seen("stranger leader").await), (2, 1, 0));
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
        let cases = json!({ "input": { "siteId": world.id("Site", "site"), "month": "2026-03-01", "measure": "CASES" } });
        let refused = world.response_by(&key, BEHIND, cases).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
        let other = world.act("administrator", "createApiKey", input("SITES")).await["secret"].as_str().unwrap().to_owned();
        let refused = world.response_by(&other, FIGURES, json!({ "from": "2026-03-01" })).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
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

    async fn e4_5_3_figures_are_always_those_of_a_recount_and_lead_to_their_cases(world) {
        let mut dice = StdRng::seed_from_u64(453);
        let mut cases: Vec<String> = Vec::new();
        for step in 0..90 {
            one_act(&world, &mut dice, &mut cases).await;
            if step % 9 == 8 {
                counted(&world).await;
                let found = recount::check(&world.app, world.town.id("company")).await.unwrap();
                assert!(found.is_right() && found.pending == 0, "after step {step}: {found:?}");
                assert_eq!(found.cases, u64::try_from(cases.len()).unwrap());
            }
        }
        let total = figures(&world, "office head", &[]).await["total"].clone();
        for measure in Measure::ALL {
            let listed = behind(&world, "office head", &measure.to_value()).await;
            let named = |one: &Value| one["measures"].as_array().unwrap().contains(&json!(measure.to_value()));
            assert!(listed.iter().all(named), "{measure:?}: {listed:?}");
            let field = format!("{measure:?}");
            let field = field[..1].to_lowercase() + &field[1..];
            // How many were reported before stands in their rate alone.
            let found = if *measure == Measure::Repeated { &total["repeatRate"]["numerator"] } else { &total[&field] };
            if let Some(count) = found.as_u64() {
                assert_eq!(listed.len() as u64, count, "{measure:?}");
            }
        }
        assert!(total["late"].as_i64() > Some(0) && total["inTime"].as_i64() > Some(0), "{total}");
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

/// Somebody tries something: most of it is refused as the case stands, and what is not changes what it counts as.
async fn one_act(world: &World, dice: &mut StdRng, cases: &mut Vec<String>) {
    const ACTS: &[(&str, &str)] = &[
        ("agent", "dispatchComplaint"),
        ("head", "acceptAssignment"),
        ("head", "refuseAssignment"),
        ("head", "acceptComplaint"),
        ("head", "declineComplaint"),
        ("head", "handOverComplaint"),
        ("head", "resolveComplaint"),
        ("head", "correctResolution"),
        ("supervisor", "reclassifyComplaint"),
        ("owner", "withdrawComplaint"),
        ("owner", "reopenComplaint"),
        ("owner", "rateComplaint"),
        ("supervisor", "recordResult"),
        ("supervisor", "mergeComplaint"),
        ("supervisor", "finishFollowUp"),
    ];
    if cases.len() < 4 || dice.random_bool(0.12) {
        cases.push(match dice.random_range(0..4) {
            0 => anonymous(world).await,
            1 => world.resolved().await,
            _ => world.dripping_tap().await,
        });
        return;
    }
    if dice.random_bool(0.15) {
        world.pass(TimeDelta::hours(dice.random_range(1..30)));
        while sweep::tell_due(&world.app).await.unwrap() > 0 {}
        return;
    }
    let case = cases.choose(dice).unwrap().clone();
    let (who, act) = *ACTS.choose(dice).unwrap();
    if act == "finishFollowUp" {
        let found = world.case("supervisor", &case).await;
        let open = found["followUps"].as_array().unwrap().iter().find(|one| one["state"] == "OPEN");
        if let Some(open) = open {
            let said = if dice.random_bool(0.5) { "SATISFIED" } else { "DISSATISFIED" };
            world.try_on_follow_up("supervisor", act, open["id"].as_str().unwrap(), world.call(said)).await;
        }
        return;
    }
    let overall = dice.random_range(1..=5);
    let more = match act {
        "dispatchComplaint" => json!({ "departmentId": world.id("Department", "engineering"), "reason": "归口工程部" }),
        "acceptAssignment" => json!({}),
        "handOverComplaint" => json!({ "departmentId": world.id("Department", "security"), "reason": "属护管部" }),
        "resolveComplaint" | "recordResult" => json!({ "result": "已处理" }),
        "reclassifyComplaint" => json!({ "categoryId": world.id("Category", "CLEANING"), "reason": "改判" }),
        "rateComplaint" => json!({ "ratings": { "quality": 4, "attitude": 4, "timeliness": 4, "overall": overall } }),
        "mergeComplaint" => json!({ "intoComplaintId": cases.choose(dice).unwrap(), "reason": "同一事项" }),
        _ => json!({ "reason": "原因" }),
    };
    world.try_on_case(who, act, &case, more).await;
}
