//! Contexts of a question's page.

use super::conflict::Conflict;
use super::form::{KINDS, LONGEST, ROWS, count};
use super::places::{Told, base, written};
use super::section::worded;
use crate::actions::content::{CONTROLS, REASONS};
use crate::actions::drafts::{self, Draft};
use crate::features::templates::views::{Crumb, HOSTILE, overlong};
use crate::web::form::{Choice, ErrorLink, Field, Posted};
use crate::web::render::{Renderer, View};
use domain::ids::TemplateDraftId;
use domain::questionnaire::Role;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a question's page shows.
pub(super) struct Shown<'a> {
    pub id: &'a str,
    /// The fingerprint of what its author saw.
    pub seen: String,
    pub posted: Posted,
    pub conflict: Option<Conflict>,
    /// Somebody took the question away meanwhile.
    pub gone: bool,
}

/// What is wrong with what stands in the form.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::features::templates) struct Findings {
    pub own: Vec<Told>,
    pub remarks: Vec<Told>,
    /// What would be wrong with other questions because of it.
    pub elsewhere: Vec<Told>,
}

impl View for Findings {
    const TEMPLATE: &'static str = "pages/templates/editor/findings";

    fn samples() -> Vec<Self> {
        let told = |text: &str| vec![Told { href: Some("#text".into()), place: text.into(), text: text.into() }];
        let some = |text: &str| Self { own: told(text), remarks: told(text), elsewhere: told(text) };
        vec![Self::default(), some(&overlong()), some(HOSTILE)]
    }
}

/// Columns up to which none is folded.
const FEW: usize = 3;

/// A field in a row of fields: its column says what it is.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Cell {
    pub name: String,
    /// As read aloud.
    pub label: String,
    pub value: String,
    pub error: Option<String>,
    /// A sentence may stand in it.
    pub wide: bool,
}

/// A row of options, of ranges or of columns.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Row {
    pub n: usize,
    /// From 1, as read.
    pub number: usize,
    /// What it is called, where it is folded.
    pub summary: String,
    /// It is not folded.
    pub open: bool,
    pub first: bool,
    pub last: bool,
    /// The fields in which something is written.
    pub cells: Vec<Cell>,
    /// Ticks: name, whether it is set.
    pub ticks: Vec<Tick>,
    pub name: String,
    pub finding: Vec<Choice>,
    /// Entries of a column, by language.
    pub entries: Vec<Cell>,
}

/// A tick in a row.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Tick {
    pub name: String,
    pub label: String,
    pub set: bool,
}

/// A question that a condition may look at.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Earlier {
    pub id: String,
    pub text: String,
    pub values: String,
}

/// Controls of a group.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Group {
    pub title: String,
    pub options: Vec<Choice>,
}

/// A question's page.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct QuestionPage {
    pub crumbs: Vec<Crumb>,
    pub title: String,
    pub id: String,
    pub place: String,
    pub action: String,
    pub back: String,
    pub preview: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    pub seen: String,
    pub gone: bool,
    pub conflict: Option<Conflict>,
    pub errors: Vec<ErrorLink>,
    pub words: Vec<Vec<Field>>,
    pub kind: Field,
    pub kind_name: String,
    pub is_choice: bool,
    pub is_multiple: bool,
    pub is_number: bool,
    pub is_table: bool,
    pub options: Vec<Row>,
    pub ranges: Vec<Row>,
    pub columns: Vec<Row>,
    /// Fields of the kind: bounds, what a given answer is worth, how long it may be.
    pub of_kind: Vec<Field>,
    pub unit: Vec<Field>,
    pub feeds: Field,
    pub ticks: Vec<Field>,
    pub weight: Field,
    pub weight_reason: Field,
    pub domain: Field,
    pub show_if: Field,
    pub audience: Field,
    pub earlier: Vec<Earlier>,
    pub factors: Vec<Earlier>,
    pub control_groups: Vec<Group>,
    pub chosen_controls: String,
    pub clauses: Vec<Choice>,
    pub chosen_clauses: String,
    pub evidence: Field,
    pub evidence_kinds: Vec<Field>,
    pub tags: Field,
    pub poor_answer: Field,
    pub findings: Findings,
}

struct Writer<'a> {
    renderer: &'a Renderer,
    posted: &'a Posted,
    languages: &'a [String],
}

impl Writer<'_> {
    fn label(&self, name: &str) -> String {
        self.renderer.text(&format!("editor.question.{name}"), &[])
    }

    fn field(&self, name: &str) -> Field {
        self.posted.field(name, self.label(name))
    }

    fn hinted(&self, name: &str) -> Field {
        Field { hint: Some(self.label(&format!("{name}_hint"))), ..self.field(name) }
    }

    fn tick(&self, name: &str) -> Field {
        Field { checked: self.posted.fields.has(name), ..self.hinted(name) }
    }

    fn number(&self, name: &str) -> Field {
        Field { width: Some("number"), inputmode: Some("decimal"), ..self.field(name) }
    }

    fn words(&self, name: &str) -> Vec<Field> {
        let hint = self.label(&format!("{name}_hint"));
        let fields = worded(self.posted, self.languages, name, &self.label(name), Some(&hint));
        fields.into_iter().map(|field| Field { max_length: Some(LONGEST), ..field }).collect()
    }

    fn cell(&self, at: &str, part: &str) -> Cell {
        let name = format!("{at}:{part}");
        let what = match part.split_once(':') {
            Some((what, language)) if self.languages.len() > 1 => {
                format!("{} ({language})", self.label(&format!("row.{what}")))
            }
            Some((what, _)) => self.label(&format!("row.{what}")),
            None => self.label(&format!("row.{part}")),
        };
        Cell {
            label: what,
            wide: part.contains(':') || part == "show_if",
            value: self.posted.fields.one(&name).to_owned(),
            error: self.posted.error(&name),
            name,
        }
    }

    fn in_languages(&self, at: &str, part: &str) -> Vec<Cell> {
        self.languages.iter().map(|language| self.cell(at, &format!("{part}:{language}"))).collect()
    }

    fn rows(&self, name: &str) -> Vec<Row> {
        let most = count(&self.posted.fields, name);
        let row = |n: usize| {
            let at = format!("{name}:{n}");
            let (mut cells, mut ticks, mut entries) = (Vec::new(), Vec::new(), Vec::new());
            match name {
                "option" => {
                    cells.extend(self.in_languages(&at, "label"));
                    cells.extend(["id", "value"].map(|part| self.cell(&at, part)));
                    ticks.extend(["unscored", "exclusive"].map(|part| self.row_tick(&at, part)));
                }
                "range" => cells.extend(["at_least", "below", "value"].map(|part| self.cell(&at, part))),
                _ => {
                    cells.push(self.cell(&at, "id"));
                    cells.extend(self.in_languages(&at, "label"));
                    cells.extend(self.in_languages(&at, "help"));
                    cells.push(self.cell(&at, "show_if"));
                    ticks.push(self.row_tick(&at, "required"));
                    entries = self.in_languages(&at, "options");
                }
            }
            let finding = self.posted.fields.one(&format!("{at}:finding"));
            let severity = |key: &str| Choice {
                key: key.to_owned(),
                text: self.label(&format!("finding.{key}")),
                chosen: key == finding,
                ..Choice::default()
            };
            let summary = self.posted.fields.one(&format!("{at}:label:{}", self.languages[0])).to_owned();
            let refused = cells.iter().chain(&entries).any(|cell: &Cell| cell.error.is_some());
            Row {
                n,
                number: n + 1,
                open: refused || summary.is_empty() || most <= FEW,
                summary,
                first: n == 0,
                last: n + 1 == most,
                cells,
                ticks,
                name: at.clone(),
                finding: ["none", "observation", "minor", "major"].map(severity).to_vec(),
                entries,
            }
        };
        (0..most).map(row).collect()
    }

    fn row_tick(&self, at: &str, part: &str) -> Tick {
        let name = format!("{at}:{part}");
        Tick { label: self.label(&format!("row.{part}")), set: self.posted.fields.has(&name), name }
    }

    fn choose(&self, name: &str, options: impl Iterator<Item = (String, String)>) -> Vec<Choice> {
        let chosen: Vec<&str> = self.posted.fields.all(name).collect();
        let one = |(key, text): (String, String)| Choice {
            chosen: chosen.contains(&key.as_str()),
            key,
            text,
            ..Choice::default()
        };
        options.map(one).collect()
    }

    fn select(&self, name: &str, options: impl Iterator<Item = (String, String)>) -> Field {
        Field { options: self.choose(name, options), ..self.hinted(name) }
    }
}

/// What a field of a question's form is called: `text:en`, `option:0:label:en`, `weight`.
pub(super) fn field_label(renderer: &Renderer, name: &str) -> String {
    let label = |key: &str| renderer.text(&format!("editor.question.{key}"), &[]);
    let parts: Vec<&str> = name.split(':').collect();
    match parts[..] {
        [rows, n, part, ref language @ ..] if ROWS.contains(&rows) => {
            let number = n.parse::<usize>().unwrap_or_default().saturating_add(1);
            let row = renderer.text(&format!("editor.question.{rows}"), &[("number", &number)]);
            let language = language.first().map(|language| format!(" ({language})")).unwrap_or_default();
            format!("{row}: {}{language}", label(&format!("row.{part}")))
        }
        [part, language] => format!("{} ({language})", label(part)),
        _ => label(name),
    }
}

fn chosen(options: &[Choice]) -> String {
    options.iter().filter(|option| option.chosen).map(|option| option.key.as_str()).collect::<Vec<_>>().join(", ")
}

impl QuestionPage {
    /// The page of a question whose form holds what was posted.
    pub fn of(
        renderer: &Renderer,
        draft: &Draft,
        factors: &BTreeMap<String, Vec<String>>,
        shown: Shown<'_>,
        findings: Findings,
    ) -> Self {
        let (document, base) = (&draft.document, base(TemplateDraftId(draft.row.id)));
        let writer = Writer { renderer, posted: &shown.posted, languages: &document.languages };
        let ids: Vec<&str> = document.questions().map(|question| question.id.as_str()).collect();
        let at = ids.iter().position(|id| *id == shown.id);
        let href = |n: Option<usize>| n.and_then(|n| ids.get(n)).map(|id| format!("{base}/questions/{id}"));
        let section = document.sections.iter().find(|one| one.questions.iter().any(|question| question.id == shown.id));
        let open = section.map_or("", |section| section.id.as_str());
        let kind = shown.posted.fields.one("kind").to_owned();
        let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), renderer.text(&format!("outline.kind.{kind}"), &[])));
        let of_kind: &[&str] = match kind.as_str() {
            "text" | "long_text" => &["given", "max_length"],
            "date" | "url" | "file" => &["given"],
            "number" => &["min", "max"],
            "table" => &["max_rows"],
            _ => &[],
        };
        let control_groups: Vec<Group> = CONTROLS
            .groups
            .iter()
            .map(|group| {
                let own = CONTROLS.controls.iter().filter(|one| one.id.starts_with(&format!("{}.", group.id)));
                let options = own.map(|one| (one.id.clone(), format!("{} {}", one.id, one.topic)));
                Group { title: format!("{} {}", group.id, group.topic), options: writer.choose("controls", options) }
            })
            .collect();
        let clauses = CONTROLS.clauses.iter().map(|one| (one.id.clone(), format!("{} {}", one.id, one.topic)));
        let clauses = writer.choose("clauses", clauses);
        let domains = REASONS.domains.iter().map(|(id, words)| (id.clone(), words.name.clone()));
        let roles =
            Role::ALL.iter().map(|role| (role.name().to_owned(), renderer.text(&format!("outline.role.{role}"), &[])));
        let wanted = ["welcome", "expected"].map(|key| (key.to_owned(), writer.label(&format!("evidence.{key}"))));
        let controls: Vec<String> =
            control_groups.iter().map(|group| chosen(&group.options)).filter(|ids| !ids.is_empty()).collect();
        let earlier = document.questions().take(at.unwrap_or_default()).map(|question| Earlier {
            id: question.id.clone(),
            text: written(document, &question.text).to_owned(),
            values: match question.options() {
                [] => renderer.text(&format!("outline.kind.{}", question.kind.name()), &[]),
                options => options.iter().map(|option| format!("'{}'", option.id)).collect::<Vec<_>>().join(", "),
            },
        });
        let factor = |(id, values): (&String, &Vec<String>)| Earlier {
            id: id.clone(),
            text: REASONS.factors.get(id).map(|words| words.question.clone()).unwrap_or_default(),
            values: values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", "),
        };
        let [options, ranges, columns] = ROWS.map(|name| writer.rows(name));
        let number = at.map_or(0, |at| at + 1);
        Self {
            crumbs: vec![
                Crumb::templates(renderer),
                Crumb { href: format!("{base}?open={open}#q-{}", shown.id), text: drafts::title(document).to_owned() },
            ],
            title: renderer.text("editor.question.heading", &[("id", &shown.id)]),
            id: shown.id.to_owned(),
            place: renderer.text("editor.question.place", &[("number", &number), ("of", &ids.len())]),
            action: format!("{base}/questions/{}", shown.id),
            back: format!("{base}?open={open}#q-{}", shown.id),
            preview: format!("{base}/preview#q-{}", shown.id),
            previous: href(at.and_then(|at| at.checked_sub(1))),
            next: href(at.map(|at| at + 1)),
            gone: shown.gone,
            errors: shown.posted.errors(),
            words: ["text", "why", "help"].map(|name| writer.words(name)).into(),
            kind: Field { required: true, ..writer.select("kind", kinds) },
            is_choice: matches!(kind.as_str(), "single" | "multiple"),
            is_multiple: kind == "multiple",
            is_number: kind == "number",
            is_table: kind == "table",
            kind_name: kind,
            options,
            ranges,
            columns,
            of_kind: of_kind
                .iter()
                .map(|name| Field { hint: Some(writer.label(&format!("{name}_hint"))), ..writer.number(name) })
                .collect(),
            unit: writer.words("unit"),
            feeds: writer.tick("feeds"),
            ticks: ["required", "may_be_na", "may_decline"].map(|name| writer.tick(name)).into(),
            weight: Field { hint: Some(writer.label("weight_hint")), ..writer.number("weight") },
            weight_reason: Field { rows: Some(2), ..writer.field("weight_reason") },
            domain: Field { blank: Some(writer.label("no_domain")), ..writer.select("domain", domains) },
            show_if: Field { rows: Some(2), ..writer.hinted("show_if") },
            audience: Field { side: true, ..writer.select("audience", roles) },
            earlier: earlier.collect(),
            factors: factors.iter().map(factor).collect(),
            chosen_controls: controls.join(", "),
            control_groups,
            chosen_clauses: chosen(&clauses),
            clauses,
            evidence: Field {
                blank: Some(writer.label("evidence.none")),
                ..writer.select("evidence", wanted.into_iter())
            },
            evidence_kinds: writer.words("evidence_kinds"),
            tags: writer.hinted("tags"),
            poor_answer: Field { rows: Some(2), ..writer.hinted("poor_answer") },
            findings,
            conflict: shown.conflict,
            seen: shown.seen,
        }
    }
}

impl View for QuestionPage {
    const TEMPLATE: &'static str = "pages/templates/editor/question";

    fn samples() -> Vec<Self> {
        let field = |name: &str, text: &str| Field {
            id: name.into(),
            name: name.into(),
            label: text.into(),
            value: text.into(),
            ..Field::default()
        };
        let choice = |text: &str| Choice { key: "a".into(), text: text.into(), ..Choice::default() };
        let row = |name: &str, text: &str| {
            let cell = |part: &str| Cell {
                name: format!("{name}:0:{part}"),
                label: text.into(),
                value: text.into(),
                error: Some(text.into()),
                wide: part != "id",
            };
            vec![Row {
                n: 0,
                number: 1,
                summary: text.into(),
                open: true,
                first: true,
                last: true,
                cells: vec![cell("id"), cell("label:en")],
                ticks: vec![Tick { name: format!("{name}:0:required"), label: text.into(), set: true }],
                name: format!("{name}:0"),
                finding: vec![choice(text)],
                entries: vec![cell("options:en")],
            }]
        };
        let page = |text: &str, some: bool| Self {
            crumbs: Vec::new(),
            title: text.into(),
            id: "Q-1".into(),
            place: text.into(),
            action: "/templates".into(),
            back: "/templates".into(),
            preview: "/templates".into(),
            previous: some.then(|| "/templates".into()),
            next: some.then(|| "/templates".into()),
            seen: "1".into(),
            gone: false,
            conflict: some.then(|| Conflict::sample(text)),
            errors: Vec::new(),
            words: vec![vec![field("text", text), field("text:zh-Hant", text)]],
            kind: field("kind", text),
            kind_name: "single".into(),
            is_choice: some,
            is_multiple: some,
            is_number: some,
            is_table: some,
            options: if some { row("option", text) } else { Vec::new() },
            ranges: if some { row("range", text) } else { Vec::new() },
            columns: if some { row("column", text) } else { Vec::new() },
            of_kind: vec![field("given", text)],
            unit: vec![field("unit", text)],
            feeds: field("feeds", text),
            ticks: vec![field("required", text)],
            weight: field("weight", text),
            weight_reason: field("weight_reason", text),
            domain: field("domain", text),
            show_if: field("show_if", text),
            audience: field("audience", text),
            earlier: vec![Earlier { id: "Q-0".into(), text: text.into(), values: text.into() }],
            factors: vec![Earlier { id: "f".into(), text: text.into(), values: text.into() }],
            control_groups: vec![Group { title: text.into(), options: vec![choice(text)] }],
            chosen_controls: text.into(),
            clauses: vec![choice(text)],
            chosen_clauses: text.into(),
            evidence: field("evidence", text),
            evidence_kinds: vec![field("evidence_kinds", text)],
            tags: field("tags", text),
            poor_answer: field("poor_answer", text),
            findings: if some { Findings::samples().remove(1) } else { Findings::default() },
        };
        vec![page("Question", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}
