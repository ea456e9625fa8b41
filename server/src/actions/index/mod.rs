//! Keeping the search indexes: projections of the register, of vendors, assessments, submitted answers and findings, fed by
//! jobs, rebuilt when lost.

mod desk;
mod entries;
mod findings;
mod proposed;

use super::{Act, Job, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::search::{Change, Document, Documents, Health, Page, Request, SearchError, Standing};
use crate::repo::{self, BuyerScope, SystemScope};
use domain::ids::{AssessmentId, ComponentId, FindingId, OrganisationId, VendorId};
use domain::problem::Problem;
use domain::register::{OWNED_BY, Subject, Topic};
use futures::StreamExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::PoisonError;
use std::time::Duration;
use uuid::Uuid;

/// Things that one job brings up to date.
const BATCH: usize = 500;
/// Assessments whose answers are read and written together: some thousand documents.
const ASSESSMENTS: usize = 40;
/// How often the indexes are looked after, and how often while they cannot be.
const LOOK: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// What is out of date in the indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Stale {
    /// Entries of the register.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<ComponentId>,
    /// Vendors alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vendors: Vec<VendorId>,
    /// Vendors with their assessments, all answers and findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    all_of: Vec<VendorId>,
    /// Assessments alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assessments: Vec<AssessmentId>,
    /// Assessments with what was submitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<AssessmentId>,
    /// Findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingId>,
}

impl Stale {
    /// Takes in what else is out of date; each thing once.
    pub(super) fn add(&mut self, other: Self) {
        fn each<T: PartialEq>(into: &mut Vec<T>, from: Vec<T>) {
            for one in from {
                if !into.contains(&one) {
                    into.push(one);
                }
            }
        }
        each(&mut self.components, other.components);
        each(&mut self.vendors, other.vendors);
        each(&mut self.all_of, other.all_of);
        each(&mut self.assessments, other.assessments);
        each(&mut self.answers, other.answers);
        each(&mut self.findings, other.findings);
    }
}

impl Stale {
    /// The indexes in which it is out of date.
    fn subjects(&self) -> impl Iterator<Item = Subject> {
        let all_of = !self.all_of.is_empty();
        let is_in = [
            (Subject::Entries, !self.components.is_empty()),
            (Subject::Vendors, all_of || !self.vendors.is_empty()),
            (Subject::Assessments, all_of || !self.assessments.is_empty() || !self.answers.is_empty()),
            (Subject::Answers, all_of || !self.answers.is_empty()),
            (Subject::Findings, all_of || !self.findings.is_empty()),
        ];
        is_in.into_iter().filter(|(_, is_in)| *is_in).map(|(subject, _)| subject)
    }
}

/// Has the indexes filled anew from which a change is missing that was given up ([`keep`] does it).
///
/// # Errors
/// When the index fails.
pub(super) async fn doubt(platform: &Platform, stale: &Stale) -> Result<()> {
    for subject in stale.subjects() {
        platform.search.of(subject).doubt().await.map_err(down)?;
    }
    Ok(())
}

async fn put(act: &mut Act<'_>, stale: &Stale) -> Result<()> {
    let payload = serde_json::to_value(stale)?;
    act.enqueue(Job { kind: work::INDEX, payload, dedupe_key: None }).await
}

/// Queues components to be brought up to date in the index.
pub(super) async fn enqueue(act: &mut Act<'_>, components: &[ComponentId]) -> Result<()> {
    for batch in components.chunks(BATCH) {
        put(act, &Stale { components: batch.to_vec(), ..Stale::default() }).await?;
    }
    Ok(())
}

/// Queues vendors, and nothing that hangs on them.
pub(super) async fn enqueue_vendors(act: &mut Act<'_>, vendors: &[VendorId]) -> Result<()> {
    put(act, &Stale { vendors: vendors.to_vec(), ..Stale::default() }).await
}

/// Queues vendors with everything that names them: their assessments, what was submitted in these, and findings.
pub(super) async fn enqueue_all_of(act: &mut Act<'_>, vendors: &[VendorId]) -> Result<()> {
    put(act, &Stale { all_of: vendors.to_vec(), ..Stale::default() }).await
}

/// Queues an assessment, without its answers.
pub(super) async fn enqueue_assessment(act: &mut Act<'_>, assessment: AssessmentId) -> Result<()> {
    put(act, &Stale { assessments: vec![assessment], ..Stale::default() }).await
}

/// Queues what a score is told of: assessments, and the vendors that they are of.
pub(super) async fn enqueue_scored(
    act: &mut Act<'_>,
    vendors: &[VendorId],
    assessments: &[AssessmentId],
) -> Result<()> {
    for batch in vendors.chunks(BATCH) {
        put(act, &Stale { vendors: batch.to_vec(), ..Stale::default() }).await?;
    }
    for batch in assessments.chunks(BATCH) {
        put(act, &Stale { assessments: batch.to_vec(), ..Stale::default() }).await?;
    }
    Ok(())
}

/// Queues an assessment with what was submitted.
pub(super) async fn enqueue_answers(act: &mut Act<'_>, assessment: AssessmentId) -> Result<()> {
    put(act, &Stale { answers: vec![assessment], ..Stale::default() }).await
}

/// Queues findings.
pub(super) async fn enqueue_findings(act: &mut Act<'_>, findings: &[FindingId]) -> Result<()> {
    for batch in findings.chunks(BATCH) {
        put(act, &Stale { findings: batch.to_vec(), ..Stale::default() }).await?;
    }
    Ok(())
}

/// Brings the indexes up to date: what can be seen is in them, what cannot is not.
///
/// # Errors
/// When the database or the index fails.
pub(super) async fn refresh(platform: &Platform, stale: &Stale) -> Result<()> {
    let mut components = stale.components.clone();
    while !components.is_empty() {
        components = refresh_components(platform, &components).await?;
    }
    let vendors: Vec<VendorId> = stale.vendors.iter().chain(&stale.all_of).copied().collect();
    if !vendors.is_empty() {
        written_last(platform, Subject::Vendors, || vendor_changes(platform, &vendors)).await?;
    }
    let ids: Vec<AssessmentId> = stale.assessments.iter().chain(&stale.answers).copied().collect();
    if !ids.is_empty() {
        written_last(platform, Subject::Assessments, || assessment_changes(platform, &ids)).await?;
        for batch in stale.answers.chunks(ASSESSMENTS) {
            written_last(platform, Subject::Answers, || answer_changes(platform, batch)).await?;
        }
    }
    if !stale.findings.is_empty() {
        written_last(platform, Subject::Findings, || finding_changes(platform, &stale.findings)).await?;
    }
    for vendor in &stale.all_of {
        let mut after = None;
        loop {
            let db = platform.db.read();
            let rows = repo::findings::scan(db, SystemScope, Some(*vendor), after, BATCH as u64).await?;
            let Some(last) = rows.last() else { break };
            after = Some(FindingId(last.id));
            let ids: Vec<FindingId> = rows.iter().map(|row| FindingId(row.id)).collect();
            written_last(platform, Subject::Findings, || finding_changes(platform, &ids)).await?;
        }
        let mut after = None;
        loop {
            let db = platform.db.read();
            let rows =
                repo::assessments::of_vendor_anywhere(db, SystemScope, *vendor, after, ASSESSMENTS as u64).await?;
            let Some(last) = rows.last() else { break };
            after = Some(AssessmentId(last.id));
            let ids: Vec<AssessmentId> = rows.iter().map(|row| AssessmentId(row.id)).collect();
            written_last(platform, Subject::Assessments, || assessment_changes(platform, &ids)).await?;
            written_last(platform, Subject::Answers, || answer_changes(platform, &ids)).await?;
        }
    }
    Ok(())
}

/// Writes changes, and then those that read otherwise by now, until what was written last is what is there: another server
/// may have written something newer before, and what was read here would stand in its place. Documents tell what happened
/// better than a revision does: they hold names of other things, too.
async fn written_last<Read>(platform: &Platform, subject: Subject, read: impl Fn() -> Read) -> Result<()>
where
    Read: Future<Output = Result<Vec<Change>>>,
{
    let mut written: HashMap<Place, Change> = HashMap::new();
    loop {
        let other = |change: &Change| written.get(&place(change)) != Some(change);
        let changes: Vec<Change> = read().await?.into_iter().filter(other).collect();
        if changes.is_empty() {
            return Ok(());
        }
        written.extend(changes.iter().map(|change| (place(change), change.clone())));
        platform.search.of(subject).apply(changes).await.map_err(down)?;
    }
}

/// Whose, which thing, which part of it.
type Place = (OrganisationId, Uuid, Option<String>);

fn place(change: &Change) -> Place {
    let (organisation, id, part) = change.place();
    (organisation, id, part.map(str::to_owned))
}

fn upserts(documents: Vec<Document>) -> impl Iterator<Item = Change> {
    documents.into_iter().map(|document| Change::Upsert(Box::new(document)))
}

/// Gives those that changed while they were written: another server may have written the newer ones before, and what was
/// read here would stand in their place.
async fn refresh_components(platform: &Platform, ids: &[ComponentId]) -> Result<Vec<ComponentId>> {
    let rows = repo::register::of_ids_anywhere(platform.db.read(), SystemScope, ids).await?;
    let seen: BTreeSet<_> = rows.iter().map(|row| (row.id, row.revision, row.visible, row.withdrawn)).collect();
    let mut uses = entries::uses_of(platform, &rows).await?;
    proposed::keep(platform, &rows, &mut uses).await?;
    let (there, gone): (Vec<_>, Vec<_>) = rows.into_iter().partition(entries::is_indexed);
    let gone = gone.into_iter().map(|row| remove(row.organisation_id, row.id)).collect();
    apply(platform, Subject::Entries, entries::documents(&there, &uses), gone).await?;
    let now = repo::register::states_anywhere(platform.db.read(), SystemScope, ids).await?;
    Ok(now.into_iter().filter(|state| !seen.contains(state)).map(|(id, ..)| ComponentId(id)).collect())
}

async fn vendor_changes(platform: &Platform, ids: &[VendorId]) -> Result<Vec<Change>> {
    let rows = repo::vendors::of_ids_anywhere(platform.db.read(), SystemScope, ids).await?;
    let (gone, there): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.merged_into.is_some());
    let gone = gone.into_iter().map(|row| remove(row.organisation_id, row.id));
    Ok(upserts(desk::vendors(platform, &there).await?).chain(gone).collect())
}

async fn assessment_changes(platform: &Platform, ids: &[AssessmentId]) -> Result<Vec<Change>> {
    let rows = repo::assessments::of_ids_anywhere(platform.db.read(), SystemScope, ids).await?;
    Ok(upserts(desk::assessments(platform, &rows).await?).collect())
}

async fn finding_changes(platform: &Platform, ids: &[FindingId]) -> Result<Vec<Change>> {
    let rows = repo::findings::of_ids_anywhere(platform.db.read(), SystemScope, ids).await?;
    Ok(upserts(findings::findings(platform, &rows).await?).collect())
}

/// What is submitted is there, what was and is no more is not.
async fn answer_changes(platform: &Platform, ids: &[AssessmentId]) -> Result<Vec<Change>> {
    let rows = repo::assessments::of_ids_anywhere(platform.db.read(), SystemScope, ids).await?;
    let desk::Answers { there, gone } = desk::answers(platform, &rows).await?;
    let gone = gone.into_iter().map(|(organisation, assessment, question)| Change::Remove {
        organisation,
        id: assessment.0,
        part: Some(question),
    });
    Ok(upserts(there).chain(gone).collect())
}

fn remove(organisation: Uuid, id: Uuid) -> Change {
    Change::Remove { organisation: OrganisationId(organisation), id, part: None }
}

async fn apply(platform: &Platform, subject: Subject, there: Vec<Document>, gone: Vec<Change>) -> Result<()> {
    let changes = upserts(there).chain(gone).collect();
    platform.search.of(subject).apply(changes).await.map_err(down)
}

/// Rebuilds all indexes from the database, one after the other. Gives the number of documents.
///
/// # Errors
/// When the database or the index fails; the index that fails is as it was before then.
pub async fn rebuild(platform: &Platform, progress: impl Fn(u64) + Send + Sync) -> Result<u64> {
    let mut all = 0;
    for subject in Subject::ALL {
        all += rebuild_one(platform, subject, |done| progress(all + done)).await?;
    }
    Ok(all)
}

async fn rebuild_one(platform: &Platform, subject: Subject, progress: impl Fn(u64) + Send + Sync) -> Result<u64> {
    let batches = futures::stream::try_unfold((None, 0u64), |(after, done)| {
        let progress = &progress;
        async move {
            let Some((last, documents)) = batch(platform, subject, after).await? else { return Ok(None) };
            let done = done + documents.len() as u64;
            progress(done);
            Ok::<_, AppError>(Some((documents, (Some(last), done))))
        }
    });
    let batches: Documents<'_> = batches.map(|batch| batch.map_err(Into::into)).boxed();
    platform.search.of(subject).rebuild(batches).await.map_err(down)
}

/// The last of some things, and their documents; none at the end.
type Batch = Option<(Uuid, Vec<Document>)>;

/// The next things after an id.
fn batch(platform: &Platform, subject: Subject, after: Option<Uuid>) -> BoxFuture<'_, Result<Batch>> {
    Box::pin(async move {
        let db = platform.db.read();
        let many = BATCH as u64 * 4;
        Ok(match subject {
            Subject::Entries => {
                let rows = repo::register::scan(db, SystemScope, after.map(ComponentId), many).await?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
                let rows: Vec<_> = rows.into_iter().filter(entries::is_indexed).collect();
                let uses = entries::uses_of(platform, &rows).await?;
                Some((last, entries::documents(&rows, &uses)))
            }
            Subject::Vendors => {
                let mut rows = repo::vendors::scan(db, SystemScope, after.map(VendorId), BATCH as u64).await?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
                rows.retain(|row| row.merged_into.is_none());
                Some((last, desk::vendors(platform, &rows).await?))
            }
            Subject::Assessments => {
                let rows = repo::assessments::scan(db, SystemScope, after.map(AssessmentId), BATCH as u64).await?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
                Some((last, desk::assessments(platform, &rows).await?))
            }
            Subject::Answers => {
                let after = after.map(AssessmentId);
                let rows = repo::assessments::scan(db, SystemScope, after, ASSESSMENTS as u64).await?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
                Some((last, desk::answers(platform, &rows).await?.there))
            }
            Subject::Findings => {
                let after = after.map(FindingId);
                let rows = repo::findings::scan(db, SystemScope, None, after, BATCH as u64).await?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
                Some((last, findings::findings(platform, &rows).await?))
            }
        })
    })
}

/// Sees to it that the indexes are there: fills each that is new, damaged or of another version, as soon as its engine
/// answers, until told to stop.
pub async fn keep(platform: &Platform, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut told = String::new();
    let mut is_proposed = false;
    loop {
        let outcome = tokio::select! {
            () = &mut stop => return,
            outcome = look_after(platform, &mut is_proposed) => outcome,
        };
        let wait = match outcome {
            Ok(()) => {
                trouble(platform, None);
                told.clear();
                LOOK
            }
            Err(error) => {
                // Once for each reason, not every few seconds.
                let error = error.to_string();
                if error != told {
                    tracing::warn!(error, "the search index cannot be kept; everything but search is served");
                }
                trouble(platform, Some(error.clone()));
                told = error;
                LOOK_AGAIN
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Has what newer rules propose kept once, and fills what must be filled.
async fn look_after(platform: &Platform, is_proposed: &mut bool) -> Result<()> {
    if !*is_proposed {
        proposed::catch_up(platform).await?;
        *is_proposed = true;
    }
    fill(platform).await
}

/// Fills what must be filled.
async fn fill(platform: &Platform) -> Result<()> {
    for subject in Subject::ALL {
        match platform.search.of(subject).standing().await.map_err(down)? {
            Standing::Ready => {}
            Standing::Empty(why) => {
                tracing::info!(why, index = subject.id(), "the search index is rebuilt");
                let documents = rebuild_one(platform, subject, |_| {}).await?;
                tracing::info!(documents, index = subject.id(), "the search index is rebuilt to its end");
            }
        }
    }
    Ok(())
}

/// How the search indexes are, for whoever runs the installation.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The engine's own account of all of them; why it gives none otherwise.
    pub engine: std::result::Result<Health, String>,
    /// Changes that have not reached them.
    pub waiting: repo::jobs::Waiting,
    /// Why changes wait, or an index is not filled: the engine is down, refuses us, has no room.
    pub why: Option<String>,
}

/// Looks at the search indexes and at what waits for them.
///
/// # Errors
/// When the database fails.
pub async fn condition(platform: &Platform) -> Result<Condition> {
    let engine = platform.search.health().await.map_err(|error| error.to_string());
    let waiting = repo::jobs::waiting(platform.db.read(), SystemScope, work::INDEX).await?;
    let kept = platform.index_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let why = engine.as_ref().err().cloned().or_else(|| waiting.why.clone()).or(kept);
    Ok(Condition { engine, waiting, why })
}

fn trouble(platform: &Platform, why: Option<String>) {
    *platform.index_trouble.lock().unwrap_or_else(PoisonError::into_inner) = why;
}

/// A failure of the engine; one that passes is told apart, so that the work waits for it.
pub(super) fn down(error: SearchError) -> AppError {
    match error {
        SearchError::Refused(problem) => problem.into(),
        SearchError::Down(reason) => AppError::SearchDown(reason),
        other => AppError::internal(other),
    }
}

/// What is found, or why nothing can be.
///
/// # Errors
/// When the request is over a limit, asks about what adds up more than the scope reaches, or the engine fails or is down.
pub async fn search(platform: &Platform, scope: BuyerScope, request: &Request) -> Result<Page> {
    let within = narrowed(scope, request)?;
    let request = within.as_ref().unwrap_or(request);
    platform.search.search(scope.organisation(), request).await.map_err(down)
}

/// The request of somebody who reads the engagements alone that they own: what hangs on these, counted alone too. None
/// where the scope reaches all of the organisation.
///
/// # Errors
/// `adds-up-others` at a topic that adds up engagements of others.
fn narrowed(scope: BuyerScope, request: &Request) -> Result<Option<Request>> {
    let Some(owner) = scope.only_owner() else { return Ok(None) };
    if let Some(topic) = request.topics().into_iter().find(|topic| topic.about().adds_up) {
        return Err(Problem::new(topic.id(), "adds-up-others").with("field", topic.id()).into());
    }
    let owned_by: Option<Topic> = request.about.topic(OWNED_BY);
    let mut request = request.clone();
    if let Some(owned_by) = owned_by {
        request.filters.insert(owned_by, BTreeSet::from([owner.to_string()]));
        request.facets.remove(&owned_by);
    }
    request.facets.retain(|facet| !facet.about().adds_up);
    Ok(Some(request))
}

/// The entries that match, by id, after the one given: a step of a whole result.
///
/// # Errors
/// When the engine fails or is down.
pub async fn matching(
    platform: &Platform,
    scope: BuyerScope,
    request: &Request,
    after: Option<ComponentId>,
    limit: usize,
) -> Result<Vec<ComponentId>> {
    let after = after.map(|after| after.0);
    let found = platform.search.of(Subject::Entries).matching(scope.organisation(), request, after, limit).await;
    Ok(found.map_err(down)?.into_iter().map(ComponentId).collect())
}

/// All entries that match, in the order asked for; none where the engine orders only what can be paged through.
///
/// # Errors
/// When the engine fails or is down.
pub async fn in_order(platform: &Platform, scope: BuyerScope, request: &Request) -> Result<Option<Vec<ComponentId>>> {
    let found = platform.search.of(Subject::Entries).in_order(scope.organisation(), request).await.map_err(down)?;
    Ok(found.map(|ids| ids.into_iter().map(ComponentId).collect()))
}

/// Whether a whole result of the register can be had in any order; otherwise only what can be paged through.
pub fn orders_everything(platform: &Platform) -> bool {
    platform.search.of(Subject::Entries).orders_everything()
}
