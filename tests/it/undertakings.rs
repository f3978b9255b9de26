//! What is undertaken for a case: promises, remedies, other departments' parts, outside parties, actions against causes.

use api::clock::sweep;
use chrono::{DateTime, TimeDelta, Utc};
use entity::clock;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::{row_id, with};

const DETAILS: &str = "query($id: ID!) { complaint(id: $id) { id version state conclusion { apology recourse }
    undertakings { id kind state text ownerName version allowedActions approvalReasons kept reason cause solution contact
        department { name } outsideParty { name contact phone } reference remedyKind amount { amount } finishedAt confirmedAt number }
    clocks { kind state dueAt undertakingId } siteVisits { findings { matter text } } investigation { cause } } }";

async fn details(world: &World, who: &str, case: &str) -> Value {
    world.ask(who, DETAILS, json!({ "id": case })).await["complaint"].clone()
}

/// A case that engineering has accepted; its id.
async fn accepted(world: &World) -> String {
    let case = world.dripping_tap().await;
    world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
    world.on_case("head", "acceptAssignment", &case, json!({})).await;
    world.on_case("head", "acceptComplaint", &case, json!({ "reason": "属维修范围" })).await;
    case
}

fn due(world: &World) -> Value {
    json!(world.now() + TimeDelta::days(2))
}

/// Tries an act on an undertaking as it stands.
async fn try_on(world: &World, who: &str, field: &str, id: &str, more: Value) -> Value {
    let row = entity::undertaking::Entity::find_by_id(row_id(id)).one(&world.app.db).await.unwrap().unwrap();
    world.try_to(who, field, with(more, json!({ "undertakingId": id, "expectedVersion": row.version }))).await
}

async fn on(world: &World, who: &str, field: &str, id: &str, more: Value) -> Value {
    tests::ask::done(try_on(world, who, field, id, more).await)["undertaking"].clone()
}

fn id_of(payload: &Value) -> String {
    payload["undertaking"]["id"].as_str().unwrap_or_else(|| panic!("no undertaking: {payload}")).to_owned()
}

async fn clocks(world: &World, undertaking: &str) -> Vec<clock::Model> {
    let rows = clock::Entity::find().filter(clock::Column::UndertakingId.eq(row_id(undertaking)));
    rows.all(&world.app.db).await.unwrap()
}

/// The cause of the dripping tap is on record, with a solution.
async fn explain(world: &World, case: &str) {
    let input = json!({
        "cause": "WEAR", "explanation": "阀芯磨损", "solution": "更换阀芯",
        "shares": [{ "liable": "DEPARTMENT", "departmentId": world.id("Department", "engineering"), "percent": 60 },
            { "liable": "NOBODY", "percent": 40 }],
    });
    world.on_case("head", "recordCause", case, input).await;
}

/// A case of two matters; its id and its items.
async fn two_matters(world: &World) -> (String, Value) {
    let report = with(json!({ "items": ["水龙头滴水", "墙面发霉"] }), world.report("WATER", "COMPLAINT", "厨房问题"));
    let filed =
        world.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"), "report": report })).await;
    (filed["complaint"]["id"].as_str().unwrap().to_owned(), filed["complaint"]["items"].clone())
}

async fn party(world: &World) -> String {
    let entry = json!({ "siteId": world.id("Site", "site"), "kind": "UTILITY", "name": "自来水公司", "phone": "96116", "contact": "抢修班" });
    let payload = world.act("agent", "keepOutsideParty", entry).await;
    payload["outsideParty"]["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn c6_a_promise_without_a_recorded_cause_waits_for_the_heads_word(world) {
        let case = accepted(&world).await;
        let handler = json!({ "handlerId": world.id("Account", "technician") });
        world.on_case("head", "assignHandler", &case, handler).await;
        let promise = json!({ "text": "三日内更换阀芯", "dueAt": due(&world) });
        let made = world.on_case("technician", "makeCommitment", &case, promise.clone()).await;
        assert_eq!(made["undertaking"]["state"], "SUBMITTED");
        assert_eq!(made["undertaking"]["approvalReasons"], json!(["NOT_ESTABLISHED"]));
        let id = id_of(&made);
        assert_eq!(details(&world, "owner", &case).await["undertakings"], json!([]), "the customer does not see it");
        assert!(clocks(&world, &id).await.is_empty(), "nothing is owed yet");
        assert_eq!(refusal(&try_on(&world, "security head", "approveUndertaking", &id, json!({})).await), "NOT_FOUND");
    }

    async fn c6_what_is_established_is_promised_at_once_and_the_heads_own_word_too(world) {
        let case = accepted(&world).await;
        let promise = json!({ "text": "三日内更换阀芯", "dueAt": due(&world) });
        let by_head = world.on_case("head", "makeCommitment", &case, promise.clone()).await;
        assert_eq!(by_head["undertaking"]["state"], "OPEN", "the head's word is there");
        explain(&world, &case).await;
        let handler = json!({ "handlerId": world.id("Account", "technician") });
        world.on_case("head", "assignHandler", &case, handler).await;
        let made = world.on_case("technician", "makeCommitment", &case, promise.clone()).await;
        assert_eq!(made["undertaking"]["state"], "OPEN");
        let dear = with(json!({ "amount": "1000.01" }), promise);
        let dear = world.on_case("technician", "makeCommitment", &case, dear).await;
        assert_eq!(dear["undertaking"]["approvalReasons"], json!(["ABOVE_LIMIT"]));
        let seen = details(&world, "owner", &case).await["undertakings"].clone();
        assert_eq!(seen.as_array().unwrap().len(), 2);
        assert_eq!((&seen[1]["solution"], &seen[1]["cause"]), (&json!("更换阀芯"), &Value::Null));
    }

    async fn c6_in_a_serious_matter_the_head_has_the_word_whatever_is_established(world) {
        let case = accepted(&world).await;
        explain(&world, &case).await;
        let handler = json!({ "handlerId": world.id("Account", "technician") });
        world.on_case("head", "assignHandler", &case, handler).await;
        let serious = json!({ "severity": "SERIOUS", "reason": "水漫电梯" });
        world.on_case("agent", "reclassifyComplaint", &case, serious).await;
        let promise = json!({ "text": "今晚恢复供水", "dueAt": due(&world) });
        let made = world.on_case("technician", "makeCommitment", &case, promise).await;
        assert_eq!(made["undertaking"]["approvalReasons"], json!(["SERIOUS_MATTER"]));
        assert_eq!(details(&world, "owner", &case).await["undertakings"], json!([]), "not before the head's word");
        assert_eq!(on(&world, "head", "approveUndertaking", &id_of(&made), json!({})).await["state"], "OPEN");
        assert_eq!(details(&world, "owner", &case).await["undertakings"].as_array().unwrap().len(), 1);
    }

    async fn c6_an_approved_promise_has_a_clock_and_is_kept_or_broken(world) {
        let case = accepted(&world).await;
        let promise = |text: &str| json!({ "text": text, "dueAt": due(&world) });
        let made = world.on_case("agent", "makeCommitment", &case, promise("免费检查全屋水管")).await;
        let (kept, told_no) = (id_of(&made), id_of(&world.on_case("agent", "makeCommitment", &case, promise("赠送净水器")).await));
        on(&world, "head", "approveUndertaking", &kept, json!({})).await;
        on(&world, "head", "refuseUndertaking", &told_no, json!({ "reason": "超出能力" })).await;
        let seen = details(&world, "owner", &case).await;
        assert_eq!(seen["undertakings"].as_array().unwrap().len(), 1, "only what was approved: {seen}");
        let clock = seen["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "COMMITMENT").cloned().unwrap();
        assert_eq!((&clock["state"], &clock["undertakingId"]), (&json!("RUNNING"), &json!(kept)));
        world.pass(TimeDelta::days(3));
        while sweep::tell_due(&world.app).await.unwrap() > 0 {}
        let broken = "query { undertakings(filter: { brokenOnly: true }) { nodes { id kept state } } }";
        let listed = world.ask("head", broken, json!({})).await["undertakings"]["nodes"].clone();
        assert_eq!(listed, json!([{ "id": kept, "kept": false, "state": "OPEN" }]));
        let figures = "query($s: ID!) { promiseFigures(siteId: $s, from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\") {
            kept broken open percent } }";
        let site = json!({ "s": world.id("Site", "site") });
        let counted = world.ask("head", figures, site.clone()).await["promiseFigures"].clone();
        assert_eq!(counted, json!({ "kept": 0, "broken": 1, "open": 0, "percent": "0.00" }), "what was refused was never promised");
        let soon = world.on_case("head", "makeCommitment", &case, promise("清洗滤网")).await;
        on(&world, "head", "finishUndertaking", &id_of(&soon), json!({ "outcome": "已清洗" })).await;
        let counted = world.ask("head", figures, site.clone()).await["promiseFigures"].clone();
        assert_eq!(counted, json!({ "kept": 1, "broken": 1, "open": 0, "percent": "50.00" }));
        let elsewhere = world.ask("stranger office head", figures, site).await["promiseFigures"].clone();
        assert_eq!(elsewhere, json!({ "kept": 0, "broken": 0, "open": 0, "percent": null }));
        let done = on(&world, "agent", "finishUndertaking", &kept, json!({ "outcome": "已检查" })).await;
        assert_eq!((&done["state"], &done["kept"]), (&json!("DONE"), &json!(false)), "late stays late");
        assert_eq!(clocks(&world, &kept).await[0].state, domain::clock::State::Missed);
    }

    async fn c9_what_cannot_be_solved_needs_explanation_apology_and_an_offered_remedy(world) {
        let case = accepted(&world).await;
        let end = json!({ "explanation": "原厂已停产", "apology": "非常抱歉", "recourse": ["OWNERS_COMMITTEE", "COURT"] });
        let refused = world.try_on_case("head", "concludeUnresolvable", &case, end.clone()).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("MISSING", vec!["OFFERED_REMEDY"]));
        let remedy = json!({ "kind": "FEE_REDUCTION", "text": "减免一个月管理费", "amount": "180.00", "dueAt": due(&world) });
        let remedy = id_of(&world.on_case("head", "offerRemedy", &case, remedy).await);
        let unsorry = with(json!({ "apology": " " }), end.clone());
        assert_eq!(told(&world.try_on_case("head", "concludeUnresolvable", &case, unsorry).await), ("REQUIRED", "apology"));
        let done = world.on_case("head", "concludeUnresolvable", &case, end).await;
        assert_eq!((&done["complaint"]["outcome"], &done["complaint"]["state"]), (&json!("UNRESOLVABLE"), &json!("RESOLVED")));
        let seen = details(&world, "owner", &case).await;
        assert_eq!(seen["conclusion"], json!({ "apology": "非常抱歉", "recourse": ["OWNERS_COMMITTEE", "COURT"] }));
        assert_eq!(seen["undertakings"][0]["allowedActions"], json!(["ACCEPT", "DECLINE"]));
        let unheard = try_on(&world, "agent", "answerRemedy", &remedy, json!({})).await;
        assert_eq!((refusal(&unheard), needed(&unheard)), ("MISSING", vec!["CUSTOMERS_WORD"]));
        on(&world, "owner", "answerRemedy", &remedy, json!({})).await;
        assert_eq!(clocks(&world, &remedy).await.len(), 1, "what is accepted is owed to a date");
        on(&world, "head", "finishUndertaking", &remedy, json!({ "outcome": "已在账单减免" })).await;
        let finished = world.now();
        world.pass(TimeDelta::hours(1));
        let received = on(&world, "owner", "confirmUndertaking", &remedy, json!({ "proof": "账单已减免" })).await;
        assert_eq!((&received["state"], &received["kept"]), (&json!("CONFIRMED"), &json!(true)));
        let kept = details(&world, "owner", &case).await["undertakings"][0].clone();
        assert_eq!((&kept["remedyKind"], &kept["amount"]["amount"]), (&json!("FEE_REDUCTION"), &json!("180.00")));
        let moment = |name: &str| kept[name].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
        assert_eq!((moment("finishedAt"), moment("confirmedAt")), (Some(finished), Some(world.now())));
    }

    async fn c9_a_declined_remedy_ends_with_its_reason(world) {
        let case = accepted(&world).await;
        let remedy = json!({ "kind": "GIFT", "text": "礼品一份", "dueAt": due(&world) });
        let remedy = id_of(&world.on_case("head", "offerRemedy", &case, remedy).await);
        let call = json!({ "phone": "13800000014", "startedAt": world.now(), "durationSeconds": 60, "summary": "不接受" });
        let answer = json!({ "declinedBecause": "不需要礼品", "call": call });
        let declined = on(&world, "agent", "answerRemedy", &remedy, answer).await;
        assert_eq!((&declined["state"], &declined["reason"]), (&json!("DECLINED"), &json!("不需要礼品")));
        world.on_case("head", "concludeUnresolvable", &case, json!({ "explanation": "无法修复", "apology": "抱歉", "recourse": [] })).await;
    }

    async fn c4_another_departments_part_has_its_own_clock_and_the_first_handler_stays_accountable(world) {
        let case = accepted(&world).await;
        let part = json!({ "departmentId": world.id("Department", "security"), "text": "协助关闭楼道阀门", "dueAt": due(&world) });
        let same = with(json!({ "departmentId": world.id("Department", "engineering") }), part.clone());
        assert_eq!(told(&world.try_on_case("head", "requestTask", &case, same).await), ("INVALID", "departmentId"));
        let task = id_of(&world.on_case("head", "requestTask", &case, part).await);
        let seen = details(&world, "security head", &case).await;
        assert_eq!(seen["undertakings"][0]["allowedActions"], json!(["REFUSE", "FINISH"]), "the other department sees it: {seen}");
        assert_eq!(seen["undertakings"][0]["ownerName"], "security head");
        assert_eq!(details(&world, "environment head", &case).await, Value::Null, "a third does not");
        assert_eq!(clocks(&world, &task).await[0].department_id, Some(world.town.id("security")));
        let early = world.try_on_case("head", "resolveComplaint", &case, json!({ "result": "已处理" })).await;
        assert_eq!((refusal(&early), needed(&early)), ("MISSING", vec!["TASKS_ANSWERED"]));
        assert_eq!(refusal(&try_on(&world, "head", "finishUndertaking", &task, json!({ "outcome": "代办" })).await), "NOT_YOURS");
        on(&world, "security head", "finishUndertaking", &task, json!({ "outcome": "阀门已关" })).await;
        assert_eq!(clocks(&world, &task).await[0].state, domain::clock::State::Met);
        let case_now = world.on_case("head", "resolveComplaint", &case, json!({ "result": "已处理" })).await;
        assert_eq!(case_now["complaint"]["state"], "RESOLVED");
        assert_eq!(details(&world, "owner", &case).await["undertakings"], json!([]), "what we ask of each other is ours");
    }

    async fn a4_a_case_handed_on_twice_without_work_is_brought_before_the_office_head(world) {
        let case = accepted(&world).await;
        let to = |name: &str| json!({ "departmentId": world.id("Department", name), "reason": "不属本部门" });
        world.on_case("head", "handOverComplaint", &case, to("security")).await;
        world.on_case("security head", "acceptAssignment", &case, json!({})).await;
        world.on_case("security head", "handOverComplaint", &case, to("environment")).await;
        let alarms = "query($f: AlarmFilter!) { alarms(filter: $f) { nodes { reason rung person } } }";
        let alarms = world.ask("company leader", alarms, json!({ "f": { "complaintId": case } })).await["alarms"]["nodes"].clone();
        assert_eq!(alarms, json!([{ "reason": "ESCALATED", "rung": "OFFICE_HEAD", "person": "office head" }]));
        world.on_case("environment head", "acceptAssignment", &case, json!({})).await;
        world.on_case("environment head", "reportProgress", &case, json!({ "text": "正在查看" })).await;
        world.on_case("environment head", "handOverComplaint", &case, to("engineering")).await;
        let kinds = world.case("office head", &case).await["timeline"].as_array().unwrap().iter()
            .filter(|event| event["kind"] == "COMPLAINT_ESCALATED").count();
        assert_eq!(kinds, 1, "work in between breaks the row");
    }

    async fn e4_4_an_outside_party_is_asked_until_it_answers_and_the_customer_reads_it(world) {
        let case = accepted(&world).await;
        let party = party(&world).await;
        let asked = json!({ "outsidePartyId": party, "text": "请核查市政水压", "reference": "WX-778", "nextCheckAt": due(&world) });
        let referral = id_of(&world.on_case("head", "referToOutsideParty", &case, asked).await);
        let seen = details(&world, "owner", &case).await["undertakings"][0].clone();
        assert_eq!((&seen["outsideParty"]["name"], &seen["contact"]), (&json!("自来水公司"), &Value::Null), "{seen}");
        let next = json!({ "said": "周五派人", "nextCheckAt": world.now() + TimeDelta::days(4) });
        on(&world, "agent", "checkOutsideParty", &referral, next).await;
        let mut rows = clocks(&world, &referral).await;
        rows.sort_by_key(|row| row.started_at);
        assert_eq!(rows.iter().filter(|row| row.state.is_open()).count(), 1, "asked again in time, and to be asked again");
        let early = world.try_on_case("head", "resolveComplaint", &case, json!({ "result": "已处理" })).await;
        assert_eq!(needed(&early), vec!["TASKS_ANSWERED"]);
        on(&world, "head", "finishUndertaking", &referral, json!({ "outcome": "水压已恢复" })).await;
        let last = world.case("owner", &case).await["timeline"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["kind"], &last["reason"]), (&json!("OUTSIDE_PARTY_ANSWERED"), &json!("水压已恢复")));
        assert!(last["text"].as_str().unwrap().contains("自来水公司"));
        assert_eq!(world.ask("stranger agent", "query($s: ID!) { outsideParties(siteId: $s) { id } }",
            json!({ "s": world.id("Site", "site") })).await["outsideParties"], json!([]), "another organization's directory");
    }

    async fn e4_4_a_question_to_the_government_hotline_is_late_once_its_date_has_passed(world) {
        let case = accepted(&world).await;
        let entry = json!({ "siteId": world.id("Site", "site"), "kind": "GOVERNMENT_HOTLINE", "name": "12345政务热线", "phone": "12345" });
        let party = world.act("agent", "keepOutsideParty", entry).await["outsideParty"]["id"].clone();
        let asked = json!({ "outsidePartyId": party, "text": "请协调市政抢修", "reference": "深信2026-0302", "nextCheckAt": due(&world) });
        let referral = id_of(&world.on_case("head", "referToOutsideParty", &case, asked).await);
        let seen = details(&world, "head", &case).await["undertakings"][0].clone();
        assert_eq!((&seen["reference"], &seen["outsideParty"]["name"]), (&json!("深信2026-0302"), &json!("12345政务热线")));
        world.pass(TimeDelta::days(3));
        while sweep::tell_due(&world.app).await.unwrap() > 0 {}
        assert!(clocks(&world, &referral).await[0].missed_at.is_some());
        let is_late = |one: &Value| {
            one["kind"] == "CLOCK_MISSED" && one["text"].as_str().unwrap().contains("Answer of an outside party")
        };
        let timeline = world.case("office head", &case).await["timeline"].clone();
        assert_eq!(timeline.as_array().unwrap().iter().filter(|event| is_late(event)).count(), 1);
        let heard = world.ask("head", "{ notices(page: { first: 50 }) { kind text } }", json!({})).await["notices"].clone();
        assert!(heard.as_array().unwrap().iter().any(is_late), "who asked hears of it: {heard}");
    }

    async fn e4_2_4_missing_mail_goes_to_the_head_of_security_who_records_what_the_register_says(world) {
        let report = world.report("MAIL", "COMPLAINT", "挂号信一周没有收到");
        let filed = world.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"), "report": report })).await;
        let case = filed["complaint"]["id"].as_str().unwrap().to_owned();
        let sent = world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        assert_eq!(sent["complaint"]["handler"]["name"], "security head");
        world.on_case("security head", "acceptAssignment", &case, json!({})).await;
        world.on_case("security head", "acceptComplaint", &case, json!({ "reason": "立即查信件登记簿" })).await;
        let finding = json!({ "itemId": filed["complaint"]["items"][0]["id"], "text": "登记簿:2月27日由同住人代领" });
        let visit = json!({ "visitedAt": world.now(), "place": "门岗信件登记处", "findings": [finding] });
        world.on_case("security head", "recordSiteVisit", &case, visit).await;
        let kept = details(&world, "security head", &case).await["siteVisits"][0]["findings"].clone();
        assert_eq!(kept, json!([{ "matter": "挂号信一周没有收到", "text": "登记簿:2月27日由同住人代领" }]));
        let result = json!({ "result": "信件已由同住人代领" });
        world.on_case("security head", "resolveComplaint", &case, result).await;
        let told = world.case("owner", &case).await["timeline"].clone();
        let told = told.as_array().unwrap().iter().find(|event| event["kind"] == "COMPLAINT_RESOLVED").cloned().unwrap();
        assert_eq!(told["reason"], "信件已由同住人代领", "the customer reads what was found");
    }

    async fn c11_an_action_against_a_cause_is_checked_by_somebody_else_and_goes_on_after_the_case(world) {
        let case = world.resolved().await;
        let action = json!({
            "preventive": true, "cause": "阀芯批次老化", "text": "检查同批次全部阀芯",
            "responsibleId": world.id("Account", "head"), "dueAt": due(&world),
        });
        let action = id_of(&world.on_case("office head", "planAction", &case, action).await);
        let follow_up = world.open_follow_up(&case).await;
        world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("SATISFIED")).await;
        world.on_follow_up("director", "inspectFollowUp", &follow_up, json!({ "remark": "属实" })).await;
        world.on_follow_up("office head", "signOpinion", &follow_up, json!({ "opinion": "同意" })).await;
        let order = world.case("agent", &case).await["workOrders"][0]["id"].as_str().unwrap().to_owned();
        world.on_order("head", "acknowledgeCopy", &order, json!({ "holder": "DEPARTMENT" })).await;
        world.on_order("supervisor", "acknowledgeCopy", &order, json!({ "holder": "CUSTOMER_SERVICE" })).await;
        world.on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert!(clocks(&world, &action).await[0].state.is_open(), "the action is still owed");
        on(&world, "head", "finishUndertaking", &action, json!({ "outcome": "已检查 60 户" })).await;
        let own = try_on(&world, "head", "confirmUndertaking", &action, json!({ "proof": "有效" })).await;
        assert_eq!((refusal(&own), needed(&own)), ("MISSING", vec!["SOMEBODY_ELSE"]));
        let again = json!({ "reason": "仍有漏水", "dueAt": world.now() + TimeDelta::days(5) });
        assert_eq!(on(&world, "office head", "reopenAction", &action, again).await["state"], "OPEN");
        on(&world, "head", "finishUndertaking", &action, json!({ "outcome": "全部更换" })).await;
        let sure = on(&world, "office head", "confirmUndertaking", &action, json!({ "proof": "三十日内无复发" })).await;
        assert_eq!(sure["state"], "CONFIRMED");
    }

    async fn c11_an_action_that_stays_late_climbs_to_the_office_head_and_the_company_leader(world) {
        let case = accepted(&world).await;
        let action = json!({ "preventive": false, "cause": "阀芯老化", "text": "检查同批次阀芯",
            "responsibleId": world.id("Account", "head"), "dueAt": due(&world) });
        world.on_case("office head", "planAction", &case, action).await;
        let told = |timeline: &Value| timeline["timeline"].as_array().unwrap().iter()
            .filter(|event| event["text"].as_str().unwrap().contains("Action against the cause"))
            .map(|event| event["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        for _ in 0..8 {
            world.pass(TimeDelta::days(1));
            while sweep::tell_due(&world.app).await.unwrap() > 0 {}
        }
        let kinds = told(&world.case("office head", &case).await);
        assert!(kinds.contains(&"CLOCK_MISSED".to_owned()), "{kinds:?}");
        assert_eq!(kinds.iter().filter(|kind| *kind == "CASE_ESCALATED").count(), 2, "the office head, then a leader: {kinds:?}");
    }

    async fn c11_an_action_is_planned_for_an_incident_and_listed_there(world) {
        let (case, other) = (accepted(&world).await, accepted(&world).await);
        let confirm = |case: &str, title: &str| json!({ "siteId": world.id("Site", "site"), "title": title, "announced": true,
            "complaintIds": [case] });
        let incident = world.act("agent", "confirmIncident", confirm(&case, "阀芯批次漏水")).await["incident"].clone();
        let elsewhere = world.act("agent", "confirmIncident", confirm(&other, "另一处漏水")).await["incident"].clone();
        let action = |incident: &Value| json!({ "preventive": false, "cause": "阀芯批次老化", "text": "更换同批次全部阀芯",
            "incidentId": incident["id"], "responsibleId": world.id("Account", "head"), "dueAt": due(&world) });
        let refused = world.try_on_case("office head", "planAction", &case, action(&elsewhere)).await;
        assert_eq!(told(&refused), ("INVALID", "incidentId"), "the case is of another incident");
        let planned = id_of(&world.on_case("office head", "planAction", &case, action(&incident)).await);
        let alone = with(json!({ "incidentId": null }), action(&incident));
        world.on_case("office head", "planAction", &case, alone).await;
        let read = "query($s: ID!) { incidents(siteId: $s) { nodes { id actions { id incidentId text } } } }";
        let listed = world.ask("agent", read, json!({ "s": world.id("Site", "site") })).await["incidents"]["nodes"].clone();
        let of = |id: &Value| listed.as_array().unwrap().iter().find(|node| node["id"] == *id).unwrap()["actions"].clone();
        assert_eq!(of(&incident["id"]), json!([{ "id": planned, "incidentId": incident["id"], "text": "更换同批次全部阀芯" }]));
        assert_eq!(of(&elsewhere["id"]), json!([]));
        let by_incident = "query($i: ID!) { undertakings(filter: { incidentId: $i }) { nodes { id } } }";
        let found = world.ask("head", by_incident, json!({ "i": incident["id"] })).await["undertakings"]["nodes"].clone();
        assert_eq!(found, json!([{ "id": planned }]));
        let known = "query($u: ID!) { knownIncidents(unitId: $u) { actions { id } } }";
        let known = world.ask("tenant", known, json!({ "u": world.id("Unit", "home") })).await["knownIncidents"].clone();
        let shown = known.as_array().unwrap().iter().any(|node| node["actions"] != json!([]));
        assert!(!shown, "what we do about a cause is ours: {known}");
        let merge = json!({ "incidentId": incident["id"], "expectedVersion": incident["version"],
            "intoIncidentId": elsewhere["id"], "intoExpectedVersion": elsewhere["version"] });
        let main = world.act("agent", "mergeIncident", merge).await["incident"].clone();
        assert_eq!(main["actions"], json!([{ "id": planned }]), "the action goes along");
    }

    async fn c11_actions_are_listed_by_their_cause(world) {
        let (first, second) = (accepted(&world).await, accepted(&world).await);
        let mut worn = Vec::new();
        for (case, cause) in [(&first, "WEAR"), (&second, "WEAR"), (&second, "POOR_MAINTENANCE")] {
            let action = json!({ "preventive": true, "cause": "阀芯老化", "causeCode": cause, "text": "检查同批次阀芯",
                "responsibleId": world.id("Account", "head"), "dueAt": due(&world) });
            let planned = id_of(&world.on_case("office head", "planAction", case, action).await);
            if cause == "WEAR" {
                worn.push(planned);
            }
        }
        let document = "query { undertakings(filter: { causeCode: WEAR }) { nodes { id causeCode } } }";
        let listed = world.ask("head", document, json!({})).await["undertakings"]["nodes"].clone();
        let mut found: Vec<String> = Vec::new();
        for node in listed.as_array().unwrap() {
            assert_eq!(node["causeCode"], "WEAR");
            found.push(node["id"].as_str().unwrap().to_owned());
        }
        worn.sort();
        found.sort();
        assert_eq!(found, worn, "of all cases, and of no other cause");
        for who in ["owner", "stranger office head"] {
            assert_eq!(world.ask(who, document, json!({})).await["undertakings"]["nodes"], json!([]), "{who}");
        }
    }

    async fn a4_what_was_found_is_shown_by_photos_of_the_case(world) {
        let case = accepted(&world).await;
        let photo = world.ready_photo("head", &case).await;
        let other = world.ready_photo("owner", &world.dripping_tap().await).await;
        let found = |evidence: Value| json!({ "cause": "WEAR", "explanation": "阀芯磨损", "evidenceIds": evidence,
            "shares": [{ "liable": "NOBODY", "percent": 100 }] });
        for wrong in [json!([other]), json!([photo, photo])] {
            assert_eq!(told(&world.try_on_case("head", "recordCause", &case, found(wrong)).await), ("NOT_FOUND", "evidenceIds"));
        }
        world.on_case("head", "recordCause", &case, found(json!([photo]))).await;
        let items = world.case("agent", &case).await["items"].clone();
        let visit = json!({ "visitedAt": world.now(), "findings": [{ "itemId": items[0]["id"], "text": "滴水" }], "evidenceIds": [photo] });
        world.on_case("head", "recordSiteVisit", &case, visit).await;
        let shown = "query($id: ID!) { complaint(id: $id) { investigation { evidence { id } } siteVisits { evidence { id } } } }";
        let shown = world.ask("agent", shown, json!({ "id": case })).await["complaint"].clone();
        assert_eq!(shown["investigation"]["evidence"], json!([{ "id": photo }]));
        assert_eq!(shown["siteVisits"][0]["evidence"], json!([{ "id": photo }]));
    }

    async fn c3_a_visit_on_site_is_recorded_for_every_matter_with_photos(world) {
        let (case, items) = two_matters(&world).await;
        let photo = world.ready_photo("agent", &case).await;
        world.pass(TimeDelta::hours(2));
        let visited = world.now() - TimeDelta::hours(1);
        let visit = json!({ "visitedAt": visited, "place": "1203 厨房", "evidenceIds": [photo], "findings": [
            { "itemId": items[0]["id"], "text": "阀芯磨损" }, { "itemId": items[1]["id"], "text": "墙面渗水" }] });
        world.on_case("agent", "recordSiteVisit", &case, visit).await;
        let document = "query($id: ID!) { complaint(id: $id) { siteVisits {
            visitedAt place recordedBy findings { matter text } evidence { id } } } }";
        let kept = world.ask("supervisor", document, json!({ "id": case })).await["complaint"]["siteVisits"].clone();
        assert_eq!(kept.as_array().unwrap().len(), 1);
        let kept = &kept[0];
        assert_eq!(kept["visitedAt"].as_str().unwrap().parse::<DateTime<Utc>>().ok(), Some(visited));
        assert_eq!((&kept["place"], &kept["recordedBy"]), (&json!("1203 厨房"), &json!("agent")));
        assert_eq!(kept["findings"], json!([
            { "matter": "水龙头滴水", "text": "阀芯磨损" }, { "matter": "墙面发霉", "text": "墙面渗水" }]));
        assert_eq!(kept["evidence"], json!([{ "id": photo }]));
    }

    async fn a5_a_visit_on_site_leaves_no_matter_out(world) {
        let (case, items) = two_matters(&world).await;
        let found = |some: &[usize]| json!({
            "visitedAt": world.now(),
            "findings": some.iter().map(|n| json!({ "itemId": items[n]["id"], "text": format!("查勘 {n}") })).collect::<Vec<_>>(),
        });
        let one = world.try_on_case("agent", "recordSiteVisit", &case, found(&[1])).await;
        assert_eq!((told(&one), needed(&one)), (("INVALID", "findings"), vec!["1. 水龙头滴水"]));
        world.on_case("agent", "recordSiteVisit", &case, found(&[1, 0])).await;
        let kept = details(&world, "agent", &case).await["siteVisits"][0]["findings"].clone();
        assert_eq!(kept, json!([{ "matter": "水龙头滴水", "text": "查勘 0" }, { "matter": "墙面发霉", "text": "查勘 1" }]));
        assert_eq!(details(&world, "owner", &case).await["siteVisits"], json!([]));
    }

    async fn a4_shares_of_liability_are_a_hundred_together(world) {
        let case = accepted(&world).await;
        let share = |percent: i32| json!({ "liable": "CUSTOMER", "percent": percent });
        for shares in [json!([]), json!([share(99)]), json!([share(60), share(50)]), json!([share(100), share(0)])] {
            let input = json!({ "cause": "CUSTOMER_USE", "explanation": "使用不当", "shares": shares });
            assert_eq!(told(&world.try_on_case("head", "recordCause", &case, input).await), ("INVALID", "shares"));
        }
        let outside = |party: Value| json!({ "cause": "UTILITY", "explanation": "市政水压过高",
            "shares": [{ "liable": "OUTSIDE_PARTY", "outsidePartyId": party, "percent": 100 }] });
        let nobodys = world.try_on_case("head", "recordCause", &case, outside(Value::Null)).await;
        assert_eq!(told(&nobodys), ("INVALID", "shares"), "which one it is");
        let known = outside(json!(party(&world).await));
        let kept = world.on_case("head", "recordCause", &case, known).await["complaint"]["investigation"]["shares"].clone();
        assert_eq!(kept, json!([{ "liable": "OUTSIDE_PARTY", "name": "自来水公司", "percent": 100 }]));
        world.pass(TimeDelta::minutes(1));
        explain(&world, &case).await;
        assert_eq!(details(&world, "head", &case).await["investigation"]["cause"], "WEAR");
        assert_eq!(details(&world, "owner", &case).await["investigation"], Value::Null);
    }

    async fn a0_what_somebody_answers_for_passes_on_when_they_leave(world) {
        let case = accepted(&world).await;
        let made = world.on_case("agent", "makeCommitment", &case, json!({ "text": "回访检查", "dueAt": due(&world) })).await;
        let id = id_of(&made);
        let disable = json!({ "accountId": world.id("Account", "agent"), "expectedVersion": 1, "successorId": world.id("Account", "second agent") });
        world.act("administrator", "disableAccount", disable).await;
        let row = entity::undertaking::Entity::find_by_id(row_id(&id)).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(row.owner_account_id, world.town.id("second agent"));
    }

    async fn c10_nothing_is_archived_while_a_promise_is_open_and_a_withdrawal_takes_it_back(world) {
        let case = accepted(&world).await;
        let promise = json!({ "text": "更换阀芯", "dueAt": due(&world) });
        let id = id_of(&world.on_case("head", "makeCommitment", &case, promise).await);
        world.on_case("owner", "withdrawComplaint", &case, json!({ "reason": "自行解决" })).await;
        let row = entity::undertaking::Entity::find_by_id(row_id(&id)).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(row.state, domain::undertaking::State::Cancelled);
        assert_eq!(clocks(&world, &id).await[0].state, domain::clock::State::Cancelled);
    }
}
