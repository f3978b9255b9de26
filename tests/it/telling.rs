//! What a server tells about itself: the log, the figures, the spans; and what it never tells.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tests::World;
use tests::ask::mutation;
use tests::server::Server;

const PASSWORD: &str = "一个好密码 1";
const WORDS: &str = "厨房水龙头滴水";

async fn ask(server: &Server, token: &str, document: &str, variables: Value) -> Value {
    let url = format!("http://127.0.0.1:{}/graphql", server.port);
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = reqwest::Client::new().post(url).header("traceparent", parent);
    let request =
        request.header("x-request-id", "a-request").json(&json!({ "query": document, "variables": variables }));
    let request = if token.is_empty() { request } else { request.bearer_auth(token) };
    request.send().await.unwrap().json().await.unwrap()
}

/// Signs in, files a case, is refused one, and runs into a fault of ours. Gives what must never be told.
async fn script(world: &World, server: &Server) -> Vec<String> {
    let phone = world.give_password("owner", PASSWORD).await;
    let input = json!({ "input": { "phone": phone, "password": PASSWORD } });
    let signed = ask(server, "", &mutation("signIn"), input).await;
    let token = signed["data"]["signIn"]["accessToken"].as_str().unwrap().to_owned();
    let filed = ask(server, &token, &mutation("fileComplaint"), json!({ "input": world.tap_input() })).await;
    assert_eq!(filed["data"]["fileComplaint"]["errors"], json!([]), "{filed}");
    let mut bad = world.tap_input();
    bad["report"]["description"] = json!("");
    let refused = ask(server, &token, &mutation("fileComplaint"), json!({ "input": bad })).await;
    assert!(refused["data"]["fileComplaint"]["errors"][0]["code"].is_string(), "{refused}");
    for name in ["Invented", "AlsoInvented"] {
        ask(server, &token, &format!("query {name} {{ {name}: viewer {{ name }} }}"), json!({})).await;
        ask(server, &token, &format!("query {name} {{ {name} }}"), json!({})).await;
    }
    world.app.db.execute_unprepared("ALTER TABLE notice RENAME TO elsewhere").await.unwrap();
    let broken = ask(server, &token, "{ notices { __typename } }", json!({})).await;
    assert_eq!(broken["errors"][0]["extensions"]["code"], "INTERNAL", "{broken}");
    world.app.db.execute_unprepared("ALTER TABLE elsewhere RENAME TO notice").await.unwrap();
    vec![phone, token, PASSWORD.to_owned(), WORDS.to_owned(), "Invented".to_owned()]
}

fn log_file() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("huiyin_log_{}", std::process::id()))
}

async fn free_address() -> String {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}

on_both! {
    async fn the_log_tells_each_operation_once_and_no_secret(world) {
        let settings = [("HUIYIN_LOG", "info".to_owned()), ("HUIYIN_LOG_FORMAT", "json".to_owned())];
        let mut server = Server::telling(&world.database.url, &settings, log_file()).await;
        let secrets = script(&world, &server).await;
        server.end().await;
        let text = std::fs::read_to_string(log_file()).unwrap();
        for secret in secrets {
            assert!(!text.contains(&secret), "the log tells {secret}: {text}");
        }
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let told: Vec<&Value> = lines.iter().filter(|line| line["message"] == "operation").collect();
        let of = |field: &str| -> Vec<&Value> {
            told.iter().copied().filter(|line| line["span"]["fields"] == field).collect()
        };
        assert_eq!(of("fileComplaint").len(), 2, "{text}");
        let [filed, refused] = of("fileComplaint")[..] else { panic!("two lines") };
        assert_eq!(filed["span"]["request"], "a-request");
        assert_eq!(filed["span"]["kind"], "mutation");
        assert_eq!(filed["account"], world.town.id("owner").to_string());
        assert!(filed["ms"].as_f64().unwrap() > 0.0 && filed["cost"].as_u64().unwrap() > 0);
        assert_eq!((&filed["errors"], refused["errors"].as_str().unwrap().is_empty()), (&json!(""), false));
        assert_eq!(of("notices")[0]["errors"], "INTERNAL");
        assert!(lines.iter().any(|line| line["message"] == "internal error" && line["error_id"].is_string()));
    }

    async fn the_figures_move_and_no_client_adds_a_label(world) {
        let address = free_address().await;
        let settings = [("HUIYIN_METRICS_LISTEN", address.clone())];
        let server = Server::telling(&world.database.url, &settings, log_file()).await;
        let figures = async || reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
        let secrets = script(&world, &server).await;
        let text = figures().await;
        for wanted in [
            r#"huiyin_operation_seconds_count{protocol="http",kind="mutation",field="fileComplaint"} 2"#,
            r#"huiyin_operation_seconds_count{protocol="http",kind="query",field="viewer"} 2"#,
            r#"huiyin_operation_seconds_count{protocol="http",kind="query",field="unknown"} 2"#,
            r#"huiyin_errors_total{code="INTERNAL"} 1"#,
            "huiyin_refusals_total{code=",
            "huiyin_panics_total 0",
            "huiyin_loader_batches_total{loader=",
            r#"huiyin_database_connections{state="max"} 8"#,
            "process_resident_memory_bytes",
        ] {
            assert!(text.contains(wanted), "{wanted} is not in {text}");
        }
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
        let open = reqwest::get(format!("http://127.0.0.1:{}/metrics", server.port)).await.unwrap();
        assert_eq!(open.status(), 404, "the address of the API does not tell figures");
    }

    async fn a_collector_gets_the_statement_under_its_operation(world) {
        let got: Arc<Mutex<Vec<u8>>> = Arc::default();
        let keep = async |State(got): State<Arc<Mutex<Vec<u8>>>>, body: Bytes| got.lock().unwrap().extend_from_slice(&body);
        let routes = axum::Router::new().route("/v1/traces", post(keep)).with_state(got.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, routes).await });
        let mut server =
            Server::telling(&world.database.url, &[("HUIYIN_OTLP_ENDPOINT", endpoint)], log_file()).await;
        let secrets = script(&world, &server).await;
        server.end().await;
        let bytes = got.lock().unwrap().clone();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains("fileComplaint") && text.contains("INSERT INTO"), "operations and statements arrive");
        for secret in secrets {
            assert!(!text.contains(&secret), "a span tells {secret}");
        }
        let spans = spans(&bytes);
        let trace = data_encoding::HEXLOWER.decode(b"0af7651916cd43dd8448eb211c80319c").unwrap();
        let statement = spans.iter().find(|span| span.name.starts_with("sea_orm") && span.trace == trace).expect("a statement");
        let mut above = Vec::new();
        let mut parent = statement.parent.clone();
        while let Some(span) = spans.iter().find(|span| span.id == parent) {
            above.push(span.name.as_str());
            parent.clone_from(&span.parent);
        }
        assert!(above.ends_with(&["operation", "request"]), "{above:?}");
        assert_eq!(parent, data_encoding::HEXLOWER.decode(b"b7ad6b7169203331").unwrap(), "the caller's span is the root");
    }
}

struct Span {
    trace: Vec<u8>,
    id: Vec<u8>,
    parent: Vec<u8>,
    name: String,
}

/// The spans in requests of the collector protocol that follow each other: resource spans, scope spans, spans.
fn spans(bytes: &[u8]) -> Vec<Span> {
    let of = |bytes: &[u8], number: u64| -> Vec<Vec<u8>> {
        fields(bytes).into_iter().filter(|(one, _)| *one == number).map(|(_, value)| value).collect()
    };
    let one = |bytes: &[u8], number: u64| of(bytes, number).pop().unwrap_or_default();
    let resources = of(bytes, 1);
    let scopes = resources.iter().flat_map(|resource| of(resource, 2));
    scopes
        .flat_map(|scope| of(&scope, 2))
        .map(|span| Span {
            trace: one(&span, 1),
            id: one(&span, 2),
            parent: one(&span, 4),
            name: String::from_utf8(one(&span, 5)).unwrap(),
        })
        .collect()
}

/// The fields of a protobuf message that have a length.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let length = match key & 7 {
            0 => {
                varint(&mut bytes);
                continue;
            }
            1 => 8,
            5 => 4,
            _ => usize::try_from(varint(&mut bytes)).unwrap(),
        };
        let (value, rest) = bytes.split_at(length);
        found.push((key >> 3, value.to_vec()));
        bytes = rest;
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}
