//! The one binary.

use candor::cli;
use candor::platform::workbook::{SUBCOMMAND, child_main};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A reader of strangers' workbooks takes its limits on before anything else is set up.
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(SUBCOMMAND) {
        return child_main(&arguments.next().unwrap_or_default());
    }
    cli::run(cli::Arguments::parse())
}
