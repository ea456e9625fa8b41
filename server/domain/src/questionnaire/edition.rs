//! From a document in several languages to one that is read in one of them, and back.

use super::{Authored, Choice, Column, Document, EvidenceWanted, Kind, Question, Section, Text};

impl Authored {
    /// The language that it is written in: the first one.
    pub fn written_in(&self) -> &str {
        self.languages.first().map_or("en", String::as_str)
    }

    /// The document as somebody reads it who reads this language.
    pub fn edition(&self, language: &str) -> Document {
        let written_in = self.written_in();
        let language = self.languages.iter().find(|known| *known == language).map_or(written_in, String::as_str);
        let read = |text: &Text| text.read(language, written_in).to_owned();
        Document { languages: vec![language.to_owned()], ..self.worded(&read) }
    }
}

impl Document {
    /// The same document as its author would write it, in its one language.
    pub fn authored(&self) -> Authored {
        self.worded(&|text: &String| Text::One(text.clone()))
    }
}

impl<T> Document<T> {
    pub(super) fn worded<U>(&self, words: &impl Fn(&T) -> U) -> Document<U> {
        Document {
            format: self.format.clone(),
            key: self.key.clone(),
            version: self.version,
            title: words(&self.title),
            summary: words(&self.summary),
            languages: self.languages.clone(),
            minutes: self.minutes,
            licence: self.licence.clone(),
            roles_question: self.roles_question.clone(),
            sections: self.sections.iter().map(|section| section.worded(words)).collect(),
        }
    }
}

impl<T> Section<T> {
    fn worded<U>(&self, words: &impl Fn(&T) -> U) -> Section<U> {
        Section {
            id: self.id.clone(),
            title: words(&self.title),
            intro: self.intro.as_ref().map(words),
            questions: self.questions.iter().map(|question| question.worded(words)).collect(),
        }
    }
}

impl<T> Question<T> {
    fn worded<U>(&self, words: &impl Fn(&T) -> U) -> Question<U> {
        Question {
            id: self.id.clone(),
            text: words(&self.text),
            kind: self.kind.worded(words),
            required: self.required,
            why: self.why.as_ref().map(words),
            help: self.help.as_ref().map(words),
            weight: self.weight,
            weight_reason: self.weight_reason.clone(),
            controls: self.controls.clone(),
            clauses: self.clauses.clone(),
            domain: self.domain.clone(),
            audience: self.audience.clone(),
            tags: self.tags.clone(),
            may_be_na: self.may_be_na,
            may_decline: self.may_decline,
            evidence: self.evidence.as_ref().map(|wanted| EvidenceWanted {
                expected: wanted.expected,
                kinds: wanted.kinds.iter().map(words).collect(),
            }),
            show_if: self.show_if.clone(),
            poor_answer: self.poor_answer.clone(),
        }
    }
}

impl<T> Kind<T> {
    fn worded<U>(&self, words: &impl Fn(&T) -> U) -> Kind<U> {
        match self {
            Self::Single { options } => Kind::Single { options: worded_options(options, words) },
            Self::Multiple { options } => Kind::Multiple { options: worded_options(options, words) },
            Self::Text { given, max_length } => Kind::Text { given: *given, max_length: *max_length },
            Self::LongText { given, max_length } => Kind::LongText { given: *given, max_length: *max_length },
            Self::Number { min, max, unit, ranges } => {
                Kind::Number { min: *min, max: *max, unit: unit.as_ref().map(words), ranges: ranges.clone() }
            }
            Self::Date { given } => Kind::Date { given: *given },
            Self::Url { given } => Kind::Url { given: *given },
            Self::File { given } => Kind::File { given: *given },
            Self::Table { columns, max_rows, feeds } => Kind::Table {
                columns: columns.iter().map(|column| column.worded(words)).collect(),
                max_rows: *max_rows,
                feeds: *feeds,
            },
        }
    }
}

fn worded_options<T, U>(options: &[Choice<T>], words: &impl Fn(&T) -> U) -> Vec<Choice<U>> {
    let one = |option: &Choice<T>| Choice {
        id: option.id.clone(),
        label: words(&option.label),
        value: option.value,
        unscored: option.unscored,
        exclusive: option.exclusive,
        finding: option.finding,
    };
    options.iter().map(one).collect()
}

impl<T> Column<T> {
    fn worded<U>(&self, words: &impl Fn(&T) -> U) -> Column<U> {
        Column {
            id: self.id.clone(),
            label: words(&self.label),
            required: self.required,
            options: worded_options(&self.options, words),
            show_if: self.show_if.clone(),
            help: self.help.as_ref().map(words),
        }
    }
}
