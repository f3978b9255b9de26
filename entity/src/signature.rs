//! A drawn signature with what was signed.

use sea_orm::entity::prelude::*;

/// A drawn signature with what was signed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The case; none, like the next three, for one that was made before documents were sealed.
    pub complaint_id: Option<Uuid>,
    /// Which signature of the case it is, from 1.
    pub ordinal: Option<i32>,
    /// The seal of the one before it in the case; none for the first.
    pub previous_seal: Option<String>,
    /// The SHA-256 of the signed document, in hex.
    pub seal: Option<String>,
    /// Who signed.
    pub signer_name: String,
    /// The drawing: a PNG of at most 64 KiB.
    pub png: Vec<u8>,
    /// Its SHA-256 in hex.
    pub png_sha256: String,
    /// What was signed, as it stood.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// The SHA-256 of `content` in its canonical form, in hex.
    pub content_sha256: String,
    /// On whose device it was drawn.
    pub collected_by: Uuid,
    /// When: for one that was drawn without signal, by the device's time where that is believed.
    pub signed_at: DateTimeUtc,
    /// When we heard of it; none, like the next three, for one whose document has the first form.
    pub received_at: Option<DateTimeUtc>,
    /// The form of its document.
    pub document_version: Option<i32>,
    /// The session in which it was sent.
    pub session_id: Option<Uuid>,
    /// What the device of that session calls itself.
    pub device_name: Option<String>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
