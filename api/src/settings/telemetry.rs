//! Settings of what a server tells about itself.

use std::net::SocketAddr;

use super::{Reader, Setting};

const FORMAT: Setting = Setting { variable: "HUIYIN_LOG_FORMAT", key: "log_format", default: Some("text") };
const METRICS: Setting = Setting { variable: "HUIYIN_METRICS_LISTEN", key: "metrics_listen", default: Some("off") };
const COLLECTOR: Setting = Setting { variable: "HUIYIN_OTLP_ENDPOINT", key: "otlp_endpoint", default: Some("off") };
/// All of them.
pub(super) const ALL: [Setting; 3] = [FORMAT, METRICS, COLLECTOR];

/// How the lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// What a server tells about itself, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Telemetry {
    /// How the lines of the log are written.
    pub format: Format,
    /// The address of `/metrics`, where it is on.
    pub metrics: Option<SocketAddr>,
    /// The address of a collector that takes traces by HTTP, where one is named.
    pub collector: Option<String>,
}

impl Telemetry {
    /// Reads these settings alone, for the demo.
    ///
    /// # Errors
    /// Everything that is wrong, in one list.
    pub fn from_env(env: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<super::Problem>> {
        let mut reader = Reader::new(env, None);
        let read = reader.telemetry();
        reader.settle(read)
    }
}

impl<E: Fn(&str) -> Option<String>> Reader<E> {
    /// Reads the settings of what a server tells about itself.
    pub(super) fn telemetry(&mut self) -> Option<Telemetry> {
        let format = self.read(&FORMAT, |text| match text {
            "text" => Ok(Format::Text),
            "json" => Ok(Format::Json),
            _ => Err("must be text or json".to_owned()),
        });
        let metrics = self.read(&METRICS, |text| match text {
            "off" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| "must be off or an address with a port, as 127.0.0.1:9464".to_owned()),
        });
        let collector = self.read(&COLLECTOR, |text| match text {
            "off" => Ok(None),
            text if text.starts_with("http://") => Ok(Some(text.to_owned())),
            _ => Err("must be off or begin with http://, as http://127.0.0.1:4318/v1/traces".to_owned()),
        });
        Some(Telemetry { format: format?, metrics: metrics?, collector: collector? })
    }
}
