//! What an attacker may try, and what becomes of it: refused before it costs anything, in a small answer.

use std::fmt::Write;

use api::edge::Config;
use api::edge::limits::Limits;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::World;
use tests::database::Engine;
use tests::edge::Edge;

/// The largest answer to an attack, in bytes.
const SMALL: usize = 8 * 1024;

async fn served(config: Config) -> (World, Edge) {
    let world = World::new(Engine::Sqlite).await;
    let edge = Edge::of(&world, config).await;
    (world, edge)
}

fn bomb(levels: usize) -> String {
    let mut bomb = String::from("{ ...F0 }");
    for n in 0..levels {
        write!(bomb, " fragment F{n} on Query {{ ...F{next} ...F{next} }}", next = n + 1).unwrap();
    }
    write!(bomb, " fragment F{levels} on Query {{ __typename }}").unwrap();
    bomb
}

#[tokio::test]
async fn documents_that_would_hurt_are_refused_in_a_small_answer() {
    let (world, edge) = served(Config::default()).await;
    let token = world.token("owner").await;
    let nested =
        |open: &str, close: &str, levels: usize| format!("{{ a{}{} }}", open.repeat(levels), close.repeat(levels));
    let fields = |count: usize| (0..count).fold(String::new(), |text, n| text + &format!(" unknown{n}"));
    let aliases = (0..1000).fold(String::new(), |text, n| text + &format!(" a{n}: __typename"));
    let attacks = [
        ("a fragment bomb", bomb(22), "DOCUMENT_TOO_LARGE"),
        ("fragments in a circle", "{ ...F } fragment F on Query { ...F ...F }".to_owned(), "BAD_REQUEST"),
        ("a bomb that nobody spreads", format!("{} {{ __typename }}", &bomb(30)[9..]), "DOCUMENT_TOO_LARGE"),
        ("deep fields", format!("{}{}", "{ a ".repeat(30), "}".repeat(30)), "DOCUMENT_TOO_LARGE"),
        ("deep brackets", nested("(x:[", "])", 2000), "DOCUMENT_TOO_LARGE"),
        ("a thousand aliases", format!("{{ {aliases} }}"), "DOCUMENT_TOO_LARGE"),
        ("five thousand unknown fields", format!("{{ viewer {{ {} }} }}", fields(5000)), "DOCUMENT_TOO_LARGE"),
        ("a thousand unknown fields", format!("{{ viewer {{ {} }} }}", fields(1000)), "BAD_REQUEST"),
        ("a long line that cannot be parsed", format!("{{ {}", "a ".repeat(2500)), "BAD_REQUEST"),
        ("many root fields", format!("{{ {} }}", "__typename ".repeat(21)), "DOCUMENT_TOO_LARGE"),
        ("a thousand directives", format!("{{ __typename {} }}", "@skip(if: false) ".repeat(1000)), "DOCUMENT_TOO_LARGE"),
        ("an argument of __typename", "{ __typename(a: 1) }".to_owned(), "BAD_REQUEST"),
        ("a directive on __typename", "{ __typename @made(up: 1) }".to_owned(), "BAD_REQUEST"),
        ("a thousand variables", format!("query({}) {{ __typename }}", (0..1000).fold(String::new(), |text, n| text + &format!("$a{n}: Int "))), "BAD_REQUEST"),
        ("too many tokens", "{ a } ".repeat(3000), "DOCUMENT_TOO_LARGE"),
        ("a large document", format!("{{ __typename }} #{}", "x".repeat(40_000)), "DOCUMENT_TOO_LARGE"),
        ("a page of everything", "{ complaints(page: { first: 100 }) { nodes { workOrders { complaint { workOrders { complaint { id } } } } } } }".to_owned(), "TOO_COSTLY"),
    ];
    for (name, document, code) in attacks {
        for token in [token.as_str(), ""] {
            let answer = edge.query(token, &document).await;
            assert_eq!(answer.code(), code, "{name}: {}", answer.text);
            assert!(answer.text.len() < SMALL, "{name}: {} bytes", answer.text.len());
        }
    }
    let batch: Vec<Value> = (0..100).map(|_| json!({ "query": "{ __typename }" })).collect();
    assert_eq!(edge.post(&token, &json!(batch)).await.code(), "BATCH_REFUSED");
}

#[tokio::test]
async fn an_answer_does_not_suggest_names_to_strangers() {
    let (_world, edge) = served(Config::default()).await;
    let answer = edge.query("", "{ complaint { id } viewerr { name } sites(organizationCod: \"x\") { id } }").await;
    assert!(!answer.text.contains("Did you mean"), "{}", answer.text);
}

#[tokio::test]
async fn strangers_read_the_schema_only_where_the_setting_says_so() {
    let (world, edge) = served(Config::default()).await;
    let schema = "{ __schema { queryType { name } } }";
    assert!(edge.query("", schema).await.json()["data"]["__schema"].is_null());
    let known = edge.query(&world.token("owner").await, schema).await;
    assert_eq!(known.json()["data"]["__schema"]["queryType"]["name"], "Query");
    let open = Edge::of(&world, Config { open_introspection: true, ..Config::default() }).await;
    assert_eq!(open.query("", schema).await.json()["data"]["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn whoever_has_spent_their_allowance_is_told_when_to_come_again() {
    let limits = Limits { allowance: 1000, stranger_allowance: 100, ..Limits::default() };
    let (world, edge) = served(Config { limits, ..Config::default() }).await;
    let (owner, wife) = (world.token("owner").await, world.token("wife").await);
    let first = edge.query(&owner, "{ complaints(page: { first: 50 }) { nodes { id number } } }").await;
    assert_eq!(first.json()["extensions"]["cost"]["operation"], 5 + 50 * 7);
    assert_eq!((first.header("ratelimit-limit"), first.header("ratelimit-remaining")), ("1000", "645"));
    let costly = "{ complaints(page: { first: 100 }) { nodes { id number } } }";
    let refused = edge.query(&owner, costly).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "RATE_LIMITED"));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 60);
    assert_eq!(edge.query(&wife, costly).await.status, 200, "somebody else's allowance is whole");
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(edge.query("nonsense", "{ __typename }").await.status);
    }
    assert_eq!(
        answers.iter().filter(|status| **status == 200).count(),
        5,
        "tries of a stranger are counted: {answers:?}"
    );
    assert_eq!(edge.query("", "{ __typename }").await.status, 429);
    assert_eq!(
        edge.query(&wife, "{ viewer { id } }").await.status,
        200,
        "a stranger's tries do not lock out who is known"
    );
    assert_eq!(
        edge.query(&wife, "{ __typename }").await.header("ratelimit-limit"),
        "100",
        "what asks for nothing is spent by the address, as nobody has looked whether the token still holds"
    );
}

fn named(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": HEXLOWER.encode(&Sha256::digest(text)) } })
}

#[tokio::test]
async fn a_document_that_was_sent_once_is_run_by_its_hash() {
    let (_world, edge) = served(Config::default()).await;
    let text = "{ sites(organizationCode: \"town\") { code } }";
    let by_hash = json!({ "extensions": named(text) });
    let unknown = edge.post("", &by_hash).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (200, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound", "what clients look for");
    let wrong = edge.post("", &json!({ "query": text, "extensions": named("other") })).await;
    assert_eq!(wrong.code(), "BAD_REQUEST");
    let both = edge.post("", &json!({ "query": text, "extensions": named(text) })).await;
    let again = edge.post("", &by_hash).await;
    assert_eq!(again.json()["data"], both.json()["data"]);
    let bad = "{ nothing }";
    edge.post("", &json!({ "query": bad, "extensions": named(bad) })).await;
    assert_eq!(
        edge.post("", &json!({ "extensions": named(bad) })).await.code(),
        "PERSISTED_QUERY_NOT_FOUND",
        "only what is valid is kept"
    );
}

#[tokio::test]
async fn where_only_registered_documents_run_nothing_else_does() {
    use entity::registered_document;
    use sea_orm::{ActiveModelTrait, ActiveValue::Set};

    let (world, edge) = served(Config { registered_only: true, ..Config::default() }).await;
    let text = "{ sites(organizationCode: \"town\") { code } }";
    assert_eq!(edge.query("", text).await.code(), "DOCUMENT_NOT_REGISTERED");
    let row = registered_document::ActiveModel {
        hash: Set(HEXLOWER.encode(&Sha256::digest(text))),
        name: Set("sites.graphql".to_owned()),
        text: Set(text.to_owned()),
        registered_at: Set(world.now()),
    };
    row.insert(&world.app.db).await.unwrap();
    assert!(edge.query("", text).await.json()["data"]["sites"].is_array());
    assert!(edge.post("", &json!({ "extensions": named(text) })).await.json()["data"]["sites"].is_array());
    assert_eq!(edge.query("", "{ __typename }").await.code(), "DOCUMENT_NOT_REGISTERED");
}
