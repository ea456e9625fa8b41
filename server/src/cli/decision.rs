//! `candor decision`: the records of decisions, computed again without a server.

use super::run::{FAILED, bad_file};
use domain::judging::decision::{Record, recompute};
use domain::scoring::sha256;
use std::path::Path;
use std::process::ExitCode;

/// Computes the score of a record again and holds it against the one that was frozen.
pub(super) fn verify(file: &Path, kept: Option<&str>) -> ExitCode {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return bad_file(file, error),
    };
    // An editor ends a file with a line break; the record itself has none.
    let text = text.trim_end_matches(['\n', '\r']);
    let found = sha256(text);
    let kept = kept.map_or_else(|| found.clone(), |kept| kept.trim().to_lowercase());
    match recompute(text, &kept) {
        Ok(output) => {
            if let Ok(record) = serde_json::from_str::<Record>(text) {
                let subject = &record.subject;
                println!(
                    "decision {} on {} of {}: {}, by {} at {}",
                    subject.number,
                    subject.engagement_name,
                    subject.vendor_name,
                    record.kind,
                    record.by_name,
                    record.at
                );
            }
            match output {
                Some(output) => println!(
                    "the score computes to the same bytes: residual {:.1}, {}; inputs {}",
                    output.residual, output.rating, output.inputs_sha256
                ),
                None => println!("nothing was scored for it"),
            }
            println!("SHA-256 of the record: {found}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("candor: {}: {broken}", file.display());
            ExitCode::from(FAILED)
        }
    }
}
