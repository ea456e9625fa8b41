//! Reading in a process of its own: the same binary, started with a hidden subcommand, under limits of memory and time.
//!
//! The file goes in through standard input; what is read comes back through standard output as JSON lines while it is
//! being read, so that the child holds next to nothing; last `"end"`, or a refusal.

mod wire;

use super::super::confined::{Broken, broken, confine, start};
use super::ReadLimits;
use super::reading::{Gathered, Refusal, read_lines};
use domain::sheet::Workbook;
use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::path::Path;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use wire::Wire;

/// The hidden subcommand; its only argument is the limits as JSON.
pub const SUBCOMMAND: &str = "read-workbook";

/// What the subcommand does: takes the limits on, reads standard input, writes the grid or the refusal.
///
/// Call it before anything else starts threads or takes memory; `limits` is the argument after [`SUBCOMMAND`].
pub fn child_main(limits: &str) -> ExitCode {
    let Ok(limits) = serde_json::from_str::<ReadLimits>(limits) else {
        return ExitCode::from(2);
    };
    if confine(limits.memory_bytes, limits.cpu_seconds).is_err() {
        return ExitCode::from(2);
    }
    let mut bytes = Vec::new();
    let read = stdin().lock().take(limits.file_bytes + 1).read_to_end(&mut bytes);
    let mut out = BufWriter::with_capacity(64 << 10, stdout().lock());
    let mut written = Ok(());
    let answer = match read {
        Ok(_) => read_lines(&bytes, &limits, &mut |line| {
            written = wire::write(&mut out, &Wire::from(line));
            // Nobody listens any more: there is no use in reading on.
            written.as_ref().map_err(|e| Refusal::ReaderFailed { reason: e.kind().to_string() }).copied()
        }),
        Err(e) => Err(Refusal::ReaderFailed { reason: e.kind().to_string() }),
    };
    let last = answer.map_or_else(Wire::Refused, |()| Wire::End);
    match written.and_then(|()| wire::write(&mut out, &last)).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Reads a workbook in a child process of `exe`, which must be a binary that answers to [`SUBCOMMAND`].
///
/// # Errors
/// Why it is not read. A child that breaks off, takes too much memory or too long is a refusal like any other.
pub async fn read_in_child(exe: &Path, bytes: &[u8], limits: &ReadLimits) -> Result<Workbook, Refusal> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Refusal::TooLarge { most: limits.file_bytes });
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
    let work = async {
        let ((), answer) = tokio::join!(feed, gather(out, limits));
        let answer = answer?;
        let status = child.wait().await.map_err(failed)?;
        Ok::<_, Refusal>((answer, status))
    };
    let outcome = tokio::time::timeout(Duration::from_secs(limits.wall_seconds), work).await;
    match outcome {
        Ok(Ok((Some(answer), _))) => answer,
        Ok(Ok((None, status))) => Err(broke_off(status, limits)),
        Ok(Err(refusal)) => {
            stop(&mut child).await;
            Err(refusal)
        }
        Err(_) => {
            stop(&mut child).await;
            Err(Refusal::ReaderTimedOut { most: limits.wall_seconds })
        }
    }
}

async fn stop(child: &mut tokio::process::Child) {
    // It may have ended by itself in between; either way it is waited for.
    let _ = child.kill().await;
}

fn failed(reason: impl std::fmt::Display) -> Refusal {
    Refusal::ReaderFailed { reason: reason.to_string() }
}

/// Puts the lines together; `None` when they stop before the end.
async fn gather(
    out: impl tokio::io::AsyncRead + Unpin,
    limits: &ReadLimits,
) -> Result<Option<Result<Workbook, Refusal>>, Refusal> {
    // JSON writes a control character as six bytes, and a cell needs up to 100 around its text.
    let most = limits.all_text.saturating_mul(6) + limits.cells as u64 * 100 + (16 << 20);
    let mut lines = BufReader::with_capacity(64 << 10, out.take(most));
    let mut gathered = Gathered::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await.map_err(failed)? == 0 || line.last() != Some(&b'\n') {
            return Ok(None);
        }
        match serde_json::from_slice(&line).map_err(failed)? {
            Wire::Refused(refusal) => return Ok(Some(Err(refusal))),
            Wire::End => return Ok(Some(gathered.complete(limits))),
            read => gathered.take(read.line().map_err(failed)?)?,
        }
    }
}

fn broke_off(status: ExitStatus, limits: &ReadLimits) -> Refusal {
    match broken(status) {
        Broken::OutOfMemory => Refusal::ReaderRanOutOfMemory { most: limits.memory_bytes },
        Broken::OutOfTime => Refusal::ReaderTimedOut { most: limits.cpu_seconds },
        Broken::Otherwise => failed(status),
    }
}
