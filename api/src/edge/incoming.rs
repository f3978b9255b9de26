//! One operation as a client sends it, whichever protocol it came by.

use async_graphql::Variables;
use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::{Map, Value};

use super::answer::Problem;
use super::document::store::Hash;
use axum::http::StatusCode;

const MALFORMED: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "BAD_REQUEST",
    "Send a JSON object with query (text) and, where needed, operationName (text), variables (object) and extensions \
     (object).",
);
const BATCH: Problem =
    Problem::new(StatusCode::BAD_REQUEST, "BATCH_REFUSED", "Send one operation in a request; batches are not run.");
const NOT_A_HASH: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "BAD_REQUEST",
    "extensions.persistedQuery has version 1 and sha256Hash, 64 hexadecimal digits.",
);

/// One operation as a client sends it.
#[derive(Debug, Default)]
pub struct Incoming {
    /// The document; none where only its hash is sent.
    pub query: Option<String>,
    /// Which of the document's operations.
    pub operation_name: Option<String>,
    /// The variables.
    pub variables: Variables,
    /// The SHA-256 of the document, where the client sends it.
    pub hash: Option<Hash>,
}

impl Incoming {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// When it is no operation. What the parser says may repeat parts of it, so it is not passed on.
    pub fn of_json(body: &[u8]) -> Result<Self, Problem> {
        Self::of(serde_json::from_slice(body).map_err(|_| MALFORMED)?)
    }

    /// Reads an operation.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(value: Value) -> Result<Self, Problem> {
        match value {
            Value::Object(fields) => Self::of_fields(fields),
            Value::Array(_) => Err(BATCH),
            _ => Err(MALFORMED),
        }
    }

    /// Reads the query string of a GET.
    ///
    /// # Errors
    /// When it is no operation.
    pub fn of_query_string(query_string: &str) -> Result<Self, Problem> {
        let mut fields = Map::new();
        for (name, text) in form_urlencoded::parse(query_string.as_bytes()) {
            let value = match &*name {
                "query" | "operationName" => Value::String(text.into_owned()),
                "variables" | "extensions" if !text.is_empty() => serde_json::from_str(&text).map_err(|_| MALFORMED)?,
                _ => continue,
            };
            fields.insert(name.into_owned(), value);
        }
        Self::of_fields(fields)
    }

    fn of_fields(mut fields: Map<String, Value>) -> Result<Self, Problem> {
        let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_null());
        let hash = take("extensions").map(object).transpose()?.and_then(|mut given| given.remove("persistedQuery"));
        let hash = hash.map(|persisted| read_hash(&persisted)).transpose()?;
        let query = take("query").map(text).transpose()?;
        if query.is_none() && hash.is_none() {
            return Err(MALFORMED);
        }
        Ok(Self {
            query,
            operation_name: take("operationName").map(text).transpose()?.filter(|name| !name.is_empty()),
            variables: Variables::from_json(Value::Object(
                take("variables").map(object).transpose()?.unwrap_or_default(),
            )),
            hash,
        })
    }
}

fn text(value: Value) -> Result<String, Problem> {
    if let Value::String(text) = value { Ok(text) } else { Err(MALFORMED) }
}

fn object(value: Value) -> Result<Map<String, Value>, Problem> {
    if let Value::Object(fields) = value { Ok(fields) } else { Err(MALFORMED) }
}

fn read_hash(persisted: &Value) -> Result<Hash, Problem> {
    let digits = persisted.get("sha256Hash").and_then(Value::as_str).ok_or(NOT_A_HASH)?;
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).map_err(|_| NOT_A_HASH)?;
    match persisted.get("version").and_then(Value::as_u64) {
        Some(1) => bytes.try_into().map_err(|_| NOT_A_HASH),
        _ => Err(NOT_A_HASH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_operation_in_an_object_is_read() {
        let full = br#"{"query":"{ viewer { name } }","variables":null,"operationName":null,"extensions":{"x":1}}"#;
        assert!(Incoming::of_json(full).is_ok());
        let code = |body: &[u8]| Incoming::of_json(body).err().map(|problem| problem.code);
        assert_eq!(code(br#"[{"query":"{ viewer { name } }"}]"#), Some("BATCH_REFUSED"));
        for body in ["", "{", "null", "{}", r#"{"query":1}"#, r#"{"query":"{a}","variables":[1]}"#, r#"{"query":null}"#]
        {
            assert_eq!(code(body.as_bytes()), Some("BAD_REQUEST"), "{body}");
        }
    }

    #[test]
    fn a_document_can_be_named_by_its_hash() {
        let named = |persisted: &str| {
            Incoming::of_json(format!(r#"{{"extensions":{{"persistedQuery":{persisted}}}}}"#).as_bytes())
        };
        let hash = "Ab".repeat(32);
        assert_eq!(named(&format!(r#"{{"version":1,"sha256Hash":"{hash}"}}"#)).unwrap().hash, Some([0xab; 32]));
        assert!(named(&format!(r#"{{"version":2,"sha256Hash":"{hash}"}}"#)).is_err());
        assert!(named(r#"{"version":1,"sha256Hash":"abab"}"#).is_err());
    }

    #[test]
    fn a_query_string_is_read_like_a_body() {
        let read = Incoming::of_query_string("query=%7B+a+%7D&variables=%7B%22x%22%3A1%7D&other=1").unwrap();
        assert_eq!(read.query.as_deref(), Some("{ a }"));
        assert_eq!(read.variables.get("x").map(ToString::to_string).as_deref(), Some("1"));
        assert!(Incoming::of_query_string("query=%7Ba%7D&variables=%5B%5D").is_err());
        assert!(Incoming::of_query_string("").is_err());
    }
}
