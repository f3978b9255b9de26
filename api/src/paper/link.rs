//! Links to papers: for one paper, one person and five minutes. The paper is made from what that person may see when it is
//! fetched, so a link shows nobody more than they would see themselves.

use domain::fee::Month;
use domain::organization::Language;
use domain::work_order::CopyHolder;
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::app::{App, link};

const PURPOSE: &str = "paper";

/// Which paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A work order, in the copy of one holder or in both.
    Order(Uuid, Option<CopyHolder>),
    /// The register form of a case.
    Register(Uuid),
    /// A call record.
    Call(Uuid),
    /// The record of a call to the hotline that led to no case.
    HotlineCall(Uuid),
    /// The statements of a site of a month.
    Statements(Uuid, Month),
}

/// Which paper, for whom, in which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub what: What,
    /// For whom.
    pub viewer: Uuid,
    /// In which language.
    pub language: Language,
}

impl What {
    /// The kind, the id, and what else says which it is.
    fn parts(self) -> (&'static str, Uuid, String) {
        match self {
            Self::Order(id, copy) => ("order", id, copy.map(CopyHolder::name).unwrap_or_default().to_owned()),
            Self::Register(id) => ("register", id, String::new()),
            Self::Call(id) => ("call", id, String::new()),
            Self::HotlineCall(id) => ("hotline", id, String::new()),
            Self::Statements(site, month) => ("statements", site, month.to_string()),
        }
    }

    fn read(kind: &str, id: &str, of: &str) -> Option<Self> {
        let id = Uuid::try_parse(id).ok()?;
        match kind {
            "order" if of.is_empty() => Some(Self::Order(id, None)),
            "order" => {
                CopyHolder::ALL.iter().find(|holder| holder.name() == of).map(|only| Self::Order(id, Some(*only)))
            }
            "register" => Some(Self::Register(id)),
            "call" => Some(Self::Call(id)),
            "hotline" => Some(Self::HotlineCall(id)),
            "statements" => Some(Self::Statements(id, Month::parse(of)?)),
            _ => None,
        }
    }
}

/// Where a paper can be read, for a person; none for a machine account.
#[must_use]
pub fn to(app: &App, viewer: Option<&Viewer>, language: Language, what: What) -> Option<String> {
    let viewer = viewer.filter(|viewer| !viewer.is_machine())?.id;
    let (kind, id, of) = what.parts();
    let language = language.name();
    let signed = link::signed(app, PURPOSE, &bound(&viewer, language, kind, &id, &of));
    Some(format!("/papers/{kind}/{}?of={of}&language={language}&for={}&{signed}", id.simple(), viewer.simple()))
}

/// How a link was written.
pub struct Written<'a> {
    /// Which kind of paper.
    pub kind: &'a str,
    /// Of what.
    pub id: &'a str,
    /// What else says which it is.
    pub of: &'a str,
    /// In which language.
    pub language: &'a str,
    /// For whom.
    pub viewer: &'a str,
    /// Until when it holds.
    pub until: i64,
    /// Its key.
    pub key: &'a str,
}

/// What a link asks for, if it holds.
#[must_use]
pub fn opens(app: &App, written: &Written<'_>) -> Option<Asked> {
    let what = What::read(written.kind, written.id, written.of)?;
    let viewer = Uuid::try_parse(written.viewer).ok()?;
    let language = *Language::ALL.iter().find(|language| language.name() == written.language)?;
    let (kind, id, of) = what.parts();
    let bound = bound(&viewer, language.name(), kind, &id, &of);
    link::holds(app, PURPOSE, &bound, written.until, written.key).then_some(Asked { what, viewer, language })
}

fn bound<'a>(viewer: &'a Uuid, language: &'a str, kind: &'a str, id: &'a Uuid, of: &'a str) -> [&'a [u8]; 5] {
    [viewer.as_bytes(), language.as_bytes(), kind.as_bytes(), id.as_bytes(), of.as_bytes()]
}
