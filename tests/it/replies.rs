//! Answers to customers: the form that fits, the next time, templates with courtesy, delivered and read.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::with;

const REPLIES: &str = "query($id: ID!, $page: PageInput! = {}) { complaint(id: $id) { version replies(page: $page) {
    nodes { id form kind language text textSha256 purpose templateRevision nextReplyBy madeBy deliveredAt readAt version attachment { id } }
    pageInfo { hasNextPage endCursor } } } }";

async fn replies(world: &World, who: &str, case: &str) -> Vec<Value> {
    let found = world.ask(who, REPLIES, json!({ "id": case })).await;
    found["complaint"]["replies"]["nodes"].as_array().unwrap().clone()
}

/// Somebody registers what came in by a channel; the case.
async fn registered(world: &World, channel: &str) -> String {
    let report = with(
        world.report("SERVICE_QUALITY", "COMPLAINT", "保洁不及时"),
        json!({ "contactName": "李先生", "contactPhone": "13700000099", "place": "3栋大堂" }),
    );
    let sure = json!({ "heard": true, "asked": true, "repeated": true, "recorded": true });
    let input =
        json!({ "siteId": world.id("Site", "site"), "channel": channel, "report": report, "confirmations": sure });
    world.act("agent", "registerComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned()
}

fn call(world: &World) -> Value {
    json!({ "phone": "13700000099", "startedAt": world.now(), "durationSeconds": 60, "summary": "答复" })
}

fn parts(apology: &str, closing: &str) -> Value {
    json!({ "greeting": "尊敬的{customer}", "sympathy": "理解", "apology": apology, "body": "{number}:{text}", "closing": closing })
}

const CARD: &str = "{department}{handler} {phone}";

on_both! {
    async fn c8_the_form_of_an_answer_fits_the_channel_and_reaches_the_customer(world) {
        let letter = registered(&world, "LETTER").await;
        for form in ["PHONE", "IN_PERSON", "APP"] {
            let refused = world.try_on_case("agent", "replyToCustomer", &letter, json!({ "form": form, "text": "好" })).await;
            assert_eq!((told(&refused), needed(&refused)), (("INVALID", "form"), vec!["LETTER"]), "{form}");
        }
        let visit = registered(&world, "VISIT").await;
        let app = world.try_on_case("agent", "replyToCustomer", &visit, json!({ "form": "APP", "text": "好" })).await;
        assert_eq!((refusal(&app), needed(&app)), ("INVALID", vec!["PHONE", "IN_PERSON", "LETTER"]), "they have no account");
        let phone = json!({ "form": "PHONE", "text": "已安排保洁" });
        let unrecorded = world.try_on_case("agent", "replyToCustomer", &visit, phone.clone()).await;
        assert_eq!((refusal(&unrecorded), needed(&unrecorded)), ("MISSING", vec!["CALL_RECORD"]));
        assert_eq!(replies(&world, "agent", &visit).await.len(), 0);
        world.on_case("agent", "replyToCustomer", &visit, with(phone, json!({ "call": call(&world) }))).await;
        let given = replies(&world, "agent", &visit).await;
        assert_eq!((&given[0]["form"], &given[0]["kind"], &given[0]["madeBy"]), (&json!("PHONE"), &json!("FINAL"), &json!("agent")));
        assert_eq!(given[0]["deliveredAt"], given[0]["readAt"], "what was said was heard");
        assert!(given[0]["readAt"].is_string());
    }

    async fn c8_which_forms_fit_a_channel_is_data_of_the_site(world) {
        let site = world.id("Site", "site");
        let read = "query($s: ID!) { replyPolicy(siteId: $s) { version channels { channel forms } } }";
        let ours = world.ask("agent", read, json!({ "s": site })).await["replyPolicy"].clone();
        let email = |policy: &Value| policy["channels"].as_array().unwrap().iter()
            .find(|one| one["channel"] == "EMAIL").unwrap()["forms"].clone();
        assert_eq!((&ours["version"], email(&ours)), (&json!(0), json!(["LETTER"])));
        let set = |channel: &str, forms: Value, seen: i32| json!({ "siteId": site, "expectedVersion": seen, "channel": channel, "forms": forms });
        let bent = world.try_to("office head", "changeReplyPolicy", set("LETTER", json!(["LETTER", "APP"]), 0)).await;
        assert_eq!((told(&bent), needed(&bent)), (("INVALID", "forms"), vec!["LETTER"]), "C8 holds for letters");
        assert_eq!(told(&world.try_to("stranger office head", "changeReplyPolicy", set("EMAIL", json!(["APP"]), 0)).await), ("NOT_FOUND", "siteId"));
        let case = registered(&world, "EMAIL").await;
        let spoken = json!({ "form": "PHONE", "text": "已答复", "call": call(&world) });
        assert_eq!(refusal(&world.try_on_case("agent", "replyToCustomer", &case, spoken.clone()).await), "INVALID");
        let changed = world.act("office head", "changeReplyPolicy", set("EMAIL", json!(["LETTER", "PHONE"]), 0)).await;
        assert_eq!((&changed["replyPolicy"]["version"], email(&changed["replyPolicy"])), (&json!(1), json!(["LETTER", "PHONE"])));
        assert_eq!(refusal(&world.try_to("office head", "changeReplyPolicy", set("EMAIL", json!(["APP"]), 0)).await), "STALE");
        world.on_case("agent", "replyToCustomer", &case, spoken).await;
        let clocks = "query($id: ID!) { complaint(id: $id) { clocks { kind state } } }";
        let clocks = world.ask("agent", clocks, json!({ "id": case })).await["complaint"]["clocks"].clone();
        assert!(clocks.as_array().unwrap().contains(&json!({ "kind": "FIRST_REPLY", "state": "MET" })), "{clocks}");
    }

    async fn c8_an_answer_for_the_time_being_says_when_the_next_comes(world) {
        let case = world.dripping_tap().await;
        let app = |more: Value| with(more, json!({ "form": "APP", "text": "正在查" }));
        let next = world.now() + TimeDelta::hours(4);
        let interim = world.try_on_case("agent", "replyToCustomer", &case, app(json!({ "kind": "INTERIM" }))).await;
        assert_eq!(told(&interim), ("REQUIRED", "nextReplyBy"));
        let last = app(json!({ "kind": "FINAL", "nextReplyBy": next }));
        assert_eq!(told(&world.try_on_case("agent", "replyToCustomer", &case, last).await), ("INVALID", "nextReplyBy"));
        let template = app(json!({ "template": "INTERIM" }));
        assert_eq!(told(&world.try_on_case("agent", "replyToCustomer", &case, template).await), ("REQUIRED", "nextReplyBy"));
        world.on_case("agent", "replyToCustomer", &case, app(json!({ "kind": "INTERIM", "nextReplyBy": next, "template": "INTERIM" }))).await;
        world.on_case("agent", "replyToCustomer", &case, app(json!({}))).await;
        let given = replies(&world, "owner", &case).await;
        assert_eq!((&given[0]["kind"], &given[1]["kind"]), (&json!("INTERIM"), &json!("FINAL")));
        assert!(given[0]["text"].as_str().unwrap().contains("13:00"), "the time as people at the site say it: {}", given[0]["text"]);
        let first = world.ask("owner", REPLIES, json!({ "id": case, "page": { "first": 1 } })).await["complaint"]["replies"].clone();
        assert_eq!((first["nodes"].as_array().unwrap().len(), &first["pageInfo"]["hasNextPage"]), (1, &json!(true)));
        let after = json!({ "id": case, "page": { "after": first["pageInfo"]["endCursor"] } });
        let rest = world.ask("owner", REPLIES, after).await["complaint"]["replies"]["nodes"].clone();
        assert_eq!(rest[0]["id"], given[1]["id"]);
    }

    async fn c2_a_template_puts_courtesy_and_the_handlers_card_around_the_words_and_is_previewed(world) {
        let case = world.dripping_tap().await;
        let preview = "query($i: PreviewReplyInput!) { previewReply(input: $i) { text language templateRevision forms } }";
        let words = |language: Value| json!({ "i": { "complaintId": case, "text": "已换阀芯", "template": "HANDLED", "language": language } });
        let shown = world.ask("agent", preview, words(Value::Null)).await["previewReply"].clone();
        let text = shown["text"].as_str().unwrap().to_owned();
        for part in ["尊敬的owner", "理解", "歉意", "已换阀芯", "supervisor"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert_eq!((&shown["language"], &shown["templateRevision"]), (&json!("ZH_CN"), &json!(0)));
        let english = world.ask("agent", preview, words(json!("EN"))).await["previewReply"]["text"].clone();
        assert!(english.as_str().unwrap().starts_with("Dear owner"), "{english}");
        assert_eq!(replies(&world, "agent", &case).await.len(), 0, "nothing is kept of a preview");
        assert_eq!(world.ask("stranger agent", preview, words(Value::Null)).await["previewReply"], Value::Null);
        let answer = json!({ "form": "APP", "text": "已换阀芯", "template": "HANDLED" });
        world.on_case("agent", "replyToCustomer", &case, answer).await;
        let given = replies(&world, "owner", &case).await;
        assert_eq!((given[0]["text"].as_str(), &given[0]["purpose"]), (Some(text.as_str()), &json!("HANDLED")));
        assert_eq!(given[0]["textSha256"], json!(api::app::act::sha256_hex(text.as_bytes())));
    }

    async fn c2_a_site_drafts_its_own_templates_in_versions_and_publishes_them(world) {
        let site = world.id("Site", "site");
        let draft = |zh: Value| json!({ "siteId": site, "purpose": "HANDLED", "zh": zh, "en": parts("sorry", CARD) });
        for (zh, field) in [
            (parts(" ", CARD), ("REQUIRED", "apology")),
            (parts("抱歉", "{handler}"), ("INVALID", "closing")),
            (parts("抱歉{password}", CARD), ("INVALID", "apology")),
        ] {
            let refused = world.try_to("director", "draftReplyTemplate", draft(zh)).await;
            assert_eq!((refusal(&refused), &refused["errors"][0]["field"]), (field.0, &json!(["zh", field.1])));
        }
        assert_eq!(told(&world.try_to("stranger office head", "draftReplyTemplate", draft(parts("抱歉", CARD))).await), ("NOT_FOUND", "siteId"));
        let first = world.act("director", "draftReplyTemplate", draft(parts("抱歉", CARD))).await["template"].clone();
        assert_eq!((&first["revision"], &first["state"]), (&json!(1), &json!("DRAFT")));
        let in_use = "query($s: ID!) { replyTemplates(siteId: $s) { purpose revision zh { apology } } }";
        let handled = |all: Value| all["replyTemplates"].as_array().unwrap().iter().find(|one| one["purpose"] == "HANDLED").cloned().unwrap();
        assert_eq!(handled(world.ask("agent", in_use, json!({ "s": site })).await)["revision"], 0, "a draft is not in use");
        let at = |template: &Value| json!({ "templateId": template["id"], "expectedVersion": template["version"] });
        let revised = with(json!({ "zh": parts("万分抱歉", CARD), "en": parts("so sorry", CARD) }), at(&first));
        let revised = world.act("supervisor", "reviseReplyTemplate", revised).await["template"].clone();
        assert_eq!(told(&world.try_to("director", "publishReplyTemplate", at(&first)).await).0, "STALE");
        world.act("director", "publishReplyTemplate", at(&revised)).await;
        let case = world.dripping_tap().await;
        let answer = || json!({ "form": "APP", "text": "已换阀芯", "template": "HANDLED" });
        world.on_case("agent", "replyToCustomer", &case, answer()).await;
        world.pass(chrono::TimeDelta::minutes(1));
        let second = world.act("director", "draftReplyTemplate", draft(parts("对不起", CARD))).await["template"].clone();
        world.act("director", "publishReplyTemplate", at(&second)).await;
        let again = world.try_to("director", "publishReplyTemplate", at(&json!({ "id": second["id"], "version": 2 }))).await;
        assert_eq!(refusal(&again), "WRONG_STATE");
        world.on_case("agent", "replyToCustomer", &case, answer()).await;
        let given = replies(&world, "owner", &case).await;
        assert!(given[0]["text"].as_str().unwrap().contains("万分抱歉"), "what was written stays as it was");
        assert!(given[1]["text"].as_str().unwrap().contains("对不起"));
        assert_eq!((&given[0]["templateRevision"], &given[1]["templateRevision"]), (&json!(1), &json!(2)));
        let versions = "query($s: ID!) { replyTemplateVersions(siteId: $s) { nodes { revision state } } }";
        let versions = world.ask("agent", versions, json!({ "s": site })).await["replyTemplateVersions"]["nodes"].clone();
        assert_eq!(versions, json!([{ "revision": 2, "state": "PUBLISHED" }, { "revision": 1, "state": "ENDED" }]));
        let leader = "query($s: ID!) { replyTemplates(siteId: $s) { revision } replyPolicy(siteId: $s) { version } }";
        let elsewhere = world.ask("stranger leader", leader, json!({ "s": site })).await;
        assert_eq!(elsewhere, json!({ "replyTemplates": [], "replyPolicy": null }), "another organization's words");
    }

    async fn c5_an_answer_shows_when_it_arrived_and_when_the_customer_read_it_once(world) {
        let case = world.dripping_tap().await;
        world.on_case("agent", "replyToCustomer", &case, json!({ "form": "APP", "text": "今天上门" })).await;
        let given = replies(&world, "agent", &case).await[0].clone();
        assert_eq!((given["deliveredAt"].is_string(), &given["readAt"]), (true, &Value::Null));
        let id = json!({ "replyId": given["id"] });
        world.pass(TimeDelta::minutes(30));
        assert_eq!(refusal(&world.try_to("tenant", "markReplyRead", id.clone()).await), "NOT_YOURS", "the household is not the customer");
        let read = world.act("owner", "markReplyRead", id.clone()).await["reply"].clone();
        world.pass(TimeDelta::hours(1));
        let again = world.act("owner", "markReplyRead", id).await["reply"].clone();
        assert_eq!((read["readAt"].is_string(), &read["readAt"]), (true, &again["readAt"]), "the first time counts");
        let seen = replies(&world, "supervisor", &case).await[0].clone();
        assert_eq!(seen["readAt"], read["readAt"], "staff see it");
        let kinds = |case: Value| case["timeline"].as_array().unwrap().iter().filter(|event| event["kind"] == "REPLY_READ").count();
        assert_eq!(kinds(world.case("supervisor", &case).await), 1);
        assert_eq!(kinds(world.case("owner", &case).await), 0);
    }

    async fn c8_a_letter_is_delivered_when_somebody_records_it(world) {
        let case = registered(&world, "LETTER").await;
        world.on_case("agent", "replyToCustomer", &case, json!({ "form": "LETTER", "text": "来信收悉", "template": "GENERAL" })).await;
        let letter = replies(&world, "agent", &case).await[0].clone();
        assert_eq!(letter["deliveredAt"], Value::Null, "it is under way");
        let made = world.now();
        world.pass(TimeDelta::days(1));
        let at = |when: Value| json!({ "replyId": letter["id"], "expectedVersion": letter["version"], "deliveredAt": when });
        for wrong in [made - TimeDelta::hours(1), world.now() + TimeDelta::hours(1)] {
            assert_eq!(told(&world.try_to("agent", "recordReplyDelivery", at(json!(wrong))).await), ("INVALID", "deliveredAt"));
        }
        let arrived = world.act("agent", "recordReplyDelivery", at(json!(made + TimeDelta::hours(5)))).await["reply"].clone();
        assert!(arrived["deliveredAt"].is_string());
        let again = with(json!({ "expectedVersion": arrived["version"] }), at(json!(world.now())));
        assert_eq!(refusal(&world.try_to("agent", "recordReplyDelivery", again).await), "WRONG_STATE");
        let nobodys = json!({ "form": "LETTER", "text": "附件", "attachmentId": world.id("Attachment", "home") });
        assert_eq!(told(&world.try_on_case("agent", "replyToCustomer", &case, nobodys).await), ("NOT_FOUND", "attachmentId"));
    }

    async fn c8_a_letter_carries_its_paper_and_is_read_by_the_customer(world) {
        let who = json!({ "contactName": "owner", "contactPhone": world.viewer("owner").await.phone });
        let letter = json!({
            "siteId": world.id("Site", "site"), "channel": "LETTER", "unitId": world.id("Unit", "home"),
            "report": with(world.report("SERVICE_QUALITY", "COMPLAINT", "保洁不及时"), who),
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
        });
        let case = world.act("agent", "registerComplaint", letter).await["complaint"]["id"].as_str().unwrap().to_owned();
        let paper = world.ready_photo("agent", &case).await;
        let answer = json!({ "form": "LETTER", "text": "整改情况见附件", "attachmentId": paper });
        world.on_case("agent", "replyToCustomer", &case, answer).await;
        let given = replies(&world, "owner", &case).await[0].clone();
        assert_eq!((&given["attachment"], &given["readAt"]), (&json!({ "id": paper }), &Value::Null));
        world.pass(TimeDelta::days(1));
        let read = world.act("owner", "markReplyRead", json!({ "replyId": given["id"] })).await["reply"].clone();
        assert_eq!((read["readAt"].is_string(), &read["readAt"]), (true, &read["deliveredAt"]), "what is read has arrived");
        assert_eq!(replies(&world, "agent", &case).await[0]["readAt"], read["readAt"], "staff see it");
    }
}
