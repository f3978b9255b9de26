//! Figures about the running program, in the text that Prometheus reads.
//!
//! Labels come from closed sets only (names of the schema's root fields, codes, names of loaders), so that nobody can
//! make the figures grow by what they send.

use std::fmt;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use sea_orm::{DatabaseConnection, DbBackend};

use super::process;

/// Upper ends of the classes of durations, in seconds.
const SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// By what operations are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Operation {
    /// `http`, `socket` …
    pub protocol: &'static str,
    /// `query`, `mutation`, `subscription`; `none` for a document that has no such operation.
    pub kind: &'static str,
    /// The root field; `several` or `none` where it is not one.
    pub field: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Loader {
    loader: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// The figures of one process.
pub struct Metrics {
    registry: Registry,
    operations: Family<Operation, Histogram, fn() -> Histogram>,
    errors: Family<Code, Counter>,
    refusals: Family<Code, Counter>,
    /// Panics that were caught.
    pub panics: Counter,
    /// Sockets that are open.
    pub sockets: Gauge,
    /// Whether other replicas can be heard.
    pub wire: Gauge,
    subscriptions: Family<Operation, Gauge>,
    delivered: Family<Operation, Counter>,
    batches: Family<Loader, Counter>,
    keys: Family<Loader, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut new = Self {
            registry: Registry::with_prefix("huiyin"),
            operations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            errors: Family::default(),
            refusals: Family::default(),
            panics: Counter::default(),
            sockets: Gauge::default(),
            wire: Gauge::default(),
            subscriptions: Family::default(),
            delivered: Family::default(),
            batches: Family::default(),
            keys: Family::default(),
        };
        let all = &mut new.registry;
        all.register_with_unit("operation", "How long operations took", Unit::Seconds, new.operations.clone());
        all.register("errors", "Errors of answers and limits that were hit, by code", new.errors.clone());
        all.register("refusals", "Acts that were refused, by code", new.refusals.clone());
        all.register("panics", "Panics that were caught", new.panics.clone());
        all.register("sockets", "Sockets that are open", new.sockets.clone());
        all.register("wire_connected", "Whether other replicas can be heard", new.wire.clone());
        all.register("subscriptions", "Subscriptions that are open", new.subscriptions.clone());
        all.register("items_delivered", "Items that subscriptions delivered", new.delivered.clone());
        all.register("loader_batches", "Batches that loaders read", new.batches.clone());
        all.register("loader_keys", "Keys in the batches that loaders read", new.keys.clone());
        new
    }
}

impl Metrics {
    /// An operation has ended.
    pub fn ended(&self, operation: &Operation, seconds: f64) {
        self.operations.get_or_create(operation).observe(seconds);
    }

    /// An answer holds an error. Codes are ours: no client can make one up.
    pub fn failed(&self, code: &str) {
        self.errors.get_or_create(&Code { code: code.to_owned() }).inc();
    }

    /// An act was refused.
    pub fn refused(&self, code: &str) {
        self.refusals.get_or_create(&Code { code: code.to_owned() }).inc();
    }

    /// A subscription has begun.
    pub fn follows(&self, operation: &Operation) {
        self.subscriptions.get_or_create(operation).inc();
    }

    /// A subscription has ended.
    pub fn follows_no_more(&self, operation: &Operation) {
        self.subscriptions.get_or_create(operation).dec();
    }

    /// A subscription has delivered an item.
    pub fn delivered(&self, operation: &Operation) {
        self.delivered.get_or_create(operation).inc();
    }

    /// As much was delivered at once, to many.
    pub fn delivered_by(&self, operation: &Operation, items: u64) {
        self.delivered.get_or_create(operation).inc_by(items);
    }

    /// A loader reads a batch. `loader` is the name of the type of its keys.
    pub fn batch(&self, loader: &'static str, keys: usize) {
        let loader = Loader { loader: loader.rsplit("::").next().unwrap_or(loader) };
        self.batches.get_or_create(&loader).inc();
        self.keys.get_or_create(&loader).inc_by(keys as u64);
    }

    /// All figures, with those of the database's pool and the process as they stand now.
    ///
    /// # Errors
    /// When they cannot be written, which does not happen with text in memory.
    pub fn text(&self, db: &DatabaseConnection) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        encode_registry(&mut text, &of_the_moment(db))?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

fn of_the_moment(db: &DatabaseConnection) -> Registry {
    let mut registry = Registry::default();
    let connections = Family::<State, Gauge>::default();
    let (max, size, idle) = pool(db);
    for (state, count) in [("max", max), ("idle", idle), ("used", size.saturating_sub(idle))] {
        connections.get_or_create(&State { state }).set(count.into());
    }
    registry.register("huiyin_database_connections", "Connections of the pool", connections);
    if let Some(used) = process::used() {
        let memory = ConstGauge::<i64>::new(i64::try_from(used.resident_bytes).unwrap_or(i64::MAX));
        registry.register_with_unit("process_resident_memory", "Memory that is resident", Unit::Bytes, memory);
        let cpu = ConstCounter::<f64>::new(used.cpu_seconds);
        registry.register_with_unit("process_cpu", "Time that processors have spent on it", Unit::Seconds, cpu);
    }
    registry
}

/// How many connections there may be, there are, and are idle.
fn pool(db: &DatabaseConnection) -> (u32, u32, u32) {
    let idle = |idle: usize| u32::try_from(idle).unwrap_or(u32::MAX);
    if db.get_database_backend() == DbBackend::Sqlite {
        let pool = db.get_sqlite_connection_pool();
        (pool.options().get_max_connections(), pool.size(), idle(pool.num_idle()))
    } else {
        let pool = db.get_postgres_connection_pool();
        (pool.options().get_max_connections(), pool.size(), idle(pool.num_idle()))
    }
}
