//! Lays a form out on pages of A4: rows that break where a page ends, tables whose headings come again.

use super::face::{Face, RISE};
use super::form::{Block, Field, Form, Row, SigningBox, Table};

/// Width and height of a page, in points.
pub const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 45.0;
const BODY: f32 = PAGE.0 - 2.0 * MARGIN;
const FLOOR: f32 = PAGE.1 - 52.0;
const SIZE: f32 = 9.5;
const LEADING: f32 = 14.0;
const PAD: f32 = 4.0;
const LABEL: f32 = 78.0;
const SMALL: f32 = 8.0;
const SIGNING: f32 = 92.0;
const CODE: f32 = 96.0;
/// A row of so few lines stays together.
const TOGETHER: usize = 6;

/// Something on a page, from its upper left corner; of a text, from the foot of its first letter.
pub enum Ink {
    /// A line of text.
    Text { x: f32, y: f32, size: f32, text: String },
    /// A frame.
    Frame { x: f32, y: f32, width: f32, height: f32 },
    /// A grey ground.
    Ground { x: f32, y: f32, width: f32, height: f32 },
    /// A drawing, fitted into a box.
    Drawing { x: f32, y: f32, width: f32, height: f32, png: Vec<u8> },
    /// A code that leads to an address.
    Code { x: f32, y: f32, side: f32, address: String },
}

/// A page.
pub type Page = Vec<Ink>;

struct Cell {
    width: f32,
    text: String,
    label: bool,
}

/// The pages of a form: every copy by itself. `foot` says which page of how many it is.
pub fn pages(face: &Face, form: &Form, foot: impl Fn(usize, usize) -> String) -> Vec<Page> {
    let mut all = Vec::new();
    let copies = if form.copies.is_empty() { vec![None] } else { form.copies.iter().map(Some).collect() };
    for copy in copies {
        let mut flow = Flow { face, form, copy, pages: Vec::new(), y: 0.0, heading: None };
        flow.turn();
        form.blocks.iter().for_each(|block| flow.block(block));
        let count = flow.pages.len();
        for (index, mut page) in flow.pages.into_iter().enumerate() {
            let (text, y) = (foot(index + 1, count), PAGE.1 - 30.0);
            page.push(Ink::Text { x: MARGIN, y, size: SMALL, text: form.number.clone() });
            page.push(Ink::Text { x: PAGE.0 - MARGIN - face.width(&text, SMALL), y, size: SMALL, text });
            all.push(page);
        }
    }
    all
}

struct Flow<'a> {
    face: &'a Face,
    form: &'a Form,
    copy: Option<&'a String>,
    pages: Vec<Page>,
    /// Where the next thing begins.
    y: f32,
    /// The headings of the table that is being laid out.
    heading: Option<&'a Table>,
}

impl<'a> Flow<'a> {
    fn put(&mut self, ink: Ink) {
        if let Some(page) = self.pages.last_mut() {
            page.push(ink);
        }
    }

    fn text(&mut self, x: f32, y: f32, size: f32, text: &str) {
        if !text.is_empty() {
            self.put(Ink::Text { x, y, size, text: text.to_owned() });
        }
    }

    /// Begins a page with what stands on top of each.
    fn turn(&mut self) {
        self.pages.push(Page::new());
        let form = self.form;
        self.text(MARGIN, 40.0, SMALL, &format!("{}  {}", form.house, form.site));
        if let Some(copy) = self.copy {
            let width = self.face.width(copy, SIZE) + 12.0;
            let x = PAGE.0 - MARGIN - width;
            self.put(Ink::Frame { x, y: 27.0, width, height: 18.0 });
            self.text(x + 6.0, 39.5, SIZE, copy);
        }
        if self.pages.len() == 1 {
            let middle = |size, text: &str| (PAGE.0 - self.face.width(text, size)) / 2.0;
            let (title, number) = (middle(20.0, &form.title), middle(10.0, &form.number));
            self.text(title, 76.0, 20.0, &form.title);
            self.text(number, 94.0, 10.0, &form.number);
            self.y = 106.0;
        } else {
            self.text(MARGIN, 58.0, SIZE, &format!("{}  {}", form.title, form.number));
            self.y = 66.0;
        }
        if let Some(table) = self.heading {
            self.headings(table);
        }
    }

    fn room_for(&mut self, height: f32) {
        if self.y + height > FLOOR {
            self.turn();
        }
    }

    fn block(&mut self, block: &'a Block) {
        match block {
            Block::Heading(text) => {
                // A heading does not stand alone at the foot of a page.
                self.room_for(20.0 + 3.0 * LEADING);
                self.text(MARGIN, self.y + 16.0, 11.0, text);
                self.y += 22.0;
            }
            Block::Grid(rows) => rows.iter().for_each(|row| self.row(&cells(row))),
            Block::Table(table) => self.table(table),
            Block::Signing(boxes) => self.signing(boxes),
            Block::Proof { lines, address } => self.proof(lines, address),
            Block::Remark(text) => {
                for line in self.face.lines(text, SMALL, BODY) {
                    self.room_for(LEADING);
                    self.text(MARGIN, self.y + 10.0, SMALL, &line);
                    self.y += 12.0;
                }
            }
        }
    }

    fn table(&mut self, table: &'a Table) {
        self.room_for(4.0 * LEADING);
        self.headings(table);
        self.heading = Some(table);
        for row in &table.rows {
            let cells = table.columns.iter().zip(row);
            let cells = cells.map(|((_, part), text)| Cell { width: part * BODY, text: text.clone(), label: false });
            self.row(&cells.collect::<Vec<_>>());
        }
        self.heading = None;
    }

    fn headings(&mut self, table: &Table) {
        let cells = table.columns.iter();
        let cells = cells.map(|(text, part)| Cell { width: part * BODY, text: text.clone(), label: true });
        self.row(&cells.collect::<Vec<_>>());
    }

    /// A row, over as many pages as it takes.
    fn row(&mut self, cells: &[Cell]) {
        let lines: Vec<Vec<String>> =
            cells.iter().map(|cell| self.face.lines(&cell.text, SIZE, cell.width - 2.0 * PAD)).collect();
        let most = lines.iter().map(Vec::len).max().unwrap_or(1);
        let mut from = 0;
        while from < most {
            let fits = whole_lines(FLOOR - self.y - 2.0 * PAD);
            if fits < (most - from).min(TOGETHER) {
                self.turn();
                continue;
            }
            let to = most.min(from + fits);
            self.fragment(cells, &lines, from, to);
            from = to;
        }
    }

    fn fragment(&mut self, cells: &[Cell], lines: &[Vec<String>], from: usize, to: usize) {
        let height = counted(to - from) * LEADING + 2.0 * PAD;
        let (mut x, y) = (MARGIN, self.y);
        for (cell, lines) in cells.iter().zip(lines) {
            let width = cell.width;
            if cell.label {
                self.put(Ink::Ground { x, y, width, height });
            }
            self.put(Ink::Frame { x, y, width, height });
            for (index, line) in lines.iter().skip(from).take(to - from).enumerate() {
                let foot = y + PAD + counted(index) * LEADING + (LEADING - SIZE) / 2.0 + RISE * SIZE;
                self.text(x + PAD, foot, SIZE, line);
            }
            x += width;
        }
        self.y += height;
    }

    fn signing(&mut self, boxes: &[SigningBox]) {
        let width = BODY / counted(boxes.len().max(1));
        let below: Vec<Vec<String>> =
            boxes.iter().map(|signing| self.face.lines(&signing.below, SMALL, width - 2.0 * PAD)).collect();
        let lines = counted(below.iter().map(Vec::len).max().unwrap_or(1));
        let height = SIGNING.max(66.0 + 12.0 * lines);
        self.room_for(height + 8.0);
        self.y += 8.0;
        for (index, (signing, below)) in boxes.iter().zip(below).enumerate() {
            let (x, y) = (MARGIN + counted(index) * width, self.y);
            self.put(Ink::Frame { x, y, width, height });
            self.text(x + PAD, y + 14.0, SIZE, &signing.label);
            if let Some(png) = &signing.drawing {
                let png = png.clone();
                self.put(Ink::Drawing { x: x + PAD, y: y + 20.0, width: width - 2.0 * PAD, height: 38.0, png });
            }
            let first = y + height - 12.0 * counted(below.len());
            for (line, text) in below.iter().enumerate() {
                self.text(x + PAD, first + 12.0 * counted(line) + 6.0, SMALL, text);
            }
        }
        self.y += height;
    }

    fn proof(&mut self, lines: &[String], address: &str) {
        let (left, room) = (MARGIN + CODE + 12.0, BODY - CODE - 12.0);
        let lines: Vec<String> = lines.iter().flat_map(|text| self.face.lines(text, SMALL, room)).collect();
        let height = CODE.max(12.0 * counted(lines.len()));
        self.room_for(height + 10.0);
        self.y += 10.0;
        let y = self.y;
        self.put(Ink::Code { x: MARGIN, y, side: CODE, address: address.to_owned() });
        for (index, line) in lines.iter().enumerate() {
            self.text(left, y + 12.0 * counted(index) + 12.0, SMALL, line);
        }
        self.y += height;
    }
}

fn cells(row: &Row) -> Vec<Cell> {
    let pair = |Field { label, value }: &Field, width: f32| {
        [
            Cell { width: LABEL, text: label.clone(), label: true },
            Cell { width: width - LABEL, text: value.clone(), label: false },
        ]
    };
    match row {
        Row::One(field) => pair(field, BODY).into(),
        Row::Two(left, right) => pair(left, BODY / 2.0).into_iter().chain(pair(right, BODY / 2.0)).collect(),
    }
}

/// How many lines have room in a height.
fn whole_lines(height: f32) -> usize {
    (1..=u16::MAX).take_while(|lines| counted(usize::from(*lines)) * LEADING <= height).count()
}

/// A small number of things, to measure with.
fn counted(number: usize) -> f32 {
    u16::try_from(number).map_or(f32::from(u16::MAX), f32::from)
}
