//! Drawn signatures: a real, small PNG, kept with a hash of what was signed.

use data_encoding::BASE64;
use domain::refusal::Code;
use entity::signature;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

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

/// Checks a drawing and keeps it with what was signed.
///
/// # Errors
/// `INVALID` or `TOO_LONG` under `signature.png`, `REQUIRED` under `signature.signerName`.
pub async fn keep(
    act: &Act<'_>,
    organization_id: Uuid,
    drawing: &Drawing,
    content: serde_json::Value,
) -> Result<signature::Model> {
    let png = checked_png(&drawing.png_base64)?;
    let row = signature::Model {
        id: act.id(),
        organization_id,
        signer_name: validate::text("signature.signerName", &drawing.signer_name, 60)?,
        png_sha256: sha256_hex(&png),
        png,
        // serde_json sorts the keys of an object, so the text is the same for the same content.
        content_sha256: sha256_hex(content.to_string().as_bytes()),
        content,
        collected_by: act.person()?.id,
        signed_at: act.now,
    };
    let active: signature::ActiveModel = row.clone().into();
    signature::Entity::insert(signature::ActiveModel { id: Set(row.id), ..active })
        .exec_without_returning(&act.txn)
        .await?;
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
