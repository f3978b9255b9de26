//! The form with which a case comes in, as data: an app draws it, and the server checks by the same description.
//!
//! A form is made of the fields that every case has, what a site asks for besides, and which way the case comes in
//! ([`standard`], [`Form::with`]). [`Form::check`] is the only judge of what was filled in.

mod besides;

pub use besides::{Besides, MAY_BE_REQUIRED, check_besides};

use std::collections::BTreeMap;

use chrono::DateTime;

use crate::closed_set::closed_set;
use crate::refusal::Code;

closed_set! {
    /// What a field of a form takes.
    pub enum FieldType as "FormFieldType" {
        /// One line of text.
        Text,
        /// Text of several lines.
        LongText,
        /// A telephone number: 3 to 20 digits with an optional plus; spaces and hyphens do not count.
        Phone,
        /// A whole number.
        Number,
        /// `true` or `false`.
        YesNo,
        /// A moment in RFC 3339.
        Moment,
        /// One of the options.
        Choice,
        /// Several lines of text, each a matter of its own.
        List,
    }
}

/// How long the texts of a case may be.
pub const MAX_DESCRIPTION: usize = 4000;
/// The same of where it is.
pub const MAX_PLACE: usize = 200;
/// The same of what the customer asks for.
pub const MAX_REMEDY: usize = 1000;
/// The same of a name.
pub const MAX_NAME: usize = 60;
/// How many separate matters one case may have.
pub const MAX_ITEMS: usize = 20;
/// The longest text that a site's own field can ask for.
pub const MAX_EXTRA: usize = 2000;
/// How many fields a site may add to one form.
pub const MAX_FIELDS: usize = 20;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// A text in both languages.
    #[must_use]
    pub fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// One of a field's options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: Words,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: of the field in the report, or of the answer in the report's `details`.
    pub name: String,
    /// Whether the site has added it.
    pub extra: bool,
    /// What it takes.
    pub kind: FieldType,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it is called.
    pub label: Words,
    /// What helps to fill it in.
    pub hint: Option<Words>,
    /// The least number of characters of a text.
    pub min_length: Option<usize>,
    /// The largest number of characters of a text, of each line of a list.
    pub max_length: Option<usize>,
    /// The least number.
    pub min: Option<i64>,
    /// The largest number.
    pub max: Option<i64>,
    /// The characters that a text may be made of; any where nothing is said.
    pub letters: Option<Letters>,
    /// The options of a choice.
    pub options: Vec<Choice>,
    /// The largest number of lines of a list.
    pub max_items: Option<usize>,
}

closed_set! {
    /// Of which characters a text may be made.
    pub enum Letters as "FormLetters" {
        /// `0` to `9`.
        Digits,
        /// `0` to `9`, `A` to `Z`, `a` to `z`, and `-`.
        Code,
    }
}

impl Letters {
    /// The same as a pattern that the languages of apps read alike.
    #[must_use]
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Digits => "^[0-9]*$",
            Self::Code => "^[0-9A-Za-z-]*$",
        }
    }

    fn take(self, text: &str) -> bool {
        text.bytes().all(|byte| match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::Code => byte.is_ascii_alphanumeric() || byte == b'-',
        })
    }
}

/// How a case comes in: what must be known differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A resident files for a home of theirs: name, number and place are known.
    Resident,
    /// Somebody files without saying who they are (D7).
    Nobody,
    /// An employee registers for a customer; whether for one of a unit, and whether for one who stays unknown.
    Employee {
        /// Whether a unit is given, whose address is the place.
        at_home: bool,
        /// Whether the customer stays unknown.
        unknown: bool,
        /// Whether it is written down in a few words for customer service, which asks for the rest.
        brief: bool,
    },
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its fields, in the order in which they are shown.
    pub fields: Vec<Field>,
}

/// What was filled into a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// One value, as it is sent.
    One(String),
    /// The lines of a list.
    Many(Vec<String>),
}

/// What is wrong with what was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field: its name, with the place in the list behind a dot.
    pub field: String,
    /// What is wrong.
    pub code: Code,
    /// What would be right.
    pub needed: Vec<String>,
}

fn field(name: &str, kind: FieldType, label: Words) -> Field {
    Field {
        name: name.to_owned(),
        extra: false,
        kind,
        required: false,
        label,
        hint: None,
        min_length: None,
        max_length: None,
        min: None,
        max: None,
        letters: None,
        options: Vec::new(),
        max_items: None,
    }
}

/// The form of a case that comes in a way, before the site adds to it.
#[must_use]
pub fn standard(way: Way) -> Form {
    let known = matches!(way, Way::Employee { unknown: false, .. });
    let asked_where =
        matches!(way, Way::Nobody | Way::Employee { at_home: false, .. } | Way::Employee { unknown: true, .. });
    let text =
        |name, label, required, max| Field { required, max_length: Some(max), ..field(name, FieldType::Text, label) };
    let long = |name, label, required, max| Field { kind: FieldType::LongText, ..text(name, label, required, max) };
    let mut fields = vec![
        Field {
            hint: Some(Words::new("请说明时间、地点、经过", "Say when, where and what")),
            ..long("description", Words::new("情况说明", "What happened"), true, MAX_DESCRIPTION)
        },
        text("place", Words::new("地点", "Where"), asked_where, MAX_PLACE),
        Field {
            max_length: Some(MAX_DESCRIPTION),
            max_items: Some(MAX_ITEMS),
            ..field("items", FieldType::List, Words::new("投诉事项", "Separate matters"))
        },
        long("remedySought", Words::new("期望的处理", "What is asked for"), false, MAX_REMEDY),
        field("wishedAt", FieldType::Moment, Words::new("期望时间", "When it would suit")),
    ];
    if way != Way::Nobody && !matches!(way, Way::Employee { unknown: true, .. }) {
        let named = matches!(way, Way::Employee { unknown: false, brief: false, .. });
        fields.push(text("contactName", Words::new("联系人", "Whom to ask for"), named, MAX_NAME));
        fields.push(Field {
            required: known,
            ..field("contactPhone", FieldType::Phone, Words::new("联系电话", "Where to call"))
        });
    }
    Form { fields }
}

impl Form {
    /// The same with what the site asks for besides.
    #[must_use]
    pub fn with(mut self, besides: &Besides) -> Self {
        for known in &mut self.fields {
            known.required |= besides.required.contains(&known.name);
        }
        self.fields.extend(besides.fields.iter().cloned());
        self
    }

    /// The first thing that is wrong with what was filled in, in the order of the fields. Whatever this lets through is
    /// accepted, and nothing else.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, answers: &BTreeMap<String, Answer>) -> Result<(), Fault> {
        for field in &self.fields {
            field.check(answers.get(&field.name))?;
        }
        let known = |name: &String| self.fields.iter().any(|field| field.name == *name);
        match answers.keys().find(|name| !known(name)) {
            Some(unknown) => Err(fault(unknown, Code::Invalid, vec!["a field of the form".to_owned()])),
            None => Ok(()),
        }
    }
}

impl Field {
    fn check(&self, answer: Option<&Answer>) -> Result<(), Fault> {
        let lines: &[String] = match answer {
            None => &[],
            Some(Answer::One(text)) => std::slice::from_ref(text),
            Some(Answer::Many(lines)) => lines,
        };
        if self.kind == FieldType::List {
            return self.check_lines(lines);
        }
        let text = lines.first().map_or("", |line| line.trim());
        if text.is_empty() {
            return if self.required { Err(fault(&self.name, Code::Required, Vec::new())) } else { Ok(()) };
        }
        self.check_value(&self.name, text)
    }

    fn check_lines(&self, lines: &[String]) -> Result<(), Fault> {
        if lines.is_empty() && self.required {
            return Err(fault(&self.name, Code::Required, Vec::new()));
        }
        if let Some(most) = self.max_items.filter(|most| lines.len() > *most) {
            return Err(fault(&self.name, Code::TooLong, vec![format!("0..{most}")]));
        }
        for (index, line) in lines.iter().enumerate() {
            let name = format!("{}.{index}", self.name);
            if line.trim().is_empty() {
                return Err(fault(&name, Code::Required, Vec::new()));
            }
            self.check_value(&name, line.trim())?;
        }
        Ok(())
    }

    fn check_value(&self, name: &str, text: &str) -> Result<(), Fault> {
        let invalid = |right: String| Err(fault(name, Code::Invalid, vec![right]));
        match self.kind {
            FieldType::Text | FieldType::LongText | FieldType::List => self.check_text(name, text),
            FieldType::Phone if !is_phone(text) => invalid("3 to 20 digits".to_owned()),
            FieldType::Number => {
                let (min, max) = (self.min.unwrap_or(i64::MIN), self.max.unwrap_or(i64::MAX));
                match text.parse::<i64>() {
                    Ok(number) if (min..=max).contains(&number) => Ok(()),
                    _ => invalid(format!("{min}..{max}")),
                }
            }
            FieldType::YesNo if !matches!(text, "true" | "false") => invalid("true or false".to_owned()),
            FieldType::Moment if DateTime::parse_from_rfc3339(text).is_err() => {
                invalid("a moment in RFC 3339".to_owned())
            }
            FieldType::Choice if self.options.iter().all(|option| option.value != text) => {
                Err(fault(name, Code::Invalid, self.options.iter().map(|option| option.value.clone()).collect()))
            }
            FieldType::Phone | FieldType::YesNo | FieldType::Moment | FieldType::Choice => Ok(()),
        }
    }

    fn check_text(&self, name: &str, text: &str) -> Result<(), Fault> {
        let length = text.chars().count();
        let (min, max) = (self.min_length.unwrap_or(1), self.max_length.unwrap_or(MAX_EXTRA));
        if length > max {
            return Err(fault(name, Code::TooLong, vec![format!("{min}..{max}")]));
        }
        if length < min {
            return Err(fault(name, Code::Invalid, vec![format!("{min}..{max}")]));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(fault(name, Code::Invalid, vec!["text without control characters".to_owned()]));
        }
        match self.letters {
            Some(letters) if !letters.take(text) => Err(fault(name, Code::Invalid, vec![letters.pattern().to_owned()])),
            _ => Ok(()),
        }
    }
}

fn fault(field: &str, code: Code, needed: Vec<String>) -> Fault {
    Fault { field: field.to_owned(), code, needed }
}

/// Whether a text is a telephone number.
#[must_use]
pub fn is_phone(text: &str) -> bool {
    let phone: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    (3..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}
