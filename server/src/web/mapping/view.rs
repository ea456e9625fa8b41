//! The context of `partials/mapping`: a sheet as it looks, what was understood of it, and what can be said of it.

use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::moment::Moment;
use serde::Serialize;

/// A sheet that can be looked at.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tab {
    /// Where it is shown.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What it is for, in words.
    pub role: String,
    /// Questions or entries in it.
    pub count: usize,
    /// It is the one that is shown.
    pub current: bool,
    /// Something in it is asked.
    pub asked: bool,
}

/// A column of the sheet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Column {
    /// Its letters.
    pub letters: String,
    /// The select's id.
    pub id: String,
    /// What the select is posted as.
    pub name: String,
    /// What it holds, in words; empty where it holds nothing.
    pub meaning: String,
    /// Its colour, from 1; 0 where it holds nothing.
    pub hue: usize,
    /// A person said what it holds.
    pub said: bool,
    /// What can be said.
    pub options: Vec<Choice>,
    /// What is wrong with what was said.
    pub error: Option<String>,
    /// What is not certain about it.
    pub doubt: Option<String>,
}

/// What a colour means.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Legend {
    /// The colour.
    pub hue: usize,
    /// What it means.
    pub text: String,
    /// The columns that have it, as letters.
    pub columns: String,
}

/// A cell as it is shown.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// The colour of its column.
    pub hue: usize,
    /// Columns that it spans; 0 is one.
    pub span: u32,
    /// It is joined with the cell above.
    pub joined: bool,
    /// Its text, clipped.
    pub text: String,
    /// Its text in full, where it was clipped.
    pub full: Option<String>,
}

/// A row of the sheet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// Its number.
    pub number: u32,
    /// Rows above it that hold nothing.
    pub blank: u32,
    /// It is hidden in the file.
    pub hidden: bool,
    /// What becomes of it: `header`, `question`, `section`, `passed`, `invalid`, `unused`, or nothing at all.
    pub kind: &'static str,
    /// The same in words.
    pub mark: String,
    /// Why.
    pub reason: Option<String>,
    /// What is not certain about it.
    pub doubt: Option<String>,
    /// By column.
    pub cells: Vec<Cell>,
}

/// The file that was said of before what is said of this one now.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Remembered {
    /// Its name.
    pub file: String,
    /// When it was said.
    pub moment: Moment,
}

/// Everything that the partial reads.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Mapping {
    /// Where the form is posted to.
    pub action: String,
    /// Where the sheet is shown, without a query.
    pub address: String,
    /// The sheets, hidden ones left out.
    pub tabs: Vec<Tab>,
    /// Names of hidden sheets.
    pub hidden: Vec<String>,
    /// What is wrong with what was said.
    pub errors: Vec<ErrorLink>,
    /// Something can be said.
    pub editable: bool,
    /// Why nothing can.
    pub locked: Option<String>,
    /// Something was said of the file.
    pub said: bool,
    /// It was said of another file of the same shape.
    pub remembered: Option<Remembered>,
    /// The sheet's name.
    pub sheet: String,
    /// Its place, from 1; 0 where the file has no sheet that can be shown.
    pub position: usize,
    /// What it is for, in words.
    pub role: String,
    /// How certain that is, in words.
    pub certainty: String,
    /// What speaks for it.
    pub reason: String,
    /// What was understood, counted, in words.
    pub counts: String,
    /// What is not certain about the sheet as a whole.
    pub doubts: Vec<String>,
    /// What it is for, to be said.
    pub role_field: Field,
    /// Where its headings stand, to be said.
    pub header_field: Field,
    /// From the left.
    pub columns: Vec<Column>,
    /// Columns of the table beside the rows' numbers.
    pub width: usize,
    /// Columns on the right that are not shown.
    pub columns_more: u32,
    /// Colours that stand in the table.
    pub legend: Vec<Legend>,
    /// The rows that are shown.
    pub rows: Vec<Row>,
    /// The first of them.
    pub from: u32,
    /// The last of them.
    pub to: u32,
    /// The last row of the sheet.
    pub last: u32,
    /// Rows before.
    pub previous: Option<String>,
    /// Rows behind.
    pub next: Option<String>,
}

impl Mapping {
    /// One with everything in it, for samples.
    pub fn sample(text: &str) -> Self {
        let select = Field {
            id: "role".into(),
            name: "role".into(),
            label: text.into(),
            hint: Some(text.into()),
            options: vec![Choice { key: "questionnaire".into(), text: text.into(), note: None, chosen: true }],
            blank: Some(text.into()),
            ..Field::default()
        };
        let column = |letters: &str, hue| Column {
            letters: letters.into(),
            id: format!("column-{letters}"),
            name: format!("column:{letters}"),
            meaning: if hue == 0 { String::new() } else { text.into() },
            hue,
            said: hue == 2,
            options: select.options.clone(),
            error: (hue == 2).then(|| text.into()),
            doubt: (hue == 3).then(|| text.into()),
        };
        let cell = |hue| Cell { hue, text: text.into(), full: (hue == 2).then(|| text.into()), ..Cell::default() };
        let row = |number, kind| Row {
            number,
            blank: u32::from(number == 4),
            hidden: number == 5,
            kind,
            mark: text.into(),
            reason: Some(text.into()),
            doubt: (number == 6).then(|| text.into()),
            cells: vec![
                cell(1),
                Cell { span: 2, ..cell(2) },
                Cell { joined: true, text: String::new(), ..cell(3) },
                cell(0),
            ],
        };
        let kinds = ["header", "question", "section", "passed", "invalid", "unused", ""];
        Self {
            action: "/templates/imports/1".into(),
            address: "/templates/imports/1".into(),
            tabs: vec![
                Tab {
                    href: "?sheet=1".into(),
                    name: text.into(),
                    role: text.into(),
                    count: 12,
                    current: true,
                    asked: true,
                },
                Tab { href: "?sheet=2".into(), name: text.into(), role: text.into(), ..Tab::default() },
            ],
            hidden: vec![text.into(); 2],
            errors: vec![ErrorLink { href: "#column-B".into(), text: text.into() }],
            editable: true,
            locked: None,
            said: true,
            remembered: Some(Remembered { file: text.into(), moment: Moment::default() }),
            sheet: text.into(),
            position: 1,
            role: text.into(),
            certainty: text.into(),
            reason: text.into(),
            counts: text.into(),
            doubts: vec![text.into()],
            header_field: Field { id: "header".into(), kind: "text", options: Vec::new(), ..select.clone() },
            role_field: select.clone(),
            columns: vec![column("A", 1), column("B", 2), column("C", 0), column("D", 3)],
            width: 5,
            columns_more: 3,
            legend: vec![Legend { hue: 1, text: text.into(), columns: "A, B".into() }; 3],
            rows: (3..).zip(kinds).map(|(number, kind)| row(number, kind)).collect(),
            from: 3,
            to: 9,
            last: 90,
            previous: Some("?sheet=1&from=1".into()),
            next: Some("?sheet=1&from=10".into()),
        }
    }

    /// The same of a file of which nothing can be said.
    pub fn locked_sample(text: &str) -> Self {
        Self { editable: false, locked: Some(text.into()), errors: Vec::new(), remembered: None, ..Self::sample(text) }
    }
}
