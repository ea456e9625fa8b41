//! An entry's page: the fact sheet with the source of each fact, contradictions side by side, uses, references.

use super::classify_pages::brief;
use super::classify_views::ClassView;
use super::factsheet_views::{
    CheckView, ConflictView, DifferencePage, DifferenceRow, FactView, GroupView, LinkView, SaidView, SheetPage,
    UnsaidView, UseView,
};
use super::history_api::{day_at, end_of};
use super::told::Teller;
use super::views::Crumb;
use super::words;
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Field as Input, Posted};
use crate::web::moment::Moment;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::Query;
use domain::access::{Permission, may_judge};
use domain::answer::iso_date;
use domain::classification::Tier;
use domain::ids::{ComponentId, UseId};
use domain::register::{
    By, Current, FIELDS, Fact, Field, Ground, Group, Settled, Shape, Slot, Source, difference, settle, until, verdict,
};
use entity::{ai_use, component};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Uses shown on an entry's page.
const USES: u64 = 200;
/// Uses whose classification is proposed on an entry's page: the rules read every word of each.
const PROPOSED: usize = 20;
/// References shown either way.
const LINKS: u64 = 200;

/// How a status is coloured.
pub(super) fn status_kind(status: &str) -> &'static str {
    match status {
        "approved" => "ok",
        "trial" => "info",
        "restricted" | "reassessment" => "warn",
        "prohibited" => "danger",
        "retired" => "calm",
        _ => "dashed",
    }
}

pub(super) async fn page(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ComponentId>,
) -> Result<Html<String>> {
    sheet(&may, &renderer, &around, id, None, None).await
}

/// The page; with a choice that was just refused, and the fact that it named, or with what came between.
pub(super) async fn sheet(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: ComponentId,
    refused: Option<(&str, &Posted)>,
    meanwhile: Option<String>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let record = repo::register::record(db, scope, id).await?;
    let mut uses = repo::register::uses(db, scope, id, USES + 1).await?;
    let more_uses = uses.len() as u64 > USES;
    uses.truncate(usize::try_from(USES).unwrap_or(usize::MAX));
    let teller = Teller::of(renderer, scope, &record, &uses).await?;
    let settled = record.settled();
    let href = format!("/register/{id}");
    let (may_edit, may_decide) = (caller.may(Permission::EditRegister), caller.may(Permission::Decide));
    let desk = Desk {
        teller: &teller,
        settled: &settled,
        facts: &record.facts,
        href: &href,
        revision: row.revision,
        may_edit,
        me: told_by(caller.buyer().actor),
        refused,
    };
    let mut classes = Vec::new();
    for (n, used) in uses.iter().enumerate() {
        classes.push(brief(&teller, &row, used, n < PROPOSED)?);
    }
    let strictest = classes.iter().min_by_key(|(tier, class)| (*tier, !class.is_confirmed));
    let standing_out =
        strictest.filter(|(tier, _)| matches!(tier, Tier::Prohibited | Tier::High)).map(|(_, class)| class.clone());
    let (on, under) = links(renderer, caller, &row, id).await?;
    let more_under = under.len() as u64 >= LINKS;
    let decides = may_edit || may_decide;
    let (groups, silent): (Vec<GroupView>, Vec<GroupView>) =
        Group::ALL.into_iter().map(|group| desk.group(group)).partition(|group| !group.facts.is_empty());
    let is_prohibited = verdict(&record.facts, None).is_some_and(|fact| fact.said.value == "prohibited");
    let let_in =
        uses.iter().filter(|used| is_prohibited && matches!(used.status.as_str(), "approved" | "restricted" | "trial"));
    let let_in = let_in.map(|used| LinkView {
        relation: words::value(renderer, "status", &used.status),
        name: used.use_case.clone(),
        href: format!("#use-{}", used.id),
        kind: String::new(),
    });
    let let_in: Vec<LinkView> = let_in.collect();
    let conflicts = desk.conflicts();
    let uses: Vec<UseView> =
        uses.into_iter().zip(classes).map(|(row, (_, class))| desk.used(row, class, decides)).collect();
    let facts = groups.iter().flat_map(|group| &group.facts).chain(uses.iter().flat_map(|used| &used.facts));
    let notes = facts.flat_map(|fact| &fact.said).filter_map(|said| Some(&said.check.as_ref()?.note));
    let wrong = conflicts.iter().map(|conflict| &conflict.reason).chain(notes).find(|field| field.error.is_some());
    let mut errors = refused.map(|(_, posted)| posted.errors()).unwrap_or_default();
    // There is a field of that name for everything that can be said.
    for error in errors.iter_mut().filter(|error| matches!(error.href.as_str(), "#reason" | "#note")) {
        error.href = wrong.map(|field| format!("#{}", field.id)).unwrap_or_default();
    }
    let view = SheetPage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        name: row.name.clone(),
        kind: words::value(renderer, "kind", &row.kind),
        vendor: row.vendor_name.clone().unwrap_or_else(|| renderer.text("register.value.unknown", &[])),
        vendor_href: row.vendor_id.map(|vendor| format!("/vendors/{vendor}")),
        status: words::value(renderer, "status", &row.status),
        status_kind: status_kind(&row.status),
        conditions: row.fields.get("conditions").and_then(|text| text.as_str()).map(str::to_owned),
        is_withdrawn: row.withdrawn,
        may_edit,
        decide: decides.then(|| format!("{href}/decide")),
        revision: row.revision,
        since: Moment::from(row.created_at),
        changed: Moment::from(row.changed_at),
        meanwhile,
        errors,
        conflicts,
        groups,
        silent,
        uses,
        standing_out,
        let_in,
        more_uses,
        uses_shown: USES,
        on,
        under,
        more_under,
        from: Input {
            kind: "date",
            required: true,
            max: Some(iso_date::write(renderer.platform.clock.today())),
            ..Posted::default().field("from", renderer.text("register.difference.from", &[]))
        },
        href: href.clone(),
    };
    renderer.page(&renderer.desk(around, caller, row.name), &view)
}

fn told_by(actor: crate::actions::Actor) -> By {
    use crate::actions::Actor;
    match actor {
        Actor::Member(id) => By::Member(id),
        Actor::Token(id) => By::Token(id),
        Actor::Contact(id) => By::Contact(id),
        Actor::System => By::System,
    }
}

/// What an entry rests on, and what rests on it: one step either way, so that a circle ends.
async fn links(
    renderer: &Renderer,
    caller: &Caller,
    row: &component::Model,
    id: ComponentId,
) -> Result<(Vec<LinkView>, Vec<LinkView>)> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let (on, under) = repo::register::links(db, scope, id, LINKS).await?;
    let others = on.iter().map(|link| link.to_id).chain(under.iter().map(|link| link.component_id));
    let ids: Vec<ComponentId> = others.collect::<BTreeSet<_>>().into_iter().map(ComponentId).collect();
    let rows = repo::register::of_ids(db, scope, &ids).await?;
    let rows: BTreeMap<Uuid, component::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let view = |other: Uuid, relation: String| {
        let other = rows.get(&other)?;
        Some(LinkView {
            relation,
            name: other.name.clone(),
            href: format!("/register/{}", other.id),
            kind: words::value(renderer, "kind", &other.kind),
        })
    };
    let down = on.iter().filter_map(|link| view(link.to_id, words::field(renderer, &link.relation)));
    let up = under.iter().filter_map(|link| {
        let key = format!("register.reversed.{}", link.relation);
        view(link.component_id, renderer.text(&key, &[("name", &row.name)]))
    });
    Ok((down.collect(), up.collect()))
}

struct Desk<'a> {
    teller: &'a Teller<'a>,
    settled: &'a [Settled<'a>],
    facts: &'a [Fact],
    href: &'a str,
    revision: i64,
    may_edit: bool,
    me: By,
    refused: Option<(&'a str, &'a Posted)>,
}

impl Desk<'_> {
    fn waits(one: &Settled<'_>) -> bool {
        one.ground.is_open() || one.contested
    }

    fn anchor(n: usize) -> String {
        format!("conflict-{}", n + 1)
    }

    /// Nobody checks what they stated by hand themselves.
    fn may_check(&self, fact: &Fact) -> bool {
        let by_hand = matches!(fact.source, Source::Person { .. });
        self.may_edit && (!by_hand || may_judge(Some(fact.recorded_by), Some(self.me)))
    }

    /// The form by which what a source says now is checked, or a check of it is taken back. What waits for a person is
    /// checked where it is settled.
    fn check(&self, one: &Settled<'_>, current: &Current<'_>) -> Option<CheckView> {
        let is_checked = current.check.is_some();
        let is_here = !Self::waits(one) || self.elsewhere(&one.slot).is_some();
        let is_offered = if is_checked { self.may_edit } else { is_here && self.may_check(current.fact) };
        is_offered.then(|| {
            let (fact, blank) = (current.fact.id.to_string(), Posted::default());
            let posted = self.refused.filter(|(refused, _)| *refused == fact).map_or(&blank, |(_, posted)| posted);
            let renderer = self.teller.renderer;
            let label = match is_checked {
                true => renderer.text("register.check.why", &[]),
                false => renderer.text("register.check.against", &[]),
            };
            CheckView {
                action: format!("{}/check", self.href),
                revision: self.revision,
                is_checked,
                note: Input {
                    id: format!("note-{fact}"),
                    required: true,
                    max_length: Some(renderer.platform.config.limits.comment_characters),
                    ..posted.field("note", label)
                },
                value: self.teller.value(current.fact).0,
                fact,
            }
        })
    }

    /// What waits for a person, in the order of the sheet.
    fn conflicts(&self) -> Vec<ConflictView> {
        let renderer = self.teller.renderer;
        let waiting = self.settled.iter().filter(|one| Self::waits(one)).enumerate();
        let view = |(n, one): (usize, &Settled<'_>)| {
            let key = match one.ground {
                Ground::AskAgain => "register.conflict.ask_again",
                _ if one.contested => "register.conflict.contested",
                _ if one.left_out_by.is_empty() => "register.conflict.differ",
                _ => "register.conflict.left_out",
            };
            let any = one.says.first().map(|current| current.fact.id);
            let any = any.or_else(|| one.choice.and_then(|choice| choice.fact.or(choice.facing.first().copied())));
            let any = any.map(|id| id.to_string()).unwrap_or_default();
            let blank = Posted::default();
            let posted = self
                .refused
                .filter(|(fact, _)| *fact == any || one.says.iter().any(|c| c.fact.id.to_string() == *fact));
            let posted = posted.map_or(&blank, |(_, posted)| posted);
            let picked = posted.fields.one("fact");
            let says = (0..one.says.len()).map(|at| {
                let said = self.teller.current(one, at, |fact| self.may_check(fact));
                SaidView { chosen: if picked.is_empty() { said.shown } else { said.id == picked }, ..said }
            });
            let left_out: Vec<String> = one.left_out_by.iter().map(|source| self.teller.origin(source).0).collect();
            let elsewhere = self.may_edit.then(|| self.elsewhere(&one.slot)).flatten();
            let choice = one.choice.map(|choice| {
                let (by, on) = (self.teller.who(choice.by), iso_date::write(choice.at.date()));
                renderer.text("register.chosen_by", &[("by", &by), ("on", &on), ("reason", &choice.reason)])
            });
            ConflictView {
                anchor: Self::anchor(n),
                title: self.teller.slot(&one.slot),
                about: [Some(renderer.text(key, &[])), choice].into_iter().flatten().collect::<Vec<_>>().join(" "),
                left_out_by: (!left_out.is_empty()).then(|| left_out.join("; ")),
                says: says.collect(),
                any,
                is_none: picked == "none",
                may_choose: self.may_edit && elsewhere.is_none(),
                decided_at: elsewhere,
                reason: Input {
                    id: format!("reason-{}", n + 1),
                    required: true,
                    max_length: Some(renderer.platform.config.limits.comment_characters),
                    ..posted.field("reason", renderer.text("register.reason", &[]))
                },
            }
        };
        waiting.map(view).collect()
    }

    fn group(&self, group: Group) -> GroupView {
        let fields = FIELDS.iter().filter(|field| field.group == group && field.is_of_component());
        let (facts, unsaid) = self.fields(fields, None);
        GroupView {
            anchor: group.name().to_owned(),
            title: self.teller.renderer.text(&format!("register.group.{}", group.name()), &[]),
            facts,
            unsaid,
        }
    }

    fn fields<'f>(
        &self,
        fields: impl Iterator<Item = &'f Field>,
        of_use: Option<UseId>,
    ) -> (Vec<FactView>, Vec<UnsaidView>) {
        let (mut told, mut unsaid) = (Vec::new(), Vec::new());
        for field in fields {
            let label = words::field(self.teller.renderer, field.id);
            let edit = self.may_edit.then(|| self.edit(field, of_use)).flatten();
            let classify = self.may_edit.then(|| self.classified(field.id, of_use)).flatten();
            let facts: Vec<&Fact> =
                self.facts.iter().filter(|fact| fact.of_use == of_use && fact.said.field.id == field.id).collect();
            if facts.is_empty() {
                unsaid.push(UnsaidView { label, edit: edit.or(classify) });
                continue;
            }
            let slots: Vec<&Settled<'_>> =
                self.settled.iter().filter(|one| one.slot.of_use == of_use && one.slot.field == field.id).collect();
            let shown: BTreeSet<Uuid> = slots.iter().filter_map(|one| one.fact()).map(|fact| fact.id).collect();
            let waiting = self
                .settled
                .iter()
                .filter(|one| Self::waits(one))
                .position(|one| one.slot.of_use == of_use && one.slot.field == field.id);
            let chosen = slots.iter().find(|one| one.ground == Ground::Chosen && !one.contested).and_then(|one| {
                let choice = one.choice?;
                let (by, on) = (self.teller.who(choice.by), iso_date::write(choice.at.date()));
                let reason = &choice.reason;
                Some(self.teller.renderer.text("register.chosen_by", &[("by", &by), ("on", &on), ("reason", reason)]))
            });
            let said = facts.iter().rev().map(|fact| {
                let now =
                    slots.iter().find_map(|one| Some((*one, one.says.iter().find(|now| now.fact.id == fact.id)?)));
                let check = now.and_then(|(_, current)| current.check);
                let recorded = self.teller.recorded(fact, shown.contains(&fact.id), check);
                SaidView { check: now.and_then(|(one, current)| self.check(one, current)), ..recorded }
            });
            let said: Vec<SaidView> = said.collect();
            told.push(FactView {
                is_open: self.refused.is_some_and(|(fact, posted)| {
                    posted.fields.0.iter().any(|(name, _)| name == "note") && said.iter().any(|said| said.id == fact)
                }),
                label,
                values: slots.iter().filter_map(|one| Some(self.teller.current(one, one.shown?, |_| false))).collect(),
                conflict: waiting.map(|n| format!("#{}", Self::anchor(n))),
                chosen,
                said,
                edit,
                classify,
            });
        }
        (told, unsaid)
    }

    /// Where a person confirms the class of a use.
    fn classified(&self, field: &str, of_use: Option<UseId>) -> Option<String> {
        let of_use = of_use.filter(|_| matches!(field, "tier" | "annex_iii"))?;
        Some(format!("{}/uses/{of_use}/classification", self.href))
    }

    /// Where a slot is settled that nobody chooses for on the sheet.
    fn elsewhere(&self, slot: &Slot) -> Option<String> {
        Field::named(slot.field).filter(|field| field.is_decided(slot.of_use.is_some()))?;
        let of_use = slot.of_use.map(|id| format!("?use={id}")).unwrap_or_default();
        self.classified(slot.field, slot.of_use).or_else(|| Some(format!("{}/decide{of_use}", self.href)))
    }

    fn edit(&self, field: &Field, of_use: Option<UseId>) -> Option<String> {
        match (field.id, field.shape, of_use) {
            _ if field.is_decided(of_use.is_some()) => None,
            (relation, Shape::Reference, _) => Some(format!("{}/link?relation={relation}", self.href)),
            (id, _, Some(of_use)) => Some(format!("{}/edit?field={id}&use={of_use}", self.href)),
            (id, ..) => Some(format!("{}/edit?field={id}", self.href)),
        }
    }

    fn used(&self, row: ai_use::Model, class: ClassView, decides: bool) -> UseView {
        let of_use = UseId(row.id);
        let fields = FIELDS.iter().filter(|field| field.is_of_use() && field.id != "use_case");
        let (facts, unsaid) = self.fields(fields, Some(of_use));
        let renderer = self.teller.renderer;
        // What an imported list says of a use stands in its row until somebody says more.
        let of_list = |label: &str, text: Option<String>| {
            let text = text.filter(|text| !text.is_empty() && facts.is_empty())?;
            let value = SaidView { value: text, ..SaidView::default() };
            Some(FactView { label: words::field(renderer, label), values: vec![value], ..FactView::default() })
        };
        let listed: Vec<FactView> =
            [of_list("unit", Some(row.unit)), of_list("users", row.users)].into_iter().flatten().collect();
        UseView {
            anchor: format!("use-{}", row.id),
            use_case: row.use_case,
            class,
            status: words::value(renderer, "status", &row.status),
            status_kind: status_kind(&row.status),
            facts: listed.into_iter().chain(facts).collect(),
            unsaid,
            file: row.import_id.and_then(|id| self.teller.file(id)),
            place: (!row.place.is_empty()).then_some(row.place),
            import_href: row.import_id.map(|id| format!("/register/imports/{id}")),
            decide: decides.then(|| format!("{}/decide?use={}", self.href, row.id)),
        }
    }
}

/// What differs between two days, or between a day and now.
pub(super) async fn compared(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ComponentId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let (db, scope) = (renderer.platform.db.read(), may.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let fields = Fields(query);
    let mut wrong = Vec::new();
    let mut moment = |name: &str, otherwise| {
        if !fields.has(name) {
            return otherwise;
        }
        match day_at(name, fields.one(name)) {
            Ok(day) => Some(end_of(day)),
            Err(AppError::Invalid(problems)) => {
                wrong.extend(problems.0);
                None
            }
            Err(_) => None,
        }
    };
    let from = moment("from", None);
    let to = moment("to", Some(renderer.platform.clock.now()));
    let problems = domain::problem::Problems(wrong);
    let status = if problems.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let posted = Posted::refused(&renderer, fields, &problems);
    let mut rows = Vec::new();
    if let (Some(from), Some(to)) = (from, to) {
        let record = repo::register::record(db, scope, id).await?;
        let uses = repo::register::uses(db, scope, id, USES).await?;
        let teller = Teller::of(&renderer, scope, &record, &uses).await?;
        let (then, later) = (
            until(from, &record.facts, &record.choices, &record.checks),
            until(to, &record.facts, &record.choices, &record.checks),
        );
        let said = |field: &'static str, value: String| {
            let of = record.facts.iter().find(|fact| fact.said.field.id == field && fact.said.value == value);
            of.map_or(value, |fact| teller.value(fact).0)
        };
        let found = difference(&settle(&then.0, &then.1, &then.2), &settle(&later.0, &later.1, &later.2));
        rows = found
            .into_iter()
            .map(|one| DifferenceRow {
                label: teller.slot(&one.slot),
                before: one.before.map(|value| said(one.slot.field, value)),
                after: one.after.map(|value| said(one.slot.field, value)),
            })
            .collect();
    }
    let day = |name: &str| Input {
        kind: "date",
        max: Some(iso_date::write(renderer.platform.clock.today())),
        ..posted.field(name, renderer.text(&format!("register.difference.{name}"), &[]))
    };
    let view = DifferencePage {
        crumbs: crumbs(&renderer, id, &row.name),
        href: format!("/register/{id}/difference"),
        name: row.name.clone(),
        from: Input { required: true, ..day("from") },
        to: day("to"),
        errors: posted.errors(),
        is_compared: from.is_some() && to.is_some(),
        rows,
    };
    let title = renderer.text("register.difference.title", &[]);
    Ok((status, renderer.page(&renderer.desk(&around, &may, title), &view)?).into_response())
}

/// The register and the entry, above a page about it.
pub(super) fn crumbs(renderer: &Renderer, id: ComponentId, name: &str) -> Vec<Crumb> {
    vec![
        Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) },
        Crumb { href: format!("/register/{id}"), text: name.to_owned() },
    ]
}
