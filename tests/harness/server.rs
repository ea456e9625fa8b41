//! The built binary, serving on a free port of loopback, with a folder and a database of its own.

use super::database::TestDatabase;
use super::mail::{Mail, mails};
use super::parts::opened;
use super::session::Session;
use super::{PATIENCE, binary, candor, until};
use candor::actions::{Buyer, organisations, people, sign_in};
use candor::config::Config;
use candor::platform::Platform;
use candor::platform::clock::Clock;
use candor::repo::{self, SystemScope};
use domain::access::{Role, Side};
use domain::ids::OrganisationId;
use sea_orm::DatabaseConnection;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Settings beside the defaults, by their names in the environment without `CANDOR_`.
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// One more: `with("limits__body_bytes", 1000)`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.push((format!("CANDOR_{}", name.to_uppercase()), value.to_string()));
        self
    }
}

/// A running server. End every test with [`Server::finish`].
pub struct Server {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    /// The link that it printed for setting it up, where it was empty.
    pub set_up_link: Option<String>,
    process: Option<Child>,
    log: Arc<Mutex<String>>,
    settings: Settings,
    database: TestDatabase,
    folder: TempDir,
    finished: bool,
}

impl Server {
    /// Starts one on an empty installation.
    pub async fn start(settings: Settings) -> Self {
        let mut server = Self {
            url: String::new(),
            set_up_link: None,
            process: None,
            log: Arc::default(),
            settings,
            database: TestDatabase::fresh().await,
            folder: tempfile::tempdir().expect("a folder"),
            finished: false,
        };
        server.run(true);
        server
    }

    /// Starts one, set up for an organisation; its administrator's session beside it.
    pub async fn set_up(organisation: &str) -> (Self, Session) {
        Self::set_up_with(organisation, Settings::default()).await
    }

    /// The same with settings of its own.
    pub async fn set_up_with(organisation: &str, settings: Settings) -> (Self, Session) {
        let server = Self::start(settings).await;
        let session = server.session();
        let link = server.set_up_link.clone().expect("a set-up link");
        let fields = [("organisation", organisation), ("name", "Ada Admin"), ("email", "ada@buyer.example")];
        let answer = session.submit(server.path(&link), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        (server, session)
    }

    fn run(&mut self, is_empty: bool) {
        let mut process = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}; build it first: cargo build -p candor", binary().display()));
        let lines = lines_of(process.stdout.take().expect("standard output"));
        let log = Arc::clone(&self.log);
        let mut errors = BufReader::new(process.stderr.take().expect("standard error"));
        std::thread::spawn(move || {
            let mut line = String::new();
            while errors.read_line(&mut line).is_ok_and(|read| read > 0) {
                log.lock().expect("the log").push_str(&line);
                line.clear();
            }
        });
        self.process = Some(process);
        self.url = self.printed(&lines, "listening on ");
        self.set_up_link = is_empty.then(|| self.printed(&lines, "set up this installation, once: "));
    }

    fn printed(&self, lines: &Receiver<String>, what: &str) -> String {
        loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(what) {
                        return rest.to_owned();
                    }
                }
                Err(_) => panic!("the server did not print {what:?}; its log: {}", self.log()),
            }
        }
    }

    /// The binary with this installation's settings and nothing else of the environment's.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = candor(arguments);
        command.current_dir(self.folder.path()).env("CANDOR_DATA_DIR", self.data_dir());
        if let Some(url) = self.database.url() {
            command.env("CANDOR_DATABASE__URL", url);
        }
        // A setting in a file stands after the same in the environment.
        command.envs(self.settings.0.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs another command of the binary on this installation.
    pub fn candor(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary")
    }

    /// Where its files are.
    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }

    /// The path of one of its own addresses.
    pub fn path<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(&self.url).unwrap_or_else(|| panic!("{address} is not at {}", self.url))
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: impl ToString) {
        let Settings(mut all) = std::mem::take(&mut self.settings).with(name, value);
        let last = all.pop().expect("the one just added");
        all.retain(|(known, _)| *known != last.0);
        all.push(last);
        self.settings = Settings(all);
    }

    /// Kills it at once, as a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }

    /// Starts it again on the same data.
    pub fn restart(&mut self) {
        self.kill();
        self.run(false);
    }

    /// Asks it to end, as an operator does, and gives whether it ended well.
    pub fn terminate(&mut self) -> bool {
        let Some(mut process) = self.process.take() else { return false };
        let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().expect("kill");
        asked.success() && process.wait().expect("gone").success()
    }

    /// A browser that nobody has signed in with yet.
    pub fn session(&self) -> Session {
        Session::new(&self.url, None)
    }

    /// A program with a new API token, made on the command line.
    pub fn program(&self, organisation: &str, role: Role) -> Session {
        let made = self.candor(&["token", "create", "--org", organisation, "--role", role.name()]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let token = String::from_utf8(made.stdout).expect("UTF-8").trim().to_owned();
        Session::new(&self.url, Some(token))
    }

    /// A browser of a new member with this role, signed in through a link.
    pub async fn person(&self, organisation: &str, role: Role) -> Session {
        self.person_called(organisation, role, None).await
    }

    /// The same, of somebody with this address.
    pub async fn person_called(&self, organisation: &str, role: Role, address: Option<&str>) -> Session {
        let platform = self.platform().await;
        let home = if role.side() == Side::Installation {
            OrganisationId::INSTALLATION
        } else {
            self.organisation(&platform, organisation).await
        };
        let by = Buyer::system(home);
        let address = address.map_or_else(
            || format!("{role}.{}@buyer.example", platform.clock.id::<uuid::Uuid>().simple()),
            str::to_owned,
        );
        let member = people::add_member(&platform, &by, &format!("The {role}"), &address, &role.into()).await;
        let member = member.expect("a member").id;
        let token = sign_in::make_link(&platform, &by, member).await.expect("a link");
        platform.db.close().await;
        let session = self.session();
        let answer = session.submit(&format!("/sign-in/{}", token.reveal()), &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        session
    }

    /// A further organisation.
    pub async fn further_organisation(&self, name: &str) {
        let platform = self.platform().await;
        organisations::found_organisation(&platform, name).await.expect("an organisation");
        platform.db.close().await;
    }

    async fn organisation(&self, platform: &Platform, name: &str) -> OrganisationId {
        let all = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
        OrganisationId(all.iter().find(|row| row.name == name).expect("the organisation").id)
    }

    /// The parts of this installation, in the test's own process, beside the server.
    pub async fn platform(&self) -> Platform {
        let mut config = Config { data_dir: self.data_dir().to_owned(), ..Config::default() };
        config.database.url = self.database.url();
        config.public_url = Some(self.url.clone());
        opened(config, Clock::system()).await
    }

    /// A connection to its database, past the product.
    pub async fn behind_its_back(&self) -> DatabaseConnection {
        self.database.connect(self.data_dir()).await
    }

    /// The mails that it sent.
    pub fn mails(&self) -> Vec<Mail> {
        mails(self.data_dir())
    }

    /// Waits for the newest mail to an address.
    pub async fn mail_to(&self, address: &str, count: usize) -> Mail {
        until(&format!("mail {count} to {address}"), async || {
            let mut mails: Vec<Mail> = self.mails().into_iter().filter(|mail| mail.to.contains(address)).collect();
            (mails.len() >= count).then(|| mails.remove(count - 1))
        })
        .await
    }

    /// Waits until no job is left.
    ///
    /// # Panics
    /// When one was given up.
    pub async fn jobs_done(&self) {
        let session = self.session();
        until("all jobs to be done", async || {
            let counters = session.get("/metrics").await.text;
            assert_eq!(gauge(&counters, "candor_jobs_given_up"), 0.0, "a job was given up; the log: {}", self.log());
            (gauge(&counters, "candor_jobs_open") == 0.0).then_some(())
        })
        .await;
    }

    /// The end of a test: no job is left, every audit chain is whole, nothing failed unseen, and it ends when asked to.
    pub async fn finish(mut self) {
        self.finished = true;
        self.jobs_done().await;
        assert!(self.terminate(), "it ends with an error; its log: {}", self.log());
        let verified = self.candor(&["audit", "verify"]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
        let log = self.log();
        assert!(!log.contains("ERROR"), "{log}");
    }

    /// The end of a test that left the installation broken on purpose.
    pub fn abandon(mut self) {
        self.finished = true;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        } else {
            assert!(self.finished, "a test ends with Server::finish, which looks for jobs left behind");
        }
    }
}

fn gauge(counters: &str, name: &str) -> f64 {
    let line = counters.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
    line.trim().parse().expect("a number")
}

/// Lines as they are printed; a thread reads them to the end, so that the process never waits for a reader.
fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // Nobody listens any more once the address is known.
            drop(sender.send(line));
        }
    });
    receiver
}
