//! Where a problem of a document is mended.

use crate::web::render::Renderer;
use crate::web::say;
use domain::ids::TemplateDraftId;
use domain::problem::Problem;
use domain::questionnaire::Authored;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Something that was found, with the way to it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Told {
    /// Where it is mended.
    pub href: Option<String>,
    /// What is there: the id of a question, the heading of a section.
    pub place: String,
    /// What it is.
    pub text: String,
}

/// Finds places in a draft's document.
pub(super) struct Places<'a> {
    document: &'a Authored,
    base: String,
    ids: BTreeSet<&'a str>,
    renderer: &'a Renderer,
}

/// The address of a draft.
pub(super) fn base(draft: TemplateDraftId) -> String {
    format!("/templates/drafts/{draft}")
}

/// The address of its outline with a section open, at a place in it.
pub(super) fn opened(draft: TemplateDraftId, section: &str, at: &str) -> String {
    format!("{}?open={}#{at}", base(draft), in_query(section))
}

/// An id as it stands in a query: the only letter of ids that means something there is `&`.
pub(super) fn in_query(id: &str) -> String {
    id.replace('&', "%26")
}

/// A text of a document for its author: as it was written.
pub(super) fn written<'a>(document: &'a Authored, text: &'a domain::questionnaire::Text) -> &'a str {
    text.read(document.written_in(), document.written_in())
}

impl<'a> Places<'a> {
    pub fn new(renderer: &'a Renderer, draft: TemplateDraftId, document: &'a Authored) -> Self {
        let ids = document.questions().map(|question| question.id.as_str()).collect();
        Self { document, base: base(draft), ids, renderer }
    }

    /// The question that a problem is at: `A.6-1`, `A.6-1.why`, `A.6-1=yes`.
    pub fn question(&self, problem: &Problem) -> Option<&'a str> {
        let mut at = problem.at.as_str();
        loop {
            if let Some(id) = self.ids.get(at) {
                return Some(id);
            }
            at = &at[..at.rfind(['.', '='])?];
        }
    }

    /// The section that a problem is at: `/sections/3/title`.
    fn section(&self, problem: &Problem) -> Option<&'a domain::questionnaire::Section<domain::questionnaire::Text>> {
        let n = problem.at.strip_prefix("/sections/")?.split('/').next()?.parse::<usize>().ok()?;
        self.document.sections.get(n)
    }

    pub fn tell(&self, problem: &Problem) -> Told {
        let text = say::problem(&self.renderer.platform.wording, problem);
        if let Some(id) = self.question(problem) {
            let href = format!("{}/questions/{id}{}", self.base, field_of(problem, id));
            return Told { href: Some(href), place: id.to_owned(), text };
        }
        if let Some(section) = self.section(problem) {
            let place = written(self.document, &section.title).to_owned();
            return Told { href: Some(format!("{}/sections/{}", self.base, section.id)), place, text };
        }
        let place = self.renderer.text("editor.whole", &[]);
        let href = (problem.code != "no-questions").then(|| format!("{}/about", self.base));
        Told { href, place, text }
    }

    pub fn all(&self, problems: &[Problem]) -> Vec<Told> {
        problems.iter().map(|problem| self.tell(problem)).collect()
    }

    /// How many problems each question has.
    pub fn by_question(&self, problems: &[Problem]) -> BTreeMap<&'a str, usize> {
        let mut counts = BTreeMap::new();
        for id in problems.iter().filter_map(|problem| self.question(problem)) {
            *counts.entry(id).or_default() += 1;
        }
        counts
    }
}

/// The part of a question's form that a problem belongs to.
fn field_of(problem: &Problem, id: &str) -> &'static str {
    let rest = problem.at.strip_prefix(id).unwrap_or_default();
    let code = problem.code.as_str();
    if code.starts_with("condition") || code == "never-asked" {
        return if rest.is_empty() { "#show_if" } else { "#column" };
    }
    match rest {
        ".why" => "#why",
        ".help" => "#help",
        ".evidence" => "#evidence",
        rest if rest.starts_with('=') => "#option",
        _ if code.contains("option") => "#option",
        _ if code.contains("column") => "#column",
        _ if code.contains("weight") => "#weight",
        _ if code.contains("audience") => "#audience",
        _ if code.contains("control") => "#controls",
        _ if code == "does-not-say-why" => "#why",
        _ => "",
    }
}
