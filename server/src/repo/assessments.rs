//! Assessments, and the questions that were given back.

use super::held::Held;
use super::reach;
use super::rows;
use super::scope::{BuyerScope, ClaimantScope, SystemScope, Tenant};
use domain::assessment::State;
use domain::ids::{AssessmentId, EngagementId, ImportId, OrganisationId, TemplateVersionId, VendorId};
use entity::{assessment, import, reopened_question, vendor};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set,
};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Adds an assessment.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: assessment::ActiveModel) -> Result<(), DbErr> {
    assessment::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes a changed assessment.
pub async fn update(db: &impl ConnectionTrait, scope: &impl Tenant, row: assessment::ActiveModel) -> Result<(), DbErr> {
    assessment::Entity::update(row)
        .validate()?
        .filter(assessment::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

fn one(scope: &impl Tenant, id: AssessmentId) -> Select<assessment::Entity> {
    let query =
        assessment::Entity::find_by_id(id.0).filter(assessment::Column::OrganisationId.eq(scope.organisation().0));
    let query = match scope.only_assessment() {
        Some(only) => query.filter(assessment::Column::Id.eq(only.0)),
        None => query,
    };
    query.apply_if(reach::engagements(scope), |query, ids| {
        query.filter(assessment::Column::EngagementId.in_subquery(ids))
    })
}

/// An assessment.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: AssessmentId,
) -> Result<Option<assessment::Model>, DbErr> {
    one(scope, id).one(db).await
}

/// An assessment, held until the transaction ends: what is decided on its state stays true.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: AssessmentId,
) -> Result<Option<assessment::Model>, DbErr> {
    one(scope, id).held().one(db).await
}

/// What is asked, and can be read, of vendor records that an organisation has claimed.
fn asked(scope: ClaimantScope) -> Select<assessment::Entity> {
    let to_vendor =
        assessment::Entity::belongs_to(vendor::Entity).from(assessment::Column::VendorId).to(vendor::Column::Id).into();
    assessment::Entity::find()
        .join(JoinType::InnerJoin, to_vendor)
        .filter(vendor::Column::ClaimedBy.eq(scope.organisation().0))
        .filter(assessment::Column::State.is_not_in(names(&[State::Draft, State::Recalled])))
}

/// An assessment that a buyer asks of a vendor record that the organisation has claimed.
pub async fn asked_one(
    db: &impl ConnectionTrait,
    scope: ClaimantScope,
    id: AssessmentId,
) -> Result<Option<assessment::Model>, DbErr> {
    asked(scope).filter(assessment::Column::Id.eq(id.0)).one(db).await
}

/// The one among them that an import was uploaded for.
pub async fn asked_with_import(
    db: &impl ConnectionTrait,
    scope: ClaimantScope,
    import: ImportId,
) -> Result<Option<assessment::Model>, DbErr> {
    let of_import =
        import::Entity::find_by_id(import.0).select_only().column(import::Column::AssessmentId).into_query();
    asked(scope).filter(assessment::Column::Id.in_subquery(of_import)).one(db).await
}

/// All of them, those that wait for the vendor first, by due date.
pub async fn asked_all(
    db: &impl ConnectionTrait,
    scope: ClaimantScope,
    offset: u64,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    asked(scope)
        .order_by_asc(turn())
        .order_by_asc(assessment::Column::DueOn)
        .order_by_asc(assessment::Column::Id)
        .offset(offset)
        .limit(limit)
        .all(db)
        .await
}

/// How many there are.
pub async fn asked_count(db: &impl ConnectionTrait, scope: ClaimantScope) -> Result<u64, DbErr> {
    asked(scope).count(db).await
}

/// The organisation of an assessment: for jobs.
pub async fn organisation_of(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: AssessmentId,
) -> Result<Option<OrganisationId>, DbErr> {
    Ok(assessment::Entity::find_by_id(id.0).one(db).await?.map(|row| OrganisationId(row.organisation_id)))
}

/// Which assessments a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Of this vendor.
    pub vendor: Option<VendorId>,
    /// Of this engagement.
    pub engagement: Option<EngagementId>,
    /// The vendor is waited for, and was to answer before this day.
    pub due_before: Option<Date>,
}

fn filtered(scope: BuyerScope, filter: Filter) -> Select<assessment::Entity> {
    let mut query = assessment::Entity::find()
        .filter(assessment::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::engagements(&scope), |query, ids| {
            query.filter(assessment::Column::EngagementId.in_subquery(ids))
        });
    if let Some(state) = filter.state {
        query = query.filter(assessment::Column::State.eq(state.name()));
    }
    if let Some(vendor) = filter.vendor {
        query = query.filter(assessment::Column::VendorId.eq(vendor.0));
    }
    if let Some(engagement) = filter.engagement {
        query = query.filter(assessment::Column::EngagementId.eq(engagement.0));
    }
    if let Some(day) = filter.due_before {
        query =
            query.filter(assessment::Column::State.is_in(names(&WAITING))).filter(assessment::Column::DueOn.lt(day));
    }
    query
}

/// The states in which the vendor is waited for.
const WAITING: [State; 3] = [State::Sent, State::InProgress, State::Returned];

fn names(states: &[State]) -> Vec<&'static str> {
    states.iter().map(|state| state.name()).collect()
}

/// Whose turn it is, as a number to sort by: the vendor's, then the buyer's, then what has come to its end.
fn turn() -> Expr {
    let state = || Expr::col((assessment::Entity, assessment::Column::State));
    let case = CaseStatement::new()
        .case(state().is_in(names(&WAITING)), 0)
        .case(state().is_in(names(&[State::Draft, State::Submitted, State::InReview])), 1)
        .finally(2);
    case.into()
}

/// Assessments, those that somebody waits for first, by due date.
pub async fn by_due(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    filter: Filter,
    offset: u64,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, filter)
        .order_by_asc(turn())
        .order_by_asc(assessment::Column::DueOn)
        .order_by_asc(assessment::Column::Id)
        .offset(offset)
        .limit(limit)
        .all(db)
        .await
}

/// Assessments that are out with vendors on a version of a questionnaire, the first due first: so many of them, and how
/// many there are.
pub async fn out_on(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    version: TemplateVersionId,
    limit: u64,
) -> Result<(Vec<assessment::Model>, u64), DbErr> {
    let query = filtered(scope, Filter::default())
        .filter(assessment::Column::TemplateVersionId.eq(version.0))
        .filter(assessment::Column::State.is_in(names(&WAITING)));
    let all = query.clone().count(db).await?;
    let rows = query.order_by_asc(assessment::Column::DueOn).order_by_asc(assessment::Column::Id).limit(limit);
    Ok((rows.all(db).await?, all))
}

/// Assessments on a version of a questionnaire of which something was submitted, the newest first.
pub async fn submitted_on(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    version: TemplateVersionId,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, Filter::default())
        .filter(assessment::Column::TemplateVersionId.eq(version.0))
        .filter(assessment::Column::SubmittedAt.is_not_null())
        .order_by_desc(assessment::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The version of a questionnaire that was submitted last.
pub async fn version_submitted_last(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Option<Uuid>, DbErr> {
    let newest = filtered(scope, Filter::default())
        .filter(assessment::Column::SubmittedAt.is_not_null())
        .order_by_desc(assessment::Column::SubmittedAt)
        .order_by_desc(assessment::Column::Id);
    Ok(newest.one(db).await?.map(|row| row.template_version_id))
}

/// Assessments in the order in which they were made, after the one given.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    filter: Filter,
    after: Option<AssessmentId>,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    let mut query = filtered(scope, filter);
    if let Some(after) = after {
        query = query.filter(assessment::Column::Id.gt(after.0));
    }
    query.order_by_asc(assessment::Column::Id).limit(limit).all(db).await
}

/// All assessments of an engagement, the oldest first.
pub async fn of_engagement(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, Filter { engagement: Some(engagement), ..Filter::default() })
        .order_by_asc(assessment::Column::Id)
        .all(db)
        .await
}

/// Assessments of a vendor of which something was submitted, the one submitted last first.
pub async fn submitted(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: VendorId,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, Filter { vendor: Some(vendor), ..Filter::default() })
        .filter(assessment::Column::SubmittedAt.is_not_null())
        .order_by_desc(assessment::Column::SubmittedAt)
        .order_by_desc(assessment::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The place of an assessment among those of its engagement that were submitted: the one submitted last comes last, and of
/// two at one moment the one made later. Whatever looks for the newest submission goes by it.
pub fn place(row: &assessment::Model) -> (Option<OffsetDateTime>, Uuid) {
    (row.submitted_at, row.id)
}

/// Assessments of an engagement of which something was submitted, the one submitted last first, as [`place`] has it.
pub async fn submitted_about(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, Filter { engagement: Some(engagement), ..Filter::default() })
        .filter(assessment::Column::SubmittedAt.is_not_null())
        .order_by_desc(assessment::Column::SubmittedAt)
        .order_by_desc(assessment::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The assessment of an engagement that was submitted last; none where nothing was submitted.
pub async fn submitted_last(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
) -> Result<Option<assessment::Model>, DbErr> {
    Ok(submitted_about(db, scope, engagement, 1).await?.pop())
}

/// Of each engagement with a vendor the assessment that was submitted last; engagements without one are left out.
pub async fn newest_submitted(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: VendorId,
) -> Result<Vec<assessment::Model>, DbErr> {
    let later = Alias::new("later");
    let of = |column: assessment::Column| Expr::col((later.clone(), column));
    let here = |column: assessment::Column| Expr::col((assessment::Entity, column));
    let is_later = of(assessment::Column::SubmittedAt).gt(here(assessment::Column::SubmittedAt)).or(of(
        assessment::Column::SubmittedAt,
    )
    .eq(here(assessment::Column::SubmittedAt))
    .and(of(assessment::Column::Id).gt(here(assessment::Column::Id))));
    let overtaken = Query::select()
        .expr(Expr::value(1))
        .from_as(assessment::Entity, later.clone())
        .and_where(of(assessment::Column::OrganisationId).eq(scope.organisation().0))
        .and_where(of(assessment::Column::EngagementId).eq(here(assessment::Column::EngagementId)))
        .and_where(is_later)
        .take();
    filtered(scope, Filter { vendor: Some(vendor), ..Filter::default() })
        .filter(assessment::Column::SubmittedAt.is_not_null())
        .filter(Expr::exists(overtaken).not())
        .order_by_asc(assessment::Column::Id)
        .all(db)
        .await
}

/// Assessments of an engagement that were made before this one and submitted, the newest first.
pub async fn submitted_before(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagement: EngagementId,
    id: AssessmentId,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, Filter { engagement: Some(engagement), ..Filter::default() })
        .filter(assessment::Column::Id.lt(id.0))
        .filter(assessment::Column::Round.gt(0))
        .order_by_desc(assessment::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Everything that waits to be reviewed or is in review, the first due first.
pub async fn to_review(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, Filter::default())
        .filter(assessment::Column::State.is_in(names(&[State::Submitted, State::InReview])))
        .order_by_asc(assessment::Column::DueOn)
        .order_by_asc(assessment::Column::Id)
        .all(db)
        .await
}

/// Which assessments these vendors have, and the state of each: vendor, assessment, state.
pub async fn of_vendors(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendors: &[VendorId],
) -> Result<Vec<(Uuid, AssessmentId, String)>, DbErr> {
    let rows: Vec<(Uuid, Uuid, String)> = filtered(scope, Filter::default())
        .select_only()
        .columns([assessment::Column::VendorId, assessment::Column::Id, assessment::Column::State])
        .filter(assessment::Column::VendorId.is_in(vendors.iter().map(|id| id.0)))
        .order_by_desc(assessment::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(vendor, id, state)| (vendor, AssessmentId(id), state)).collect())
}

/// How many assessments a filter finds.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope, filter: Filter) -> Result<u64, DbErr> {
    filtered(scope, filter).count(db).await
}

/// How many of the assessments that a filter finds are in each state.
pub async fn count_by_state(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    filter: Filter,
) -> Result<BTreeMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = filtered(scope, filter)
        .select_only()
        .column(assessment::Column::State)
        .column_as(Expr::col((assessment::Entity, assessment::Column::Id)).count(), "n")
        .group_by(assessment::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Notes that the vendor opened it, the first time.
pub async fn mark_opened(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: AssessmentId,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    assessment::Entity::update_many()
        .col_expr(assessment::Column::OpenedAt, Expr::value(now))
        .filter(assessment::Column::Id.eq(id.0))
        .filter(assessment::Column::OrganisationId.eq(scope.organisation().0))
        .filter(assessment::Column::OpenedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Reopens questions after this round, each with the buyer's note.
pub async fn reopen(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: AssessmentId,
    round: i64,
    questions: &BTreeMap<String, Option<String>>,
) -> Result<(), DbErr> {
    let rows = questions.iter().map(|(question, note)| reopened_question::ActiveModel {
        assessment_id: Set(id.0),
        round: Set(round),
        question_id: Set(question.clone()),
        organisation_id: Set(scope.organisation().0),
        note: Set(note.clone()),
    });
    reopened_question::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// The questions reopened after a round, with the buyer's notes.
pub async fn reopened(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: AssessmentId,
    round: i64,
) -> Result<BTreeMap<String, Option<String>>, DbErr> {
    if !scope.reaches(id) {
        return Ok(BTreeMap::new());
    }
    let rows = reopened_question::Entity::find()
        .filter(reopened_question::Column::OrganisationId.eq(scope.organisation().0))
        .filter(reopened_question::Column::AssessmentId.eq(id.0))
        .filter(reopened_question::Column::Round.eq(round))
        .apply_if(reach::assessments(scope), |query, ids| {
            query.filter(reopened_question::Column::AssessmentId.in_subquery(ids))
        })
        .apply_if(reach::questions(scope), |query, ids| {
            query.filter(reopened_question::Column::QuestionId.in_subquery(ids))
        })
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.question_id, row.note)).collect())
}

/// Assessments by their ids.
pub async fn of_ids(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[AssessmentId],
) -> Result<Vec<assessment::Model>, DbErr> {
    filtered(scope, Filter::default()).filter(assessment::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await
}

/// Assessments of all organisations after an id: for rebuilding the search index.
pub async fn scan(
    db: &impl ConnectionTrait,
    _: SystemScope,
    after: Option<AssessmentId>,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    rows::scan::<assessment::Entity>(db, assessment::Column::Id, after.map(|after| after.0), limit).await
}

/// Assessments by id whatever their organisation: for the job that keeps the search index.
pub async fn of_ids_anywhere(
    db: &impl ConnectionTrait,
    _: SystemScope,
    ids: &[AssessmentId],
) -> Result<Vec<assessment::Model>, DbErr> {
    assessment::Entity::find().filter(assessment::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await
}

/// Assessments of a vendor whatever its organisation, after an id: for the job that keeps the search index.
pub async fn of_vendor_anywhere(
    db: &impl ConnectionTrait,
    _: SystemScope,
    vendor: VendorId,
    after: Option<AssessmentId>,
    limit: u64,
) -> Result<Vec<assessment::Model>, DbErr> {
    let mut query = assessment::Entity::find().filter(assessment::Column::VendorId.eq(vendor.0));
    if let Some(after) = after {
        query = query.filter(assessment::Column::Id.gt(after.0));
    }
    query.order_by_asc(assessment::Column::Id).limit(limit).all(db).await
}
