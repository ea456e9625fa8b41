//! The plan of a look-alike: its cells as lines of text, each line marked with what its author means it to be.
//!
//! ```text
//! = file supplier.xlsx supplier.ods
//! = sheet "Questions" questionnaire id=A question=B answer=C comment=D
//! = list C3:C9 Yes;No;N/A
//! H| ID | Question | Answer | Comment
//! S| Organisation
//! Q| 1.1 | Is there a policy? | Yes | Since 2019
//! -| | see above
//! ```
//! Marks: `H` header, `S` section, `Q` question, `R` entry of a register, `-` a row to pass over, `.` anything outside.
//! A line `> id=..; answer=..` below a question says what is not simply in its cells (`~` is nothing); several such lines
//! are several questions.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A look-alike.
#[derive(Debug, Default)]
pub struct Plan {
    /// The files to make of it, with what is special about each: `x.csv` `cp1252` `;`.
    pub files: Vec<Vec<String>>,
    pub sheets: Vec<PlannedSheet>,
}

#[derive(Debug, Default)]
pub struct PlannedSheet {
    pub name: String,
    pub role: String,
    pub hidden: bool,
    pub defaulted: bool,
    pub family: Option<String>,
    /// Column letters by role; several are joined by commas.
    pub columns: BTreeMap<String, String>,
    pub lists: Vec<(String, String)>,
    pub merges: Vec<String>,
    pub hidden_rows: Vec<u32>,
    pub lines: Vec<Line>,
}

#[derive(Debug, Default)]
pub struct Line {
    pub row: u32,
    pub mark: char,
    /// By column, counted from 1.
    pub cells: BTreeMap<u32, String>,
    pub said: Vec<BTreeMap<String, String>>,
}

pub fn read(text: &str) -> Plan {
    let mut plan = Plan::default();
    let (mut row, mut left) = (0, 1);
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("##")) {
        if let Some(rest) = line.strip_prefix('=') {
            directive(&mut plan, rest.trim(), &mut row, &mut left);
            continue;
        }
        let sheet = plan.sheets.last_mut().expect("a sheet before its rows");
        if let Some(rest) = line.strip_prefix('>') {
            let pairs = rest.split("; ").filter_map(|pair| pair.trim().split_once('='));
            let said = pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().replace("\\n", "\n"))).collect();
            sheet.lines.last_mut().expect("a row before what is said of it").said.push(said);
            continue;
        }
        row += 1;
        let (mark, cells) = line.split_once('|').unwrap_or((line, ""));
        let cells = if line.contains('|') { cells.split('|').collect() } else { Vec::new() };
        let cells = cells
            .iter()
            .enumerate()
            .map(|(n, cell)| (left + n as u32, cell.trim().replace("\\n", "\n").replace("\\p", "|")));
        let cells = cells.filter(|(_, cell)| !cell.is_empty()).collect();
        sheet.lines.push(Line { row, mark: mark.trim().chars().next().unwrap_or('.'), cells, said: Vec::new() });
    }
    plan
}

fn directive(plan: &mut Plan, text: &str, row: &mut u32, left: &mut u32) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    match word {
        "file" => plan.files.push(rest.split_whitespace().map(str::to_owned).collect()),
        "sheet" => {
            let (name, rest) = rest.trim_start_matches('"').split_once('"').expect("a name in quotes");
            let mut words = rest.split_whitespace();
            let role = words.next().expect("a role").to_owned();
            let columns =
                words.filter_map(|pair| pair.split_once('=')).map(|(role, at)| (role.to_owned(), at.to_owned()));
            plan.sheets.push(PlannedSheet {
                name: name.to_owned(),
                role,
                columns: columns.collect(),
                ..PlannedSheet::default()
            });
            (*row, *left) = (0, 1);
        }
        "start" => {
            let at = rest.find(|c: char| c.is_ascii_digit()).expect("a cell");
            *left = number(&rest[..at]);
            *row = rest[at..].parse::<u32>().expect("a row") - 1;
        }
        "skip" => *row += rest.parse::<u32>().expect("a number of rows"),
        other => {
            let sheet = plan.sheets.last_mut().expect("a sheet first");
            match other {
                "list" => {
                    let (area, options) = rest.split_once(' ').expect("an area and its options");
                    sheet.lists.push((area.to_owned(), options.trim().to_owned()));
                }
                "merge" => sheet.merges.extend(rest.split_whitespace().map(str::to_owned)),
                "hide" => sheet.hidden_rows.extend(rest.split_whitespace().filter_map(|row| row.parse::<u32>().ok())),
                "hidden" => sheet.hidden = true,
                "defaulted" => sheet.defaulted = true,
                "family" => sheet.family = Some(rest.to_owned()),
                other => panic!("unknown word {other}"),
            }
        }
    }
}

/// The number of a column.
pub fn number(letters: &str) -> u32 {
    letters.bytes().fold(0, |n, letter| n * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1)
}

/// First row, first column, last row, last column.
pub fn area(text: &str) -> (u32, u32, u32, u32) {
    let corner = |text: &str| {
        let at = text.find(|c: char| c.is_ascii_digit()).expect("a row");
        (text[at..].parse::<u32>().expect("a row"), number(&text[..at]))
    };
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    let ((top, first), (bottom, last)) = (corner(from), corner(to));
    (top, first, bottom, last)
}

/// What a cell shows: behind `=formula=>` its value, behind `#` a number.
pub fn shown(cell: &str) -> String {
    let value = cell.strip_prefix('=').and_then(|rest| rest.split_once("=>")).map_or(cell, |(_, value)| value);
    value.strip_prefix('#').unwrap_or(value).to_owned()
}

impl PlannedSheet {
    /// The text of a cell, or of the merged cell it is part of.
    fn text(&self, row: u32, column: u32) -> Option<String> {
        let at = |row: u32, column: u32| {
            self.lines.iter().find(|line| line.row == row)?.cells.get(&column).map(|cell| shown(cell))
        };
        at(row, column).or_else(|| {
            let inside = self.merges.iter().map(|text| area(text)).find(|(top, first, bottom, last)| {
                (top..=bottom).contains(&&row) && (first..=last).contains(&&column)
            })?;
            at(inside.0, inside.1)
        })
    }

    fn of(&self, role: &str) -> Vec<u32> {
        self.columns.get(role).map(|letters| letters.split(',').map(number).collect()).unwrap_or_default()
    }

    fn options(&self, row: u32, sheets: &[PlannedSheet]) -> Option<Vec<String>> {
        let answer = self.of("answer");
        let [column] = answer.as_slice() else { return None };
        let inside = |text: &str| {
            let (top, first, bottom, last) = area(text);
            (top..=bottom).contains(&row) && (first..=last).contains(column)
        };
        let (_, options) = self.lists.iter().find(|(area, _)| inside(area))?;
        let Some(place) = options.strip_prefix('=') else {
            return Some(options.split(';').map(str::to_owned).collect());
        };
        let (name, cells) = place.split_once('!')?;
        let (top, column, bottom, _) = area(&cells.replace('$', ""));
        let sheet = sheets.iter().find(|sheet| sheet.name == name)?;
        Some((top..=bottom).filter_map(|row| sheet.text(row, column)).collect())
    }

    /// What a careful reader finds, from what the author meant.
    pub fn truth(&self, sheets: &[PlannedSheet], with_lists: bool) -> Value {
        let headers: Vec<u32> = self.lines.iter().filter(|line| line.mark == 'H').map(|line| line.row).collect();
        let mut items = Vec::new();
        let mut section: Option<String> = None;
        let mut passed = Vec::new();
        for line in &self.lines {
            match line.mark {
                'S' => {
                    section =
                        line.said.first().and_then(|said| said.get("section").cloned()).or_else(|| {
                            line.cells.values().max_by_key(|cell| cell.chars().count()).map(|cell| shown(cell))
                        })
                }
                'H' if !line.said.is_empty() => section = line.said[0].get("section").cloned().or(section),
                '-' => passed.push(line.row),
                'Q' => items.extend(self.items(line, section.as_deref(), sheets, with_lists)),
                _ => {}
            }
        }
        let mut truth = json!({ "name": self.name, "visible": !self.hidden, "role": self.role });
        let map: &mut Map<String, Value> = truth.as_object_mut().expect("an object");
        let entries = self.lines.iter().filter(|line| line.mark == 'R').count();
        if !headers.is_empty() || self.role == "questionnaire" {
            map.insert("header_rows".into(), json!(headers));
        }
        if self.role == "register" {
            map.insert("rows".into(), json!(entries));
        }
        if let Some(family) = &self.family {
            map.insert("family".into(), json!(family));
        }
        if self.role == "questionnaire" && !self.hidden {
            map.insert("columns".into(), json!(self.places()));
            map.insert("defaulted".into(), json!(self.defaulted));
            map.insert("passed".into(), json!(passed));
            map.insert("items".into(), json!(items));
        }
        truth
    }

    fn places(&self) -> BTreeMap<&str, Value> {
        let place = |role: &'static str| {
            let letters = self.columns.get(role);
            let value = match letters {
                None => Value::Null,
                Some(letters) if letters.contains(',') => json!(letters.split(',').collect::<Vec<_>>()),
                Some(letter) => json!(letter),
            };
            (role, value)
        };
        ["id", "question", "answer", "comment", "section"].map(place).into_iter().collect()
    }

    fn items(&self, line: &Line, section: Option<&str>, sheets: &[PlannedSheet], with_lists: bool) -> Vec<Value> {
        let one = |role: &str| self.of(role).first().and_then(|column| self.text(line.row, *column));
        let answers = self.of("answer");
        let answer = match answers.as_slice() {
            [_, _, ..] => answers.iter().find(|column| line.cells.contains_key(column)).and_then(|column| {
                self.lines
                    .iter()
                    .filter(|header| header.mark == 'H' && header.row < line.row)
                    .rev()
                    .find_map(|header| self.text(header.row, *column))
            }),
            [column] => self.text(line.row, *column),
            [] => None,
        };
        let levels =
            self.of("section").iter().filter_map(|column| self.text(line.row, *column)).collect::<Vec<_>>().join(" / ");
        let section = Some(levels).filter(|text| !text.is_empty()).or(section.map(str::to_owned));
        let mut plain = json!({
            "row": line.row, "id": one("id"), "question": one("question"), "answer": answer, "comment": one("comment"), "section": section,
        });
        if with_lists && self.options(line.row, sheets).is_some() {
            plain["options"] = json!(self.options(line.row, sheets));
        }
        if line.said.is_empty() {
            return vec![plain];
        }
        let told = |said: &BTreeMap<String, String>| {
            let mut item = plain.clone();
            for (key, value) in said {
                item[key.as_str()] = if value == "~" { Value::Null } else { json!(value) };
            }
            item
        };
        line.said.iter().map(told).collect()
    }
}
