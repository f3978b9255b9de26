//! Opens a link to a paper, and makes the paper anew from what its viewer may see now.

use std::collections::BTreeSet;

use domain::organization::Language;
use tokio::sync::Semaphore;

use super::desk::Desk;
use super::face::Face;
use super::form::{Block, Form};
use super::link::{Asked, What};
use super::words::Label;
use super::{call, layout, order, pdf, register};
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::language::sentence;
use crate::fee::workbook;

/// How many papers are made at once: each takes a core for a moment.
static MAKING: Semaphore = Semaphore::const_new(2);

/// A paper, as it is handed out.
pub struct Paper {
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What it is.
    pub bytes: Vec<u8>,
}

/// The paper that a link leads to; none where its viewer is gone, or does not see any more what is on it.
///
/// # Errors
/// When the database does not answer.
pub async fn open(app: &App, asked: &Asked, address: &str) -> Result<Option<Paper>> {
    let viewer = match Viewer::load(&app.db, asked.viewer, app.clock.now()).await {
        Ok(viewer) => viewer,
        Err(Error::Unauthenticated) => return Ok(None),
        Err(error) => return Err(error),
    };
    let _turn = MAKING.acquire().await.map_err(|error| error.to_string())?;
    let desk = Desk::new(app, &viewer, asked.language, address);
    let form = match &asked.what {
        What::Order(id, copy) => order::form(&desk, *id, *copy).await?,
        What::Register(id) => register::form(&desk, *id).await?,
        What::Call(id) => call::form(&desk, *id).await?,
        What::HotlineCall(id) => call::hotline_form(&desk, *id).await?,
        What::Statements(site, month) => {
            let made = workbook::make(app, &viewer, *site, *month).await?;
            return Ok(made.map(|(name, bytes)| Paper { name, media_type: workbook::MEDIA_TYPE, bytes }));
        }
    };
    let Some(form) = form else { return Ok(None) };
    let made = tokio::task::spawn_blocking(move || print(form)).await.map_err(|error| error.to_string())?;
    Ok(Some(made?))
}

/// A form as PDF.
///
/// # Errors
/// When the font or a kept signature cannot be read.
pub fn print(mut form: Form) -> Result<Paper> {
    let face = Face::of_forms()?;
    mark_missing(face, &mut form);
    let language = form.language;
    let foot = |page: usize, pages: usize| {
        let (page, pages) = (page.to_string(), pages.to_string());
        sentence(language, "paper-page-of", &[("page", &page), ("pages", &pages)])
    };
    let pages = layout::pages(face, &form, foot);
    let name = format!("{}.pdf", form.number);
    Ok(Paper { name, media_type: "application/pdf", bytes: pdf::write(face, &form, &pages)? })
}

/// Puts a mark for each character that the font lacks, and says at the end which they are.
fn mark_missing(face: &Face, form: &mut Form) {
    let mut missing = BTreeSet::new();
    for text in form.texts() {
        *text = face.shown(text, &mut missing);
    }
    if missing.is_empty() {
        return;
    }
    let letters: Vec<String> = missing.iter().map(|letter| format!("U+{:04X}", u32::from(*letter))).collect();
    let language: Language = form.language;
    let key = format!("paper-{}", crate::app::language::kebab(Label::MissingLetters.name()));
    form.blocks.push(Block::Remark(sentence(language, &key, &[("letters", &letters.join(" "))])));
}
