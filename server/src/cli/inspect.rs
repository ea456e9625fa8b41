//! `candor inspect FILE [--json]`: what a workbook was understood to be, without server or database.

use crate::config::Config;
use crate::platform::workbook::{ReadLimits, read_in_child, words};
use domain::sheet::{ColumnPlace, Inspection, Role, SheetReport, Vocabulary, Workbook, inspect};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// Bad use or bad input.
const BAD_INPUT: u8 = 2;

/// Reads the file in a child process of this program and prints what it understood.
///
/// Exit codes: 0 done; 2 when the file is not read, with one line on standard error.
pub fn run(file: &Path, json: bool) -> ExitCode {
    let result = understood(file)
        .and_then(|inspection| heard(print(&inspection, json)).map_err(|e| format!("standard output: {e}")));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("candor inspect: {}: {}", file.display(), reason.replace('\n', " "));
            ExitCode::from(BAD_INPUT)
        }
    }
}

fn understood(file: &Path) -> Result<Inspection, String> {
    let opened = opened(file)?;
    let words = own_words()?;
    Ok(inspect(&opened.workbook, &words, &opened.name, &opened.sha256))
}

/// The words of the program and of the override folder. Reading a file needs no settings: only that folder is taken from
/// them.
pub(super) fn own_words() -> Result<Cow<'static, Vocabulary>, String> {
    let overrides = Config::read(None).ok().and_then(|config| config.overrides_dir);
    words(overrides.as_deref()).map_err(|e| format!("vocabulary: {e}"))
}

/// A workbook that was read, and which file it was.
pub(super) struct Opened {
    pub(super) workbook: Workbook,
    pub(super) name: String,
    /// In lower-case hexadecimal.
    pub(super) sha256: String,
}

/// Reads a workbook in a child process of this program.
pub(super) fn opened(file: &Path) -> Result<Opened, String> {
    let limits = ReadLimits::default();
    let bytes = bytes(file, limits.file_bytes).map_err(|e| format!("file: it cannot be read: {e}"))?;
    let exe = std::env::current_exe().map_err(|e| format!("this program cannot find itself: {e}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let workbook = runtime.block_on(read_in_child(&exe, &bytes, &limits)).map_err(|refusal| refusal.to_string())?;
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(Opened { workbook, name, sha256: hex::encode(Sha256::digest(&bytes)) })
}

/// The file's bytes, at most one more than is allowed: enough to refuse it.
fn bytes(file: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print(inspection: &Inspection, json: bool) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    if json {
        print_json(&mut out, inspection)?;
        return out.flush();
    }
    writeln!(out, "{} ({}, sha256 {})", inspection.file, inspection.format, inspection.sha256)?;
    for sheet in &inspection.sheets {
        print_sheet(&mut out, sheet)?;
    }
    let totals = inspection.totals;
    writeln!(out, "{} questions, {} answered", totals.questions, totals.answered)?;
    out.flush()
}

/// Whoever stops listening has heard enough, and that is no error: `candor inspect FILE | head`.
pub(super) fn heard(printed: std::io::Result<()>) -> std::io::Result<()> {
    printed.or_else(|error| if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// One JSON document and nothing else.
pub(super) fn print_json(out: &mut impl Write, document: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

fn print_sheet(out: &mut impl Write, sheet: &SheetReport) -> std::io::Result<()> {
    let hidden = if sheet.visible { "" } else { ", hidden" };
    let range = sheet.range.as_deref().unwrap_or("empty");
    let role = serde_json::to_value(sheet.role)?;
    writeln!(
        out,
        "\n{} [{range}{hidden}]: {}, because {}",
        sheet.name,
        role.as_str().unwrap_or_default(),
        sheet.reason
    )?;
    if !sheet.header_rows.is_empty() {
        let rows: Vec<String> = sheet.header_rows.iter().map(u32::to_string).collect();
        writeln!(out, "  header in row {}", rows.join(", "))?;
    }
    for (role, place) in sheet.columns.iter().flatten() {
        let letters = match place {
            Some(ColumnPlace::One(letter)) => letter.clone(),
            Some(ColumnPlace::Many(letters)) => letters.join(", "),
            None => continue,
        };
        writeln!(out, "  {}: column {letters}", serde_json::to_value(role)?.as_str().unwrap_or_default())?;
    }
    if let Some(items) = &sheet.items {
        let answered = items.iter().filter(|item| item.answer.is_some()).count();
        let default = if sheet.defaulted { ", all of them a default that nobody chose" } else { "" };
        writeln!(out, "  {} questions, {answered} with an answer{default}", items.len())?;
    }
    if let (Role::Register, Some(rows)) = (sheet.role, sheet.rows) {
        writeln!(out, "  {rows} entries")?;
        for (letter, heading) in sheet.headings.iter().flatten() {
            writeln!(out, "  {letter}: {heading}")?;
        }
    }
    for ask in &sheet.asks {
        let row = ask.row.map_or_else(String::new, |row| format!(" row {row}"));
        let columns = if ask.columns.is_empty() { String::new() } else { format!(" ({})", ask.columns.join(", ")) };
        writeln!(out, "  not certain: {}{row}{columns}: {}", ask.about, ask.reason)?;
    }
    for skipped in &sheet.skipped {
        writeln!(out, "  row {} passed over: {}", skipped.row, skipped.reason)?;
    }
    Ok(())
}
