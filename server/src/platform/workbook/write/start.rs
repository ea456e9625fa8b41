//! The first sheet: who asks whom, by when, and how to fill the workbook in.

use super::look::{Look, print_set_up, row_height};
use super::words::{WorkbookWords, filled};
use super::{Cover, WriteError, fits};
use domain::answer::iso_date;
use domain::questionnaire::Document;
use rust_xlsxwriter::{Format, FormatAlign, Worksheet};

const WIDTH: f64 = 100.0;

pub(super) fn sheet(
    document: &Document,
    cover: &Cover,
    words: &WorkbookWords,
    look: &Look,
) -> Result<Worksheet, WriteError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(words.start_sheet.as_str())?;
    sheet.set_column_width(0, WIDTH)?;
    let line = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.write_string_with_format(0, 0, fits("title", &document.title)?, &look.title)?;
    let facts = [
        cover.buyer.as_ref().map(|buyer| filled(&words.asked_by, buyer)),
        cover.vendor.as_ref().map(|vendor| filled(&words.asked_of, vendor)),
        cover.due.map(|due| filled(&words.due, &iso_date::write(due))),
        Some(filled(&words.minutes, &document.minutes.to_string())),
        Some(filled(&words.template, &format!("{} {}", document.key, document.version))),
    ];
    let mut lines: Vec<String> = vec![document.summary.clone(), String::new()];
    lines.extend(facts.into_iter().flatten());
    lines.push(String::new());
    lines.extend(words.instructions.iter().cloned());
    for (row, text) in (1..).zip(&lines) {
        if !text.is_empty() {
            sheet.write_string_with_format(row, 0, fits("summary", text)?, &line)?;
            sheet.set_row_height(row, row_height([(text.as_str(), WIDTH)]))?;
        }
    }
    print_set_up(&mut sheet, 1, None)?;
    Ok(sheet)
}
