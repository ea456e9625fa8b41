//! Forms as values: fields with what was typed and what is wrong with it, so that no input is ever lost.

use super::fields::Fields;
use super::render::Renderer;
use super::say;
use crate::error::{AppError, Result};
use domain::problem::{Problem, Problems};
use serde::Serialize;

/// A field, as the partials read it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    /// The element's id.
    pub id: String,
    /// What it is posted as.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What to write.
    pub hint: Option<String>,
    /// What is wrong with what was written.
    pub error: Option<String>,
    /// What was written.
    pub value: String,
    /// It must not be left empty.
    pub required: bool,
    /// The kind of an input: `text`, `email`, `url`, `date`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `short`, `medium`, `number`, or as wide as there is room.
    pub width: Option<&'static str>,
    /// What the browser may fill in.
    pub autocomplete: Option<&'static str>,
    /// Which keys a phone shows.
    pub inputmode: Option<&'static str>,
    /// Characters at most.
    pub max_length: Option<usize>,
    /// Lines of a text area.
    pub rows: Option<u32>,
    /// Earliest date.
    pub min: Option<String>,
    /// Latest date.
    pub max: Option<String>,
    /// Kinds of files.
    pub accept: Option<&'static str>,
    /// Text of the empty choice.
    pub blank: Option<String>,
    /// Choices.
    pub options: Vec<Choice>,
    /// Choices stand side by side.
    pub side: bool,
    /// A single checkbox is set.
    pub checked: bool,
}

/// A choice of a field.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Choice {
    /// What is posted.
    pub key: String,
    /// What is read.
    pub text: String,
    /// A line under it.
    pub note: Option<String>,
    /// It is chosen.
    pub chosen: bool,
}

/// A line of the summary of what is wrong, linked to its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorLink {
    /// `#` and the field's id.
    pub href: String,
    /// What is wrong.
    pub text: String,
}

/// Something that was typed for a form that is there no more, as `partials/typed_lost` reads it.
#[derive(Clone, Debug, Serialize)]
pub struct TypedLine {
    /// Into which field.
    pub label: String,
    /// What.
    pub text: String,
}

/// What was posted, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    /// The fields.
    pub fields: Fields,
    /// What is wrong, by field, in words.
    problems: Vec<(String, String)>,
}

impl Posted {
    /// A form nobody has filled in, with what stands there.
    pub fn fresh(values: Vec<(String, String)>) -> Self {
        Self { fields: Fields(values), problems: Vec::new() }
    }

    /// A form that was refused.
    pub fn refused(renderer: &Renderer, fields: Fields, problems: &Problems) -> Self {
        let words = |problem: &Problem| (problem.at.clone(), say::problem(&renderer.platform.wording, problem));
        Self { fields, problems: problems.0.iter().map(words).collect() }
    }

    /// A note that was not written, for [`note_area`] of that id, and why not.
    pub fn note_told(id: &str, words: &str, told: String) -> Self {
        Self { fields: Fields(vec![(id.to_owned(), words.to_owned())]), problems: vec![(id.to_owned(), told)] }
    }

    /// A note that was refused, for [`note_area`] of that id.
    pub fn note_refused(renderer: &Renderer, id: &str, words: &str, problems: &Problems) -> Self {
        let wording = &renderer.platform.wording;
        let told: Vec<String> = problems.0.iter().map(|problem| say::problem(wording, problem)).collect();
        Self::note_told(id, words, told.join(" "))
    }

    /// What was typed into notes whose ids begin so, and which have no field any more.
    pub fn lost(&self, prefix: &str, label: &str, is_there: impl Fn(&str) -> bool) -> Vec<TypedLine> {
        let notes = self.fields.0.iter().filter(|(id, text)| id.starts_with(prefix) && !text.trim().is_empty());
        let lost = notes.filter(|(id, _)| !is_there(id));
        lost.map(|(_, text)| TypedLine { label: label.to_owned(), text: text.clone() }).collect()
    }

    /// A field with what was typed, and what is wrong with it. Problems at `name`, or below it (`name:3`), are its own.
    pub fn field(&self, name: &str, label: impl Into<String>) -> Field {
        Field {
            id: id_of(name),
            name: name.to_owned(),
            label: label.into(),
            error: self.error(name),
            value: self.fields.one(name).to_owned(),
            kind: "text",
            ..Field::default()
        }
    }

    /// What is wrong at a field, in words.
    pub fn error(&self, name: &str) -> Option<String> {
        let own = |at: &str| at == name || at.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '[']));
        let words: Vec<String> = self
            .problems
            .iter()
            .filter(|(at, _)| own(at))
            .map(|(at, text)| {
                at.strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix(':'))
                    .map_or_else(|| text.clone(), |line| format!("{line}: {text}"))
            })
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Everything that is wrong, linked to its field and with the field's name before it: a summary that says three
    /// times that something is to be filled in helps nobody.
    pub fn errors_of(&self, fields: &[&Field]) -> Vec<ErrorLink> {
        let mut errors = self.errors();
        for error in &mut errors {
            let field = fields.iter().find(|field| error.href.strip_prefix('#') == Some(field.id.as_str()));
            if let Some(field) = field.filter(|field| !field.label.is_empty()) {
                error.text = format!("{}: {}", field.label.trim_end_matches('?'), error.text);
            }
        }
        errors
    }

    /// The same where fields of one name stand in several rows: each is called by its row, too.
    pub fn errors_of_rows<'a>(
        &self,
        fields: &[&Field],
        rows: impl IntoIterator<Item = (String, Vec<&'a Field>)>,
    ) -> Vec<ErrorLink> {
        let called = rows.into_iter().flat_map(|(row, fields)| {
            fields.into_iter().map(move |field| Field {
                id: field.id.clone(),
                label: format!("{row}, {}", field.label),
                ..Field::default()
            })
        });
        let called: Vec<Field> = called.collect();
        self.errors_of(&fields.iter().copied().chain(&called).collect::<Vec<_>>())
    }

    /// Everything that is wrong, linked to its field.
    pub fn errors(&self) -> Vec<ErrorLink> {
        let link = |(at, text): &(String, String)| ErrorLink {
            href: format!("#{}", id_of(at.split([':', '[']).next().unwrap_or(at))),
            text: text.clone(),
        };
        self.problems.iter().map(link).collect()
    }
}

/// The field of a note, as `partials/note_area` reads it: `id` tells those of one page apart from each other and from its
/// other fields, and all are posted as `name`. What was typed and not written stands in it.
pub fn note_area(renderer: &Renderer, posted: &Posted, id: &str, name: &str, label: String) -> Field {
    Field {
        name: name.to_owned(),
        max_length: Some(renderer.platform.config.limits.comment_characters),
        rows: Some(3),
        ..posted.field(id, label)
    }
}

/// Ids may hold no dots in style sheets and links that stay readable.
fn id_of(name: &str) -> String {
    name.replace(['.', ' '], "-")
}

/// Takes the problems out of a refusal, so that the form can be shown again; any other failure goes on.
///
/// # Errors
/// The failure, when it is no refusal of input.
pub fn refusal<T>(outcome: Result<T>) -> Result<Result<T, Problems>> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(AppError::Invalid(problems)) => Ok(Err(problems)),
        Err(other) => Err(other),
    }
}
