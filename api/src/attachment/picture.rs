//! Looks at a file that has come: what it is by its content. A photo is decoded and written anew, so that nothing hides in
//! it, and what the phone has written of the place is gone; where it is evidence, that is kept apart.

use std::io::Cursor;

use chrono::NaiveDateTime;
use domain::attachment::{Fault, Kind, MAX_PIXELS, MAX_SIDE, THUMBNAIL, is_drawable};
use exif::{Exif, In, Tag, Value};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use serde::{Deserialize, Serialize};

/// How well a photo is written, of 100: no difference that an eye would see.
const QUALITY: u8 = 90;
/// The same for a thumbnail.
const SMALL_QUALITY: u8 = 75;

/// A file that was looked at.
#[derive(Debug)]
pub struct Looked {
    /// What it is.
    pub kind: Kind,
    /// Its media type, by its content.
    pub media_type: &'static str,
    /// What is kept.
    pub bytes: Vec<u8>,
    /// A small picture of it as JPEG, where it is one.
    pub thumbnail: Option<Vec<u8>>,
    /// Width and height in pixels, the right way up.
    pub size: Option<(u32, u32)>,
    /// What the device has written of when and where.
    pub taken: Option<Taken>,
}

/// When and where a photo was taken, as the device wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// When, on the device's own clock.
    pub at: Option<NaiveDateTime>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

/// Looks at a file.
///
/// # Errors
/// Why it may not be attached.
pub fn look(bytes: Vec<u8>) -> Result<Looked, Fault> {
    let found = infer::get(&bytes).ok_or(Fault::Type)?;
    match Kind::of(found.mime_type()).ok_or(Fault::Type)? {
        Kind::Paper => paper(bytes),
        Kind::Photo => photo(&bytes),
    }
}

/// A PDF is kept as it is; it is only ever handed out to be saved. What is cut off is no PDF.
fn paper(bytes: Vec<u8>) -> Result<Looked, Fault> {
    const END: &[u8] = b"%%EOF";
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    if !tail.windows(END.len()).any(|part| part == END) {
        return Err(Fault::Broken);
    }
    Ok(Looked { kind: Kind::Paper, media_type: "application/pdf", bytes, thumbnail: None, size: None, taken: None })
}

fn photo(bytes: &[u8]) -> Result<Looked, Fault> {
    let broken = |_| Fault::Broken;
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Fault::Broken)?;
    let format = reader.format().ok_or(Fault::Type)?;
    let (width, height) = reader.into_dimensions().map_err(broken)?;
    if !is_drawable(width, height) {
        return Err(Fault::Pixels);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes));
    reader.set_format(format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    // Four bytes of each pixel, and as much again to work with.
    limits.max_alloc = Some(MAX_PIXELS * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let way_up = decoder.orientation().map_err(broken)?;
    let notes = decoder.exif_metadata().ok().flatten();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(way_up);
    let (media_type, kept) = written(&picture, format).map_err(broken)?;
    let small = DynamicImage::ImageRgb8(picture.thumbnail(THUMBNAIL, THUMBNAIL).to_rgb8());
    Ok(Looked {
        kind: Kind::Photo,
        media_type,
        bytes: kept,
        thumbnail: Some(jpeg(&small, SMALL_QUALITY).map_err(broken)?),
        size: Some((picture.width(), picture.height())),
        taken: notes.and_then(taken),
    })
}

/// The picture written anew: what can be seen through, and what was PNG, as PNG; all else as JPEG.
fn written(picture: &DynamicImage, format: ImageFormat) -> image::ImageResult<(&'static str, Vec<u8>)> {
    if format == ImageFormat::Png || picture.color().has_alpha() {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png)?;
        return Ok(("image/png", bytes.into_inner()));
    }
    Ok(("image/jpeg", jpeg(&DynamicImage::ImageRgb8(picture.to_rgb8()), QUALITY)?))
}

fn jpeg(picture: &DynamicImage, quality: u8) -> image::ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))?;
    Ok(bytes)
}

fn taken(notes: Vec<u8>) -> Option<Taken> {
    let notes = exif::Reader::new().read_raw(notes).ok()?;
    let at =
        text(&notes, Tag::DateTimeOriginal).and_then(|at| NaiveDateTime::parse_from_str(&at, "%Y:%m:%d %H:%M:%S").ok());
    let latitude = degrees(&notes, Tag::GPSLatitude, Tag::GPSLatitudeRef, "S");
    let longitude = degrees(&notes, Tag::GPSLongitude, Tag::GPSLongitudeRef, "W");
    let taken = Taken { at, latitude, longitude };
    (taken != Taken { at: None, latitude: None, longitude: None }).then_some(taken)
}

fn text(notes: &Exif, tag: Tag) -> Option<String> {
    match &notes.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => Some(String::from_utf8_lossy(lines.first()?).into_owned()),
        _ => None,
    }
}

/// Degrees, minutes and seconds as degrees; `behind` is the letter of what counts backwards.
fn degrees(notes: &Exif, tag: Tag, side: Tag, behind: &str) -> Option<f64> {
    let Value::Rational(parts) = &notes.get_field(tag, In::PRIMARY)?.value else { return None };
    let [whole, minutes, seconds] = parts.get(..3)? else { return None };
    let degrees = whole.to_f64() + minutes.to_f64() / 60.0 + seconds.to_f64() / 3600.0;
    let signed = if text(notes, side)?.starts_with(behind) { -degrees } else { degrees };
    (signed.is_finite() && signed.abs() <= 180.0).then_some(signed)
}
