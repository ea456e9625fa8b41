//! The catalogue of AI features that stand inside bought software: its list, one feature, taking features over.

use super::catalogue_changes::changes_of;
use super::catalogue_told::{
    ANSWERS, answer, anywhere, holds, kind, name, newest, plan_name, today, trains, where_it_holds,
};
use super::catalogue_views::{CataloguePage, FeaturePage, FeatureRow, PageView, StatedView};
use super::views::Crumb;
use super::words;
use crate::actions::content::CATALOGUE;
use crate::actions::register::{self, Taken};
use crate::error::{AppError, Result};
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field as Input, Posted};
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::Path;
use axum::response::{Html, Redirect};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::catalogue::{Answer, Basis, Entry, SourceKind};
use domain::register::FIELDS;
use domain::register::fold::folded;
use entity::component;
use std::collections::{BTreeMap, BTreeSet};
use tower_sessions::Session;

/// What is in the register, by feature.
pub(super) type InRegister = BTreeMap<String, (component::Model, Taken)>;

/// Which features are looked for, as the address says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub q: String,
    pub vendor: String,
    pub product: String,
    pub state: String,
    pub trains: String,
    pub adopted: String,
}

impl Filter {
    pub(super) fn of(fields: &Fields) -> Self {
        let text = |name: &str| fields.one(name).trim().to_owned();
        Self {
            q: text("q"),
            vendor: text("vendor"),
            product: text("product"),
            state: text("state"),
            trains: text("trains"),
            adopted: text("adopted"),
        }
    }

    fn is_set(&self) -> bool {
        [&self.q, &self.vendor, &self.product, &self.state, &self.trains, &self.adopted]
            .into_iter()
            .any(|text| !text.is_empty())
    }

    /// The features that fit, by vendor, product and name, each with whether it may be on.
    pub(super) fn features(&self, in_register: &InRegister, on: &str) -> Vec<(Entry<'static>, Answer)> {
        let wanted = folded(&self.q);
        let mut found: Vec<(Entry<'static>, Answer)> = CATALOGUE
            .entries()
            .filter(|entry| self.vendor.is_empty() || entry.document.vendor == self.vendor)
            .filter(|entry| self.product.is_empty() || entry.product.id == self.product)
            .filter(|entry| match self.adopted.as_str() {
                "yes" => in_register.contains_key(&entry.feature.id),
                "no" => !in_register.contains_key(&entry.feature.id),
                _ => true,
            })
            .filter(|entry| match self.trains.as_str() {
                "" => true,
                "unknown" => trains(entry, on).iter().all(|value| *value == "unknown"),
                value => trains(entry, on).contains(value),
            })
            .filter(|entry| {
                let names = [&entry.feature.name, &entry.product.name, &entry.document.vendor];
                let more = entry.product.names.iter().chain(&entry.document.vendor_names);
                wanted.is_empty() || names.into_iter().chain(more).any(|name| folded(name).contains(&wanted))
            })
            .map(|entry| (entry, anywhere(&entry, on).map_or(Answer::NotKnown, |may| may.answer)))
            .filter(|(_, answer)| self.state.is_empty() || name(*answer) == self.state)
            .collect();
        let key = |entry: &Entry<'static>| (&entry.document.vendor, &entry.product.name, &entry.feature.name);
        found.sort_by(|(one, _), (other, _)| key(one).cmp(&key(other)));
        found
    }
}

pub(super) fn crumbs(renderer: &Renderer) -> Vec<Crumb> {
    vec![
        Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) },
        Crumb { href: "/register/catalogue".to_owned(), text: renderer.text("catalogue.title", &[]) },
    ]
}

/// Whether the catalogue says otherwise than when a feature was taken over.
pub(super) fn is_changed(feature: &str, taken: &Taken) -> bool {
    !changes_of(feature, taken).is_empty()
}

pub(super) async fn list(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let posted = Posted::fresh(query);
    let filter = Filter::of(&posted.fields);
    let in_register = register::adopted(&renderer.platform, &may.buyer()).await?;
    let on = today(&renderer);
    let found = filter.features(&in_register, &on);
    let rows = found.iter().map(|(entry, state)| {
        let stated = trains(entry, &on);
        let stated: Vec<String> =
            stated.into_iter().map(|value| words::value(&renderer, super::catalogue_told::TRAINS[0], value)).collect();
        FeatureRow {
            href: format!("/register/catalogue/features/{}", entry.feature.id),
            name: entry.feature.name.clone(),
            product: entry.product.name.clone(),
            vendor: entry.document.vendor.clone(),
            answer: answer(&renderer, *state),
            answer_kind: kind(*state),
            trains: (!stated.is_empty()).then(|| stated.join(" · ")),
            as_of: newest(entry, entry.feature.facts.iter()),
            is_verified: entry.feature.verified_on.is_some(),
            entry: in_register.get(&entry.feature.id).map(|(row, _)| format!("/register/{}", row.id)),
        }
    });
    let choice =
        |key: &str, text: String, chosen: &str| Choice { key: key.to_owned(), text, note: None, chosen: key == chosen };
    let select = |name: &str, options: Vec<Choice>| Input {
        blank: Some(renderer.text(&format!("catalogue.filter.{name}_any"), &[])),
        options,
        required: true,
        ..posted.field(name, renderer.text(&format!("catalogue.filter.{name}"), &[]))
    };
    let vendors: BTreeSet<&str> = CATALOGUE.documents().iter().map(|document| document.vendor.as_str()).collect();
    let training = ["always", "opt_out", "opt_in", "no", "unknown"];
    let changed = in_register.iter().filter(|(feature, (_, taken))| is_changed(feature, taken)).count();
    let view = CataloguePage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        q: Input {
            max_length: Some(domain::register::query::MAX_TEXT),
            ..posted.field("q", renderer.text("catalogue.filter.q", &[]))
        },
        vendor: select("vendor", vendors.iter().map(|name| choice(name, (*name).to_owned(), &filter.vendor)).collect()),
        state: select(
            "state",
            ANSWERS.map(|state| choice(name(state), answer(&renderer, state), &filter.state)).into(),
        ),
        trains: select(
            "trains",
            training
                .map(|value| {
                    let text = words::value(&renderer, super::catalogue_told::TRAINS[0], value);
                    choice(value, text, &filter.trains)
                })
                .into(),
        ),
        adopted: select(
            "adopted",
            ["yes", "no"]
                .map(|key| choice(key, renderer.text(&format!("catalogue.filter.adopted_{key}"), &[]), &filter.adopted))
                .into(),
        ),
        is_filtered: filter.is_set(),
        found: renderer.counted("catalogue.found", i64::try_from(found.len()).unwrap_or(i64::MAX)),
        date: CATALOGUE.documents().iter().map(|document| document.date.as_str()).max().unwrap_or_default().to_owned(),
        changes: (changed > 0)
            .then(|| renderer.counted("catalogue.changes.wait", i64::try_from(changed).unwrap_or(i64::MAX))),
        rows: rows.collect(),
    };
    renderer.page(&renderer.desk(&around, &may, renderer.text("catalogue.title", &[])), &view)
}

/// A feature of the catalogue by the id in a path.
pub(super) fn named(id: &str) -> Result<Entry<'static>> {
    CATALOGUE.entry(id).ok_or(AppError::NotFound)
}

pub(super) async fn feature(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Path(id): Path<String>,
) -> Result<Html<String>> {
    let entry = named(&id)?;
    let in_register = register::adopted(&renderer.platform, &may.buyer()).await?;
    let there = in_register.get(&id);
    let on = today(&renderer);
    let Entry { document, product, feature } = entry;
    let order = |field: &str| FIELDS.iter().position(|known| known.id == field).unwrap_or(usize::MAX);
    let mut facts: Vec<_> = feature.facts.iter().collect();
    facts.sort_by_key(|fact| (order(&fact.field), fact.plans.is_empty() && fact.regions.is_empty()));
    let facts = facts.into_iter().map(|fact| {
        let page = document.source_of(feature, fact).map(|source| PageView {
            title: source.title.clone(),
            href: Some(source.url.clone()).filter(|url| url.starts_with("https://") || url.starts_with("http://")),
            is_third_party: source.kind == SourceKind::ThirdParty,
            read: source.read.clone(),
            note: source.note.clone(),
        });
        StatedView {
            field: words::field(&renderer, &fact.field),
            values: fact.value.texts().iter().map(|text| words::value(&renderer, &fact.field, text)).collect(),
            holds: where_it_holds(&renderer, product, fact),
            as_of: document.as_of(feature, fact).unwrap_or_default().to_owned(),
            basis: match fact.basis {
                Basis::Stated => None,
                Basis::Reported => Some(renderer.text("catalogue.basis.reported", &[])),
                Basis::Judged => Some(renderer.text("catalogue.basis.judged", &[])),
            },
            note: fact.note.clone(),
            is_past: !holds(fact, &on),
            page: page.unwrap_or_default(),
        }
    });
    let plans: Vec<String> = product.plans.iter().map(|plan| plan_name(product, &plan.id)).collect();
    let view = FeaturePage {
        crumbs: crumbs(&renderer),
        name: feature.name.clone(),
        kind: words::value(&renderer, "kind", &feature.kind),
        product: product.name.clone(),
        vendor: document.vendor.clone(),
        verified: feature.verified_on.clone(),
        note: feature.note.clone(),
        facts: facts.collect(),
        plans: plans.join(", "),
        entry: there.map(|(row, _)| format!("/register/{}", row.id)),
        is_changed: there.is_some_and(|(_, taken)| is_changed(&id, taken)),
        may_edit: may.may(Permission::EditRegister),
        id: id.clone(),
        file: renderer.text(
            "catalogue.file",
            &[("key", &document.key), ("version", &document.version), ("date", &document.date)],
        ),
    };
    renderer.page(&renderer.desk(&around, &may, feature.name.clone()), &view)
}

/// What was taken over, told on the next page.
pub(super) async fn told(renderer: &Renderer, session: &Session, adoption: &register::Adoption) -> Result<()> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let parts = [
        ("catalogue.told.added", adoption.added.len()),
        ("catalogue.told.updated", adoption.updated.len()),
        ("catalogue.told.unchanged", adoption.unchanged.len()),
    ];
    let said = parts.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| renderer.counted(key, count(n)));
    tell(session, "success", said.collect::<Vec<_>>().join(" ")).await
}

pub(super) async fn leave(
    may: May<may::EditRegister>,
    renderer: Renderer,
    session: Session,
    Path(id): Path<String>,
) -> Result<Redirect> {
    register::leave(&renderer.platform, &may.buyer(), &id).await?;
    tell(&session, "success", renderer.text("catalogue.told.left", &[])).await?;
    let href = match CATALOGUE.entry(&id) {
        Some(_) => format!("/register/catalogue/features/{id}"),
        None => "/register/catalogue".to_owned(),
    };
    Ok(Redirect::to(&href))
}
