//! The database: one file with SQLite, a server with PostgreSQL, the same to everybody above.

use crate::config::Config;
use crate::error::{AppError, Result};
use crate::platform::origin;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What keeps two programs that start at once from migrating at once (PostgreSQL advisory lock).
const MIGRATION_LOCK: i64 = 0x6361_6e64_6f72;

/// The database. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    commits: Arc<AtomicU64>,
    statements: Arc<Statements>,
}

/// Statements since the start, by what they were for.
#[derive(Debug, Default)]
struct Statements {
    requests: AtomicU64,
    others: AtomicU64,
}

impl Statements {
    fn count(self: &Arc<Self>, connection: &mut DatabaseConnection) {
        let statements = Arc::clone(self);
        connection.set_metric_callback(move |_| {
            let counter = if origin::is_request() { &statements.requests } else { &statements.others };
            counter.fetch_add(1, Ordering::Relaxed);
        });
    }
}

impl Db {
    /// Opens it, making the file where there is none.
    ///
    /// # Errors
    /// When it cannot be reached or opened.
    pub async fn open(config: &Config) -> Result<Self> {
        let (commits, statements) = (Arc::default(), Arc::<Statements>::default());
        match &config.database.url {
            Some(url) if url.starts_with("postgres") => {
                let mut options = ConnectOptions::new(url.clone());
                options
                    .max_connections(config.database.connections)
                    .acquire_timeout(Duration::from_secs(10))
                    .sqlx_logging(false);
                let mut pool = Database::connect(options).await?;
                statements.count(&mut pool);
                Ok(Self { reader: pool.clone(), writer: pool, commits, statements })
            }
            url => {
                let url =
                    url.clone().unwrap_or_else(|| format!("sqlite://{}", config.data_dir.join("candor.db").display()));
                let mut writer = Database::connect(sqlite(&url, config, 1)).await?;
                let mut reader = Database::connect(sqlite(&url, config, config.database.connections.max(1))).await?;
                statements.count(&mut writer);
                statements.count(&mut reader);
                Ok(Self { reader, writer, commits, statements })
            }
        }
    }

    /// For reading.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that writes. On SQLite it holds the one write lock from its first moment, so that it never
    /// has to give up half way.
    ///
    /// # Errors
    /// When the write lock cannot be had in time.
    pub async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// Commits, and counts it.
    ///
    /// # Errors
    /// When the database refuses; nothing is written then.
    pub async fn commit(&self, transaction: DatabaseTransaction) -> Result<()> {
        transaction.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// How many transactions were committed since the start.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// How many statements were sent since the start: for requests, and for everything else. Beginnings and ends of
    /// transactions are not among them.
    pub fn statements(&self) -> (u64, u64) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (read(&self.statements.requests), read(&self.statements.others))
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Brings the schema up to date; programs that start at the same time wait for each other.
    ///
    /// # Errors
    /// When a migration fails; it is rolled back then.
    pub async fn migrate(&self) -> Result<()> {
        if self.backend() != DbBackend::Postgres {
            Migrator::up(&self.writer, None).await?;
            let transaction = self.begin().await?;
            migration::tell(&transaction).await?;
            return Ok(transaction.commit().await?);
        }
        let lock = self.writer.begin().await?;
        lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        let migrated = Migrator::up(&self.writer, None).await;
        lock.commit().await?;
        Ok(migrated?)
    }

    /// Names of the migrations that were run, and of those that are still to be run.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn migrations(&self) -> Result<(Vec<String>, Vec<String>)> {
        let names = |list: Vec<sea_orm_migration::Migration>| list.iter().map(|m| m.name().to_owned()).collect();
        let applied = names(Migrator::get_applied_migrations(&self.writer).await?);
        let pending = names(Migrator::get_pending_migrations(&self.writer).await?);
        Ok((applied, pending))
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.reader.ping().await?)
    }

    /// Whether it is SQLite's own refusal of a second row with the same key, or PostgreSQL's.
    pub fn is_duplicate(error: &DbErr) -> bool {
        matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }

    /// Closes the connections.
    pub async fn close(self) {
        for pool in [self.reader, self.writer] {
            if let Err(error) = pool.close().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }
}

/// A duplicate becomes a problem with the input; every other error stays what it is.
///
/// # Errors
/// Always; that is its purpose.
pub fn duplicate_at<T>(error: DbErr, at: &str) -> Result<T> {
    if Db::is_duplicate(&error) {
        Err(AppError::invalid(domain::problem::Problem::new(at, "already-there")))
    } else {
        Err(error.into())
    }
}

fn sqlite(url: &str, config: &Config, connections: u32) -> ConnectOptions {
    let separator = if url.contains('?') { '&' } else { '?' };
    let mut options = ConnectOptions::new(format!("{url}{separator}mode=rwc"));
    let max_pages = config.database.max_pages;
    let synchronous = if config.database.durable { "FULL" } else { "OFF" };
    let busy = Duration::from_secs(config.database.busy_seconds);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(busy.max(Duration::from_secs(1)) * 4)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .foreign_keys(true)
                .busy_timeout(busy)
                .pragma("journal_mode", "WAL")
                // An acknowledged answer survives a power cut; NORMAL would lose the last commits.
                .pragma("synchronous", synchronous);
            if max_pages > 0 { options.pragma("max_page_count", max_pages.to_string()) } else { options }
        });
    options
}
