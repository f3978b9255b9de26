//! Replies to customers (C2, C5, C8, C9): in which form a channel is answered, and what an answer is made of.

use crate::closed_set::closed_set;
use crate::complaint::{Channel, ReplyForm};

closed_set! {
    /// Whether more is to come.
    pub enum ReplyKind as "ReplyKind" {
        /// The last word on the matter.
        Final,
        /// For the time being; it says when the next answer comes (C8).
        Interim,
    }
}

closed_set! {
    /// What a template is for.
    pub enum Purpose as "ReplyPurpose" {
        /// Anything; the words say it all.
        General,
        /// For the time being: what is known so far, and when the next answer comes (C8).
        Interim,
        /// It was handled.
        Handled,
        /// It is not handled, and why (C5).
        Declined,
        /// It cannot be solved: explanation, apology, the offer to make good (C9).
        Unresolvable,
    }
}

closed_set! {
    /// Where a template stands.
    pub enum TemplateState as "ReplyTemplateState" {
        /// Being written.
        Draft,
        /// In use.
        Published,
        /// Replaced by a later one; replies that were made of it stay.
        Ended,
    }
}

/// In which forms a channel is answered where the site says nothing else (ours, but for letters, which C8 has answered in
/// writing): what was spoken or came by the app in any form, what was written in writing.
#[must_use]
pub const fn default_forms(channel: Channel) -> &'static [ReplyForm] {
    match channel {
        Channel::Letter | Channel::Email => &[ReplyForm::Letter],
        Channel::App | Channel::Phone | Channel::Visit | Channel::OpinionBook => {
            &[ReplyForm::Phone, ReplyForm::InPerson, ReplyForm::App, ReplyForm::Letter]
        }
    }
}

/// Whether a site may answer a channel in these forms: some form, each once, and a letter by letter only (C8).
#[must_use]
pub fn may_be_set(channel: Channel, forms: &[ReplyForm]) -> bool {
    let each_once = forms.iter().enumerate().all(|(place, form)| !forms[..place].contains(form));
    let by_letter = channel != Channel::Letter || forms == [ReplyForm::Letter];
    !forms.is_empty() && each_once && by_letter
}

/// Whether a channel that is answered in these forms is answered by word as well: then telling the customer how it goes is
/// an answer (C8).
#[must_use]
pub fn is_by_word(forms: &[ReplyForm]) -> bool {
    forms.iter().any(|form| *form != ReplyForm::Letter)
}

/// The parts of an answer, in order: courtesy is not left to chance (C2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// 称呼: how the customer is greeted.
    pub greeting: String,
    /// 理解: that we feel with them.
    pub sympathy: String,
    /// 致歉: the apology.
    pub apology: String,
    /// 正文: the answer itself, with the handler's own words.
    pub body: String,
    /// 落款: the closing, with the handler's card (C1).
    pub closing: String,
}

impl Parts {
    /// Each part with its name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, &str); 5] {
        [
            ("greeting", &self.greeting),
            ("sympathy", &self.sympathy),
            ("apology", &self.apology),
            ("body", &self.body),
            ("closing", &self.closing),
        ]
    }
}

/// What can stand in a template in braces.
pub const VARIABLES: &[&str] =
    &["customer", "number", "category", "place", "site", "text", "nextReply", "handler", "department", "phone"];
/// The handler's card (C1).
const CARD: [&str; 3] = ["handler", "department", "phone"];
/// How long a part may be.
pub const MAX_PART: usize = 1000;

/// What is wrong with a template, in which part, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The part.
    pub part: &'static str,
    /// What would be right.
    pub right: String,
}

/// Checks the parts of a template: none is empty (C2), only known variables, the handler's words in the body, the card in
/// the closing (C1), and the time of the next answer in what is for the time being (C8).
///
/// # Errors
/// The first fault.
pub fn check(purpose: Purpose, parts: &Parts) -> Result<(), Fault> {
    for (part, text) in parts.named() {
        if text.trim().is_empty() || text.chars().count() > MAX_PART {
            return Err(Fault { part, right: format!("1..{MAX_PART} characters") });
        }
        let known = pieces(text).iter().all(|piece| !matches!(piece, Piece::Unknown));
        if !known {
            return Err(Fault { part, right: format!("only these in braces: {}", VARIABLES.join(", ")) });
        }
    }
    let needs = |part, text: &str, wanted: &[&str]| {
        let missing = wanted.iter().find(|name| !pieces(text).contains(&Piece::Variable(name)));
        missing.map_or(Ok(()), |name| Err(Fault { part, right: format!("with {{{name}}}") }))
    };
    needs("body", &parts.body, &["text"])?;
    needs("closing", &parts.closing, &CARD)?;
    if purpose == Purpose::Interim { needs("body", &parts.body, &["nextReply"]) } else { Ok(()) }
}

/// Puts values into the parts; one that is not known leaves its place empty.
#[must_use]
pub fn write(parts: &Parts, value: impl Fn(&str) -> Option<String>) -> String {
    let written = |text: &str| {
        let pieces = pieces(text).into_iter();
        pieces
            .map(|piece| match piece {
                Piece::Words(words) => words.to_owned(),
                Piece::Variable(name) => value(name).unwrap_or_default(),
                Piece::Unknown => String::new(),
            })
            .collect::<String>()
    };
    let parts: Vec<String> = parts.named().iter().map(|(_, text)| written(text).trim().to_owned()).collect();
    parts.join("\n")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    Variable(&'a str),
    Unknown,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        found.push(Piece::Words(&rest[..open]));
        let (variable, behind) = match rest[open..].strip_prefix('{').and_then(|inside| inside.split_once('}')) {
            Some((name, behind)) if VARIABLES.contains(&name) => (Piece::Variable(name), behind),
            _ => (Piece::Unknown, &rest[open + 1..]),
        };
        found.push(variable);
        rest = behind;
    }
    found.push(Piece::Words(rest));
    found
}

/// What we write where a site has published nothing of its own (ours), in Chinese and in English.
#[must_use]
pub fn default_template(purpose: Purpose) -> (Parts, Parts) {
    let (zh_body, en_body) = match purpose {
        Purpose::General => ("关于您反映的事项(编号 {number}):{text}", "On what you reported ({number}): {text}"),
        Purpose::Interim => (
            "您反映的事项(编号 {number})正在处理,目前的情况是:{text} 我们将在 {nextReply} 前再次答复您。",
            "We are working on what you reported ({number}). So far: {text} You will hear from us again by {nextReply}.",
        ),
        Purpose::Handled => {
            ("您反映的事项(编号 {number})已处理完毕:{text}", "What you reported ({number}) has been dealt with: {text}")
        }
        Purpose::Declined => (
            "您反映的事项(编号 {number})经研究不予受理,原因如下:{text}",
            "We cannot take on what you reported ({number}). The reason: {text}",
        ),
        Purpose::Unresolvable => (
            "您反映的事项(编号 {number})目前无法解决,说明如下:{text} 我们愿意以其他方式弥补,请您告知意见。",
            "What you reported ({number}) cannot be solved at present. Why: {text} We would like to make good in another way: please tell us what you think.",
        ),
    };
    let own = |text: &str| text.to_owned();
    let zh = Parts {
        greeting: own("尊敬的{customer}:"),
        sympathy: own("您好!感谢您的反映,我们非常理解您的心情。"),
        apology: own("给您带来不便,我们深表歉意。"),
        body: own(zh_body),
        closing: own("{site} {department} {handler},电话 {phone}"),
    };
    let en = Parts {
        greeting: own("Dear {customer},"),
        sympathy: own("Thank you for telling us. We understand how you feel about this."),
        apology: own("We are sorry for the trouble that it has given you."),
        body: own(en_body),
        closing: own("{handler}, {department}, {site}, telephone {phone}"),
    };
    (zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c8_a_letter_is_answered_by_letter_whatever_a_site_would_like() {
        for channel in Channel::ALL {
            assert!(may_be_set(*channel, default_forms(*channel)), "{channel:?}");
        }
        assert!(!may_be_set(Channel::Letter, &[ReplyForm::Letter, ReplyForm::App]));
        assert!(may_be_set(Channel::Email, &[ReplyForm::App]), "an e-mail counts as written by our own choice only");
        assert!(!may_be_set(Channel::App, &[]) && !may_be_set(Channel::App, &[ReplyForm::App, ReplyForm::App]));
        assert!(is_by_word(&[ReplyForm::Letter, ReplyForm::App]) && !is_by_word(&[ReplyForm::Letter]));
    }

    #[test]
    fn c2_every_template_of_ours_is_courteous_and_carries_the_handlers_card() {
        for purpose in Purpose::ALL {
            let (zh, en) = default_template(*purpose);
            assert_eq!((check(*purpose, &zh), check(*purpose, &en)), (Ok(()), Ok(())), "{purpose:?}");
        }
    }

    #[test]
    fn c2_a_template_without_courtesy_card_or_words_is_refused() {
        let (zh, _) = default_template(Purpose::Interim);
        let part = |parts: Parts| check(Purpose::Interim, &parts).map_err(|fault| fault.part);
        assert_eq!(part(Parts { apology: " ".to_owned(), ..zh.clone() }), Err("apology"));
        assert_eq!(part(Parts { closing: "{handler} {phone}".to_owned(), ..zh.clone() }), Err("closing"));
        assert_eq!(part(Parts { body: "{text}".to_owned(), ..zh.clone() }), Err("body"));
        for wrong in ["{password}", "{", "a } b", "{text", "{}"] {
            assert_eq!(part(Parts { greeting: wrong.to_owned(), ..zh.clone() }), Err("greeting"), "{wrong}");
        }
    }

    #[test]
    fn c2_what_is_written_has_every_part_and_nothing_in_braces() {
        let (zh, _) = default_template(Purpose::Handled);
        let text = write(&zh, |name| Some(format!("<{name}>")));
        assert_eq!(text.lines().count(), 5);
        assert!(text.contains("<text>") && text.contains("<phone>") && !text.contains('{'));
    }
}
