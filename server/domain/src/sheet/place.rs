//! Places in a sheet: column letters, cell addresses such as `Answers!D14`, and rectangles such as `A1:K300`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The last row that any spreadsheet format can hold.
pub const LAST_ROW: u32 = 1_048_576;
/// The last column that any spreadsheet format can hold (`XFD`).
pub const LAST_COLUMN: u32 = 16_384;

/// The letters of a column, counted from 1: 1 is `A`, 27 is `AA`.
pub fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        let rest = (column - 1) % 26;
        letters.push(char::from(b'A' + u8::try_from(rest).unwrap_or(0)));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// The number of a column, counted from 1, from its letters; `None` beyond `XFD` or for anything else.
pub fn column_number(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0;
    for letter in letters.bytes() {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        column = column * 26 + u32::from(letter - b'A') + 1;
    }
    (column <= LAST_COLUMN).then_some(column)
}

/// The address of a cell as people write it: `Answers!D14`. Row and column are counted from 1.
pub fn address(sheet: &str, row: u32, column: u32) -> String {
    format!("{sheet}!{}{row}", column_letters(column))
}

/// A rectangle of cells; rows and columns are counted from 1 and both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its top row.
    pub first_row: u32,
    /// Its leftmost column.
    pub first_column: u32,
    /// Its bottom row.
    pub last_row: u32,
    /// Its rightmost column.
    pub last_column: u32,
}

impl Area {
    /// The rectangle of one cell.
    pub fn cell(row: u32, column: u32) -> Self {
        Self { first_row: row, first_column: column, last_row: row, last_column: column }
    }

    /// Whether a cell lies in it.
    pub fn contains(&self, row: u32, column: u32) -> bool {
        (self.first_row..=self.last_row).contains(&row) && (self.first_column..=self.last_column).contains(&column)
    }

    /// The smallest rectangle that also holds this cell.
    #[must_use]
    pub fn with(self, row: u32, column: u32) -> Self {
        Self {
            first_row: self.first_row.min(row),
            first_column: self.first_column.min(column),
            last_row: self.last_row.max(row),
            last_column: self.last_column.max(column),
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.first_column), self.first_row)?;
        if (self.first_row, self.first_column) != (self.last_row, self.last_column) {
            write!(f, ":{}{}", column_letters(self.last_column), self.last_row)?;
        }
        Ok(())
    }
}

/// A text that is no rectangle of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cell range")]
pub struct NotAnArea;

impl FromStr for Area {
    type Err = NotAnArea;

    /// Reads `A1`, `$A$1:$B$5`, `A:B` or `2:7`.
    fn from_str(text: &str) -> Result<Self, NotAnArea> {
        let (from, to) = text.split_once(':').unwrap_or((text, text));
        let (row, column) = corner(from)?;
        let (last_row, last_column) = corner(to)?;
        if text.contains(':') || (row.is_some() && column.is_some()) {
            let area = Self {
                first_row: row.unwrap_or(1),
                first_column: column.unwrap_or(1),
                last_row: last_row.unwrap_or(LAST_ROW),
                last_column: last_column.unwrap_or(LAST_COLUMN),
            };
            if area.first_row <= area.last_row && area.first_column <= area.last_column {
                return Ok(area);
            }
        }
        Err(NotAnArea)
    }
}

/// Row and column of one corner; either may be missing, not both.
fn corner(text: &str) -> Result<(Option<u32>, Option<u32>), NotAnArea> {
    let text: String = text.trim().chars().filter(|c| *c != '$').collect();
    let split = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(split);
    let column = if letters.is_empty() { None } else { Some(column_number(letters).ok_or(NotAnArea)?) };
    let row = if digits.is_empty() {
        None
    } else {
        Some(digits.parse::<u32>().ok().filter(|row| (1..=LAST_ROW).contains(row)).ok_or(NotAnArea)?)
    };
    if row.is_none() && column.is_none() { Err(NotAnArea) } else { Ok((row, column)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_numbers_are_each_others_inverse() {
        for (number, letters) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")] {
            assert_eq!(column_letters(number), letters);
            assert_eq!(column_number(letters), Some(number));
        }
        assert_eq!(column_number("XFE"), None);
        assert_eq!(column_number("A1"), None);
    }

    #[test]
    fn areas_are_read_in_every_form() {
        let area: Area = "$B$2:$B$6".parse().expect("an area");
        assert_eq!(area.to_string(), "B2:B6");
        assert_eq!("C:C".parse::<Area>().expect("a column").to_string(), "C1:C1048576");
        assert_eq!("D4".parse::<Area>().expect("a cell").to_string(), "D4");
        for wrong in ["", "A", "7", "B6:B2", "A0", "A1:XFE9", "A1:B1048577", "#REF!"] {
            assert!(wrong.parse::<Area>().is_err(), "{wrong}");
        }
    }
}
