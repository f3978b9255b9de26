//! The protocol and nothing else: HTTP, WebSocket, server-sent events, limits, explorer, health. Knows no domain word.
//!
//! | path | what it does |
//! |---|---|
//! | `POST /graphql` | one operation, as JSON (`http.rs`), or as a stream of events (`sse.rs`) |
//! | `GET /graphql` | a query, a stream of events, or the upgrade to `graphql-transport-ws` (`socket.rs`) |
//! | `GET /graphiql` | an explorer in the browser (`explorer.rs`) |
//! | `HEAD`, `PATCH /uploads/{id}`, `GET /files/{id}/…` | files, by tus and by short-lived links (`files.rs`) |
//! | `GET /papers/…`, `GET /verify`, `GET /feeds/…` | what is made when it is read: papers, a verdict, feeds (`papers.rs`) |
//! | `GET /metrics` | figures, at an address of their own (`metrics.rs`) |
//! | `GET /.well-known/jwks.json` | the public keys of access tokens (`key_set.rs`) |
//! | `GET /healthz`, `GET /readyz` | alive; able to serve (`health.rs`) |
//!
//! What a client may send and spend is in `limits.rs`; how an operation is found, priced and run in `operation.rs`.

mod allowance;
mod answer;
pub mod cost;
pub mod document;
mod explorer;
mod files;
mod health;
mod http;
mod incoming;
mod key_set;
pub mod limits;
mod listening;
mod mailbox;
pub mod metrics;
mod operation;
mod papers;
pub mod proxies;
mod pulse;
mod roots;
mod seats;
mod server;
mod shared;
mod sharing;
mod socket;
mod sse;
pub mod tls;
mod trace;
mod who;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, RANGE};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};
use data_encoding::HEXLOWER;
use entity::registered_document;
use sea_orm::EntityTrait;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;

use crate::app::App;
use crate::app::error::Result;
use crate::schema::{self, HuiyinSchema};
use allowance::Allowances;
use answer::Format;
use cost::Prices;
use document::store::{Hash, Store};
use limits::Limits;
use proxies::Proxies;
use pulse::Pulse;
use seats::Seats;
use shared::Groups;

pub use server::serve;

/// How the edge is set up. The default is that of the demo and of tests.
#[derive(Clone, Default)]
pub struct Config {
    /// What is allowed.
    pub limits: Limits,
    /// The pages whose scripts may call us (CORS).
    pub origins: Vec<HeaderValue>,
    /// Who may say where a request comes from.
    pub proxies: Proxies,
    /// Whether strangers may read the schema.
    pub open_introspection: bool,
    /// Whether only registered documents run.
    pub registered_only: bool,
    /// The certificate, where this server speaks TLS itself.
    pub tls: Option<tls::Tls>,
    /// Where people reach this server, as `https://huiyin.example.com`; where it listens, if nothing is said.
    pub address: Option<String>,
}

/// What every handler is given. Cheap to clone.
#[derive(Clone)]
struct Edge(Arc<Shared>);

struct Shared {
    app: App,
    schema: HuiyinSchema,
    prices: Prices,
    documents: Store,
    allowances: Allowances,
    seats: Arc<Seats>,
    pulse: Pulse,
    groups: Arc<Groups>,
    limits: Limits,
    proxies: Proxies,
    open_introspection: bool,
    registered_only: bool,
    /// Where people reach this server.
    address: String,
    /// Turns true when the server stops.
    stopping: Stopping,
}

/// Turns true when the server stops. Whoever must finish before the process ends holds a copy.
type Stopping = watch::Receiver<bool>;

impl std::ops::Deref for Edge {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Edge {
    fn new(app: App, config: &Config, address: String, stopping: Stopping) -> std::result::Result<Self, String> {
        let limits = config.limits.clone();
        let schema = schema::build(&app);
        Ok(Self(Arc::new(Shared {
            allowances: Allowances::new(&limits, app.wire.is_laid()),
            app,
            prices: Prices::of(&schema.sdl(), schema::EXTRA_COSTS)?,
            schema,
            documents: Store::default(),
            seats: Seats::new(&limits.socket),
            pulse: Pulse::new(),
            groups: Arc::default(),
            limits,
            proxies: config.proxies.clone(),
            open_introspection: config.open_introspection,
            registered_only: config.registered_only,
            address,
            stopping,
        })))
    }

    /// The text of a registered document.
    async fn registered(&self, hash: &Hash) -> Result<Option<String>> {
        let row = registered_document::Entity::find_by_id(HEXLOWER.encode(hash)).one(&self.app.db).await?;
        Ok(row.map(|row| row.text))
    }
}

/// The routes.
fn router(edge: Edge, origins: &[HeaderValue]) -> Router {
    let limit = DefaultBodyLimit::max(edge.limits.body);
    let app = edge.app.clone();
    let headings = middleware::from_fn_with_state(edge.limits.headers, http::short_headers);
    Router::new()
        .route("/graphql", post(http::post).get(http::get).fallback(wrong_method))
        .merge(explorer::routes())
        .route("/.well-known/jwks.json", get(key_set::published))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(edge.clone())
        .layer(limit)
        .layer(headings.clone())
        .layer(CompressionLayer::new())
        // Files are compressed already, or are read in parts; what comes is bounded by what was announced.
        .merge(files::routes().merge(papers::routes()).with_state(edge).layer(headings))
        .layer(cors(origins))
        .layer(CatchPanicLayer::custom(answer::panicked(app)))
        .layer(middleware::from_fn(trace::request))
}

async fn wrong_method() -> Response {
    Format::Json.problem(http::WRONG_METHOD)
}

/// Scripts of the named pages may call us and read what we say about limits. Nothing is sent with cookies.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    const DAY: Duration = Duration::from_hours(24);
    let told = [
        "x-request-id",
        "retry-after",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "upload-offset",
        "upload-length",
        "upload-expires",
        "tus-resumable",
    ];
    CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods([Method::GET, Method::POST, Method::HEAD, Method::PATCH])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            ACCEPT_LANGUAGE,
            RANGE,
            trace::REQUEST_ID,
            files::OFFSET,
            files::RESUMABLE,
        ])
        .expose_headers(told.map(HeaderName::from_static))
        .max_age(DAY)
}
