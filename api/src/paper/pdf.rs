//! Writes laid out pages as PDF/A-2u: what an archive keeps, with every character found again as text.

use chrono::{DateTime, Datelike, Timelike, Utc};
use domain::organization::Language;
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{self, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use qrcode::{Color, EcLevel, QrCode};

use super::face::Face;
use super::form::Form;
use super::layout::{Ink, PAGE, Page};
use crate::app::error::Result;

/// How light the ground below a label is.
const GREY: u8 = 238;
const THIN: f32 = 0.6;
/// The quiet border around a code, in its dots.
const QUIET: usize = 4;

/// The document.
///
/// # Errors
/// When the archive's rules are broken, which no text of a form can do.
pub fn write(face: &Face, form: &Form, pages: &[Page]) -> Result<Vec<u8>> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = configuration.map_err(|error| format!("no such kind of PDF: {error:?}"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(told(form));
    let size = Size::from_wh(PAGE.0, PAGE.1).ok_or_else(|| "no page is so large".to_owned())?;
    for inks in pages {
        let mut page = document.start_page_with(PageSettings::new(size));
        let mut surface = page.surface();
        for ink in inks {
            draw(&mut surface, face, ink)?;
        }
        surface.finish();
        page.finish();
    }
    Ok(document.finish().map_err(|error| format!("a form could not be written: {error:?}"))?)
}

fn told(form: &Form) -> Metadata {
    let language = if form.language == Language::En { "en" } else { "zh-CN" };
    Metadata::new()
        .title(format!("{} {}", form.title, form.number))
        .authors(vec![form.house.clone()])
        .language(language.to_owned())
        .creator("Huiyin".to_owned())
        .creation_date(date(form.dated))
}

fn date(at: DateTime<Utc>) -> metadata::DateTime {
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    metadata::DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn draw(surface: &mut Surface<'_>, face: &Face, ink: &Ink) -> Result<()> {
    match ink {
        Ink::Text { x, y, size, text } => {
            fill(surface, 0);
            let at = Point::from_xy(*x, *y);
            surface.draw_glyphs(at, &face.glyphs(text), face.font.clone(), text, *size, false);
        }
        Ink::Frame { x, y, width, height } => {
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { width: THIN, ..Stroke::default() }));
            rectangles(surface, &[(*x, *y, *width, *height)]);
        }
        Ink::Ground { x, y, width, height } => {
            fill(surface, GREY);
            rectangles(surface, &[(*x, *y, *width, *height)]);
        }
        Ink::Drawing { x, y, width, height, png } => drawing(surface, (*x, *y, *width, *height), png)?,
        Ink::Code { x, y, side, address } => code(surface, (*x, *y, *side), address)?,
    }
    Ok(())
}

fn fill(surface: &mut Surface<'_>, lightness: u8) {
    surface.set_stroke(None);
    let paint = luma::Color::new(lightness).into();
    surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
}

fn rectangles(surface: &mut Surface<'_>, all: &[(f32, f32, f32, f32)]) {
    let mut path = PathBuilder::new();
    for (x, y, width, height) in all {
        if let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) {
            path.push_rect(rectangle);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// A signature as it was drawn, as large as the box allows.
fn drawing(surface: &mut Surface<'_>, (x, y, width, height): (f32, f32, f32, f32), png: &[u8]) -> Result<()> {
    let picture = Image::from_png(png.to_vec().into(), false);
    let picture = picture.map_err(|error| format!("a kept signature is no picture: {error}"))?;
    let side = |pixels: u32| u16::try_from(pixels).map_or(1.0, f32::from);
    let (wide, high) = (side(picture.size().0), side(picture.size().1));
    let scale = (width / wide).min(height / high);
    let Some(shown) = Size::from_wh(wide * scale, high * scale) else { return Ok(()) };
    surface.push_transform(&Transform::from_translate(x, y + (height - high * scale) / 2.0));
    surface.draw_image(picture, shown);
    surface.pop();
    Ok(())
}

fn code(surface: &mut Surface<'_>, (x, y, side): (f32, f32, f32), address: &str) -> Result<()> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M);
    let code = code.map_err(|error| format!("no code for an address: {error}"))?;
    let across = code.width();
    let small = |dots: usize| u8::try_from(dots).map_or(0.0, f32::from);
    let dot = side / small(across + 2 * QUIET);
    let colors = code.to_colors();
    let dark = colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark).map(|(index, _)| {
        let at = |dots: usize| small(dots + QUIET) * dot;
        (x + at(index % across), y + at(index / across), dot, dot)
    });
    fill(surface, 0);
    rectangles(surface, &dark.collect::<Vec<_>>());
    Ok(())
}
