//! Which rows of an import are looked at: by group, section, certainty and text. Pages and the API read it from the
//! same names in the address.

use crate::actions::answers_import::{Details, Group, Verdict};
use crate::actions::questionnaire::Opened;
use crate::error::Result;
use crate::web::query::address;
use domain::sheet::matching::HIGH;
use entity::import_row;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Below this certainty a row is in the lowest band.
const MIDDLE: f64 = 0.5;

/// How sure it is which question a row answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Band {
    /// 0.9 and more.
    High,
    /// From 0.5 on.
    Middle,
    /// Less.
    Low,
}

impl Band {
    pub(super) const ALL: [Self; 3] = [Self::High, Self::Middle, Self::Low];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Middle => "middle",
            Self::Low => "low",
        }
    }

    fn of(certainty: f64) -> Self {
        match certainty {
            sure if sure >= HIGH => Self::High,
            middle if middle >= MIDDLE => Self::Middle,
            _ => Self::Low,
        }
    }
}

/// What an address asks for. What it does not know there is as if it were not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// A group: `change`, `conflict`, `ask`, `suggestion`, `skipped` or `same`.
    pub show: String,
    /// A section of the questionnaire, by its id.
    pub section: String,
    /// How sure it is which question a row answers: `high` (0.9 and more), `middle` (from 0.5 on) or `low`.
    pub sure: String,
    /// Words in the row's cell, question or answer.
    pub q: String,
    /// `surest`: of several rows for one question the surest alone, and none where two are equally sure.
    pub of: String,
}

/// A row with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub row: import_row::Model,
    pub details: Details,
    pub verdict: Verdict,
}

impl Known {
    /// Rows as the database holds them.
    ///
    /// # Errors
    /// When it holds something else than this program wrote.
    pub fn of(rows: Vec<import_row::Model>) -> Result<Vec<Self>> {
        let one = |row: import_row::Model| {
            let verdict = Verdict::named(&row.verdict).unwrap_or(Verdict::Unknown);
            Ok(Self { details: Details::of(&row)?, verdict, row })
        };
        rows.into_iter().map(one).collect()
    }

    /// It can be applied as it stands: it has a reply, and is not applied yet.
    pub fn is_ready(&self) -> bool {
        self.verdict.can_apply() && self.row.proposed.is_some() && !self.row.applied
    }
}

impl Filter {
    /// The group that is shown; none where all are.
    pub fn group(&self) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.name() == self.show)
    }

    /// The rows that it keeps, in the order in which they are looked through: as in the file, and what a person has to
    /// choose between side by side, by question.
    pub fn kept<'a>(&self, rows: &'a [Known], opened: &Opened) -> Vec<&'a Known> {
        let sections: BTreeMap<&str, &str> = opened
            .version
            .document
            .sections
            .iter()
            .flat_map(|section| section.questions.iter().map(|question| (question.id.as_str(), section.id.as_str())))
            .collect();
        let words = self.q.trim().to_lowercase();
        let surest = self.surest(rows);
        let mut kept: Vec<&Known> = rows
            .iter()
            .filter(|known| self.group().is_none_or(|group| known.verdict.group() == group))
            .filter(|known| {
                let section = known.row.question_id.as_deref().and_then(|id| sections.get(id).copied());
                self.section.is_empty() || section == Some(self.section.as_str())
            })
            .filter(|known| {
                let band = known.details.certainty.map(Band::of);
                let wanted = Band::ALL.into_iter().find(|band| band.name() == self.sure);
                wanted.is_none() || band == wanted
            })
            .filter(|known| surest.as_ref().is_none_or(|surest| surest.contains(&known.row.id)))
            .filter(|known| words.is_empty() || says(known, opened, &words))
            .collect();
        if matches!(self.group(), Some(Group::Ask | Group::Suggestion)) {
            let places: BTreeMap<&str, usize> =
                opened.version.document.questions().map(|question| question.id.as_str()).zip(0..).collect();
            let place = |known: &&Known| {
                let question = known.row.question_id.as_deref().and_then(|id| places.get(id).copied());
                (question.unwrap_or(usize::MAX), known.row.position)
            };
            kept.sort_by_key(place);
        }
        kept
    }

    /// Of each question's rows the surest, by their ids.
    fn surest(&self, rows: &[Known]) -> Option<BTreeSet<Uuid>> {
        if self.of != "surest" {
            return None;
        }
        let mut best: BTreeMap<&str, (f64, Option<Uuid>)> = BTreeMap::new();
        for known in rows.iter().filter(|known| known.verdict.can_apply()) {
            let (Some(question), Some(sure)) = (known.row.question_id.as_deref(), known.details.certainty) else {
                continue;
            };
            let (most, row) = best.entry(question).or_insert((-1.0, None));
            if sure > *most {
                (*most, *row) = (sure, Some(known.row.id));
            } else if sure >= *most {
                *row = None;
            }
        }
        Some(best.into_values().filter_map(|(_, row)| row).collect())
    }

    /// Something beside the group narrows what is shown.
    pub fn narrows(&self) -> bool {
        [&self.section, &self.sure, &self.q, &self.of].into_iter().any(|value| !value.trim().is_empty())
    }

    /// Its names and values, as an address or a form carries them.
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all =
            [("show", &self.show), ("section", &self.section), ("sure", &self.sure), ("q", &self.q), ("of", &self.of)];
        all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.as_str())).collect()
    }

    /// The address of a path with it.
    pub fn address(&self, path: &str) -> String {
        address(path, self.pairs())
    }
}

/// The words stand in the row's cell, its question as the file or ours words it, or its answer.
fn says(known: &Known, opened: &Opened, words: &str) -> bool {
    let details = &known.details;
    let question = known.row.question_id.as_deref().and_then(|id| opened.version.document.question(id));
    let texts = [Some(known.row.place.as_str()), Some(known.row.label.as_str()), known.row.question_id.as_deref()];
    let theirs = [&details.text, &details.given, &details.comment].map(|text| text.as_deref());
    let ours = question.map(|question| question.text.as_str());
    texts.into_iter().chain(theirs).chain([ours]).flatten().any(|text| text.to_lowercase().contains(words))
}
