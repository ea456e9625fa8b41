//! A long table that is taken away: as CSV while it is read, or as a workbook.

use super::attachment::attachment;
use crate::error::{AppError, Result};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::problem::Problem;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use rust_xlsxwriter::Workbook;
use std::borrow::Cow;
use std::io::{Seek, SeekFrom};
use tokio_util::io::ReaderStream;

/// Rows of a sheet, its heading aside.
const MAX_ROWS: u32 = 1_048_575;
/// Characters of a cell of a workbook, as spreadsheets count them: units of UTF-16.
const MAX_CELL: usize = 32_767;
const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// As much of a text as a cell of a workbook holds, with a mark where something is left out.
pub fn in_cell(text: &str) -> Cow<'_, str> {
    // No character takes more units than bytes.
    if text.len() <= MAX_CELL || text.encode_utf16().count() <= MAX_CELL {
        return Cow::Borrowed(text);
    }
    let mut units = 1;
    let cut = text.chars().take_while(|char| {
        units += char.len_utf16();
        units <= MAX_CELL
    });
    Cow::Owned(cut.chain(['…']).collect())
}

/// The rows of a table, some at a time.
pub type Rows = BoxStream<'static, Result<Vec<Vec<String>>>>;

/// The table as a file of this name, without its ending.
///
/// # Errors
/// `not-an-export-format` at `format`; what the first rows run into, so that a table that cannot be made is refused and not
/// broken off.
pub async fn taken_away(format: &str, name: &str, headings: Vec<String>, mut rows: Rows) -> Result<Response> {
    match format {
        "csv" => {
            let first = rows.try_next().await?;
            let bytes =
                futures::stream::iter(first.map(Ok)).chain(rows).map(|rows| rows.and_then(|rows| csv_of(&rows)));
            // A byte order mark, by which spreadsheets know UTF-8.
            let head = csv_of(&[headings]).map(|head| [b"\xEF\xBB\xBF".as_slice(), &head].concat().into());
            let stream = futures::stream::iter([head]).chain(bytes).map_err(std::io::Error::other);
            Ok(attachment(&format!("{name}.csv"), CSV, Body::from_stream(stream)))
        }
        "xlsx" => {
            let file = workbook(headings, rows).await?;
            let stream = ReaderStream::new(tokio::fs::File::from_std(file));
            Ok(attachment(&format!("{name}.xlsx"), XLSX, Body::from_stream(stream)))
        }
        other => {
            let given: String = other.chars().take(60).collect();
            Err(Problem::new("format", "not-an-export-format").with("given", given).into())
        }
    }
}

fn csv_of(rows: &[Vec<String>]) -> Result<Bytes> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| neutral(cell))).map_err(AppError::internal)?;
    }
    Ok(writer.into_inner().map_err(|wrong| AppError::internal(wrong.to_string()))?.into())
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
fn neutral(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell.to_owned() }
}

/// Writes a workbook to a file that has no name, row by row: a workbook is whole only at its end.
async fn workbook(headings: Vec<String>, mut rows: Rows) -> Result<std::fs::File> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Vec<Vec<String>>>(2);
    let written = tokio::task::spawn_blocking(move || -> Result<std::fs::File> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(AppError::internal)?;
        sheet.set_freeze_panes(1, 0).map_err(AppError::internal)?;
        let mut at = 0;
        let mut next = Some(vec![headings]);
        while let Some(rows) = next {
            for row in rows {
                if at > MAX_ROWS {
                    return Err(Problem::new("format", "export-too-long").with("most", MAX_ROWS).into());
                }
                for (column, cell) in (0..).zip(&row) {
                    // A text is a text here, whatever it begins with.
                    sheet.write_string(at, column, in_cell(cell)).map_err(AppError::internal)?;
                }
                at += 1;
            }
            next = receiver.blocking_recv();
        }
        let mut file = tempfile::tempfile()?;
        workbook.save_to_writer(&mut file).map_err(AppError::internal)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    });
    while let Some(step) = rows.next().await {
        if sender.send(step?).await.is_err() {
            break;
        }
    }
    drop(sender);
    written.await.map_err(AppError::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=1+1", "+1", "-1", "@x", "\t=1", "plain", "a=b", ""].map(str::to_owned).to_vec();
        let text = csv_of(&[cells]).expect("written");
        assert_eq!(text, "'=1+1,'+1,'-1,'@x,'\t=1,plain,a=b,\r\n".as_bytes());
    }
}
