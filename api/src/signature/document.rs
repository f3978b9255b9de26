//! The signed document: everything that a signature binds, as one line of JSON with sorted keys.

use chrono::{DateTime, SecondsFormat, Utc};
use entity::signature;
use serde_json::json;

use crate::app::act::sha256_hex;
use crate::app::public_id;

/// The form of a document that is made now; another one gets another number, so that old documents stay what they are.
pub const VERSION: i32 = 3;
/// The form that documents had before their row said which.
const FIRST: i32 = 1;

/// The document of a signature, made of what is on record; none for one that was made before documents were sealed.
#[must_use]
pub fn of(row: &signature::Model) -> Option<String> {
    let case = row.complaint_id?;
    let version = row.document_version.unwrap_or(FIRST);
    // serde_json sorts the keys, so the same facts are always the same text.
    let mut document = json!({
        "version": version,
        "signature": public_id::write("Signature", row.id).0,
        "complaint": public_id::write("Complaint", case).0,
        "content": row.content,
        "drawingSha256": row.png_sha256,
        "signer": row.signer_name,
        "signedAt": written(row.signed_at),
        "collectedBy": public_id::write("Account", row.collected_by).0,
        "previousSeal": row.previous_seal,
    });
    if version > FIRST {
        document["receivedAt"] = json!(row.received_at.map(written));
        document["device"] = json!({
            "name": row.device_name,
            "session": row.session_id.map(|session| public_id::write("Session", session).0),
        });
    }
    Some(document.to_string())
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The number of what was signed: of the quote, the order, or the case of a follow-up.
#[must_use]
pub fn number(row: &signature::Model) -> Option<String> {
    let named = ["quote", "workOrder", "complaint"].into_iter().find_map(|what| row.content.get(what)?.as_str());
    named.map(str::to_owned)
}

/// The seal of a document: its SHA-256 in hex, as `sha256sum` says it. Space around it, as a file ends with, does not count.
#[must_use]
pub fn seal(document: &str) -> String {
    sha256_hex(document.trim().as_bytes())
}
