//! The columns of a questionnaire by what they hold.

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
    /// The reply; several columns are one per option, marked.
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

impl ColumnRole {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Id,
        Self::Question,
        Self::Answer,
        Self::Comment,
        Self::Section,
        Self::Guidance,
        Self::Options,
        Self::Owner,
        Self::Evidence,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Comment => "comment",
            Self::Section => "section",
            Self::Guidance => "guidance",
            Self::Options => "options",
            Self::Owner => "owner",
            Self::Evidence => "evidence",
        }
    }

    /// The role of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Several columns of one table can have it: answers, one per option, and sections, one per level.
    pub fn several(self) -> bool {
        matches!(self, Self::Answer | Self::Section)
    }
}

/// The columns of a table by what they hold, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(BTreeMap<ColumnRole, Vec<u32>>);

impl Columns {
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
        self.set_all(role, column.into_iter().collect());
    }

    /// Gives a role these columns.
    pub(super) fn set_all(&mut self, role: ColumnRole, columns: Vec<u32>) {
        if columns.is_empty() {
            self.0.remove(&role);
        } else {
            self.0.insert(role, columns);
        }
    }

    /// Whether any role has this column.
    pub(super) fn uses(&self, column: u32) -> bool {
        self.0.values().any(|columns| columns.contains(&column))
    }
}
