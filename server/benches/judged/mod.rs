//! Vendors that were judged, in bulk: some assessments go through the product, from sending to a stored score and its
//! proposed findings; the rest are copies of their rows.

use candor::actions::judging::standing;
use candor::actions::submit::{self, Attestation};
use candor::actions::{Buyer, chase, enter, score, seed, work};
use candor::platform::Platform;
use domain::ids::{AssessmentId, OrganisationId};
use entity::{answer, assessment, engagement, engagement_standing, finding, score as stored, submission, vendor};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use std::collections::HashMap;
use std::hint::black_box;
use uuid::Uuid;

/// Assessments that go through the product.
const MADE: u64 = 50;
/// Engagements of a vendor.
const EACH: u64 = 2;
/// Assessments of one transaction.
const TOGETHER: usize = 50;
/// Rows of one statement.
const PARTS: usize = 500;

type Failed = Box<dyn std::error::Error>;

/// An assessment with all that hangs on it.
struct Judged {
    engagement: engagement::Model,
    assessment: assessment::Model,
    submission: submission::Model,
    answers: Vec<answer::Model>,
    score: stored::Model,
    findings: Vec<finding::Model>,
}

/// Puts an organisation with so many scored assessments into an installation.
pub async fn fill(platform: &Platform, assessments: u64) -> Result<OrganisationId, Failed> {
    let amounts = seed::Amounts { vendors: MADE, components: 0, assessments: MADE, seed: 1 };
    let organisation = seed::seed(platform, amounts, |_| {}).await?;
    let by = Buyer::system(organisation);
    let db = platform.db.read();
    let signed = Attestation { name: "Kim".to_owned(), title: "Counsel".to_owned(), confirmed: true };
    for row in assessment::Entity::find().all(db).await? {
        let id = AssessmentId(row.id);
        let link = chase::copy_link(platform, &by, id).await?;
        let scope = enter::enter(platform, link.rsplit('/').next().ok_or("a link")?).await?;
        submit::submit(platform, scope, &signed).await?;
        score::store(platform, &by, id).await?;
    }
    work::drain(platform).await?;
    let made = made(platform).await?;
    let vendors = vendor::Entity::find().all(db).await?;
    let first = vendors.first().ok_or("a vendor")?;
    let mut rows = Rows::default();
    let mut of_vendor = first.id;
    for n in 0..assessments.saturating_sub(MADE) {
        if n % EACH == 0 {
            of_vendor = platform.clock.id();
            rows.vendors.push(vendor::Model { id: of_vendor, name: format!("Vendor {n}"), ..first.clone() });
        }
        rows.copy(platform, of_vendor, &made[usize::try_from(n)? % made.len()]);
        if rows.scores.len() == TOGETHER {
            std::mem::take(&mut rows).write(platform).await?;
        }
    }
    rows.write(platform).await?;
    standing::rebuild(platform, false, |_| {}).await?;
    Ok(organisation)
}

async fn made(platform: &Platform) -> Result<Vec<Judged>, Failed> {
    let db = platform.db.read();
    let mut assessments: HashMap<Uuid, _> = by_id(assessment::Entity::find().all(db).await?, |row| row.engagement_id);
    let mut submissions = by_id(submission::Entity::find().all(db).await?, |row| row.assessment_id);
    let mut scores = by_id(stored::Entity::find().all(db).await?, |row| row.assessment_id);
    let findings = finding::Entity::find().all(db).await?;
    let mut made = Vec::new();
    for engagement in engagement::Entity::find().all(db).await? {
        let assessment = assessments.remove(&engagement.id).ok_or("an assessment")?;
        let submission = submissions.remove(&assessment.id).ok_or("a submission")?;
        let score = scores.remove(&assessment.id).ok_or("a score")?;
        let own = findings.iter().filter(|row| row.engagement_id == engagement.id).cloned().collect();
        let answers = answer::Entity::find().filter(answer::Column::AssessmentId.eq(assessment.id)).all(db).await?;
        made.push(Judged { engagement, assessment, submission, answers, score, findings: own });
    }
    Ok(made)
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> Uuid) -> HashMap<Uuid, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

#[derive(Default)]
struct Rows {
    vendors: Vec<vendor::Model>,
    engagements: Vec<engagement::Model>,
    assessments: Vec<assessment::Model>,
    submissions: Vec<submission::Model>,
    answers: Vec<answer::Model>,
    scores: Vec<stored::Model>,
    findings: Vec<finding::Model>,
}

impl Rows {
    /// A copy for another vendor. Two findings of it are open.
    fn copy(&mut self, platform: &Platform, vendor: Uuid, of: &Judged) {
        let id = || platform.clock.id::<Uuid>();
        let (engagement, assessment, submission) = (id(), id(), id());
        let now = platform.clock.now();
        self.engagements.push(engagement::Model { id: engagement, vendor_id: vendor, ..of.engagement.clone() });
        self.assessments.push(assessment::Model {
            id: assessment,
            vendor_id: vendor,
            engagement_id: engagement,
            ..of.assessment.clone()
        });
        self.submissions.push(submission::Model { id: submission, assessment_id: assessment, ..of.submission.clone() });
        let answers = of.answers.iter().cloned();
        self.answers.extend(answers.map(|row| answer::Model { assessment_id: assessment, ..row }));
        self.scores.push(stored::Model {
            id: id(),
            assessment_id: assessment,
            submission_id: submission,
            ..of.score.clone()
        });
        self.findings.extend(of.findings.iter().take(2).map(|row| finding::Model {
            id: id(),
            vendor_id: vendor,
            engagement_id: engagement,
            assessment_id: Some(assessment),
            state: "open".to_owned(),
            was_raised: true,
            raised_at: Some(now),
            ..row.clone()
        }));
    }

    async fn write(self, platform: &Platform) -> Result<(), Failed> {
        let transaction = platform.db.begin().await?;
        add::<vendor::Entity>(&transaction, self.vendors).await?;
        add::<engagement::Entity>(&transaction, self.engagements).await?;
        add::<assessment::Entity>(&transaction, self.assessments).await?;
        add::<submission::Entity>(&transaction, self.submissions).await?;
        add::<answer::Entity>(&transaction, self.answers).await?;
        add::<stored::Entity>(&transaction, self.scores).await?;
        add::<finding::Entity>(&transaction, self.findings).await?;
        platform.db.commit(transaction).await?;
        Ok(())
    }
}

async fn add<E>(db: &DatabaseTransaction, rows: Vec<E::Model>) -> Result<(), Failed>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(PARTS).collect();
        E::insert_many(some).exec_without_returning(db).await?;
    }
    Ok(())
}

/// What the portfolio shows of each vendor, added up by the database, and nothing else.
pub async fn aggregate(platform: &Platform, organisation: OrganisationId) {
    let sum = |column: engagement_standing::Column| Func::cast_as(Func::sum(Expr::col(column)), "bigint");
    let rows: Vec<(Uuid, Option<f64>, i64, i64, i64)> = engagement_standing::Entity::find()
        .select_only()
        .column(engagement_standing::Column::VendorId)
        .expr_as(Func::max(Expr::col(engagement_standing::Column::Residual)), "residual")
        .expr_as(sum(engagement_standing::Column::OpenMajor), "major")
        .expr_as(sum(engagement_standing::Column::OpenMinor), "minor")
        .expr_as(sum(engagement_standing::Column::OpenObservations), "observations")
        .filter(engagement_standing::Column::OrganisationId.eq(organisation.0))
        .filter(engagement_standing::Column::IsOpen.eq(true))
        .group_by(engagement_standing::Column::VendorId)
        .into_tuple()
        .all(platform.db.read())
        .await
        .expect("the database answers");
    black_box(rows);
}

/// Reads the answers of assessments, a row each.
pub async fn answers(platform: &Platform, organisation: OrganisationId, assessments: &[Uuid]) {
    let rows = answer::Entity::find()
        .filter(answer::Column::OrganisationId.eq(organisation.0))
        .filter(answer::Column::AssessmentId.is_in(assessments.iter().copied()))
        .all(platform.db.read())
        .await
        .expect("the database answers");
    black_box(rows);
}

/// Reads stored scores, whole.
pub async fn scores(platform: &Platform, organisation: OrganisationId, ids: &[Uuid]) {
    let rows = stored::Entity::find()
        .filter(stored::Column::OrganisationId.eq(organisation.0))
        .filter(stored::Column::Id.is_in(ids.iter().copied()))
        .all(platform.db.read())
        .await
        .expect("the database answers");
    black_box(rows);
}
