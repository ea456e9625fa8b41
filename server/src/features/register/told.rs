//! Recorded facts in words: values, where they come from, who recorded them.

use super::factsheet_views::{SaidView, SourceView};
use super::words;
use crate::error::Result;
use crate::repo::register::Record;
use crate::repo::{self, BuyerScope};
use crate::web::moment::Moment;
use crate::web::question::answer_href;
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::ids::{ComponentId, ImportId, MemberId};
use domain::register::fold::folded;
use domain::register::{By, Certainty, Check, Current, Fact, PRODUCT_TABLE, Settled, Shape, Slot, Source};
use entity::ai_use;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

/// Entries that are asked for in one statement.
const BATCH: usize = 1_000;

/// The names that records mention: of people, files and other entries.
#[derive(Default)]
pub(super) struct Names {
    people: BTreeMap<MemberId, String>,
    files: BTreeMap<Uuid, String>,
    /// The import of each bill of materials, by its file's hash.
    documents: BTreeMap<String, Uuid>,
    entries: BTreeMap<Uuid, String>,
}

impl Names {
    /// Looks them up: a query for each kind, whatever the number of records.
    pub(super) async fn of(
        renderer: &Renderer,
        scope: BuyerScope,
        records: impl Iterator<Item = &Record> + Clone,
        uses: &[ai_use::Model],
    ) -> Result<Self> {
        let db = renderer.platform.db.read();
        let facts = records.clone().flat_map(|record| &record.facts);
        let by = facts.clone().map(|fact| fact.recorded_by);
        let by = by.chain(records.clone().flat_map(|record| &record.choices).map(|choice| choice.by));
        let by = by.chain(records.flat_map(|record| &record.checks).map(|check| check.by));
        let members: BTreeSet<MemberId> =
            by.filter_map(|by| if let By::Member(id) = by { Some(id) } else { None }).collect();
        let of_facts = facts.clone().filter_map(|fact| match &fact.source {
            Source::Import { import, .. } => Some(*import),
            _ => None,
        });
        let imports: BTreeSet<ImportId> =
            of_facts.chain(uses.iter().filter_map(|row| row.import_id).map(ImportId)).collect();
        let of_boms = facts.clone().filter_map(|fact| match &fact.source {
            Source::Bom { sha256, .. } => Some(sha256.clone()),
            _ => None,
        });
        let documents: BTreeSet<String> = of_boms.collect();
        let references = facts.filter(|fact| fact.said.field.shape == Shape::Reference);
        let referred: BTreeSet<ComponentId> = references.filter_map(|fact| fact.said.value.parse().ok()).collect();
        let mut names = Self::default();
        if !members.is_empty() {
            names.people = repo::people::names(db, scope, members).await?;
        }
        if !imports.is_empty() {
            names.files = repo::imports::files(db, &scope, imports).await?;
        }
        if !documents.is_empty() {
            names.documents = repo::imports::boms_of_files(db, scope, &documents).await?;
        }
        for some in referred.into_iter().collect::<Vec<_>>().chunks(BATCH) {
            let rows = repo::register::of_ids(db, scope, some).await?;
            names.entries.extend(rows.into_iter().map(|row| (row.id, row.name)));
        }
        Ok(names)
    }
}

/// What telling of one entry needs to know beside its record.
pub(super) struct Teller<'a> {
    pub renderer: &'a Renderer,
    names: Arc<Names>,
    uses: BTreeMap<Uuid, String>,
    /// Plans and regions as they were written, by what they are compared by.
    spelled: BTreeMap<String, String>,
}

impl<'a> Teller<'a> {
    /// Looks up the names that a record mentions.
    pub(super) async fn of(
        renderer: &'a Renderer,
        scope: BuyerScope,
        record: &Record,
        uses: &[ai_use::Model],
    ) -> Result<Self> {
        let names = Names::of(renderer, scope, std::iter::once(record), uses).await?;
        Ok(Self::with(renderer, Arc::new(names), record, uses))
    }

    /// With names that were looked up.
    pub(super) fn with<'u>(
        renderer: &'a Renderer,
        names: Arc<Names>,
        record: &Record,
        uses: impl IntoIterator<Item = &'u ai_use::Model>,
    ) -> Self {
        let spelled = record.facts.iter().flat_map(|fact| [&fact.said.plan, &fact.said.region]).flatten();
        Self {
            renderer,
            names,
            uses: uses.into_iter().map(|row| (row.id, row.use_case.clone())).collect(),
            spelled: spelled.map(|name| (folded(name), name.clone())).collect(),
        }
    }

    /// The name of an imported file.
    pub(super) fn file(&self, import: Uuid) -> Option<String> {
        self.names.files.get(&import).cloned()
    }

    /// Who did something.
    pub(super) fn who(&self, by: By) -> String {
        match by {
            By::Member(id) => match self.names.people.get(&id) {
                Some(name) => name.clone(),
                None => self.renderer.text("register.by.former", &[]),
            },
            By::Token(_) => self.renderer.text("register.by.token", &[]),
            By::Contact(_) => self.renderer.text("register.by.contact", &[]),
            By::System => self.renderer.text("register.by.system", &[]),
        }
    }

    /// A value as it is read, and where it leads.
    pub(super) fn value(&self, fact: &Fact) -> (String, Option<String>) {
        let value = &fact.said.value;
        if fact.said.field.shape != Shape::Reference {
            return (words::value(self.renderer, fact.said.field.id, value), None);
        }
        match value.parse().ok().and_then(|id: Uuid| self.names.entries.get(&id)) {
            Some(name) => (name.clone(), Some(format!("/register/{value}"))),
            None => (self.renderer.text("register.entry_gone", &[]), None),
        }
    }

    /// For which plan and region; none for all.
    pub(super) fn of_plan(&self, plan: Option<&str>, region: Option<&str>) -> Option<String> {
        match (plan, region) {
            (Some(plan), Some(region)) => {
                Some(self.renderer.text("register.of_plan_region", &[("plan", &plan), ("region", &region)]))
            }
            (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
            (None, None) => None,
        }
    }

    /// A slot's name: the field, and of which plan, region or use.
    pub(super) fn slot(&self, slot: &Slot) -> String {
        let field = words::field(self.renderer, slot.field);
        let spelled = |name: &Option<String>| name.as_ref().map(|name| self.spelled.get(name).unwrap_or(name).clone());
        let of = self.of_plan(spelled(&slot.plan).as_deref(), spelled(&slot.region).as_deref());
        let named = match of {
            Some(of) => self.renderer.text("register.field_of", &[("field", &field), ("of", &of)]),
            None => field,
        };
        match slot.of_use.and_then(|id| self.uses.get(&id.0)) {
            Some(of) => {
                let of: String = of.chars().take(80).collect();
                self.renderer.text("register.field_of", &[("field", &named), ("of", &of)])
            }
            None => named,
        }
    }

    /// Where a fact comes from.
    pub(super) fn source(&self, fact: &Fact, as_of: Date, check: Option<&Check>) -> SourceView {
        let (text, href, reason) = self.origin(&fact.source);
        let doubt = (fact.said.certainty != Certainty::Certain)
            .then(|| self.renderer.text(&format!("register.certainty.{}", fact.said.certainty.name()), &[]));
        let checked = check.map(|check| {
            let (by, on) = (self.who(check.by), iso_date::write(check.at.date()));
            self.renderer.text("register.checked_by", &[("by", &by), ("on", &on), ("note", &check.note)])
        });
        SourceView {
            text,
            href,
            reason,
            as_of: iso_date::write(as_of),
            last_seen: iso_date::write(fact.last_seen),
            doubt,
            checked,
            moment: Moment::from(fact.recorded_at),
            by: self.who(fact.recorded_by),
        }
    }

    /// A source in words, where it stands, and why somebody says so.
    pub(super) fn origin(&self, source: &Source) -> (String, Option<String>, Option<String>) {
        let text = |key: &str, values: &[(&str, &dyn std::fmt::Display)]| self.renderer.text(key, values);
        match source {
            Source::Person { reason } => (text("register.from_person", &[]), None, reason.clone()),
            Source::Evidence { title, place, .. } => {
                let said = match place {
                    Some(place) => text("register.from_evidence_place", &[("title", title), ("place", place)]),
                    None => text("register.from_evidence", &[("title", title)]),
                };
                (said, None, None)
            }
            Source::Answer { assessment, question, round, row, .. } => {
                let said = match row {
                    Some(row) => {
                        text("register.from_answer_row", &[("question", question), ("row", row), ("round", round)])
                    }
                    None => text("register.from_answer", &[("question", question), ("round", round)]),
                };
                (said, Some(answer_href(assessment, question)), None)
            }
            Source::Bom { document, sha256, element } => {
                let href = self.names.documents.get(sha256).map(|import| format!("/register/boms/{import}"));
                (text("register.from_bom", &[("document", document), ("element", element)]), href, None)
            }
            Source::Import { import, list, cell } => {
                let file = self.names.files.get(&import.0).unwrap_or(list);
                let said = text("register.from_import", &[("file", file), ("cell", cell)]);
                (said, Some(format!("/register/imports/{import}")), None)
            }
            Source::Catalogue { entry, .. } if entry == PRODUCT_TABLE => {
                (text("register.vendor_of_table", &[]), None, None)
            }
            Source::Catalogue { entry, url } => {
                let href = url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
                (text("register.from_catalogue", &[("entry", entry)]), href, None)
            }
        }
    }

    /// A statement that counts now.
    pub(super) fn current(&self, one: &Settled<'_>, n: usize, may_check: impl Fn(&Fact) -> bool) -> SaidView {
        let current: &Current<'_> = &one.says[n];
        let (value, href) = self.value(current.fact);
        SaidView {
            id: current.fact.id.to_string(),
            value,
            href,
            of: self.of_plan(current.fact.said.plan.as_deref(), current.fact.said.region.as_deref()),
            shown: one.shown == Some(n),
            chosen: one.shown == Some(n),
            may_check: current.check.is_none() && may_check(current.fact),
            source: self.source(current.fact, current.as_of, current.check),
            check: None,
        }
    }

    /// A statement as it was recorded; with the check that holds of it.
    pub(super) fn recorded(&self, fact: &Fact, shown: bool, check: Option<&Check>) -> SaidView {
        let (value, href) = self.value(fact);
        let value = match fact.taken_back {
            true => self.renderer.text("register.taken_back_value", &[("value", &value)]),
            false => value,
        };
        SaidView {
            id: fact.id.to_string(),
            value,
            href,
            of: self.of_plan(fact.said.plan.as_deref(), fact.said.region.as_deref()),
            shown,
            chosen: shown,
            may_check: false,
            source: self.source(fact, fact.as_of(), check),
            check: None,
        }
    }
}
