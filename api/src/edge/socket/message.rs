//! The messages of the protocol.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Heard {
    /// The beginning, with what it says about who asks.
    ConnectionInit {
        /// `authorization` or `token`, and `acceptLanguage`.
        #[serde(default, deserialize_with = "object")]
        payload: Map<String, Value>,
    },
    /// Are you there?
    Ping {
        /// Given back in the answer.
        #[serde(default, deserialize_with = "object")]
        payload: Map<String, Value>,
    },
    /// I am.
    Pong {
        /// Whatever the client likes.
        #[serde(default, deserialize_with = "object", rename = "payload")]
        _payload: Map<String, Value>,
    },
    /// An operation.
    Subscribe {
        /// The client's name for it.
        id: String,
        /// The operation.
        payload: Map<String, Value>,
    },
    /// The client wants no more of an operation.
    Complete {
        /// The client's name for it.
        id: String,
    },
}

/// What we say of the connection; what is said of an operation is written around its bytes.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Said {
    /// The connection has begun.
    ConnectionAck,
    /// The answer to a ping.
    Pong {
        /// What the ping brought.
        #[serde(skip_serializing_if = "Map::is_empty")]
        payload: Map<String, Value>,
    },
}

/// An object, or nothing for null.
fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Option<Heard> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn only_messages_of_the_protocol_are_understood() {
        assert!(matches!(heard(r#"{"type":"connection_init"}"#), Some(Heard::ConnectionInit { .. })));
        assert!(matches!(heard(r#"{"type":"connection_init","payload":null}"#), Some(Heard::ConnectionInit { .. })));
        assert!(matches!(heard(r#"{"type":"pong","payload":{"x":1}}"#), Some(Heard::Pong { .. })));
        for text in [
            "",
            "null",
            "[]",
            r#""ping""#,
            r"{}",
            r#"{"type":"start","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"1","payload":"x"}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(heard(text).is_none(), "{text}");
        }
    }
}
