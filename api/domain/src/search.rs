//! Searching the register (A2): under which terms a case is found, and in which order what is found stands.
//!
//! A term is a letter or a pair of neighbouring letters ([`crate::text`]), so that words of two Chinese characters are found
//! on every database, whatever its locale. A mark before a term says what it is of: `@` a name, `#` a telephone number, `~` a
//! place, `=` the running number, `!` the organization and the site. Marks are no letters, so no text of a customer can look like one.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::closed_set::closed_set;
use crate::text::{query_terms, search_terms, words};

/// How many terms of a question are looked up: more do not narrow it down.
const MAX_TERMS: usize = 12;
/// How long a term may be.
const MAX_LENGTH: usize = 16;
/// Of how many terms a case may lack one: of fewer it would hold hardly anything, of more there are too many ways.
const MANY: std::ops::RangeInclusive<usize> = 3..=6;
/// How many digits make a telephone number rather than the number of a case.
const PHONE_DIGITS: usize = 4;

closed_set! {
    /// By what a case was found; in this order they stand, and among the same the newest first.
    pub enum Tier as "SearchTier" {
        /// By its number.
        Number,
        /// By the name or the telephone number of its customer.
        Person,
        /// By its place.
        Place,
        /// Its words hold everything that was asked for.
        Words,
        /// Its words hold all of it but one pair of letters.
        MostWords,
    }
}

/// What a case is found by.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its organization.
    pub organization: Uuid,
    /// Its site.
    pub site: Uuid,
    /// Its number.
    pub number: &'a str,
    /// Its place.
    pub place: &'a str,
    /// Whom to ask for.
    pub name: Option<&'a str>,
    /// Where to call.
    pub phone: Option<&'a str>,
    /// Its description and items.
    pub text: &'a str,
}

impl Document<'_> {
    /// The terms under which it is found.
    #[must_use]
    pub fn terms(&self) -> BTreeSet<String> {
        let mut terms = search_terms(&format!("{} {} {}", self.number, self.place, self.text));
        terms.extend(marked('~', search_terms(self.place)));
        terms.extend(marked('@', search_terms(self.name.unwrap_or_default())));
        let phone = digits(self.phone.unwrap_or_default());
        if phone.len() >= PHONE_DIGITS {
            terms.insert(format!("#{}", &phone[phone.len() - PHONE_DIGITS..]));
            terms.insert(format!("#{}", tail(&phone)));
        }
        terms.extend(running(self.number.rsplit('-').next().unwrap_or_default()));
        terms.extend([within(self.organization), within(self.site)]);
        terms
    }
}

/// The term of an organization or a site.
#[must_use]
pub fn within(id: Uuid) -> String {
    let text = id.simple().to_string();
    // An id begins with its time: those that were made together differ at the end.
    format!("!{}", &text[text.len() - 12..])
}

fn marked(mark: char, terms: BTreeSet<String>) -> impl Iterator<Item = String> {
    terms.into_iter().map(move |term| format!("{mark}{term}"))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn tail(digits: &str) -> &str {
    &digits[digits.len().saturating_sub(MAX_LENGTH - 1)..]
}

/// The term of a running number, without the noughts before it.
fn running(text: &str) -> Option<String> {
    let right = !text.is_empty() && text.len() < MAX_LENGTH && text.chars().all(|c| c.is_ascii_digit());
    right.then(|| format!("={}", text.trim_start_matches('0')))
}

/// What the terms of a case must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// It has this term.
    Term(String),
    /// All of these hold.
    All(Vec<Self>),
    /// One of these holds.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
}

impl Wanted {
    /// All of some terms.
    #[must_use]
    pub fn terms(terms: impl IntoIterator<Item = String>) -> Self {
        Self::All(terms.into_iter().map(Self::Term).collect())
    }

    /// This, and not that.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        Self::All(vec![self, Self::Not(Box::new(other.clone()))])
    }

    /// A term without which nothing is so, and which leads to the fewest cases: by its mark, else by its length. None where
    /// there is no such term.
    #[must_use]
    pub fn leading(&self) -> Option<&str> {
        let rank = |term: &&str| match term.chars().next() {
            Some('=') => 4,
            Some('#') => 3,
            Some('@') => 2,
            Some('!') => 0,
            _ if term.chars().count() > 1 => 1,
            _ => 0,
        };
        match self {
            Self::Term(term) => Some(term.as_str()),
            Self::All(all) => all.iter().filter_map(Self::leading).max_by_key(rank),
            Self::Any(_) | Self::Not(_) => None,
        }
    }

    /// Whether some terms are so.
    #[must_use]
    pub fn holds(&self, terms: &BTreeSet<String>) -> bool {
        match self {
            Self::Term(term) => terms.contains(term),
            Self::All(all) => all.iter().all(|one| one.holds(terms)),
            Self::Any(any) => any.iter().any(|one| one.holds(terms)),
            Self::Not(one) => !one.holds(terms),
        }
    }
}

/// What a case of a number must have, and how its number ends: the number whole, or its running number with or without the
/// noughts before it. Nothing where it is none.
#[must_use]
pub fn numbered(typed: &str) -> Option<(Wanted, String)> {
    let typed = typed.trim().to_uppercase();
    let (before, last) = typed.rsplit_once('-').unwrap_or(("", typed.as_str()));
    let term = running(last)?;
    let number: u64 = last.parse().ok()?;
    Some((Wanted::Term(term), format!("{before}-{number:06}")))
}

/// What a case must have whose customer's name begins so; nothing where that is a single letter, which too many share.
#[must_use]
pub fn named(beginning: &str) -> Option<Wanted> {
    let pairs: BTreeSet<String> = query_terms(beginning).into_iter().filter(|term| term.chars().count() > 1).collect();
    (!pairs.is_empty()).then(|| Wanted::terms(marked('@', pairs).take(MAX_TERMS)))
}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Question {
    words: Vec<String>,
    terms: Vec<String>,
}

impl Question {
    /// Reads it; nothing where it holds no letter or digit.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let terms: Vec<String> = query_terms(text).into_iter().take(MAX_TERMS).collect();
        (!terms.is_empty()).then(|| Self { words: words(text), terms })
    }

    /// What a case must have for a tier; nothing where the question can be of no such case.
    #[must_use]
    pub fn wanted(&self, tier: Tier) -> Option<Wanted> {
        match tier {
            Tier::Number => self.number(),
            Tier::Person => Some(self.person()),
            Tier::Place => Some(Wanted::terms(marked('~', self.terms.iter().cloned().collect()))),
            Tier::Words => Some(Wanted::terms(self.terms.iter().cloned())),
            Tier::MostWords => self.most(),
        }
    }

    /// The number whole or its end: LY-2026-000123, or 123.
    fn number(&self) -> Option<Wanted> {
        let last = self.words.last().and_then(|word| running(word))?;
        let before = self.words[..self.words.len() - 1].join(" ");
        Some(Wanted::terms(query_terms(&before).into_iter().chain([last])))
    }

    /// Each word a name, or the number whole or its last four digits.
    fn person(&self) -> Wanted {
        let word = |word: &String| {
            let number = digits(word);
            if number.len() >= PHONE_DIGITS && number.len() == word.len() {
                Wanted::Term(format!("#{}", tail(&number)))
            } else {
                Wanted::terms(marked('@', query_terms(word)))
            }
        };
        Wanted::All(self.words.iter().take(MAX_TERMS).map(word).collect())
    }

    /// All terms but one.
    fn most(&self) -> Option<Wanted> {
        let without = |left_out: usize| {
            let kept = self.terms.iter().enumerate().filter(move |(index, _)| *index != left_out);
            Wanted::terms(kept.map(|(_, term)| term.clone()))
        };
        MANY.contains(&self.terms.len()).then(|| Wanted::Any((0..self.terms.len()).map(without).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(document: &Document<'_>, question: &str) -> Vec<Tier> {
        let terms = document.terms();
        let question = Question::read(question).unwrap();
        let holds = |tier: &Tier| question.wanted(*tier).is_some_and(|wanted| wanted.holds(&terms));
        Tier::ALL.iter().copied().filter(holds).collect()
    }

    fn case() -> Document<'static> {
        Document {
            organization: Uuid::from_u128(8),
            site: Uuid::from_u128(7),
            number: "LY-2026-000123",
            place: "3栋电梯厅",
            name: Some("王小明"),
            phone: Some("13812341234"),
            text: "卫生间天花板漏水",
        }
    }

    #[test]
    fn a2_a_case_is_found_by_number_person_place_and_words() {
        assert_eq!(found(&case(), "LY-2026-000123")[0], Tier::Number);
        assert_eq!(found(&case(), "123")[0], Tier::Number);
        assert_eq!(found(&case(), "王小明"), [Tier::Person]);
        assert_eq!(found(&case(), "138 1234 1234"), [], "a number is one word");
        assert_eq!(found(&case(), "13812341234")[0], Tier::Person);
        assert_eq!(found(&case(), "1234")[0], Tier::Person);
        assert_eq!(found(&case(), "电梯"), [Tier::Place, Tier::Words]);
        assert_eq!(found(&case(), "漏水"), [Tier::Words]);
        assert_eq!(found(&case(), "卫生间漏水"), [Tier::MostWords]);
        assert_eq!(found(&case(), "电梯漏水"), [Tier::MostWords]);
        assert_eq!(found(&case(), "停电"), []);
    }

    #[test]
    fn a2_a_number_is_looked_for_whole_or_by_its_running_number() {
        let terms = case().terms();
        for typed in ["LY-2026-000123", "ly-2026-000123", "2026-123", "000123", "123"] {
            let (wanted, end) = numbered(typed).unwrap();
            assert!(wanted.holds(&terms) && case().number.ends_with(&end), "{typed}: {end}");
        }
        assert!(numbered("LY").is_none() && numbered("").is_none());
        assert_eq!(numbered("23").unwrap().1, "-000023", "not every number that ends so");
    }

    #[test]
    fn a2_the_beginning_of_a_name_leads_to_its_cases() {
        assert!(named("王小").unwrap().holds(&case().terms()));
        assert!(named("王").is_none(), "too many are called so");
        assert!(!named("李小").unwrap().holds(&case().terms()));
    }

    #[test]
    fn the_rarest_term_leads() {
        let wanted = Question::read("水 漏水").unwrap().wanted(Tier::Words).unwrap();
        assert_eq!(wanted.leading(), Some("漏水"));
        assert_eq!(Wanted::All(vec![wanted, numbered("9").unwrap().0]).leading(), Some("=9"));
        assert_eq!(Wanted::Any(vec![Wanted::Term("漏水".into())]).leading(), None);
    }

    #[test]
    fn a2_no_words_of_a_customer_look_like_a_mark() {
        let words = Document { name: None, phone: None, text: "@王小 #1234 =9 !00000007", ..case() };
        let terms = words.terms();
        assert!(!terms.contains("@王小") && !terms.contains("#1234") && !terms.contains("=9"));
    }

    #[test]
    fn a2_what_holds_no_letter_asks_for_nothing() {
        assert!(Question::read("，。!?").is_none());
    }
}
