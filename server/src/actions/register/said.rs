//! What an answered table said of an entry, as it is kept to recognise the entry again.

use domain::ids::{AssessmentId, EngagementId};
use domain::problem::Problem;
use domain::register::{Declared, Key, Source, Standing, Statement};
use entity::{component_source, register_proposal};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a row, or several that mean the same, said of an entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Said {
    /// By what the entry is recognised.
    pub key: Key,
    /// What it is called, also where no field says so.
    pub name: String,
    /// Its first row, from 1.
    pub row: usize,
    /// Field to what was said, and in which row.
    pub fields: BTreeMap<String, (String, usize)>,
}

impl Said {
    /// Of a declared entry: what no fact can hold is left out and reported.
    pub(super) fn of(entry: &Declared, problems: &mut Vec<Problem>) -> Self {
        let fields = entry.fields.iter().filter_map(|(field, stated)| match Statement::of_cell(field, &stated.text) {
            Ok(_) => Some(((*field).to_owned(), (stated.text.clone(), stated.row))),
            Err(problem) => {
                problems.push(problem.moved_to(format!("rows[{}].{field}", stated.row)));
                None
            }
        });
        Self {
            key: entry.key.clone(),
            name: entry.name.clone(),
            row: entry.rows.first().copied().unwrap_or(1),
            fields: fields.collect(),
        }
    }

    /// By field, without rows.
    pub(super) fn texts(&self) -> BTreeMap<String, String> {
        self.fields.iter().map(|(field, (text, _))| (field.clone(), text.clone())).collect()
    }

    /// What it says as statements, about these fields or about all; its name always among all.
    pub(super) fn statements(&self, origin: &Origin, only: Option<&str>) -> Vec<(Statement, Source)> {
        let mut found = Vec::new();
        let fields = self.fields.iter().filter(|(field, _)| only.is_none_or(|only| only == field.as_str()));
        for (field, (text, row)) in fields {
            let said = Statement::of_cell(field, text).unwrap_or_default();
            found.extend(said.into_iter().map(|said| (said, origin.at(Some(*row)))));
        }
        if only.is_none()
            && !self.fields.contains_key("name")
            && let Ok(name) = Statement::new("name", &self.name)
        {
            found.push((name, origin.at(Some(self.row))));
        }
        found
    }

    /// The fields that it speaks about.
    pub(super) fn spoken(&self) -> BTreeSet<&str> {
        self.fields.keys().map(String::as_str).chain(["name"]).collect()
    }

    /// For recognising it in the next submission.
    pub(super) fn standing(&self, row: &component_source::Model) -> Standing {
        Standing {
            component: domain::ids::ComponentId(row.component_id),
            key: self.key.clone(),
            fields: self.texts(),
            row: self.row,
            withdrawn: row.gone,
        }
    }
}

/// Which submission of which question speaks.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub engagement: EngagementId,
    pub assessment: AssessmentId,
    pub question: String,
    pub round: i64,
}

impl Origin {
    pub(super) fn of(row: &register_proposal::Model) -> Self {
        Self {
            engagement: EngagementId(row.engagement_id),
            assessment: AssessmentId(row.assessment_id),
            question: row.question_id.clone(),
            round: row.round,
        }
    }

    /// A row of the answered table, as a source.
    pub(super) fn at(&self, row: Option<usize>) -> Source {
        Source::Answer {
            engagement: self.engagement,
            assessment: self.assessment,
            question: self.question.clone(),
            round: self.round,
            row,
        }
    }

    /// What the source is known by.
    pub(super) fn key(&self) -> String {
        self.at(None).key()
    }
}
