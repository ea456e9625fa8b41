//! The one binary.

use candor::cli;
use candor::platform::{bom, workbook};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A reader of strangers' files takes its limits on before anything else is set up.
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some(workbook::SUBCOMMAND) => return workbook::child_main(&arguments.next().unwrap_or_default()),
        Some(bom::SUBCOMMAND) => return bom::child_main(&arguments.next().unwrap_or_default()),
        _ => {}
    }
    cli::run(cli::Arguments::parse())
}
