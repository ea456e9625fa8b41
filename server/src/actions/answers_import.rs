//! A filled-in workbook comes back: first a preview of every row, then all or some of it, in one transaction.

use super::questionnaire::{Opened, profile_of, progress};
use super::save_answer::{Said, Write, checked, said_in, store};
use super::strangers_workbook::{self, Proposals};
use super::{Act, Actor, Vendor, answers_mapping, mapping};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::platform::workbook::{ReadLimits, read_in_child, words};
use crate::repo::{self, VendorScope};
use bytes::Bytes;
use domain::access::Permission;
use domain::answer::visibility;
use domain::ids::{ImportId, ImportRowId};
use domain::problem::{Problem, Problems};
use domain::questionnaire::Question;
use domain::sheet::own::{Found, OwnAnswers, Unknown, read_answers};
use domain::sheet::{Corrections, Workbook};
use entity::{import, import_row};
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// What would become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No answer stands there yet.
    New,
    /// Another answer stands there.
    Changed,
    /// The same stands there.
    Unchanged,
    /// Another answer was given since the workbook was made.
    Conflict,
    /// A stranger's row that may ask this question: a person has to say.
    Ask,
    /// It cannot be an answer.
    Invalid,
    /// It belongs to no question.
    Unknown,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 7] =
        [Self::New, Self::Changed, Self::Conflict, Self::Ask, Self::Invalid, Self::Unknown, Self::Unchanged];

    /// Its name in the database and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Conflict => "conflict",
            Self::Ask => "ask",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
        }
    }

    /// Whether rows with the verdict of this name can be applied at all.
    pub fn applies(name: &str) -> bool {
        Self::ALL.into_iter().any(|verdict| verdict.name() == name && verdict.can_apply())
    }

    /// Whether such a row can be applied at all.
    pub fn can_apply(self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Conflict | Self::Ask)
    }
}

/// Reads an uploaded workbook under the installation's limits.
///
/// # Errors
/// What is wrong with the file, located in it.
pub async fn read_workbook(platform: &Platform, bytes: &Bytes) -> Result<Workbook> {
    let limits = &platform.config.limits;
    if bytes.len() > limits.workbook_bytes {
        return Err(AppError::TooLarge { what: "workbook", most: limits.workbook_bytes as u64 });
    }
    let limits = ReadLimits { file_bytes: limits.workbook_bytes as u64, ..limits.workbook };
    let _turn = platform.readers.acquire().await.map_err(AppError::internal)?;
    read_in_child(&platform.exe, bytes, &limits).await.map_err(|refusal| {
        metrics::counter!("candor_workbooks_refused_total").increment(1);
        Problem::from(&refusal).into()
    })
}

/// Reads a workbook and says what each row would do. Nothing of it is an answer yet.
///
/// # Errors
/// When it is no workbook, or another template's, version's or assessment's; [`AppError::NotNow`] when nothing can be
/// answered now.
pub async fn preview(platform: &Platform, by: &Vendor, file_name: &str, bytes: Bytes) -> Result<ImportId> {
    let scope = by.scope;
    whole(scope)?;
    let workbook = read_workbook(platform, &bytes).await?;
    let opened = Opened::read(platform, &scope, scope.assessment).await?;
    if !opened.state.waits_for_vendor() {
        return Err(AppError::NotNow(opened.state.name()));
    }
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let file = answers_mapping::file(&opened, file_name, &workbook, &words);
    let mapped = mapping::recall(platform.db.read(), &scope, file).await?;
    let read = read_any(platform, &workbook, &opened, (file_name, &mapped.corrections))?;
    let kept = platform.blobs.keep(bytes).await?;

    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let buyer = by.as_buyer();
    if let Some(made) = act.done_before(&buyer).await? {
        return Ok(ImportId(made));
    }
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let id: ImportId = platform.clock.id();
    let settings = match &read {
        Read::Own(..) => json!({}),
        Read::Strangers(_) => mapped.among(json!({})),
    };
    let drafts = drafted(platform, &opened, read)?;
    let summary = summary(&drafts);
    let row = import::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation.0),
        kind: Set("answers".to_owned()),
        assessment_id: Set(Some(scope.assessment.0)),
        contact_id: Set(Some(scope.contact.0)),
        member_id: Set(None),
        file_name: Set(shown_name(file_name)),
        size: Set(i64::try_from(kept.size).map_err(AppError::internal)?),
        sha256: Set(kept.sha256.clone()),
        state: Set("preview".to_owned()),
        settings: Set(settings),
        summary: Set(json!(summary)),
        created_at: Set(act.now),
        applied_at: Set(None),
        undone_at: Set(None),
    };
    repo::imports::add(act.tx(), &scope, row).await?;
    let rows = drafts.into_iter().enumerate().map(|(n, draft)| draft.row(platform, scope, id, n)).collect();
    repo::imports::add_rows(act.tx(), &scope, rows).await?;
    let details = json!({ "import": id, "file_name": file_name, "sha256": kept.sha256, "summary": summary });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers_import.read", subject, &details).await?;
    act.remember(&buyer, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// How many rows there are of each verdict.
pub(super) fn summary(drafts: &[Draft]) -> BTreeMap<&'static str, usize> {
    let mut summary: BTreeMap<&str, usize> = Verdict::ALL.iter().map(|verdict| (verdict.name(), 0)).collect();
    for draft in drafts {
        *summary.entry(draft.verdict.name()).or_default() += 1;
    }
    summary
}

/// What each row of a workbook would do.
pub(super) fn drafted(platform: &Platform, opened: &Opened, read: Read) -> Result<Vec<Draft>> {
    match read {
        Read::Own(read, made) => drafts(platform, opened, read, made),
        Read::Strangers(proposals) => proposed(platform, opened, proposals),
    }
}

/// What a workbook says.
pub(super) enum Read {
    /// One that we made, and when.
    Own(OwnAnswers, Option<OffsetDateTime>),
    /// Anybody's.
    Strangers(Proposals),
}

/// Reads our own workbook by its marks; what has none is matched by its texts, its sheets read as a person said.
pub(super) fn read_any(
    platform: &Platform,
    workbook: &Workbook,
    opened: &Opened,
    (file_name, corrections): (&str, &Corrections),
) -> Result<Read> {
    match read_in_its_language(platform, workbook, &opened.version) {
        Ok(read) => {
            let made = check_stamp(opened, &read)?;
            Ok(Read::Own(read, made))
        }
        Err(AppError::Invalid(problems)) if problems.0.iter().any(|problem| problem.code == "not-our-workbook") => {
            let file = (file_name, corrections);
            Ok(Read::Strangers(strangers_workbook::read(platform, workbook, &opened.version, file)?))
        }
        Err(error) => Err(error),
    }
}

/// What the workbook says. It was made in one of the questionnaire's languages; its rows and options are found again in
/// that one.
fn read_in_its_language(platform: &Platform, workbook: &Workbook, version: &Version) -> Result<OwnAnswers> {
    let limits = platform.config.limits.answer();
    let understood = |read: &OwnAnswers| read.found.iter().filter(|found| found.outcome.is_ok()).count();
    let mut best = read_answers(workbook, &version.document, &limits)?;
    for edition in version.editions().filter(|edition| edition.languages != version.document.languages) {
        let read = read_answers(workbook, edition, &limits)?;
        if understood(&read) > understood(&best) {
            best = read;
        }
    }
    Ok(best)
}

/// A workbook holds every question: it is for those who may answer every one.
pub(super) fn whole(scope: VendorScope) -> Result<()> {
    if scope.may(Permission::Answer) { Ok(()) } else { Err(AppError::Forbidden) }
}

/// A file's name as it is shown: its last part, of bounded length.
pub(super) fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Refuses another template's, version's or assessment's workbook; gives when this one was made.
fn check_stamp(opened: &Opened, read: &OwnAnswers) -> Result<Option<OffsetDateTime>, Problems> {
    let Some(stamp) = &read.stamp else { return Ok(None) };
    let version = &opened.version;
    let refuse = |code: &str| {
        Err(Problems::one(
            Problem::new("", code).with("template", &stamp.template_key).with("version", stamp.template_version),
        ))
    };
    if stamp.template_key != version.document.key {
        return refuse("workbook-of-another-template");
    }
    if stamp.template_sha256.as_ref().is_some_and(|sha256| *sha256 != version.row.sha256) {
        return refuse("workbook-of-another-version");
    }
    if stamp.assessment_id.is_some_and(|id| id != opened.assessment.id) {
        return refuse("workbook-of-another-assessment");
    }
    // A blank workbook of the template tells no moment at which it saw this assessment's answers.
    let made = stamp.made.as_deref().filter(|_| stamp.assessment_id.is_some());
    Ok(made.and_then(|made| OffsetDateTime::parse(made, &Rfc3339).ok()))
}

pub(super) struct Draft {
    place: String,
    label: String,
    verdict: Verdict,
    question: Option<String>,
    proposed: Option<Value>,
    current: Option<Value>,
    revision: i64,
    problem: Option<Problem>,
}

impl Draft {
    pub(super) fn row(
        self,
        platform: &Platform,
        scope: VendorScope,
        import: ImportId,
        n: usize,
    ) -> import_row::ActiveModel {
        import_row::ActiveModel {
            id: Set(platform.clock.id::<ImportRowId>().0),
            organisation_id: Set(scope.organisation.0),
            import_id: Set(import.0),
            position: Set(i64::try_from(n).unwrap_or(i64::MAX)),
            place: Set(self.place),
            label: Set(self.label),
            verdict: Set(self.verdict.name().to_owned()),
            question_id: Set(self.question),
            proposed: Set(self.proposed),
            current: Set(self.current),
            current_revision: Set(self.revision),
            problem: Set(self.problem.map(|problem| json!(problem))),
            applied: Set(false),
        }
    }
}

fn drafts(platform: &Platform, opened: &Opened, read: OwnAnswers, made: Option<OffsetDateTime>) -> Result<Vec<Draft>> {
    let reopened = opened.reopened_ids();
    let mut drafts = Vec::new();
    for found in read.found {
        let Some(question) = opened.version.document.question(&found.question_id) else { continue };
        let may = opened.state.accepts_answer(&question.id, &reopened);
        drafts.extend(draft(platform, opened, question, found, made, may)?);
    }
    drafts.extend(read.unknown.into_iter().map(of_no_question));
    Ok(drafts)
}

/// The same of a stranger's workbook. A row in doubt is asked about unless it says what stands there already.
fn proposed(platform: &Platform, opened: &Opened, proposals: Proposals) -> Result<Vec<Draft>> {
    let reopened = opened.reopened_ids();
    let sure = proposals.sure.into_iter().map(|(found, words)| (found, words, None));
    let doubtful = proposals.doubtful.into_iter().map(|(found, doubt)| (found, Some(doubt), Some(Verdict::Ask)));
    let mut drafts = Vec::new();
    for (found, beside, verdict) in sure.chain(doubtful) {
        let Some(question) = opened.version.document.question(&found.question_id) else { continue };
        let may = opened.state.accepts_answer(&question.id, &reopened);
        let Some(mut draft) = draft(platform, opened, question, found, None, may)? else { continue };
        if draft.verdict.can_apply() {
            draft.verdict = verdict.unwrap_or(draft.verdict);
            draft.problem = beside;
        }
        drafts.push(draft);
    }
    drafts.extend(proposals.unknown.into_iter().map(of_no_question));
    drafts.sort_by_cached_key(|draft| row_of(&draft.place));
    Ok(drafts)
}

/// A cell's sheet and row: rows are shown as they stand in the workbook.
fn row_of(place: &str) -> (String, u32) {
    let (sheet, cell) = place.rsplit_once('!').unwrap_or(("", place));
    (sheet.to_owned(), cell.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0))
}

fn of_no_question(unknown: Unknown) -> Draft {
    Draft {
        problem: Some(Problem::new(unknown.cell.clone(), unknown.reason)),
        place: unknown.cell,
        label: unknown.text.chars().take(200).collect(),
        verdict: Verdict::Unknown,
        question: None,
        proposed: None,
        current: None,
        revision: 0,
    }
}

/// What one row would do; `None` where the workbook says nothing and nothing stands there.
fn draft(
    platform: &Platform,
    opened: &Opened,
    question: &Question,
    found: Found,
    made: Option<OffsetDateTime>,
    may: bool,
) -> Result<Option<Draft>> {
    let standing = opened.answers.get(&question.id);
    let revision = standing.map_or(0, |row| row.revision);
    let current = standing.map(said_in).transpose()?;
    let place = found.cell.clone();
    let base = |verdict, proposed: Option<Value>, problem| Draft {
        place: place.clone(),
        label: question.text.clone(),
        verdict,
        question: Some(question.id.clone()),
        proposed,
        current: current.as_ref().map(as_json),
        revision,
        problem,
    };
    let reply = match found.outcome {
        Ok(reply) => reply,
        Err(problem) => return Ok(Some(base(Verdict::Invalid, None, Some(problem)))),
    };
    let said = match checked(platform, question, Said { reply, comment: found.comment }) {
        Ok(said) => said,
        Err(problem) => return Ok(Some(base(Verdict::Invalid, None, Some(problem.moved_to(found.cell))))),
    };
    // A blank cell says nothing: it never takes an answer away.
    let before = current.clone().unwrap_or(Said { reply: None, comment: None });
    let said = Said { reply: said.reply.or(before.reply.clone()), comment: said.comment.or(before.comment.clone()) };
    if said == before {
        let blank = before.reply.is_none() && before.comment.is_none();
        return Ok((!blank).then(|| base(Verdict::Unchanged, Some(as_json(&said)), None)));
    }
    if !may {
        let problem = Problem::new(place.clone(), "question-not-open");
        return Ok(Some(base(Verdict::Invalid, Some(as_json(&said)), Some(problem))));
    }
    let verdict = match standing {
        None => Verdict::New,
        Some(_) if before.reply.is_none() && before.comment.is_none() => Verdict::New,
        // The moment in a workbook counts whole seconds: an answer of the same second was in it.
        Some(row) if made.is_some_and(|made| row.changed_at < made + time::Duration::seconds(1)) => Verdict::Changed,
        Some(_) => Verdict::Conflict,
    };
    Ok(Some(base(verdict, Some(as_json(&said)), None)))
}

fn as_json(said: &Said) -> Value {
    json!({ "reply": said.reply, "comment": said.comment })
}

fn from_json(value: &Value) -> Result<Said> {
    Ok(Said {
        reply: serde_json::from_value(value["reply"].clone())?,
        comment: serde_json::from_value(value["comment"].clone())?,
    })
}

/// Which rows are applied.
#[derive(Clone, Debug)]
pub enum Choice {
    /// Everything that is new or changed; no conflict.
    Safe,
    /// These rows: a conflict among them is decided for the workbook.
    Rows(BTreeSet<Uuid>),
}

/// Applies rows of a preview, all of them or none.
///
/// # Errors
/// [`AppError::Changed`], naming the questions, when one of them was answered since the preview; [`AppError::NotNow`]
/// when the import was applied already or the assessment takes no answers.
pub async fn apply(platform: &Platform, scope: VendorScope, id: ImportId, choice: &Choice) -> Result<usize> {
    whole(scope)?;
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let import = repo::imports::hold(act.tx(), &scope, id).await?.ok_or(AppError::NotFound)?;
    if import.state != "preview" {
        return Err(AppError::NotNow("applied"));
    }
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let rows: Vec<import_row::Model> = repo::imports::rows(act.tx(), &scope, id)
        .await?
        .into_iter()
        .filter(|row| match choice {
            Choice::Safe => matches!(row.verdict.as_str(), "new" | "changed"),
            Choice::Rows(chosen) => chosen.contains(&row.id) && Verdict::applies(&row.verdict),
        })
        .collect();
    if rows.is_empty() {
        return Err(Problem::new("rows", "nothing-to-apply").into());
    }
    let reopened = opened.reopened_ids();
    let mut replies = opened.replies.clone();
    let (mut writes, mut moved) = (Vec::new(), Vec::new());
    for row in &rows {
        let (Some(question), Some(proposed)) = (&row.question_id, &row.proposed) else { continue };
        if !opened.state.accepts_answer(question, &reopened) {
            return Err(AppError::NotNow(opened.state.name()));
        }
        let revision = opened.answers.get(question).map_or(0, |answer| answer.revision);
        if revision != row.current_revision {
            moved.push(question.clone());
        }
        if writes.iter().any(|write: &Write| write.question == *question) {
            return Err(Problem::new("rows", "two-rows-for-one-question").with("question", question).into());
        }
        let said = from_json(proposed)?;
        match &said.reply {
            Some(reply) => replies.insert(question.clone(), reply.clone()),
            None => replies.remove(question),
        };
        let source = json!({ "kind": "imported", "import": id, "cell": row.place });
        writes.push(Write { question: question.clone(), said, source, revision: revision + 1 });
    }
    if !moved.is_empty() {
        return Err(AppError::Changed(json!({ "questions": moved })));
    }
    let count = writes.len();
    let document = &opened.version.document;
    let progress = progress(document, &replies, &visibility(document, &replies, &profile_of(&opened.assessment)));
    store(&mut act, scope, (&opened.assessment, opened.state), writes, progress).await?;
    let applied: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    repo::imports::mark_applied(act.tx(), &scope, &applied, true).await?;
    let mut row = import.into_active_model();
    row.state = Set("applied".to_owned());
    row.applied_at = Set(Some(act.now));
    repo::imports::update(act.tx(), &scope, row).await?;
    let details = json!({ "import": id, "rows": count });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers_import.applied", subject, &details).await?;
    act.commit().await?;
    Ok(count)
}

/// Takes an applied import back. Answers that were changed since stay as they are; gives how many were put back, and how
/// many stayed.
///
/// # Errors
/// [`AppError::NotNow`] when it was not applied, or the assessment takes no answers any more.
pub async fn undo(platform: &Platform, scope: VendorScope, id: ImportId) -> Result<(usize, usize)> {
    whole(scope)?;
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let import = repo::imports::hold(act.tx(), &scope, id).await?.ok_or(AppError::NotFound)?;
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    if import.state != "applied" {
        return Err(AppError::NotNow("not_applied"));
    }
    if !opened.state.waits_for_vendor() {
        return Err(AppError::NotNow(opened.state.name()));
    }
    let reopened = opened.reopened_ids();
    let mut replies = opened.replies.clone();
    let (mut writes, mut stayed) = (Vec::new(), 0);
    for row in repo::imports::rows(act.tx(), &scope, id).await?.iter().filter(|row| row.applied) {
        let Some(question) = &row.question_id else { continue };
        let revision = opened.answers.get(question).map_or(0, |answer| answer.revision);
        if revision != row.current_revision + 1 || !opened.state.accepts_answer(question, &reopened) {
            stayed += 1;
            continue;
        }
        let said = row.current.as_ref().map(from_json).transpose()?.unwrap_or(Said { reply: None, comment: None });
        match &said.reply {
            Some(reply) => replies.insert(question.clone(), reply.clone()),
            None => replies.remove(question),
        };
        let source = json!({ "kind": "undone", "import": id });
        writes.push(Write { question: question.clone(), said, source, revision: revision + 1 });
    }
    let count = writes.len();
    if count > 0 {
        let document = &opened.version.document;
        let progress = progress(document, &replies, &visibility(document, &replies, &profile_of(&opened.assessment)));
        store(&mut act, scope, (&opened.assessment, opened.state), writes, progress).await?;
    }
    let mut row = import.into_active_model();
    row.state = Set("undone".to_owned());
    row.undone_at = Set(Some(act.now));
    repo::imports::update(act.tx(), &scope, row).await?;
    let details = json!({ "import": id, "put_back": count, "stayed": stayed });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers_import.undone", subject, &details).await?;
    act.commit().await?;
    Ok((count, stayed))
}
