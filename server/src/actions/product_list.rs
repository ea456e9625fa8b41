//! A list of the products that somebody uses, read line by line: which products of the catalogue it names. Nothing of it is
//! kept.

use super::answers_import::read_workbook;
use super::at_length;
use super::content::{ASIDE, CATALOGUE};
use crate::config::Limits;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use bytes::Bytes;
use domain::catalogue::Use;
use domain::catalogue::recognise::{Found, Outcome, Reading, Recogniser};
use domain::problem::{Problem, Problems};
use domain::register::fold::folded;
use domain::sheet::{Row, Sheet, Visibility, Workbook, column_letters, column_number};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Recognises the products of the shipped catalogue.
pub static RECOGNISER: LazyLock<Recogniser<'static>> = LazyLock::new(|| Recogniser::new(&CATALOGUE, &ASIDE));

/// A line of a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Counted from 1, blank lines included.
    pub number: usize,
    /// As it stands.
    pub text: String,
    /// What it says; never empty.
    pub readings: Vec<Reading>,
}

/// A list that was read.
#[derive(Clone, Debug, Default)]
pub struct ProductList {
    /// All lines that are not blank.
    pub lines: Vec<Line>,
    /// How many are blank.
    pub blank: usize,
}

/// Reads a list, one product or several to a line. Every line that is not blank is in the result.
///
/// # Errors
/// At `list`: `too-many-lines` and `line-too-long`, with the limit and what was given.
pub fn read(limits: &Limits, text: &str) -> Result<ProductList, Problems> {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() > limits.product_lines {
        let problem = Problem::new("list", "too-many-lines");
        return Err(Problems::one(problem.with("most", limits.product_lines).with("given", lines.len())));
    }
    let most = limits.product_line_characters;
    let too_long = lines.iter().enumerate().filter(|(_, line)| line.chars().count() > most);
    let problems: Vec<Problem> = too_long
        .take(TOLD)
        .map(|(n, line)| {
            let problem = Problem::new("list", "line-too-long");
            problem.with("line", n + 1).with("most", most).with("given", line.chars().count())
        })
        .collect();
    Problems::none_or(problems, ())?;
    Ok(at_length(|| {
        // The same line means the same, however often it stands there.
        let mut known: BTreeMap<&str, Vec<Reading>> = BTreeMap::new();
        let mut list = ProductList::default();
        for (n, line) in lines.into_iter().enumerate() {
            let readings = known.entry(line).or_insert_with(|| RECOGNISER.read(line)).clone();
            if readings.is_empty() {
                list.blank += 1;
            } else {
                list.lines.push(Line { number: n + 1, text: line.trim().to_owned(), readings });
            }
        }
        list
    }))
}

/// Lines whose length is complained about at once.
const TOLD: usize = 5;

/// What a person said that doubtful texts mean: the product's id, or none of those that were offered.
pub type Meanings = BTreeMap<String, Option<String>>;

/// What the meaning of a text is kept by.
pub fn meant_by(text: &str) -> String {
    folded(text)
}

impl ProductList {
    /// The texts that may mean a product of the catalogue, each once, with the line where it stands first.
    pub fn doubtful(&self) -> Vec<(usize, &str, &[Found])> {
        let mut seen = BTreeSet::new();
        let readings = self.lines.iter().flat_map(|line| line.readings.iter().map(|reading| (line.number, reading)));
        readings
            .filter_map(|(line, reading)| match &reading.outcome {
                Outcome::Ask(found) if seen.insert(meant_by(&reading.text)) => {
                    Some((line, reading.text.as_str(), found.as_slice()))
                }
                _ => None,
            })
            .collect()
    }

    /// The products that the list names, and those that a person said that it means.
    pub fn uses(&self, meanings: &Meanings) -> Vec<Use> {
        let mut uses: BTreeSet<Use> = BTreeSet::new();
        for reading in self.lines.iter().flat_map(|line| &line.readings) {
            let meant = match &reading.outcome {
                Outcome::Certain(found) => Some(found),
                Outcome::Ask(found) => meanings
                    .get(&meant_by(&reading.text))
                    .and_then(|meant| found.iter().find(|found| Some(&found.product) == meant.as_ref())),
                Outcome::Unknown | Outcome::NotAProduct(_) => None,
            };
            uses.extend(meant.map(|found| Use { product: found.product.clone(), plan: found.plan.clone() }));
        }
        uses.into_iter().collect()
    }
}

/// The product names of an uploaded list.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// One line for each row that has something in the column.
    pub text: String,
    /// The sheet.
    pub sheet: String,
    /// The column that names the products, in letters.
    pub column: String,
    /// Its first cell.
    pub heading: String,
    /// Rows of the sheet with nothing in that column.
    pub without: usize,
    /// Other sheets that hold something, which were not read.
    pub other_sheets: Vec<String>,
}

/// Takes the products out of a workbook or a CSV file: of the column that is named, else of the one in which most cells
/// name a product of the catalogue.
///
/// # Errors
/// When it is no workbook; at `file`: `no-product-column` when no cell names a product and no column was named,
/// `nothing-in-the-file`; at `column`: `no-column-of-that-name`.
pub async fn upload(platform: &Platform, bytes: Bytes, column: &str) -> Result<Uploaded> {
    let workbook = read_workbook(platform, &bytes).await.map_err(at_file)?;
    let limits = &platform.config.limits;
    Ok(at_length(|| taken(&workbook, column, limits))?)
}

fn at_file(error: AppError) -> AppError {
    match error {
        AppError::Invalid(problems) => {
            let moved = problems.0.into_iter().map(|problem| match problem.at.as_str() {
                "" | "file" => problem.moved_to("file"),
                at => {
                    let at = format!("file:{at}");
                    problem.moved_to(at)
                }
            });
            AppError::Invalid(Problems(moved.collect()))
        }
        other => other,
    }
}

fn taken(workbook: &Workbook, column: &str, limits: &Limits) -> Result<Uploaded, Problem> {
    let visible = || workbook.sheets.iter().filter(|sheet| sheet.visibility == Visibility::Visible);
    let filled: Vec<&Sheet> = visible().filter(|sheet| !sheet.rows.is_empty()).collect();
    if filled.is_empty() {
        return Err(Problem::new("file", "nothing-in-the-file"));
    }
    let (sheet, column) = match column.trim() {
        "" => best(&filled).ok_or_else(|| Problem::new("file", "no-product-column"))?,
        named => {
            let places = filled.iter().filter_map(|sheet| Some((*sheet, named_column(sheet, named)?)));
            let given = named.chars().take(60).collect::<String>();
            places
                .max_by_key(|(sheet, column)| named_cells(sheet, *column))
                .ok_or_else(|| Problem::new("column", "no-column-of-that-name").with("given", given))?
        }
    };
    let plan = plan_column(sheet, column);
    let mut lines = Vec::new();
    for row in &sheet.rows {
        let Some(product) = cell(row, column) else { continue };
        // "Slack" and, in the column beside it, "Enterprise Grid" say one thing.
        let plan = plan.and_then(|plan| cell(row, plan)).filter(|_| !lines.is_empty());
        lines.push(match plan {
            Some(plan) => format!("{product}; {plan}"),
            None => product,
        });
    }
    if lines.len() > limits.product_lines {
        let most = limits.product_lines;
        return Err(Problem::new("file", "too-many-lines").with("most", most).with("given", lines.len()));
    }
    Ok(Uploaded {
        without: sheet.rows.len() - lines.len(),
        heading: lines.first().cloned().unwrap_or_default(),
        text: lines.join("\n"),
        sheet: sheet.name.clone(),
        column: column_letters(column),
        other_sheets: filled.iter().filter(|other| other.name != sheet.name).map(|other| other.name.clone()).collect(),
    })
}

/// A cell on one line; none where it is blank.
fn cell(row: &Row, column: u32) -> Option<String> {
    let text = row.text(column)?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// Cells of a column that certainly name a product, among the first rows.
fn named_cells(sheet: &Sheet, column: u32) -> usize {
    let is_named = |text: &String| {
        text.chars().count() <= LOOKED_AT
            && RECOGNISER.read(text).iter().any(|reading| matches!(reading.outcome, Outcome::Certain(_)))
    };
    sheet.rows.iter().take(LOOKED_THROUGH).filter_map(|row| cell(row, column)).filter(is_named).count()
}

/// Rows in which a column is looked for.
const LOOKED_THROUGH: usize = 200;
/// Columns among which it is looked for.
const COLUMNS: u32 = 60;
/// Characters of a cell that is looked at for that: what is longer is a description.
const LOOKED_AT: usize = 120;

/// Where most cells name a product; of several the leftmost.
fn best<'a>(sheets: &[&'a Sheet]) -> Option<(&'a Sheet, u32)> {
    let columns = sheets.iter().flat_map(|sheet| (1..=sheet.width().min(COLUMNS)).map(move |column| (*sheet, column)));
    let mut best: Option<(usize, &'a Sheet, u32)> = None;
    for (sheet, column) in columns {
        let named = named_cells(sheet, column);
        if named > best.map_or(0, |(most, ..)| most) {
            best = Some((named, sheet, column));
        }
    }
    best.map(|(_, sheet, column)| (sheet, column))
}

/// A column by its heading, in any of the first rows, or by its letters.
fn named_column(sheet: &Sheet, named: &str) -> Option<u32> {
    let width = sheet.width();
    let is_heading = |row: &Row, column: u32| cell(row, column).is_some_and(|text| folded(&text) == folded(named));
    let by_heading = sheet.rows.iter().take(10).find_map(|row| (1..=width).find(|column| is_heading(row, *column)));
    let by_letters = column_number(&named.to_ascii_uppercase()).filter(|column| (1..=width).contains(column));
    by_heading.or(by_letters)
}

/// Headings of a column that names the plan.
const PLANS: [&str; 9] = ["plan", "edition", "tier", "licence", "license", "subscription", "package", "方案", "版本"];

fn plan_column(sheet: &Sheet, product: u32) -> Option<u32> {
    let first = sheet.rows.first()?;
    let is_plan = |column: &u32| {
        *column != product && cell(first, *column).is_some_and(|text| PLANS.contains(&folded(&text).as_str()))
    };
    (1..=sheet.width().min(COLUMNS)).find(is_plan)
}
