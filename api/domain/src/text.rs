//! Text as the register needs it: search terms that work for Chinese, masked contact details, case numbers.

use std::collections::BTreeSet;

/// The terms under which a text is found: every pair of neighbouring letters or digits, and each one alone.
///
/// Two-character words such as 漏水 are one term, on every database and whatever its locale, because the index is
/// ours. Case, width and everything that is not a letter or digit are ignored; pairs do not cross it.
#[must_use]
pub fn search_terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for word in words(text) {
        let letters: Vec<char> = word.chars().collect();
        terms.extend(letters.iter().map(char::to_string));
        terms.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
    }
    terms
}

/// The terms that a text must have to match a query: the pairs of each word, or the letter of a one-letter word.
#[must_use]
pub fn query_terms(query: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for word in words(query) {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() == 1 {
            terms.insert(word);
        } else {
            terms.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
        }
    }
    terms
}

pub(crate) fn words(text: &str) -> Vec<String> {
    let folded: String = text.chars().map(fold_width).flat_map(char::to_lowercase).collect();
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Full-width letters and digits (Ａ１) as people type them on Chinese keyboards, in their ordinary form.
fn fold_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// A phone number as those see it who do not need it: `138****1234`. Short numbers keep their last two digits.
#[must_use]
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    match digits.len() {
        0..=2 => "*".repeat(digits.len()),
        3..=7 => format!("****{}", digits[digits.len() - 2..].iter().collect::<String>()),
        n => format!("{}****{}", digits[..3].iter().collect::<String>(), digits[n - 4..].iter().collect::<String>()),
    }
}

/// A name as those see it who do not need it: the family name, then stars.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| format!("{first}**"))
}

/// A text without what leads to somebody: stars for a run of seven digits or more, also with gaps of one, and a name masked.
#[must_use]
pub fn without_contact(text: &str, name: Option<&str>) -> String {
    let letters: Vec<char> = text.chars().collect();
    let (mut told, mut at) = (String::new(), 0);
    while at < letters.len() {
        let run = number_at(&letters[at..]);
        if letters[at..at + run].iter().filter(|letter| letter.is_ascii_digit()).count() >= 7 {
            told.push_str("****");
            at += run;
        } else {
            let plain = run.max(1);
            told.extend(&letters[at..at + plain]);
            at += plain;
        }
    }
    match name.filter(|name| name.chars().count() > 1) {
        Some(name) => told.replace(name, &mask_name(name)),
        None => told,
    }
}

/// How long the run of digits is that a text begins with, gaps of one between them included.
fn number_at(letters: &[char]) -> usize {
    let mut run = 0;
    for (at, letter) in letters.iter().enumerate() {
        match letter {
            digit if digit.is_ascii_digit() => run = at + 1,
            ' ' | '-' if at > 0 && run == at => {}
            _ => break,
        }
    }
    run
}

/// A case number such as `LY-2026-000123`: the site's code, the year in its time zone, the running number.
#[must_use]
pub fn case_number(site_code: &str, year: i32, running: i64) -> String {
    format!("{site_code}-{year}-{running:06}")
}

/// A work order's number such as `LY-W2026-000123`.
#[must_use]
pub fn work_order_number(site_code: &str, year: i32, running: i64) -> String {
    format!("{site_code}-W{year}-{running:06}")
}

/// The number of a quote: per site and year.
#[must_use]
pub fn quote_number(site_code: &str, year: i32, running: i64) -> String {
    format!("{site_code}-Q{year}-{running:06}")
}

/// The number of an opinion: per site and year.
#[must_use]
pub fn opinion_number(site_code: &str, year: i32, running: i64) -> String {
    format!("{site_code}-Y{year}-{running:06}")
}

/// The number of a statement: per site and year.
#[must_use]
pub fn statement_number(site_code: &str, year: i32, running: i64) -> String {
    format!("{site_code}-F{year}-{running:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a2_two_character_words_are_terms() {
        let terms = search_terms("卫生间漏水,电梯Ａ１ 停了");
        for word in ["漏水", "电梯", "a1", "停"] {
            assert!(query_terms(word).is_subset(&terms), "{word} is not found");
        }
        assert!(!query_terms("水电").is_subset(&terms), "a pair must not cross punctuation");
    }

    #[test]
    fn contact_details_are_masked() {
        assert_eq!(mask_phone("13812341234"), "138****1234");
        assert_eq!(mask_phone("8812"), "****12");
        assert_eq!(mask_name("王小明"), "王**");
    }

    #[test]
    fn a_text_without_contact_has_no_number_and_no_name() {
        let told = |text: &str| without_contact(text, Some("王小明"));
        assert_eq!(told("联系王小明 13812341234"), "联系王** ****");
        assert_eq!(told("138-1234 1234转2"), "****转2");
        assert_eq!(told("1203室换2个阀芯, 3-1-1203, 12 34"), "1203室换2个阀芯, 3-1-1203, 12 34");
        assert_eq!(without_contact("0755 8812 3456", None), "****");
        assert_eq!(without_contact("", None), "");
    }

    #[test]
    fn a2_numbers_carry_site_and_year() {
        assert_eq!(case_number("LY", 2026, 123), "LY-2026-000123");
    }
}
