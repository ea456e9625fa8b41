//! Rows of a preview become answers: those that are sure, or those that a person chose, each for the question that the
//! person chose for it.

use super::details::Details;
use super::provenance::kept;
use super::{Verdict, as_json, from_json, reading, whole};
use crate::actions::parties::contact_name;
use crate::actions::questionnaire::{Opened, profile_of, progress};
use crate::actions::save_answer::{Said, Write, checked, said_in, store};
use crate::actions::{Act, Actor};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::workbook::words;
use crate::repo::{self, VendorScope};
use domain::answer::{Limits, Reply, visibility};
use domain::ids::ImportId;
use domain::problem::{Problem, Problems};
use domain::questionnaire::{Kind, Question};
use domain::sheet::Vocabulary;
use domain::sheet::matching::Fit;
use entity::{import, import_row};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Which rows are applied.
#[derive(Clone, Debug)]
pub enum Choice {
    /// Everything that is new or changed; no conflict, nothing that is asked, no suggestion.
    Safe,
    /// These rows: a conflict among them is decided for the workbook.
    Rows(BTreeMap<Uuid, Pick>),
}

/// What a person chose for a row; with nothing in it, the row is taken as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pick {
    /// The question that the row answers.
    pub question: Option<String>,
    /// The option of it that the row's answer means.
    pub option: Option<String>,
    /// Revision of the answer that the person saw there; 0 for none.
    pub revision: Option<i64>,
}

/// A row on its way into the answers.
struct Taken {
    row: import_row::Model,
    details: Details,
    question: String,
    said: Said,
    before: Said,
    /// The revision that the answer has now, and what the person saw.
    revision: i64,
    /// The workbook was not sure of this question, or did not name it: a person chose it.
    chosen: bool,
}

/// Applies rows of an import, all of them or none. Rows that it left can be applied later.
///
/// # Errors
/// [`AppError::Changed`], naming the questions, when one of them was answered since the preview; what is wrong with the
/// choice, at the ids of its rows; [`AppError::NotNow`] when the rows were applied already, the import was undone or the
/// assessment takes no answers.
pub async fn apply(platform: &Platform, scope: VendorScope, id: ImportId, choice: &Choice) -> Result<usize> {
    whole(scope)?;
    let mut act = Act::begin(platform).await?;
    let assessment = repo::assessments::hold(act.tx(), &scope, scope.assessment).await?.ok_or(AppError::NotFound)?;
    let import = repo::imports::hold(act.tx(), &scope, id).await?.ok_or(AppError::NotFound)?;
    if import.state == "undone" {
        return Err(AppError::NotNow("undone"));
    }
    let opened = Opened::around(platform, act.tx(), &scope, assessment).await?;
    let rows = repo::imports::rows(act.tx(), &scope, id).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let date_1904 = import.settings["date_1904"] == true;
    let desk = Desk { platform, opened: &opened, words: &words, limits: platform.config.limits.answer(), date_1904 };
    let taken = desk.taken(chosen(rows, choice, &import)?)?;

    let by = contact_name(act.tx(), scope, scope.contact).await?.unwrap_or_default();
    let at = act.now.format(&Rfc3339).map_err(AppError::internal)?;
    let mut replies = opened.replies.clone();
    let mut writes = Vec::new();
    for one in &taken {
        match &one.said.reply {
            Some(reply) => replies.insert(one.question.clone(), reply.clone()),
            None => replies.remove(&one.question),
        };
        let previous = opened.answers.get(&one.question).map(|answer| &answer.source);
        let source = kept(previous, source(&import, one, &by, &at));
        let (question, said) = (one.question.clone(), one.said.clone());
        writes.push(Write { question, said, source, revision: one.revision + 1 });
    }
    let count = writes.len();
    let document = &opened.version.document;
    let progress = progress(document, &replies, &visibility(document, &replies, &profile_of(&opened.assessment)));
    store(&mut act, scope, (&opened.assessment, opened.state), writes, progress).await?;
    let mut as_they_stood = Vec::new();
    for one in taken {
        let said = Some(as_json(&one.said));
        if !one.chosen && one.row.proposed == said {
            as_they_stood.push(one.row.id);
            continue;
        }
        let mut row = one.row.into_active_model();
        row.question_id = Set(Some(one.question));
        row.proposed = Set(said);
        row.current = Set(Some(as_json(&one.before)));
        row.current_revision = Set(one.revision);
        row.applied = Set(true);
        repo::imports::update_row(act.tx(), &scope, row).await?;
    }
    repo::imports::mark_applied(act.tx(), &scope, &as_they_stood, true).await?;
    let mut row = import.into_active_model();
    row.state = Set("applied".to_owned());
    row.applied_at = Set(Some(act.now));
    repo::imports::update(act.tx(), &scope, row).await?;
    let details = json!({ "import": id, "rows": count });
    let subject = ("assessment", scope.assessment.0);
    act.record(&scope, Actor::Contact(scope.contact), "answers_import.applied", subject, &details);
    act.commit().await?;
    Ok(count)
}

/// The rows that are to be applied, each with what was chosen for it.
fn chosen(
    rows: Vec<import_row::Model>,
    choice: &Choice,
    import: &import::Model,
) -> Result<Vec<(import_row::Model, Pick)>> {
    let applied = import.state == "applied";
    let picked: Vec<(import_row::Model, Pick)> = match choice {
        Choice::Safe => {
            let safe = rows.into_iter().filter(|row| matches!(row.verdict.as_str(), "new" | "changed"));
            safe.map(|row| (row, Pick::default())).collect()
        }
        Choice::Rows(picks) => {
            let known = rows.iter().filter(|row| picks.contains_key(&row.id)).count();
            if known < picks.len() {
                // The workbook was read anew meanwhile, and its rows with it.
                return Err(Problem::new("rows", "rows-are-gone").into());
            }
            rows.into_iter().filter_map(|row| picks.get(&row.id).cloned().map(|pick| (row, pick))).collect()
        }
    };
    let any = !picked.is_empty();
    let left: Vec<_> = picked.into_iter().filter(|(row, _)| !row.applied).collect();
    match (left.is_empty(), applied && (any || matches!(choice, Choice::Safe))) {
        (false, _) => Ok(left),
        (true, true) => Err(AppError::NotNow("applied")),
        (true, false) => Err(Problem::new("rows", "nothing-to-apply").into()),
    }
}

/// What rows are taken with.
struct Desk<'a> {
    platform: &'a Platform,
    opened: &'a Opened,
    words: &'a Vocabulary,
    limits: Limits,
    date_1904: bool,
}

impl Desk<'_> {
    /// Every row with its question and reply; all that is wrong with the choice at once.
    fn taken(&self, rows: Vec<(import_row::Model, Pick)>) -> Result<Vec<Taken>> {
        let reopened = self.opened.reopened_ids();
        let (mut all, mut problems, mut moved) = (Vec::new(), Vec::new(), Vec::new());
        for (row, pick) in rows {
            let id = row.id;
            match self.one(row, &pick)? {
                Err(problem) => problems.push(problem.moved_to(id.to_string())),
                Ok((one, seen)) => {
                    if !self.opened.state.accepts_answer(&one.question, &reopened) {
                        return Err(AppError::NotNow(self.opened.state.name()));
                    }
                    if one.revision != seen {
                        moved.push(one.question.clone());
                    }
                    all.push(one);
                }
            }
        }
        let mut of_question: BTreeMap<&str, Vec<&Taken>> = BTreeMap::new();
        for one in &all {
            of_question.entry(&one.question).or_default().push(one);
        }
        for (question, several) in of_question.iter().filter(|(_, several)| several.len() > 1) {
            for one in several {
                let others = several.iter().filter(|other| other.row.id != one.row.id);
                let cells: Vec<&str> = others.map(|other| other.row.place.as_str()).collect();
                let problem = Problem::new(one.row.id.to_string(), "two-rows-for-one-question");
                problems.push(problem.with("question", question).with("cells", cells.join(", ")));
            }
        }
        if !moved.is_empty() {
            return Err(AppError::Changed(json!({ "questions": moved })));
        }
        Ok(Problems::none_or(problems, all)?)
    }

    /// One row, and the revision of the answer that whoever chose it saw; or what is wrong with the choice.
    fn one(&self, row: import_row::Model, pick: &Pick) -> Result<Result<(Taken, i64), Problem>> {
        let details = Details::of(&row)?;
        let refuse = |code: &str| Ok(Err(Problem::new("", code)));
        let Some(id) = pick.question.as_ref().or(row.question_id.as_ref()) else { return refuse("choose-a-question") };
        let Some(question) = self.opened.version.document.question(id).filter(|found| self.opened.reaches(&found.id))
        else {
            return refuse("no-such-question");
        };
        let as_it_stands = row.question_id.as_ref() == Some(id) && pick.option.is_none();
        let verdict = Verdict::named(&row.verdict);
        let (standing, id) = (self.opened.answers.get(id), id.clone());
        let before = standing.map(said_in).transpose()?.unwrap_or_default();
        let said = match row.proposed.as_ref().filter(|_| as_it_stands && verdict.is_some_and(Verdict::can_apply)) {
            Some(proposed) => from_json(proposed)?,
            None if !details.says_something() => return refuse("nothing-to-apply"),
            None => {
                let reply = match self.reply(question, &details, pick) {
                    Ok(reply) => reply,
                    Err(problem) => return Ok(Err(problem)),
                };
                let said = Said { reply, comment: details.comment.clone() };
                match checked(self.platform, question, said) {
                    Ok(said) => said.over(&before),
                    Err(problem) => return Ok(Err(problem)),
                }
            }
        };
        let revision = standing.map_or(0, |answer| answer.revision);
        let known = details.candidates.iter().find(|candidate| candidate.question == id);
        let named = row.question_id.as_ref() == Some(&id);
        let seen = pick.revision.or(named.then_some(row.current_revision)).or(known.map(|known| known.revision));
        let stands = before.reply.is_some() || before.comment.is_some();
        let Some(seen) = seen.or((!stands).then_some(revision)) else {
            // Whoever named the question did not see that it is answered.
            return Ok(Err(Problem::new("", "answered-already").with("question", &id)));
        };
        let chosen = !named || !matches!(verdict, Some(Verdict::New | Verdict::Changed | Verdict::Conflict));
        Ok(Ok((Taken { row, details, question: id, said, before, revision, chosen }, seen)))
    }

    /// What the row's answer is as a reply to a question, with the option that was chosen for it.
    fn reply(&self, question: &Question, details: &Details, pick: &Pick) -> Result<Option<Reply>, Problem> {
        if let Some(option) = pick.option.clone() {
            return Ok(Some(match question.kind {
                Kind::Multiple { .. } => Reply::Choices { options: [option].into() },
                _ => Reply::Choice { option },
            }));
        }
        let reader = reading(self.words, &self.limits, &self.opened.whole, self.date_1904);
        match reader.read(&question.id, details.given.as_deref(), details.comment.as_deref()) {
            Fit::Reply(reply) => Ok(Some(reply)),
            Fit::Blank => Ok(None),
            Fit::Ask { why, .. } => {
                let given = details.given.as_deref().unwrap_or_default();
                Err(Problem::new("", why).with("given", given))
            }
        }
    }
}

/// Where an answer came from: the file, the cell and its words, how the question was found, and who took it over.
fn source(import: &import::Model, one: &Taken, by: &str, at: &str) -> Value {
    let details = &one.details;
    let known = details.candidates.iter().find(|candidate| candidate.question == one.question);
    let named = one.row.question_id.as_ref() == Some(&one.question);
    let certainty = known.map(|known| known.certainty).or(details.certainty.filter(|_| named));
    let matched_by = if named || known.is_some() { details.by.as_deref() } else { Some("person") };
    json!({
        "kind": "imported", "import": import.id, "file": import.file_name, "sha256": import.sha256,
        "file_date": import.settings["saved_on"], "cell": one.row.place, "question": details.text,
        "answer": details.given, "comment": details.comment, "certainty": certainty, "by": matched_by,
        "shared": details.shared, "by_way": details.by_way, "chosen": one.chosen, "confirmed_by": by, "confirmed_at": at,
    })
}
