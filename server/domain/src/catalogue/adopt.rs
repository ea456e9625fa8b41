//! From a feature of the catalogue to statements of the register.

use super::region::Regions;
use super::{Basis, Entry, Fact, SourceKind};
use crate::answer::iso_date;
use crate::problem::{Problem, Problems};
use crate::register::field::MAX_VALUE;
use crate::register::{Certainty, Source, Statement};
use std::collections::BTreeMap;
use time::Date;

/// What one page says of a feature: a source of its own, so that pages which contradict each other stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// The page.
    pub source: Source,
    /// The date of the page, or the day on which it was read.
    pub last_seen: Date,
    /// What it says, as it holds on the day of adopting.
    pub statements: Vec<Statement>,
}

impl Entry<'_> {
    /// What the register is told when the feature is adopted on a day: everything that holds then, page by page, the
    /// feature's own page first. A reader's remarks and the conditions of facts become `notes`, so that nothing is lost.
    ///
    /// # Errors
    /// What the register refuses, at the feature's id and field; a file that was checked has none.
    pub fn adopted(&self, on: Date, regions: &Regions) -> Result<Vec<Adopted>, Problems> {
        let mut problems = Vec::new();
        let mut pages: BTreeMap<(bool, String, Date), (Source, Vec<Statement>)> = BTreeMap::new();
        let at = |problem: Problem| {
            let at = format!("{}/{}", self.feature.id, problem.at);
            problem.moved_to(at)
        };
        let mut tell = |source_id: &str, day: Date, statements: Vec<Statement>| {
            let is_other = source_id != self.feature.source;
            let entry = if is_other { format!("{}/{source_id}", self.feature.id) } else { self.feature.id.clone() };
            let url = self.document.source(source_id).map(|source| source.url.clone());
            let page = pages.entry((is_other, source_id.to_owned(), day));
            page.or_insert_with(|| (Source::Catalogue { entry, url }, Vec::new())).1.extend(statements);
        };
        for fact in self.in_force(on) {
            let source_id = fact.source.as_deref().unwrap_or(&self.feature.source);
            let day = self.document.as_of(self.feature, fact).and_then(|day| iso_date::read(day).ok()).unwrap_or(on);
            match self.statements(fact, regions) {
                Ok(statements) => tell(source_id, day, statements),
                Err(problem) => problems.push(at(problem)),
            }
        }
        let own_day = self.document.source(&self.feature.source).map(|s| s.dated.as_deref().unwrap_or(&s.read));
        let own_day = own_day.and_then(|day| iso_date::read(day).ok()).unwrap_or(on);
        let notes = self.notes(on, regions);
        let kind = self.feature.kind.as_str();
        let said = [
            ("name", self.feature.name.as_str()),
            ("kind", kind),
            ("vendor", &self.document.vendor),
            ("product", &self.product.name),
            ("notes", &notes),
        ];
        for (field, value) in said.into_iter().filter(|(_, value)| !value.is_empty()) {
            match Statement::new(field, value) {
                Ok(statement) => tell(&self.feature.source, own_day, vec![statement]),
                Err(problem) => problems.push(at(problem)),
            }
        }
        let pages = pages
            .into_iter()
            .map(|((_, _, last_seen), (source, statements))| Adopted { source, last_seen, statements })
            .collect();
        Problems::none_or(problems, pages)
    }

    /// The facts that hold on a day: of what one page says about the same slot, the one that began last.
    fn in_force(&self, on: Date) -> Vec<&Fact> {
        let on = iso_date::write(on);
        let holds = |fact: &&Fact| {
            fact.until.as_deref().is_none_or(|until| until >= on.as_str())
                && fact.from.as_deref().is_none_or(|from| from <= on.as_str())
        };
        let facts: Vec<&Fact> = self.feature.facts.iter().filter(holds).collect();
        let is_replaced = |fact: &Fact| {
            facts.iter().any(|other| {
                other.field == fact.field
                    && (&other.plans, &other.regions, &other.source) == (&fact.plans, &fact.regions, &fact.source)
                    && other.from > fact.from
            })
        };
        facts.iter().filter(|fact| !is_replaced(fact)).copied().collect()
    }

    fn statements(&self, fact: &Fact, regions: &Regions) -> Result<Vec<Statement>, Problem> {
        let kind = self.document.source_of(self.feature, fact).map(|source| source.kind);
        let certainty = match (fact.basis, kind) {
            (Basis::Stated, Some(SourceKind::Vendor)) => Certainty::Certain,
            (Basis::Stated, _) | (Basis::Reported, Some(SourceKind::Vendor)) => Certainty::Likely,
            (Basis::Reported | Basis::Judged, _) => Certainty::Uncertain,
        };
        let from = fact.from.as_deref().and_then(|from| iso_date::read(from).ok());
        let mut statements = Vec::new();
        for plan in self.plan_names(fact) {
            for region in region_names(fact, regions) {
                for value in fact.value.texts() {
                    let statement = Statement::new(&fact.field, value)?.only_for(plan, region)?;
                    let statement = from.into_iter().fold(statement, Statement::as_of);
                    statements.push(statement.with_certainty(certainty));
                }
            }
        }
        Ok(statements)
    }

    /// The names of a fact's plans; one empty name where it holds in every plan.
    fn plan_names<'a>(&'a self, fact: &'a Fact) -> Vec<&'a str> {
        if fact.plans.is_empty() {
            return vec![""];
        }
        let name = |id: &'a String| {
            self.product.plans.iter().find(|plan| plan.id == *id).map_or(id.as_str(), |plan| plan.name.as_str())
        };
        fact.plans.iter().map(name).collect()
    }

    /// The feature's note, then the condition of each fact that has one.
    fn notes(&self, on: Date, regions: &Regions) -> String {
        let mut notes: Vec<String> = self.feature.note.iter().cloned().collect();
        for fact in self.in_force(on) {
            let Some(note) = &fact.note else { continue };
            let place: Vec<&str> = self
                .plan_names(fact)
                .into_iter()
                .chain(region_names(fact, regions))
                .filter(|name| !name.is_empty())
                .collect();
            let place = if place.is_empty() { String::new() } else { format!(" ({})", place.join(", ")) };
            notes.push(format!("{}{place}: {note}", fact.field));
        }
        notes.join("\n").chars().take(MAX_VALUE).collect()
    }
}

/// The names of a fact's regions; one empty name where it holds in every region.
fn region_names<'a>(fact: &'a Fact, regions: &'a Regions) -> Vec<&'a str> {
    if fact.regions.is_empty() {
        return vec![""];
    }
    let name = |id: &'a String| {
        regions.all().iter().find(|region| region.id == *id).map_or(id.as_str(), |region| region.name.as_str())
    };
    fact.regions.iter().map(name).collect()
}
