//! A questionnaire as a reader sees it: sections, questions, options, and when each is asked, in words.

mod conditions;

use super::render::Renderer;
use domain::questionnaire::{Choice, Document, Kind, Question};
use serde::Serialize;
use std::collections::HashMap;

/// How much of a questionnaire is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What the vendor will see.
    AsAsked,
    /// Weights, values, controls, tags and reasons too.
    Whole,
}

/// A section, as `partials/outline` reads it.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub intro: Option<String>,
    /// Its questions.
    pub questions: Vec<Asked>,
}

/// A question.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Asked {
    /// Its number, from 1.
    pub number: usize,
    /// Its id; empty where only what the vendor sees is shown.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// What kind of answer it takes.
    pub kind: String,
    /// It must be answered.
    pub required: bool,
    /// Why it is asked.
    pub why: Option<String>,
    /// Guidance.
    pub help: Option<String>,
    /// When it is asked, unless always.
    pub condition: Option<String>,
    /// The evidence that is looked for.
    pub evidence: Option<String>,
    /// Options of a choice.
    pub options: Vec<Valued>,
    /// Columns of a table.
    pub columns: Vec<Valued>,
    /// What it counts for, and what it speaks to: name and text.
    pub facts: Vec<(String, String)>,
}

/// An option or a column.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Valued {
    /// What is read.
    pub label: String,
    /// What is said beside it: the allowed entries of a column.
    pub note: Option<String>,
    /// What an answer is worth, 0 to 1.
    pub value: Option<String>,
}

/// The questionnaire's sections.
pub fn sections(renderer: &Renderer, document: &Document, detail: Detail) -> Vec<Section> {
    let numbers: HashMap<&str, usize> = document.questions().zip(1..).map(|(q, n)| (q.id.as_str(), n)).collect();
    let by_id = document.by_id();
    let writer = Writer { renderer, numbers, by_id, whole: detail == Detail::Whole };
    let section = |section: &domain::questionnaire::Section| Section {
        title: section.title.clone(),
        intro: section.intro.clone(),
        questions: section.questions.iter().map(|question| writer.question(question)).collect(),
    };
    document.sections.iter().map(section).collect()
}

struct Writer<'a> {
    renderer: &'a Renderer,
    numbers: HashMap<&'a str, usize>,
    by_id: std::collections::BTreeMap<&'a str, &'a Question>,
    whole: bool,
}

impl Writer<'_> {
    fn question(&self, question: &Question) -> Asked {
        let evidence = question.evidence.as_ref().map(|wanted| {
            let key = if wanted.expected { "outline.evidence_expected" } else { "outline.evidence_welcome" };
            self.renderer.text(key, &[("kinds", &wanted.kinds.join("; "))])
        });
        let valued = |option: &Choice| Valued {
            label: option.label.clone(),
            note: None,
            value: option.value.filter(|_| self.whole).map(|value| value.to_string()),
        };
        Asked {
            number: self.numbers.get(question.id.as_str()).copied().unwrap_or_default(),
            id: if self.whole { question.id.clone() } else { String::new() },
            text: question.text.clone(),
            kind: self.kind(question),
            required: question.required,
            why: question.why.clone(),
            help: question.help.clone(),
            condition: self.when(question),
            evidence,
            options: question.options().iter().map(valued).collect(),
            columns: self.columns(question),
            facts: if self.whole { self.facts(question) } else { Vec::new() },
        }
    }

    fn kind(&self, question: &Question) -> String {
        let word = self.renderer.text(&format!("outline.kind.{}", question.kind.name()), &[]);
        match &question.kind {
            Kind::Number { min, max, unit, .. } => {
                let bound = |value: &Option<f64>| value.map_or_else(|| "…".to_owned(), |value| value.to_string());
                let bounds = (min.is_some() || max.is_some()).then(|| format!("{} – {}", bound(min), bound(max)));
                [Some(word), bounds, unit.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
            Kind::Table { max_rows, .. } => {
                format!("{word}, {}", self.renderer.text("outline.rows_at_most", &[("most", max_rows)]))
            }
            Kind::Text { max_length: Some(most), .. } | Kind::LongText { max_length: Some(most), .. } => {
                format!("{word}, {}", self.renderer.text("outline.characters_at_most", &[("most", most)]))
            }
            _ => word,
        }
    }

    fn columns(&self, question: &Question) -> Vec<Valued> {
        let Kind::Table { columns, .. } = &question.kind else { return Vec::new() };
        let column = |column: &domain::questionnaire::Column| {
            let entries: Vec<&str> = column.options.iter().map(|option| option.label.as_str()).collect();
            let entries = (!entries.is_empty()).then(|| entries.join(" · "));
            let note = [column.help.clone(), entries].into_iter().flatten().collect::<Vec<_>>().join(" ");
            Valued { label: column.label.clone(), note: Some(note).filter(|note| !note.is_empty()), value: None }
        };
        columns.iter().map(column).collect()
    }

    fn facts(&self, question: &Question) -> Vec<(String, String)> {
        let mut facts = Vec::new();
        let mut fact = |key: &str, text: String| {
            if !text.is_empty() {
                facts.push((self.renderer.text(key, &[]), text));
            }
        };
        let weight = if question.weight > 0.0 {
            question.weight.to_string()
        } else {
            self.renderer.text("outline.unweighted", &[])
        };
        let because = question.weight_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        fact("outline.weight", weight + &because);
        fact("outline.controls", question.controls.join(", "));
        fact("outline.clauses", question.clauses.join(", "));
        fact("outline.tags", question.tags.join(", "));
        let instead = match (question.may_be_na, question.may_decline) {
            (true, true) => "",
            (false, true) => "outline.never_na",
            (true, false) => "outline.never_declined",
            (false, false) => "outline.always_answered",
        };
        if !instead.is_empty() {
            fact("outline.instead", self.renderer.text(instead, &[]));
        }
        fact("outline.values", self.values(question));
        fact("outline.poor", question.poor_answer.clone().unwrap_or_default());
        facts
    }

    /// What answers that are no choice are worth.
    fn values(&self, question: &Question) -> String {
        match &question.kind {
            Kind::Number { ranges, .. } => {
                let rule = |range: &domain::questionnaire::ValueRange| {
                    let low = range.at_least.map(|low| format!("≥ {low}"));
                    let high = range.below.map(|high| format!("< {high}"));
                    let bounds = [low, high].into_iter().flatten().collect::<Vec<_>>().join(", ");
                    format!("{bounds}: {}", range.value)
                };
                ranges.iter().map(rule).collect::<Vec<_>>().join("; ")
            }
            Kind::Text { given: Some(value), .. }
            | Kind::LongText { given: Some(value), .. }
            | Kind::Date { given: Some(value) }
            | Kind::Url { given: Some(value) }
            | Kind::File { given: Some(value) } => self.renderer.text("outline.worth_when_given", &[("value", value)]),
            _ => String::new(),
        }
    }

    /// When the question is asked, in words.
    fn when(&self, question: &Question) -> Option<String> {
        let words = conditions::Words { renderer: self.renderer, numbers: &self.numbers, by_id: &self.by_id };
        let roles = question.audience.iter().map(|role| self.renderer.text(&format!("outline.role.{role}"), &[]));
        let roles: Vec<String> = roles.collect();
        let roles = (!roles.is_empty())
            .then(|| self.renderer.text("outline.for_roles", &[("roles", &conditions::either(self.renderer, &roles))]));
        let condition = question.show_if.as_ref().map(|condition| words.condition(condition));
        let and = format!(" {} ", self.renderer.text("outline.and", &[]));
        let parts: Vec<String> = roles.into_iter().chain(condition).collect();
        (!parts.is_empty()).then(|| parts.join(&and))
    }
}

/// For samples in tests.
pub fn sample(text: &str) -> Vec<Section> {
    let valued = || Valued { label: text.into(), note: Some(text.into()), value: Some("0.5".into()) };
    let asked = Asked {
        number: 1,
        id: "Q-1".into(),
        text: text.into(),
        kind: "Table".into(),
        required: true,
        why: Some(text.into()),
        help: Some(text.into()),
        condition: Some(text.into()),
        evidence: Some(text.into()),
        options: vec![valued()],
        columns: vec![valued()],
        facts: vec![("Weight".into(), text.into())],
    };
    let bare = Asked { number: 2, text: text.into(), kind: "Text".into(), ..Asked::default() };
    vec![
        Section { title: text.into(), intro: Some(text.into()), questions: vec![asked, bare] },
        Section { title: text.into(), intro: None, questions: Vec::new() },
    ]
}
