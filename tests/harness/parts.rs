//! The product's parts in the test's own process: for what no page and no command shows, and for looking behind it.

use super::binary;
use super::database::TestDatabase;
use candor::actions::{Buyer, organisations};
use candor::compose;
use candor::config::Config;
use candor::platform::Platform;
use candor::platform::clock::Clock;
use domain::ids::OrganisationId;
use tempfile::TempDir;

/// An installation without a server: its parts, and the folder and database that go with it.
pub struct Parts {
    /// The parts.
    pub platform: Platform,
    /// Its database, which goes when this does.
    _database: TestDatabase,
    /// Its folder.
    pub folder: TempDir,
}

impl Parts {
    /// A migrated, empty installation.
    pub async fn fresh() -> Self {
        Self::with(|_| {}, Clock::system()).await
    }

    /// The same with settings of its own, and a clock that the test sets.
    pub async fn with(set: impl FnOnce(&mut Config), clock: Clock) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = TestDatabase::fresh().await;
        let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
        config.database.url = database.url();
        set(&mut config);
        let platform = opened(config, clock).await;
        platform.db.migrate().await.expect("migrated");
        Self { platform, _database: database, folder }
    }

    /// An organisation with the shipped content, and the program acting for it.
    pub async fn organisation(&self, name: &str) -> Buyer {
        let made = organisations::found_organisation(&self.platform, name).await.expect("an organisation");
        Buyer::system(OrganisationId(made.id))
    }
}

/// Opens the parts of an installation; workbooks are read by the built binary, not by the test runner.
pub async fn opened(config: Config, clock: Clock) -> Platform {
    let platform = compose::open_without_search(config, clock).await.expect("the parts open");
    Platform { exe: binary().into(), ..platform }
}
