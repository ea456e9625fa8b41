//! A database for one test: a SQLite file in the test's folder, or a fresh database on the PostgreSQL server that
//! `CANDOR_TEST_POSTGRES` names.

use candor::platform::clock::Clock;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::path::Path;
use uuid::Uuid;

/// Names the PostgreSQL server to test on: `postgres://user@host:port/postgres`.
const POSTGRES: &str = "CANDOR_TEST_POSTGRES";

/// Where one test's rows are; the database goes when this does.
#[derive(Debug)]
pub struct TestDatabase {
    /// The PostgreSQL server and the database's name on it; none for SQLite.
    postgres: Option<(String, String)>,
}

/// Whether the suite runs on PostgreSQL.
pub fn is_postgres() -> bool {
    std::env::var_os(POSTGRES).is_some_and(|url| !url.is_empty())
}

impl TestDatabase {
    /// Makes an empty one.
    pub async fn fresh() -> Self {
        let Some(server) = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty()) else {
            return Self { postgres: None };
        };
        let name = format!("candor_test_{}", Clock::system().id::<Uuid>().simple());
        run(&server, &format!("CREATE DATABASE {name}")).await;
        Self { postgres: Some((server, name)) }
    }

    /// The value of the setting `database.url`; none where the default, a file in the data folder, serves.
    pub fn url(&self) -> Option<String> {
        self.postgres.as_ref().map(|(server, name)| {
            let (address, _) = server.rsplit_once('/').expect("postgres://user@host:port/database");
            format!("{address}/{name}")
        })
    }

    /// A connection past the product, as somebody has who wants to change things behind its back.
    pub async fn connect(&self, data_dir: &Path) -> DatabaseConnection {
        let url = self.url().unwrap_or_else(|| format!("sqlite://{}?mode=rw", data_dir.join("candor.db").display()));
        Database::connect(url).await.expect("the test's database")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.postgres.take() else { return };
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        });
        if dropped.join().is_err() {
            eprintln!("a test's database was left behind");
        }
    }
}

async fn run(server: &str, statement: &str) {
    let connection = Database::connect(server).await.expect("the PostgreSQL server of CANDOR_TEST_POSTGRES");
    connection.execute_unprepared(statement).await.expect(statement);
    connection.close().await.expect("closed");
}
