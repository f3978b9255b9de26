//! Machine accounts: a key reads what its scopes name, at its sites, and nothing else.

use chrono::TimeDelta;
use domain::access::{Operation, Scope, TABLE};
use futures_util::StreamExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;

const SITES: &str = "query($code: String!, $site: ID!) { sites(organizationCode: $code) { code categories { code } } departments(siteId: $site) { kind } }";

async fn make(world: &World, scopes: &[&str]) -> Value {
    let input = json!({
        "name": "大屏", "scopes": scopes, "siteIds": [world.id("Site", "site")],
        "expiresAt": world.now() + TimeDelta::days(365), "idempotencyKey": format!("{scopes:?}"),
    });
    world.act("administrator", "createApiKey", input).await
}

fn key(payload: &Value) -> String {
    payload["secret"].as_str().unwrap().to_owned()
}

async fn seen(world: &World, key: &str, code: &str, site: &str) -> Value {
    let variables = json!({ "code": code, "site": world.id("Site", site) });
    world.response_by(key, SITES, variables).await
}

const TYPE: &str = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";

/// The contract, as it describes itself.
struct Contract(Vec<Value>);

impl Contract {
    async fn of(world: &World) -> Self {
        let document = format!(
            "{{ __schema {{ types {{ name kind isOneOf enumValues {{ name }} inputFields {{ name defaultValue type {{ {TYPE} }} }}
                fields {{ name type {{ {TYPE} }} args {{ name defaultValue type {{ {TYPE} }} }} }} }} }} }}"
        );
        let found = world.ask("owner", &document, json!({})).await;
        Self(found["__schema"]["types"].as_array().unwrap().clone())
    }

    fn named(&self, name: &Value) -> &Value {
        self.0.iter().find(|one| one["name"] == *name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// A value that fits a type.
    fn fitting(&self, kind: &Value) -> Value {
        if kind["kind"] == "NON_NULL" {
            return self.fitting(&kind["ofType"]);
        }
        let named = || self.named(&kind["name"]);
        match (kind["kind"].as_str().unwrap(), kind["name"].as_str().unwrap_or_default()) {
            ("LIST", _) => json!([]),
            ("ENUM", _) => named()["enumValues"][0]["name"].clone(),
            ("INPUT_OBJECT", _) if named()["isOneOf"] == true => {
                let first = &named()["inputFields"][0];
                json!({ first["name"].as_str().unwrap(): self.fitting(&first["type"]) })
            }
            ("INPUT_OBJECT", _) => self.all_fitting(&named()["inputFields"]),
            (_, "Int") => json!(1),
            (_, "Boolean") => json!(true),
            (_, "DateTime") => json!("2026-03-02T01:00:00Z"),
            (_, "NaiveDate") => json!("2026-03-02"),
            (_, "Decimal") => json!("1.00"),
            (_, "ID") => json!("Complaint_00000000000000000000000000000001"),
            _ => json!("x"),
        }
    }

    /// Whatever is required.
    fn all_fitting(&self, wanted: &Value) -> Value {
        let required = |one: &&Value| one["type"]["kind"] == "NON_NULL" && one["defaultValue"].is_null();
        let named = |one: &Value| (one["name"].as_str().unwrap().to_owned(), self.fitting(&one["type"]));
        wanted.as_array().unwrap().iter().filter(required).map(named).collect::<serde_json::Map<_, _>>().into()
    }

    /// A document that calls a root field with all that it requires.
    fn call(&self, operation: Operation, field: &str) -> (String, Value) {
        let root = self.named(&json!(format!("{operation:?}")));
        let field = root["fields"].as_array().unwrap().iter().find(|one| one["name"] == field).unwrap();
        let variables = self.all_fitting(&field["args"]);
        let declared = |one: &Value| format!("${}: {}", one["name"].as_str().unwrap(), written(&one["type"]));
        let passed = |one: &Value| format!("{0}: ${0}", one["name"].as_str().unwrap());
        let list = |say: &dyn Fn(&Value) -> String| {
            let args = field["args"].as_array().unwrap().iter();
            let said: Vec<String> =
                args.filter(|one| variables.get(one["name"].as_str().unwrap()).is_some()).map(say).collect();
            if said.is_empty() { String::new() } else { format!("({})", said.join(", ")) }
        };
        let keyword = format!("{operation:?}").to_lowercase();
        let name = field["name"].as_str().unwrap();
        let selection = if is_leaf(&field["type"]) { "" } else { "{ __typename }" };
        (format!("{keyword}{} {{ {name}{} {selection} }}", list(&declared), list(&passed)), variables)
    }
}

/// Whether nothing can be selected of a type.
fn is_leaf(kind: &Value) -> bool {
    match kind["kind"].as_str().unwrap() {
        "NON_NULL" | "LIST" => is_leaf(&kind["ofType"]),
        kind => matches!(kind, "SCALAR" | "ENUM"),
    }
}

/// A type as a document writes it.
fn written(kind: &Value) -> String {
    match kind["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&kind["ofType"])),
        "LIST" => format!("[{}]", written(&kind["ofType"])),
        _ => kind["name"].as_str().unwrap().to_owned(),
    }
}

on_both! {
    async fn a_key_reads_what_its_scopes_name_at_its_sites(world) {
        let all = key(&make(&world, &["SITES", "DEPARTMENTS", "CATEGORIES"]).await);
        let read = seen(&world, &all, "town", "site").await;
        assert_eq!(read["data"]["sites"][0]["code"], "LY", "{read}");
        assert!(read["data"]["sites"][0]["categories"].as_array().unwrap().len() > 3);
        assert_eq!(read["data"]["departments"].as_array().unwrap().len(), 4);
        let elsewhere = seen(&world, &all, "elsewhere", "other site").await;
        assert_eq!(elsewhere["data"], json!({ "sites": [], "departments": [] }), "another organization's site");
        let sites = key(&make(&world, &["SITES"]).await);
        let document = "{ sites(organizationCode: \"town\") { code categories { code } } }";
        let read = world.response_by(&sites, document, json!({})).await;
        assert_eq!(read["data"]["sites"], json!([{ "code": "LY", "categories": [] }]));
        let refused = seen(&world, &sites, "town", "site").await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    }

    async fn a_machine_account_may_call_nothing_that_does_not_name_it(world) {
        world.dripping_tap().await;
        let scopes: Vec<String> = Scope::ALL.iter().map(|scope| api::app::error::upper_snake(scope.name())).collect();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let all = key(&make(&world, &scopes).await);
        let contract = Contract::of(&world).await;
        let mut open = Vec::new();
        for entry in TABLE {
            let (document, variables) = contract.call(entry.operation, entry.field);
            let request = world.request_by(&all, None, &document, variables).await;
            let mut answers = world.schema.execute_stream(request);
            let answer = serde_json::to_value(answers.next().await.unwrap()).unwrap();
            let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
            match entry.machines {
                Some(_) => open.push(entry.field),
                None => assert_eq!(code, "FORBIDDEN", "{document} {answer}"),
            }
        }
        let payments = ["markStatementPaid", "markStatementUnpaid", "importPayments"];
        let reads = ["sites", "departments", "figures", "figureDefinitions"];
        assert_eq!(open, [reads.as_slice(), &payments].concat(), "whatever is opened to machines is looked at here");
    }

    async fn a_machine_sees_no_case_even_past_the_guard(world) {
        let case = world.dripping_tap().await;
        let all = key(&make(&world, &["SITES"]).await);
        let machine = world.holder(&all).await.unwrap();
        assert!(!machine.holds_any(&[domain::organization::Role::Customer]));
        let id = tests::world::row_id(&case);
        let found = api::access::scope::complaints(&machine).filter(entity::complaint::Column::Id.eq(id));
        assert!(found.one(&world.app.db).await.unwrap().is_none());
        assert!(!machine.is_staff_at(world.town.id("site")));
    }

    async fn a_key_ends_by_its_date_by_hand_and_by_rotation_after_the_overlap(world) {
        let made = make(&world, &["SITES"]).await;
        assert_eq!(key(&make(&world, &["SITES"]).await), key(&made), "the same call tells the same secret");
        assert!(key(&made).starts_with(&format!("hyk_{}_", made["apiKey"]["prefix"].as_str().unwrap())));
        let id = made["apiKey"]["id"].clone();
        let expires = world.now() + TimeDelta::days(700);
        let rotate = json!({ "apiKeyId": id, "overlapHours": 2, "expiresAt": expires });
        let new = world.act("administrator", "rotateApiKey", rotate).await;
        assert_ne!(key(&new), key(&made));
        world.pass(TimeDelta::minutes(119));
        assert!(world.holder(&key(&made)).await.is_some() && world.holder(&key(&new)).await.is_some());
        world.pass(TimeDelta::minutes(1));
        assert!(world.holder(&key(&made)).await.is_none() && world.holder(&key(&new)).await.is_some());
        assert_eq!(refusal(&world.try_to("administrator", "endApiKey", json!({ "apiKeyId": id })).await), "NOT_FOUND");
        world.act("administrator", "endApiKey", json!({ "apiKeyId": new["apiKey"]["id"] })).await;
        assert!(world.holder(&key(&new)).await.is_none());
        let dated = make(&world, &["DEPARTMENTS"]).await;
        world.pass(TimeDelta::days(365));
        assert!(world.holder(&key(&dated)).await.is_none());
        let trail = world.ask("administrator", "{ auditTrail { nodes { kind data } } }", json!({})).await.to_string();
        for kind in ["API_KEY_MADE", "API_KEY_ROTATED", "API_KEY_ENDED"] {
            assert!(trail.contains(kind), "{kind}");
        }
        assert!([&made, &new, &dated].iter().all(|made| !trail.contains(&key(made))));
    }

    async fn a_key_is_kept_hashed_and_its_use_noted_to_the_minute(world) {
        let made = make(&world, &["SITES"]).await;
        let document = "{ apiKeys { nodes { lastUsedAt holds } } }";
        let last = async || world.ask("administrator", document, json!({})).await["apiKeys"]["nodes"][0]["lastUsedAt"].clone();
        assert_eq!(last().await, Value::Null);
        world.holder(&key(&made)).await.unwrap();
        let first = last().await;
        world.pass(TimeDelta::seconds(59));
        world.holder(&key(&made)).await.unwrap();
        assert_eq!(last().await, first);
        world.pass(TimeDelta::seconds(1));
        world.holder(&key(&made)).await.unwrap();
        assert_ne!(last().await, first);
        let secret = key(&made);
        let (_, secret) = secret.rsplit_once('_').unwrap();
        let rows = entity::api_key::Entity::find().all(&world.app.db).await.unwrap();
        assert!(!format!("{rows:?}").contains(secret));
        for wrong in ["hyk_", "hyk_x", &key(&made)[..30], &format!("{}x", key(&made))] {
            assert!(world.holder(wrong).await.is_none());
        }
    }

    async fn only_an_administrator_makes_keys_and_within_bounds(world) {
        let input = |scopes: Value, sites: Value, days: i64| json!({ "name": "大屏", "scopes": scopes, "siteIds": sites,
            "expiresAt": world.now() + TimeDelta::days(days) });
        let site = json!([world.id("Site", "site")]);
        let document = tests::ask::mutation("createApiKey");
        for who in ["owner", "head", "office head", "company leader"] {
            let asked = json!({ "input": input(json!(["SITES"]), site.clone(), 1) });
            assert_eq!(world.error(who, &document, asked).await, "FORBIDDEN", "{who}");
        }
        for (wrong, code) in [
            (input(json!([]), site.clone(), 1), "REQUIRED"),
            (input(json!(["SITES"]), json!([]), 1), "REQUIRED"),
            (input(json!(["SITES"]), json!([world.id("Site", "other site")]), 1), "NOT_FOUND"),
            (input(json!(["SITES"]), site.clone(), 732), "INVALID"),
            (input(json!(["SITES"]), site.clone(), 0), "INVALID"),
        ] {
            assert_eq!(refusal(&world.try_to("administrator", "createApiKey", wrong).await), code);
        }
        world.act("administrator", "createApiKey", input(json!(["SITES"]), site, 731)).await;
    }
}
