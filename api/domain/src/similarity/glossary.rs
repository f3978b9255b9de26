//! The glossary of what reports speak of: `data/matters.txt`.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What it is about.
    Thing,
    /// What is amiss.
    Trouble,
    /// Where.
    Room,
    /// When.
    Time,
}

/// What a text speaks of: the lines of the glossary by their number, of each kind.
#[derive(Debug, Clone, Default)]
pub struct Spoken([BTreeSet<u16>; 4]);

impl Spoken {
    /// Those of one kind.
    pub const fn of(&self, kind: Kind) -> &BTreeSet<u16> {
        &self.0[kind as usize]
    }
}

struct Glossary {
    words: HashMap<&'static str, Vec<(Kind, u16)>>,
    longest: usize,
}

const LINES: &str = include_str!("../../data/matters.txt");
/// What turns a trouble into none when it stands before it.
const NOT: [&str; 3] = ["没有", "没", "不再"];

/// A line that cannot be read is left out here and found by a test.
static GLOSSARY: LazyLock<Glossary> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, Vec<(Kind, u16)>> = HashMap::new();
    let mut longest = 0;
    for (number, line) in (0..).zip(LINES.lines()) {
        let Some((kind, some)) = entry(line) else { continue };
        for word in some {
            longest = longest.max(word.chars().count());
            words.entry(word).or_default().push((kind, number));
        }
    }
    Glossary { words, longest }
});

/// A line's kind and words; nothing for a remark.
fn entry(line: &'static str) -> Option<(Kind, impl Iterator<Item = &'static str>)> {
    let mut parts = line.split_whitespace();
    let kind = match parts.next()? {
        "thing" => Kind::Thing,
        "trouble" => Kind::Trouble,
        "room" => Kind::Room,
        "time" => Kind::Time,
        _ => return None,
    };
    parts.next()?;
    Some((kind, parts))
}

/// Reads a text word by word, the longest that is known first. A trouble that is said not to be is none.
pub fn read(text: &str) -> Spoken {
    let known = &*GLOSSARY;
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut spoken = Spoken::default();
    let mut at = 0;
    while at + 1 < starts.len() {
        let most = known.longest.min(starts.len() - 1 - at);
        let found = (1..=most).rev().find_map(|length| {
            let meant = known.words.get(&text[starts[at]..starts[at + length]])?;
            Some((length, meant))
        });
        let Some((length, meant)) = found else {
            at += 1;
            continue;
        };
        let denied = NOT.iter().any(|not| text[..starts[at]].ends_with(not));
        for (kind, number) in meant.iter().filter(|(kind, _)| *kind != Kind::Trouble || !denied) {
            spoken.0[*kind as usize].insert(*number);
        }
        at += length;
    }
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_glossary_is_an_entry_or_a_remark() {
        for line in LINES.lines().filter(|line| !line.starts_with('#')) {
            assert!(entry(line).is_some_and(|(_, mut words)| words.next().is_some()), "{line}");
        }
    }

    #[test]
    fn a_trouble_that_is_said_not_to_be_is_none() {
        assert!(read("没有漏水").of(Kind::Trouble).is_empty());
        assert_eq!(read("漏水").of(Kind::Trouble).len(), 1);
    }
}
