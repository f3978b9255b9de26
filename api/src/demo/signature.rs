//! A signature as a finger draws it: a line that goes up and down from left to right, as a small PNG.

use data_encoding::BASE64;
use rand::RngExt;
use rand::rngs::StdRng;

use super::Failure;
use crate::signature::keeping::Drawing;

const WIDTH: i32 = 240;
const HEIGHT: i32 = 80;
const WHITE: u8 = 255;
const INK: u8 = 24;

/// Draws somebody's signature.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn draw(rng: &mut StdRng, signer_name: &str) -> Result<Drawing, Failure> {
    let mut pixels = vec![WHITE; usize::try_from(WIDTH * HEIGHT)?];
    let mut from = (16, rng.random_range(20..60));
    while from.0 < WIDTH - 30 {
        let to = (from.0 + rng.random_range(6..18), rng.random_range(10..HEIGHT - 10));
        stroke(&mut pixels, from, to);
        from = to;
    }
    Ok(Drawing { signer_name: signer_name.to_owned(), png_base64: BASE64.encode(&encode(&pixels)?) })
}

/// A line two pixels wide.
fn stroke(pixels: &mut [u8], from: (i32, i32), to: (i32, i32)) {
    let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
    for step in 0..=steps {
        let x = from.0 + (to.0 - from.0) * step / steps;
        let y = from.1 + (to.1 - from.1) * step / steps;
        for (x, y) in [(x, y), (x + 1, y), (x, y + 1)] {
            let at = usize::try_from(y * WIDTH + x).ok();
            if let Some(pixel) = at.and_then(|at| pixels.get_mut(at)) {
                *pixel = INK;
            }
        }
    }
}

fn encode(pixels: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, u32::try_from(WIDTH)?, u32::try_from(HEIGHT)?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
