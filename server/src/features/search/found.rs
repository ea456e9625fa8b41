//! What the index found, read from the database under the caller's own scope. What is gone, or is not the caller's, is
//! left out.

use crate::actions::index;
use crate::actions::judging::overall::{Overall, overall, ratings};
use crate::actions::submit::{SnapshotAnswer, snapshot_of};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::platform::search::{Hit, Page, Request};
use crate::repo::scores::Bare;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId, FindingId, TemplateVersionId, VendorId};
use entity::{assessment, finding, submission, vendor};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// A vendor that was found.
pub(super) struct Vendor {
    pub(super) row: vendor::Model,
    /// How many contacts it has.
    pub(super) contacts: i64,
    /// Where it stands over the open engagements that the caller reads; none where it has none.
    pub(super) stands: Option<Overall>,
}

/// An assessment that was found, or that an answer is of.
#[derive(Clone)]
pub(super) struct Assessment {
    pub(super) row: assessment::Model,
    pub(super) vendor: String,
    pub(super) engagement: String,
    pub(super) questionnaire: String,
}

/// An answer that was found.
pub(super) struct Answer {
    pub(super) of: Assessment,
    pub(super) version: Arc<Version>,
    pub(super) said: SnapshotAnswer,
    pub(super) round: i64,
    pub(super) submitted_at: OffsetDateTime,
}

/// An assessment that was found, with its newest stored score.
pub(super) struct Scored {
    pub(super) of: Assessment,
    pub(super) score: Option<Bare>,
}

/// A finding that was found.
pub(super) struct Finding {
    pub(super) row: finding::Model,
    pub(super) vendor: String,
    pub(super) engagement: String,
}

/// What was found, in its order.
pub(super) type Found<T> = (Page, Vec<(Hit, T)>);

pub(super) async fn vendors(platform: &Platform, scope: BuyerScope, request: &Request) -> Result<Found<Vendor>> {
    let mut page = index::search(platform, scope, request).await?;
    let hits = std::mem::take(&mut page.hits);
    let ids: Vec<VendorId> = hits.iter().map(|hit| VendorId(hit.id)).collect();
    let db = platform.db.read();
    let contacts = repo::vendors::contact_counts(db, scope, &ids).await?;
    let rows = repo::vendors::of_ids(db, scope, &ids).await?;
    let mut stands = overall(platform, scope, &ratings(platform, scope).await?, &ids).await?;
    let mut rows: HashMap<Uuid, vendor::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let found = hits.into_iter().filter_map(|hit| {
        let row = rows.remove(&hit.id)?;
        let contacts = contacts.get(&row.id).copied().unwrap_or_default();
        Some((hit, Vendor { stands: stands.remove(&row.id), row, contacts }))
    });
    Ok((page, found.collect()))
}

pub(super) async fn assessments(platform: &Platform, scope: BuyerScope, request: &Request) -> Result<Found<Scored>> {
    let mut page = index::search(platform, scope, request).await?;
    let hits = std::mem::take(&mut page.hits);
    let mut rows = assessments_of(platform, scope, hits.iter().map(|hit| hit.id)).await?;
    let ids: Vec<AssessmentId> = rows.keys().copied().map(AssessmentId).collect();
    let scores = repo::scores::newest_of(platform.db.read(), scope, &ids).await?;
    let mut scores: HashMap<Uuid, Bare> = scores.into_iter().map(|score| (score.assessment_id, score)).collect();
    let found = hits.into_iter().filter_map(|hit| {
        let of = rows.remove(&hit.id)?;
        let score = scores.remove(&hit.id);
        Some((hit, Scored { of, score }))
    });
    Ok((page, found.collect()))
}

pub(super) async fn answers(platform: &Platform, scope: BuyerScope, request: &Request) -> Result<Found<Answer>> {
    let mut page = index::search(platform, scope, request).await?;
    let hits = std::mem::take(&mut page.hits);
    let db = platform.db.read();
    let rows = assessments_of(platform, scope, hits.iter().map(|hit| hit.id)).await?;
    let ids: Vec<AssessmentId> = rows.keys().copied().map(AssessmentId).collect();
    // The newest submission alone, as the assessment's page shows it: an index that is behind finds what is no more.
    let newest = repo::submissions::newest_of(db, scope, &ids).await?;
    let mut submitted: HashMap<Uuid, (submission::Model, HashMap<String, SnapshotAnswer>)> = HashMap::new();
    for submission in newest {
        let answers = snapshot_of(&submission)?.answers;
        let answers = answers.into_iter().map(|answer| (answer.question.clone(), answer)).collect();
        submitted.insert(submission.assessment_id, (submission, answers));
    }
    let mut found = Vec::with_capacity(hits.len());
    for hit in hits {
        let (Some(of), Some((submission, answers))) = (rows.get(&hit.id), submitted.get_mut(&hit.id)) else { continue };
        let Some(said) = hit.part.as_ref().and_then(|question| answers.remove(question)) else { continue };
        let version = match platform.published.get(db, &scope, TemplateVersionId(of.row.template_version_id)).await {
            Err(AppError::NotAsPublished { .. }) => continue,
            version => version?,
        };
        let (round, submitted_at) = (submission.round, submission.submitted_at);
        found.push((hit, Answer { of: of.clone(), version, said, round, submitted_at }));
    }
    Ok((page, found))
}

pub(super) async fn findings(platform: &Platform, scope: BuyerScope, request: &Request) -> Result<Found<Finding>> {
    let mut page = index::search(platform, scope, request).await?;
    let hits = std::mem::take(&mut page.hits);
    let db = platform.db.read();
    let ids: Vec<FindingId> = hits.iter().map(|hit| FindingId(hit.id)).collect();
    let rows = repo::findings::of_ids(db, scope, &ids).await?;
    let vendors: BTreeSet<VendorId> = rows.iter().map(|row| VendorId(row.vendor_id)).collect();
    let vendors = repo::vendors::of_ids(db, scope, &vendors.into_iter().collect::<Vec<_>>()).await?;
    let vendors: HashMap<Uuid, String> = vendors.into_iter().map(|row| (row.id, row.name)).collect();
    let engagements: BTreeSet<EngagementId> = rows.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements.into_iter().collect::<Vec<_>>()).await?;
    let mut rows: HashMap<Uuid, finding::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let found = hits.into_iter().filter_map(|hit| {
        let row = rows.remove(&hit.id)?;
        let vendor = vendors.get(&row.vendor_id).cloned().unwrap_or_default();
        let engagement = engagements.get(&row.engagement_id).map(|one| one.name.clone()).unwrap_or_default();
        Some((hit, Finding { row, vendor, engagement }))
    });
    Ok((page, found.collect()))
}

/// Assessments with what they are called by.
async fn assessments_of(
    platform: &Platform,
    scope: BuyerScope,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Assessment>> {
    let db = platform.db.read();
    let ids: Vec<AssessmentId> = ids.collect::<BTreeSet<_>>().into_iter().map(AssessmentId).collect();
    let rows = repo::assessments::of_ids(db, scope, &ids).await?;
    let vendors: BTreeSet<VendorId> = rows.iter().map(|row| VendorId(row.vendor_id)).collect();
    let vendors = repo::vendors::of_ids(db, scope, &vendors.into_iter().collect::<Vec<_>>()).await?;
    let vendors: HashMap<Uuid, String> = vendors.into_iter().map(|row| (row.id, row.name)).collect();
    let engagements: BTreeSet<EngagementId> = rows.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements.into_iter().collect::<Vec<_>>()).await?;
    let mut told = HashMap::new();
    for row in rows {
        let version = TemplateVersionId(row.template_version_id);
        let one = Assessment {
            vendor: vendors.get(&row.vendor_id).cloned().unwrap_or_default(),
            engagement: engagements.get(&row.engagement_id).map(|one| one.name.clone()).unwrap_or_default(),
            questionnaire: platform.published.title(db, &scope, version).await?,
            row,
        };
        told.insert(one.row.id, one);
    }
    Ok(told)
}
