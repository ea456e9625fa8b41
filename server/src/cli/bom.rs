//! `candor bom FILE [--json]`: register entries read from a CycloneDX or SPDX document, without server or database.

use super::inspect::{heard, print_json};
use super::run::bad_file;
use domain::bom::{Bom, Entry, Fact, Format, Limits, Relation, Syntax, Tie, read};
use domain::problem::Problem;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// Characters of a text that are shown in a line.
const SHOWN: usize = 100;

/// Reads a document and prints what it says of AI.
///
/// Exit codes: 0 done; 2 when the file is not read, with one line on standard error.
pub(super) fn run(file: &Path, json: bool) -> ExitCode {
    let bom = match opened(file) {
        Ok(bom) => bom,
        Err(reason) => return bad_file(file, reason),
    };
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut out = BufWriter::new(std::io::stdout().lock());
    let printed =
        if json { print_json(&mut out, &Document { file: &name, bom: &bom }) } else { print(&mut out, &name, &bom) };
    heard(printed.and_then(|()| out.flush()))
        .map_or_else(|error| bad_file(Path::new("standard output"), error), |()| ExitCode::SUCCESS)
}

fn opened(file: &Path) -> Result<Bom, String> {
    let limits = Limits::default();
    let unreadable = |error: std::io::Error| format!("it cannot be read: {error}");
    let opened = File::open(file).map_err(unreadable)?;
    let size = opened.metadata().map_err(unreadable)?.len();
    if size > limits.bytes {
        return Err(format!("{size} bytes, at most {} are read", limits.bytes));
    }
    // What is no plain file may be longer than it says.
    let mut bytes = Vec::new();
    opened.take(limits.bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    read(&bytes, &sha256, &limits).map_err(|refusal| refusal.to_string())
}

#[derive(Serialize)]
struct Document<'a> {
    file: &'a str,
    #[serde(flatten)]
    bom: &'a Bom,
}

fn print(out: &mut impl Write, file: &str, bom: &Bom) -> std::io::Result<()> {
    let standard = match bom.format {
        Format::CycloneDx => "CycloneDX",
        Format::Spdx => "SPDX",
    };
    let syntax = match bom.syntax {
        Syntax::Json => "JSON",
        Syntax::Xml => "XML",
    };
    writeln!(out, "{} ({standard} {} in {syntax}, sha256 {})", short(file), short(&bom.spec_version), bom.sha256)?;
    let lines = [
        ("about", bom.subject.as_ref().map(|subject| with_version(&subject.name, subject.version.as_deref()))),
        ("serial number", bom.serial.clone().map(|serial| with_version(&serial, bom.revision.as_deref()))),
        ("created", bom.created.clone()),
        ("by", joined(&bom.created_by)),
        ("with", joined(&bom.tools)),
    ];
    for (word, text) in lines.into_iter().filter_map(|(word, text)| Some((word, text?))) {
        writeln!(out, "  {word}: {}", short(&text))?;
    }
    for entry in &bom.entries {
        print_entry(out, bom, entry)?;
    }
    let totals = bom.totals;
    let kinds = ["ai_system", "agent", "ai_api", "model", "dataset"].into_iter().filter_map(|kind| {
        let count = bom.entries.iter().filter(|entry| entry.kind == kind).count();
        (count > 0).then(|| format!("{count} {kind}"))
    });
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    let of = if kinds.is_empty() { String::new() } else { format!(" ({kinds})") };
    writeln!(out, "\n{} entries{of} of {} elements", totals.entries, totals.elements)?;
    let others = bom.others.iter().map(|(kind, count)| format!("{count} {}", short(kind))).collect::<Vec<_>>();
    if !others.is_empty() {
        writeln!(out, "not taken, for nothing says that they have to do with AI: {}", others.join(", "))?;
    }
    for gap in &bom.gaps {
        writeln!(out, "the document does not say: {}", gap_words(gap))?;
    }
    for note in &bom.notes {
        writeln!(out, "to be looked at: {}", note_words(note))?;
    }
    Ok(())
}

fn print_entry(out: &mut impl Write, bom: &Bom, entry: &Entry) -> std::io::Result<()> {
    let place = &entry.place;
    writeln!(out, "\n{}: {} [line {}, {}]", entry.kind, short(&entry.name), place.line, short(&place.path))?;
    if let Some(why) = &entry.kind_from {
        writeln!(out, "  taken for this kind because of {}", why_words(why))?;
    }
    if let Some(confidence) = &entry.confidence {
        writeln!(out, "  identified with a confidence of {}", short(confidence))?;
    }
    let said = entry.facts.iter().filter(|fact| !matches!(fact.field.as_str(), "name" | "kind"));
    for Fact { field, value, place, .. } in said {
        writeln!(out, "  {field}: {} [line {}]", short(value), place.line)?;
    }
    for relation in bom.relations.iter().filter(|relation| relation.from == entry.id) {
        let other = bom.entry(&relation.to).map_or("", |other| other.name.as_str());
        let inferred = if relation.inferred { ", concluded" } else { "" };
        writeln!(out, "  {} {} [line {}{inferred}]", tie_words(relation), short(other), relation.place.line)?;
    }
    if !entry.gaps.is_empty() {
        let gaps: Vec<&str> = entry.gaps.iter().map(|gap| gap_words(gap)).collect();
        writeln!(out, "  not said: {}", gaps.join(", "))?;
    }
    Ok(())
}

fn with_version(name: &str, version: Option<&str>) -> String {
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}

fn joined(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}

fn tie_words(relation: &Relation) -> &'static str {
    match relation.kind {
        Tie::RunsOn => "runs on",
        Tie::TrainedOn => "trained on",
        Tie::TestedOn => "tested on",
        Tie::DependsOn => "depends on",
        Tie::PartOf => "part of",
    }
}

fn why_words(code: &str) -> &str {
    match code {
        "its-own-words" => "the words of its name or description",
        "needs-a-model" => "the AI that it needs or holds",
        "has-a-model-card" => "its model card",
        "its-package-url" => "its package URL",
        "its-purpose" => "its stated purpose",
        "data-of-no-stated-type" => "its type \"data\", which says no more",
        "a-model-card-names-it" => "a model card that names it",
        "something-was-trained-on-it" => "what was trained or tested on it",
        other => other,
    }
}

fn gap_words(code: &str) -> &str {
    match code {
        "no-supplier" => "who supplies it",
        "no-version" => "its version",
        "no-licence" => "its licence",
        "no-origin" => "where it comes from (package URL, hash, address)",
        "no-purpose" => "what it is for",
        "no-training-data" => "what it was trained on",
        "no-test-results" => "how it was tested",
        "no-limitations" => "its limitations",
        "no-model-card" => "a model card",
        "no-data-classification" => "whether it holds personal or confidential data",
        "no-data-categories" => "what data flows through it",
        "no-model-named" => "which model it runs on",
        "no-serial-number" => "its serial number",
        "no-date" => "when it was written",
        "no-author" => "who wrote it",
        "no-subject" => "what it is about",
        "no-ai-named" => "anything of a model, dataset or AI service",
        "list-incomplete" => "all: it calls itself incomplete",
        "list-of-unknown-completeness" => "whether it is complete",
        other => other,
    }
}

fn note_words(note: &Problem) -> String {
    let with = |name: &str| note.with.get(name).map_or("", String::as_str);
    let line = note.with.get("line").map_or_else(String::new, |line| format!("line {line}: "));
    let said = match note.code.as_str() {
        "repeated-ref" => format!("\"{}\" identifies something else already; references mean the first", with("given")),
        "dangling-reference" => format!("\"{}\" leads to nothing in this document", with("given")),
        "reference-elsewhere" => format!("\"{}\" is described in another document", with("given")),
        "circle" => format!("these need each other in a circle: {}", with("names")),
        "may-be-ai" => format!("{} speaks of AI, but nothing says that it is or needs a model", with("name")),
        "value-shortened" => format!("{} is longer than {} characters and was cut", with("field"), with("most")),
        "elements-left-out" => {
            format!("{} lists more than {} things; the others are left out", with("field"), with("most"))
        }
        "not-kept" => format!("{} cannot be \"{}\"", with("field"), with("given")),
        "repeated-member" => format!("\"{}\" stands here twice; the first is believed", with("name")),
        "called-alike" => format!("{} is called like the entry in line {}", with("name"), with("first")),
        "unknown-type" => format!("\"{}\" is no type of component", with("given")),
        "no-type" => "this component has no type".to_owned(),
        "not-a-serial-number" => format!("\"{}\" is no serial number (urn:uuid:...)", with("given")),
        "named-otherwise" => format!("it has no name and is called {}", with("name")),
        "more-of-these" => format!("{} more of the kind \"{}\"", with("count"), with("note")),
        other => other.to_owned(),
    };
    line + &short(&said)
}

/// The beginning of a text, in one line, without what a terminal would obey.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
