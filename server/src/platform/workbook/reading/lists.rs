//! What the lists of drop-downs offer, wherever the list stands: in the drop-down, in a range, behind a name.

use domain::sheet::{Area, Sheet};
use std::collections::HashMap;

/// More entries than this nobody chooses from; a reference to a whole column is cut here.
const MOST_OPTIONS: usize = 1_000;

/// The options of a list formula on a sheet, and the sheet they stand on unless they are written into the formula.
/// `None` for a formula that would have to be computed.
pub(super) fn resolve(
    formula: &str,
    own: &str,
    sheets: &[Sheet],
    names: &HashMap<String, String>,
) -> Option<(Vec<String>, Option<String>)> {
    let formula = formula.trim().trim_start_matches('=').trim();
    if formula.starts_with('"') {
        let texts = literal(formula)?;
        let options = texts.split(',').map(|option| option.trim().to_owned());
        return Some((options.filter(|option| !option.is_empty()).take(MOST_OPTIONS).collect(), None));
    }
    let named = formula.to_lowercase();
    let formula = names.get(&named).map_or(formula, |meaning| meaning.trim());
    let (sheet, area) = match formula.rsplit_once('!') {
        Some((sheet, area)) => (unquoted(sheet), area),
        None => (own.to_owned(), formula),
    };
    let area: Area = area.parse().ok()?;
    let sheet = sheets.iter().find(|other| other.name.to_lowercase() == sheet.to_lowercase())?;
    let from = sheet.rows.partition_point(|row| row.number < area.first_row);
    let options = sheet.rows[from..]
        .iter()
        .take_while(|row| row.number <= area.last_row)
        .flat_map(|row| row.cells.iter().filter(|cell| area.contains(row.number, cell.column)))
        .filter_map(|cell| cell.value.text().map(|text| text.into_owned()))
        .take(MOST_OPTIONS)
        .collect();
    Some((options, Some(sheet.name.clone())))
}

/// A quoted text, or several joined by `&` as long lists are.
fn literal(formula: &str) -> Option<String> {
    let mut text = String::new();
    let mut characters = formula.chars().peekable();
    loop {
        if characters.next()? != '"' {
            return None;
        }
        loop {
            match characters.next()? {
                '"' if characters.peek() == Some(&'"') => {
                    characters.next();
                    text.push('"');
                }
                '"' => break,
                other => text.push(other),
            }
        }
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        match characters.next() {
            None => return Some(text),
            Some('&') => while characters.next_if(|c| c.is_whitespace()).is_some() {},
            Some(_) => return None,
        }
    }
}

pub(super) fn unquoted(sheet: &str) -> String {
    let sheet = sheet.trim().trim_start_matches('$');
    match sheet.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) => inner.replace("''", "'"),
        None => sheet.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::sheet::{Cell, CellValue, Row, Visibility};

    #[test]
    fn lists_are_found_where_they_stand() {
        let mut values = Sheet::new("My Values", Visibility::Hidden);
        for (number, text) in [(2, "Yes"), (3, "No"), (5, "N/A")] {
            let cell = Cell { column: 2, value: CellValue::Text(text.into()), formula: false };
            values.rows.push(Row { number, hidden: false, cells: vec![cell] });
        }
        let names = HashMap::from([("choices".into(), "'My Values'!$B$2:$B$9".into()), ("a".into(), "A".into())]);
        let sheets = [values];
        let options = |formula: &str| resolve(formula, "Own", &sheets, &names).map(|(options, _)| options.join("|"));
        assert_eq!(options("\"Yes, No,\"\"?\"\"\"").as_deref(), Some("Yes|No|\"?\""));
        assert_eq!(options("\"a,b\"&\"c\" & \",d\"").as_deref(), Some("a|bc|d"));
        assert_eq!(options("'My Values'!$B$2:$B$3").as_deref(), Some("Yes|No"));
        assert_eq!(options("Choices").as_deref(), Some("Yes|No|N/A"));
        for computed in ["INDIRECT(A1)", "A", "\"a\"&B1", "Elsewhere!A1:A2", "#REF!"] {
            assert_eq!(options(computed), None, "{computed}");
        }
    }
}
