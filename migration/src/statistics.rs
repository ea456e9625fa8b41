//! What SQLite is told of how often a value stands in a column.
//!
//! Left to itself SQLite knows nothing of it, and where an order fits an index that begins with the tenant it reads all that an
//! organisation has to find one row. Measured figures (`ANALYZE`) would age, and plans would change over night with them. So an
//! installation is described as a large one once, the way the makers of SQLite advise for plans that stay as they are:
//! <https://sqlite.org/queryplanner-ng.html#qpstab>. PostgreSQL measures by itself.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::DbErr;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

/// Rows of a table.
const ROWS: u64 = 1_000_000;
/// Rows of an organisation.
const OF_AN_ORGANISATION: u64 = 100_000;
/// Rows with the same reference, name, address or hash.
const OF_A_REFERENCE: u64 = 10;
/// Into how many parts a day or a moment divides what is left.
const DAYS: u64 = 100;
/// Into how many parts a state or a kind divides what is left.
const STATES: u64 = 5;

/// By the ends of their names: columns of which a value stands in few rows.
const REFERENCES: [&str; 12] = [
    "_id",
    "_hash",
    "sha256",
    "name",
    "email",
    "document",
    "reference",
    "follows",
    "subject",
    "sequence",
    "domain",
    "claimed_by",
];

/// Describes all indexes of tenants' tables; where that was done it stays.
///
/// # Errors
/// When the database fails.
pub async fn tell(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    if Dialect::of(connection) == Dialect::Postgres {
        return Ok(());
    }
    let indexes = rows(
        connection,
        "SELECT list.name AS of_table, own.name AS name, own.\"unique\" AS is_unique, (SELECT group_concat(coalesce(info.name, 'name'), \
         ',' ORDER BY info.seqno) FROM pragma_index_info(own.name) AS info) AS columns FROM pragma_table_list AS list JOIN \
         pragma_index_list(list.name) AS own WHERE list.schema = 'main' AND list.type = 'table' AND EXISTS (SELECT 1 FROM \
         pragma_table_info(list.name) AS col WHERE col.name = 'organisation_id') ORDER BY list.name, own.name",
    )
    .await?;
    let mut told = Vec::new();
    for row in indexes {
        let columns: String = row.try_get("", "columns")?;
        let is_unique: i64 = row.try_get("", "is_unique")?;
        told.push((row.try_get("", "of_table")?, row.try_get("", "name")?, described(&columns, is_unique == 1)));
    }
    if !rows(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").await?.is_empty()
        && before(connection).await? == told
    {
        return Ok(());
    }
    // Makes the table of the figures where there is none.
    connection.execute_unprepared("ANALYZE organisation").await?;
    connection.execute_unprepared("DELETE FROM sqlite_stat1").await?;
    for (table, index, figures) in told {
        let values = [table.into(), index.into(), figures.into()];
        let sql = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)";
        connection.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
    }
    // Has the figures read again by this connection; others read them with the schema.
    connection.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}

async fn before(connection: &impl ConnectionTrait) -> Result<Vec<(String, String, String)>, DbErr> {
    let known =
        rows(connection, "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL ORDER BY tbl, idx").await?;
    known.iter().map(|row| Ok((row.try_get("", "tbl")?, row.try_get("", "idx")?, row.try_get("", "stat")?))).collect()
}

async fn rows(connection: &impl ConnectionTrait, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await
}

/// The rows of the table, then those that share the first column, the first two, and so on.
fn described(columns: &str, is_unique: bool) -> String {
    let mut left = ROWS;
    let mut figures = vec![left];
    let columns: Vec<&str> = columns.split(',').collect();
    for (position, column) in columns.iter().enumerate() {
        left = match *column {
            _ if is_unique && position + 1 == columns.len() => 1,
            "id" => 1,
            "organisation_id" => left.min(OF_AN_ORGANISATION),
            column if REFERENCES.iter().any(|end| column.ends_with(end)) => left.min(OF_A_REFERENCE),
            column if column.ends_with("_on") || column.ends_with("_at") => (left / DAYS).max(1),
            _ => (left / STATES).max(1),
        };
        figures.push(left);
    }
    figures.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn an_index_is_described_from_its_first_column_on() {
        assert_eq!(described("id", true), "1000000 1");
        assert_eq!(described("organisation_id,id", true), "1000000 100000 1");
        assert_eq!(described("organisation_id,assessment_id,id", false), "1000000 100000 10 1");
        assert_eq!(described("organisation_id,due_on,id", false), "1000000 100000 1000 1");
        assert_eq!(described("organisation_id,state", false), "1000000 100000 20000");
    }
}
