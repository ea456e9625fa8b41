//! `candor score`: the scoring function, from files to standard output.

use super::run::bad_file;
use domain::scoring::{Document, Output, score_documents};
use std::path::Path;
use std::process::ExitCode;

/// Scores an input by a policy.
pub(super) fn run(policy: &Path, input: &Path, json: bool) -> ExitCode {
    let read = |file: &Path| {
        std::fs::read(file).map_err(|e| bad_file(file, e)).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|e| bad_file(file, format_args!("byte {}: not UTF-8", e.utf8_error().valid_up_to())))
        })
    };
    let (policy_text, input_text) = match (read(policy), read(input)) {
        (Ok(policy), Ok(input)) => (policy, input),
        (Err(code), _) | (_, Err(code)) => return code,
    };
    match score_documents(&policy_text, &input_text) {
        Ok(output) if json => match serde_json::to_string(&output) {
            Ok(text) => {
                println!("{text}");
                ExitCode::SUCCESS
            }
            Err(error) => bad_file(input, error),
        },
        Ok(output) => {
            print_table(&output);
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            let file = if refusal.document == Document::Policy { policy } else { input };
            let place = if refusal.pointer.is_empty() { "/" } else { &refusal.pointer };
            bad_file(file, format_args!("{place}: {}", refusal.reason))
        }
    }
}

fn print_table(output: &Output) {
    println!("rating        {}", output.rating);
    println!(
        "residual      {:.2} (best case {:.2}), band {}, driver {}",
        output.residual, output.best_case, output.band, output.driver
    );
    println!("completeness  {:.0} %", output.completeness * 100.0);
    println!("confidence    {:.0} %", output.confidence * 100.0);
    println!("\n{:<30} {:>3} {:>3} {:>9} {:>9} {:>9}", "domain", "S", "L", "inherent", "coverage", "residual");
    for domain in &output.domains {
        println!(
            "{:<30} {:>3} {:>3} {:>9.2} {:>7.0} % {:>9.2}",
            domain.domain,
            domain.severity,
            domain.likelihood,
            domain.inherent,
            domain.coverage * 100.0,
            domain.residual
        );
    }
    for fired in &output.knock_outs {
        println!("\nknock-out {}: at least {} {}", fired.id, fired.floor, fired.questions.join(", "));
    }
}
