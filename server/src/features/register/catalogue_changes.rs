//! A newer catalogue: what it says otherwise of features that are in the register, to be taken over or left.

use super::catalogue_pages::{InRegister, crumbs};
use super::catalogue_told::{plan_name, region_name};
use super::catalogue_views::{ChangeView, ChangedView, ChangesPage, OtherView};
use super::words;
use crate::actions::content::CATALOGUE;
use crate::actions::register::{self, Taken};
use crate::error::Result;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::catalogue::{Change, FactKey, Product, Value, compare};
use std::collections::{BTreeMap, BTreeSet};
use tower_sessions::Session;

/// What the catalogue says otherwise than when a feature was taken over; nothing of what it does not have any more.
pub(super) fn changes_of(feature: &str, taken: &Taken) -> Vec<Change> {
    let Some(now) = CATALOGUE.entry(feature) else { return Vec::new() };
    // What was kept is a catalogue: it was one when it was kept.
    let (Ok(older), Ok(newer)) = (taken.clone().catalogue(), Taken::of(&now).catalogue()) else { return Vec::new() };
    compare(&older, &newer).changed.into_iter().flat_map(|changed| changed.changes).collect()
}

pub(super) async fn page(may: May<may::Read>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    shown(&may, &renderer, &around, &Posted::default()).await
}

async fn shown(caller: &Caller, renderer: &Renderer, around: &Around, posted: &Posted) -> Result<Html<String>> {
    let in_register = register::adopted(&renderer.platform, &caller.buyer()).await?;
    let mut changed = Vec::new();
    let mut gone = Vec::new();
    for (id, (row, taken)) in &in_register {
        let entry = format!("/register/{}", row.id);
        match CATALOGUE.entry(id) {
            None => {
                gone.push(OtherView { id: id.clone(), name: row.name.clone(), product: product_of(taken), href: entry })
            }
            Some(now) => {
                let changes = changes_of(id, taken);
                if !changes.is_empty() {
                    changed.push(ChangedView {
                        id: id.clone(),
                        name: now.feature.name.clone(),
                        product: now.product.name.clone(),
                        href: format!("/register/catalogue/features/{id}"),
                        entry,
                        changes: changes.iter().map(|change| change_view(renderer, now.product, change)).collect(),
                    });
                }
            }
        }
    }
    let view = ChangesPage {
        crumbs: crumbs(renderer),
        errors: posted.errors(),
        changed,
        gone,
        others: others(&in_register),
        may_edit: caller.may(Permission::EditRegister),
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("catalogue.changes.title", &[])), &view)
}

fn product_of(taken: &Taken) -> String {
    taken.document.products.first().map(|product| product.name.clone()).unwrap_or_default()
}

/// Features that are not in the register, of products of which others are.
fn others(in_register: &InRegister) -> Vec<OtherView> {
    let there: BTreeSet<&str> =
        in_register.keys().filter_map(|id| CATALOGUE.entry(id)).map(|entry| entry.product.id.as_str()).collect();
    let others = CATALOGUE.entries().filter(|entry| there.contains(entry.product.id.as_str()));
    others
        .filter(|entry| !in_register.contains_key(&entry.feature.id))
        .map(|entry| OtherView {
            id: entry.feature.id.clone(),
            name: entry.feature.name.clone(),
            product: entry.product.name.clone(),
            href: format!("/register/catalogue/features/{}", entry.feature.id),
        })
        .collect()
}

fn change_view(renderer: &Renderer, product: &Product, change: &Change) -> ChangeView {
    let said = |field: &str, value: &Value| {
        value.texts().iter().map(|text| words::value(renderer, field, text)).collect::<Vec<_>>().join("; ")
    };
    let about = |key: &FactKey| {
        let plans = key.plans.iter().map(|plan| plan_name(product, plan));
        let names: Vec<String> = plans.chain(key.regions.iter().map(|region| region_name(region))).collect();
        let of = (!names.is_empty()).then(|| names.join(", "));
        (words::field(renderer, &key.field), of)
    };
    let kind = |kind: &str| renderer.text(&format!("catalogue.change.{kind}"), &[]);
    match change {
        Change::Named { what, before, after } => {
            let field = match what.as_str() {
                "status" => renderer.text("catalogue.changes.verified", &[]),
                "note" => words::field(renderer, "notes"),
                other => words::field(renderer, other),
            };
            let some = |text: &String| (!text.is_empty()).then(|| words::value(renderer, what, text));
            ChangeView { kind: kind("named"), field, before: some(before), after: some(after), ..ChangeView::default() }
        }
        Change::Said { fact, value, as_of } => {
            let (field, of) = about(fact);
            let (after, as_of) = (Some(said(&fact.field, value)), Some(as_of.clone()));
            ChangeView { kind: kind("said"), field, of, before: None, after, as_of }
        }
        Change::Withdrawn { fact, value } => {
            let (field, of) = about(fact);
            let before = Some(said(&fact.field, value));
            ChangeView { kind: kind("withdrawn"), field, of, before, after: None, as_of: None }
        }
        Change::Changed { fact, before, after, as_of } => {
            let (field, of) = about(fact);
            let (before, after) = (Some(said(&fact.field, before)), Some(said(&fact.field, after)));
            ChangeView { kind: kind("changed"), field, of, before, after, as_of: Some(as_of.clone()) }
        }
        Change::SeenAgain { fact, after, .. } => {
            let (field, of) = about(fact);
            let as_of = Some(after.clone());
            ChangeView { kind: kind("seen_again"), field, of, before: None, after: None, as_of }
        }
    }
}

pub(super) async fn apply(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let features = picked(&fields);
    match refusal(register::adopt(&renderer.platform, &may.buyer(), &features).await)? {
        Ok(adoption) => {
            super::catalogue_pages::told(&renderer, &session, &adoption).await?;
            Ok(Redirect::to("/register/catalogue/changes").into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = shown(&may, &renderer, &around, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn keep(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    match refusal(register::keep(&renderer.platform, &may.buyer(), &picked(&fields)).await)? {
        Ok(kept) => {
            let kept = i64::try_from(kept).unwrap_or(i64::MAX);
            tell(&session, "success", renderer.counted("catalogue.told.kept", kept)).await?;
            Ok(Redirect::to("/register/catalogue/changes").into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = shown(&may, &renderer, &around, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn picked(fields: &Fields) -> BTreeSet<String> {
    fields.all("feature").map(str::to_owned).collect()
}

/// By feature, what the catalogue says otherwise: for the API.
pub(super) fn all(in_register: &InRegister) -> BTreeMap<&str, Vec<Change>> {
    let changed = in_register.iter().map(|(id, (_, taken))| (id.as_str(), changes_of(id, taken)));
    changed.filter(|(_, changes)| !changes.is_empty()).collect()
}
