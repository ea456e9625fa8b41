//! `candor template` and `candor workbook`: questionnaires as files.

use super::inspect::{opened, own_words};
use super::run::{BAD, FAILED, bad_file};
use crate::actions::content::{
    CONTROLS, CROSSWALKS, FactorWords, REASONS, REGIONS, shipped, shipped_catalogue, shipped_classification,
    shipped_crosswalks, shipped_judging, shipped_templates,
};
use crate::platform::clock::Clock;
use crate::platform::workbook::write::{Cover, WorkbookWords, answer_workbook};
use domain::catalogue::{self, Catalogue, Document};
use domain::classification::{self, Rules};
use domain::crosswalk::{self, Crosswalk};
use domain::judging::rules;
use domain::problem::Problems;
use domain::questionnaire::check::{self, Known};
use domain::questionnaire::{Authored, Question, Text};
use domain::scoring;
use domain::sheet::{inspect, template};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Checks documents, or the shipped ones where none is named: questionnaires, and by their format crosswalks, rules of
/// classification and of judging, and files of the catalogue of embedded features, which are also joined with each other.
///
/// With `frameworks` it also says which points of each framework no question touches: of each questionnaire, and of all
/// of them together.
pub(super) fn check(files: &[PathBuf], frameworks: bool) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    let mut together = Vec::new();
    let mut catalogue = Vec::new();
    let factors = policy_factors();
    let controls = CONTROLS.ids();
    let known = Known { factors: Some(&factors), controls: Some(&controls) };
    let mut tell = |name: &str, text: &str| match checked(text, known, &controls) {
        Ok(Checked::Template(document)) => {
            report(name, &document);
            if frameworks {
                report_frameworks(document.questions());
                together.push(document);
            }
        }
        Ok(Checked::Crosswalk(crosswalk)) => report_crosswalk(name, &crosswalk),
        Ok(Checked::Rules(rules)) => report_rules(name, &rules),
        Ok(Checked::Judging(rules)) => report_judging(name, &rules),
        Ok(Checked::Catalogue(document)) => {
            report_catalogue(name, &document);
            catalogue.push(*document);
        }
        Err(problems) => {
            code = ExitCode::from(FAILED);
            for problem in problems.0 {
                println!("{name}: {problem}");
            }
        }
    };
    if files.is_empty() {
        let others = shipped_crosswalks().into_iter().chain(shipped_catalogue());
        for name in shipped_templates()
            .into_iter()
            .chain(others)
            .chain([shipped_classification(), shipped_judging()].map(str::to_owned))
        {
            tell(&name, &shipped(&name));
        }
    }
    for file in files {
        match std::fs::read_to_string(file) {
            Ok(text) => tell(&file.display().to_string(), &text),
            Err(error) => return bad_file(file, error),
        }
    }
    if let Err(problems) = Catalogue::join(catalogue) {
        code = ExitCode::from(FAILED);
        for problem in problems.0 {
            println!("{problem}");
        }
    }
    if together.len() > 1 {
        println!("all {} questionnaires together:", together.len());
        report_frameworks(together.iter().flat_map(|document| document.questions()));
    }
    code
}

/// A file that was checked.
enum Checked {
    Template(Box<Authored>),
    Crosswalk(Box<Crosswalk>),
    Catalogue(Box<Document>),
    Rules(Box<Rules>),
    Judging(Box<rules::Rules>),
}

fn checked(text: &str, known: Known<'_>, controls: &[String]) -> Result<Checked, Problems> {
    let raw: Result<serde_json::Value, _> = serde_json::from_str(text);
    let format = raw.ok().and_then(|raw| raw["format"].as_str().map(str::to_owned)).unwrap_or_default();
    if format == catalogue::FORMAT {
        return Document::read(text, &REGIONS).map(|read| Checked::Catalogue(Box::new(read)));
    }
    if format == classification::FORMAT {
        return Rules::read(text).map(|read| Checked::Rules(Box::new(read)));
    }
    if format == rules::FORMAT {
        return rules::Rules::read(text).map(|read| Checked::Judging(Box::new(read)));
    }
    if format == crosswalk::FORMAT {
        return Crosswalk::read(text, controls).map(|read| Checked::Crosswalk(Box::new(read)));
    }
    check::read_knowing(text, known).map(|read| Checked::Template(Box::new(read)))
}

/// What a crosswalk is like, for whoever relies on it.
fn report_crosswalk(name: &str, crosswalk: &Crosswalk) {
    let dates = crosswalk.rows.iter().map(|row| &row.checked).chain(crosswalk.questions.iter().map(|row| &row.checked));
    let unchecked = dates.filter(|date| date.is_none()).count();
    let is_reached = |id: &str| crosswalk.rows_of(id).next().is_some() || crosswalk.questions_of(id).next().is_some();
    let reached = crosswalk.points.iter().filter(|point| is_reached(&point.id)).count();
    println!(
        "{name}: {} rows ({unchecked} our own unchecked reading), {reached} of {} points reached; no problems",
        crosswalk.rows.len() + crosswalk.questions.len(),
        crosswalk.points.len(),
    );
}

/// What a file of rules holds, for whoever relies on it.
fn report_rules(name: &str, rules: &Rules) {
    println!(
        "{name}: {} of {}; {} rules, {} lists of words, {} facts to ask for, {} dates; no problems",
        rules.key,
        rules.date,
        rules.rules.len(),
        rules.words.len(),
        rules.facts.len(),
        rules.dates.len(),
    );
}

/// What a file of rules of judging holds, for whoever relies on it.
fn report_judging(name: &str, rules: &rules::Rules) {
    println!(
        "{name}: {} in version {}; {} ratings, {} severities of findings; no problems",
        rules.key,
        rules.version,
        rules.ratings.len(),
        rules.findings.len(),
    );
}

/// What a file of the catalogue holds, for whoever relies on it.
fn report_catalogue(name: &str, document: &Document) {
    let features = document.products.iter().flat_map(|product| &product.features);
    let unverified = features.clone().filter(|feature| feature.status == catalogue::Status::Unverified).count();
    println!(
        "{name}: {} of {}; {} products, {} features ({unverified} unverified), {} facts from {} pages; no problems",
        document.date,
        document.vendor,
        document.products.len(),
        features.clone().count(),
        features.map(|feature| feature.facts.len()).sum::<usize>(),
        document.sources.len(),
    );
}

/// Which points of each framework no question touches.
fn report_frameworks<'a>(questions: impl Iterator<Item = &'a Question<Text>>) {
    let questions: Vec<_> = questions.collect();
    for crosswalk in CROSSWALKS.values() {
        let untouched: Vec<&str> =
            crosswalk.untouched(questions.iter().copied()).into_iter().map(|point| point.id.as_str()).collect();
        let touched = crosswalk.points.len() - untouched.len();
        let rest = if untouched.is_empty() { "all".to_owned() } else { format!("none on {}", untouched.join("; ")) };
        println!("  {}: {touched} of {} points touched; {rest}", crosswalk.key, crosswalk.points.len());
    }
}

/// What a questionnaire is like, for whoever answers it and for whoever relies on it.
fn report(name: &str, document: &Authored) {
    let (size, coverage) = (check::size(document), check::coverage(document));
    println!(
        "{name}: {} questions ({} expect evidence), {} minutes, {} printed pages, {}; no problems",
        size.questions,
        size.with_evidence,
        size.minutes,
        size.pages,
        document.languages.join(" and "),
    );
    println!(
        "  controls: {} of {} ({} with two questions and something to show); clauses: {} of 7",
        coverage.controls.len(),
        CONTROLS.controls.len(),
        coverage.deep(),
        coverage.clauses.len(),
    );
    for remark in check::remarks(document) {
        println!("  remark: {remark}");
    }
}

/// Factors of the shipped policy, with their values.
fn policy_factors() -> BTreeMap<String, Vec<String>> {
    let factor = |(name, words): (&String, &FactorWords)| (name.clone(), words.values.keys().cloned().collect());
    REASONS.factors.iter().map(factor).collect()
}

fn read(file: &Path) -> Result<Authored, ExitCode> {
    let text = std::fs::read_to_string(file).map_err(|e| bad_file(file, e))?;
    check::read(&text).map_err(|problems| {
        for problem in &problems.0 {
            eprintln!("candor: {}: {problem}", file.display());
        }
        ExitCode::from(BAD)
    })
}

/// Reads a document, or makes one of a workbook's questions, and writes it in canonical form.
pub(super) fn import(file: &Path, out: Option<&Path>) -> ExitCode {
    let document = if is_document(file) { read(file) } else { of_workbook(file) };
    let document = match document {
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

/// Whether a file is JSON, by its first letter; what cannot be read is told when it is read as such.
fn is_document(file: &Path) -> bool {
    let mut start = [0; 64];
    let read = std::fs::File::open(file).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
    let text = String::from_utf8_lossy(&start[..read]);
    read == 0 || text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

/// The template of what a stranger's workbook asks. What did not get into it is named on standard error.
fn of_workbook(file: &Path) -> Result<Authored, ExitCode> {
    let words = own_words().map_err(|reason| bad_file(file, reason))?;
    let opened = opened(file).map_err(|reason| bad_file(file, reason))?;
    let inspection = inspect(&opened.workbook, &words, &opened.name, &opened.sha256);
    let made = template(&inspection, &words).map_err(|problem| bad_file(file, problem))?;
    for left_out in &made.left_out {
        eprintln!("candor: {}: left out: {left_out}", file.display());
    }
    Ok(made.document)
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
    let bytes = answer_workbook(
        &document.edition(document.written_in()),
        &BTreeMap::new(),
        &Cover::default(),
        &WorkbookWords::english(),
        made,
    );
    match bytes.map_err(|e| e.to_string()).and_then(|bytes| std::fs::write(output, bytes).map_err(|e| e.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => bad_file(output, reason),
    }
}
