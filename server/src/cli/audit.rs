//! `candor audit`: walks chains, checks exported logs, prints the anchor, replaces the key.

use super::run::{FAILED, bad_file};
use crate::actions::audit::{self, Anchored};
use crate::compose;
use crate::config::Config;
use crate::error::Result;
use crate::platform::clock::Clock;
use crate::platform::signing;
use domain::audit::anchor::Anchor;
use domain::audit::file::{Fault, Line, Reading};
use domain::judging::decision::Record;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

/// Bytes of one line of an exported log: an entry with its details, a policy and a score's input are far below it.
const LINE_BYTES: u64 = 64 << 20;

/// Walks every chain; names the first entry of each that is missing or was changed.
pub(super) async fn verify(config: Config) -> Result<ExitCode> {
    let platform = compose::open_without_search(config, Clock::system()).await?;
    let mut whole = true;
    for chain in audit::verify(&platform).await? {
        match chain.outcome {
            Ok(entries) => println!("{} {}: {entries} entries, whole", chain.organisation, chain.name),
            Err(broken) => {
                whole = false;
                println!("{} {}: {broken}", chain.organisation, chain.name);
            }
        }
    }
    platform.db.close().await;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Checks an exported log with nothing but the anchor: no settings, no database, no key. Of a whole one, the decisions are
/// written into a folder where one is named.
pub(super) fn verify_file(file: &Path, anchor: &Path, decisions: Option<&Path>) -> ExitCode {
    let read = std::fs::read_to_string(anchor).map_err(|error| error.to_string());
    let anchor = match read.and_then(|text| Anchor::read(&text)) {
        Ok(known) => known,
        Err(reason) => return bad_file(anchor, reason),
    };
    match read_log(file, &anchor) {
        Ok(whole) => {
            println!("{whole}");
            match decisions.map(|folder| write_decisions(file, folder)).transpose() {
                Ok(_) => ExitCode::SUCCESS,
                Err(error) => bad_file(decisions.unwrap_or(file), error),
            }
        }
        Err(Unread::Fault(fault @ Fault::Broken { .. })) => {
            println!("{}, {fault}", file.display());
            ExitCode::from(FAILED)
        }
        Err(Unread::Fault(fault)) => bad_file(file, fault),
        Err(Unread::Io(error)) => bad_file(file, error),
    }
}

enum Unread {
    Fault(Fault),
    Io(std::io::Error),
}

fn read_log(file: &Path, anchor: &Anchor) -> Result<String, Unread> {
    let mut lines = BufReader::new(File::open(file).map_err(Unread::Io)?);
    let mut number = 0;
    let mut next = || -> Result<Option<String>, Unread> {
        number += 1;
        let mut line = Vec::new();
        let read = (&mut lines).take(LINE_BYTES).read_until(b'\n', &mut line).map_err(Unread::Io)?;
        if read == 0 {
            return Ok(None);
        }
        // A line without an end is a line that was cut; what it says would not parse, or its end is missed below.
        let text = String::from_utf8(line)
            .map_err(|_| Unread::Fault(Fault::Unusable { line: number, reason: "is not UTF-8".to_owned() }))?;
        Ok(Some(text))
    };
    let first = next()?.unwrap_or_default();
    let mut reading = Reading::begin(&first, anchor, signing::verify).map_err(Unread::Fault)?;
    while let Some(line) = next()? {
        reading.step(&line).map_err(Unread::Fault)?;
    }
    let whole = reading.finish().map_err(Unread::Fault)?;
    Ok(format!(
        "{} {}: {} entries, whole; {} without their details; {} scores computed again and {} decisions re-performed, with the same outcome",
        whole.organisation, whole.name, whole.entries, whole.erased, whole.scores, whole.decisions
    ))
}

/// Writes what each decision of a log rested on: the record as it was frozen, and out of it policy, input and score, the
/// score as `candor score --json` prints it. The log was found whole before.
fn write_decisions(file: &Path, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for line in BufReader::new(File::open(file)?).lines() {
        let Ok(Line { entry, record: Some(text), .. }) = serde_json::from_str::<Line>(&line?) else { continue };
        let Ok(record) = serde_json::from_str::<Record>(&text) else { continue };
        // Named by the entry, whose number exists once; what people wrote names no files.
        let name = |what: &str| folder.join(format!("decision-at-{}.{what}.json", entry.sequence));
        std::fs::write(name("record"), &text)?;
        println!(
            "{}: decision {} on {} of {}: {}, by {} at {}",
            name("record").display(),
            record.subject.number,
            record.subject.engagement_name,
            record.subject.vendor_name,
            record.kind,
            record.by_name,
            record.at
        );
        let parts = record.policy.zip(record.input).zip(record.output);
        if let Some(((policy, input), output)) = parts {
            std::fs::write(name("policy"), policy.to_string())?;
            std::fs::write(name("input"), input.to_string())?;
            std::fs::write(name("score"), format!("{output}\n"))?;
        }
    }
    Ok(())
}

/// Prints the anchor.
pub(super) async fn anchor(config: Config) -> Result<ExitCode> {
    let platform = compose::open_without_search(config, Clock::system()).await?;
    let anchored = audit::anchor(&platform).await?;
    platform.db.close().await;
    match anchored {
        Anchored::Yes(anchor) => {
            println!("{}", anchor.write());
            Ok(ExitCode::SUCCESS)
        }
        Anchored::Broken(organisation, broken) => {
            eprintln!("candor: nothing is anchored: the log of {organisation} is broken: {broken}");
            Ok(ExitCode::from(FAILED))
        }
    }
}

/// Replaces the key.
pub(super) async fn rotate_key(config: Config) -> Result<ExitCode> {
    let file = config.secret_file();
    let platform = compose::open_without_search(config, Clock::system()).await?;
    let rotated = audit::rotate_key(&platform).await?;
    platform.db.close().await;
    println!("old key: {}", hex::encode(rotated.old));
    println!("new key: {}", hex::encode(rotated.new));
    println!("{} chains handed over; keep a copy of {}, and a new anchor", rotated.chains, file.display());
    Ok(ExitCode::SUCCESS)
}
