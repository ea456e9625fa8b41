//! Readers of strangers' files as processes of their own: the same binary, started with a hidden subcommand, under limits
//! of memory and time, so that a file which makes a reader abort costs an answer and not the server.

use rlimit::{Resource, setrlimit};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use tokio::process::{Child, Command};

/// The signal of a process that broke off by itself, which is what Rust does when memory cannot be had.
const SIGABRT: i32 = 6;
/// The signals of a process that used up its processor time: first asked to end, then made to.
const OUT_OF_TIME: [i32; 2] = [24, 9];
/// The allocator takes addresses ahead, a gigabyte at a time, unless it is told otherwise: before the limit is there, so
/// that a reader could have all of them above it, or none could be had below it. Readers take what they need when they do.
const NO_ADDRESSES_AHEAD: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "0");

/// No more memory, processor time or files than that, and no way to raise them again.
///
/// # Errors
/// When the system refuses.
pub(super) fn confine(memory_bytes: u64, cpu_seconds: u64) -> std::io::Result<()> {
    setrlimit(Resource::AS, memory_bytes, memory_bytes)?;
    setrlimit(Resource::CPU, cpu_seconds, cpu_seconds + 1)?;
    setrlimit(Resource::FSIZE, 0, 0)?;
    setrlimit(Resource::CORE, 0, 0)
}

/// Starts a reader with pipes for what goes in and comes out, a word to its allocator, and nothing of our environment.
///
/// # Errors
/// When no process can be started.
pub(super) fn start(exe: &Path, arguments: [&str; 2]) -> std::io::Result<Child> {
    Command::new(exe)
        .args(arguments)
        .env_clear()
        .env(NO_ADDRESSES_AHEAD.0, NO_ADDRESSES_AHEAD.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Why a reader ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It wanted more memory than it may have.
    OutOfMemory,
    /// It took longer than it may.
    OutOfTime,
    /// Something else.
    Otherwise,
}

/// Why a reader ended without an answer.
pub(super) fn broken(status: ExitStatus) -> Broken {
    match status.signal() {
        Some(SIGABRT) => Broken::OutOfMemory,
        Some(signal) if OUT_OF_TIME.contains(&signal) => Broken::OutOfTime,
        _ => Broken::Otherwise,
    }
}
