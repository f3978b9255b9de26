//! Keeps a drawn signature: a real, small PNG with what was signed, sealed and chained to the one before in its case.

use chrono::SubsecRound;
use data_encoding::BASE64;
use domain::refusal::Code;
use entity::{complaint, session, signature};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::document;
use crate::app::act::{Act, sha256_hex};
use crate::app::error::{Error, Result};
use crate::app::validate;

/// How large a drawing may be.
pub const MAX_PNG_BYTES: usize = 64 * 1024;
/// How wide or high a drawing may be: a small file can unfold into a huge picture.
const MAX_SIDE: u32 = 2000;

/// A signature as it comes in.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// Who signs.
    pub signer_name: String,
    /// The PNG in base64.
    pub png_base64: String,
}

/// Checks a drawing and keeps it with what was signed, on which device, and when it was drawn and came in. The act holds the
/// case, so the chain of its signatures does not fork.
///
/// # Errors
/// `INVALID` or `TOO_LONG` under `signature.png`, `REQUIRED` under `signature.signerName`.
pub async fn keep(
    act: &Act<'_>,
    case: &complaint::Model,
    drawing: &Drawing,
    content: serde_json::Value,
) -> Result<signature::Model> {
    let png = checked_png(&drawing.png_base64)?;
    let before = signature::Entity::find()
        .filter(signature::Column::ComplaintId.eq(case.id))
        .order_by_desc(signature::Column::Ordinal)
        .one(&act.txn)
        .await?;
    let viewer = act.person()?;
    let session = match viewer.session {
        Some(id) => session::Entity::find_by_id(id).one(&act.txn).await?,
        None => None,
    };
    let signed_at = act.said.map_or(act.now, |said| said.time.occurred_at());
    let mut row = signature::Model {
        id: act.id(),
        organization_id: case.organization_id,
        complaint_id: Some(case.id),
        ordinal: Some(before.as_ref().and_then(|before| before.ordinal).unwrap_or_default() + 1),
        previous_seal: before.and_then(|before| before.seal),
        seal: None,
        signer_name: validate::text("signature.signerName", &drawing.signer_name, 60)?,
        png_sha256: sha256_hex(&png),
        png,
        // serde_json sorts the keys of an object, so the text is the same for the same content.
        content_sha256: sha256_hex(content.to_string().as_bytes()),
        content,
        collected_by: viewer.id,
        // No finer than every database keeps it.
        signed_at: signed_at.trunc_subsecs(6),
        received_at: Some(act.now),
        document_version: Some(document::VERSION),
        session_id: viewer.session,
        device_name: session.and_then(|session| session.device_name),
    };
    row.seal = document::of(&row).map(|text| document::seal(&text));
    signature::Entity::insert(row.clone().into_active_model()).exec_without_returning(&act.txn).await?;
    Ok(row)
}

fn checked_png(base64: &str) -> Result<Vec<u8>> {
    let wrong = |what: &str| Error::refused_needing(Code::Invalid, "signature.png", vec![what.to_owned()]);
    if base64.len() > MAX_PNG_BYTES * 4 / 3 + 4 {
        return Err(Error::refused_needing(Code::TooLong, "signature.png", vec![format!("1..{MAX_PNG_BYTES} bytes")]));
    }
    let bytes = BASE64.decode(base64.trim().as_bytes()).map_err(|_| wrong("a PNG in base64"))?;
    if bytes.len() > MAX_PNG_BYTES {
        return Err(Error::refused_needing(Code::TooLong, "signature.png", vec![format!("1..{MAX_PNG_BYTES} bytes")]));
    }
    let mut decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
    let header = decoder.read_header_info().map_err(|_| wrong("a PNG in base64"))?;
    if header.width > MAX_SIDE || header.height > MAX_SIDE {
        return Err(wrong("at most 2000 by 2000 pixels"));
    }
    let mut reader = decoder.read_info().map_err(|_| wrong("a whole PNG"))?;
    let size = reader.output_buffer_size().ok_or_else(|| wrong("a whole PNG"))?;
    let mut pixels = vec![0; size];
    reader.next_frame(&mut pixels).map_err(|_| wrong("a whole PNG"))?;
    let blank = pixels.windows(2).all(|pair| pair[0] == pair[1]);
    if blank { Err(wrong("a drawing: this picture is blank")) } else { Ok(bytes) }
}
