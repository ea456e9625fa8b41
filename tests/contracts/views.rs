//! Every page renders with every sample: strictly, so that no value is missing, and without a hostile value becoming a
//! part of the page.

use crate::harness::sources::below;
use candor::compose;
use candor::platform::templates::Templates;
use candor::platform::wording::Wording;
use candor::web::shell::Shell;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

fn templates() -> Templates {
    let wording = Arc::new(Wording::load(None).expect("the wording"));
    Templates::load(None, &wording).expect("the templates compile")
}

/// Every view with every sample, rendered; what does not render is told instead.
fn rendered() -> Vec<(String, Result<String, String>)> {
    let templates = templates();
    let shell = serde_json::to_value(Shell::sample()).expect("a shell");
    let mut pages = Vec::new();
    for (template, samples) in compose::views() {
        let samples = samples();
        assert!(!samples.is_empty(), "{template} has no samples");
        for (n, mut sample) in samples.into_iter().enumerate() {
            assert!(sample.is_object() || sample.is_null(), "{template}: sample {n} is no object");
            if sample.is_null() {
                sample = json!({});
            }
            sample["shell"] = shell.clone();
            let page = templates.render(template, &sample).map_err(|error| error.to_string());
            pages.push((format!("{template}, sample {n}"), page));
        }
    }
    pages
}

#[test]
fn every_sample_renders() {
    let broken: Vec<String> =
        rendered().into_iter().filter_map(|(name, page)| page.err().map(|error| format!("{name}: {error}"))).collect();
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn a_hostile_value_stays_a_value() {
    let mut hostile = 0;
    for (name, page) in rendered() {
        let Ok(page) = page else { continue };
        assert!(!page.contains("<script>alert"), "{name} lets a value become script");
        hostile += usize::from(page.contains("&lt;script&gt;"));
    }
    assert!(hostile > 0, "no sample is hostile");
}

/// The values of an attribute in a page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let mark = format!(" {attribute}=\"");
    page.match_indices(&mark)
        .filter_map(|(at, _)| {
            let rest = &page[at + mark.len()..];
            rest.find('"').map(|end| &rest[..end])
        })
        .collect()
}

#[test]
fn ids_are_single_and_labels_have_their_fields() {
    let mut wrong = Vec::new();
    for (name, page) in rendered() {
        let Ok(page) = page else { continue };
        let ids = values(&page, "id");
        let single: BTreeSet<&str> = ids.iter().copied().collect();
        if single.len() != ids.len() {
            let twice: BTreeSet<&&str> =
                ids.iter().filter(|id| ids.iter().filter(|other| other == id).count() > 1).collect();
            wrong.push(format!("{name}: twice the id {twice:?}"));
        }
        for label in values(&page, "for") {
            if !single.contains(label) {
                wrong.push(format!("{name}: a label for {label}, which is not there"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn nothing_stands_in_line() {
    // The content security policy would block it without a word.
    for (name, page) in rendered() {
        let Ok(page) = page else { continue };
        for mark in [" style=\"", " onclick=", " onchange=", "<style", "javascript:"] {
            assert!(!page.contains(mark), "{name} has {mark}");
        }
        for part in page.split("<script").skip(1) {
            assert!(part.split('>').next().is_some_and(|tag| tag.contains("src=\"/assets/")), "{name}: script in line");
        }
    }
}

#[test]
fn every_page_template_is_a_views() {
    let known: BTreeSet<&str> = compose::views().into_iter().map(|(template, _)| template).collect();
    let names = templates().names();
    let pages: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| name.starts_with("pages/")).collect();
    let included =
        |name: &str| below("web/templates", ".hbs").iter().any(|page| page.text.contains(&format!("> {name}")));
    let without: Vec<&&str> = pages.difference(&known).filter(|name| !included(name)).collect();
    assert!(without.is_empty(), "no view has {without:?}");
}

#[test]
fn a_missing_value_is_an_error() {
    let templates = templates();
    assert!(templates.render("pages/sign_in/link", &json!({ "shell": Value::Null, "works": true })).is_err());
}
