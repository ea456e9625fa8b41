//! `candor match --template T.json FILE [--json]`: what each question of a template would get from a workbook, without
//! server or database.

use super::inspect::{heard, opened, own_words, print_json};
use super::run::{BAD, bad_file};
use crate::actions::content::CROSSWALKS;
use domain::answer::Limits;
use domain::problem::Problems;
use domain::questionnaire::{Authored, check};
use domain::sheet::inspect;
use domain::sheet::matching::{Calibration, CandidateQuestion, Knowledge, Matching, Reason, Thesaurus, match_workbook};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// Characters of a text that are shown in a table.
const SHOWN: usize = 60;

/// Matches a workbook's answers to a template and prints what came of it.
///
/// Exit codes: 0 done; 2 when one of the files is not read, with one line on standard error.
pub(super) fn run(template: &Path, file: &Path, json: bool) -> ExitCode {
    let template = match read(template) {
        Ok(template) => template,
        Err(code) => return code,
    };
    let opened = match opened(file) {
        Ok(opened) => opened,
        Err(reason) => return bad_file(file, reason),
    };
    let words = match own_words() {
        Ok(words) => words,
        Err(reason) => return bad_file(file, reason),
    };
    let inspection = inspect(&opened.workbook, &words, &opened.name, &opened.sha256);
    let knowledge = Knowledge {
        words: &words,
        thesaurus: Thesaurus::shipped(),
        calibration: Calibration::shipped(),
        crosswalks: &CROSSWALKS,
        limits: &Limits::default(),
    };
    let matching = match_workbook(&opened.workbook, &inspection, &template, &knowledge);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let printed = if json { print_json(&mut out, &matching) } else { print(&mut out, &matching) };
    heard(printed.and_then(|()| out.flush()))
        .map_or_else(|error| bad_file(Path::new("standard output"), error), |()| ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Authored, ExitCode> {
    let text = std::fs::read_to_string(file).map_err(|error| bad_file(file, error))?;
    check::read(&text).map_err(|Problems(problems)| {
        for problem in &problems {
            bad_file(file, problem);
        }
        ExitCode::from(BAD)
    })
}

fn print(out: &mut impl Write, matching: &Matching) -> std::io::Result<()> {
    let template = &matching.template;
    writeln!(
        out,
        "{} (sha256 {}) against {} version {}",
        matching.file, matching.sha256, template.key, template.version
    )?;
    writeln!(out, "\n{} matched", matching.matched.len())?;
    for matched in &matching.matched {
        let given = matched.given.as_deref().map_or_else(|| "(blank)".to_owned(), short);
        let by = matched.by.name();
        writeln!(out, "  {:<12} {:<16} {:.2} {by:<10}  {given}", matched.question, matched.cell, matched.certainty)?;
        writeln!(out, "               {}  [{}]", short(&matched.text), reasons(&matched.reasons))?;
    }
    writeln!(out, "\n{} to be looked at", matching.asked.len())?;
    for asked in &matching.asked {
        writeln!(out, "  {:<16} {}: {}", asked.cell, why(&asked.why), short(&asked.text))?;
        if let Some(given) = &asked.given {
            writeln!(out, "                   says: {}", short(given))?;
        }
        writeln!(out, "                   perhaps {}", candidates(&asked.candidates))?;
        if !asked.options.is_empty() {
            writeln!(out, "                   nearest options: {}", asked.options.join(", "))?;
        }
    }
    writeln!(out, "\n{} contradictions", matching.contradictions.len())?;
    for found in &matching.contradictions {
        let (given, comment) = (short(&found.given), short(&found.comment));
        writeln!(out, "  {:<12} {:<16} answer \"{given}\", comment \"{comment}\"", found.question, found.cell)?;
    }
    writeln!(out, "\n{} suggested by shared controls", matching.suggested.len())?;
    for row in &matching.suggested {
        let given = row.given.as_deref().map_or_else(|| "(blank)".to_owned(), short);
        writeln!(out, "  {:<16} {}: {}  {given}", row.cell, row.by_way, short(&row.text))?;
        writeln!(out, "                   perhaps {}", candidates(&row.questions))?;
    }
    writeln!(out, "\n{} questions that no row would answer", matching.unmatched_questions.len())?;
    for question in &matching.unmatched_questions {
        writeln!(out, "  {:<12} {}", question.question, short(&question.text))?;
    }
    writeln!(out, "\n{} rows that ask something else", matching.unmatched_rows.len())?;
    for row in &matching.unmatched_rows {
        writeln!(out, "  {:<16} {}", row.cell, short(&row.text))?;
    }
    writeln!(out, "\n{} rows passed over", matching.skipped.len())?;
    for skipped in &matching.skipped {
        writeln!(out, "  {}, row {}: {}", skipped.sheet, skipped.row, skipped.reason)?;
    }
    Ok(())
}

/// A code as a sentence's beginning; codes of refused answers speak for themselves.
fn why(code: &str) -> &str {
    match code {
        "not-sure" => "which question it asks is not sure",
        "several-rows" => "several rows ask the same question",
        "question-taken" => "another row asks the likeliest question more clearly",
        "id-and-text-disagree" => "its id names one question and its text another",
        "not-an-option" => "the answer fits no option",
        other => other,
    }
}

fn reasons(reasons: &[Reason]) -> String {
    let one = |reason: &Reason| match (reason.code, reason.detail.as_deref()) {
        ("hidden-id", _) => "hidden id with its checksum".to_owned(),
        ("same-words", _) => "the same words".to_owned(),
        ("same-id", Some(id)) => format!("the same id {id}"),
        ("alike", Some(share)) => format!("alike {share}"),
        ("next-best", Some(other)) => format!("next {other}"),
        (code, detail) => format!("{code} {}", detail.unwrap_or_default()).trim_end().to_owned(),
    };
    reasons.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn candidates(candidates: &[CandidateQuestion]) -> String {
    let one = |candidate: &CandidateQuestion| format!("{} {:.2}", candidate.question, candidate.certainty);
    if candidates.is_empty() { "none".to_owned() } else { candidates.iter().map(one).collect::<Vec<_>>().join(", ") }
}

/// The beginning of a text, in one line.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
