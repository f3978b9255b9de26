//! What a printed form is made of, before it is known where it stands on a page.

use chrono::{DateTime, Utc};
use domain::organization::Language;

/// A form.
pub struct Form {
    /// What it is called, such as 维修单.
    pub title: String,
    /// Its number.
    pub number: String,
    /// The company.
    pub house: String,
    /// The site.
    pub site: String,
    /// The language it is in.
    pub language: Language,
    /// Of when the data is: the same data is the same document, whenever it is printed.
    pub dated: DateTime<Utc>,
    /// Whose copies are printed, one after the other; none for a form of which there is one.
    pub copies: Vec<String>,
    /// What stands on it.
    pub blocks: Vec<Block>,
}

/// A part of a form.
pub enum Block {
    /// A line that says what follows.
    Heading(String),
    /// Rows of labels with what was filled in.
    Grid(Vec<Row>),
    /// A table.
    Table(Table),
    /// Boxes for signatures, side by side.
    Signing(Vec<SigningBox>),
    /// A code that leads to an address, with words beside it.
    Proof {
        /// What stands beside it.
        lines: Vec<String>,
        /// Where it leads to.
        address: String,
    },
    /// A remark in small letters.
    Remark(String),
}

/// A row of a grid: one label with what was filled in, or two beside each other.
pub enum Row {
    /// Over the whole width.
    One(Field),
    /// Two halves.
    Two(Field, Field),
}

/// A label with what was filled in; empty where there is nothing.
pub struct Field {
    /// The label.
    pub label: String,
    /// What was filled in.
    pub value: String,
}

/// A table.
pub struct Table {
    /// Its headings, each with its part of the width.
    pub columns: Vec<(String, f32)>,
    /// What stands below them.
    pub rows: Vec<Vec<String>>,
}

/// A box for a signature.
pub struct SigningBox {
    /// Who signs here.
    pub label: String,
    /// What was drawn: a PNG.
    pub drawing: Option<Vec<u8>>,
    /// Name and time, below.
    pub below: String,
}

impl Form {
    /// Every text of the blocks, to be changed in its place.
    pub fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = vec![&mut self.title, &mut self.number, &mut self.house, &mut self.site];
        texts.extend(&mut self.copies);
        for block in &mut self.blocks {
            match block {
                Block::Heading(text) | Block::Remark(text) => texts.push(text),
                Block::Grid(rows) => texts.extend(rows.iter_mut().flat_map(Row::texts)),
                Block::Table(Table { columns, rows }) => {
                    texts.extend(columns.iter_mut().map(|(heading, _)| heading));
                    texts.extend(rows.iter_mut().flatten());
                }
                Block::Signing(boxes) => {
                    texts.extend(boxes.iter_mut().flat_map(|signing| [&mut signing.label, &mut signing.below]));
                }
                Block::Proof { lines, .. } => texts.extend(lines),
            }
        }
        texts
    }
}

impl Row {
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::One(field) => vec![&mut field.label, &mut field.value],
            Self::Two(left, right) => vec![&mut left.label, &mut left.value, &mut right.label, &mut right.value],
        }
    }
}
