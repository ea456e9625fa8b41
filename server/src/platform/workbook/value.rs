//! From calamine's values to ours.

use calamine::{Data, DataRef, ExcelDateTime, SheetVisible};
use domain::sheet::{CellValue, Visibility};

pub(super) fn visibility(visible: SheetVisible) -> Visibility {
    match visible {
        SheetVisible::Visible => Visibility::Visible,
        SheetVisible::Hidden => Visibility::Hidden,
        SheetVisible::VeryHidden => Visibility::VeryHidden,
    }
}

/// `None` for an empty cell.
pub(super) fn from_data_ref(value: &DataRef<'_>) -> Option<CellValue> {
    Some(match value {
        DataRef::Int(number) => CellValue::Number(*number as f64),
        DataRef::Float(number) => finite(*number),
        DataRef::String(text) => CellValue::Text(text.clone()),
        DataRef::SharedString(text) => CellValue::Text((*text).to_owned()),
        DataRef::Bool(truth) => CellValue::Bool(*truth),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) => CellValue::Date(without_midnight(text)),
        DataRef::DurationIso(text) => CellValue::Text(text.clone()),
        DataRef::Error(error) => CellValue::Error(error.to_string()),
        DataRef::Empty => return None,
    })
}

/// `None` for an empty cell.
pub(super) fn from_data(value: &Data) -> Option<CellValue> {
    Some(match value {
        Data::Int(number) => CellValue::Number(*number as f64),
        Data::Float(number) => finite(*number),
        Data::String(text) => CellValue::Text(text.clone()),
        Data::Bool(truth) => CellValue::Bool(*truth),
        Data::DateTime(moment) => date(moment),
        Data::DateTimeIso(text) => CellValue::Date(without_midnight(text)),
        Data::DurationIso(text) => CellValue::Text(text.clone()),
        Data::Error(error) => CellValue::Error(error.to_string()),
        Data::Empty => return None,
    })
}

/// A number too large to be one is what spreadsheet programs call `#NUM!`.
fn finite(number: f64) -> CellValue {
    if number.is_finite() { CellValue::Number(number) } else { CellValue::Error("#NUM!".to_owned()) }
}

/// A serial number that its cell shows as a date. One below 1 has no day: it is a time, or an empty date.
fn date(moment: &ExcelDateTime) -> CellValue {
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

fn without_midnight(text: &str) -> String {
    text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()
}
