//! Workbooks from any bytes. As text: a sheet begins with a line `\x01name`, a row is a line, its cells are parted by tabs;
//! `\x02` at the start of a row hides it; at the start of a cell `\x03` makes a formula, `\x04` a number, `\x05` a date,
//! `\x06` a value that was not saved, `\x07` the list of a drop-down over the cells above, its entries parted by `;`.

use domain::sheet::{Area, Cell, CellValue, DropDown, Format, Row, Sheet, Visibility, Workbook};

/// Cells of a workbook at most: what is read can hold more, but every input would take long.
const MOST_CELLS: usize = 4_000;

/// The workbook that the bytes describe.
pub fn workbook(bytes: &[u8]) -> Workbook {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut number = 0;
    let mut cells = 0;
    for line in String::from_utf8_lossy(bytes).replace('\0', "").split('\n') {
        if let Some(name) = line.strip_prefix('\u{1}') {
            // Readers give no two sheets one name.
            let is_free = |name: &String| !sheets.iter().any(|sheet| sheet.name.to_lowercase() == name.to_lowercase());
            let name = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{name} ({n})"))).find(is_free);
            sheets.extend(name.map(|name| Sheet::new(name, Visibility::Visible)));
            number = 0;
            continue;
        }
        if sheets.is_empty() {
            sheets.push(Sheet::new("Sheet1", Visibility::Visible));
        }
        let Some(sheet) = sheets.last_mut() else { continue };
        number += 1;
        let (hidden, line) = line.strip_prefix('\u{2}').map_or((false, line), |line| (true, line));
        let mut row = Row { number, hidden, cells: Vec::new() };
        for (column, text) in (1..=200).zip(line.split('\t')) {
            if let Some(list) = text.strip_prefix('\u{7}') {
                let area = Area { first_row: 1, first_column: column, last_row: number, last_column: column };
                let options = list.split(';').map(str::to_owned).collect();
                sheet.drop_downs.push(DropDown { areas: vec![area], options, from_sheet: None });
                continue;
            }
            let (formula, text) = text.strip_prefix('\u{3}').map_or((false, text), |text| (true, text));
            let value = if let Some(number) = text.strip_prefix('\u{4}') {
                CellValue::Number(number.parse().ok().filter(|n: &f64| n.is_finite()).unwrap_or(0.0))
            } else if let Some(date) = text.strip_prefix('\u{5}') {
                CellValue::Date(date.to_owned())
            } else if text == "\u{6}" {
                CellValue::NotComputed
            } else if text.trim().is_empty() {
                continue;
            } else {
                CellValue::Text(text.to_owned())
            };
            cells += 1;
            row.cells.push(Cell { column, value, formula });
        }
        if !row.cells.is_empty() {
            sheet.rows.push(row);
        }
        if cells > MOST_CELLS {
            break;
        }
    }
    Workbook { format: Format::Xlsx, date_1904: false, saved_on: None, sheets }
}

/// The bytes of a workbook: a seed. What the bytes cannot say is left out.
pub fn laid_out(workbook: &Workbook) -> Vec<u8> {
    let mut text = String::new();
    for sheet in &workbook.sheets {
        text.push_str(&format!("\u{1}{}\n", one_line(&sheet.name)));
        let mut next = 1;
        for row in sheet.rows.iter().take(300) {
            let gap = (row.number - next).min(20);
            (0..gap).for_each(|_| text.push('\n'));
            next = row.number + 1;
            if row.hidden {
                text.push('\u{2}');
            }
            let mut column = 1;
            for cell in &row.cells {
                (column..cell.column.min(200)).for_each(|_| text.push('\t'));
                column = cell.column.min(200);
                if cell.formula {
                    text.push('\u{3}');
                }
                match &cell.value {
                    CellValue::Number(number) => text.push_str(&format!("\u{4}{number}")),
                    CellValue::Date(date) => text.push_str(&format!("\u{5}{date}")),
                    CellValue::NotComputed => text.push('\u{6}'),
                    value => text.push_str(&one_line(&value.text().unwrap_or_default())),
                }
            }
            text.push('\n');
        }
        for list in &sheet.drop_downs {
            let column = list.areas.first().map_or(1, |area| area.first_column).min(200);
            (1..column).for_each(|_| text.push('\t'));
            text.push_str(&format!("\u{7}{}\n", one_line(&list.options.join(";"))));
        }
    }
    text.into_bytes()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
