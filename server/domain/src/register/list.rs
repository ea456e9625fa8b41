//! Reading somebody else's list with all that its columns say: uses, the list's own numbers, and fields of the register.

use super::field::{Field, Shape};
use super::fold::folded;
use super::import::{InUse, Use, UseColumn, heading_words, letters, nothing_named, recognise_uses, yes_or_no};
use super::products::Naming;
use super::{FIELDS, Statement};
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a column is called that holds the list's own number or name for a row.
pub const ROW_ID: &str = "id";

/// Everything that a column of a list can say: what is used, the list's own number, and every field that a list can
/// state. Their names, in the order in which they are offered.
pub static LIST_COLUMNS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let fields = FIELDS.iter().filter(|field| field.is_declarable() && field.id != "product").map(|field| field.id);
    UseColumn::NAMES.into_iter().chain([ROW_ID]).chain(fields).collect()
});

/// Which column (from 0) says what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListColumns {
    /// The part of the organisation.
    pub unit: Option<usize>,
    /// What it is used for.
    pub use_case: Option<usize>,
    /// Yes or no; absent in a list that holds only what is in use.
    pub in_use: Option<usize>,
    /// The commercial product or service.
    pub product: Option<usize>,
    /// How many users or licences.
    pub users: Option<usize>,
    /// The list's own number.
    pub id: Option<usize>,
    /// Fields of the register, in the order of columns.
    pub fields: Vec<(usize, &'static Field)>,
}

impl ListColumns {
    /// Every column that says something, with what it says.
    pub fn each(&self) -> Vec<(&'static str, usize)> {
        let uses = [self.unit, self.use_case, self.in_use, self.product, self.users];
        let uses = UseColumn::NAMES.into_iter().zip(uses);
        let named = uses.chain([(ROW_ID, self.id)]).filter_map(|(meaning, column)| Some((meaning, column?)));
        named.chain(self.fields.iter().map(|(column, field)| (field.id, *column))).collect()
    }

    /// The columns that can name an entry, the surest first.
    pub fn naming(&self) -> Vec<usize> {
        let name = self.fields.iter().find(|(_, field)| field.id == "name").map(|(column, _)| *column);
        [name, self.product, self.use_case].into_iter().flatten().collect()
    }
}

/// The headings, folded, by which fields are recognised; a field's own id is one of its headings. A heading must say
/// nothing else.
const HEADINGS: [(&str, &[&str]); 40] = [
    ("vendor", &["vendor", "vendor name", "supplier", "supplier name", "manufacturer", "publisher"]),
    ("plan", &["plan", "edition", "plan or edition"]),
    ("version", &["version", "version number"]),
    ("purpose", &["summary", "summary of use case", "description", "use case description", "purpose", "what it does"]),
    ("kind", &["kind", "ai type", "type of ai", "kind of ai"]),
    ("model", &["model", "models", "ai model", "underlying model", "foundation model", "model used"]),
    ("model_provider", &["model provider", "model vendor", "model developer"]),
    ("sub_processors", &["sub processor", "sub processors", "subprocessors"]),
    (
        "sub_processor_regions",
        &["sub processor region", "sub processor regions", "sub processor location", "sub processor locations"],
    ),
    ("hosting", &["hosting", "hosted on", "hosted by", "cloud provider"]),
    ("residency", &["residency", "data residency", "data location", "data region"]),
    ("retention", &["retention", "data retention", "retention period"]),
    ("licence", &["licence", "license"]),
    ("licence_needed", &["licence needed", "license needed", "licence required", "license required"]),
    ("default_state", &["default state", "default", "on by default"]),
    ("availability", &["availability"]),
    ("trains_on_customer_data", &["trains on customer data", "trains on our data", "training on customer data"]),
    ("data_categories", &["data categories", "categories of data", "types of data"]),
    ("personal_data", &["personal data", "contains personal data", "pii"]),
    ("special_category_data", &["special category data", "sensitive data"]),
    ("childrens_data", &["childrens data", "data of children"]),
    ("intended_users", &["intended users"]),
    ("affected_people", &["affected people", "people affected"]),
    ("decision_role", &["decision role", "role in decisions"]),
    ("oversight", &["human oversight", "oversight"]),
    (
        "decision_supported",
        &["decision supported", "decisions supported", "supported decision", "decision made with it"],
    ),
    (
        "deployment_boundary",
        &["deployment boundary", "system boundary", "deployment environment", "deployment context", "where it runs"],
    ),
    ("vendor_changed_on", &["vendor changed on", "changed by vendor", "last changed by vendor", "vendor change date"]),
    (
        "approach",
        &["ai technique", "ai techniques", "ai techniques used", "what specific ai techniques were used", "techniques"],
    ),
    (
        "training_data",
        &[
            "training data",
            "training data origin",
            "training data origins",
            "where did does the training data originate",
        ],
    ),
    ("tier", &["ai act tier", "eu ai act tier", "risk tier", "risk category"]),
    ("limitations", &["limitations", "known limitations"]),
    ("failure_modes", &["failure modes", "failure mode", "known failure modes", "known failures", "how it fails"]),
    ("bias_indicators", &["bias indicators", "bias indicator", "bias metrics", "bias", "known biases"]),
    ("standards", &["standards"]),
    ("certificates", &["certificates", "certifications"]),
    ("model_card", &["model card"]),
    ("incidents", &["incidents"]),
    ("notes", &["notes", "note", "comments", "remarks"]),
    ("tasks", &["tasks", "task"]),
];
/// Headings of a column that names entries, in a list that does not speak of uses.
const NAMES: [&str; 9] = [
    "name",
    "system name",
    "ai system name",
    "ai system",
    "system",
    "tool name",
    "feature name",
    "model name",
    "title",
];
/// Headings of a column of numbers.
const IDS: [&str; 12] = [
    "id",
    "ids",
    "identifier",
    "no",
    "nr",
    "number",
    "ref",
    "reference",
    "use case id",
    "system id",
    "row id",
    "entry id",
];

/// Recognises the columns of a list by their headings, each at most once; `said` is what a person said of columns (from
/// 0): one of [`LIST_COLUMNS`], or nothing.
///
/// # Errors
/// `no-use-case-column` where no column says what an entry is used for or called.
pub fn recognise_list(headings: &[String], said: &BTreeMap<usize, Option<String>>) -> Result<ListColumns, Problem> {
    let words: Vec<Vec<String>> = headings.iter().map(|heading| heading_words(heading)).collect();
    let mut taken: Vec<bool> = (0..headings.len()).map(|column| said.contains_key(&column)).collect();
    let mut uses: [Option<usize>; 5] = [None; 5];
    let mut id = None;
    let mut fields: BTreeMap<usize, &'static Field> = BTreeMap::new();
    for (column, meaning) in said.iter().filter_map(|(column, meaning)| Some((*column, meaning.as_deref()?))) {
        match (UseColumn::named(meaning), Field::named(meaning)) {
            (Some(known), _) => uses[known as usize] = Some(column),
            (None, _) if meaning == ROW_ID => id = Some(column),
            (None, Some(field)) => {
                fields.insert(column, field);
            }
            (None, None) => {}
        }
    }
    let free = |wanted: &dyn Fn(&str) -> bool, taken: &[bool]| {
        words.iter().enumerate().position(|(column, words)| !taken[column] && wanted(&words.join(" ")))
    };
    let has = |words: &[String], wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let says_uses = uses[UseColumn::UseCase as usize].is_some()
        || words.iter().any(|words| has(words, &["use"]) && has(words, &["case", "cases"]));
    // A list of things by name: what it says of their purpose is said of them, and is no use of ours.
    if !says_uses && !fields.values().any(|field| field.id == "name") {
        let phrases =
            |id: &str| HEADINGS.iter().find(|(known, _)| *known == id).map_or(&[][..], |(_, phrases)| *phrases);
        for (field, phrases) in [("name", &NAMES[..]), ("purpose", phrases("purpose"))] {
            if fields.values().any(|known| known.id == field) {
                continue;
            }
            match (free(&|heading| phrases.contains(&heading), &taken), Field::named(field)) {
                (Some(column), Some(field)) => {
                    taken[column] = true;
                    fields.insert(column, field);
                }
                // Without names, a purpose is what something is used for.
                _ => break,
            }
        }
    }
    recognise_uses(&words, &mut uses, &mut taken);
    if id.is_none() {
        id = free(&|heading| IDS.contains(&heading), &taken);
        if let Some(column) = id {
            taken[column] = true;
        }
    }
    let mut known: Vec<&str> = fields.values().map(|field| field.id).collect();
    for field in FIELDS.iter().filter(|field| field.is_declarable() && !matches!(field.id, "product" | "name")) {
        let phrases = HEADINGS.iter().find(|(id, _)| *id == field.id).map_or(&[][..], |(_, phrases)| *phrases);
        let own = field.id.replace('_', " ");
        if known.contains(&field.id) {
            continue;
        }
        if let Some(column) = free(&|heading| heading == own || phrases.contains(&heading), &taken) {
            taken[column] = true;
            known.push(field.id);
            fields.insert(column, field);
        }
    }
    let [unit, use_case, in_use, product, users] = uses;
    let columns = ListColumns { unit, use_case, in_use, product, users, id, fields: fields.into_iter().collect() };
    if columns.naming().is_empty() {
        return Err(nothing_named(headings));
    }
    Ok(columns)
}

/// What a row of a list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The use of it.
    pub used: Use,
    /// What names its entry, and in which column; absent where nothing does.
    pub name: Option<(String, usize)>,
    /// The product cell names it: it may name several.
    pub is_product: bool,
    /// The list's own number, and its column.
    pub id: Option<(String, usize)>,
    /// What it says of fields, and in which column.
    pub said: Vec<(usize, Statement)>,
    /// Cells that say something which no fact can hold, located at the cell; the text stands beside.
    pub unread: Vec<(Problem, String)>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It says nothing.
    Blank,
    /// Its owner published that it is there, and nothing of it.
    Withheld,
    /// It says something.
    Row(Box<ListRow>),
}

/// Reads one row.
///
/// # Errors
/// `use-case-required`, `name-required`, `not-yes-or-no` or `unit-required`, located at the column's letter and the row
/// (`B17`). The row is refused, not dropped: the caller keeps it with its problem.
pub fn list_row(columns: &ListColumns, row: usize, cells: &[String]) -> Result<Line, Problem> {
    let cell = |column: usize| cells.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let said = |column: Option<usize>| Some((column?, cell(column?)?));
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(Line::Blank);
    }
    let at = |column: usize, code: &str| Problem::new(format!("{}{row}", letters(column)), code);
    let naming = columns.naming();
    if naming.iter().filter_map(|column| cell(*column)).next().is_some_and(is_withheld)
        || columns.use_case.and_then(cell).is_some_and(is_withheld)
    {
        return Ok(Line::Withheld);
    }
    let name_column = columns.fields.iter().find(|(_, field)| field.id == "name").map(|(column, _)| *column);
    let product = said(columns.product).filter(|(_, cell)| Naming::of(cell) == Naming::Named);
    let by_name = said(name_column);
    let is_product = by_name.is_none() && product.is_some();
    // A list of products that names none in this row says that something is used, and not what.
    let by_use = || said(columns.use_case).filter(|_| columns.product.is_none());
    let name = by_name.or(product).or_else(by_use);
    let use_case = match (said(columns.use_case), columns.use_case) {
        (Some((_, text)), _) => text,
        (None, Some(column)) => return Err(at(column, "use-case-required")),
        (None, None) => match (name, naming.first()) {
            (Some((_, text)), _) => text,
            (None, Some(column)) => match said(columns.product) {
                Some((_, text)) => text,
                None => return Err(at(*column, "name-required")),
            },
            (None, None) => return Err(at(0, "name-required")),
        },
    };
    let in_use = match columns.in_use {
        None => InUse::Yes,
        Some(column) => match cell(column) {
            None => InUse::NotStated,
            Some(text) => yes_or_no(text).ok_or_else(|| at(column, "not-yes-or-no").with("given", short(text)))?,
        },
    };
    let unit = said(columns.unit).map(|(_, text)| text.to_owned());
    if let (Some(column), None) = (columns.unit, &unit) {
        return Err(at(column, "unit-required"));
    }
    let mut found = ListRow {
        used: Use {
            unit,
            use_case: use_case.to_owned(),
            in_use,
            product_cell: said(columns.product).map(|(_, text)| text.to_owned()),
            users: said(columns.users).map(|(_, text)| text.to_owned()),
        },
        name: name.map(|(column, text)| (text.to_owned(), column)),
        is_product,
        id: said(columns.id).map(|(column, text)| (text.to_owned(), column)),
        said: Vec::new(),
        unread: Vec::new(),
    };
    if let (Some((column, text)), false) = (product, is_product)
        && let Ok(statement) = Statement::new("product", text)
    {
        found.said.push((column, statement));
    }
    for (column, field) in &columns.fields {
        let Some(text) = cell(*column).filter(|text| field.id != "name" && !says_nothing(text)) else { continue };
        for said in statements(field, text) {
            match said {
                Ok(statement) => found.said.push((*column, statement)),
                Err(problem) => {
                    let problem = problem.moved_to(format!("{}{row}", letters(*column)));
                    found.unread.push((problem.with("field", field.id), text.to_owned()));
                }
            }
        }
    }
    Ok(Line::Row(Box::new(found)))
}

/// What a cell says of a field, as people write it: any case, blanks for underscores, `Y` for yes, a JSON list.
fn statements(field: &'static Field, text: &str) -> Vec<Result<Statement, Problem>> {
    let read = |text: &str| -> Result<Statement, Problem> {
        if field.shape != Shape::Choice {
            return Statement::new(field.id, text);
        }
        let value = folded(text).replace([' ', '-'], "_");
        let yes_no = || match yes_or_no(text)? {
            InUse::Yes => Some("yes"),
            InUse::No => Some("no"),
            InUse::NotStated => None,
        };
        let worded = field.values.contains(&"yes").then(yes_no).flatten().unwrap_or(&value);
        Statement::new(field.id, worded).or_else(|_| Statement::new(field.id, text))
    };
    if !field.several {
        return vec![read(text)];
    }
    match serde_json::from_str::<Vec<String>>(text) {
        Ok(listed) => listed.iter().filter(|one| !one.trim().is_empty()).map(|one| read(one)).collect(),
        Err(_) => super::field::elements(text).iter().map(|one| read(one)).collect(),
    }
}

/// "N/A" and the like say of a field as much as an empty cell.
fn says_nothing(text: &str) -> bool {
    matches!(folded(text).as_str(), "n/a" | "na" | "n.a." | "none given" | "-" | "--" | "tbd")
}

fn is_withheld(text: &str) -> bool {
    matches!(heading_words(text)[..], [ref only] if matches!(only.as_str(), "redacted" | "withheld"))
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
