//! The font of printed forms: how wide a text is, where it breaks, and what it cannot show.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};
use unicode_linebreak::linebreaks;

use crate::app::error::Result;

static BYTES: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-Regular.otf");
static FACE: LazyLock<Option<Face>> = LazyLock::new(Face::read);

/// What stands where the font lacks a character: the mark that Chinese printers put there.
pub const REPLACEMENT: char = '〓';
/// How far the foot of the letters lies below the head of the line, as a part of their size.
pub const RISE: f32 = 0.88;

/// A font that is open.
pub struct Face {
    /// As it is embedded.
    pub font: Font,
    letters: Charmap<'static>,
    widths: GlyphMetrics<'static>,
    units: f32,
}

impl Face {
    /// The font of the forms.
    ///
    /// # Errors
    /// When what was built in is no font.
    pub fn of_forms() -> Result<&'static Self> {
        Ok(FACE.as_ref().ok_or_else(|| "the font of the forms cannot be read".to_owned())?)
    }

    fn read() -> Option<Self> {
        let open = FontRef::new(BYTES).ok()?;
        let font = Font::new(BYTES.into(), 0)?;
        let units = font.units_per_em();
        let widths = open.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Self { font, letters: open.charmap(), widths, units })
    }

    fn has(&self, letter: char) -> bool {
        self.letters.map(letter).is_some_and(|glyph| glyph.to_u32() != 0)
    }

    /// A text as it can be shown: without what no eye sees, and with a mark for each character that the font lacks, which
    /// is noted in `missing`.
    pub fn shown(&self, text: &str, missing: &mut BTreeSet<char>) -> String {
        let seen = text.replace("\r\n", "\n").replace('\t', " ");
        let show = |letter: char| match letter {
            // Joiners, selectors of a look, marks of a direction or of an encoding: nothing of them is ever seen.
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => None,
            '\n' => Some('\n'),
            letter if self.has(letter) => Some(letter),
            letter => {
                missing.insert(letter);
                Some(REPLACEMENT)
            }
        };
        seen.chars().filter_map(show).collect()
    }

    /// The glyphs of a line, one for each character.
    #[must_use]
    pub fn glyphs(&self, line: &str) -> Vec<KrillaGlyph> {
        let letters = line.char_indices().map(|(at, letter)| {
            let glyph = self.letters.map(letter).unwrap_or_default();
            let advance = self.widths.advance_width(glyph).unwrap_or(self.units) / self.units;
            let range = at..at + letter.len_utf8();
            KrillaGlyph::new(GlyphId::new(glyph.to_u32()), advance, 0.0, 0.0, 0.0, range, None)
        });
        letters.collect()
    }

    /// How wide a line is.
    #[must_use]
    pub fn width(&self, line: &str, size: f32) -> f32 {
        self.glyphs(line).iter().map(|glyph| glyph.x_advance * size).sum()
    }

    /// The lines of a text that has so much room.
    #[must_use]
    pub fn lines(&self, text: &str, size: f32, room: f32) -> Vec<String> {
        text.split('\n').flat_map(|paragraph| self.broken(paragraph, size, room)).collect()
    }

    fn broken(&self, paragraph: &str, size: f32, room: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let (mut line, mut from) = (String::new(), 0);
        for (to, _) in linebreaks(paragraph) {
            let piece = &paragraph[from..to];
            from = to;
            if self.width(&format!("{line}{}", piece.trim_end()), size) <= room {
                line.push_str(piece);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            // A word that is longer than the line is cut where the line ends.
            for letter in piece.chars() {
                if !line.is_empty() && self.width(&format!("{line}{letter}"), size) > room && letter != ' ' {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
        lines.iter().map(|line| line.trim_end().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> &'static Face {
        Face::of_forms().expect("the font")
    }

    #[test]
    fn what_the_font_lacks_is_marked_and_named_and_what_nobody_sees_goes() {
        let mut missing = BTreeSet::new();
        assert_eq!(face().shown("张\u{200d}三𬭎👍\u{fe0f}é\r\n二", &mut missing), "张三𬭎〓é\n二");
        assert_eq!(missing.into_iter().collect::<String>(), "👍");
    }

    #[test]
    fn every_line_fits_and_nothing_of_a_text_is_lost() {
        let text = "厨房水龙头滴水,已更换阀芯。The tap in the kitchen was dripping; see https://example.com/a-very-long-address-without-any-space-in-it";
        for room in [40.0, 90.0, 200.0, 1000.0] {
            let lines = face().lines(text, 9.5, room);
            assert!(lines.iter().all(|line| face().width(line, 9.5) <= room), "{room}: {lines:?}");
            let whole = |text: &str| text.replace(' ', "");
            assert_eq!(whole(&lines.concat()), whole(text), "{room}");
        }
    }

    #[test]
    fn no_line_begins_with_what_ends_a_sentence() {
        let lines = face().lines(&"更换阀芯。".repeat(40), 9.5, 100.0);
        assert!(lines.len() > 10 && lines.iter().all(|line| !line.starts_with('。')), "{lines:?}");
    }

    #[test]
    fn an_empty_text_is_one_empty_line() {
        assert_eq!(face().lines("", 9.5, 100.0), [""]);
        assert_eq!(face().lines("一\n\n二", 9.5, 100.0), ["一", "", "二"]);
    }
}
