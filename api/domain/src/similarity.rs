//! Whether two reports are of the same matter (C4, D6): by what is spoken of, what is amiss with it, where and when, and by
//! the category.
//!
//! Reports of one matter often share no word (水嘴一滴一滴往下掉, 龙头关不紧), and reports of two matters share most of them
//! (按钮不亮, 灯不亮). So the words are read by a glossary of the trade: each stands for a thing, a trouble, a room or a time
//! of day, and these are compared. What the glossary does not know is compared by its characters. The weights were fitted on
//! the half of `tests/repeats/pairs.tsv` that is not held out.

mod glossary;

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::text::words;
use glossary::{Kind, Spoken};

/// How alike two reports must be to count as of the same matter.
pub const SAME: i32 = 0;
/// Reports of two buildings or floors are never of the same matter.
const NEVER: i32 = -1000;
/// What two reports have in common before anything is known of them.
const BEFORE: i32 = -130;
/// Of a text that is said again word for word, whatever the glossary knows of it.
const WORD_FOR_WORD: i32 = 100;
/// How many characters of a text are read: what it is about is said at the beginning.
const READ: usize = 600;
/// Characters that say nothing of a matter.
const FILLERS: &str = "的了是在我你他她它们有和就不都也很到说要去会着没看好这那还又个一上下里来";
/// The digits, as they are written in numbers of buildings and floors.
const DIGITS: &str = "零一二三四五六七八九";
/// Said of what is not amiss.
const IN_ORDER: [&str; 3] = ["正常", "没问题", "没有问题"];

/// What a report speaks of.
#[derive(Debug, Clone)]
pub struct Matter {
    category: Uuid,
    spoken: Spoken,
    rooms: BTreeSet<u16>,
    numbers: BTreeSet<(char, String)>,
    /// Those of the text alone: the place may be no more than the home of whoever reports.
    said: BTreeSet<(char, String)>,
    letters: BTreeSet<char>,
    in_order: bool,
}

impl Matter {
    /// Reads a report.
    #[must_use]
    pub fn read(category: Uuid, place: &str, text: &str) -> Self {
        let text: &str = text.char_indices().nth(READ).map_or(text, |(end, _)| &text[..end]);
        let spoken = glossary::read(text);
        let mut rooms = spoken.of(Kind::Room).clone();
        rooms.extend(glossary::read(place).of(Kind::Room));
        Self {
            category,
            rooms,
            numbers: numbers(&format!("{place} {text}")),
            said: numbers(text),
            letters: words(text).iter().flat_map(|word| word.chars()).filter(|c| !FILLERS.contains(*c)).collect(),
            in_order: IN_ORDER.iter().any(|words| text.contains(words)),
            spoken,
        }
    }

    /// How alike two reports are, in hundredths; from [`SAME`] on they are of the same matter.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> i32 {
        if self.elsewhere(other) {
            return NEVER;
        }
        if self.category == other.category && self.letters == other.letters {
            return WORD_FOR_WORD;
        }
        let of = |kind| compare(self.spoken.of(kind), other.spoken.of(kind));
        let (things, troubles, times) = (of(Kind::Thing), of(Kind::Trouble), of(Kind::Time));
        let rooms = compare(&self.rooms, &other.rooms);
        BEFORE
            + things.weigh(173, -145)
            + troubles.weigh(213, -260)
            + times.weigh(48, -164)
            + rooms.weigh(65, -227)
            + share(&self.letters, &other.letters) * 20 / 100
            + things.shared * troubles.shared * 77 / 10_000
            + if self.category == other.category { 54 } else { 0 }
            + if self.in_order == other.in_order { 0 } else { -130 }
    }

    /// Whether both are of the same matter.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.likeness(other) >= SAME
    }

    /// Whether both could be of one incident, though of two homes: only a building that the text itself names tells them
    /// apart.
    #[must_use]
    pub fn is_same_incident(&self, other: &Self) -> bool {
        let broader = |matter: &Self| {
            let buildings = matter.said.iter().filter(|(kind, _)| matches!(kind, '栋' | '座')).cloned().collect();
            Self { numbers: buildings, ..matter.clone() }
        };
        broader(self).is_same(&broader(other))
    }

    /// Whether both name a building, unit, zone or floor, and not the same.
    fn elsewhere(&self, other: &Self) -> bool {
        let differs = |(kind, number): &(char, String)| {
            let mut theirs = other.numbers.iter().filter(|(their, _)| their == kind).peekable();
            theirs.peek().is_some() && theirs.all(|(_, their)| their != number)
        };
        self.numbers.iter().any(differs)
    }
}

/// What two sets have in common.
#[derive(Debug, Clone, Copy)]
struct Common {
    /// Of a hundred.
    shared: i32,
    /// Both say something, and nothing in common.
    apart: bool,
}

impl Common {
    const fn weigh(self, shared: i32, apart: i32) -> i32 {
        if self.apart { apart } else { self.shared * shared / 100 }
    }
}

fn compare(mine: &BTreeSet<u16>, theirs: &BTreeSet<u16>) -> Common {
    let shared = share(mine, theirs);
    Common { shared, apart: shared == 0 && !mine.is_empty() && !theirs.is_empty() }
}

/// Twice what is in both by what is in either, of a hundred.
fn share<T: Ord>(mine: &BTreeSet<T>, theirs: &BTreeSet<T>) -> i32 {
    let both = 200 * mine.intersection(theirs).count();
    let whole = (mine.len() + theirs.len()).max(1);
    i32::try_from(both / whole).unwrap_or(100)
}

/// The numbers of buildings, units, zones and floors in a text, Chinese numerals as well: 十二层 is 12层.
fn numbers(text: &str) -> BTreeSet<(char, String)> {
    let mut found = BTreeSet::new();
    let mut number = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' | '十' => number.push(c),
            c if DIGITS.contains(c) => number.push(c),
            '栋' | '单' | '区' | '层' | '楼' | '座' if !number.is_empty() => {
                let kind = if c == '楼' { '层' } else { c };
                found.insert((kind, arabic(&number)));
                number.clear();
            }
            'a'..='z' | 'A'..='Z' => number = c.to_ascii_lowercase().to_string(),
            _ => number.clear(),
        }
    }
    found
}

/// A number as digits.
fn arabic(number: &str) -> String {
    let digit = |c: char| {
        let known = DIGITS.chars().position(|digit| digit == c);
        known.map_or(c.to_string(), |value| value.to_string())
    };
    match number.split_once('十') {
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { "1".to_owned() } else { tens.chars().map(digit).collect() };
            let ones = if ones.is_empty() { "0".to_owned() } else { ones.chars().map(digit).collect() };
            format!("{tens}{ones}")
        }
        None => number.chars().map(digit).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(place: &str, text: &str) -> Matter {
        Matter::read(Uuid::nil(), place, text)
    }

    #[test]
    fn d6_the_same_trouble_in_other_words_is_the_same_matter() {
        assert!(said("3栋12层", "楼道灯不亮").is_same(&said("3栋12楼", "十二层走廊的灯坏了,黑漆漆的")));
        assert!(said("3栋电梯", "电梯有异响").is_same(&said("3栋2单元", "轿厢还是有怪声")));
    }

    #[test]
    fn d6_another_trouble_or_another_place_is_another_matter() {
        assert!(!said("3栋电梯", "电梯有异响").is_same(&said("5栋电梯", "电梯有异响")), "another building");
        assert!(!said("南门岗", "保安态度恶劣").is_same(&said("南门岗", "保安上班睡觉")), "another trouble");
        assert!(!said("1203", "水压太小").is_same(&said("1203", "水压正常")), "none at all");
    }

    #[test]
    fn d6_what_is_said_again_word_for_word_is_the_same_matter_also_where_no_word_is_known() {
        assert!(said("1203", "请尽快处理").is_same(&said("1203", "请尽快处理。")));
        assert!(!said("1203", "请尽快处理").is_same(&said("1203", "麻烦看看")));
    }

    #[test]
    fn d4_one_incident_is_reported_from_several_homes() {
        assert!(said("3栋1203", "家里停水了").is_same_incident(&said("5栋501", "停水了,水龙头不出水")));
        assert!(!said("3栋1203", "3栋电梯停了").is_same_incident(&said("5栋501", "5栋电梯停了")));
    }

    #[test]
    fn d6_numbers_of_places_are_read_in_either_script() {
        assert_eq!(numbers("三栋十二层"), numbers("3栋12楼"));
        assert_eq!(numbers("二十栋"), numbers("20栋"));
    }
}
