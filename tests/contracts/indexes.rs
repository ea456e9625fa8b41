//! How a tenant's rows are found. SQLite plans without figures about what is in a table: between an index that begins with the
//! tenant and one that begins with what is asked for it may take the first, and read all that an organisation has for one row.

use crate::harness::Parts;
use crate::harness::database::is_postgres;
use candor::repo;
use candor::repo::findings::Filter;
use domain::ids::{AssessmentId, ComponentId};
use sea_orm::entity::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use std::collections::BTreeSet;
use std::sync::Mutex;
use time::OffsetDateTime;
use uuid::Uuid;

/// What is looked up whoever's it is.
const ANYBODYS: &[(&str, &str)] = &[
    ("assessment", "vendor_id"),
    ("member", "person_id"),
    ("email_domain", "domain"),
    ("vendor", "claimed_by"),
    ("audit_entry", "id"),
];

/// Primary keys that begin with what their rows belong to: all that is asked of these tables is asked of one of it, whose
/// tenant was looked at before. Any table may have an `id` of its own for a key.
const BY_OWNER: &[(&str, &str)] = &[
    ("answer", "assessment_id"),
    ("assigned_question", "assessment_id"),
    ("audit_detail", "entry_id"),
    ("decision_acceptance", "decision_id"),
    ("impact_approval", "impact_id"),
    ("invitation_link", "token_hash"),
    ("register_columns", "member_id"),
    ("reopened_question", "assessment_id"),
    ("staged_entry", "import_id"),
    ("staged_use", "import_id"),
];

#[tokio::test]
async fn every_index_of_a_tenants_table_begins_with_the_tenant() {
    if is_postgres() {
        return;
    }
    let parts = Parts::fresh().await;
    let sql = "SELECT list.name AS of_table, (SELECT info.name FROM pragma_index_info(own.name) AS info WHERE info.seqno = 0) AS \
               first, own.origin FROM pragma_table_list AS list JOIN pragma_index_list(list.name) AS own WHERE list.type = \
               'table' AND EXISTS (SELECT 1 FROM pragma_table_info(list.name) AS col WHERE col.name = \
               'organisation_id')";
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let rows = parts.platform.db.read().query_all_raw(statement).await.expect("the schema");
    let text = |row: &QueryResult, name| row.try_get::<String>("", name).expect("a name");
    let found: Vec<(String, String, bool)> =
        rows.iter().map(|row| (text(row, "of_table"), text(row, "first"), text(row, "origin") == "pk")).collect();
    assert!(found.len() > 100, "{} indexes", found.len());
    let is_named = |list: &[(&str, &str)], table: &str, first: &str| list.contains(&(table, first));
    let others: Vec<_> = found
        .iter()
        .filter(|(table, first, is_key)| match is_key {
            true => first != "id" && first != "organisation_id" && !is_named(BY_OWNER, table, first),
            false => first != "organisation_id" && first != "token_hash" && !is_named(ANYBODYS, table, first),
        })
        .collect();
    assert!(others.is_empty(), "indexes of a tenant's table that begin with something else: {others:?}");
}

/// A database that tells how it goes about what it is asked.
struct Planned<'d> {
    db: &'d DatabaseConnection,
    plans: Mutex<Vec<String>>,
}

impl Planned<'_> {
    async fn plan(&self, asked: &Statement) -> Result<(), DbErr> {
        let explained = Statement { sql: format!("EXPLAIN QUERY PLAN {}", asked.sql), ..asked.clone() };
        for row in self.db.query_all_raw(explained).await? {
            self.plans.lock().expect("nobody panicked").push(row.try_get("", "detail")?);
        }
        Ok(())
    }

    /// How it went about what it was asked since this was asked last.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.plans.lock().expect("nobody panicked"))
    }
}

#[async_trait]
impl ConnectionTrait for Planned<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, asked: Statement) -> Result<ExecResult, DbErr> {
        self.plan(&asked).await?;
        self.db.execute_raw(asked).await
    }

    async fn execute_unprepared(&self, asked: &str) -> Result<ExecResult, DbErr> {
        self.db.execute_unprepared(asked).await
    }

    async fn query_one_raw(&self, asked: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.plan(&asked).await?;
        self.db.query_one_raw(asked).await
    }

    async fn query_all_raw(&self, asked: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.plan(&asked).await?;
        self.db.query_all_raw(asked).await
    }
}

#[tokio::test]
async fn what_is_asked_often_reads_what_it_finds_and_no_more() {
    if is_postgres() {
        return;
    }
    let parts = Parts::fresh().await;
    let scope = parts.organisation("Harbour Bank").await.scope;
    let db = Planned { db: parts.platform.db.read(), plans: Mutex::default() };
    let ids = [ComponentId(Uuid::from_u128(1)), ComponentId(Uuid::from_u128(2))];
    let by = |index: &str, columns: &str| format!(" USING INDEX {index} (organisation_id=? AND {columns}");
    let went = |plans: Vec<String>, expected: String| {
        assert!(plans.iter().any(|plan| plan.contains(&expected)), "not {expected}: {plans:?}");
        assert!(plans.iter().all(|plan| !plan.starts_with("SCAN")), "all of a table: {plans:?}");
    };
    repo::scores::of_assessment(&db, scope, AssessmentId(Uuid::from_u128(1))).await.expect("read");
    went(db.told(), by("score_by_assessment", "assessment_id=?"));
    repo::register::uses_of(&db, scope, &ids).await.expect("read");
    went(db.told(), by("ai_use_by_component", "component_id=?"));
    repo::register::records(&db, scope, &ids).await.expect("read");
    let plans = db.told();
    for table in ["component_fact", "component_choice", "component_check"] {
        went(plans.clone(), by(&format!("{table}_by_component"), "component_id=?"));
    }
    repo::findings::page(&db, scope, &Filter::default(), None, 50).await.expect("read");
    let plans = db.told();
    went(plans.clone(), " USING INDEX finding_in_order (organisation_id=?".to_owned());
    assert!(!plans.iter().any(|plan| plan.contains("TEMP B-TREE")), "sorted anew: {plans:?}");
    repo::register::called(&db, scope, &["Copilot".to_owned()]).await.expect("read");
    went(db.told(), by("component_by_lower_name", "<expr>=?"));
    repo::register::changed_since(&db, scope, OffsetDateTime::UNIX_EPOCH, None, 25).await.expect("read");
    went(db.told(), by("component_by_change", "changed_at>?"));
    repo::vendors::by_names(&db, scope, BTreeSet::from(["Nestle", "Northwind"])).await.expect("read");
    went(db.told(), by("vendor_by_folded_name", "folded_name=?"));
}

#[tokio::test]
async fn a_new_installation_is_described_as_a_large_one() {
    if is_postgres() {
        return;
    }
    let parts = Parts::fresh().await;
    let asked = "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'component' ORDER BY idx";
    let rows = parts.platform.db.read().query_all_raw(Statement::from_string(DbBackend::Sqlite, asked)).await;
    let text = |row: &QueryResult, name| row.try_get::<String>("", name).expect("a text");
    let told: Vec<(String, String)> =
        rows.expect("the figures").iter().map(|row| (text(row, "idx"), text(row, "stat"))).collect();
    let expected = [("component_by_change", "1000000 100000 1000 1"), ("component_by_vendor", "1000000 100000 10 1")];
    for (index, figures) in expected {
        assert!(told.contains(&(index.to_owned(), figures.to_owned())), "{index}: {told:?}");
    }
}
