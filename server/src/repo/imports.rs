//! Imports: uploaded workbooks and registers, and what would become of each row.

use super::held::Held;
use super::rows;
use super::scope::{BuyerScope, Tenant};
use domain::ids::{AssessmentId, ImportId};
use entity::{import, import_row};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Rows that go to the database in one statement: SQLite binds at most 32,766 values.
const BATCH: usize = 1_000;

/// Adds an import.
pub async fn add(db: &impl ConnectionTrait, _: &impl Tenant, row: import::ActiveModel) -> Result<(), DbErr> {
    import::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Adds rows to an import.
pub async fn add_rows(
    db: &impl ConnectionTrait,
    _: &impl Tenant,
    rows: Vec<import_row::ActiveModel>,
) -> Result<(), DbErr> {
    rows::insert(db, rows).await
}

fn one(scope: &impl Tenant, id: ImportId) -> Select<import::Entity> {
    let query = import::Entity::find_by_id(id.0).filter(import::Column::OrganisationId.eq(scope.organisation().0));
    match scope.only_assessment() {
        Some(only) => query.filter(import::Column::AssessmentId.eq(only.0)),
        None => query,
    }
}

/// An import.
pub async fn get(db: &impl ConnectionTrait, scope: &impl Tenant, id: ImportId) -> Result<Option<import::Model>, DbErr> {
    one(scope, id).one(db).await
}

/// The names of imported files, by import.
pub async fn files(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    ids: impl IntoIterator<Item = ImportId>,
) -> Result<BTreeMap<Uuid, String>, DbErr> {
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    let mut files = BTreeMap::new();
    for ids in ids.chunks(BATCH) {
        let mut query = import::Entity::find()
            .select_only()
            .columns([import::Column::Id, import::Column::FileName])
            .filter(import::Column::OrganisationId.eq(scope.organisation().0))
            .filter(import::Column::Id.is_in(ids.iter().copied()));
        if let Some(only) = scope.only_assessment() {
            query = query.filter(import::Column::AssessmentId.eq(only.0));
        }
        files.extend(query.into_tuple::<(Uuid, String)>().all(db).await?);
    }
    Ok(files)
}

/// An import, held until the transaction ends.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: ImportId,
) -> Result<Option<import::Model>, DbErr> {
    one(scope, id).held().one(db).await
}

/// Writes a changed import.
pub async fn update(db: &impl ConnectionTrait, scope: &impl Tenant, row: import::ActiveModel) -> Result<(), DbErr> {
    import::Entity::update(row)
        .validate()?
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// The imports of an assessment, newest first.
pub async fn of_assessment(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<Vec<import::Model>, DbErr> {
    if !scope.reaches(assessment) {
        return Ok(Vec::new());
    }
    import::Entity::find()
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::AssessmentId.eq(assessment.0))
        .order_by_desc(import::Column::Id)
        .all(db)
        .await
}

/// Lists for the register, newest first, after the one given.
pub async fn of_register(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<import::Model>, DbErr> {
    of_kind(db, scope, "register", after, limit).await
}

/// Bills of materials, newest first, after the one given.
pub async fn boms(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<import::Model>, DbErr> {
    of_kind(db, scope, "bom", after, limit).await
}

async fn of_kind(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    kind: &str,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<import::Model>, DbErr> {
    let mut query = import::Entity::find()
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::Kind.eq(kind));
    if let Some(after) = after {
        query = query.filter(import::Column::Id.lt(after));
    }
    query.order_by_desc(import::Column::Id).limit(limit).all(db).await
}

/// The newest import of each bill of materials that was applied, by its file's hash.
pub async fn boms_of_files(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    sha256: &BTreeSet<String>,
) -> Result<BTreeMap<String, Uuid>, DbErr> {
    if sha256.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(String, Uuid)> = import::Entity::find()
        .select_only()
        .columns([import::Column::Sha256, import::Column::Id])
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::Kind.eq("bom"))
        .filter(import::Column::State.ne("preview"))
        .filter(import::Column::Sha256.is_in(sha256.iter().map(String::as_str)))
        .order_by_asc(import::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The applied imports of one document or list, by what it is known by, the newest first.
pub async fn of_document(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    document: &str,
    limit: u64,
) -> Result<Vec<import::Model>, DbErr> {
    import::Entity::find()
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::Document.eq(document))
        .filter(import::Column::State.eq("applied"))
        .order_by_desc(import::Column::AppliedAt)
        .order_by_desc(import::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The import that first brought a document or list, whatever became of it.
pub async fn oldest(db: &impl ConnectionTrait, scope: BuyerScope, document: &str) -> Result<Option<ImportId>, DbErr> {
    let id: Option<Uuid> = import::Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::Document.eq(document))
        .order_by_asc(import::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(id.map(ImportId))
}

/// The imports of one list that were applied, some of them taken back since.
pub async fn editions(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    document: &str,
) -> Result<Vec<import::Model>, DbErr> {
    import::Entity::find()
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::Document.eq(document))
        .filter(import::Column::State.is_in(["applied", "undone"]))
        .order_by_asc(import::Column::Id)
        .all(db)
        .await
}

/// Lists that are in the register, each by the import that was applied last; the newest first.
pub async fn lists(db: &impl ConnectionTrait, scope: BuyerScope, limit: u64) -> Result<Vec<import::Model>, DbErr> {
    let followed = Query::select()
        .column(import::Column::Follows)
        .from(import::Entity)
        .and_where(import::Column::OrganisationId.eq(scope.organisation().0))
        .and_where(import::Column::State.eq("applied"))
        .and_where(import::Column::Follows.is_not_null())
        .to_owned();
    import::Entity::find()
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::Kind.eq("register"))
        .filter(import::Column::State.eq("applied"))
        .filter(import::Column::Id.not_in_subquery(followed))
        .order_by_desc(import::Column::AppliedAt)
        .order_by_desc(import::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The import stands and none that was applied follows it.
pub async fn is_newest(db: &impl ConnectionTrait, scope: BuyerScope, id: ImportId) -> Result<bool, DbErr> {
    let standing = import::Entity::find()
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::State.eq("applied"));
    let stands = standing.clone().filter(import::Column::Id.eq(id.0)).count(db).await?;
    let followed = standing.filter(import::Column::Follows.eq(id.0)).count(db).await?;
    Ok(stands == 1 && followed == 0)
}

/// Rows of an import of these verdicts, in the file's order, after a position; at most so many.
pub async fn some_rows(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: ImportId,
    verdicts: &[&str],
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<import_row::Model>, DbErr> {
    let mut query = import_row::Entity::find()
        .filter(import_row::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import_row::Column::ImportId.eq(id.0))
        .filter(import_row::Column::Verdict.is_in(verdicts.iter().copied()));
    if let Some(after) = after {
        query = query.filter(import_row::Column::Position.gt(after));
    }
    query.order_by_asc(import_row::Column::Position).limit(limit).all(db).await
}

/// Removes rows of these verdicts.
pub async fn clear_verdicts(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: ImportId,
    verdicts: &[&str],
) -> Result<(), DbErr> {
    import_row::Entity::delete_many()
        .filter(import_row::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import_row::Column::ImportId.eq(id.0))
        .filter(import_row::Column::Verdict.is_in(verdicts.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// The rows of an import, in the file's order.
pub async fn rows(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: ImportId,
) -> Result<Vec<import_row::Model>, DbErr> {
    import_row::Entity::find()
        .filter(import_row::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import_row::Column::ImportId.eq(id.0))
        .order_by_asc(import_row::Column::Position)
        .all(db)
        .await
}

/// Writes a changed row.
pub async fn update_row(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    row: import_row::ActiveModel,
) -> Result<(), DbErr> {
    import_row::Entity::update(row)
        .validate()?
        .filter(import_row::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// The workbooks that were to become templates, newest first.
pub async fn of_templates(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    limit: u64,
) -> Result<Vec<import::Model>, DbErr> {
    import::Entity::find()
        .filter(import::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import::Column::Kind.eq("template"))
        .order_by_desc(import::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Removes the rows of an import, to be made anew.
pub async fn clear_rows(db: &impl ConnectionTrait, scope: &impl Tenant, id: ImportId) -> Result<(), DbErr> {
    import_row::Entity::delete_many()
        .filter(import_row::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import_row::Column::ImportId.eq(id.0))
        .exec(db)
        .await?;
    Ok(())
}

/// How many rows each import of an assessment has, and how many of them were applied.
pub async fn counts(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: AssessmentId,
) -> Result<BTreeMap<Uuid, (i64, i64)>, DbErr> {
    let imports: Vec<Uuid> = of_assessment(db, scope, assessment).await?.iter().map(|import| import.id).collect();
    let found: Vec<(Uuid, bool, i64)> = import_row::Entity::find()
        .select_only()
        .column(import_row::Column::ImportId)
        .column(import_row::Column::Applied)
        .column_as(import_row::Column::Id.count(), "rows")
        .filter(import_row::Column::OrganisationId.eq(scope.organisation().0))
        .filter(import_row::Column::ImportId.is_in(imports))
        .group_by(import_row::Column::ImportId)
        .group_by(import_row::Column::Applied)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for (import, applied, rows) in found {
        let (all, taken) = counts.entry(import).or_default();
        *all += rows;
        *taken += if applied { rows } else { 0 };
    }
    Ok(counts)
}

/// Notes which rows were applied.
pub async fn mark_applied(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    rows: &[Uuid],
    applied: bool,
) -> Result<(), DbErr> {
    for batch in rows.chunks(BATCH) {
        import_row::Entity::update_many()
            .col_expr(import_row::Column::Applied, Expr::value(applied))
            .filter(import_row::Column::OrganisationId.eq(scope.organisation().0))
            .filter(import_row::Column::Id.is_in(batch.iter().copied()))
            .exec(db)
            .await?;
    }
    Ok(())
}
