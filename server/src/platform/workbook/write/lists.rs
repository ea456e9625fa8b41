//! What drop-downs offer: written into the drop-down where that is possible, else onto the hidden sheet.

use super::WriteError;
use domain::sheet::own::Mark;
use rust_xlsxwriter::{DataValidation, Formula, Worksheet};

/// Characters that a drop-down can hold by itself.
const MOST_INSIDE: usize = 255;
/// The first row of lists on the hidden sheet, counted from 0.
const FIRST_ROW: u32 = 2;
/// Their column, counted from 0; the one before it says whose they are.
const COLUMN: u16 = 1;

/// Lists for the hidden sheet.
#[derive(Default)]
pub(super) struct Lists {
    /// Whose list it is, and an entry of it.
    rows: Vec<(String, String)>,
}

impl Lists {
    /// A drop-down that offers these texts.
    pub(super) fn offer(&mut self, whose: &str, sheet: &str, options: &[String]) -> Result<DataValidation, WriteError> {
        let inside =
            options.iter().all(|option| !option.contains(',') && option.trim() == option && !option.contains('"'))
                && options.iter().map(|option| option.encode_utf16().count() + 1).sum::<usize>() <= MOST_INSIDE;
        if inside {
            return Ok(DataValidation::new().allow_list_strings(options)?);
        }
        // Rows count from 1 in formulas.
        let first = FIRST_ROW + u32::try_from(self.rows.len()).unwrap_or(u32::MAX) + 1;
        self.rows.extend(options.iter().map(|option| (whose.to_owned(), option.clone())));
        let last = FIRST_ROW + u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        Ok(DataValidation::new().allow_list_formula(Formula::new(format!("={sheet}!$B${first}:$B${last}"))))
    }

    /// The hidden sheet: the stamp, and the lists under it.
    pub(super) fn into_sheet(self, name: &str, mark: &Mark) -> Result<Worksheet, WriteError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        sheet.set_very_hidden(true);
        sheet.write_string(0, 0, mark.to_text())?;
        for (row, (whose, option)) in (FIRST_ROW..).zip(&self.rows) {
            sheet.write_string(row, 0, whose)?;
            sheet.write_string(row, COLUMN, super::fits(whose, option)?)?;
        }
        Ok(sheet)
    }
}
