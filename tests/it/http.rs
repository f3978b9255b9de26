//! GraphQL over HTTP: what is answered, with which status, and what is not read at all.

use std::sync::Arc;
use std::time::Duration;

use api::edge::Config;
use api::edge::limits::Limits;
use reqwest::Method;
use serde_json::json;
use tests::World;
use tests::database::Engine;
use tests::edge::Edge;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const GRAPHQL: &str = "application/graphql-response+json";

async fn served(config: Config) -> (World, Edge) {
    let world = World::new(Engine::Sqlite).await;
    let edge = Edge::of(&world, config).await;
    (world, edge)
}

/// Limits with times that a test can wait for.
fn hasty() -> Config {
    let short = Duration::from_millis(200);
    Config { limits: Limits { heading: short, reading: short, ..Limits::default() }, ..Config::default() }
}

#[tokio::test]
async fn a_get_runs_queries_and_never_acts() {
    let (world, edge) = served(Config::default()).await;
    let token = world.token("owner").await;
    let get = |query: &str| edge.client.get(edge.url()).query(&[("query", query)]);
    let answer = edge.send(get("{ viewer { name } }"), &token).await;
    assert_eq!((answer.status, &answer.json()["data"]["viewer"]["name"]), (200, &json!("owner")));
    let case = world.dripping_tap().await;
    let act = format!(
        "mutation {{ withdrawComplaint(input: {{ complaintId: \"{case}\", expectedVersion: 1, reason: \"x\" }}) {{ errors {{ code }} }} }}"
    );
    let answer = edge.send(get(&act), &token).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, POST"));
    assert_eq!(world.case("owner", &case).await["state"], "RECEIVED");
}

#[tokio::test]
async fn the_public_keys_of_tokens_are_served_to_anybody() {
    let (world, edge) = served(Config::default()).await;
    let keys = edge.send(edge.client.get(edge.at("/.well-known/jwks.json")), "").await;
    assert_eq!((keys.status, keys.json()), (200, json!({ "keys": world.app.tokens.public() })));
}

#[tokio::test]
async fn each_wrong_request_has_its_status() {
    let (_world, edge) = served(Config::default()).await;
    let post = || edge.client.post(edge.url());
    let json = |request: reqwest::RequestBuilder| request.header("content-type", "application/json");
    let status = async |request: reqwest::RequestBuilder| edge.send(request, "").await.status;
    assert_eq!(status(edge.client.request(Method::DELETE, edge.url())).await, 405);
    assert_eq!(status(json(post()).header("accept", "text/html").body(r#"{"query":"{ __typename }"}"#)).await, 406);
    assert_eq!(status(json(post()).body("x".repeat(300_000))).await, 413);
    assert_eq!(status(edge.client.get(format!("{}?query={}", edge.url(), "a".repeat(9000)))).await, 414);
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
    ] {
        let request = post().header("content-type", media_type).body(r#"{"query":"{ __typename }"}"#);
        assert_eq!(status(request).await, 415, "{media_type}: a form of another site could send it");
    }
    assert_eq!(status(post().body(r#"{"query":"{ __typename }"}"#)).await, 415, "no media type");
    assert_eq!(
        status(json(post()).header("content-encoding", "gzip").body(vec![31_u8, 139])).await,
        415,
        "a bomb may be in it"
    );
    assert_eq!(status(json(post()).header("x-long", "a".repeat(40_000)).body("{}")).await, 431);
    let many = (0..200).fold(json(post()), |request, n| request.header(format!("x-{n}"), "a"));
    assert_eq!(status(many.body("{}")).await, 431);
}

#[tokio::test]
async fn the_newer_media_type_tells_by_its_status_what_never_ran() {
    let (_world, edge) = served(Config::default()).await;
    for (query, token, code, status) in [
        ("{", "", "BAD_REQUEST", 400),
        ("{ nobody }", "", "BAD_REQUEST", 400),
        ("query($x: Int!) { sites(organizationCode: $x) { id } }", "", "BAD_REQUEST", 400),
        ("{ __typename }", "nonsense", "UNAUTHENTICATED", 401),
        ("{ viewer { name } }", "", "UNAUTHENTICATED", 200),
    ] {
        let body = json!({ "query": query });
        let newer = edge.send(edge.client.post(edge.url()).header("accept", GRAPHQL).json(&body), token).await;
        assert_eq!((newer.status, newer.code().as_str()), (status, code), "{query}");
        assert!(newer.header("content-type").starts_with(GRAPHQL));
        assert_eq!(newer.json().get("data").is_some(), status == 200, "{query}: what never ran has no data");
        let older = edge.post(token, &body).await;
        assert_eq!((older.status, older.code().as_str()), (200, code), "{query}");
        assert!(older.header("content-type").starts_with("application/json"));
    }
}

#[tokio::test]
async fn a_token_whose_session_has_ended_learns_nothing_and_spends_nothing_of_its_accounts() {
    let (world, edge) = served(Config::default()).await;
    let token = world.token("owner").await;
    let left = |answer: &tests::edge::Answer| answer.header("ratelimit-limit").to_owned();
    let before = edge.query(&token, "{ viewer { name } }").await;
    assert_eq!(before.json()["data"]["viewer"]["name"], "owner", "{}", before.text);
    let ended =
        edge.query(&token, "mutation { signOut(input: { idempotencyKey: \"out\" }) { errors { code } } }").await;
    assert!(!ended.text.contains("code"), "{}", ended.text);
    assert_eq!(edge.query(&token, "{ viewer { name } }").await.code(), "UNAUTHENTICATED");
    // What asks for nothing of anybody's is answered to anybody, at the expense of the address.
    let nothing = edge.query(&token, "{ __typename }").await;
    assert_eq!(nothing.json()["data"]["__typename"], "Query", "{}", nothing.text);
    let stranger = edge.query("", "{ __typename }").await;
    assert_ne!(left(&nothing), left(&before), "not what its account has left");
    assert_eq!(stranger.json()["data"], nothing.json()["data"]);
    let limit = |answer: &tests::edge::Answer| answer.json()["extensions"]["cost"]["limit"].clone();
    assert_eq!(limit(&stranger), limit(&nothing), "the address pays");
}

#[tokio::test]
async fn answers_are_compressed_as_the_client_accepts() {
    let (_world, edge) = served(Config { open_introspection: true, ..Config::default() }).await;
    let body = json!({ "query": "{ __schema { types { name description } } }" });
    let plain = edge.post("", &body).await;
    assert_eq!(plain.header("content-encoding"), "");
    for encoding in ["br", "gzip", "zstd"] {
        let request = edge.client.post(edge.url()).header("accept-encoding", encoding).json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], encoding);
        assert!(answer.bytes().await.unwrap().len() * 2 < plain.text.len(), "{encoding}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_from_the_start_and_http_1_beside_it() {
    let (_world, edge) = served(Config::default()).await;
    let second = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let answer = second.post(edge.url()).json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
    assert_eq!((answer.version(), answer.status().as_u16()), (reqwest::Version::HTTP_2, 200));
    assert_eq!(edge.query("", "{ __typename }").await.status, 200);
}

#[tokio::test]
async fn only_scripts_of_named_pages_may_call() {
    let origins = vec!["https://app.example".parse().unwrap()];
    let (_world, edge) = served(Config { origins, ..Config::default() }).await;
    let asked = async |origin: &str| {
        let request = edge.client.request(Method::OPTIONS, edge.url()).header("origin", origin);
        edge.send(request.header("access-control-request-method", "POST"), "").await
    };
    let named = asked("https://app.example").await;
    assert_eq!(named.header("access-control-allow-origin"), "https://app.example");
    assert!(named.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(named.header("access-control-allow-credentials"), "", "nothing is sent with cookies");
    assert_eq!(asked("https://other.example").await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_request_keeps_the_id_it_came_with_and_gets_one_otherwise() {
    let (_world, edge) = served(Config::default()).await;
    let post = || edge.client.post(edge.url()).json(&json!({ "query": "{ __typename }" }));
    assert_eq!(edge.send(post().header("x-request-id", "mine-1"), "").await.header("x-request-id"), "mine-1");
    let given = edge.send(post().header("x-request-id", "not plain!"), "").await;
    assert_eq!(given.header("x-request-id").len(), 36);
}

/// Reads what the server says until it closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let reading = stream.read_to_end(&mut said);
    // A bound for a server that never cuts, not a measure.
    tokio::time::timeout(Duration::from_mins(1), reading).await.expect("the server cuts").ok();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_client_that_says_nothing_or_too_slowly_is_cut() {
    let (_world, edge) = served(hasty()).await;
    for begun in ["", "PRI * HT", "POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: a"] {
        let mut stream = TcpStream::connect(&edge.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let said = rest(&mut stream).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{begun:?}: {said}");
    }
    let mut stream = TcpStream::connect(&edge.address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 408"), "a body that does not come");
    assert_eq!(edge.query("", "{ __typename }").await.status, 200, "others are served");
}

#[tokio::test]
async fn tls_is_spoken_where_a_certificate_is_given() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = std::env::temp_dir().join(format!("huiyin-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = Some(api::edge::tls::Tls::read(&certificate, &key).unwrap());
    assert!(api::edge::tls::Tls::read(&key, &certificate).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
    let (_world, edge) = served(Config { tls, ..Config::default() }).await;
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let client =
        client.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(&edge.address).await.unwrap();
    let connector = TlsConnector::from(Arc::new(client));
    let mut stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("alive\n"), "{said}");
    let mut plain = TcpStream::connect(&edge.address).await.unwrap();
    plain.write_all(b"POST /graphql HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(!rest(&mut plain).await.contains("HTTP/1.1"), "nothing is said without TLS");
}
