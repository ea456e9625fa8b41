//! The whole result of a search, to be taken away: as CSV while it is read, or as a workbook.

use super::asked::Asked;
use crate::actions::{audit, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::search::Request;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::attachment::attachment;
use crate::web::fields::Fields;
use crate::web::moment::rfc3339;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use bytes::Bytes;
use domain::ids::ComponentId;
use domain::problem::Problem;
use domain::register::FIELDS;
use entity::component;
use futures::{Stream, StreamExt, TryStreamExt};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{Seek, SeekFrom};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

/// Entries that are read at a time.
const STEP: usize = 500;
/// Rows of a sheet, its heading aside.
const MAX_ROWS: u32 = 1_048_575;
/// Characters of a cell of a workbook.
const MAX_CELL: usize = 32_767;
const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) async fn take_away(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let format = Fields(query.clone()).one("format").to_owned();
    let asked = Asked::of(query);
    let (request, _) = asked.request()?;
    let scope = may.scope();
    let mut rows = rows(platform.clone(), scope, request, asked.is_everything());
    let day = platform.clock.today();
    let note = json!({ "format": format });
    let subject = ("organisation", scope.organisation().0);
    let noted = audit::disclosed(&platform, &scope, may.actor, "register.exported", subject, &note);
    match format.as_str() {
        "csv" => {
            // A search that cannot be made is refused, not broken off.
            let first = rows.try_next().await?;
            noted.await?;
            let bytes =
                futures::stream::iter(first.map(Ok)).chain(rows).map(|rows| rows.and_then(|rows| csv_of(&rows)));
            // A byte order mark, by which spreadsheets know UTF-8.
            let head = csv_of(&[headings()]).map(|head| [b"\xEF\xBB\xBF".as_slice(), &head].concat().into());
            let stream = futures::stream::iter([head]).chain(bytes).map_err(std::io::Error::other);
            Ok(attachment(&format!("register-{day}.csv"), CSV, Body::from_stream(stream)))
        }
        "xlsx" => {
            let file = workbook(rows).await?;
            noted.await?;
            let stream = ReaderStream::new(tokio::fs::File::from_std(file));
            Ok(attachment(&format!("register-{day}.xlsx"), XLSX, Body::from_stream(stream)))
        }
        other => {
            let given: String = other.chars().take(60).collect();
            Err(Problem::new("format", "not-an-export-format").with("given", given).into())
        }
    }
}

/// The rows of the whole result, heading aside, a step at a time.
fn rows(
    platform: Platform,
    scope: BuyerScope,
    request: Request,
    is_everything: bool,
) -> impl Stream<Item = Result<Vec<Vec<String>>>> + Send + Unpin + 'static {
    let steps = futures::stream::try_unfold((platform, None), move |(platform, after)| {
        let request = request.clone();
        async move {
            let (last, rows) = match index::matching(&platform, scope, &request, after, STEP).await {
                Ok(ids) => (ids.last().copied(), in_order(&platform, scope, &ids).await?),
                // Nothing needs to be searched for: the database has the same entries in the same order.
                Err(AppError::SearchDown(_)) if is_everything => {
                    let rows = repo::register::page(platform.db.read(), scope, after, STEP as u64).await?;
                    (rows.last().map(|row| ComponentId(row.id)), rows)
                }
                Err(error) => return Err(error),
            };
            let Some(last) = last else { return Ok(None) };
            let rows = rows.iter().filter(|row| !row.withdrawn).map(cells).collect();
            Ok::<_, AppError>(Some((rows, (platform, Some::<ComponentId>(last)))))
        }
    });
    steps.boxed()
}

/// The entries of these ids that can be seen, in the order of the ids.
async fn in_order(platform: &Platform, scope: BuyerScope, ids: &[ComponentId]) -> Result<Vec<component::Model>> {
    let found = repo::register::of_ids(platform.db.read(), scope, ids).await?;
    let mut found: HashMap<Uuid, component::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(&id.0)).collect())
}

fn headings() -> Vec<String> {
    let own = ["id", "name", "vendor", "kind", "status"].map(str::to_owned);
    let fields = fields().map(str::to_owned);
    own.into_iter().chain(fields).chain(["since".to_owned(), "changed".to_owned()]).collect()
}

/// The fields beside those that every entry has.
fn fields() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.id).filter(|id| !["name", "vendor", "kind", "status"].contains(id))
}

fn cells(row: &component::Model) -> Vec<String> {
    let value = |id: &str| match row.fields.get(id) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        _ => String::new(),
    };
    let vendor = row.vendor_name.clone().unwrap_or_default();
    let own = [row.id.to_string(), row.name.clone(), vendor, row.kind.clone(), row.status.clone()];
    let moments = [rfc3339(row.created_at), rfc3339(row.changed_at)];
    own.into_iter().chain(fields().map(value)).chain(moments).collect()
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
async fn workbook(mut rows: impl Stream<Item = Result<Vec<Vec<String>>>> + Send + Unpin) -> Result<std::fs::File> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Vec<Vec<String>>>(2);
    let written = tokio::task::spawn_blocking(move || -> Result<std::fs::File> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(AppError::internal)?;
        sheet.set_freeze_panes(1, 0).map_err(AppError::internal)?;
        let mut at = 0;
        let mut next = Some(vec![headings()]);
        while let Some(rows) = next {
            for row in rows {
                if at > MAX_ROWS {
                    return Err(Problem::new("format", "export-too-long").with("most", MAX_ROWS).into());
                }
                for (column, cell) in (0..).zip(&row) {
                    // A text is a text here, whatever it begins with.
                    let end = cell.char_indices().nth(MAX_CELL).map_or(cell.len(), |(end, _)| end);
                    sheet.write_string(at, column, &cell[..end]).map_err(AppError::internal)?;
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
