//! Matching a workbook's answers to a template: what each question would get, from which cell, with what certainty, and
//! what is left over on both sides.
//!
//! Our own workbooks are read by their hidden ids ([`super::own`]). In a stranger's, a row asks a question of ours by its
//! id, by the same words, or by likeness, one row to one question over the whole table. What is not sure is asked.

mod assign;
#[cfg(test)]
mod calibration_tests;
mod certainty;
mod contradiction;
mod controls;
mod likeness;
mod pairing;
mod reply;
mod report;
#[cfg(test)]
mod stops_tests;
#[cfg(test)]
mod tests;
mod text;
mod thesaurus;

pub use certainty::Calibration;
pub use contradiction::contradicts;
pub use pairing::By;
pub use reply::{Fit, Reader};
pub use report::{
    Asked, CandidateQuestion, Contradiction, Matched, Matching, Reason, SkippedRow, Suggested, TemplateName,
    UnmatchedQuestion, UnmatchedRow,
};
pub use thesaurus::Thesaurus;

use super::grid::Workbook;
use super::inspect::{Inspection, Item, SheetReport};
use super::own::{Found, OwnAnswers, read_answers};
use super::vocabulary::Vocabulary;
use crate::answer::{Limits, Reply};
use crate::crosswalk::Crosswalk;
use crate::questionnaire::{Authored, Document};
use controls::{Controls, Shared};
use pairing::{Doubt, Likely, Paired, Questions, Row, SHOWN, Verdict, pair};
use std::collections::{BTreeMap, BTreeSet};

/// From this certainty on a row is proposed as matched.
pub const HIGH: f64 = 0.9;
/// From this certainty on a person is asked; below it a row is left unmatched.
pub const LOW: f64 = 0.2;
/// No suggestion from another questionnaire is surer than this: a person confirms each.
pub const SUGGESTED_AT_MOST: f64 = 0.85;
/// Questions that a row of another questionnaire is suggested for.
const SUGGESTED: usize = 5;

/// What matching goes by besides the workbook and the template.
#[derive(Clone, Copy, Debug)]
pub struct Knowledge<'a> {
    /// Words of answers.
    pub words: &'a Vocabulary,
    /// Words of questions.
    pub thesaurus: &'a Thesaurus,
    /// How likeness becomes certainty.
    pub calibration: &'a Calibration,
    /// Other frameworks, for workbooks that follow one of them.
    pub crosswalks: &'a BTreeMap<String, Crosswalk>,
    /// How long replies may be.
    pub limits: &'a Limits,
}

/// Says what each question of a template would get from a workbook. `inspection` is of the same workbook.
///
/// A workbook of ours whose marks cannot be read (damaged, or put together from several) is matched like a stranger's.
pub fn match_workbook(
    workbook: &Workbook,
    inspection: &Inspection,
    template: &Authored,
    knowledge: &Knowledge<'_>,
) -> Matching {
    let editions: Vec<Document> = template.languages.iter().map(|language| template.edition(language)).collect();
    let of_each = editions.iter().collect();
    let reader =
        Reader { editions: of_each, words: knowledge.words, limits: knowledge.limits, date_1904: workbook.date_1904 };
    let mut work = Work {
        ids: template.questions().map(|question| question.id.clone()).collect(),
        editions: &editions,
        reader,
        knowledge,
        own: BTreeMap::new(),
        result: Matching {
            file: inspection.file.clone(),
            sha256: inspection.sha256.clone(),
            template: TemplateName { key: template.key.clone(), version: template.version },
            made: None,
            matched: Vec::new(),
            asked: Vec::new(),
            contradictions: Vec::new(),
            suggested: Vec::new(),
            unmatched_questions: Vec::new(),
            unmatched_rows: Vec::new(),
            skipped: Vec::new(),
        },
    };
    let items: BTreeMap<&str, &Item> = inspection
        .sheets
        .iter()
        .flat_map(|sheet| sheet.items.iter().flatten())
        .map(|item| (item.cell.as_str(), item))
        .collect();
    if let Some(own) = own_answers(workbook, &editions, knowledge.limits) {
        work.own(own, &items);
    }
    work.strangers(inspection, template);
    work.skip(inspection);
    work.finish()
}

/// The answers of a workbook of ours, in the language in which most of it is unchanged.
fn own_answers(workbook: &Workbook, editions: &[Document], limits: &Limits) -> Option<OwnAnswers> {
    let read = editions.iter().filter_map(|edition| read_answers(workbook, edition, limits).ok());
    read.min_by_key(|own| {
        let changed = |found: &&Found| found.outcome.as_ref().is_err_and(|problem| problem.code == "question-changed");
        own.found.iter().filter(changed).count()
    })
}

struct Work<'a> {
    /// Question ids in the order of the template.
    ids: Vec<String>,
    editions: &'a [Document],
    reader: Reader<'a>,
    knowledge: &'a Knowledge<'a>,
    /// Questions that a hidden id names, with the cell.
    own: BTreeMap<String, String>,
    result: Matching,
}

impl Work<'_> {
    fn text_of(&self, question: &str) -> String {
        let question = self.editions.first().and_then(|edition| edition.question(question));
        question.map_or_else(String::new, |question| question.text.clone())
    }

    fn own(&mut self, own: OwnAnswers, items: &BTreeMap<&str, &Item>) {
        self.result.made = own.stamp.and_then(|stamp| stamp.made);
        for found in own.found {
            self.own.insert(found.question_id.clone(), found.cell.clone());
            let row = row_of(&found.cell);
            let item = items.get(found.cell.as_str());
            let text = item.map_or_else(|| self.text_of(&found.question_id), |item| item.question.clone());
            let reasons = vec![Reason { code: "hidden-id", detail: None }];
            match found.outcome {
                Err(problem) => {
                    let given = item.and_then(|item| item.answer.clone()).or(problem.with.get("given").cloned());
                    let said = (given.as_deref(), found.comment.as_deref());
                    let candidate = self.candidate(found.question_id, 1.0, said);
                    self.result.asked.push(Asked {
                        cell: found.cell,
                        row,
                        text,
                        given,
                        comment: found.comment,
                        answer: None,
                        options: candidate.options.clone(),
                        candidates: vec![candidate],
                        why: problem.code,
                        reasons,
                    });
                }
                Ok(reply) => {
                    let words = |reply: &Reply| self.in_words(&found.question_id, reply);
                    let given = reply
                        .as_ref()
                        .and_then(|reply| item.and_then(|item| item.answer.clone()).or_else(|| words(reply)));
                    self.place(Placed {
                        question: found.question_id,
                        cell: found.cell,
                        row,
                        text,
                        given,
                        comment: found.comment,
                        certainty: 1.0,
                        by: By::HiddenId,
                        reasons,
                        fit: reply.map_or(Fit::Blank, Fit::Reply),
                        candidates: Vec::new(),
                    });
                }
            }
        }
        // What stands in a row that is a question to whoever reads it is compared as such.
        for unknown in own.unknown.into_iter().filter(|unknown| !items.contains_key(unknown.cell.as_str())) {
            self.result.unmatched_rows.push(UnmatchedRow {
                row: row_of(&unknown.cell),
                cell: unknown.cell,
                id: None,
                text: String::new(),
                given: Some(unknown.text).filter(|text| !text.is_empty()),
                comment: None,
                why: unknown.reason,
            });
        }
    }

    fn in_words(&self, question: &str, reply: &Reply) -> Option<String> {
        let question = self.editions.first().and_then(|edition| edition.question(question))?;
        Some(reply.in_words(question)).filter(|words| !words.is_empty())
    }

    /// Rows that no hidden id names, against the questions that no hidden id answers.
    fn strangers(&mut self, inspection: &Inspection, template: &Authored) {
        let read: BTreeSet<String> = self.own.values().cloned().collect();
        let mut items: Vec<(&Item, &SheetReport)> = Vec::new();
        for sheet in &inspection.sheets {
            for item in sheet.items.iter().flatten().filter(|item| !read.contains(&item.cell)) {
                let own = item.id.as_ref().and_then(|id| self.own.get(id)).filter(|_| item.answer.is_none());
                match item.echo_of.as_ref().or(own) {
                    Some(home) => self.result.skipped.push(SkippedRow {
                        sheet: sheet.name.clone(),
                        row: item.row,
                        reason: format!("the question of {home} again"),
                    }),
                    None => items.push((item, sheet)),
                }
            }
        }
        let mut left = template.clone();
        for section in &mut left.sections {
            section.questions.retain(|question| !self.own.contains_key(&question.id));
        }
        let ids: Vec<String> = left.questions().map(|question| question.id.clone()).collect();
        let questions = Questions::of(&left);
        let said: Vec<String> = items
            .iter()
            .map(|(item, _)| [&item.answer, &item.comment].map(|text| text.as_deref().unwrap_or_default()).join("\n"))
            .collect();
        let rows: Vec<Row<'_>> = items
            .iter()
            .zip(&said)
            .map(|((item, _), said)| Row { id: item.id.as_deref(), text: &item.question, rest: said })
            .collect();
        let paired = pair(&rows, &questions, self.knowledge.thesaurus, self.knowledge.calibration);
        let controls = Controls::of(&left, self.knowledge.crosswalks, items.iter().map(|(item, _)| item.id.as_deref()));
        for ((item, sheet), paired) in items.into_iter().zip(paired) {
            self.row(item, sheet, &paired, &controls, &ids);
        }
    }

    /// A question that a row may ask, and what its answer would be to it.
    fn candidate(&self, question: String, certainty: f64, said: (Option<&str>, Option<&str>)) -> CandidateQuestion {
        let (answer, refused, options) = match self.reader.read(&question, said.0, said.1) {
            Fit::Reply(reply) => (Some(reply), None, Vec::new()),
            Fit::Blank => (None, None, Vec::new()),
            Fit::Ask { why, nearest } => (None, Some(why), nearest),
        };
        CandidateQuestion { question, certainty: shown(certainty), answer, refused, options, shared: Vec::new() }
    }

    fn row(&mut self, item: &Item, sheet: &SheetReport, paired: &Paired, controls: &Controls, ids: &[String]) {
        // A default that nobody chose is no answer.
        let given = item.answer.clone().filter(|_| !sheet.defaulted);
        let said = (given.as_deref(), item.comment.as_deref());
        let candidate = |likely: &Likely| self.candidate(ids[likely.question].clone(), likely.certainty, said);
        // Most rows are sure of their question, or of none: only for the others it matters what they would answer.
        let candidates = || -> Vec<CandidateQuestion> { paired.likely.iter().map(candidate).collect() };
        let reasons = |by: Option<By>| reasons(paired, by, item, ids);
        match &paired.verdict {
            Verdict::Match { likely, by } => {
                let question = ids[likely.question].clone();
                let fit = self.reader.read(&question, said.0, said.1);
                let candidates = if matches!(fit, Fit::Ask { .. }) { candidates() } else { Vec::new() };
                self.place(Placed {
                    question,
                    cell: item.cell.clone(),
                    row: item.row,
                    text: item.question.clone(),
                    given,
                    comment: item.comment.clone(),
                    certainty: shown(likely.certainty),
                    by: *by,
                    reasons: reasons(Some(*by)),
                    fit,
                    candidates,
                });
            }
            Verdict::Ask(doubt @ (Doubt::SeveralRows | Doubt::Taken | Doubt::IdDisagrees)) => {
                let why = match doubt {
                    Doubt::SeveralRows => "several-rows",
                    Doubt::Taken => "question-taken",
                    Doubt::IdDisagrees | Doubt::NotSure => "id-and-text-disagree",
                };
                let candidates = candidates();
                self.ask(item, given, candidates, why, reasons(None));
            }
            unsure @ (Verdict::Ask(Doubt::NotSure) | Verdict::None) => {
                let led = controls.of_row(item.id.as_deref(), sheet.family.as_deref());
                match led.and_then(|led| self.suggested(item, said.0, &candidates(), led, ids)) {
                    Some(suggested) => self.result.suggested.push(suggested),
                    None if *unsure == Verdict::None => self.result.unmatched_rows.push(UnmatchedRow {
                        cell: item.cell.clone(),
                        row: item.row,
                        id: item.id.clone(),
                        text: item.question.clone(),
                        given,
                        comment: item.comment.clone(),
                        why: "asks-something-else".to_owned(),
                    }),
                    None => {
                        let candidates = candidates();
                        self.ask(item, given, candidates, "not-sure", reasons(None));
                    }
                }
            }
        }
    }

    /// A row of another questionnaire: by the controls that it shares with our questions, and by what its text is like.
    /// None where its answer says nothing to any of them.
    fn suggested(
        &self,
        item: &Item,
        given: Option<&str>,
        alike: &[CandidateQuestion],
        (shared, by_way): (Vec<Shared>, String),
        ids: &[String],
    ) -> Option<Suggested> {
        let said = (given, item.comment.as_deref());
        let mut questions: Vec<CandidateQuestion> = alike.iter().filter(|one| one.certainty >= LOW).cloned().collect();
        for Shared { question, controls, certainty } in shared {
            match questions.iter_mut().find(|one| one.question == ids[question]) {
                Some(one) => {
                    // Two signs that know nothing of each other.
                    let both = 1.0 - (1.0 - one.certainty) * (1.0 - certainty);
                    one.certainty = shown(both.min(SUGGESTED_AT_MOST));
                    one.shared = controls;
                }
                None => {
                    let one = self.candidate(ids[question].clone(), certainty, said);
                    questions.push(CandidateQuestion { shared: controls, ..one });
                }
            }
        }
        questions.retain(|one| given.is_none() || one.answer.is_some() || !one.options.is_empty());
        let order: BTreeMap<&str, usize> = ids.iter().zip(0..).map(|(id, n)| (id.as_str(), n)).collect();
        questions.sort_by(|a, b| {
            b.certainty.total_cmp(&a.certainty).then(order[a.question.as_str()].cmp(&order[b.question.as_str()]))
        });
        questions.truncate(SUGGESTED);
        (!questions.is_empty()).then(|| Suggested {
            cell: item.cell.clone(),
            row: item.row,
            text: item.question.clone(),
            given: given.map(str::to_owned),
            comment: item.comment.clone(),
            questions,
            by_way,
        })
    }

    fn ask(
        &mut self,
        item: &Item,
        given: Option<String>,
        candidates: Vec<CandidateQuestion>,
        why: &str,
        reasons: Vec<Reason>,
    ) {
        let answer = candidates.first().and_then(|likely| likely.answer.clone());
        self.result.asked.push(Asked {
            cell: item.cell.clone(),
            row: item.row,
            text: item.question.clone(),
            given,
            comment: item.comment.clone(),
            answer,
            candidates,
            why: why.to_owned(),
            options: Vec::new(),
            reasons,
        });
    }

    /// A row whose question is sure: matched, or asked because of its answer, or a contradiction.
    fn place(&mut self, placed: Placed) {
        let against = match (&placed.given, &placed.comment) {
            (Some(given), Some(comment)) => contradicts(given, comment, self.knowledge.words),
            _ => None,
        };
        let Placed { question, cell, row, text, given, comment, certainty, by, reasons, fit, candidates } = placed;
        let reply = match fit {
            Fit::Reply(reply) => Some(reply),
            Fit::Blank => None,
            Fit::Ask { .. } if against.is_some() => None,
            Fit::Ask { why, nearest } => {
                let mut candidates = candidates;
                candidates.retain(|candidate| candidate.question != question);
                candidates.insert(0, self.candidate(question, certainty, (given.as_deref(), comment.as_deref())));
                candidates.truncate(SHOWN);
                let asked =
                    Asked { cell, row, text, given, comment, answer: None, candidates, why, options: nearest, reasons };
                return self.result.asked.push(asked);
            }
        };
        match against {
            Some(says) => self.result.contradictions.push(Contradiction {
                question,
                cell,
                row,
                text,
                answer: reply,
                given: given.unwrap_or_default(),
                comment: comment.unwrap_or_default(),
                says,
                certainty,
                by,
            }),
            None => self.result.matched.push(Matched {
                question,
                cell,
                answer: reply,
                text,
                given,
                comment,
                certainty,
                by,
                reasons,
            }),
        }
    }

    fn skip(&mut self, inspection: &Inspection) {
        // Something was filled in there, and it is told above.
        let told: BTreeSet<(&str, u32)> = self
            .result
            .unmatched_rows
            .iter()
            .filter_map(|left| Some((left.cell.rsplit_once('!')?.0, left.row)))
            .collect();
        let skipped = inspection.sheets.iter().flat_map(|sheet| sheet.skipped.iter().map(move |row| (sheet, row)));
        let skipped = skipped.filter(|(sheet, row)| !told.contains(&(sheet.name.as_str(), row.row)));
        let rows = skipped.map(|(sheet, row)| SkippedRow {
            sheet: sheet.name.clone(),
            row: row.row,
            reason: row.reason.clone(),
        });
        self.result.skipped.extend(rows.collect::<Vec<_>>());
    }

    fn finish(mut self) -> Matching {
        let asked = self.result.asked.iter().filter_map(|asked| asked.candidates.first());
        let spoken_for: BTreeSet<&str> = asked
            .map(|candidate| candidate.question.as_str())
            .chain(self.result.matched.iter().map(|matched| matched.question.as_str()))
            .chain(self.result.contradictions.iter().map(|contradiction| contradiction.question.as_str()))
            .collect();
        let left = self.ids.iter().filter(|id| !spoken_for.contains(id.as_str()));
        let left = left.map(|id| UnmatchedQuestion { question: id.clone(), text: self.text_of(id) }).collect();
        let order: BTreeMap<&str, usize> = self.ids.iter().zip(0..).map(|(id, n)| (id.as_str(), n)).collect();
        self.result.matched.sort_by_key(|matched| order.get(matched.question.as_str()).copied());
        self.result.unmatched_questions = left;
        self.result
    }
}

/// A row whose question is sure.
struct Placed {
    question: String,
    cell: String,
    row: u32,
    text: String,
    given: Option<String>,
    comment: Option<String>,
    certainty: f64,
    by: By,
    reasons: Vec<Reason>,
    fit: Fit,
    candidates: Vec<CandidateQuestion>,
}

fn reasons(paired: &Paired, by: Option<By>, item: &Item, ids: &[String]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match by {
        Some(By::HiddenId) => reasons.push(Reason { code: "hidden-id", detail: None }),
        Some(By::Id) => reasons.push(Reason { code: "same-id", detail: item.id.clone() }),
        Some(By::Text) => reasons.push(Reason { code: "same-words", detail: None }),
        Some(By::Similarity | By::Control) | None => {}
    }
    let Some(first) = paired.likely.first() else { return reasons };
    if let (Some(alike), false) = (first.likeness, by == Some(By::Text)) {
        reasons.push(Reason { code: "alike", detail: Some(format!("{alike:.2}")) });
    }
    let second = paired.likely.get(1).and_then(|second| Some((second, second.likeness?)));
    if let (Some((second, alike)), false) = (second, matches!(by, Some(By::Text | By::Id))) {
        let detail = format!("{} {alike:.2}", ids[second.question]);
        reasons.push(Reason { code: "next-best", detail: Some(detail) });
    }
    reasons
}

/// A certainty as it is shown: never more than it is.
fn shown(certainty: f64) -> f64 {
    (certainty * 1_000.0 + 1e-6).floor() / 1_000.0
}

/// The row of a cell's address.
fn row_of(cell: &str) -> u32 {
    let digits = cell.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    cell.get(digits..).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
