//! What can be typed.

use clap::{Args, Parser, Subcommand};
use domain::access::Role;
use std::net::SocketAddr;
use std::path::PathBuf;

/// An exchange for AI vendor-risk questionnaires.
#[derive(Debug, Parser)]
#[command(name = "candor", version, about, arg_required_else_help = true)]
pub struct Arguments {
    /// The settings file; `candor.toml` in the present folder where it is not given.
    #[arg(long, global = true, env = "CANDOR_CONFIG")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves a fresh installation in a temporary folder, with two buyers, six vendors and a filled register.
    Demo {
        /// The port on loopback; any free one where it is taken or not given.
        #[arg(long)]
        port: Option<u16>,
    },
    /// Serves with the configuration found; migrates first unless told not to.
    Serve {
        /// Where to listen.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// Where the embedded parts keep their files.
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// Leave the schema as it is.
        #[arg(long)]
        no_migrate: bool,
    },
    /// Brings the schema up to date, or says how it stands.
    Migrate {
        /// `up` or `status`.
        #[arg(default_value = "up", value_parser = ["up", "status"])]
        what: String,
    },
    /// Computes a score from a policy and an input.
    Score {
        /// The policy.
        #[arg(long)]
        policy: PathBuf,
        /// The input.
        #[arg(long)]
        input: PathBuf,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Records of decisions as files.
    Decision {
        /// What to do.
        #[command(subcommand)]
        what: DecisionCommand,
    },
    /// Reads a workbook and says what it understood.
    Inspect {
        /// The workbook: xlsx, xlsm, xls, xlsb, ods, csv or tsv.
        file: PathBuf,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Reads a bill of materials and says what AI it names.
    Bom {
        /// The document: CycloneDX 1.4 to 1.7 in JSON or XML, or SPDX 3.0 in JSON-LD.
        file: PathBuf,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Says what each question of a template would get from a workbook.
    Match {
        /// The template.
        #[arg(long)]
        template: PathBuf,
        /// The workbook: xlsx, xlsm, xls, xlsb, ods, csv or tsv.
        file: PathBuf,
        /// Print one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Checks, imports and exports templates.
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Writes the answer workbook of a template.
    Workbook {
        /// The template.
        template: PathBuf,
        /// The workbook to write.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Checks audit logs.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Makes API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Fills an installation with repeatable synthetic data, for load tests.
    Seed(Seed),
    /// Rebuilds the search index and the portfolio from the database.
    Reindex,
    /// Scoring policies of an organisation.
    Policy {
        /// What to do.
        #[command(subcommand)]
        what: PolicyCommand,
    },
}

/// Templates.
#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    /// Reads a template document, or a workbook's questions, and writes a template document in canonical form.
    Import {
        /// The document, or the workbook.
        file: PathBuf,
        /// Where to; standard output where it is not given.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Writes a template document as a workbook to answer in (.xlsx) or as canonical JSON.
    Export {
        /// The document.
        file: PathBuf,
        /// Where to.
        #[arg(long)]
        out: PathBuf,
    },
    /// Checks documents, questionnaires and crosswalks; without any, the shipped ones.
    Check {
        /// The documents.
        files: Vec<PathBuf>,
        /// Say for each law and framework which of its points no question touches.
        #[arg(long)]
        frameworks: bool,
    },
}

/// Audit logs.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walks every chain; or checks an exported log with nothing but the anchor.
    Verify {
        /// The exported log, as JSON Lines. Without it, the chains of this installation are walked.
        #[arg(requires = "anchor")]
        file: Option<PathBuf>,
        /// The anchor that was kept.
        #[arg(long, requires = "file")]
        anchor: Option<PathBuf>,
        /// Where to write the record of each decision in the log, with its policy, input and score as files of their own.
        #[arg(long, requires = "file")]
        decisions: Option<PathBuf>,
    },
    /// Prints the anchor: public keys and newest entries. Keep it where nobody changes it who could change the log.
    Anchor,
    /// Replaces the key that signs the logs. Entries that were signed with the old one stay verifiable.
    RotateKey,
}

/// API tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes a token and prints it once.
    Create {
        /// The organisation, by name or id.
        #[arg(long)]
        org: String,
        /// What it may do.
        #[arg(long)]
        role: Role,
        /// For how long: `90d`, `12h`, `30m`; without end where it is not given.
        #[arg(long)]
        ttl: Option<String>,
    },
}

/// What to do with the scoring policy of an organisation.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Publishes a version, which is in force from then on; the server computes all stored scores anew.
    Publish {
        /// The policy, as `candor score --policy` takes it.
        file: PathBuf,
        /// The organisation, by name or id.
        #[arg(long)]
        org: String,
    },
    /// Has all stored scores computed anew by the policy in force; the server does it.
    Rescore {
        /// The organisation, by name or id.
        #[arg(long)]
        org: String,
    },
}

/// How much synthetic data.
#[derive(Clone, Copy, Debug, Args)]
pub struct Seed {
    /// Vendors.
    #[arg(long, default_value_t = 0)]
    pub vendors: u64,
    /// Register entries.
    #[arg(long, default_value_t = 0)]
    pub components: u64,
    /// Assessments of 150 questions.
    #[arg(long, default_value_t = 0)]
    pub assessments: u64,
    /// The same number gives the same data.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What to do with the record of a decision.
#[derive(Debug, Subcommand)]
pub enum DecisionCommand {
    /// Computes the score of a record again and holds it against the one that was frozen, byte by byte.
    Verify {
        /// The record.
        file: PathBuf,
        /// The SHA-256 that was written down elsewhere, hexadecimal.
        #[arg(long)]
        sha256: Option<String>,
    },
}
