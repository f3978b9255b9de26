//! Whether a document is one that was signed, and whether what is on record is still what was signed.

use domain::signature::{Fault, Verdict, judge};
use entity::signature;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::document;
use crate::app::act::sha256_hex;
use crate::app::error::Result;

/// How many signatures are read at once.
const PART: u64 = 500;

/// What is found under a seal.
pub struct Found {
    /// What is to be thought of it.
    pub verdict: Verdict,
    /// The signature on record, if there is one.
    pub row: Option<signature::Model>,
}

/// Looks for the signature with a seal, and checks its record.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(db: &impl ConnectionTrait, seal: &str) -> Result<Found> {
    let seal = seal.trim().to_ascii_lowercase();
    let row = signature::Entity::find().filter(signature::Column::Seal.eq(seal)).one(db).await?;
    let fault = match &row {
        Some(row) => fault(row, before(db, row).await?.as_ref()),
        None => None,
    };
    Ok(Found { verdict: judge(row.is_some(), fault), row })
}

/// A signature whose record is not what was signed.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    /// The signature.
    pub id: Uuid,
    /// What is wrong.
    pub fault: Fault,
}

/// How many signatures are on record with a seal, and those whose record is not what was signed.
///
/// # Errors
/// When the database does not answer.
pub async fn check_all(db: &impl ConnectionTrait) -> Result<(usize, Vec<Broken>)> {
    let (mut count, mut broken) = (0, Vec::new());
    let mut after = Uuid::nil();
    loop {
        let part = signature::Entity::find()
            .filter(signature::Column::Id.gt(after))
            .filter(signature::Column::Seal.is_not_null())
            .order_by_asc(signature::Column::Id)
            .limit(PART)
            .all(db)
            .await?;
        let Some(last) = part.last() else { return Ok((count, broken)) };
        after = last.id;
        count += part.len();
        for row in part {
            if let Some(fault) = fault(&row, before(db, &row).await?.as_ref()) {
                broken.push(Broken { id: row.id, fault });
            }
        }
    }
}

/// The signature before one in its case.
async fn before(db: &impl ConnectionTrait, row: &signature::Model) -> Result<Option<signature::Model>> {
    let (Some(case), Some(ordinal)) = (row.complaint_id, row.ordinal) else { return Ok(None) };
    let select = signature::Entity::find()
        .filter(signature::Column::ComplaintId.eq(case))
        .filter(signature::Column::Ordinal.eq(ordinal - 1));
    Ok(select.one(db).await?)
}

fn fault(row: &signature::Model, before: Option<&signature::Model>) -> Option<Fault> {
    let sealed = document::of(row).map(|text| document::seal(&text));
    let whole = row.content_sha256 == sha256_hex(row.content.to_string().as_bytes());
    if sealed != row.seal || !whole {
        return Some(Fault::Document);
    }
    if row.png_sha256 != sha256_hex(&row.png) {
        return Some(Fault::Drawing);
    }
    (row.previous_seal.as_ref() != before.and_then(|before| before.seal.as_ref())).then_some(Fault::Chain)
}
