//! How a tenant's rows are found. SQLite plans without figures about what is in a table: between an index that begins with the
//! tenant and one that begins with what is asked for it may take the first, and read all that an organisation has for one row.

use crate::harness::Parts;
use crate::harness::database::is_postgres;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// What is looked up whoever's it is.
const ANYBODYS: &[(&str, &str)] = &[
    ("assessment", "vendor_id"),
    ("member", "person_id"),
    ("email_domain", "domain"),
    ("vendor", "claimed_by"),
    ("audit_entry", "id"),
];

#[tokio::test]
async fn every_index_of_a_tenants_table_begins_with_the_tenant() {
    if is_postgres() {
        return;
    }
    let parts = Parts::fresh().await;
    let sql = "SELECT list.name AS of_table, (SELECT info.name FROM pragma_index_info(own.name) AS info WHERE info.seqno = 0) AS \
               first FROM pragma_table_list AS list JOIN pragma_index_list(list.name) AS own WHERE list.type = 'table' AND \
               own.origin <> 'pk' AND EXISTS (SELECT 1 FROM pragma_table_info(list.name) AS col WHERE col.name = \
               'organisation_id')";
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let rows = parts.platform.db.read().query_all_raw(statement).await.expect("the schema");
    let text = |row: &sea_orm::QueryResult, name| row.try_get::<String>("", name).expect("a name");
    let found: Vec<(String, String)> = rows.iter().map(|row| (text(row, "of_table"), text(row, "first"))).collect();
    assert!(found.len() > 50, "{} indexes", found.len());
    let others: Vec<_> = found
        .iter()
        .filter(|(table, first)| {
            let is_anybodys = ANYBODYS.contains(&(table.as_str(), first.as_str()));
            first != "organisation_id" && first != "token_hash" && !is_anybodys
        })
        .collect();
    assert!(others.is_empty(), "indexes of a tenant's table that begin with something else: {others:?}");
}
