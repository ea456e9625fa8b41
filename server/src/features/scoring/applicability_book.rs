//! A vendor's statement of applicability as a workbook.

use super::applicability::{Stated, basis, columns, counts, exclusions, silence, topic, word};
use crate::web::export::in_cell;
use crate::web::render::Renderer;
use domain::answer::iso_date;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// The row of the headings, counted from 0; above it stands what the statement is of.
const HEADINGS: u32 = 4;
/// The column of the exclusions; after it one for each engagement.
const EXCLUSIONS: u16 = 9;

pub(super) fn workbook(renderer: &Renderer, stated: &Stated) -> Result<Vec<u8>, XlsxError> {
    let (bold, wrap) = (Format::new().set_bold().set_text_wrap(), Format::new().set_text_wrap());
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(renderer.text("applicability.sheet", &[]))?;
    sheet.write_string(0, 0, renderer.text("applicability.title", &[("vendor", &stated.vendor.name)]))?;
    sheet.write_string(1, 0, basis(renderer, stated))?;
    sheet.write_string(2, 0, silence(renderer, stated))?;
    let text = |key: &str| renderer.text(key, &[]);
    let mut headings = vec![text("applicability.control"), text("applicability.topic"), text("applicability.word")];
    headings.extend(columns().map(|column| word(renderer, column)));
    headings.push(text("applicability.exclusions"));
    let several = stated.uses.len() > 1;
    if several {
        headings.extend(stated.uses.iter().map(|of| {
            let submitted = of.submitted_on.map(iso_date::write).unwrap_or_default();
            format!("{}\n{}, {submitted}", of.name, of.questionnaire)
        }));
    }
    for (column, heading) in (0..).zip(&headings) {
        sheet.write_string_with_format(HEADINGS, column, heading, &bold)?;
    }
    for (n, row) in (HEADINGS + 1..).zip(&stated.rows) {
        sheet.write_string(n, 0, &row.control)?;
        sheet.write_string_with_format(n, 1, topic(&row.control), &wrap)?;
        sheet.write_string(n, 2, word(renderer, row.column))?;
        for (column, count) in (3..).zip(&counts(row)) {
            match count.parse::<u32>() {
                Ok(count) => sheet.write_number(n, column, count)?,
                Err(_) => sheet.write_blank(n, column, &wrap)?,
            };
        }
        let excluded = exclusions(renderer, stated, row).join("\n");
        sheet.write_string_with_format(n, EXCLUSIONS, in_cell(&excluded), &wrap)?;
        if several {
            for (column, of) in (EXCLUSIONS + 1..).zip(&row.uses) {
                sheet.write_string(n, column, word(renderer, of.column))?;
            }
        }
    }
    sheet.set_column_width(1, 50)?;
    sheet.set_column_width(EXCLUSIONS, 60)?;
    for (column, _) in (EXCLUSIONS + 1..).zip(stated.uses.iter().filter(|_| several)) {
        sheet.set_column_width(column, 24)?;
    }
    sheet.set_freeze_panes(HEADINGS + 1, 1)?;
    workbook.save_to_buffer()
}
