//! Signatures in the schema.

use async_graphql::{Context, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use domain::access::Operation;
use domain::signature::Verdict;
use entity::signature;

use super::{document, verifying};
use crate::access::guard::Listed;
use crate::app::request::Asked;

/// A drawn signature with what was signed.
#[derive(async_graphql::Description)]
pub struct Signature(pub signature::Model);

#[Object(use_type_description)]
impl Signature {
    /// Who signed.
    async fn signer_name(&self) -> &str {
        &self.0.signer_name
    }

    /// When: for one that was drawn without signal, by the device's time where that is believed.
    async fn signed_at(&self) -> DateTime<Utc> {
        self.0.signed_at
    }

    /// When the server heard of it; null for one that was made before this was kept.
    async fn received_at(&self) -> Option<DateTime<Utc>> {
        self.0.received_at
    }

    /// What the device on which it was drawn calls itself, where it has said so at sign-in.
    async fn device_name(&self) -> Option<&str> {
        self.0.device_name.as_deref()
    }

    /// The drawing: a PNG in base64.
    async fn png(&self) -> String {
        BASE64.encode(&self.0.png)
    }

    /// The SHA-256 of the drawing, in hex.
    async fn png_sha256(&self) -> &str {
        &self.0.png_sha256
    }

    /// What was signed, as it stood: JSON with sorted keys.
    async fn content(&self) -> String {
        self.0.content.to_string()
    }

    /// The SHA-256 of `content`, in hex.
    async fn content_sha256(&self) -> &str {
        &self.0.content_sha256
    }

    /// The signed document: what was signed and what was charged for it, by whom, when it was drawn and when it came in, on
    /// whose device and on which, with the seal of the signature before it in the case; one line of JSON. Keep it: with it
    /// anybody can have the signature verified (`verifySignature`), years later. Null for a signature that was made before documents were sealed.
    async fn document(&self) -> Option<String> {
        document::of(&self.0)
    }

    /// The seal of the document: its SHA-256 in hex.
    async fn seal(&self) -> Option<&str> {
        self.0.seal.as_deref()
    }
}

/// What somebody holds of a signature.
#[derive(OneofObject)]
pub enum SignatureProof {
    /// The document, as `Signature.document` gave it.
    Document(String),
    /// Its seal, 64 hex digits, as it stands on a printed form and in its code.
    Seal(String),
}

/// What is to be thought of a signed document.
#[derive(SimpleObject)]
pub struct SignatureVerification {
    /// The verdict.
    pub verdict: Verdict,
    /// The seal that was looked for.
    pub seal: String,
    /// When it was signed; null for a document that is unknown.
    pub signed_at: Option<DateTime<Utc>>,
    /// The number of what was signed: of the work order, the quote or the case; null for a document that is unknown.
    pub number: Option<String>,
    /// The SHA-256 of what was signed, in hex; null for a document that is unknown, and for a seal: whoever holds no more is
    /// told no more than verdict, number and time.
    pub content_sha256: Option<String>,
}

/// Reads of signatures.
#[derive(Default)]
pub struct SignatureQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl SignatureQuery {
    /// Verifies a signed document (E4.2.1A): whether it was signed here, and whether what is on record is still the same. For
    /// whoever holds it, also without signing in. Nothing is told that the holder of the document does not have.
    async fn verify_signature(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document, or its seal.")] proof: SignatureProof,
    ) -> Result<SignatureVerification> {
        let (seal, whole) = match proof {
            SignatureProof::Document(text) => (document::seal(&text), true),
            SignatureProof::Seal(seal) => (seal.trim().to_ascii_lowercase(), false),
        };
        let verifying::Found { verdict, row } = verifying::verify(&ctx.app()?.db, &seal).await?;
        Ok(SignatureVerification {
            verdict,
            seal,
            signed_at: row.as_ref().map(|row| row.signed_at),
            number: row.as_ref().and_then(document::number),
            content_sha256: row.filter(|_| whole).map(|row| row.content_sha256),
        })
    }
}
