//! `candor template` and `candor workbook`: questionnaires as files.

use super::run::{BAD, FAILED, bad_file};
use crate::actions::content::{shipped, shipped_templates};
use crate::platform::clock::Clock;
use crate::platform::workbook::write::{Cover, WorkbookWords, answer_workbook};
use domain::problem::Problems;
use domain::questionnaire::{Document, check};
use domain::scoring;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Checks documents, or the shipped ones where none is named.
pub(super) fn check(files: &[PathBuf]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    let mut tell = |name: &str, checked: Result<Document, Problems>| match checked {
        Ok(document) => println!("{name}: {} questions, no problems", document.questions().count()),
        Err(problems) => {
            code = ExitCode::from(FAILED);
            for problem in problems.0 {
                println!("{name}: {problem}");
            }
        }
    };
    if files.is_empty() {
        for name in shipped_templates() {
            tell(&name, check::read(&shipped(&name)));
        }
    }
    for file in files {
        match std::fs::read_to_string(file) {
            Ok(text) => tell(&file.display().to_string(), check::read(&text)),
            Err(error) => return bad_file(file, error),
        }
    }
    code
}

fn read(file: &Path) -> Result<Document, ExitCode> {
    let text = std::fs::read_to_string(file).map_err(|e| bad_file(file, e))?;
    check::read(&text).map_err(|problems| {
        for problem in &problems.0 {
            eprintln!("candor: {}: {problem}", file.display());
        }
        ExitCode::from(BAD)
    })
}

/// Reads a document and writes it in canonical form.
pub(super) fn import(file: &Path, out: Option<&Path>) -> ExitCode {
    let document = match read(file) {
        Ok(document) => document,
        Err(code) => return code,
    };
    let text = match serde_json::to_value(&document) {
        Ok(value) => scoring::canonical(&value),
        Err(error) => return bad_file(file, error),
    };
    match out {
        None => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Some(out) => match std::fs::write(out, text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => bad_file(out, error),
        },
    }
}

/// Writes a document as a workbook, or as canonical JSON, by the name of the file to write.
pub(super) fn export(file: &Path, out: &Path) -> ExitCode {
    match out.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => workbook(file, out),
        Some("json") => import(file, Some(out)),
        _ => bad_file(out, "the name must end in .xlsx or .json"),
    }
}

/// Writes the answer workbook of a document.
pub(super) fn workbook(template: &Path, output: &Path) -> ExitCode {
    let document = match read(template) {
        Ok(document) => document,
        Err(code) => return code,
    };
    let made = Clock::system().now();
    let bytes = answer_workbook(&document, &BTreeMap::new(), &Cover::default(), &WorkbookWords::english(), made);
    match bytes.map_err(|e| e.to_string()).and_then(|bytes| std::fs::write(output, bytes).map_err(|e| e.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => bad_file(output, reason),
    }
}
