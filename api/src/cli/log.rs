//! Where the log and the spans go.

use std::io::IsTerminal;
use std::panic;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::Failure;
use crate::settings::telemetry::{Format, Telemetry};

/// Sends what is left to the collector when it is dropped.
pub struct Telling(Option<SdkTracerProvider>);

/// Sends the log to standard error and spans to the collector, where one is named.
pub fn start(filter: &str, telemetry: &Telemetry) -> Result<Telling, Failure> {
    let provider = telemetry.collector.as_deref().map(provider).transpose()?;
    let spans = provider.as_ref().map(|provider| {
        let wanted = Targets::new().with_target("api", LevelFilter::INFO).with_target("sea_orm", LevelFilter::INFO);
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("huiyin"));
        layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_filter(wanted)
    });
    tracing_subscriber::registry().with(lines(filter, telemetry.format)).with(spans).init();
    // What a panic says may hold anything that was sent, so only its place is told.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    Ok(Telling(provider))
}

/// The lines of the log; in colour where somebody looks at them.
fn lines<S: Subscriber + for<'a> LookupSpan<'a>>(filter: &str, format: Format) -> impl Layer<S> {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // Spans of statements are for the collector.
    let filter = match "sea_orm::database=warn".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        Format::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        Format::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
    }
    .with_filter(filter)
}

fn provider(endpoint: &str) -> Result<SdkTracerProvider, Failure> {
    let exporter =
        SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).with_endpoint(endpoint).build()?;
    let resource = Resource::builder().with_service_name("huiyin").build();
    Ok(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build())
}

impl Drop for Telling {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.take().map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last spans did not reach the collector");
        }
    }
}
