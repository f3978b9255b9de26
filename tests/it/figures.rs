//! Monthly figures (E4.5.3, D5, D6): what they say of known cases, who reads them, and that they are those of a recount.

mod acts;

use acts::{Done, Play};
use api::clock::sweep;
use api::figure::{recount, relay};
use chrono::{DateTime, TimeDelta, Utc};
use domain::event::Kind as Event;
use domain::figure::Measure;
use entity::event;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::server::Server;
use tests::world::{row_id, with};

/// How many acts of each seed.
const STEPS: usize = 120;
/// How many kinds of acts must have been done at least, by whichever seed.
const KINDS: usize = 16;

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

    async fn e4_5_3_figures_are_always_those_of_a_recount_from_rows_and_from_the_log_and_lead_to_their_cases(world) {
        let week = json!([{ "from": "09:00", "to": "17:00" }]);
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let week: serde_json::Map<String, Value> = days.iter().map(|day| ((*day).to_owned(), week.clone())).collect();
        let offer = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 0, "week": week, "windowMinutes": 120,
            "capacity": 4, "leadMinutes": 60, "daysAhead": 14, "onHolidays": true, "categoryIds": [] });
        world.act("head", "setBookingOffer", offer).await;
        let (mut cases, mut done) = (0, Done::new());
        for seed in [453, 3, 21] {
            let mut play = Play::new(&world, seed);
            for step in 0..STEPS {
                play.act().await;
                if step % 12 == 11 {
                    counted(&world).await;
                    assert_eq!(world.recounted().await, cases + play.cases.len() as u64, "seed {seed}, step {step}");
                }
            }
            cases += play.cases.len() as u64;
            play.done.into_iter().for_each(|(act, times)| *done.entry(act).or_default() += times);
        }
        assert!(done.len() >= KINDS, "hardly anything was done: {done:?}");
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
        assert_eq!(found.sums[0].said(), ["IN_TIME: kept 2, its cases 1"]);
        assert!(recount::repair(&world.app, company, &found).await.unwrap());
        db.execute_unprepared("UPDATE case_figure SET rating = 1").await.unwrap();
        let found = recount::check(&world.app, company).await.unwrap();
        assert_eq!(found.differing.len(), 1);
        assert!(recount::repair(&world.app, company, &found).await.unwrap());
        assert!(recount::check(&world.app, company).await.unwrap().is_right());
        assert_eq!(figures(&world, "office head", &[]).await["total"]["satisfaction"]["numerator"], 1);
    }

    async fn e4_5_3_a_row_that_was_changed_past_the_log_is_found_also_when_it_was_counted_since(world) {
        let case = world.resolved().await;
        counted(&world).await;
        let (company, db) = (world.town.id("company"), &world.app.db);
        db.execute_unprepared("UPDATE complaint SET reopened_count = 1").await.unwrap();
        let found = recount::check(&world.app, company).await.unwrap();
        assert_eq!(found.differing[0].said(), ["reopened: kept false, rows true, log false"]);
        world.on_case("owner", "rateComplaint", &case, json!({ "ratings": { "quality": 4, "attitude": 4, "timeliness": 4, "overall": 4 } })).await;
        counted(&world).await;
        let found = recount::check(&world.app, company).await.unwrap();
        assert_eq!(found.differing[0].said(), ["reopened: kept true, rows true, log false"]);
        // Which of the two is right is not for a count to say.
        assert!(recount::repair(&world.app, company, &found).await.unwrap());
        let left = recount::check(&world.app, company).await.unwrap();
        assert!(left.differing == found.differing && left.differing[0].is_of_record(), "{left:?}");
        db.execute_unprepared("UPDATE complaint SET reopened_count = 0").await.unwrap();
        let found = recount::check(&world.app, company).await.unwrap();
        assert_eq!(found.differing[0].said(), ["reopened: kept true, rows false, log false"]);
        assert!(recount::repair(&world.app, company, &found).await.unwrap());
        assert_eq!(world.recounted().await, 1);
        db.execute_unprepared("UPDATE clock SET state = 'MISSED', missed_at = due_at WHERE kind = 'RESOLUTION'").await.unwrap();
        let found = recount::check(&world.app, company).await.unwrap();
        assert_eq!(found.differing[0].said(), ["timeliness: kept InTime, rows Late, log InTime"]);
    }

    async fn e4_5_3_a_case_from_before_the_log_kept_all_of_it_is_completed_from_its_rows_and_counted_as_such(world) {
        world.resolved().await;
        world.pass(TimeDelta::days(1));
        world.dripping_tap().await;
        world.pass(TimeDelta::days(9));
        let last = world.dripping_tap().await;
        counted(&world).await;
        let told = [Event::ComplaintReceived, Event::ComplaintResolved, Event::ClockMissed];
        event::Entity::update_many()
            .col_expr(event::Column::Data, Expr::value(json!({})))
            .filter(event::Column::Kind.is_in(told))
            .filter(event::Column::ComplaintId.ne(row_id(&last)))
            .exec(&world.app.db)
            .await
            .unwrap();
        let found = recount::check(&world.app, world.town.id("company")).await.unwrap();
        assert!(found.is_right(), "{found:?}");
        assert_eq!((found.cases, found.older), (3, 2));
    }

    async fn e4_5_3_a_clock_that_was_moved_is_kept_by_its_new_end_in_the_log_as_well(world) {
        let case = world.dripping_tap().await;
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        world.on_case("head", "acceptAssignment", &case, json!({})).await;
        world.on_case("head", "acceptComplaint", &case, json!({ "reason": "立即处理" })).await;
        let closed = json!({ "siteId": world.id("Site", "site"), "expectedVersion": 1, "date": "2026-03-05", "name": "停电", "spans": [] });
        world.act("administrator", "setCalendarDay", closed).await;
        assert_eq!(api::clock::moving::follow_calendars(&world.app).await.unwrap(), 1);
        // After the end that was promised first, the evening of Thursday the 5th, and before the new one.
        world.app.clock.set("2026-03-06T02:00:00Z".parse().unwrap());
        while sweep::tell_due(&world.app).await.unwrap() > 0 {}
        world.on_case("head", "resolveComplaint", &case, json!({ "result": "已更换" })).await;
        assert_eq!(figures(&world, "office head", &[]).await["total"]["inTime"], 1);
        assert_eq!(world.recounted().await, 1);
    }

    async fn e4_5_3_a_part_that_was_split_off_counts_as_a_case_of_its_own(world) {
        let case = world.resolved().await;
        world.pass(TimeDelta::hours(1));
        world.on_case("owner", "rateComplaint", &case, json!({ "ratings": { "quality": 4, "attitude": 4, "timeliness": 4, "overall": 4 } })).await;
        world.pass(TimeDelta::hours(1));
        world.on_case("owner", "reopenComplaint", &case, json!({ "reason": "又滴水" })).await;
        let added = world.on_case("owner", "addToComplaint", &case, json!({ "items": ["地漏堵塞"] })).await;
        let item = added["complaint"]["items"][1]["id"].clone();
        world.on_case("agent", "splitComplaint", &case, json!({ "itemIds": [item], "reason": "两处" })).await;
        let total = figures(&world, "office head", &[]).await["total"].clone();
        assert_eq!((&total["cases"], &total["reopened"], &total["rated"]), (&json!(2), &json!(1), &json!(0)));
        assert_eq!(world.recounted().await, 2);
    }

    async fn d7_what_the_log_keeps_for_counting_names_nobody_who_stays_unknown_and_is_shown_to_nobody(world) {
        let about = json!({ "place": "5栋", "aboutAccountId": world.id("Account", "technician") });
        let report = with(about, world.report("SERVICE_QUALITY", "COMPLAINT", "态度不好"));
        // Somebody who is signed in.
        let filed = world.act("owner", "fileAnonymousComplaint", json!({ "siteId": world.id("Site", "site"), "report": report })).await;
        let events = event::Entity::find().filter(event::Column::Kind.eq(Event::ComplaintReceived)).all(&world.app.db).await.unwrap();
        assert_eq!(events[0].actor_account_id, None);
        let kept: Vec<&str> = events[0].data["counts"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(kept, ["about", "anonymous", "category", "kind", "receivedAt"], "nothing of who has filed it");
        let seen = "timeline(first: 20) { id cursor kind text occurredAt actorName actorRole ownerName state reason quoteId alarmId }";
        let by_code = format!("query($code: String!) {{ anonymousComplaint(receiptCode: $code) {{ {seen} }} }}");
        let shown = world.ask("", &by_code, json!({ "code": filed["receiptCode"] })).await.to_string();
        let by_staff = format!("{{ complaints(page: {{ first: 2 }}) {{ nodes {{ {seen} }} }} changes {{ events {{ id text }} }} notices {{ text }} }}");
        let shown = shown + &world.ask("supervisor", &by_staff, json!({})).await.to_string();
        assert!(shown.contains("COMPLAINT_RECEIVED"), "{shown}");
        let subject = world.town.id("technician");
        for hidden in [subject.to_string(), subject.simple().to_string(), "receivedAt".to_owned(), "dueAt".to_owned()] {
            assert!(!shown.contains(&hidden), "{hidden} is shown: {shown}");
        }
    }

    async fn e4_5_3_the_command_says_of_each_difference_what_figure_rows_and_log_say(world) {
        use entity::{case_figure, complaint};
        let case = world.resolved().await;
        world.dripping_tap().await;
        let mut server = Server::start(&world.database.url).await;
        server.end().await;
        let (db, id) = (&world.app.db, row_id(&case));
        let check = ["figures", "check"];
        let repair = ["figures", "check", "--repair"];
        let (well, said) = server.command(&check).await;
        assert!(well && said.contains("All figures are those of their 2 cases, by their rows and by the log; 0 more"), "{said}");
        let rated = case_figure::Entity::update_many().col_expr(case_figure::Column::Rating, Expr::value(1));
        rated.filter(case_figure::Column::ComplaintId.eq(id)).exec(db).await.unwrap();
        let (well, said) = server.command(&check).await;
        let named = format!("case {case}: rating: kept 1, rows 5, log 5");
        assert!(!well && said.contains("1 cases and 1 sums differ") && said.contains(&named), "{said}");
        assert!(said.contains("SATISFIED: kept 1, its cases 0; DISSATISFIED: kept 0, its cases 1"), "{said}");
        let (well, said) = server.command(&repair).await;
        assert!(!well && said.contains("put right"), "{said}");
        db.execute_unprepared("UPDATE month_figure SET handled = handled + 2").await.unwrap();
        let (well, said) = server.command(&check).await;
        assert!(!well && said.contains("0 cases and ") && said.contains("HANDLED: kept 3, its cases 1"), "{said}");
        server.command(&repair).await;
        assert!(server.command(&check).await.0);
        let reopened = async |times: i32| {
            let changed = complaint::Entity::update_many().col_expr(complaint::Column::ReopenedCount, Expr::value(times));
            changed.filter(complaint::Column::Id.eq(id)).exec(db).await.unwrap();
        };
        reopened(2).await;
        let (well, said) = server.command(&repair).await;
        let named = format!("case {case}: reopened: kept false, rows true, log false");
        assert!(!well && said.contains(&named) && said.contains("but for 1 whose rows and log contradict each other"), "{said}");
        reopened(0).await;
        assert!(server.command(&check).await.0);
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
