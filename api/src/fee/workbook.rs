//! A month's statements as a spreadsheet. A cell holds a binary number with 15 digits that can be relied on: an amount is a
//! number where it has no more digits than that, so that it reads back as exactly the same cents, and text beyond.

use chrono::{Datelike, NaiveDate};
use domain::fee::Month;
use entity::site;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::export::{self, HEADINGS, Line, MAX_LINES};
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::Result;

/// How many digits of a number a cell keeps.
const DIGITS: usize = 15;
/// The media type of a spreadsheet.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The statements of a site of a month, with the name of the file; none for a site whose fees the viewer does not keep.
///
/// # Errors
/// When the database does not answer.
pub async fn make(app: &App, viewer: &Viewer, site: Uuid, month: Month) -> Result<Option<(String, Vec<u8>)>> {
    let row = site::Entity::find_by_id(site).one(&app.db).await?;
    let row = row.filter(|row| row.organization_id == viewer.organization_id && export::keeps(viewer, row.id));
    let Some(row) = row else { return Ok(None) };
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (lines, next) = export::lines(app, viewer.organization_id, site, month, after, MAX_LINES).await?;
        all.extend(lines);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let made = tokio::task::spawn_blocking(move || written(&all, month)).await.map_err(|error| error.to_string())?;
    let bytes = made.map_err(|error| error.to_string())?;
    Ok(Some((format!("{}-{month}.xlsx", row.code), bytes)))
}

fn written(lines: &[Line], month: Month) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same statements are the same file.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&date(month.first())?));
    let sheet = workbook.add_worksheet();
    sheet.set_name(month.to_string())?;
    let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("0.00"));
    let (count, day) = (Format::new().set_num_format("0.###"), Format::new().set_num_format("yyyy-mm-dd"));
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, line) in (1..).zip(lines) {
        for (column, text) in (0..).zip(&line.of) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_datetime_with_format(row, 7, date(line.date)?, &day)?;
        sheet.write_string(row, 8, &line.name)?;
        number(sheet, row, 9, &line.quantity.to_string(), &count)?;
        sheet.write_string(row, 10, &line.measure)?;
        for (column, amount) in (11..).zip(line.amounts) {
            number(sheet, row, column, &amount.to_string(), &money)?;
        }
        sheet.write_string(row, 14, &line.state)?;
        if let Some(paid_on) = line.paid_on {
            sheet.write_datetime_with_format(row, 15, date(paid_on)?, &day)?;
        }
        sheet.write_string(row, 16, &line.reference)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    workbook.save_to_buffer()
}

fn number(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> std::result::Result<(), XlsxError> {
    match exact(text) {
        Some(number) => sheet.write_number_with_format(row, column, number, format)?,
        None => sheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// The number that a cell shows as exactly this decimal, if there is one.
fn exact(text: &str) -> Option<f64> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.parse().ok().filter(|_| digits <= DIGITS)
}

fn date(day: NaiveDate) -> std::result::Result<ExcelDateTime, XlsxError> {
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or_default(), small(day.month()), small(day.day()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Money;

    #[test]
    fn an_amount_is_a_number_only_where_it_is_exact_to_the_cent() {
        for fen in [0, 1, 10, -1, 3550, 999_999_999_999_999, -123_456_789_012_345] {
            let text = Money::from_fen(fen).to_string();
            let number = exact(&text).unwrap_or_else(|| panic!("{text} is a number"));
            assert_eq!(format!("{number:.2}"), text);
        }
        assert_eq!(exact(&Money::from_fen(1_000_000_000_000_000).to_string()), None, "16 digits are text");
    }
}
