//! What the columns under a header are for.

use super::headings::Headings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a column of a questionnaire holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// The question's id.
    Id,
    /// The question.
    Question,
    /// The reply.
    Answer,
    /// What is added to the reply.
    Comment,
    /// The heading that the question stands under; several columns are its levels.
    Section,
    /// How to answer.
    Guidance,
    /// What kind of reply is expected.
    Options,
    /// Who answers.
    Owner,
    /// What supports the reply.
    Evidence,
}

/// The columns of a table by what they hold, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(BTreeMap<ColumnRole, Vec<u32>>);

impl Columns {
    /// Reads the headings, by column.
    pub(super) fn assign(headings: &BTreeMap<u32, String>, words: &Headings) -> Self {
        let mut best: BTreeMap<ColumnRole, (u32, u32)> = BTreeMap::new();
        let mut sections = Vec::new();
        for (column, heading) in headings {
            let Some((role, fit)) = words.meaning(heading) else { continue };
            if role == ColumnRole::Section {
                sections.push(*column);
            } else if best.get(&role).is_none_or(|(_, known)| fit > *known) {
                best.insert(role, (*column, fit));
            }
        }
        let mut columns: BTreeMap<_, _> = best.into_iter().map(|(role, (column, _))| (role, vec![column])).collect();
        if !sections.is_empty() {
            columns.insert(ColumnRole::Section, sections);
        }
        Self(columns)
    }

    /// The first column of that role.
    pub fn of(&self, role: ColumnRole) -> Option<u32> {
        self.all(role).first().copied()
    }

    /// All columns of that role.
    pub fn all(&self, role: ColumnRole) -> &[u32] {
        self.0.get(&role).map_or(&[], Vec::as_slice)
    }

    /// Every role that has a column, with its columns.
    pub fn each(&self) -> impl Iterator<Item = (ColumnRole, &[u32])> {
        self.0.iter().map(|(role, columns)| (*role, columns.as_slice()))
    }

    /// Gives a role another column, or none.
    pub(super) fn set(&mut self, role: ColumnRole, column: Option<u32>) {
        match column {
            Some(column) => self.0.insert(role, vec![column]),
            None => self.0.remove(&role),
        };
    }

    /// Whether any role has this column.
    pub(super) fn uses(&self, column: u32) -> bool {
        self.0.values().any(|columns| columns.contains(&column))
    }
}
