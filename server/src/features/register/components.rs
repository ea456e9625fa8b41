//! One entry: what each field says, and where that comes from.

use super::views::{ComponentPage, Crumb, FieldView, HistoryView, SourceView, Statement};
use super::words;
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::moment::Moment;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell};
use axum::response::Html;
use domain::ids::{ComponentId, ImportId};
use domain::register::FIELDS;
use entity::component_fact;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Uses listed on an entry's page.
const USES: u64 = 500;

/// Names of files by import.
type Files = BTreeMap<Uuid, String>;

pub(super) async fn page(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ComponentId>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), may.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let facts = repo::register::facts(db, scope, id).await?;
    let mut uses = repo::register::uses(db, scope, id, USES + 1).await?;
    let more_uses = uses.len() as u64 > USES;
    uses.truncate(usize::try_from(USES).unwrap_or(usize::MAX));
    let of_facts = facts.iter().filter_map(import_of);
    let imports: BTreeSet<Uuid> = of_facts.chain(uses.iter().map(|row| row.import_id)).collect();
    let mut files = Files::new();
    for import in imports {
        if let Some(found) = repo::imports::get(db, &scope, ImportId(import)).await? {
            files.insert(import, found.file_name);
        }
    }
    // Newest first: the first fact of a field is the one that holds.
    let mut holds: BTreeMap<&str, &component_fact::Model> = BTreeMap::new();
    for fact in &facts {
        holds.entry(fact.field.as_str()).or_insert(fact);
    }
    let stated = |field: &str| row.fields.get(field).and_then(|value| value.as_str()).filter(|value| !value.is_empty());
    let fields = FIELDS.iter().map(|field| FieldView {
        label: words::field(&renderer, field.id),
        value: stated(field.id).map(|value| words::value(&renderer, field.id, value)),
        source: stated(field.id).and_then(|_| holds.get(field.id)).map(|fact| source(&renderer, fact, &files)),
    });
    let (said, unsaid): (Vec<FieldView>, Vec<FieldView>) = fields.partition(|field| field.value.is_some());
    let history = facts.iter().map(|fact| HistoryView {
        field: words::field(&renderer, &fact.field),
        value: fact.value.as_deref().map(|value| words::value(&renderer, &fact.field, value)),
        source: source(&renderer, fact, &files),
    });
    let vendor_source = match (&row.vendor_id, &row.vendor_name) {
        (Some(_), _) => renderer.text("register.vendor_of_assessment", &[]),
        (None, Some(_)) => renderer.text("register.vendor_of_table", &[]),
        (None, None) => renderer.text("register.vendor_unknown", &[]),
    };
    let uses = uses.into_iter().map(|row| Statement {
        href: Some(format!("/register/imports/{}", row.import_id)),
        file: files.get(&row.import_id).cloned().unwrap_or_default(),
        place: row.place,
        unit: row.unit,
        use_case: row.use_case,
        product: row.product.unwrap_or_default(),
        users: row.users.unwrap_or_default(),
    });
    let view = ComponentPage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        vendor_href: row.vendor_id.map(|vendor| format!("/vendors/{vendor}")),
        vendor: row.vendor_name.clone().unwrap_or_else(|| renderer.text("register.value.unknown", &[])),
        vendor_source,
        kind: words::value(&renderer, "kind", &row.kind),
        status: words::value(&renderer, "status", &row.status),
        is_withdrawn: row.status == "withdrawn",
        revision: row.revision,
        has_changed: row.revision > 1,
        since: Moment::from(row.created_at),
        changed: Moment::from(row.changed_at),
        said,
        unsaid: unsaid.into_iter().map(|field| field.label).collect(),
        history: history.collect(),
        uses: uses.collect(),
        more_uses,
        uses_shown: USES,
        name: row.name.clone(),
    };
    let role = renderer.roles(&may.roles);
    renderer.page(&Shell::desk(&around, &may, role, row.name), &view)
}

fn import_of(fact: &component_fact::Model) -> Option<Uuid> {
    fact.source.get("import").and_then(|id| id.as_str()).and_then(|id| id.parse().ok())
}

/// Where a value comes from, with a link to it.
fn source(renderer: &Renderer, fact: &component_fact::Model, files: &Files) -> SourceView {
    let text = |name: &str| fact.source.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let number = |name: &str| fact.source.get(name).and_then(serde_json::Value::as_i64);
    let moment = Moment::from(fact.recorded_at);
    match fact.source_kind.as_str() {
        "answer" => {
            let (question, round) = (text("question"), number("round").unwrap_or(1));
            let said = match number("row") {
                Some(row) => renderer
                    .text("register.from_answer_row", &[("question", &question), ("row", &row), ("round", &round)]),
                None => renderer.text("register.from_answer", &[("question", &question), ("round", &round)]),
            };
            SourceView { text: said, href: Some(format!("/assessments/{}#q-{question}", text("assessment"))), moment }
        }
        "import" => {
            let file = import_of(fact).and_then(|id| files.get(&id)).cloned().unwrap_or_default();
            SourceView {
                text: renderer.text("register.from_import", &[("file", &file), ("cell", &text("cell"))]),
                href: import_of(fact).map(|id| format!("/register/imports/{id}")),
                moment,
            }
        }
        other => SourceView { text: other.to_owned(), href: None, moment },
    }
}
