//! Contexts of the register's forms: a new entry, one field, a decision, a use, a reference, many entries.

use super::views::{Crumb, texts};
use crate::web::form::{ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

/// A form of a few fields.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RegisterForm {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What it is for.
    pub title: String,
    /// What to know before.
    pub about: Option<String>,
    /// Where it is posted.
    pub action: String,
    /// Where one goes without.
    pub cancel: String,
    /// What the button says.
    pub button: String,
    /// So that a second click makes nothing more.
    pub once: String,
    /// Posted along: name and value.
    pub hidden: Vec<(String, String)>,
    /// Somebody changed the entry meanwhile: what is shown now.
    pub meanwhile: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The fields, each with the partial that shows it.
    pub fields: Vec<Control>,
    /// Entries that are meant, by name.
    pub names: Vec<String>,
}

/// A field and how it is shown.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Control {
    /// One of these is set.
    pub input: Option<Field>,
    /// Of several lines.
    pub textarea: Option<Field>,
    /// A day.
    pub date: Option<Field>,
    /// A choice out of many.
    pub select: Option<Field>,
    /// A choice out of few.
    pub radios: Option<Field>,
}

impl Control {
    /// A line.
    pub fn input(field: Field) -> Self {
        Self { input: Some(field), ..Self::default() }
    }

    /// Several lines.
    pub fn textarea(field: Field) -> Self {
        Self { textarea: Some(field), ..Self::default() }
    }

    /// A day.
    pub fn date(field: Field) -> Self {
        Self { date: Some(field), ..Self::default() }
    }

    /// A choice out of many.
    pub fn select(field: Field) -> Self {
        Self { select: Some(field), ..Self::default() }
    }

    /// A choice out of few.
    pub fn radios(field: Field) -> Self {
        Self { radios: Some(field), ..Self::default() }
    }

    /// The field.
    pub fn field(&self) -> Option<&Field> {
        [&self.input, &self.textarea, &self.date, &self.select, &self.radios].into_iter().flatten().next()
    }
}

/// Deciding on an entry or a use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DecidePage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What is decided on.
    pub title: String,
    /// Where it stands.
    pub status: String,
    /// How the status is coloured.
    pub status_kind: &'static str,
    /// The forms that the caller may send: to whoever keeps the register one, to an approver another.
    pub forms: Vec<RegisterForm>,
}

/// Linking an entry to another.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LinkPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// The entry.
    pub name: String,
    /// Its address.
    pub href: String,
    /// For the forms.
    pub revision: i64,
    /// What is looked for.
    pub q: Field,
    /// What was looked for.
    pub is_asked: bool,
    /// The search engine does not work just now: only whole names and addresses are found.
    pub is_down: bool,
    /// Somebody changed the entry meanwhile.
    pub meanwhile: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// Which way it refers.
    pub relation: Field,
    /// The entries that were found.
    pub to: Field,
    /// Why.
    pub reason: Field,
    /// References that there are.
    pub links: Vec<LinkRow>,
}

/// A reference that can be taken away.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LinkRow {
    /// As posted.
    pub relation: String,
    /// As read.
    pub relation_text: String,
    /// The other entry.
    pub to: String,
    /// Its name.
    pub name: String,
    /// Why it is taken away, as typed.
    pub reason: String,
}

fn field(name: &str, text: &str) -> Field {
    let options = ["a", "b"].map(|key| crate::web::form::Choice {
        key: key.into(),
        text: text.into(),
        note: Some(text.into()),
        chosen: key == "a",
    });
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        hint: Some(text.into()),
        error: Some(text.into()),
        value: text.into(),
        kind: "text",
        options: options.into(),
        ..Field::default()
    }
}

fn form(text: &str) -> RegisterForm {
    RegisterForm {
        crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
        title: text.into(),
        about: Some(text.into()),
        action: "/register/new".into(),
        cancel: "/register".into(),
        button: text.into(),
        once: "1".into(),
        hidden: vec![("field".into(), text.into())],
        meanwhile: Some(text.into()),
        errors: vec![ErrorLink { href: "#a".into(), text: text.into() }],
        fields: vec![
            Control::input(field("a", text)),
            Control::textarea(field("b", text)),
            Control::date(field("c", text)),
            Control::select(field("d", text)),
            Control::radios(field("e", text)),
        ],
        names: vec![text.into(); 3],
    }
}

impl View for RegisterForm {
    const TEMPLATE: &'static str = "pages/register/form";

    fn samples() -> Vec<Self> {
        texts().iter().map(|text| form(text)).chain([Self::default()]).collect()
    }
}

impl View for DecidePage {
    const TEMPLATE: &'static str = "pages/register/decide";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            title: text.into(),
            status: text.into(),
            status_kind: "danger",
            forms: vec![form(text), RegisterForm { fields: Vec::new(), errors: Vec::new(), ..form(text) }],
        };
        texts().iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}

impl View for LinkPage {
    const TEMPLATE: &'static str = "pages/register/link";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            name: text.into(),
            href: "/register/1".into(),
            revision: 1,
            q: field("q", text),
            is_asked: true,
            is_down: true,
            meanwhile: Some(text.into()),
            errors: vec![ErrorLink { href: "#to".into(), text: text.into() }],
            relation: field("relation", text),
            to: field("to", text),
            reason: field("reason", text),
            links: vec![
                LinkRow {
                    relation: "runs_on".into(),
                    relation_text: text.into(),
                    to: "2".into(),
                    name: text.into(),
                    reason: text.into()
                };
                2
            ],
        };
        let none = |text: &str| Self { to: Field { options: Vec::new(), ..field("to", text) }, ..page(text) };
        texts().iter().map(|text| page(text)).chain([none("nothing found"), Self::default()]).collect()
    }
}
