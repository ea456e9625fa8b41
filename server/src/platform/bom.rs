//! Reading a bill of materials in a process of its own: the file goes in through standard input, what it says of AI comes
//! back through standard output as JSON.

use super::confined::{Broken, broken, confine, start};
use crate::config::BomLimits;
use domain::bom::{Bom, read};
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The hidden subcommand; its only argument is the limits as JSON.
pub const SUBCOMMAND: &str = "read-bom";

/// What comes back.
#[derive(Serialize, Deserialize)]
enum Answer {
    Read(Box<Bom>),
    Refused(Problem),
}

/// What the subcommand does: takes the limits on, reads standard input, writes what it says or why it is not read.
///
/// Call it before anything else starts threads or takes memory; `limits` is the argument after [`SUBCOMMAND`].
pub fn child_main(limits: &str) -> ExitCode {
    let Ok(limits) = serde_json::from_str::<BomLimits>(limits) else {
        return ExitCode::from(2);
    };
    if confine(limits.memory_bytes, limits.cpu_seconds).is_err() {
        return ExitCode::from(2);
    }
    let mut bytes = Vec::new();
    if stdin().lock().take(limits.file_bytes + 1).read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let answer = match read(&bytes, &sha256, &limits.domain()) {
        Ok(bom) => Answer::Read(Box::new(bom)),
        Err(refusal) => Answer::Refused(refusal.problem()),
    };
    let mut out = BufWriter::with_capacity(64 << 10, stdout().lock());
    match serde_json::to_writer(&mut out, &answer).map_err(std::io::Error::from).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Reads a bill of materials in a child process of `exe`, which must be a binary that answers to [`SUBCOMMAND`].
///
/// # Errors
/// Why it is not read: with line and column where a place of the file is wrong; `bom-too-large`; `bom-out-of-memory`,
/// `bom-out-of-time` and `bom-reader-failed` for a child that broke off.
pub async fn read_in_child(exe: &Path, bytes: &[u8], limits: &BomLimits) -> Result<Bom, Problem> {
    if bytes.len() as u64 > limits.file_bytes {
        let problem = Problem::new("", "bom-too-large").with("most", limits.file_bytes);
        return Err(problem.with("given", bytes.len()));
    }
    let argument = serde_json::to_string(limits).map_err(failed)?;
    let mut child = start(exe, [SUBCOMMAND, &argument]).map_err(failed)?;
    let (Some(mut into), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(failed("no pipes"));
    };
    let feed = async {
        // A child that refuses early closes its end: what it answers counts, not that it did not listen.
        let _ = into.write_all(bytes).await;
        let _ = into.shutdown().await;
        drop(into);
    };
    let mut answer = Vec::new();
    let work = async {
        let mut out = out.take(limits.answer_bytes + 1);
        let ((), heard) = tokio::join!(feed, out.read_to_end(&mut answer));
        heard.map_err(failed)?;
        if answer.len() as u64 > limits.answer_bytes {
            return Err(failed("it says too much"));
        }
        child.wait().await.map_err(failed)
    };
    let outcome = tokio::time::timeout(Duration::from_secs(limits.wall_seconds), work).await;
    let timed_out = |most: u64| Problem::new("", "bom-out-of-time").with("most", most);
    let status = match outcome {
        Ok(Ok(status)) => status,
        Ok(Err(problem)) => {
            let _ = child.kill().await;
            return Err(problem);
        }
        Err(_) => {
            let _ = child.kill().await;
            return Err(timed_out(limits.wall_seconds));
        }
    };
    if status.success() {
        return match serde_json::from_slice(&answer).map_err(failed)? {
            Answer::Read(bom) => Ok(*bom),
            Answer::Refused(problem) => Err(problem),
        };
    }
    Err(match broken(status) {
        Broken::OutOfMemory => Problem::new("", "bom-out-of-memory").with("most", limits.memory_bytes),
        Broken::OutOfTime => timed_out(limits.cpu_seconds),
        Broken::Otherwise => failed(status),
    })
}

fn failed(reason: impl std::fmt::Display) -> Problem {
    Problem::new("", "bom-reader-failed").with("reason", reason)
}
