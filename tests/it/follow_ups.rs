//! Follow-ups in full: planned, tried, held with questions, inspected by a draw, signed for a batch, and none missing.

use api::clock::sweep;
use chrono::TimeDelta;
use domain::follow_up::inspection::{Candidate, draw};
use entity::{follow_up, follow_up_attempt, signature};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{done, needed, refusal, told};
use tests::world::{row_id, with};

const FULL: &str = "query($id: ID!) { complaint(id: $id) { state followUps { id state assigneeName plannedFor unreached
    unreachedRemark inspectionOutcome drawn allowedActions attempts { outcome note madeBy nextAttemptAt }
    draw { seed percent candidates drawn } answers { key question score yes text } opinionSignature { signerName }
    matters { text replyBy opinion { number channel dueAt followUpId } complaint { id number channel clocks { kind state dueAt } } } } } }";

async fn follow_up_of(world: &World, who: &str, case: &str) -> Value {
    world.ask(who, FULL, json!({ "id": case })).await["complaint"]["followUps"][0].clone()
}

async fn row(world: &World, id: &str) -> follow_up::Model {
    follow_up::Entity::find_by_id(row_id(id)).one(&world.app.db).await.unwrap().unwrap()
}

/// Which follow-up, as it stands.
async fn as_it_stands(world: &World, id: &str) -> Value {
    json!({ "followUpId": id, "expectedVersion": row(world, id).await.version })
}

/// A case that was declined, so that its follow-up is owed, the short way; case and follow-up.
async fn owed(world: &World) -> (String, String) {
    let case = world.dripping_tap().await;
    world.on_case("owner", "withdrawComplaint", &case, json!({ "reason": "自己修好了" })).await;
    let follow_up = world.open_follow_up(&case).await;
    (case, follow_up)
}

async fn held(world: &World, satisfaction: &str) -> (String, String) {
    let (case, follow_up) = owed(world).await;
    world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call(satisfaction)).await;
    (case, follow_up)
}

fn no_answer(world: &World) -> Value {
    json!({ "outcome": "NO_ANSWER", "method": "PHONE", "note": "无人接听", "nextAttemptAt": world.now() + TimeDelta::days(1) })
}

async fn coverage(world: &World, who: &str) -> Value {
    let document = "query($s: ID!, $from: DateTime!, $to: DateTime!) { followUpCoverage(siteId: $s, from: $from, to: $to) {
        owed done notReached percent targetPercent missing(page: { first: 1 }) { nodes { id } pageInfo { hasNextPage endCursor } } } }";
    let span = json!({ "s": world.id("Site", "site"), "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z" });
    world.ask(who, document, span).await["followUpCoverage"].clone()
}

on_both! {
    async fn d1_the_supervisor_gives_follow_ups_to_an_agent_in_one_act_and_the_agent_holds_them(world) {
        let (case, first) = owed(&world).await;
        let (_, second) = owed(&world).await;
        let agent = world.id("Account", "agent");
        let refused = world.try_on_follow_up("agent", "finishFollowUp", &first, world.call("SATISFIED")).await;
        assert_eq!(refusal(&refused), "NOT_YOURS", "nobody has asked the agent yet");
        let one = |follow_up: Value, who: &str| json!({ "followUps": [follow_up], "assigneeId": who });
        let wrong = json!({ "followUpId": second, "expectedVersion": 99 });
        let input = json!({ "followUps": [as_it_stands(&world, &first).await, wrong], "assigneeId": agent });
        let stale = world.try_to("supervisor", "assignFollowUps", input).await;
        assert_eq!((refusal(&stale), &stale["errors"][0]["field"]), ("STALE", &json!(["followUps", "1", "expectedVersion"])));
        assert_eq!(row(&world, &first).await.assignee_account_id, None, "all of them, or none");
        let technician = one(as_it_stands(&world, &first).await, &world.id("Account", "technician"));
        let refused = world.try_to("supervisor", "assignFollowUps", technician).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("INVALID", vec!["CUSTOMER_SERVICE_AGENT", "CUSTOMER_SERVICE_SUPERVISOR"]));
        let at = world.now() + TimeDelta::hours(5);
        let all = json!([as_it_stands(&world, &first).await, as_it_stands(&world, &second).await]);
        let input = json!({ "followUps": all, "assigneeId": agent, "plannedFor": at });
        let given = world.act("supervisor", "assignFollowUps", input).await;
        let names: Vec<&Value> = given["followUps"].as_array().unwrap().iter().map(|one| &one["assigneeName"]).collect();
        assert_eq!(names, ["agent", "agent"]);
        let mine = "{ followUps(filter: { assignedToMe: true, states: [OPEN] }) { nodes { ownerName plannedFor allowedActions } } }";
        let mine = world.ask("agent", mine, json!({})).await["followUps"]["nodes"].clone();
        assert_eq!(mine.as_array().unwrap().len(), 2);
        assert_eq!(mine[0]["ownerName"], "supervisor", "who answers for it stays");
        assert_eq!(mine[0]["allowedActions"], json!(["RECORD_ATTEMPT", "FINISH", "RAISE_MATTER"]));
        assert_eq!(follow_up_of(&world, "owner", &case).await["assigneeName"], Value::Null, "for employees");
        let held = world.on_follow_up("agent", "finishFollowUp", &first, world.call("SATISFIED")).await;
        assert_eq!((&held["followUp"]["state"], &held["followUp"]["ownerName"]), (&json!("FINISHED"), &json!("director")));
        let nothing = world.try_to("supervisor", "assignFollowUps", json!({ "followUps": [], "assigneeId": agent })).await;
        assert_eq!(told(&nothing), ("INVALID", "followUps"));
    }

    async fn d1_the_supervisor_says_when_a_follow_up_is_held(world) {
        let (case, follow_up) = owed(&world).await;
        for (plan, answer) in [
            (json!({}), ("REQUIRED", "plannedFor")),
            (json!({ "plannedFor": world.now() }), ("INVALID", "plannedFor")),
        ] {
            assert_eq!(told(&world.try_on_follow_up("supervisor", "planFollowUp", &follow_up, plan).await), answer);
        }
        let at = world.now() + TimeDelta::hours(5);
        world.on_follow_up("supervisor", "planFollowUp", &follow_up, json!({ "plannedFor": at })).await;
        let planned = follow_up_of(&world, "supervisor", &case).await["plannedFor"].clone();
        assert_eq!(planned.as_str().unwrap().parse().ok(), Some(at));
        assert_eq!(row(&world, &follow_up).await.assignee_account_id, None, "who holds it stays open");
    }

    async fn d5_a_customer_who_is_not_to_be_had_is_tried_on_three_days_and_closed_by_the_directors_word(world) {
        let (case, follow_up) = owed(&world).await;
        let unplanned = with(json!({ "nextAttemptAt": null }), no_answer(&world));
        let refused = world.try_on_follow_up("supervisor", "recordFollowUpAttempt", &follow_up, unplanned).await;
        assert_eq!(told(&refused), ("REQUIRED", "nextAttemptAt"));
        assert_eq!(follow_up_attempt::Entity::find().all(&world.app.db).await.unwrap().len(), 0, "nothing of it is kept");
        let word = || json!({ "remark": "三日联系不上,同意结束" });
        for day in 1..=3 {
            for _ in 0..2 {
                world.on_follow_up("supervisor", "recordFollowUpAttempt", &follow_up, no_answer(&world)).await;
            }
            let tried = world.try_on_follow_up("director", "closeUnreachedFollowUp", &follow_up, word()).await;
            if day < 3 {
                assert_eq!((refusal(&tried), needed(&tried)), ("MISSING", vec!["THREE_ATTEMPTS"]), "day {day}");
                assert_eq!(follow_up_of(&world, "director", &case).await["allowedActions"], json!([]));
                world.pass(TimeDelta::days(1));
                continue;
            }
            let closed = done(tried);
            assert_eq!((&closed["followUp"]["state"], &closed["followUp"]["unreached"]), (&json!("FINISHED"), &json!("NO_ANSWER")));
            assert_eq!(closed["complaint"]["state"], "FOLLOWED_UP");
        }
        let seen = follow_up_of(&world, "director", &case).await;
        assert_eq!((seen["attempts"].as_array().unwrap().len(), &seen["attempts"][0]["madeBy"]), (6, &json!("supervisor")));
        assert_eq!(follow_up_of(&world, "owner", &case).await["unreachedRemark"], Value::Null, "for employees");
        let archived = world.try_on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert_eq!(needed(&archived), vec!["FOLLOW_UP_SIGNED"], "C10, D2: it is inspected and signed like any other");
        let counted = coverage(&world, "director").await;
        assert_eq!((&counted["owed"], &counted["done"], &counted["notReached"]), (&json!(1), &json!(1), &json!(1)));
        world.on_case("owner", "reopenComplaint", &case, json!({ "reason": "仍然漏水" })).await;
    }

    async fn d5_who_refuses_or_has_moved_away_is_not_asked_again_and_only_the_director_closes(world) {
        let (_, follow_up) = owed(&world).await;
        let moved = json!({ "outcome": "MOVED_AWAY", "method": "ON_SITE" });
        world.on_follow_up("supervisor", "recordFollowUpAttempt", &follow_up, moved).await;
        let word = json!({ "remark": "属实" });
        let refused = world.try_on_follow_up("supervisor", "closeUnreachedFollowUp", &follow_up, word.clone()).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("NOT_YOURS", vec!["CUSTOMER_SERVICE_DIRECTOR", "OFFICE_HEAD"]));
        let closed = world.on_follow_up("director", "closeUnreachedFollowUp", &follow_up, word).await;
        assert_eq!(closed["followUp"]["unreached"], "MOVED_AWAY");
    }

    async fn d2_a_site_asks_its_own_questions_and_the_answers_are_checked(world) {
        let site = world.id("Site", "site");
        let asked = "query($s: ID!) { followUpQuestionnaire(siteId: $s) { revision questions { key required } } }";
        let ours = world.ask("agent", asked, json!({ "s": site })).await["followUpQuestionnaire"].clone();
        assert_eq!((&ours["revision"], ours["questions"].as_array().unwrap().len()), (&json!(0), 5));
        let question = |key: &str, kind: &str, required: bool| json!({ "key": key, "zh": "问题", "en": "Question", "kind": kind, "required": required });
        let publish = |seen: i32, questions: Value| json!({ "siteId": site, "expectedRevision": seen, "questions": questions });
        let twice = publish(0, json!([question("fast", "SCORE", true), question("fast", "TEXT", false)]));
        let refused = world.try_to("director", "publishFollowUpQuestionnaire", twice).await;
        assert_eq!((refusal(&refused), &refused["errors"][0]["field"]), ("INVALID", &json!(["questions", "1", "key"])));
        let mine = publish(0, json!([question("fast", "SCORE", true), question("again", "YES_NO", false)]));
        let refused = world.try_to("stranger office head", "publishFollowUpQuestionnaire", mine.clone()).await;
        assert_eq!(told(&refused), ("NOT_FOUND", "siteId"));
        let published = world.act("director", "publishFollowUpQuestionnaire", mine.clone()).await;
        assert_eq!(published["questionnaire"]["revision"], 1);
        assert_eq!(told(&world.try_to("supervisor", "publishFollowUpQuestionnaire", mine).await), ("STALE", "expectedRevision"));
        let (case, follow_up) = owed(&world).await;
        let answered = |answers: Value, revision: i32| {
            with(json!({ "answers": answers, "questionnaireRevision": revision }), world.call("SATISFIED"))
        };
        for (input, field) in [
            (world.call("SATISFIED"), "answers"),
            (answered(json!([{ "key": "fast", "score": 4 }]), 0), "questionnaireRevision"),
            (answered(json!([{ "key": "fast", "score": 9 }]), 1), "answers"),
            (answered(json!([{ "key": "again", "yes": true }]), 1), "answers"),
        ] {
            let refused = world.try_on_follow_up("supervisor", "finishFollowUp", &follow_up, input).await;
            assert_eq!(told(&refused).1, field, "{refused}");
        }
        let answers = json!([{ "key": "fast", "score": 4 }, { "key": "again", "yes": true }]);
        world.on_follow_up("supervisor", "finishFollowUp", &follow_up, answered(answers, 1)).await;
        world.act("director", "publishFollowUpQuestionnaire", publish(1, json!([question("new", "TEXT", true)]))).await;
        let kept = follow_up_of(&world, "owner", &case).await["answers"].clone();
        assert_eq!((&kept[0]["score"], &kept[0]["question"], &kept[1]["yes"]), (&json!(4), &json!("Question"), &json!(true)));
    }

    async fn d2_every_follow_up_is_inspected_or_passed_by_in_a_draw_that_can_be_done_again(world) {
        let mut all = Vec::new();
        for _ in 0..4 {
            all.push(held(&world, "SATISFIED").await);
        }
        all.push(held(&world, "DISSATISFIED").await);
        let share = json!({ "siteId": world.id("Site", "site"), "percent": 50 });
        let refused = world.try_to("supervisor", "drawInspection", share.clone()).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("MISSING", vec!["FINISHED_FOLLOW_UPS"]), "none of them is theirs to inspect");
        assert_eq!(told(&world.try_to("director", "drawInspection", with(json!({ "percent": 0 }), share.clone())).await), ("INVALID", "percent"));
        let drawn = world.act("director", "drawInspection", share.clone()).await["draw"].clone();
        assert_eq!((&drawn["candidates"], &drawn["drawn"], &drawn["drawnBy"]), (&json!(5), &json!(3), &json!("director")));
        let mut rows = Vec::new();
        for (_, follow_up) in &all {
            rows.push(row(&world, follow_up).await);
        }
        let dice = u64::from_str_radix(drawn["seed"].as_str().unwrap(), 16).unwrap();
        let candidates: Vec<_> =
            rows.iter().map(|row| Candidate { id: row.id.into_bytes(), satisfaction: row.satisfaction }).collect();
        let again = draw(dice, 50, &candidates);
        assert_eq!(rows.iter().map(|row| row.drawn == Some(true)).collect::<Vec<_>>(), again, "the same dice draw the same");
        assert!(again[4], "a discontented customer is always looked at");
        for ((case, follow_up), taken) in all.iter().zip(again) {
            let seen = follow_up_of(&world, "director", case).await;
            if taken {
                assert_eq!((&seen["state"], &seen["inspectionOutcome"]), (&json!("FINISHED"), &Value::Null));
                world.on_follow_up("director", "inspectFollowUp", follow_up, json!({ "remark": "属实" })).await;
                assert_eq!(follow_up_of(&world, "director", case).await["inspectionOutcome"], "INSPECTED");
            } else {
                assert_eq!((&seen["state"], &seen["inspectionOutcome"]), (&json!("INSPECTED"), &json!("NOT_SAMPLED")));
                assert_eq!(world.case("office head", case).await["handler"]["name"], "office head");
            }
            assert_eq!(seen["draw"]["seed"], drawn["seed"]);
        }
        assert_eq!(needed(&world.try_to("director", "drawInspection", share).await), vec!["FINISHED_FOLLOW_UPS"], "nobody is drawn twice");
        let document = "query($s: ID!) { inspectionDraws(siteId: $s) { nodes { percent } } }";
        let listed = world.ask("office head", document, json!({ "s": world.id("Site", "site") })).await;
        assert_eq!(listed["inspectionDraws"]["nodes"], json!([{ "percent": 50 }]));
    }

    async fn d2_the_heads_signature_stands_with_the_opinion(world) {
        let (case, follow_up) = held(&world, "SATISFIED").await;
        world.on_follow_up("director", "inspectFollowUp", &follow_up, json!({ "remark": "属实" })).await;
        let opinion = json!({ "opinion": "同意归档", "signature": world.signing()["signature"] });
        let signed = world.on_follow_up("office head", "signOpinion", &follow_up, opinion).await["followUp"].clone();
        assert_eq!((&signed["state"], &signed["opinion"]), (&json!("SIGNED"), &json!("同意归档")));
        assert_eq!(follow_up_of(&world, "office head", &case).await["opinionSignature"]["signerName"], "owner");
    }

    async fn d2_the_head_signs_for_a_batch_and_each_follow_up_has_its_own_record(world) {
        let mut all = Vec::new();
        for _ in 0..2 {
            let (case, follow_up) = held(&world, "SATISFIED").await;
            world.on_follow_up("director", "inspectFollowUp", &follow_up, json!({ "remark": "属实" })).await;
            all.push((case, follow_up));
        }
        let (_, early) = held(&world, "SATISFIED").await;
        let mut list = Vec::new();
        for follow_up in [&all[0].1, &all[1].1, &early] {
            list.push(as_it_stands(&world, follow_up).await);
        }
        let opinion = |list: &[Value]| json!({ "followUps": list, "opinion": "同意归档", "signature": world.signing()["signature"] });
        let refused = world.try_to("office head", "signOpinions", opinion(&list)).await;
        assert_eq!((refusal(&refused), &refused["errors"][0]["field"]), ("WRONG_STATE", &json!(["followUps", "2"])), "D2's order");
        assert_eq!(row(&world, &all[0].1).await.opinion, None, "all of them, or none");
        let signed = world.act("office head", "signOpinions", opinion(&list[..2])).await;
        assert_eq!(signed["followUps"][1]["state"], "SIGNED");
        let seals = signature::Entity::find().all(&world.app.db).await.unwrap();
        let seals: std::collections::BTreeSet<_> = seals.into_iter().filter_map(|one| one.seal).collect();
        assert_eq!(seals.len(), 2, "each has a seal of its own");
        let seen = follow_up_of(&world, "office head", &all[0].0).await;
        assert_eq!(seen["opinionSignature"]["signerName"], "owner");
        assert_eq!(world.case("archivist", &all[1].0).await["handler"]["name"], "archivist");
    }

    async fn d3_what_a_customer_raises_becomes_a_case_with_a_promised_time_of_reply(world) {
        let (case, follow_up) = owed(&world).await;
        let report = world.report("NOISE", "COMPLAINT", "楼上夜间施工");
        let matter = |reply_by: Value| json!({ "method": "PHONE", "report": report, "replyBy": reply_by });
        let past = world.try_on_follow_up("supervisor", "raiseMatter", &follow_up, matter(json!(world.now()))).await;
        assert_eq!(told(&past), ("INVALID", "replyBy"));
        let by = world.now() + TimeDelta::hours(6);
        let raised = world.on_follow_up("supervisor", "raiseMatter", &follow_up, matter(json!(by))).await;
        let new = raised["raisedComplaint"]["id"].as_str().unwrap().to_owned();
        let seen = follow_up_of(&world, "owner", &case).await["matters"][0].clone();
        assert_eq!((&seen["text"], &seen["complaint"]["id"]), (&json!("楼上夜间施工"), &json!(new)), "the customer sees their new case");
        let clock = seen["complaint"]["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "NEXT_REPLY").cloned().unwrap();
        assert_eq!((&clock["state"], clock["dueAt"].as_str().unwrap().parse().ok()), (&json!("RUNNING"), Some(by)));
        let kinds = |case: Value| -> Vec<String> {
            case["timeline"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
        };
        assert!(kinds(world.case("owner", &case).await).contains(&"MATTER_RAISED".to_owned()));
        assert!(kinds(world.case("owner", &new).await).contains(&"REPLY_PROMISED".to_owned()));
        world.pass(TimeDelta::hours(7));
        while sweep::tell_due(&world.app).await.unwrap() > 0 {}
        let late = world.case("supervisor", &new).await;
        assert!(kinds(late).contains(&"CLOCK_MISSED".to_owned()), "an answer that does not come is late");
    }

    async fn d3_what_a_customer_raises_becomes_an_opinion_with_a_promised_time(world) {
        let (case, follow_up) = owed(&world).await;
        let by = world.now() + TimeDelta::hours(6);
        let words = || json!({ "opinion": { "text": "希望大堂加装长椅" } });
        let matter = |more: Value| with(more, json!({ "method": "PHONE", "replyBy": by }));
        let report = json!({ "report": world.report("NOISE", "COMPLAINT", "楼上夜间施工") });
        for (input, wanted) in [
            (matter(json!({})), ("REQUIRED", "report")),
            (matter(with(report, words())), ("INVALID", "opinion")),
            (matter(json!({ "opinion": { "text": " " } })), ("REQUIRED", "opinion")),
            (matter(with(json!({ "replyBy": world.now() }), words())), ("INVALID", "replyBy")),
        ] {
            let refused = world.try_on_follow_up("supervisor", "raiseMatter", &follow_up, input).await;
            assert_eq!(told(&refused), wanted, "{refused}");
        }
        let raised = world.on_follow_up("supervisor", "raiseMatter", &follow_up, matter(words())).await;
        let opinion = &raised["raisedOpinion"];
        assert_eq!((&raised["raisedComplaint"], &opinion["handler"]["name"]), (&Value::Null, &json!("supervisor")));
        let seen = follow_up_of(&world, "owner", &case).await["matters"][0].clone();
        assert_eq!((&seen["text"], &seen["complaint"]), (&json!("希望大堂加装长椅"), &Value::Null));
        let shown = json!({ "number": opinion["number"], "channel": "FOLLOW_UP", "dueAt": seen["replyBy"], "followUpId": follow_up });
        assert_eq!(seen["opinion"], shown, "the customer sees their opinion");
        assert_eq!(seen["replyBy"].as_str().unwrap().parse().ok(), Some(by));
        let timeline = world.case("owner", &case).await["timeline"].clone();
        assert!(timeline.as_array().unwrap().iter().any(|event| event["kind"] == "MATTER_RAISED"), "{timeline}");
        world.pass(TimeDelta::hours(7));
        let late = "query($f: ID!) { opinions(filter: { followUpId: $f, brokenOnly: true }) { nodes { number } } }";
        let late = world.ask("supervisor", late, json!({ "f": follow_up })).await["opinions"]["nodes"].clone();
        assert_eq!(late, json!([{ "number": opinion["number"] }]), "an answer that does not come is late");
    }

    async fn d5_the_rate_is_live_and_names_exactly_what_is_missing(world) {
        assert_eq!(coverage(&world, "supervisor").await["percent"], Value::Null, "nothing is owed");
        let (first, _) = owed(&world).await;
        world.pass(TimeDelta::minutes(1));
        let (second, _) = held(&world, "SATISFIED").await;
        world.pass(TimeDelta::minutes(1));
        let (third, _) = owed(&world).await;
        let (reopened, _) = held(&world, "DISSATISFIED").await;
        let seen = coverage(&world, "supervisor").await;
        assert_eq!((&seen["owed"], &seen["done"], &seen["percent"]), (&json!(3), &json!(1), &json!("33.33")), "{second} {reopened}");
        assert_eq!((&seen["missing"]["nodes"], &seen["targetPercent"]), (&json!([{ "id": first }]), &json!(100)));
        let next = "query($s: ID!, $after: String) { followUpCoverage(siteId: $s, from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\") {
            missing(page: { after: $after }) { nodes { id } pageInfo { hasNextPage } } } }";
        let page = json!({ "s": world.id("Site", "site"), "after": seen["missing"]["pageInfo"]["endCursor"] });
        let rest = world.ask("supervisor", next, page).await["followUpCoverage"]["missing"].clone();
        assert_eq!((&rest["nodes"], &rest["pageInfo"]["hasNextPage"]), (&json!([{ "id": third }]), &json!(false)));
        let handler = world.case("office head", &reopened).await["handler"]["name"].as_str().unwrap().to_owned();
        world.on_case(&handler, "resolveComplaint", &reopened, json!({ "result": "再次处理" })).await;
        assert_eq!(coverage(&world, "director").await["owed"], 4, "C10: a reopened case owes a new one");
        assert_eq!(coverage(&world, "stranger office head").await["owed"], 0, "another organization's cases do not exist");
    }
}
