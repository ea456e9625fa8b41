//! Runs a command and gives its exit code: 0 done, 1 the check failed, 2 bad use or bad input.

use super::args::{Arguments, AuditCommand, Command, DecisionCommand, PolicyCommand, TemplateCommand, TokenCommand};
use super::{
    audit, bom, content, decision, demo, inspect, matching, migrate, policy, reindex, score, seed, serve, token,
};
use crate::config::Config;
use crate::error::Result;
use std::fmt::Display;
use std::future::Future;
use std::path::Path;
use std::process::ExitCode;

/// The check failed.
pub(super) const FAILED: u8 = 1;
/// Bad use, or bad input.
pub(super) const BAD: u8 = 2;

/// Runs a command.
pub fn run(arguments: Arguments) -> ExitCode {
    let config = || Config::read(arguments.config.as_deref());
    match arguments.command {
        Command::Score { policy, input, json } => score::run(&policy, &input, json),
        Command::Decision { what: DecisionCommand::Verify { file, sha256 } } => {
            decision::verify(&file, sha256.as_deref())
        }
        Command::Inspect { file, json } => inspect::run(&file, json),
        Command::Bom { file, json } => bom::run(&file, json),
        Command::Match { template, file, json } => matching::run(&template, &file, json),
        Command::Template(TemplateCommand::Check { files, frameworks }) => content::check(&files, frameworks),
        Command::Template(TemplateCommand::Import { file, out }) => content::import(&file, out.as_deref()),
        Command::Template(TemplateCommand::Export { file, out }) => content::export(&file, &out),
        Command::Workbook { template, output } => content::workbook(&template, &output),
        Command::Audit(AuditCommand::Verify { file: Some(file), anchor: Some(anchor), decisions }) => {
            audit::verify_file(&file, &anchor, decisions.as_deref())
        }
        Command::Demo { port } => block_on(demo::run(port)),
        command => match config() {
            Ok(config) => with(config, command),
            Err(error) => bad(error),
        },
    }
}

fn with(config: Config, command: Command) -> ExitCode {
    match command {
        Command::Serve { listen, data_dir, no_migrate } => {
            let mut config = config;
            config.listen = listen.unwrap_or(config.listen);
            config.data_dir = data_dir.unwrap_or(config.data_dir);
            config.migrate_on_start &= !no_migrate;
            block_on(serve::run(config))
        }
        Command::Migrate { what } => block_on(migrate::run(config, what == "status")),
        Command::Audit(AuditCommand::Verify { .. }) => block_on(audit::verify(config)),
        Command::Audit(AuditCommand::Anchor) => block_on(audit::anchor(config)),
        Command::Audit(AuditCommand::RotateKey) => block_on(audit::rotate_key(config)),
        Command::Token(TokenCommand::Create { org, role, ttl }) => block_on(token::create(config, org, role, ttl)),
        Command::Policy { what: PolicyCommand::Publish { file, org } } => block_on(policy::publish(config, &file, org)),
        Command::Policy { what: PolicyCommand::Rescore { org } } => block_on(policy::rescore(config, org)),
        Command::Seed(amounts) => block_on(seed::run(config, amounts)),
        Command::Reindex => block_on(reindex::run(config)),
        _ => ExitCode::from(BAD),
    }
}

fn block_on(command: impl Future<Output = Result<ExitCode>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return bad(error),
    };
    runtime.block_on(command).unwrap_or_else(bad)
}

/// Says in one line what is wrong.
pub(super) fn bad(reason: impl Display) -> ExitCode {
    let line = reason.to_string().replace('\n', " ");
    eprintln!("candor: {}", line.trim_start_matches("internal error: "));
    ExitCode::from(BAD)
}

/// Says in one line what is wrong with a file.
pub(super) fn bad_file(file: &Path, reason: impl Display) -> ExitCode {
    bad(format_args!("{}: {reason}", file.display()))
}
