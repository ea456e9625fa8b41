//! What differs between the two databases' SQL.

use sea_orm_migration::prelude::{DbErr, SchemaManager};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// One of the two databases' SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// The dialect of a connection.
    pub fn of(connection: &impl ConnectionTrait) -> Self {
        match connection.get_database_backend() {
            DbBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// Translates the type names `UUID`, `JSON`, `MOMENT`, `DAY`, `BYTES` (in capitals) of a migration's SQL.
    fn translate(self, sql: &str) -> String {
        let names: [(&str, &str); 5] = match self {
            Self::Sqlite => [
                (" UUID", " uuid_text"),
                (" JSON", " json_text"),
                (" MOMENT", " timestamp_with_timezone_text"),
                (" DAY", " date_text"),
                (" BYTES", " blob"),
            ],
            Self::Postgres => [
                (" UUID", " uuid"),
                (" JSON", " jsonb"),
                (" MOMENT", " timestamptz"),
                (" DAY", " date"),
                (" BYTES", " bytea"),
            ],
        };
        names.iter().fold(sql.to_owned(), |sql, (ours, theirs)| sql.replace(ours, theirs))
    }

    /// Runs the statements, translated, in order.
    pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let dialect = Self::of(connection);
        for statement in statements {
            connection.execute_unprepared(&dialect.translate(statement)).await?;
        }
        Ok(())
    }

    /// Makes the database refuse to update or delete rows of a table: what is issued, submitted or recorded stays.
    pub(crate) async fn refuse_changes(manager: &SchemaManager<'_>, table: &str, events: &[&str]) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for event in events {
            let name = format!("{table}_refuses_{}", event.to_lowercase());
            let statements = match Self::of(connection) {
                Self::Sqlite => vec![format!(
                    "CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )],
                Self::Postgres => vec![
                    format!(
                        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS \
                         $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
                    ),
                    format!("CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"),
                ],
            };
            for statement in statements {
                connection.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }
}
