//! What a version says, taken apart: every place with its value. Each type is taken apart field by field, so that a field
//! that is added does not compile until somebody decides what a change of it means.

use super::super::{Authored, Choice, Column, Document, EvidenceWanted, Kind, Question, Section, Text, ValueRange};
use super::Aspect;
use std::collections::BTreeMap;

/// A place where a version says something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Facet {
    pub(super) aspect: Aspect,
    pub(super) part: &'static str,
    pub(super) of: Option<String>,
    pub(super) language: Option<String>,
}

/// What is said at each place, and in which order things with ids stand.
#[derive(Debug)]
pub(super) struct Facets {
    written_in: String,
    pub(super) said: BTreeMap<Facet, String>,
    pub(super) order: BTreeMap<(&'static str, Option<String>), Vec<String>>,
}

impl Facets {
    fn of(document: &Authored) -> Self {
        Self { written_in: document.written_in().to_owned(), said: BTreeMap::new(), order: BTreeMap::new() }
    }

    /// What belongs to no question.
    pub(super) fn of_document(document: &Authored) -> Self {
        let mut facets = Self::of(document);
        let Document {
            format: _,
            key,
            version: _,
            title,
            summary,
            languages,
            minutes,
            licence,
            roles_question,
            sections,
        } = document;
        facets.say(Aspect::Annotated, "key", None, key);
        facets.words("title", None, title);
        facets.words("summary", None, summary);
        facets.say(Aspect::Reworded, "languages", None, &languages.join(", "));
        facets.say(Aspect::Annotated, "minutes", None, &minutes.to_string());
        facets.maybe(Aspect::Annotated, "licence", None, licence.as_ref());
        facets.maybe(Aspect::Rerouted, "roles-question", None, roles_question.as_ref());
        for section in sections {
            let Section { id, title, intro, questions: _ } = section;
            facets.words("section-title", Some(id), title);
            if let Some(intro) = intro {
                facets.words("section-intro", Some(id), intro);
            }
        }
        facets.order.insert(("section-order", None), sections.iter().map(|section| section.id.clone()).collect());
        facets
    }

    /// What a question says, and in which section it stands.
    pub(super) fn of_question(document: &Authored, section: &str, question: &Question<Text>) -> Self {
        let mut facets = Self::of(document);
        let Question {
            id: _,
            text,
            kind,
            required,
            why,
            help,
            weight,
            weight_reason,
            controls,
            clauses,
            domain,
            audience,
            tags,
            may_be_na,
            may_decline,
            evidence,
            show_if,
            poor_answer,
        } = question;
        facets.words("text", None, text);
        for (part, words) in [("why", why), ("help", help)] {
            if let Some(words) = words {
                facets.words(part, None, words);
            }
        }
        facets.say(Aspect::Rescored, "weight", None, &weight.to_string());
        for (part, list) in [("controls", controls), ("clauses", clauses), ("tags", tags)] {
            facets.list(Aspect::Rescored, part, list);
        }
        facets.maybe(Aspect::Annotated, "domain", None, domain.as_ref());
        facets.say(Aspect::Rerouted, "section", None, section);
        facets.flag(Aspect::Rerouted, "required", None, *required);
        facets.list(Aspect::Rerouted, "audience", &audience.iter().map(ToString::to_string).collect::<Vec<_>>());
        facets.maybe(Aspect::Rerouted, "show-if", None, show_if.as_ref());
        facets.flag(Aspect::Retyped, "may-be-na", None, *may_be_na);
        facets.flag(Aspect::Retyped, "may-decline", None, *may_decline);
        facets.maybe(Aspect::Annotated, "weight-reason", None, weight_reason.as_ref());
        facets.maybe(Aspect::Annotated, "poor-answer", None, poor_answer.as_ref());
        if let Some(EvidenceWanted { expected, kinds }) = evidence {
            facets.flag(Aspect::Rescored, "evidence-expected", None, *expected);
            for (n, kind) in kinds.iter().enumerate() {
                facets.words("evidence-kind", Some(&(n + 1).to_string()), kind);
            }
        }
        facets.kind(kind);
        facets
    }

    fn kind(&mut self, kind: &Kind<Text>) {
        self.say(Aspect::Retyped, "type", None, kind.name());
        match kind {
            Kind::Single { options } | Kind::Multiple { options } => self.options("option", None, options),
            Kind::Text { given, max_length } | Kind::LongText { given, max_length } => {
                self.maybe(Aspect::Rescored, "given", None, given.as_ref());
                self.maybe(Aspect::Retyped, "max-length", None, max_length.as_ref());
            }
            Kind::Number { min, max, unit, ranges } => {
                self.maybe(Aspect::Retyped, "min", None, min.as_ref());
                self.maybe(Aspect::Retyped, "max", None, max.as_ref());
                if let Some(unit) = unit {
                    self.words("unit", None, unit);
                }
                self.list(Aspect::Rescored, "ranges", &ranges.iter().map(range).collect::<Vec<_>>());
            }
            Kind::Date { given } | Kind::Url { given } | Kind::File { given } => {
                self.maybe(Aspect::Rescored, "given", None, given.as_ref());
            }
            Kind::Table { columns, max_rows, feeds } => {
                self.say(Aspect::Retyped, "max-rows", None, &max_rows.to_string());
                self.flag(Aspect::Rescored, "feeds-register", None, feeds.is_some());
                for column in columns {
                    self.column(column);
                }
                self.order.insert(("column-order", None), columns.iter().map(|column| column.id.clone()).collect());
            }
        }
    }

    fn column(&mut self, column: &Column<Text>) {
        let Column { id, label, required, options, show_if, help } = column;
        self.say(Aspect::Retyped, "column", Some(id), id);
        self.words("column-label", Some(id), label);
        self.flag(Aspect::Retyped, "column-required", Some(id), *required);
        self.maybe(Aspect::Rerouted, "column-show-if", Some(id), show_if.as_ref());
        if let Some(help) = help {
            self.words("column-help", Some(id), help);
        }
        self.options("column-option", Some(id), options);
    }

    fn options(&mut self, kind: &'static str, within: Option<&str>, options: &[Choice<Text>]) {
        let is_column = kind == "column-option";
        let parts: [&'static str; 5] = if is_column {
            ["column-option", "column-option-label", "column-option-value", "column-option-exclusive", "column-finding"]
        } else {
            ["option", "option-label", "option-value", "option-exclusive", "option-finding"]
        };
        for option in options {
            let Choice { id, label, value, unscored, exclusive, finding } = option;
            let of = within.map_or_else(|| id.clone(), |column| format!("{column}/{id}"));
            self.say(Aspect::Retyped, parts[0], Some(&of), id);
            self.words(parts[1], Some(&of), label);
            let worth = value.map(|value| value.to_string()).or_else(|| unscored.then(|| "unscored".to_owned()));
            self.maybe(Aspect::Rescored, parts[2], Some(&of), worth.as_ref());
            self.flag(Aspect::Retyped, parts[3], Some(&of), *exclusive);
            let finding = finding.map(|finding| format!("{finding:?}").to_lowercase());
            self.maybe(Aspect::Rescored, parts[4], Some(&of), finding.as_ref());
        }
        let part = if is_column { "column-option-order" } else { "option-order" };
        let ids = options.iter().map(|option| option.id.clone()).collect();
        self.order.insert((part, within.map(str::to_owned)), ids);
    }

    fn say(&mut self, aspect: Aspect, part: &'static str, of: Option<&str>, value: &str) {
        let place = Facet { aspect, part, of: of.map(str::to_owned), language: None };
        self.said.insert(place, value.to_owned());
    }

    fn maybe(&mut self, aspect: Aspect, part: &'static str, of: Option<&str>, value: Option<&impl ToString>) {
        if let Some(value) = value {
            self.say(aspect, part, of, &value.to_string());
        }
    }

    /// Said only where it is so.
    fn flag(&mut self, aspect: Aspect, part: &'static str, of: Option<&str>, is_so: bool) {
        if is_so {
            self.say(aspect, part, of, "yes");
        }
    }

    fn list(&mut self, aspect: Aspect, part: &'static str, list: &[String]) {
        if !list.is_empty() {
            self.say(aspect, part, None, &list.join(", "));
        }
    }

    fn words(&mut self, part: &'static str, of: Option<&str>, text: &Text) {
        for language in text.languages(&self.written_in) {
            if let Some(words) = text.exactly(language, &self.written_in) {
                let language = Some(language.to_owned());
                let place = Facet { aspect: Aspect::Reworded, part, of: of.map(str::to_owned), language };
                self.said.insert(place, words.to_owned());
            }
        }
    }
}

fn range(range: &ValueRange) -> String {
    let ValueRange { at_least, below, value } = range;
    let bound = |bound: &Option<f64>| bound.map_or_else(|| "..".to_owned(), |bound| bound.to_string());
    format!("[{}, {}) = {value}", bound(at_least), bound(below))
}
