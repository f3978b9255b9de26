//! The register of opinions (B1): recorded at any time from any channel, answered or turned into complaints.

use api::opinion::sweep;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{refusal, told};
use tests::world::{row_id, with};

/// Tries an act on an opinion as it stands.
async fn try_on(world: &World, who: &str, field: &str, id: &str, more: Value) -> Value {
    use sea_orm::EntityTrait;
    let row = entity::opinion::Entity::find_by_id(row_id(id)).one(&world.app.db).await.unwrap().unwrap();
    world.try_to(who, field, with(more, json!({ "opinionId": id, "expectedVersion": row.version }))).await
}

async fn on(world: &World, who: &str, field: &str, id: &str, more: Value) -> Value {
    tests::ask::done(try_on(world, who, field, id, more).await)
}

/// What an employee writes down of somebody at the counter.
fn spoken(world: &World) -> Value {
    json!({ "siteId": world.id("Site", "site"), "channel": "COUNTER", "text": "建议北门加装快递柜", "contactName": "王女士",
        "contactPhone": "138 0000 9999" })
}

async fn recorded(world: &World, who: &str, input: Value) -> String {
    let payload = world.act(who, "recordOpinion", input).await;
    payload["opinion"]["id"].as_str().unwrap_or_else(|| panic!("no opinion: {payload}")).to_owned()
}

async fn given(world: &World, who: &str) -> Value {
    let input = json!({ "unitId": world.id("Unit", "home"), "text": "东侧步道希望加装长椅" });
    world.act(who, "giveOpinion", input).await["opinion"].clone()
}

async fn listed(world: &World, who: &str, filter: &str) -> Vec<String> {
    let document = format!("{{ opinions(filter: {{ {filter} }}) {{ nodes {{ number }} }} }}");
    let found = world.ask(who, &document, json!({})).await;
    let nodes = found["opinions"]["nodes"].as_array().unwrap().clone();
    nodes.iter().map(|node| node["number"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn b1_an_opinion_comes_in_from_every_channel_by_any_employee_and_has_a_number_an_owner_and_a_promised_answer(world) {
        let mut numbers = Vec::new();
        for (who, channel) in [("agent", "PHONE"), ("technician", "COUNTER"), ("security head", "BOOK"), ("archivist", "LETTER_BOX"), ("office head", "EMAIL")] {
            let payload = world.act(who, "recordOpinion", with(json!({ "channel": channel }), spoken(&world))).await;
            let opinion = &payload["opinion"];
            assert_eq!((&opinion["state"], &opinion["channel"]), (&json!("OPEN"), &json!(channel)));
            let owner = if who == "agent" { "agent" } else { "supervisor" };
            assert_eq!(opinion["handler"]["name"], owner, "customer service has it (A0)");
            assert_eq!(opinion["recordedByName"], who);
            // Monday morning: the end of Thursday, in the site's working calendar.
            assert_eq!(opinion["dueAt"], "2026-03-05T10:00:00+00:00");
            numbers.push(opinion["number"].as_str().unwrap().to_owned());
        }
        assert_eq!(numbers.first().unwrap(), "LY-Y2026-000001");
        assert_eq!(given(&world, "owner").await["number"], "LY-Y2026-000006");
        let app = with(json!({ "channel": "APP" }), spoken(&world));
        assert_eq!(told(&world.try_to("agent", "recordOpinion", app).await), ("INVALID", "channel"));
        let elsewhere = with(json!({ "siteId": world.id("Site", "other site") }), spoken(&world));
        assert_eq!(told(&world.try_to("agent", "recordOpinion", elsewhere).await), ("NOT_FOUND", "siteId"));
        let empty = with(json!({ "text": " " }), spoken(&world));
        assert_eq!(told(&world.try_to("agent", "recordOpinion", empty).await), ("REQUIRED", "text"));
        let late = with(json!({ "answerBy": world.now() }), spoken(&world));
        assert_eq!(told(&world.try_to("agent", "recordOpinion", late).await), ("INVALID", "answerBy"));
        let strange = json!({ "unitId": world.id("Unit", "other home"), "text": "x" });
        assert_eq!(told(&world.try_to("owner", "giveOpinion", strange).await), ("NOT_FOUND", "unitId"));
    }

    async fn b1_an_opinion_is_answered_in_time_in_the_form_of_its_channel_and_archived(world) {
        let opinion = given(&world, "owner").await;
        let id = opinion["id"].as_str().unwrap();
        assert_eq!(opinion["allowedActions"], json!([]), "a resident waits for the answer");
        let answered = on(&world, "agent", "answerOpinion", id, json!({ "form": "APP", "answer": "下月安装" })).await;
        assert_eq!(answered["opinion"]["allowedActions"], json!([]), "the desk does not archive");
        let seen = world.ask("owner", "query($id: ID!) { opinion(id: $id) { state answer answerForm kept contactPhone history { kind actorName words } } }", json!({ "id": id })).await;
        let phone = world.viewer("owner").await.phone;
        assert_eq!(seen["opinion"], json!({ "state": "ANSWERED", "answer": "下月安装", "answerForm": "APP", "kept": true, "contactPhone": phone,
            "history": [{ "kind": "RECORDED", "actorName": "owner", "words": null }, { "kind": "ANSWERED", "actorName": "agent", "words": "下月安装" }] }));
        let again = try_on(&world, "agent", "answerOpinion", id, json!({ "form": "APP", "answer": "x" })).await;
        assert_eq!(refusal(&again), "WRONG_STATE");
        let archived = on(&world, "archivist", "archiveOpinion", id, json!({})).await;
        assert_eq!((&archived["opinion"]["state"], &archived["opinion"]["allowedActions"]), (&json!("ARCHIVED"), &json!([])));
        let written = recorded(&world, "agent", with(json!({ "channel": "EMAIL" }), spoken(&world))).await;
        let spoken = try_on(&world, "agent", "answerOpinion", &written, json!({ "form": "PHONE", "answer": "谢谢" })).await;
        assert_eq!(told(&spoken), ("INVALID", "form"), "C8: what came in writing is answered in writing");
        on(&world, "agent", "answerOpinion", &written, json!({ "form": "LETTER", "answer": "谢谢" })).await;
    }

    async fn b1_an_opinion_becomes_a_complaint_in_one_act_with_its_words_person_and_channel(world) {
        let phone = world.viewer("owner").await.phone;
        let input = with(json!({ "channel": "EMAIL", "text": "广场舞音响太响", "contactPhone": phone, "contactName": "owner",
            "unitId": world.id("Unit", "home") }), spoken(&world));
        let id = recorded(&world, "technician", input).await;
        let more = json!({ "categoryId": world.id("Category", "NOISE"), "severity": "HIGH" });
        let technician = with(more.clone(), json!({ "opinionId": id, "expectedVersion": 1 }));
        let document = tests::ask::mutation("turnOpinionIntoComplaint");
        assert_eq!(world.error("technician", &document, tests::ask::variables(&technician)).await, "FORBIDDEN");
        let wrong = json!({ "categoryId": world.id("Site", "site") });
        assert_eq!(told(&try_on(&world, "agent", "turnOpinionIntoComplaint", &id, wrong).await), ("NOT_FOUND", "categoryId"));
        let turned = on(&world, "agent", "turnOpinionIntoComplaint", &id, more.clone()).await;
        assert_eq!(turned["opinion"]["state"], "TURNED");
        assert_eq!(turned["opinion"]["complaint"]["number"], turned["complaint"]["number"]);
        let case = turned["complaint"]["id"].as_str().unwrap();
        let seen = world.ask("owner", "query($id: ID!) { complaint(id: $id) { description channel severity anonymous contactPhone unit { name } items { text } clocks { kind } } }", json!({ "id": case })).await;
        assert_eq!((&seen["complaint"]["description"], &seen["complaint"]["channel"]), (&json!("广场舞音响太响"), &json!("EMAIL")));
        assert_eq!((&seen["complaint"]["contactPhone"], &seen["complaint"]["unit"]["name"]), (&json!(phone), &json!("1203")));
        assert_eq!(refusal(&try_on(&world, "agent", "turnOpinionIntoComplaint", &id, more.clone()).await), "WRONG_STATE");
        // Nobody is known who put it into the letter box: the complaint is anonymous (D7).
        let unknown = json!({ "siteId": world.id("Site", "site"), "channel": "LETTER_BOX", "text": "车库灯太暗" });
        let id = recorded(&world, "agent", unknown).await;
        let nowhere = try_on(&world, "agent", "turnOpinionIntoComplaint", &id, more.clone()).await;
        assert_eq!(told(&nowhere), ("REQUIRED", "place"));
        let turned = on(&world, "agent", "turnOpinionIntoComplaint", &id, with(json!({ "place": "地下车库" }), more)).await;
        let case = turned["complaint"]["id"].as_str().unwrap();
        let seen = world.ask("agent", "query($id: ID!) { complaint(id: $id) { anonymous contactPhone } }", json!({ "id": case })).await;
        assert_eq!(seen["complaint"], json!({ "anonymous": true, "contactPhone": null }));
    }

    async fn b1_a_late_opinion_is_listed_and_brought_before_the_office_head_and_then_a_leader(world) {
        let id = recorded(&world, "agent", spoken(&world)).await;
        let kept = recorded(&world, "agent", spoken(&world)).await;
        on(&world, "agent", "answerOpinion", &kept, json!({ "form": "PHONE", "answer": "谢谢" })).await;
        let see = "query($id: ID!) { opinion(id: $id) { kept broughtBeforeName history { kind words } } }";
        world.pass(TimeDelta::days(3));
        assert_eq!(sweep::tell_due(&world.app).await.unwrap(), 0, "Thursday morning: there is time");
        assert_eq!(listed(&world, "office head", "brokenOnly: true").await, Vec::<String>::new());
        world.pass(TimeDelta::hours(10));
        assert_eq!(sweep::tell_due(&world.app).await.unwrap(), 1);
        assert_eq!(listed(&world, "office head", "brokenOnly: true").await, ["LY-Y2026-000001"]);
        assert_eq!(listed(&world, "office head", "mine: true").await, ["LY-Y2026-000001"], "it was brought before the head (C7)");
        let seen = world.ask("agent", see, json!({ "id": id })).await;
        assert_eq!((&seen["opinion"]["kept"], &seen["opinion"]["broughtBeforeName"]), (&json!(false), &json!("office head")));
        assert_eq!(seen["opinion"]["history"][1], json!({ "kind": "MISSED", "words": "office head" }));
        world.pass(TimeDelta::days(2));
        assert_eq!(sweep::tell_due(&world.app).await.unwrap(), 1);
        assert_eq!(sweep::tell_due(&world.app).await.unwrap(), 0, "and nobody stands above");
        assert_eq!(listed(&world, "company leader", "mine: true").await, ["LY-Y2026-000001"]);
        on(&world, "agent", "answerOpinion", &id, json!({ "form": "PHONE", "answer": "抱歉久等" })).await;
        assert_eq!(listed(&world, "agent", "brokenOnly: true").await, ["LY-Y2026-000001"], "late stays late");
        assert_eq!(world.ask("agent", see, json!({ "id": id })).await["opinion"]["kept"], false);
    }

    async fn d3_the_answer_is_promised_anew_with_a_reason_and_by_somebody_else(world) {
        let opinion = given(&world, "owner").await;
        let id = opinion["id"].as_str().unwrap();
        let by = world.now() + TimeDelta::days(20);
        let more = json!({ "ownerId": world.id("Account", "security head"), "answerBy": by, "reason": "需与街道商议" });
        let promised = on(&world, "agent", "promiseOpinionAnswer", id, more).await;
        assert_eq!(promised["opinion"]["handler"]["name"], "security head");
        assert_eq!(listed(&world, "security head", "mine: true").await.len(), 1);
        let stranger = json!({ "ownerId": world.id("Account", "neighbour"), "reason": "x" });
        assert_eq!(told(&try_on(&world, "agent", "promiseOpinionAnswer", id, stranger).await), ("NOT_FOUND", "ownerId"));
        world.pass(TimeDelta::days(10));
        assert_eq!(sweep::tell_due(&world.app).await.unwrap(), 0, "the new promise holds");
        let seen = world.ask("owner", "query($id: ID!) { opinion(id: $id) { handler { name } history { kind words } } }", json!({ "id": id })).await;
        assert_eq!(seen["opinion"]["history"][1], json!({ "kind": "PROMISED", "words": "需与街道商议" }));
        let answered = on(&world, "security head", "answerOpinion", id, json!({ "form": "APP", "answer": "下月起执行" })).await;
        assert_eq!(answered["opinion"]["kept"], true);
    }

    async fn b1_residents_see_their_own_and_nobody_one_about_themself(world) {
        given(&world, "owner").await;
        world.pass(TimeDelta::minutes(1));
        recorded(&world, "technician", spoken(&world)).await;
        world.pass(TimeDelta::minutes(1));
        let about = with(json!({ "aboutAccountId": world.id("Account", "supervisor") }), spoken(&world));
        let payload = world.act("technician", "recordOpinion", about).await;
        assert_eq!(payload["opinion"]["handler"]["name"], "director", "it passes by them (C11)");
        assert_eq!(listed(&world, "owner", "").await, ["LY-Y2026-000001"]);
        assert_eq!(listed(&world, "neighbour", "").await, Vec::<String>::new());
        assert_eq!(listed(&world, "technician", "").await, ["LY-Y2026-000003", "LY-Y2026-000002"], "what they wrote down");
        assert_eq!(listed(&world, "supervisor", "").await, ["LY-Y2026-000002", "LY-Y2026-000001"]);
        assert_eq!(listed(&world, "office head", "channels: [APP]").await, ["LY-Y2026-000001"]);
        assert_eq!(listed(&world, "stranger office head", "").await, Vec::<String>::new());
        let stale = json!({ "opinionId": payload["opinion"]["id"], "expectedVersion": 7, "reason": "x" });
        assert_eq!(refusal(&world.try_to("director", "promiseOpinionAnswer", stale).await), "STALE");
        let masked = world.ask("archivist", "{ opinions { nodes { contactPhone contactName } } }", json!({})).await;
        assert_eq!(masked["opinions"]["nodes"][1], json!({ "contactPhone": "138****9999", "contactName": "王**" }));
    }

    async fn a0_the_opinions_of_whoever_leaves_pass_on(world) {
        let id = recorded(&world, "agent", spoken(&world)).await;
        let role = with(world.role_of("agent").await, json!({}));
        let ended = world.try_to("administrator", "endRole", role).await;
        assert_eq!(ended["errors"], json!([]), "{ended}");
        let seen = world.ask("supervisor", "query($id: ID!) { opinion(id: $id) { handler { name } } }", json!({ "id": id })).await;
        assert_eq!(seen["opinion"]["handler"]["name"], "supervisor");
    }
}
