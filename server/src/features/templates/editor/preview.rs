//! A draft as its vendor will see it, in each of its languages, with sample answers to try the conditions. Nothing of
//! that is saved.

use super::places::base;
use crate::actions::drafts;
use crate::error::Result;
use crate::features::templates::views::{Crumb, HOSTILE, overlong};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::path::Id;
use crate::web::question::{EvidenceView, QuestionView, RowView, cells, choices};
use crate::web::render::{Renderer, View};
use crate::web::say;
use crate::web::shell::{Around, Shell};
use axum::extract::State;
use axum::response::Html;
use domain::answer::{Limits, Profile, Reply, from_text, parse, visibility};
use domain::ids::TemplateDraftId;
use domain::questionnaire::{Column, Document, Kind, Question};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows that a table shows.
const ROWS: usize = 2;

/// The page.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Preview {
    pub crumbs: Vec<Crumb>,
    pub title: String,
    pub summary: String,
    pub action: String,
    pub back: String,
    /// The tag of the language that it is shown in.
    pub language: String,
    /// Language tags, the chosen one marked.
    pub languages: Vec<Choice>,
    pub profile: Vec<Field>,
    pub sections: Vec<Section>,
    pub asked: usize,
    pub of: usize,
}

/// A section.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Section {
    pub title: String,
    pub intro: Option<String>,
    pub questions: Vec<Either>,
}

/// A question that is asked, or one that is not and why.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Either {
    pub asked: Option<QuestionView>,
    pub hidden: Option<Hidden>,
}

/// A question that is not asked.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Hidden {
    pub id: String,
    pub text: String,
    pub why: String,
    /// The condition that does not hold.
    pub condition: Option<String>,
    /// What was answered stays in the form.
    pub kept: Vec<(String, String)>,
}

pub(in crate::features::templates) async fn page(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
) -> Result<Html<String>> {
    show(&platform, &renderer, &around, &caller, id, Fields::default()).await
}

pub(in crate::features::templates) async fn answered(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    fields: Fields,
) -> Result<Html<String>> {
    show(&platform, &renderer, &around, &caller, id, fields).await
}

async fn show(
    platform: &Platform,
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    id: TemplateDraftId,
    fields: Fields,
) -> Result<Html<String>> {
    let draft = drafts::get(platform, caller.scope(), id).await?;
    let factors = drafts::factors(platform, caller.scope()).await?;
    // The button that was pressed comes before the language that was shown.
    let wanted = fields.all("language").find(|tag| draft.document.languages.iter().any(|known| known == tag));
    let language = wanted.unwrap_or(draft.document.written_in()).to_owned();
    let document = draft.document.edition(&language);
    let tried = Tried::read(renderer, &document, fields);
    let profile: Profile = factors
        .keys()
        .filter_map(|factor| {
            let value = tried.posted.fields.one(&format!("profile:{factor}"));
            (!value.is_empty()).then(|| (factor.clone(), value.to_owned()))
        })
        .collect();
    let looked_at: BTreeSet<&str> =
        document.questions().filter_map(|question| question.show_if.as_ref()).flat_map(|one| one.factors()).collect();
    let factor = |name: &str| {
        let words = crate::actions::content::REASONS.factors.get(name);
        let option = |value: &String| Choice {
            key: value.clone(),
            text: words
                .and_then(|words| words.values.get(value))
                .map_or_else(|| value.clone(), |one| one.label.clone()),
            chosen: profile.get(name) == Some(value),
            ..Choice::default()
        };
        Field {
            blank: Some(renderer.text("editor.preview.not_stated", &[])),
            options: factors.get(name).into_iter().flatten().map(option).collect(),
            ..tried.posted.field(&format!("profile:{name}"), words.map_or(name, |words| words.question.as_str()))
        }
    };
    let visibility = visibility(&document, &tried.replies, &profile);
    let numbers: BTreeMap<&str, usize> = document.questions().map(|one| one.id.as_str()).zip(1..).collect();
    let sections = document.sections.iter().map(|section| Section {
        title: section.title.clone(),
        intro: section.intro.clone(),
        questions: section
            .questions
            .iter()
            .map(|question| match visibility.hidden.get(&question.id) {
                None => Either { asked: Some(tried.asked(question, numbers[question.id.as_str()])), hidden: None },
                Some(by) => Either { asked: None, hidden: Some(tried.hidden(renderer, question, by, &numbers)) },
            })
            .collect(),
    });
    let of = document.questions().count();
    let view = Preview {
        crumbs: Vec::new(),
        title: document.title.clone(),
        summary: document.summary.clone(),
        action: format!("{}/preview", base(id)),
        back: base(id),
        languages: draft
            .document
            .languages
            .iter()
            .map(|tag| Choice { key: tag.clone(), text: tag.clone(), chosen: *tag == language, ..Choice::default() })
            .collect(),
        language,
        profile: looked_at.into_iter().map(factor).collect(),
        sections: sections.collect(),
        asked: of - visibility.hidden.len(),
        of,
    };
    let title = renderer.text("editor.preview.heading", &[("title", &view.title)]);
    let shell = Shell::portal(around, caller.organisation_name.clone(), String::new(), title);
    renderer.page(&Shell { person: None, ..shell }, &view)
}

/// Sample answers.
struct Tried {
    posted: Posted,
    replies: BTreeMap<String, Reply>,
    /// What is wrong with an answer, in words.
    errors: BTreeMap<String, String>,
}

impl Tried {
    fn read(renderer: &Renderer, document: &Document, fields: Fields) -> Self {
        let limits = Limits::default();
        let (mut replies, mut errors) = (BTreeMap::new(), BTreeMap::new());
        for question in document.questions() {
            let reply = match fields.one(&format!("stand:{}", question.id)) {
                "not_applicable" => {
                    Ok(Some(Reply::NotApplicable { reason: fields.one(&format!("reason:{}", question.id)).to_owned() }))
                }
                "declined" => Ok(Some(Reply::Declined { reason: None })),
                _ => given(question, &fields, &limits),
            };
            let checked = reply.and_then(|reply| reply.map(|reply| parse(question, reply, &limits)).transpose());
            match checked {
                Ok(Some(reply)) => {
                    replies.insert(question.id.clone(), reply);
                }
                Ok(None) => {}
                Err(problem) => {
                    errors.insert(question.id.clone(), say::problem(&renderer.platform.wording, &problem));
                }
            }
        }
        Self { posted: Posted::fresh(fields.0), replies, errors }
    }

    fn hidden(
        &self,
        renderer: &Renderer,
        question: &Question,
        by: &[String],
        numbers: &BTreeMap<&str, usize>,
    ) -> Hidden {
        let names = ["answer", "stand", "reason"].map(|part| format!("{part}:{}", question.id));
        let own = |given: &&(String, String)| {
            let rests = names.iter().filter_map(|name| given.0.strip_prefix(name));
            rests.into_iter().any(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        let places: Vec<String> =
            by.iter().filter_map(|id| Some(format!("{} ({id})", numbers.get(id.as_str())?))).collect();
        let why = if places.is_empty() {
            renderer.text("editor.preview.hidden_by_profile", &[])
        } else {
            renderer.text("editor.preview.hidden_by", &[("questions", &places.join(", "))])
        };
        Hidden {
            id: question.id.clone(),
            text: question.text.clone(),
            why,
            condition: question.show_if.as_ref().map(ToString::to_string),
            kept: self.posted.fields.0.iter().filter(own).cloned().collect(),
        }
    }

    fn asked(&self, question: &Question, number: usize) -> QuestionView {
        let (id, fields) = (&question.id, &self.posted.fields);
        let name = format!("answer:{id}");
        let chosen: Vec<&str> = fields.all(&name).collect();
        let mut view = QuestionView {
            error: self.errors.get(id).cloned(),
            stand: match fields.one(&format!("stand:{id}")) {
                "not_applicable" => "not_applicable",
                "declined" => "declined",
                _ => "given",
            },
            reason: fields.one(&format!("reason:{id}")).to_owned(),
            value: fields.one(&name).to_owned(),
            options: choices(question.options(), |key| chosen.contains(&key)),
            evidence: question.evidence.as_ref().map(|wanted| EvidenceView {
                expected: wanted.expected,
                wanted: Some(wanted.kinds.join(", ")),
                upload_url: None,
                items: Vec::new(),
            }),
            ..QuestionView::asked(question, number)
        };
        if let Kind::Table { columns, max_rows, .. } = &question.kind {
            let row = |n: usize| RowView { n, cells: cells(columns, |id| fields.one(&format!("{name}:{n}:{id}"))) };
            view.rows = (1..=ROWS.min(*max_rows as usize)).map(row).collect();
        }
        view
    }
}

fn given(question: &Question, fields: &Fields, limits: &Limits) -> Result<Option<Reply>, domain::problem::Problem> {
    let name = format!("answer:{}", question.id);
    let values: Vec<&str> = fields.all(&name).filter(|value| !value.trim().is_empty()).collect();
    match &question.kind {
        Kind::Multiple { .. } => {
            Ok((!values.is_empty())
                .then(|| Reply::Choices { options: values.into_iter().map(str::to_owned).collect() }))
        }
        Kind::Single { .. } => Ok(values.first().map(|value| Reply::Choice { option: (*value).to_owned() })),
        Kind::Table { columns, .. } => {
            let cell = |n: usize, column: &Column| {
                let value = fields.one(&format!("{name}:{n}:{}", column.id)).trim().to_owned();
                (!value.is_empty()).then(|| (column.id.clone(), value))
            };
            let row = |n: usize| columns.iter().filter_map(|column| cell(n, column)).collect::<BTreeMap<_, _>>();
            let rows: Vec<_> = (1..=ROWS).map(row).filter(|row| !row.is_empty()).collect();
            Ok((!rows.is_empty()).then_some(Reply::Table { rows }))
        }
        Kind::File { .. } => Ok(None),
        _ => values.first().map_or(Ok(None), |value| from_text(question, value, limits)),
    }
}

impl View for Preview {
    const TEMPLATE: &'static str = "pages/templates/editor/preview";

    fn samples() -> Vec<Self> {
        let asked = |text: &str| QuestionView {
            id: "Q-1".into(),
            number: "1".into(),
            text: text.into(),
            kind: "text",
            stand: "given",
            value: text.into(),
            ..QuestionView::default()
        };
        let hidden = |text: &str| Hidden {
            id: "Q-2".into(),
            text: text.into(),
            why: text.into(),
            condition: Some(text.into()),
            kept: vec![("answer:Q-2".into(), text.into())],
        };
        let page = |text: &str, some: bool| Self {
            crumbs: Vec::new(),
            title: text.into(),
            summary: text.into(),
            action: "/templates".into(),
            back: "/templates".into(),
            language: "en".into(),
            languages: vec![Choice { key: "en".into(), text: "en".into(), chosen: true, ..Choice::default() }],
            profile: Vec::new(),
            sections: if some {
                vec![Section {
                    title: text.into(),
                    intro: Some(text.into()),
                    questions: vec![
                        Either { asked: Some(asked(text)), hidden: None },
                        Either { asked: None, hidden: Some(hidden(text)) },
                    ],
                }]
            } else {
                Vec::new()
            },
            asked: 1,
            of: 2,
        };
        vec![page("Questionnaire", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}
