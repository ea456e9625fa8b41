//! Meilisearch servers: the one that the environment names, and those that a test starts and kills itself.
//!
//! `CANDOR_TEST_MEILISEARCH_URL` and `CANDOR_TEST_MEILISEARCH_KEY` name a server that tests may make indexes on;
//! `CANDOR_TEST_MEILISEARCH_BIN` names the program itself.

use super::{LOOK, PATIENCE, Settings};
use reqwest::Method;
use serde_json::Value;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use tempfile::TempDir;

/// The key of servers that tests start.
const KEY: &str = "key-of-a-test-of-sixteen-bytes";

/// A server, and what the names of a test's indexes begin with.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its address.
    pub url: String,
    /// A key that allows everything.
    pub key: String,
    /// What the names begin with.
    pub prefix: String,
}

impl Place {
    /// A part of the server that the environment names; none, and said aloud, where it names none.
    pub fn configured(test: &str) -> Option<Self> {
        let Some(url) = variable("URL") else {
            eprintln!("SKIPPED {test}: CANDOR_TEST_MEILISEARCH_URL names no Meilisearch server");
            return None;
        };
        let prefix = format!("test_{}_{test}_", std::process::id());
        Some(Self { url, key: variable("KEY").unwrap_or_default(), prefix })
    }

    /// The index of this test.
    pub fn index(&self) -> String {
        format!("{}register", self.prefix)
    }

    /// Settings of a server of ours that searches here.
    pub fn settings(&self) -> Settings {
        let settings = Settings::default().with("search__url", &self.url).with("search__key", &self.key);
        settings.with("search__index_prefix", &self.prefix)
    }

    /// Asks the server as itself, and gives its status and what it said.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let request = reqwest::Client::new().request(method, format!("{}{path}", self.url)).bearer_auth(&self.key);
        let request = if let Some(body) = body { request.json(body) } else { request };
        let answer = request.send().await.expect("the server answers");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Has the server do something, and waits until it is done.
    pub async fn have(&self, method: Method, path: &str, body: &Value) {
        let (status, task) = self.ask(method, path, Some(body)).await;
        assert_eq!(status, 202, "{path}: {task}");
        let path = format!("/tasks/{}", task["taskUid"]);
        super::until("a task of Meilisearch", async || {
            let (_, task) = self.ask(Method::GET, &path, None).await;
            assert_ne!(task["status"], "failed", "{task}");
            (task["status"] == "succeeded").then_some(())
        })
        .await;
    }

    /// Takes the test's indexes away, where the server still answers.
    pub async fn remove(&self) {
        let client = reqwest::Client::new();
        let request = |method, path: &str| client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key);
        let Ok(listed) = request(Method::GET, "/indexes?limit=1000").send().await else { return };
        let all: Value = listed.json().await.unwrap_or_default();
        for index in all["results"].as_array().into_iter().flatten().filter_map(|index| index["uid"].as_str()) {
            if index.starts_with(&self.prefix) {
                drop(request(Method::DELETE, &format!("/indexes/{index}")).send().await);
            }
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(format!("CANDOR_TEST_MEILISEARCH_{name}")).ok().filter(|value| !value.is_empty())
}

/// A server that belongs to one test, which may kill it.
pub struct Instance {
    /// Where it is.
    pub place: Place,
    program: PathBuf,
    folder: TempDir,
    /// The data stand on a small file system of the server's own.
    is_confined: bool,
    process: Option<Child>,
}

/// Megabytes of a small disk.
const SMALL: u32 = 160;
/// Mounts a file system that nobody else sees, and becomes the server.
const CONFINED: &str = "mkdir -p small && mount -t tmpfs -o size=\"$0\"m tmpfs small && exec \"$@\"";

impl Instance {
    /// Starts one; none, and said aloud, where the environment names no program.
    pub fn start(test: &str) -> Option<Self> {
        Self::started(test, false)
    }

    /// The same on a disk of few megabytes; none, and said aloud, where this machine lets nobody mount one.
    pub fn on_a_small_disk(test: &str) -> Option<Self> {
        let tried = Command::new("unshare")
            .args(["--map-root-user", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"])
            .stderr(Stdio::null())
            .status();
        if !tried.is_ok_and(|tried| tried.success()) {
            eprintln!("SKIPPED {test}: no file system can be mounted here");
            return None;
        }
        Self::started(test, true)
    }

    fn started(test: &str, is_confined: bool) -> Option<Self> {
        let Some(program) = variable("BIN") else {
            eprintln!("SKIPPED {test}: CANDOR_TEST_MEILISEARCH_BIN names no Meilisearch program");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a free port");
        let place = Place { url: format!("http://{port}"), key: KEY.to_owned(), prefix: "t_".to_owned() };
        let folder = tempfile::tempdir().expect("a folder");
        let mut instance = Self { place, program: program.into(), folder, is_confined, process: None };
        instance.run();
        Some(instance)
    }

    /// Starts it again on the same data.
    pub fn run(&mut self) {
        let address = self.place.url.trim_start_matches("http://");
        let data = self.folder.path().join(if self.is_confined { "small/data" } else { "data" });
        let mut command = if self.is_confined {
            let mut command = Command::new("unshare");
            command.args(["--map-root-user", "--mount", "sh", "-c", CONFINED, &SMALL.to_string()]).arg(&self.program);
            command
        } else {
            Command::new(&self.program)
        };
        let process = command
            .args(["--no-analytics", "--log-level", "OFF", "--http-addr", address, "--master-key", KEY])
            .arg("--db-path")
            .arg(data)
            .arg("--dump-dir")
            .arg(self.folder.path().join("dumps"))
            .arg("--snapshot-dir")
            .arg(self.folder.path().join("snapshots"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.process = Some(process.unwrap_or_else(|e| panic!("{}: {e}", self.program.display())));
        let begun = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "Meilisearch did not start");
            std::thread::sleep(LOOK);
        }
    }

    /// Kills it at once, as a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }

    /// A file that takes the room on the small disk, as the server sees it.
    fn filler(&self) -> PathBuf {
        let process = self.process.as_ref().expect("it runs");
        let seen = PathBuf::from(format!("/proc/{}/root", process.id()));
        seen.join(self.folder.path().strip_prefix("/").expect("an absolute path")).join("small/filler")
    }

    /// Leaves so many kilobytes of the small disk.
    pub fn leave(&self, kilobytes: u64) {
        let path = self.filler();
        let mut file = std::fs::File::create(&path).expect("a file on the small disk");
        let block = [0; 4096];
        let mut bytes = 0;
        while let Ok(written) = file.write(&block) {
            bytes += written as u64;
        }
        file.set_len(bytes.saturating_sub(kilobytes << 10)).expect("a little room");
    }

    /// Gives the room back.
    pub fn make_room(&self) {
        std::fs::remove_file(self.filler()).expect("room");
    }

    /// Halts it where it stands, or lets it go on.
    pub fn halt(&self, halted: bool) {
        let process = self.process.as_ref().expect("it runs");
        let signal = if halted { "-STOP" } else { "-CONT" };
        let told = Command::new("kill").args([signal, &process.id().to_string()]).status().expect("kill");
        assert!(told.success());
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.kill();
    }
}
