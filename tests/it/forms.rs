//! Forms as data: an app draws them and the server checks by the same description.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{refusal, told};
use tests::world::with;

const FORM: &str = "query($site: ID!, $category: ID!, $kind: ComplaintKind!, $channel: Channel!, $anonymous: Boolean!) {
    complaintForm(siteId: $site, categoryId: $category, kind: $kind, channel: $channel, anonymous: $anonymous) { version
        fields { name path extra type required label labelZh labelEn hint minLength maxLength min max pattern maxItems options { value label } } } }";

async fn form(world: &World, category: &str, kind: &str, (channel, anonymous): (&str, bool)) -> Value {
    let variables = json!({ "site": world.id("Site", "site"), "category": world.id("Category", category), "kind": kind,
        "channel": channel, "anonymous": anonymous });
    world.ask("", FORM, variables).await["complaintForm"].clone()
}

fn names(form: &Value) -> Vec<String> {
    form["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

fn required(form: &Value) -> Vec<String> {
    let fields = form["fields"].as_array().unwrap().iter().filter(|field| field["required"] == true);
    fields.map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

/// What a site may want to know of noise.
fn noise_fields() -> Value {
    json!([
        { "name": "loudness", "type": "NUMBER", "labelZh": "分贝", "labelEn": "Decibels", "min": 0, "max": 140 },
        { "name": "source", "type": "CHOICE", "required": true, "labelZh": "来源", "labelEn": "Source", "hintZh": "请选择", "hintEn": "Choose",
          "options": [{ "value": "DRILL", "labelZh": "电钻", "labelEn": "Drill" }, { "value": "DOG", "labelZh": "狗叫", "labelEn": "Dog" }] },
        { "name": "doorCode", "type": "TEXT", "labelZh": "门牌码", "labelEn": "Door code", "minLength": 3, "maxLength": 8, "letters": "CODE" },
        { "name": "atNight", "type": "YES_NO", "labelZh": "夜间", "labelEn": "At night" },
        { "name": "since", "type": "MOMENT", "labelZh": "自何时", "labelEn": "Since" },
        { "name": "callBack", "type": "PHONE", "labelZh": "回电", "labelEn": "Call back" },
    ])
}

async fn ask_for_noise(world: &World) {
    let input = json!({ "siteId": world.id("Site", "site"), "categoryId": world.id("Category", "NOISE"), "expectedVersion": 0,
        "required": ["remedySought"], "fields": noise_fields() });
    assert_eq!(world.act("office head", "setComplaintForm", input).await["version"], 1);
}

/// What an app makes of a value by nothing but the data of the form.
fn app_accepts(field: &Value, value: Option<&str>) -> bool {
    let text = value.unwrap_or_default().trim();
    if text.is_empty() {
        return field["required"] != true;
    }
    let length = i64::try_from(text.chars().count()).unwrap();
    let within = |least: &Value, most: &Value, number: i64| {
        least.as_i64().is_none_or(|least| number >= least) && most.as_i64().is_none_or(|most| number <= most)
    };
    match field["type"].as_str().unwrap() {
        "NUMBER" => text.parse().is_ok_and(|number| within(&field["min"], &field["max"], number)),
        "YES_NO" => matches!(text, "true" | "false"),
        "MOMENT" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        "CHOICE" => field["options"].as_array().unwrap().iter().any(|option| option["value"] == text),
        "PHONE" => {
            let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
            let digits = digits.strip_prefix('+').unwrap_or(&digits).to_owned();
            (3..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => {
            let pattern = match field["pattern"].as_str() {
                None => true,
                Some("^[0-9A-Za-z-]*$") => text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                Some(other) => panic!("an app reads any pattern; this test knows {other} not"),
            };
            let plain = !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
            plain && pattern && within(&field["minLength"], &field["maxLength"], length)
        }
    }
}

/// A value for a field that may be right, wrong or missing.
fn some_value(dice: &mut StdRng, field: &Value) -> Option<String> {
    const ODD: [&str; 12] = [
        "",
        "  ",
        "0",
        "-1",
        "141",
        "140",
        "true",
        "DRILL",
        "2026-03-02T01:00:00Z",
        "138 0000-9999",
        "a\u{7}b",
        "十四点五",
    ];
    match dice.random_range(0..6) {
        0 => None,
        1 | 2 => Some(ODD[dice.random_range(0..ODD.len())].to_owned()),
        3 => {
            let most = field["maxLength"].as_u64().unwrap_or(20);
            let length = [most, most + 1, 1, 2, 3][dice.random_range(0..5)];
            let letter = if dice.random_bool(0.5) { "长" } else { "a" };
            Some(letter.repeat(usize::try_from(length).unwrap()))
        }
        _ => Some(match field["type"].as_str().unwrap() {
            "NUMBER" => "85".to_owned(),
            "CHOICE" => "DOG".to_owned(),
            "YES_NO" => "false".to_owned(),
            "MOMENT" => "2026-03-01T22:00:00+08:00".to_owned(),
            "PHONE" => "+86 13800009999".to_owned(),
            _ => "AB-12".to_owned(),
        }),
    }
}

on_both! {
    async fn forms_say_what_each_way_of_coming_in_asks_for(world) {
        let mine = form(&world, "WATER", "REPAIR", ("APP", false)).await;
        assert_eq!(required(&mine), ["description"], "name, number and place are known");
        assert_eq!(required(&form(&world, "WATER", "REPAIR", ("APP", true)).await), ["description", "place"]);
        assert!(!names(&form(&world, "WATER", "REPAIR", ("APP", true)).await).contains(&"contactPhone".to_owned()), "D7");
        let desk = form(&world, "WATER", "REPAIR", ("PHONE", false)).await;
        assert_eq!(required(&desk), ["description", "place", "contactName", "contactPhone"]);
        let description = &mine["fields"][0];
        assert_eq!((&description["path"], &description["type"], &description["maxLength"]), (&json!("report.description"), &json!("LONG_TEXT"), &json!(4000)));
        assert_eq!((&description["label"], &description["labelZh"]), (&json!("What happened"), &json!("情况说明")));
        assert_eq!(mine["version"], 0);
        let strange = json!({ "site": world.id("Site", "other site"), "category": world.id("Category", "WATER"), "kind": "REPAIR", "channel": "APP", "anonymous": false });
        assert_eq!(world.error("", FORM, strange).await, "REFUSED");
    }

    async fn forms_a_site_asks_for_more_of_one_category_and_the_answers_are_kept_with_the_words_of_the_question(world) {
        ask_for_noise(&world).await;
        let noise = form(&world, "NOISE", "COMPLAINT", ("APP", false)).await;
        assert_eq!((required(&noise), &noise["version"]), (vec!["description".to_owned(), "remedySought".to_owned(), "source".to_owned()], &json!(1)));
        assert_eq!(names(&form(&world, "WATER", "REPAIR", ("APP", false)).await).len(), 7, "other categories stay as they were");
        let file = |details: Value| json!({ "unitId": world.id("Unit", "home"), "report": with(world.report("NOISE", "COMPLAINT", "太吵"), json!({
            "remedySought": "请制止", "details": details })) });
        let missing = world.try_to("owner", "fileComplaint", file(json!([]))).await;
        assert_eq!((refusal(&missing), &missing["errors"][0]["field"]), ("REQUIRED", &json!(["details", "source"])));
        let wrong = world.try_to("owner", "fileComplaint", file(json!([{ "name": "source", "value": "CAT" }]))).await;
        assert_eq!((refusal(&wrong), tests::ask::needed(&wrong)), ("INVALID", vec!["DRILL", "DOG"]));
        let unknown = world.try_to("owner", "fileComplaint", file(json!([{ "name": "source", "value": "DOG" }, { "name": "colour", "value": "red" }]))).await;
        assert_eq!((refusal(&unknown), &unknown["errors"][0]["field"]), ("INVALID", &json!(["details", "colour"])));
        let twice = world.try_to("owner", "fileComplaint", file(json!([{ "name": "source", "value": "DOG" }, { "name": "source", "value": "DOG" }]))).await;
        assert_eq!(told(&twice), ("INVALID", "details"));
        let filed = world.act("owner", "fileComplaint", file(json!([{ "name": "source", "value": "DOG" }, { "name": "loudness", "value": " 85 " }]))).await;
        // What is asked changes; what was asked does not.
        let input = json!({ "siteId": world.id("Site", "site"), "categoryId": world.id("Category", "NOISE"), "expectedVersion": 1, "fields": [] });
        world.act("office head", "setComplaintForm", input.clone()).await;
        assert_eq!(refusal(&world.try_to("office head", "setComplaintForm", input).await), "STALE");
        let details = "query($id: ID!) { complaint(id: $id) { details { name label value text } } }";
        let seen = world.ask("agent", details, json!({ "id": filed["complaint"]["id"] })).await;
        assert_eq!(seen["complaint"]["details"], json!([{ "name": "loudness", "label": "Decibels", "value": "85", "text": "85" },
            { "name": "source", "label": "Source", "value": "DOG", "text": "Dog" }]));
        assert_eq!(required(&form(&world, "NOISE", "COMPLAINT", ("APP", false)).await), ["description"]);
    }

    async fn forms_a_site_asks_for_more_of_all_cases_or_of_one_kind_and_its_own_faults_are_named(world) {
        let set = |more: Value| with(more, json!({ "siteId": world.id("Site", "site"), "expectedVersion": 0 }));
        let field = |more: Value| set(json!({ "fields": [with(more, json!({ "name": "floor", "type": "TEXT", "labelZh": "楼层", "labelEn": "Floor" }))] }));
        for (input, path) in [
            (field(json!({ "name": "Floor 1" })), json!(["fields", "0", "name"])), (field(json!({ "name": "place" })), json!(["fields", "0", "name"])),
            (field(json!({ "labelEn": "" })), json!(["fields", "0", "label"])), (field(json!({ "type": "CHOICE" })), json!(["fields", "0", "options"])),
            (field(json!({ "minLength": 9, "maxLength": 3 })), json!(["fields", "0", "minLength"])), (field(json!({ "type": "LIST" })), json!(["fields", "0", "type"])),
            (field(json!({ "maxLength": 5000 })), json!(["fields", "0", "maxLength"])), (set(json!({ "required": ["colour"] })), json!(["required", "0"])),
        ] {
            let refused = world.try_to("office head", "setComplaintForm", input).await;
            assert_eq!(refused["errors"][0]["field"], path, "{refused}");
        }
        world.act("office head", "setComplaintForm", field(json!({ "required": true }))).await;
        let repairs = set(json!({ "kind": "REPAIR", "required": ["wishedAt"] }));
        world.act("company leader", "setComplaintForm", repairs).await;
        assert_eq!(required(&form(&world, "WATER", "REPAIR", ("APP", false)).await), ["description", "wishedAt", "floor"]);
        assert_eq!(required(&form(&world, "WATER", "COMPLAINT", ("APP", false)).await), ["description", "floor"]);
        let document = tests::ask::mutation("setComplaintForm");
        assert_eq!(world.error("agent", &document, tests::ask::variables(&set(json!({})))).await, "FORBIDDEN");
        // Whoever registers on the spot is not asked: customer service asks when it takes the case over.
        world.act("technician", "reportForCustomer", json!({ "siteId": world.id("Site", "site"), "categoryId": world.id("Category", "WATER"),
            "description": "漏水", "place": "3栋", "kind": "REPAIR", "contactPhone": "13800009999" })).await;
    }

    async fn forms_whatever_an_app_lets_through_the_server_accepts_and_nothing_else(world) {
        ask_for_noise(&world).await;
        let mut dice = StdRng::seed_from_u64(20_260_302);
        let noise = form(&world, "NOISE", "COMPLAINT", ("APP", true)).await;
        let (mut accepted, mut refused) = (0, 0);
        for round in 0..160 {
            let mut report = json!({ "kind": "COMPLAINT", "categoryId": world.id("Category", "NOISE"), "description": "" });
            let (mut details, mut wrong) = (Vec::new(), Vec::new());
            for field in noise["fields"].as_array().unwrap() {
                let name = field["name"].as_str().unwrap();
                // The engine itself refuses a moment that is none, and a list is not a text.
                if matches!(name, "wishedAt" | "items") {
                    continue;
                }
                let value = if dice.random_bool(0.72) {
                    Some(match name { "source" => "DOG", "loudness" => "85", "atNight" => "true", "since" => "2026-03-02T01:00:00Z", "callBack" => "12345", _ => "AB-12" }.to_owned())
                } else {
                    some_value(&mut dice, field)
                };
                if !app_accepts(field, value.as_deref()) {
                    wrong.push(name.to_owned());
                }
                match (field["extra"] == true, value) {
                    (true, Some(value)) => details.push(json!({ "name": name, "value": value })),
                    (false, Some(value)) => report[name] = json!(value),
                    (_, None) => {}
                }
            }
            report["details"] = json!(details);
            let payload = world.try_to("", "fileAnonymousComplaint", json!({ "siteId": world.id("Site", "site"), "report": report })).await;
            let errors = payload["errors"].as_array().unwrap();
            assert_eq!(errors.is_empty(), wrong.is_empty(), "round {round}: {report}\n{wrong:?}\n{payload}");
            if let Some(error) = errors.first() {
                refused += 1;
                let field = error["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).find(|part| *part != "details").unwrap();
                assert_eq!(field, wrong[0], "round {round}: the first of the form that is wrong: {payload}");
            } else {
                accepted += 1;
            }
        }
        assert!(accepted > 15 && refused > 40, "{accepted} accepted, {refused} refused");
    }
}
