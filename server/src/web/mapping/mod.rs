//! A workbook as it looks, with what was understood of it, and a form in which a person says it better. The same for
//! answers, for templates and for the register; whoever shows it says what columns can hold and what became of rows.

mod form;
mod posted;
mod table;
mod view;

pub use form::{Asked, Refused, Wish, asked};
pub use posted::posted;
pub use view::{Cell, Column, Legend, Mapping, Remembered, Row, Tab};

use super::form::{Choice, ErrorLink, Field, Posted};
use super::moment::Moment;
use super::query;
use super::render::Renderer;
use crate::actions::mapping::{Looked, Mapped};
use domain::problem::Problems;
use domain::sheet::{
    ColumnPlace, Corrections, Meanings, NOTHING, Role, Sheet, SheetCorrection, SheetReport, column_letters,
    column_number,
};
use std::collections::BTreeMap;
use table::{COLUMNS_SHOWN, Window};

/// Colours that columns can have; more meanings share them.
const HUES: usize = 9;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `header`, `question`, `section`, `passed`, `invalid` or `unused`.
    pub kind: &'static str,
    /// The same in words.
    pub mark: String,
    /// Why, in words.
    pub reason: Option<String>,
}

/// What was understood of a sheet, as far as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Understood {
    /// What columns hold, counted from 1.
    pub columns: BTreeMap<u32, String>,
    /// By row.
    pub rows: BTreeMap<u32, Outcome>,
    /// The rows of headings.
    pub header_rows: Vec<u32>,
    /// Questions or entries in it.
    pub count: usize,
    /// What was understood, counted, in words.
    pub counts: String,
}

/// What a screen shows of a workbook.
pub struct Screen<'s> {
    /// Finds words.
    pub renderer: &'s Renderer,
    /// The workbook.
    pub looked: &'s Looked,
    /// Its page.
    pub address: String,
    /// What is to be seen of it.
    pub wish: Wish,
    /// What columns can hold.
    pub meanings: Meanings<'s>,
    /// What the wording of a column's meaning begins with: `mapping.column`. The first that there is.
    pub wording: &'static [&'static str],
    /// What sheets can be for.
    pub roles: &'s [Role],
    /// Why nothing can be said, in words; none where something can.
    pub locked: Option<String>,
    /// What was posted and refused: the corrections, and what is wrong with them.
    pub refused: Option<(Corrections, Problems)>,
}

/// What a sheet can be for in a workbook of questions.
pub const ROLES: [Role; 8] = [
    Role::Questionnaire,
    Role::Register,
    Role::Catalogue,
    Role::Evaluation,
    Role::Instructions,
    Role::Lookup,
    Role::Cover,
    Role::Unknown,
];

impl Screen<'_> {
    /// The context of the partial; `understood` says what became of each sheet.
    pub fn view(&self, understood: &dyn Fn(&SheetReport) -> Understood) -> Mapping {
        let reports = &self.looked.inspection.sheets;
        let shown = self.shown();
        let mut mapping = Mapping {
            action: self.address.clone(),
            address: self.address.clone(),
            hidden: reports.iter().filter(|sheet| !sheet.visible).map(|sheet| sheet.name.clone()).collect(),
            editable: self.locked.is_none(),
            locked: self.locked.clone(),
            said: !self.looked.corrections().is_empty(),
            remembered: self.looked.mapped.as_ref().and_then(remembered),
            ..Mapping::default()
        };
        let tab = |(n, sheet): (usize, &SheetReport)| Tab {
            href: self.href(n + 1, None),
            name: sheet.name.clone(),
            role: self.role(sheet.role),
            count: understood(sheet).count,
            current: Some(n) == shown,
            asked: !sheet.asks.is_empty(),
        };
        mapping.tabs = reports.iter().enumerate().filter(|(_, sheet)| sheet.visible).map(tab).collect();
        if let Some(n) = shown {
            self.sheet(&mut mapping, n, &understood(&reports[n]));
        }
        mapping
    }

    /// The sheet that is shown: the one that is wished for, else the first that holds something of use.
    fn shown(&self) -> Option<usize> {
        let reports = &self.looked.inspection.sheets;
        let wished = self.wish.sheet.and_then(|sheet| sheet.checked_sub(1));
        let wished = wished.filter(|n| reports.get(*n).is_some_and(|sheet| sheet.visible));
        let first = |role: Role| reports.iter().position(|sheet| sheet.visible && sheet.role == role);
        let any = || reports.iter().position(|sheet| sheet.visible && sheet.range.is_some());
        wished
            .or_else(|| self.roles.iter().take(2).find_map(|role| first(*role)))
            .or_else(any)
            .or_else(|| reports.iter().position(|sheet| sheet.visible))
    }

    fn sheet(&self, mapping: &mut Mapping, n: usize, found: &Understood) {
        let (sheet, report) = (&self.looked.workbook.sheets[n], &self.looked.inspection.sheets[n]);
        let standing = self.looked.corrections();
        let said = |all: &Corrections| all.sheets.iter().find(|said| said.position == n + 1).cloned();
        let corrections = self.refused.as_ref().map_or(&standing, |(corrections, _)| corrections);
        let said = match said(corrections) {
            Some(said) => said,
            None => corrections.by_sheet(&self.looked.workbook)[n].cloned().unwrap_or_default(),
        };
        let problems = self.refused.as_ref().map(|(_, problems)| form::at_fields(problems.clone()));
        let posted = problems.map(|problems| Posted::refused(self.renderer, Default::default(), &problems));
        let posted = posted.unwrap_or_default();
        let window = Window::of(sheet, self.wish.from, &found.header_rows);
        mapping.sheet = sheet.name.clone();
        mapping.position = n + 1;
        mapping.role = self.role(report.role);
        mapping.certainty = self.text("mapping.certain", &[("percent", &(report.certainty * 100.0).round())]);
        mapping.reason = self.reason(&report.reason);
        mapping.counts = found.counts.clone();
        mapping.doubts = report
            .asks
            .iter()
            .filter(|doubt| matches!(doubt.about.as_str(), "role" | "header"))
            .map(|doubt| self.doubt(&doubt.reason))
            .collect();
        mapping.role_field = self.role_field(&posted, report, &said);
        mapping.header_field = self.header_field(&posted, &found.header_rows, &said);
        mapping.columns = self.columns(&posted, sheet, report, &found.columns, &said);
        mapping.width = mapping.columns.len() + 1;
        mapping.columns_more = sheet.width().saturating_sub(COLUMNS_SHOWN);
        let hues: Vec<usize> = mapping.columns.iter().map(|column| column.hue).collect();
        mapping.rows = window.rows(sheet, &hues, &found.rows);
        for row in &mut mapping.rows {
            let doubt = report.asks.iter().find(|doubt| doubt.row == Some(row.number));
            row.doubt = doubt.map(|doubt| self.doubt(&doubt.reason));
        }
        mapping.legend = self.legend(&mapping.columns);
        (mapping.from, mapping.to, mapping.last) = window.bounds(sheet);
        mapping.previous = window.previous(sheet).map(|row| self.href(n + 1, Some(row)));
        mapping.next = window.next(sheet).map(|row| self.href(n + 1, Some(row)));
        let fields: Vec<Field> = mapping
            .columns
            .iter()
            .map(|column| {
                let label = self.text("mapping.column_of", &[("letters", &column.letters)]);
                Field { id: column.id.clone(), label, ..Field::default() }
            })
            .collect();
        let mut all: Vec<&Field> = fields.iter().collect();
        all.extend([&mapping.role_field, &mapping.header_field]);
        let errors: Vec<ErrorLink> = posted.errors_of(&all);
        mapping.errors = errors;
    }

    fn role_field(&self, posted: &Posted, report: &SheetReport, said: &SheetCorrection) -> Field {
        let choice = |role: &Role| Choice {
            key: key(*role),
            text: self.role(*role),
            note: None,
            chosen: said.role == Some(*role),
        };
        let role = self.role(report.role);
        let found = if said.role.is_some() {
            self.text("mapping.by_ourselves", &[])
        } else {
            self.text("mapping.found", &[("what", &role)])
        };
        Field {
            blank: Some(found),
            options: self.roles.iter().map(choice).collect(),
            ..posted.field("role", self.text("mapping.role", &[]))
        }
    }

    fn header_field(&self, posted: &Posted, found: &[u32], said: &SheetCorrection) -> Field {
        let hint = match (&said.header_rows, found) {
            (Some(_), _) => self.text("mapping.header_hint_said", &[]),
            (None, []) => self.text("mapping.header_hint_none", &[]),
            (None, [first, ..]) => self.text("mapping.header_hint", &[("row", first)]),
        };
        Field {
            hint: Some(hint),
            value: said.header_rows.as_deref().map(form::written).unwrap_or_default(),
            width: Some("medium"),
            autocomplete: Some("off"),
            ..posted.field("header", self.text("mapping.header", &[]))
        }
    }

    fn columns(
        &self,
        posted: &Posted,
        sheet: &Sheet,
        report: &SheetReport,
        found: &BTreeMap<u32, String>,
        said: &SheetCorrection,
    ) -> Vec<Column> {
        let column = |number: u32| {
            let letters = column_letters(number);
            let told = said.column(number);
            let holds = told.or(found.get(&number).map(String::as_str)).filter(|holds| *holds != NOTHING);
            let meaning = holds.map(|holds| self.meaning(holds)).unwrap_or_default();
            let blank = match (told, holds) {
                (Some(_), _) => self.text("mapping.by_ourselves", &[]),
                (None, Some(_)) => self.text("mapping.found", &[("what", &meaning)]),
                (None, None) => self.text("mapping.found_nothing", &[]),
            };
            let choice =
                |key: &str, text: String| Choice { key: key.to_owned(), text, note: None, chosen: told == Some(key) };
            let mut options = vec![Choice { text: blank, chosen: told.is_none(), ..Choice::default() }];
            options.extend(self.meanings.known.iter().map(|known| choice(known, self.meaning(known))));
            options.push(choice(NOTHING, self.text("mapping.nothing", &[])));
            let doubt = report.asks.iter().find(|doubt| doubt.columns.contains(&letters) && doubt.row.is_none());
            let id = format!("column-{letters}");
            Column {
                error: posted.error(&id),
                name: format!("column:{letters}"),
                hue: holds.map_or(0, |holds| self.hue(holds)),
                said: told.is_some(),
                doubt: doubt.map(|doubt| self.doubt(&doubt.reason)),
                id,
                letters,
                meaning,
                options,
            }
        };
        (1..=sheet.width().min(COLUMNS_SHOWN)).map(column).collect()
    }

    fn legend(&self, columns: &[Column]) -> Vec<Legend> {
        let of = |known: &&str| {
            let meaning = self.meaning(known);
            let own: Vec<&str> = columns
                .iter()
                .filter(|column| column.meaning == meaning)
                .map(|column| column.letters.as_str())
                .collect();
            (!own.is_empty()).then(|| Legend { hue: self.hue(known), columns: own.join(", "), text: meaning })
        };
        self.meanings.known.iter().filter_map(of).collect()
    }

    fn hue(&self, meaning: &str) -> usize {
        self.meanings.known.iter().position(|known| *known == meaning).map_or(0, |n| n % HUES + 1)
    }

    fn meaning(&self, meaning: &str) -> String {
        let mut keys = self.wording.iter().map(|wording| [wording, meaning].join("."));
        let known = keys.clone().find(|key| self.renderer.platform.wording.knows(key)).or_else(|| keys.next_back());
        self.renderer.text(&known.unwrap_or_default(), &[])
    }

    fn role(&self, role: Role) -> String {
        self.renderer.text(&format!("mapping.role.{}", key(role)), &[])
    }

    fn text(&self, key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
        self.renderer.text(key, values)
    }

    /// A doubt as a sentence.
    fn doubt(&self, reason: &str) -> String {
        let words = self.reason(reason);
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    fn reason(&self, reason: &str) -> String {
        in_words(self.renderer, reason)
    }

    fn href(&self, sheet: usize, from: Option<u32>) -> String {
        let (sheet, from) = (sheet.to_string(), from.map(|from| from.to_string()));
        let pairs = [("sheet", Some(sheet.as_str())), ("from", from.as_deref())];
        query::address(&self.address, pairs.into_iter().filter_map(|(name, value)| Some((name, value?))))
    }
}

/// The address of a part of a workbook.
pub fn address_of(address: &str, wish: Wish) -> String {
    let (sheet, from) = (wish.sheet.map(|sheet| sheet.to_string()), wish.from.map(|from| from.to_string()));
    let pairs = [("sheet", sheet.as_deref()), ("from", from.as_deref())];
    query::address(address, pairs.into_iter().filter_map(|(name, value)| Some((name, value?))))
}

/// A reason of the inspection in words.
pub fn in_words(renderer: &Renderer, reason: &str) -> String {
    let slug: Vec<String> = reason.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let slug: Vec<&str> = slug.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    let key = ["mapping.reason", &slug.join("_")].join(".");
    if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { reason.to_owned() }
}

fn key(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|role| role.as_str().map(str::to_owned)).unwrap_or_default()
}

fn remembered(mapped: &Mapped) -> Option<Remembered> {
    let from = mapped.remembered.as_ref()?;
    Some(Remembered { file: from.file_name.clone(), moment: Moment::from(from.at) })
}

/// What was understood of a sheet of a workbook of questions.
pub fn of_questions(renderer: &Renderer, report: &SheetReport) -> Understood {
    let mut found = Understood { header_rows: report.header_rows.clone(), ..Understood::default() };
    for (role, place) in report.columns.iter().flatten() {
        let letters = match place {
            Some(ColumnPlace::One(letters)) => std::slice::from_ref(letters),
            Some(ColumnPlace::Many(letters)) => letters.as_slice(),
            None => &[],
        };
        let numbers = letters.iter().filter_map(|letters| column_number(letters));
        found.columns.extend(numbers.map(|number| (number, role.name().to_owned())));
    }
    let mark = |kind: &'static str| renderer.text(&format!("mapping.row.{kind}"), &[]);
    for skipped in &report.skipped {
        let (kind, reason) = match skipped.reason.as_str() {
            "a heading" => ("section", None),
            "the header again" => ("header", None),
            reason => ("passed", Some(in_words(renderer, reason))),
        };
        found.rows.insert(skipped.row, Outcome { kind, mark: mark(kind), reason });
    }
    let items = report.items.as_deref().unwrap_or_default();
    for item in items {
        found.rows.insert(item.row, Outcome { kind: "question", mark: mark("question"), reason: None });
    }
    for row in &report.header_rows {
        found.rows.insert(*row, Outcome { kind: "header", mark: mark("header"), reason: None });
    }
    found.count = report.rows.unwrap_or(items.len());
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let answered = if report.defaulted { 0 } else { items.iter().filter(|item| item.answer.is_some()).count() };
    let passed = found.rows.values().filter(|row| row.kind == "passed").count();
    if report.items.is_some() {
        let parts = [
            renderer.counted("mapping.questions", count(items.len())),
            renderer.counted("mapping.answered", count(answered)),
            renderer.counted("mapping.passed", count(passed)),
        ];
        found.counts = parts.join(" · ");
    } else if let Some(rows) = report.rows {
        found.counts = renderer.counted("mapping.entries", count(rows));
    }
    found
}
