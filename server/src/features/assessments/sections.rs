//! What a submission says, section by section, as a reviewer reads it.

use super::views::answers::{Evidence, Given, Hidden, Section, Table};
use crate::actions::submit::{Snapshot, SnapshotAnswer};
use crate::web::provenance::origins;
use crate::web::question::anchor;
use crate::web::render::Renderer;
use crate::web::reply::{in_words, label};
use domain::answer::{Profile, Reply, Visibility, iso_date, visibility};
use domain::ids::AssessmentId;
use domain::questionnaire::{Document, Kind, Question};
use entity::evidence;
use std::collections::{BTreeMap, HashMap};

/// What a submission is read from.
pub(super) struct Reading<'a> {
    pub(super) renderer: &'a Renderer,
    pub(super) id: AssessmentId,
    pub(super) document: &'a Document,
    pub(super) profile: &'a Profile,
    pub(super) snapshot: &'a Snapshot,
    /// The submission before it.
    pub(super) before: Option<&'a Snapshot>,
    /// Files that there ever were.
    pub(super) files: &'a [evidence::Model],
    /// What was asked back before this submission, with the notes.
    pub(super) asked: &'a BTreeMap<String, Option<String>>,
}

impl Reading<'_> {
    /// The questions that were asked, section by section, and those that were not.
    pub(super) fn read(&self) -> (Vec<Section>, Vec<Hidden>) {
        let shown = self.visibility();
        let said = by_question(self.snapshot);
        let before = self.before.map(by_question).unwrap_or_default();
        let numbers: HashMap<&str, usize> =
            self.document.questions().zip(1..).map(|(q, n)| (q.id.as_str(), n)).collect();
        let number = |id: &str| numbers.get(id).copied().unwrap_or_default();
        let (mut sections, mut hidden) = (Vec::new(), Vec::new());
        for section in &self.document.sections {
            let mut answers = Vec::new();
            for question in &section.questions {
                if let Some(by) = shown.hidden.get(&question.id) {
                    let by: Vec<String> = by.iter().map(|id| number(id).to_string()).collect();
                    let because = self.renderer.text("assessments.answers.hidden_by", &[("questions", &by.join(", "))]);
                    hidden.push(Hidden { number: number(&question.id), text: question.text.clone(), because });
                } else {
                    let id = question.id.as_str();
                    let was = before.get(id).copied();
                    answers.push(self.given(question, number(id), said.get(id).copied(), was));
                }
            }
            if !answers.is_empty() {
                sections.push(Section { title: section.title.clone(), answers });
            }
        }
        (sections, hidden)
    }

    fn visibility(&self) -> Visibility {
        let replies = self.snapshot.answers.iter();
        let replies = replies.filter_map(|answer| Some((answer.question.clone(), answer.reply.clone()?))).collect();
        visibility(self.document, &replies, self.profile)
    }

    fn given(
        &self,
        question: &Question,
        number: usize,
        said: Option<&SnapshotAnswer>,
        before: Option<&SnapshotAnswer>,
    ) -> Given {
        let reply = said.and_then(|answer| answer.reply.as_ref());
        let files = said.map(|answer| answer.evidence.as_slice()).unwrap_or_default();
        let wants = question.evidence.as_ref().is_some_and(|wanted| wanted.expected);
        let is_given =
            reply.is_some_and(|reply| !matches!(reply, Reply::Declined { .. } | Reply::NotApplicable { .. }));
        let (mut lines, mut table, mut url) = (Vec::new(), None, None);
        match (reply, &question.kind) {
            (Some(Reply::Choices { options }), _) => {
                let chosen = question.options().iter().filter(|option| options.contains(&option.id));
                lines = chosen.map(|option| option.label.clone()).collect();
            }
            (Some(Reply::Table { rows }), Kind::Table { columns, .. }) => {
                let cell = |row: &BTreeMap<String, String>, column: &domain::questionnaire::Column| {
                    row.get(&column.id).map(|cell| label(column, cell).to_owned()).unwrap_or_default()
                };
                table = Some(Table {
                    columns: columns.iter().map(|column| column.label.clone()).collect(),
                    rows: rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect(),
                });
            }
            (Some(Reply::Url { url: given }), _) => url = Some(given.clone()),
            // That it does not apply, or is declined, stands beside: here stands why.
            (Some(Reply::NotApplicable { reason }), _) => lines.push(reason.clone()),
            (Some(Reply::Declined { reason }), _) => lines.extend(reason.clone()),
            (Some(reply), _) => lines.push(in_words(self.renderer, question, reply)),
            (None, _) => {}
        }
        let was =
            before.filter(|before| said.is_none_or(|now| now.reply != before.reply || now.comment != before.comment));
        Given {
            number,
            id: question.id.clone(),
            anchor: anchor(&question.id),
            text: question.text.clone(),
            stand: match reply {
                None => "none",
                Some(Reply::Declined { .. }) => "declined",
                Some(Reply::NotApplicable { .. }) => "not_applicable",
                Some(_) => "given",
            },
            lines,
            worded: matches!(reply, Some(Reply::Choice { .. } | Reply::Choices { .. })),
            table,
            url,
            comment: said.and_then(|answer| answer.comment.clone()),
            origins: self
                .snapshot
                .sources
                .get(&question.id)
                .map(|source| origins(self.renderer, source))
                .unwrap_or_default(),
            evidence: files.iter().map(|file| self.file(question, file)).collect(),
            lacks_evidence: wants && is_given && files.is_empty(),
            asked_back: self.asked.get(&question.id).map(|note| note.clone().unwrap_or_default()),
            before: was.map(|before| self.before_words(question, before)),
        }
    }

    fn before_words(&self, question: &Question, before: &SnapshotAnswer) -> String {
        let reply = match &before.reply {
            None => self.renderer.text("assessments.answers.none", &[]),
            Some(reply) => in_words(self.renderer, question, reply),
        };
        match &before.comment {
            Some(comment) => format!("{reply} ({comment})"),
            None => reply,
        }
    }

    fn file(&self, question: &Question, file: &crate::actions::submit::SnapshotEvidence) -> Evidence {
        let kept = self
            .files
            .iter()
            .find(|row| row.question_id == question.id && row.sha256 == file.sha256 && row.file_name == file.file_name);
        let size = kept.map(|row| bytes(row.size)).unwrap_or_default();
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("date", &iso_date::write(file.effective_on)), ("size", &size)];
        Evidence {
            href: kept.map(|row| format!("/assessments/{}/evidence/{}", self.id, row.id)),
            file: file.file_name.clone(),
            about: self.renderer.text("assessments.answers.evidence_about", &values),
        }
    }
}

fn by_question(snapshot: &Snapshot) -> HashMap<&str, &SnapshotAnswer> {
    snapshot.answers.iter().map(|answer| (answer.question.as_str(), answer)).collect()
}

fn bytes(size: i64) -> String {
    match size {
        ..1024 => format!("{size} B"),
        1024..1_048_576 => format!("{} KB", size / 1024),
        _ => format!("{:.1} MB", size as f64 / 1_048_576.0),
    }
}
