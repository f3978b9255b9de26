//! Whoever stays unknown (D7): followed, asked and answered by the receipt code; nothing of them is kept, also when they are
//! signed in.

use std::fmt::Write as _;

use api::app::clock::Clock;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{mutation, refusal, told};
use tests::server::Server;
use tests::world::with;

fn noise(world: &World) -> Value {
    json!({ "siteId": world.id("Site", "site"), "idempotencyKey": "a-long-random-key-of-the-phone",
        "report": with(world.report("NOISE", "COMPLAINT", "楼上深夜装修"), json!({ "place": "5栋" })) })
}

/// Somebody stays unknown and complains; the receipt code, and the case's id.
async fn complained(world: &World) -> (String, String) {
    let payload = world.act("", "fileAnonymousComplaint", noise(world)).await;
    let code = payload["receiptCode"].as_str().unwrap().to_owned();
    let found = world.ask("agent", "{ complaints { nodes { id } } }", json!({})).await;
    (code, found["complaints"]["nodes"][0]["id"].as_str().unwrap().to_owned())
}

async fn seen(world: &World, code: &str) -> Value {
    let document =
        "query($code: String!) { anonymousComplaint(receiptCode: $code) { number state result handler { name }
        questions { id text askedByName answer } timeline(first: 50) { kind reason actorName } } }";
    world.ask("", document, json!({ "code": code })).await["anonymousComplaint"].clone()
}

/// All that a database holds, as text: ids without hyphens, in small letters.
async fn everything(db: &DatabaseConnection) -> String {
    let backend = db.get_database_backend();
    let sqlite = backend == DbBackend::Sqlite;
    let tables = if sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    } else {
        "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'"
    };
    let names = db.query_all_raw(Statement::from_string(backend, tables)).await.unwrap();
    let mut text = String::new();
    for name in names {
        let name = name.try_get::<String>("", "name").unwrap();
        let row = if sqlite {
            let columns = format!("SELECT name FROM pragma_table_info('{name}')");
            let columns = db.query_all_raw(Statement::from_string(backend, columns)).await.unwrap();
            let columns: Vec<String> =
                columns.iter().map(|c| format!("quote(\"{}\")", c.try_get::<String>("", "name").unwrap())).collect();
            columns.join(" || '|' || ")
        } else {
            format!("\"{name}\"::text")
        };
        let rows = format!("SELECT {row} AS line FROM \"{name}\"");
        for line in db.query_all_raw(Statement::from_string(backend, rows)).await.unwrap() {
            writeln!(text, "{name}: {}", line.try_get::<String>("", "line").unwrap()).unwrap();
        }
    }
    text.to_lowercase().replace('-', "")
}

/// Where whoever stays unknown calls from, as a proxy in front of the server tells.
const ADDRESS: &str = "203.0.113.77";

/// What a table holds, line by line.
fn lines(text: &str, table: &str) -> Vec<String> {
    let table = format!("{table}:");
    let mut lines: Vec<String> = text.lines().filter(|line| line.starts_with(&table)).map(str::to_owned).collect();
    lines.sort();
    lines
}

async fn ask(server: &Server, token: &str, document: &str, variables: Value) -> Value {
    let url = format!("http://127.0.0.1:{}/graphql", server.port);
    let request = reqwest::Client::new().post(url).header("user-agent", "phone-of-the-owner/7");
    let request = request.header("x-forwarded-for", ADDRESS);
    let request = request.json(&json!({ "query": document, "variables": variables }));
    let request = if token.is_empty() { request } else { request.bearer_auth(token) };
    request.send().await.unwrap().json().await.unwrap()
}

on_both! {
    async fn d7_the_holder_of_the_receipt_code_follows_is_asked_answers_and_reads_the_result(world) {
        let (code, case) = complained(&world).await;
        assert_eq!(seen(&world, &code).await["state"], "RECEIVED");
        world.on_case("agent", "askReporter", &case, json!({ "question": "是哪一户?" })).await;
        let asked = seen(&world, &code).await;
        assert_eq!(asked["questions"][0]["askedByName"], "agent");
        let question = asked["questions"][0]["id"].as_str().unwrap().to_owned();
        let answer = json!({ "receiptCode": code.to_lowercase(), "questionId": question, "answer": "1502", "idempotencyKey": "another-long-random-key" });
        for _ in 0..2 {
            let answered = world.act("neighbour", "answerQuestion", answer.clone()).await;
            assert_eq!(answered["anonymousComplaint"]["questions"][0]["answer"], "1502", "the same call twice is done once");
        }
        let heard = world.ask("agent", "{ notices { kind } }", json!({})).await;
        assert_eq!(heard["notices"][0]["kind"], "QUESTION_ANSWERED");
        let seen_by_staff = world.ask("agent", "query($id: ID!) { complaint(id: $id) { questions { text answer } timeline(first: 50) { kind actorName reason } } }", json!({ "id": case })).await;
        assert_eq!(seen_by_staff["complaint"]["questions"], json!([{ "text": "是哪一户?", "answer": "1502" }]));
        let event = seen_by_staff["complaint"]["timeline"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(event, json!({ "kind": "QUESTION_ANSWERED", "actorName": null, "reason": "1502" }));
        let again = with(json!({ "idempotencyKey": null }), answer.clone());
        assert_eq!(told(&world.try_to("", "answerQuestion", again.clone()).await), ("WRONG_STATE", "questionId"));
        let wrong = with(json!({ "receiptCode": "AAAA-AAAA-AAAA-AAAA-AAAA" }), again.clone());
        assert_eq!(told(&world.try_to("", "answerQuestion", wrong).await), ("NOT_FOUND", "receiptCode"));
        let empty = with(json!({ "answer": " " }), again);
        assert_eq!(told(&world.try_to("", "answerQuestion", empty).await), ("REQUIRED", "answer"));
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        world.on_case("security head", "acceptAssignment", &case, json!({})).await;
        world.on_case("security head", "acceptComplaint", &case, json!({ "reason": "属实" })).await;
        world.on_case("security head", "resolveComplaint", &case, json!({ "result": "已制止夜间装修" })).await;
        assert_eq!(refusal(&world.try_on_case("archivist", "archiveComplaint", &case, json!({})).await), "WRONG_STATE");
        world.on_case("supervisor", "recordResult", &case, json!({ "result": "已制止夜间装修,并张贴告示" })).await;
        let end = seen(&world, &code).await;
        assert_eq!((&end["state"], &end["result"]), (&json!("FOLLOWED_UP"), &json!("已制止夜间装修,并张贴告示")));
        world.on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert_eq!(seen(&world, &code).await["state"], "ARCHIVED");
    }

    async fn d7_only_whoever_stays_unknown_is_asked_by_the_receipt_code(world) {
        let known = world.dripping_tap().await;
        world.pass(chrono::TimeDelta::minutes(1));
        let refused = world.try_on_case("agent", "askReporter", &known, json!({ "question": "?" })).await;
        assert_eq!((refusal(&refused), tests::ask::needed(&refused)), ("MISSING", vec!["UNKNOWN_CUSTOMER"]));
        let (first, _) = complained(&world).await;
        world.pass(chrono::TimeDelta::minutes(1));
        let input = with(json!({ "idempotencyKey": "a-third-long-random-key" }), noise(&world));
        let second = world.act("", "fileAnonymousComplaint", input).await;
        let found = world.ask("agent", "{ complaints { nodes { id } } }", json!({})).await;
        let case = found["complaints"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        world.on_case("agent", "askReporter", &case, json!({ "question": "几点?" })).await;
        let question = seen(&world, second["receiptCode"].as_str().unwrap()).await["questions"][0]["id"].clone();
        let of_another = json!({ "receiptCode": first, "questionId": question, "answer": "x" });
        assert_eq!(told(&world.try_to("", "answerQuestion", of_another).await), ("NOT_FOUND", "questionId"));
    }

    async fn d7_whoever_files_while_signed_in_leaves_nothing_in_any_table_or_in_the_log(world) {
        let log = std::env::temp_dir().join(format!("huiyin_unknown_{}_{}", std::process::id(), world.town.id("owner").simple()));
        let settings = [("HUIYIN_LOG", "debug".to_owned()), ("HUIYIN_TRUSTED_PROXIES", "127.0.0.0/8".to_owned())];
        let mut server = Server::telling(&world.database.url, &settings, log.clone()).await;
        let token = world.token_at("owner", Clock::System.now()).await;
        let owner = world.viewer("owner").await;
        let of = |before: &str, needle: &str| before.matches(needle).count();
        let session = world.session("owner").await.simple().to_string();
        let needles = [owner.id.simple().to_string(), owner.phone.clone(), session, "127.0.0.1".to_owned(), ADDRESS.to_owned(), "phoneoftheowner".to_owned(), world.town.id("home").simple().to_string()];
        let before = everything(&world.app.db).await;
        assert!(of(&before, &needles[0]) > 0 && of(&before, &needles[1]) > 0, "the search finds what is there");
        let filed = ask(&server, &token, &mutation("fileAnonymousComplaint"), json!({ "input": noise(&world) })).await;
        let code = filed["data"]["fileAnonymousComplaint"]["receiptCode"].as_str().unwrap_or_else(|| panic!("{filed}")).to_owned();
        let found = world.ask("agent", "{ complaints { nodes { id } } }", json!({})).await;
        let case = found["complaints"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        world.on_case("agent", "askReporter", &case, json!({ "question": "几点?" })).await;
        let before_answer = everything(&world.app.db).await;
        let see = "query($code: String!) { anonymousComplaint(receiptCode: $code) { questions { id } } }";
        let read = ask(&server, &token, see, json!({ "code": code })).await;
        let question = read["data"]["anonymousComplaint"]["questions"][0]["id"].clone();
        let input = json!({ "receiptCode": code, "questionId": question, "answer": "夜里十一点", "idempotencyKey": "one-more-long-random-key" });
        let answered = ask(&server, &token, &mutation("answerQuestion"), json!({ "input": input })).await;
        assert_eq!(answered["data"]["answerQuestion"]["errors"], json!([]), "{answered}");
        let input = json!({ "receiptCode": code, "size": 100, "idempotencyKey": "yet-another-long-random-key" });
        let announced = ask(&server, &token, &mutation("createAnonymousUpload"), json!({ "input": input })).await;
        assert!(announced["data"]["createAnonymousUpload"]["uploadPath"].is_string(), "{announced}");
        let mixed = ask(&server, &token, "query($code: String!) { viewer { name } anonymousComplaint(receiptCode: $code) { number } }", json!({ "code": code })).await;
        assert_eq!(mixed["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{mixed}");
        let after = everything(&world.app.db).await;
        for needle in &needles {
            assert_eq!(of(&after, needle), of(&before, needle), "{needle} was written down");
        }
        assert_eq!(lines(&before_answer, "session"), lines(&before, "session"), "the time at which a session was used tells who it was");
        assert_eq!(lines(&after, "guess_budget"), lines(&before, "guess_budget"), "tries are counted in memory only");
        server.end().await;
        let told = std::fs::read_to_string(&log).unwrap();
        std::fs::remove_file(&log).unwrap();
        assert!(told.contains("fileAnonymousComplaint") && told.contains("answerQuestion"), "the log is there: {told}");
        let plain = told.to_lowercase().replace('-', "");
        let lines: Vec<&str> = plain.lines().filter(|line| line.contains("anonymous") || line.contains("answerquestion")).collect();
        for needle in needles.iter().filter(|needle| *needle != "127.0.0.1") {
            assert!(lines.iter().all(|line| !line.contains(needle.as_str())), "the log tells {needle}: {told}");
        }
        assert!(!plain.contains(ADDRESS), "the log tells the address: {told}");
        for secret in [code.replace('-', "").to_lowercase(), "楼上深夜装修".to_owned(), "夜里十一点".to_owned(), owner.phone.clone()] {
            assert!(!plain.contains(&secret), "the log tells {secret}");
        }
        assert!(!after.contains(&code.replace('-', "").to_lowercase()), "the receipt code itself is kept nowhere");
    }
}
