//! What a list says, row by row, and what a person should look at.

use super::super::content::PRODUCTS;
use domain::problem::Problem;
use domain::register::fold::folded;
use domain::register::{
    Field, Identity, InUse, Line, ListColumns, ListRow, Naming, Slot, Statement, list_row, recognise_list,
};
use domain::sheet::{
    Corrections, Role, Sheet, SheetCorrection, Vocabulary, Workbook, address, column_number, inspect_with,
};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Remarks of one kind that are kept; the others are counted.
const REMARKS: usize = 1_000;
/// Characters of a row or cell that are shown beside a problem.
const LABEL: usize = 300;

/// What a register says, row by row.
#[derive(Default)]
pub(in crate::actions) struct Read {
    pub sheet: String,
    pub header_rows: Vec<u32>,
    /// None where no sheet says what AI is used for.
    pub columns: Option<ListColumns>,
    pub headings: Vec<String>,
    pub rows: Vec<(u32, ListRow)>,
    /// Rows that cannot be read.
    pub invalid: Vec<Told>,
    /// Rows whose owner published nothing of them.
    pub withheld: Vec<Told>,
    /// What a person should look at in rows that are read.
    pub remarks: Vec<Told>,
    /// How many remarks there are, by code.
    pub remarked: BTreeMap<String, usize>,
}

/// A place in the list, what stands there, and what is to be said of it.
#[derive(Clone)]
pub(in crate::actions) struct Told {
    pub place: String,
    pub label: String,
    pub problem: Problem,
}

/// By what a list's rows are the same entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A product of the table, or a product cell.
    Product(Identity),
    /// Name, vendor and plan, folded.
    Named(String, String, String),
}

impl Key {
    /// Of a row whose product cell, or part of it, is this; of one without, by its name.
    pub(super) fn of(row: &ListRow, product: Option<&str>) -> Option<Self> {
        if let Some(product) = product {
            return Some(Self::Product(Identity::of(&PRODUCTS, Some(product))));
        }
        let said = |field: &str| {
            let statement = row.said.iter().find(|(_, said)| said.field.id == field);
            statement.map(|(_, said)| folded(&said.value)).unwrap_or_default()
        };
        let (name, _) = row.name.as_ref()?;
        Some(Self::Named(folded(name), said("vendor"), said("plan")))
    }
}

/// Rows of one name that are told apart; further ones that contradict all of them count as the last.
const ALIKE: usize = 50;

/// Which rows speak of the same entry. Rows of one product do, whatever they say. Rows of one name do unless they
/// contradict each other: then they are two that are called alike.
#[derive(Default)]
pub(super) struct Groups {
    by_key: BTreeMap<Key, Vec<usize>>,
    all: Vec<Group>,
}

#[derive(Default)]
struct Group {
    /// Its first row.
    first: u32,
    id: Option<String>,
    said: BTreeMap<Slot, (String, u32)>,
}

/// Where a row belongs.
pub(super) struct Placed<'r> {
    /// The entry, from 0.
    pub entry: usize,
    /// It is the first row of it.
    pub is_new: bool,
    /// Of a new one: a row that is called alike.
    pub alike: Option<u32>,
    /// What it says otherwise than an earlier row of the same entry: the column, what, and that row.
    pub otherwise: Vec<(usize, &'r Statement, u32)>,
}

impl Groups {
    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Says which entry a row speaks of, by what it is the same as others.
    pub(super) fn place<'r>(&mut self, key: Key, number: u32, row: &'r ListRow) -> Placed<'r> {
        let is_product = matches!(key, Key::Product(_));
        let id = row.id.as_ref().map(|(id, _)| folded(id)).filter(|_| !is_product);
        let single: Vec<(usize, &Statement, Slot, String)> = row
            .said
            .iter()
            .filter(|(_, said)| !said.field.several)
            .map(|(column, said)| (*column, said, said.slot(None), said.field.compared(&said.value)))
            .collect();
        let differs =
            |group: &Group, slot: &Slot, value: &str| group.said.get(slot).is_some_and(|(said, _)| said != value);
        let fits = |group: &Group| {
            let other_id = id.is_some() && group.id.is_some() && id != group.id;
            is_product || !(other_id || single.iter().any(|(_, _, slot, value)| differs(group, slot, value)))
        };
        let alike = self.by_key.entry(key).or_default();
        let known = alike.iter().copied().find(|entry| fits(&self.all[*entry]));
        let full = alike.last().copied().filter(|_| alike.len() >= ALIKE);
        let first = alike.first().map(|entry| self.all[*entry].first);
        let entry = known.or(full).unwrap_or_else(|| {
            self.all.push(Group { first: number, ..Group::default() });
            alike.push(self.all.len() - 1);
            self.all.len() - 1
        });
        let is_new = known.or(full).is_none();
        let group = &mut self.all[entry];
        group.id = group.id.take().or(id);
        let mut otherwise = Vec::new();
        for (column, said, slot, value) in single {
            match group.said.get(&slot) {
                Some((believed, first)) if *believed != value => otherwise.push((column, said, *first)),
                Some(_) => {}
                None => {
                    group.said.insert(slot, (value, number));
                }
            }
        }
        Placed { entry, is_new, alike: first.filter(|_| is_new), otherwise }
    }
}

/// Finds the table of AI uses in a workbook and reads its rows, as far as a person said as they said. A sheet that is
/// said to be the register is the one; without any, the first that says what AI is used for. Nothing is read where none
/// does.
pub(in crate::actions) fn read(workbook: &Workbook, corrections: &Corrections) -> Read {
    let sheets_alone = corrections.clone().without_columns();
    let report = inspect_with(workbook, Vocabulary::shipped(), "", "", &sheets_alone);
    let said = corrections.by_sheet(workbook);
    let role = |said: &Option<&SheetCorrection>| said.and_then(|said| said.role);
    let chosen = said.iter().any(|said| role(said) == Some(Role::Register));
    for ((sheet, found), said) in workbook.sheets.iter().zip(&report.sheets).zip(said) {
        let register = role(&said).map_or(!chosen, |role| role == Role::Register);
        let Some(&first) = found.header_rows.first().filter(|_| found.visible && register) else { continue };
        let told = said.is_some_and(|said| said.header_rows.is_some());
        let follow = |row: &&u32| told && found.header_rows.contains(row);
        let last = (first + 1..).take_while(|row| follow(&row)).last().unwrap_or(first);
        let headings = headings(sheet, first, last);
        let meaning = |(letters, said): (&String, &String)| {
            let column = column_number(letters)?.checked_sub(1)? as usize;
            Some((column, known(said)))
        };
        let columns = said.iter().flat_map(|said| &said.columns).filter_map(meaning).collect();
        let Ok(columns) = recognise_list(&headings, &columns) else { continue };
        let header_rows = if told { found.header_rows.clone() } else { vec![first] };
        let mut read = Read { sheet: sheet.name.clone(), header_rows, headings, ..Read::default() };
        let width = read.headings.len();
        let mut seen: HashMap<u64, u32> = HashMap::new();
        let (mut repeated, mut broken) = (Vec::new(), Vec::new());
        for row in sheet.rows.iter().filter(|row| row.number > last && !read.header_rows.contains(&row.number)) {
            let cells = texts(row, width);
            let label =
                || short(&cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" | "));
            match list_row(&columns, row.number as usize, &cells) {
                Ok(Line::Row(found)) => {
                    if let Some(column) = cells.iter().position(|cell| is_broken(cell)) {
                        broken.push((row.number, column, label()));
                    }
                    match seen.entry(hash_of(&cells)) {
                        Entry::Occupied(first) => repeated.push((row.number, *first.get())),
                        Entry::Vacant(slot) => {
                            slot.insert(row.number);
                        }
                    }
                    read.rows.push((row.number, *found));
                }
                Ok(Line::Blank) => {}
                Ok(Line::Withheld) => {
                    let place = format!("{}!A{}", sheet.name, row.number);
                    let problem = Problem::new(place.clone(), "row-withheld");
                    read.withheld.push(Told { place, label: label(), problem });
                }
                Err(problem) => {
                    let place = format!("{}!{}", sheet.name, problem.at);
                    let problem = problem.moved_to(place.clone());
                    read.invalid.push(Told { place, label: label(), problem });
                }
            }
        }
        read.columns = Some(columns);
        for (number, column, label) in broken {
            read.tell(read.address(number, column), &label, Problem::new("", "broken-characters"));
        }
        read.remark(&repeated.into_iter().collect());
        return read;
    }
    Read::default()
}

/// What a person said of a column: one of the meanings, or nothing.
fn known(said: &str) -> Option<String> {
    domain::register::LIST_COLUMNS.contains(&said).then(|| said.to_owned())
}

fn texts(row: &domain::sheet::Row, width: usize) -> Vec<String> {
    let columns = 1..=u32::try_from(width).unwrap_or(u32::MAX);
    columns.map(|column| row.text(column).map(|text| text.into_owned()).unwrap_or_default()).collect()
}

fn headings(sheet: &Sheet, first: u32, last: u32) -> Vec<String> {
    let width = sheet.range().map_or(0, |range| range.last_column) as usize;
    let mut headings = vec![String::new(); width];
    for row in (first..=last).filter_map(|row| sheet.row(row)) {
        for (heading, text) in headings.iter_mut().zip(texts(row, width)) {
            *heading = [heading.as_str(), &text].join(" ").trim().to_owned();
        }
    }
    headings
}

/// Whether a text holds what no keyboard writes: bytes that were no letters, whichever way they are read.
fn is_broken(text: &str) -> bool {
    !text.is_ascii() && text.contains(|c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{fffd}'))
}

/// What tells rows apart that say the same.
fn hash_of(cells: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for cell in cells {
        cell.trim().hash(&mut hasher);
    }
    hasher.finish()
}

fn short(text: &str) -> String {
    text.chars().take(LABEL).collect()
}

impl Read {
    /// Where a cell stands.
    pub(super) fn address(&self, row: u32, column: usize) -> String {
        address(&self.sheet, row, u32::try_from(column + 1).unwrap_or(u32::MAX))
    }

    /// The column that stands for a whole row.
    pub(super) fn row_column(&self) -> usize {
        let columns = self.columns.as_ref();
        columns.and_then(|columns| columns.use_case.or(columns.naming().first().copied())).unwrap_or(0)
    }

    /// Rows of which somebody says that they are in use, each with the product cell that names it, if any.
    pub(super) fn in_use(&self) -> impl Iterator<Item = (&u32, &ListRow)> {
        self.rows.iter().filter(|(_, row)| row.used.in_use == InUse::Yes).map(|(number, row)| (number, row))
    }

    pub(super) fn tell(&mut self, place: String, label: &str, problem: Problem) {
        let count = self.remarked.entry(problem.code.clone()).or_default();
        *count += 1;
        if *count <= REMARKS {
            let problem = problem.moved_to(place.clone());
            self.remarks.push(Told { place, label: short(label), problem });
        }
    }

    /// Looks over the rows together: cells that no fact can hold, rows that stand there twice, numbers that are missing
    /// or stand there twice, rows that say otherwise of the same entry.
    fn remark(&mut self, repeated: &HashMap<u32, u32>) {
        let rows = std::mem::take(&mut self.rows);
        let has_ids = self.columns.as_ref().is_some_and(|columns| columns.id.is_some());
        let id_column = self.columns.as_ref().and_then(|columns| columns.id).unwrap_or(0);
        let mut ids: HashMap<String, u32> = HashMap::new();
        let mut groups = Groups::default();
        for (number, row) in &rows {
            let number = *number;
            let name = row.name.as_ref().map_or(row.used.use_case.as_str(), |(name, _)| name);
            for (problem, text) in &row.unread {
                let place = format!("{}!{}", self.sheet, problem.at);
                self.tell(place, text, problem.clone());
            }
            match &row.id {
                None if has_ids => {
                    self.tell(self.address(number, id_column), name, Problem::new("", "id-missing"));
                }
                Some((id, column)) => match ids.get(&folded(id)) {
                    Some(first) => {
                        let problem = Problem::new("", "id-repeated").with("given", short(id)).with("first", first);
                        self.tell(self.address(number, *column), name, problem);
                    }
                    None => {
                        ids.insert(folded(id), number);
                    }
                },
                None => {}
            }
            if let Some(first) = repeated.get(&number) {
                let problem = Problem::new("", "row-repeated").with("first", first);
                self.tell(self.address(number, self.row_column()), name, problem);
            }
            let product = row.used.product_cell.as_deref().filter(|_| row.is_product);
            let Some(key) = Key::of(row, product).filter(|_| row.used.in_use == InUse::Yes) else { continue };
            let placed = groups.place(key, number, row);
            if let Some(first) = placed.alike {
                let problem = Problem::new("", "entries-called-alike").with("first", first).with("name", short(name));
                self.tell(self.address(number, self.row_column()), name, problem);
            }
            for (column, said, first) in placed.otherwise {
                let problem = Problem::new("", "entry-said-otherwise").with("first", first);
                self.tell(self.address(number, column), &said.value, problem.with("name", short(name)));
            }
        }
        self.rows = rows;
    }

    /// Headings of columns that nothing is taken from.
    pub(super) fn unread_headings(&self) -> Vec<String> {
        let taken: BTreeSet<usize> =
            self.columns.iter().flat_map(ListColumns::each).map(|(_, column)| column).collect();
        let free =
            self.headings.iter().enumerate().filter(|(column, heading)| !taken.contains(column) && !heading.is_empty());
        free.map(|(_, heading)| short(heading)).collect()
    }
}

/// The product cell of a row, where it names a product: "Various", "N/A" and the like are kept with the use and make no
/// entry.
pub(super) fn named_product(row: &ListRow) -> Option<&str> {
    row.used.product_cell.as_deref().filter(|cell| row.is_product && Naming::of(cell) == Naming::Named)
}

/// The vendor that a row names.
pub(super) fn said_vendor(row: &ListRow) -> Option<&str> {
    let vendor = Field::named("vendor")?;
    row.said.iter().find(|(_, said)| said.field == vendor).map(|(_, said)| said.value.as_str())
}
