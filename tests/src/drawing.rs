//! Drawn signatures for tests.

use data_encoding::BASE64;

/// A small PNG with a stroke, in base64.
///
/// # Panics
/// When the encoder does.
#[must_use]
pub fn signature() -> String {
    png(60, 20, |x, y| x / 3 == y)
}

/// A PNG of a size in which some pixels are black, in base64.
///
/// # Panics
/// When the encoder does.
#[must_use]
pub fn png(width: u32, height: u32, black: impl Fn(u32, u32) -> bool) -> String {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| if black(x, y) { 0 } else { 255 })
        .collect();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    BASE64.encode(&bytes)
}
