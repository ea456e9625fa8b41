//! Which number formats show a number as a date, and the date that it shows.

use super::value::finite;
use calamine::{ExcelDateTime, ExcelDateTimeType};
use domain::sheet::CellValue;
use std::collections::HashMap;

/// What a cell format makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shows {
    /// The number.
    #[default]
    Number,
    /// A date or a time of day.
    Date,
    /// Hours, minutes or seconds that passed.
    Duration,
}

/// The formats of a workbook's cells, in the file's order.
#[derive(Default)]
pub(super) struct CellFormats {
    own: HashMap<u32, Shows>,
    cells: Vec<Shows>,
}

impl CellFormats {
    /// A number format that the file brings itself.
    pub(super) fn own(&mut self, id: u32, code: &str) {
        self.own.insert(id, shown_by(code));
    }

    /// The next cell format, by its number format.
    pub(super) fn cell(&mut self, id: u32) {
        let shows = self.own.get(&id).copied().unwrap_or(match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shows::Date,
            46 => Shows::Duration,
            _ => Shows::Number,
        });
        self.cells.push(shows);
    }

    /// The value of a number in a cell of that format; one that the file does not have shows the number.
    pub(super) fn value(&self, number: f64, format: usize, date_1904: bool) -> CellValue {
        if self.cells.get(format).copied().unwrap_or_default() == Shows::Date {
            date(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, date_1904))
        } else {
            finite(number)
        }
    }
}

/// What a format code such as `yyyy-mm-dd` or `#,##0 "days"` makes of a number: its first section decides.
fn shown_by(code: &str) -> Shows {
    let mut characters = code.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | '_' | '*' => {
                characters.next();
            }
            '"' => while characters.next().is_some_and(|c| c != '"') {},
            ';' => break,
            '[' => {
                let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                let letters = inside.to_ascii_lowercase();
                let alike = |letter| !letters.is_empty() && letters.chars().all(|c| c == letter);
                if ['h', 'm', 's'].into_iter().any(alike) {
                    return Shows::Duration;
                }
            }
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => return Shows::Date,
            'a' | 'A' if characters.peek().is_some_and(|next| matches!(next, '/' | 'm' | 'M')) => return Shows::Date,
            // The word that stands for a number as it is; none of its letters is a day's or an hour's.
            'G' | 'g' => while characters.next_if(char::is_ascii_alphabetic).is_some() {},
            _ => {}
        }
    }
    Shows::Number
}

/// A serial number that its cell shows as a date. One below 1 has no day: it is a time, or an empty date.
pub(super) fn date(moment: &ExcelDateTime) -> CellValue {
    let serial = moment.as_f64();
    if moment.is_duration() || !(0.0..2_958_466.0).contains(&serial) {
        return finite(serial);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    CellValue::Date(if serial < 1.0 {
        time
    } else {
        without_midnight(&format!("{year:04}-{month:02}-{day:02}T{time}"))
    })
}

/// A moment at the very beginning of a day is that day.
pub(super) fn without_midnight(text: &str) -> String {
    text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_whether_it_shows_a_date() {
        for code in ["yyyy-mm-dd", "D.M.YY", "h:mm AM/PM", "[$-409]d-mmm-yy;@", "\"on \"dd/mm", "[Red]hh:mm"] {
            assert_eq!(shown_by(code), Shows::Date, "{code}");
        }
        for code in ["[h]:mm", "[mm]:ss", "[SS]"] {
            assert_eq!(shown_by(code), Shows::Duration, "{code}");
        }
        for code in ["General", "0.00", "#,##0 \"days\"", "0;d", "\\d0", "_d0", "[$USD] 0.0", "[Red]0%", "@", ""] {
            assert_eq!(shown_by(code), Shows::Number, "{code}");
        }
    }

    #[test]
    fn the_number_of_a_format_decides_and_one_that_is_not_there_shows_the_number() {
        let mut formats = CellFormats::default();
        formats.own(164, "yyyy\\-mm");
        for id in [0, 14, 164] {
            formats.cell(id);
        }
        assert_eq!(formats.value(45_983.0, 0, false), CellValue::Number(45_983.0));
        assert_eq!(formats.value(45_983.0, 1, false), CellValue::Date("2025-11-22".into()));
        assert_eq!(formats.value(44_521.5, 2, true), CellValue::Date("2025-11-22T12:00:00".into()));
        assert_eq!(formats.value(0.25, 1, false), CellValue::Date("06:00:00".into()));
        assert_eq!(formats.value(1.0, 4_000_000_000, false), CellValue::Number(1.0));
    }
}
