//! Schema migrations, one source for SQLite and PostgreSQL.
//!
//! Each migration is SQL in the dialect that both share, with type names that [`Dialect`] translates. A migration
//! stands alone and means the same for ever: it never refers to entities.

mod dialect;
mod m20261121_000001_organisations;
mod m20261121_000002_exchange;
mod m20261121_000003_register;
mod m20261121_000004_audit;
mod m20261121_000005_jobs;
mod m20261121_000006_judging;
mod statistics;

pub use dialect::Dialect;
pub use sea_orm_migration::{MigratorTrait, SchemaManager};
pub use statistics::tell;

use sea_orm_migration::prelude::{MigrationTrait, async_trait};

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_organisations::Migration),
            Box::new(m20261121_000002_exchange::Migration),
            Box::new(m20261121_000003_register::Migration),
            Box::new(m20261121_000004_audit::Migration),
            Box::new(m20261121_000005_jobs::Migration),
            Box::new(m20261121_000006_judging::Migration),
        ]
    }
}
