//! Reads a table: headings in English or Chinese, quoted fields, any line ends, with or without a byte order mark.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord, Trim};
use domain::refusal::Code;

use crate::app::error::{Error, Result};

/// The most lines that one import takes.
const MAX_LINES: usize = 5000;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading, and its name in the report.
    pub name: &'static str,
    /// Its heading in Chinese.
    pub chinese: &'static str,
    /// Whether the table must have it; a field of it may still be empty.
    pub required: bool,
}

/// A table that was read.
pub struct Table<'a> {
    /// Its lines, without the headings.
    pub lines: Vec<Line<'a>>,
}

/// A line of a table.
pub struct Line<'a> {
    /// Its number in the table, the headings being the first.
    pub number: u64,
    columns: &'a [Column],
    /// Where in the record each column is.
    places: Arc<[Option<usize>]>,
    record: StringRecord,
}

impl Line<'_> {
    /// What stands in a column; nothing where it is empty or not in the table.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let column = self.columns.iter().position(|column| column.name == name)?;
        let place = (*self.places.get(column)?)?;
        self.record.get(place).filter(|field| !field.is_empty())
    }
}

impl<'a> Table<'a> {
    /// Reads a table with these columns, in any order.
    ///
    /// # Errors
    /// A refusal of the whole table: a heading that is unknown, doubled or missing, a line with too few or too many fields,
    /// no line at all or too many.
    pub fn read(text: &str, columns: &'a [Column]) -> Result<Self> {
        // The reader counts a line that ends with both characters one too low.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
        let headings = reader.headers().map_err(|error| broken(&error))?.clone();
        let places: Arc<[Option<usize>]> = places(&headings, columns)?.into();
        let mut lines = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| broken(&error))?;
            if lines.len() == MAX_LINES {
                return Err(Error::refused_needing(Code::TooLong, "csv", vec![format!("1..{MAX_LINES} lines")]));
            }
            let number = record.position().map_or(0, csv::Position::line);
            lines.push(Line { number, columns, places: places.clone(), record });
        }
        if lines.is_empty() {
            return Err(Error::refused(Code::Required, "csv"));
        }
        Ok(Self { lines })
    }
}

fn places(headings: &StringRecord, columns: &[Column]) -> Result<Vec<Option<usize>>> {
    let names = || columns.iter().map(|column| column.name.to_owned()).collect();
    let is = |column: &Column, heading: &str| column.name.eq_ignore_ascii_case(heading) || column.chinese == heading;
    let mut places = vec![None; columns.len()];
    for (place, heading) in headings.iter().enumerate() {
        let column = columns.iter().position(|column| is(column, heading));
        let column = column.filter(|column| places[*column].is_none());
        let column = column.ok_or_else(|| Error::refused_needing(Code::Invalid, "csv", names()))?;
        places[column] = Some(place);
    }
    match columns.iter().zip(&places).find(|(column, place)| column.required && place.is_none()) {
        Some((missing, _)) => Err(Error::refused_needing(Code::Required, missing.name, names())),
        None => Ok(places),
    }
}

fn broken(error: &csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    Error::refused_needing(Code::Invalid, "csv", vec![format!("line {line}: as many fields as there are headings")])
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "siteCode", chinese: "项目编号", required: true },
        Column { name: "name", chinese: "楼栋", required: true },
        Column { name: "note", chinese: "备注", required: false },
    ];

    fn read(text: &str) -> Vec<(u64, String, String)> {
        let table = Table::read(text, COLUMNS).unwrap();
        let field = |line: &Line<'_>, name| line.get(name).unwrap_or("-").to_owned();
        table.lines.iter().map(|line| (line.number, field(line, "siteCode"), field(line, "name"))).collect()
    }

    #[test]
    fn headings_are_chinese_or_english_in_any_order_with_any_line_ends_quotes_and_byte_order_mark() {
        let expected = vec![(2, "LY".to_owned(), "3栋, 东".to_owned()), (3, "LY".to_owned(), "4\"栋".to_owned())];
        assert_eq!(read("siteCode,name\nLY,\"3栋, 东\"\nLY,\"4\"\"栋\"\n"), expected);
        assert_eq!(read("\u{feff}楼栋,项目编号\r\n\"3栋, 东\",LY\r\n\"4\"\"栋\",LY"), expected);
        assert_eq!(read("SITECODE,备注,楼栋\r\n LY ,,\"3栋, 东\"\r\nLY,x,\"4\"\"栋\""), expected);
    }

    #[test]
    fn a_table_that_cannot_be_read_is_refused_with_what_would_be_right() {
        for (text, code, field) in [
            ("name\n3栋", Code::Required, "siteCode"),
            ("siteCode,name,name\nLY,3栋,4栋", Code::Invalid, "csv"),
            ("siteCode,name,colour\nLY,3栋,red", Code::Invalid, "csv"),
            ("siteCode,name\nLY", Code::Invalid, "csv"),
            ("siteCode,name\n", Code::Required, "csv"),
        ] {
            let Err(Error::Refused(refused)) = Table::read(text, COLUMNS) else { panic!("read: {text}") };
            assert_eq!((refused.code, refused.field[0].as_str()), (code, field), "{text}");
        }
        let long = format!("siteCode,name\n{}", "LY,3栋\n".repeat(MAX_LINES + 1));
        assert!(matches!(Table::read(&long, COLUMNS), Err(Error::Refused(refused)) if refused.code == Code::TooLong));
    }
}
