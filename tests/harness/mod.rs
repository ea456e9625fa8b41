//! What the tests stand on: the built binary as a server, a database of its own for every test, browsers' sessions,
//! captured mail, and waiting for what is to happen. Real parts only.

pub mod database;
pub mod hand;
pub mod mail;
pub mod meilisearch;
pub mod parts;
pub mod post;
pub mod server;
pub mod session;
pub mod sources;
pub mod way;

pub use parts::Parts;
pub use server::{Server, Settings};
pub use session::{Answer, Session, Value};

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a test waits for something that must happen; far more than it takes on a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(15);

/// Waits until `look` sees something.
///
/// # Panics
/// When it has not come in time; `what` says what was waited for.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain for {what}");
        tokio::time::sleep(LOOK).await;
    }
}

/// The binary under test: named by `CANDOR_BIN`, else the one built beside the tests.
pub fn binary() -> PathBuf {
    std::env::var_os("CANDOR_BIN").map_or_else(
        || {
            let tests = std::env::current_exe().expect("the tests themselves");
            tests.parent().and_then(|folder| folder.parent()).expect("target/<profile>").join("candor")
        },
        PathBuf::from,
    )
}

/// The binary, started with these arguments and without settings from the environment that the tests run in.
pub fn candor(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CANDOR_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The top folder of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// A file of `fixtures/`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = root().join("fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
