//! From calamine's values to ours.

use super::dates::{date, without_midnight};
use calamine::{Data, SheetVisible};
use domain::sheet::{CellValue, Visibility};

pub(super) fn visibility(visible: SheetVisible) -> Visibility {
    match visible {
        SheetVisible::Visible => Visibility::Visible,
        SheetVisible::Hidden => Visibility::Hidden,
        SheetVisible::VeryHidden => Visibility::VeryHidden,
    }
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
pub(super) fn finite(number: f64) -> CellValue {
    if number.is_finite() { CellValue::Number(number) } else { CellValue::Error("#NUM!".to_owned()) }
}
