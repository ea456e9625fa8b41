//! What pages and programs read alike: a framework's points with the questions or the answers that speak to them.

use crate::actions::content::CROSSWALKS;
use crate::actions::parties::Parties;
use crate::actions::questionnaire::{profile_of, state_of};
use crate::actions::submit::{Snapshot, snapshot_of};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::repo::{self, BuyerScope};
use crate::web::language::Reads;
use domain::answer::{Reply, visibility};
use domain::crosswalk::Crosswalk;
use domain::ids::{AssessmentId, TemplateVersionId};
use domain::questionnaire::Question;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// The crosswalk of that key.
pub(super) fn crosswalk(key: &str) -> Result<&'static Crosswalk> {
    CROSSWALKS.get(key).ok_or(AppError::NotFound)
}

/// The newest version of each of the organisation's templates.
pub(super) async fn newest(platform: &Platform, scope: BuyerScope, reads: &Reads) -> Result<Vec<Arc<Version>>> {
    let db = platform.db.read();
    let mut newest: BTreeMap<Uuid, (i64, Uuid)> = BTreeMap::new();
    for row in repo::templates::versions(db, scope, None).await? {
        let known = newest.entry(row.template_id).or_insert((row.number, row.id));
        *known = (*known).max((row.number, row.id));
    }
    let mut versions = Vec::new();
    for (_, id) in newest.into_values() {
        let version = platform.published.get(db, &scope, TemplateVersionId(id)).await?;
        versions.push(reads.edition(&version));
    }
    versions.sort_by(|a, b| a.document.key.cmp(&b.document.key));
    Ok(versions)
}

/// What a vendor submitted, to be seen through a framework.
pub(super) struct Submitted {
    pub(super) version: Arc<Version>,
    pub(super) vendor: String,
    snapshot: Snapshot,
    hidden: Vec<String>,
}

impl Submitted {
    /// Reads the newest submission.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such assessment, [`AppError::NotNow`] when nothing was submitted yet.
    pub(super) async fn read(platform: &Platform, scope: BuyerScope, id: AssessmentId, reads: &Reads) -> Result<Self> {
        let db = platform.db.read();
        let row = repo::assessments::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
        let state = state_of(&row)?;
        let submissions = repo::submissions::all(db, &scope, id).await?;
        let newest = submissions.first().ok_or_else(|| AppError::NotNow(state.name()))?;
        let snapshot = snapshot_of(newest)?;
        let version = platform.published.get(db, &scope, TemplateVersionId(row.template_version_id)).await?;
        let version = reads.edition(&version);
        let replies = snapshot.answers.iter();
        let replies = replies.filter_map(|answer| Some((answer.question.clone(), answer.reply.clone()?))).collect();
        let hidden = visibility(&version.document, &replies, &profile_of(&row)).hidden.into_keys().collect();
        let vendor = Parties::of(platform, &scope, &row).await?.vendor;
        Ok(Self { version, vendor, snapshot, hidden })
    }

    /// The questions that were asked and speak to a point: their number, and what was replied.
    pub(super) fn about<'a>(
        &'a self,
        crosswalk: &'a Crosswalk,
        point: &'a str,
    ) -> impl Iterator<Item = (usize, &'a Question, Option<&'a Reply>)> {
        let asked = self
            .version
            .document
            .questions()
            .zip(1..)
            .filter(|(question, _)| !self.hidden.contains(&question.id) && crosswalk.touches(question, point));
        asked.map(|(question, number)| {
            let answer = self.snapshot.answers.iter().find(|answer| answer.question == question.id);
            (number, question, answer.and_then(|answer| answer.reply.as_ref()))
        })
    }
}
