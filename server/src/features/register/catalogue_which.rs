//! "Here are the products that we use: which AI features may be on?" A list is pasted or sent as a file, every line of it
//! is accounted for, and features are taken over into the register.

use super::catalogue_pages::{InRegister, crumbs, told};
use super::catalogue_told::{answer, kind, newest, places, plan_name, today};
use super::catalogue_views::{LineView, MayView, WhichPage};
use crate::actions::content::{CATALOGUE, REGIONS};
use crate::actions::product_list::{self, Meanings, ProductList, Uploaded, meant_by};
use crate::actions::register;
use crate::error::Result;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field as Input, Posted, refusal};
use crate::web::render::Renderer;
use crate::web::shell::Around;
use crate::web::upload::Upload;
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::catalogue::recognise::{Found, Outcome, Reading, Reason};
use domain::catalogue::{Answer, Entry, MayBeOn, Use, may_be_on};
use domain::problem::{Problem, Problems};
use domain::register::Naming;
use entity::component;
use std::collections::{BTreeMap, BTreeSet};
use tower_sessions::Session;

/// A list that was read, with what a person said about it.
pub(super) struct Looked {
    pub list: ProductList,
    pub meanings: Meanings,
    /// Products in use, each with the plan that the list or a person names.
    pub uses: Vec<Use>,
    pub region: Option<String>,
}

impl Looked {
    /// What may be on in these products.
    pub(super) fn may_be_on(&self, on: &str) -> Vec<MayBeOn<'static>> {
        may_be_on(&CATALOGUE, &REGIONS, &self.uses, self.region.as_deref(), on)
    }
}

/// Reads a list. `plans` are those that a person named, by product; they count for uses of which the list names none.
pub(super) fn look(
    renderer: &Renderer,
    text: &str,
    region: &str,
    meanings: Meanings,
    plans: &BTreeMap<String, String>,
) -> Result<Looked, Problems> {
    let list = product_list::read(&renderer.platform.config.limits, text)?;
    let region = Some(region.trim().to_owned()).filter(|region| !region.is_empty());
    if let Some(region) = region.as_ref().filter(|region| !REGIONS.knows(region)) {
        let given: String = region.chars().take(60).collect();
        return Err(Problems::one(Problem::new("region", "not-an-option").with("given", given)));
    }
    let uses: BTreeSet<Use> = list
        .uses(&meanings)
        .into_iter()
        .map(|used| {
            let plan = used.plan.or_else(|| plans.get(&used.product).cloned());
            let has = |plan: &String| {
                CATALOGUE.product(&used.product).is_some_and(|(_, product)| product.plans.iter().any(|p| p.id == *plan))
            };
            Use { plan: plan.filter(has), product: used.product.clone() }
        })
        .collect();
    Ok(Looked { list, meanings, uses: uses.into_iter().collect(), region })
}

/// What a person said in the form about doubtful texts: the field is named after the line where the text stands first.
fn meanings(fields: &Fields, list: &ProductList) -> Meanings {
    let said: BTreeMap<&str, &str> = fields.below("means.").collect();
    list.doubtful()
        .into_iter()
        .enumerate()
        .filter_map(|(n, (_, text, found))| {
            let meant = *said.get((n + 1).to_string().as_str()).filter(|meant| !meant.is_empty())?;
            let meant = found.iter().find(|found| found.product == meant).map(|found| found.product.clone());
            Some((meant_by(text), meant))
        })
        .collect()
}

fn plans(fields: &Fields) -> BTreeMap<String, String> {
    let named = fields.below("plan.").filter(|(_, plan)| !plan.is_empty());
    named.map(|(product, plan)| (product.to_owned(), plan.to_owned())).collect()
}

/// The list that was typed, read with what was said about it.
fn looked(renderer: &Renderer, fields: &Fields) -> Result<Looked, Problems> {
    let text = fields.one("list");
    // What doubtful texts mean can be told once it is known which ones are.
    let list = product_list::read(&renderer.platform.config.limits, text)?;
    if list.lines.is_empty() {
        return Err(Problems::one(Problem::new("list", "required")));
    }
    look(renderer, text, fields.one("region"), meanings(fields, &list), &plans(fields))
}

pub(super) async fn form(may: May<may::Read>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    page(&may, &renderer, &around, &Posted::default(), None, None).await
}

pub(super) async fn read(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    multipart: Multipart,
) -> Result<Response> {
    let platform = &renderer.platform;
    let mut upload = Upload::read(multipart, platform.config.limits.workbook_bytes).await?;
    let mut fields = std::mem::take(&mut upload.fields);
    let mut uploaded = None;
    if !upload.files.is_empty() {
        let file = upload.file("file")?;
        match refusal(product_list::upload(platform, file.bytes, fields.one("column")).await)? {
            Ok(found) => {
                fields
                    .0
                    .retain(|(name, _)| name != "list" && !name.starts_with("means.") && !name.starts_with("plan."));
                fields.0.push(("list".to_owned(), found.text.clone()));
                uploaded = Some((file.name, found));
            }
            Err(problems) => return refused(&may, &renderer, &around, fields, &problems).await,
        }
    }
    match looked(&renderer, &fields) {
        Ok(looked) => {
            let posted = Posted::fresh(fields.0);
            Ok(page(&may, &renderer, &around, &posted, Some(&looked), uploaded.as_ref()).await?.into_response())
        }
        Err(problems) => refused(&may, &renderer, &around, fields, &problems).await,
    }
}

async fn refused(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    fields: Fields,
    problems: &Problems,
) -> Result<Response> {
    let posted = Posted::refused(renderer, fields, problems);
    let page = page(caller, renderer, around, &posted, None, None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn adopt(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    multipart: Multipart,
) -> Result<Response> {
    let platform = &renderer.platform;
    let fields = Upload::read(multipart, platform.config.limits.workbook_bytes).await?.fields;
    let features: BTreeSet<String> = fields.all("feature").map(str::to_owned).collect();
    match refusal(register::adopt(platform, &may.buyer(), &features).await)? {
        Ok(adoption) => {
            told(&renderer, &session, &adoption).await?;
            let all = adoption.all();
            let href = match all.values().next() {
                Some(id) if all.len() == 1 => format!("/register/{id}"),
                _ => "/register/catalogue?adopted=yes".to_owned(),
            };
            Ok(Redirect::to(&href).into_response())
        }
        Err(problems) => {
            let looked = looked(&renderer, &fields).ok();
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&may, &renderer, &around, &posted, looked.as_ref(), None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    posted: &Posted,
    looked: Option<&Looked>,
    uploaded: Option<&(String, Uploaded)>,
) -> Result<Html<String>> {
    let limits = &renderer.platform.config.limits;
    let in_register = register::adopted(&renderer.platform, &caller.buyer()).await?;
    let text = |key: &str| renderer.text(key, &[]);
    let region = |region: &domain::catalogue::region::Region| Choice {
        key: region.id.clone(),
        text: region.name.clone(),
        note: None,
        chosen: posted.fields.one("region") == region.id,
    };
    let megabytes = limits.workbook_bytes >> 20;
    let mut view = WhichPage {
        crumbs: crumbs(renderer),
        errors: posted.errors(),
        list: Input {
            hint: Some(renderer.text(
                "catalogue.which.list_hint",
                &[("lines", &limits.product_lines), ("characters", &limits.product_line_characters)],
            )),
            rows: Some(8),
            ..posted.field("list", text("catalogue.which.list"))
        },
        file: Input {
            hint: Some(renderer.text("catalogue.which.file_hint", &[("most", &megabytes)])),
            accept: Some(".xlsx,.xlsm,.xlsb,.xls,.ods,.csv,.tsv"),
            ..posted.field("file", text("catalogue.which.file"))
        },
        column: Input {
            hint: Some(text("catalogue.which.column_hint")),
            width: Some("medium"),
            max_length: Some(limits.name_characters),
            ..posted.field("column", text("catalogue.which.column"))
        },
        region: Input {
            hint: Some(text("catalogue.which.region_hint")),
            blank: Some(text("catalogue.which.region_any")),
            options: REGIONS.all().iter().map(region).collect(),
            width: Some("medium"),
            ..posted.field("region", text("catalogue.which.region"))
        },
        uploaded: uploaded.map(|(name, found)| uploaded_words(renderer, name, found)),
        pick_error: posted.error("features"),
        may_edit: caller.may(Permission::EditRegister),
        ..WhichPage::default()
    };
    if let Some(looked) = looked {
        let on = today(renderer);
        fill(renderer, &mut view, looked, posted, &in_register, &on);
    }
    let title = text("catalogue.which.title");
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn uploaded_words(renderer: &Renderer, name: &str, found: &Uploaded) -> String {
    let read = renderer.text(
        "catalogue.which.uploaded",
        &[("file", &name), ("sheet", &found.sheet), ("column", &found.column), ("heading", &found.heading)],
    );
    let without = i64::try_from(found.without).unwrap_or(i64::MAX);
    let without = (without > 0).then(|| renderer.counted("catalogue.which.without", without));
    let others = (!found.other_sheets.is_empty())
        .then(|| renderer.text("catalogue.which.other_sheets", &[("sheets", &found.other_sheets.join(", "))]));
    [Some(read), without, others].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn fill(
    renderer: &Renderer,
    view: &mut WhichPage,
    looked: &Looked,
    posted: &Posted,
    in_register: &InRegister,
    on: &str,
) {
    view.is_read = true;
    view.count = looked.list.lines.iter().map(|line| line.readings.len()).sum();
    view.blank = looked.list.blank;
    for reading in looked.list.lines.iter().flat_map(|line| &line.readings) {
        match &reading.outcome {
            Outcome::Certain(_) => view.matched += 1,
            Outcome::Ask(_) => match looked.meanings.get(&meant_by(&reading.text)) {
                Some(Some(_)) => view.matched += 1,
                Some(None) => view.unknown += 1,
                None => view.doubtful += 1,
            },
            Outcome::Unknown => view.unknown += 1,
            Outcome::NotAProduct(_) => view.unnamed += 1,
        }
    }
    view.questions = questions(renderer, looked);
    view.plans = plan_fields(renderer, looked, on);
    view.lines = looked
        .list
        .lines
        .iter()
        .flat_map(|line| line.readings.iter().map(|reading| line_view(renderer, line.number, reading, looked)))
        .collect();
    let picked: BTreeSet<&str> = posted.fields.all("feature").collect();
    // As often as a product stands there with several plans, its feature does; one of them is picked.
    let mut seen = BTreeSet::new();
    for may in looked.may_be_on(on) {
        let used = looked.uses.iter().filter(|used| used.product == may.product.id).count();
        let is_first = seen.insert(may.feature.id.as_str());
        if used > 1 && !is_first && may.by_value.len() < 2 && same_answer(&view.features, &may, renderer) {
            continue;
        }
        view.features.push(may_view(renderer, &may, in_register.get(&may.feature.id).map(|(row, _)| row), &picked));
    }
}

/// Whether the feature stands there already with this answer.
fn same_answer(features: &[MayView], may: &MayBeOn<'_>, renderer: &Renderer) -> bool {
    features.iter().any(|known| known.id == may.feature.id && known.answer == answer(renderer, may.answer))
}

fn may_view(
    renderer: &Renderer,
    may: &MayBeOn<'_>,
    row: Option<&component::Model>,
    picked: &BTreeSet<&str>,
) -> MayView {
    let entry = Entry { document: may.document, product: may.product, feature: may.feature };
    let is_open = matches!(may.answer, Answer::On | Answer::Depends | Answer::NotKnown);
    let missing: Vec<String> =
        may.missing.iter().map(|what| renderer.text(&format!("catalogue.missing.{what}"), &[])).collect();
    MayView {
        id: may.feature.id.clone(),
        href: format!("/register/catalogue/features/{}", may.feature.id),
        name: may.feature.name.clone(),
        product: may.product.name.clone(),
        answer: answer(renderer, may.answer),
        answer_kind: kind(may.answer),
        places: places(renderer, may),
        missing: (!missing.is_empty()).then(|| missing.join(" ")),
        is_disputed: may.is_disputed,
        is_second_hand: may.is_second_hand && !may.facts.is_empty(),
        as_of: newest(&entry, may.facts.iter().copied()),
        is_verified: may.feature.verified_on.is_some(),
        entry: row.map(|row| format!("/register/{}", row.id)),
        chosen: if picked.is_empty() { is_open && row.is_none() } else { picked.contains(may.feature.id.as_str()) },
    }
}

/// What doubtful texts mean: one question for each.
fn questions(renderer: &Renderer, looked: &Looked) -> Vec<Input> {
    let question = |(n, (line, text, found)): (usize, (usize, &str, &[Found]))| {
        let meant = looked.meanings.get(&meant_by(text));
        let option = |found: &Found| Choice {
            key: found.product.clone(),
            text: product_name(&found.product),
            note: Some(reason(renderer, found)),
            chosen: meant.is_some_and(|meant| meant.as_ref() == Some(&found.product)),
        };
        let none = Choice {
            key: "none".to_owned(),
            text: renderer.text("catalogue.which.none_of_these", &[]),
            note: None,
            chosen: matches!(meant, Some(None)),
        };
        let number = n + 1;
        Input {
            id: format!("means-{number}"),
            name: format!("means.{number}"),
            label: renderer.text("catalogue.which.means", &[("text", &text), ("line", &line)]),
            options: found.iter().map(option).chain([none]).collect(),
            ..Input::default()
        }
    };
    looked.list.doubtful().into_iter().enumerate().map(question).collect()
}

/// The plans of products of which a plan would settle something.
fn plan_fields(renderer: &Renderer, looked: &Looked, on: &str) -> Vec<Input> {
    // Asked again, what was said can be changed.
    let open: Vec<Use> = looked.uses.iter().map(|used| Use { plan: None, ..used.clone() }).collect();
    let open = may_be_on(&CATALOGUE, &REGIONS, &open, looked.region.as_deref(), on);
    let asked: BTreeSet<&str> =
        open.iter().filter(|may| may.missing.contains("plan")).map(|may| may.product.id.as_str()).collect();
    let mut fields = Vec::new();
    for id in asked {
        let mut of_product = looked.uses.iter().filter(|used| used.product == id);
        // A list that names two plans of a product has said what it has to say.
        let (Some(used), None, Some((_, product))) = (of_product.next(), of_product.next(), CATALOGUE.product(id))
        else {
            continue;
        };
        let option = |plan: &domain::catalogue::Plan| Choice {
            key: plan.id.clone(),
            text: plan.name.clone(),
            note: None,
            chosen: used.plan.as_deref() == Some(plan.id.as_str()),
        };
        fields.push(Input {
            id: format!("plan-{id}"),
            name: format!("plan.{id}"),
            label: renderer.text("catalogue.which.plan_of", &[("product", &product.name)]),
            blank: Some(renderer.text("catalogue.which.plan_any", &[])),
            options: product.plans.iter().map(option).collect(),
            width: Some("medium"),
            ..Input::default()
        });
    }
    fields
}

fn product_name(id: &str) -> String {
    CATALOGUE.product(id).map_or_else(
        || id.to_owned(),
        |(document, product)| {
            if product.name.contains(&document.vendor) {
                product.name.clone()
            } else {
                format!("{} ({})", product.name, document.vendor)
            }
        },
    )
}

/// Why a product is thought of, in words.
pub(super) fn reason(renderer: &Renderer, found: &Found) -> String {
    let key = reason_name(found.reason);
    let plans = || {
        let product = CATALOGUE.product(&found.product).map(|(_, product)| product);
        let names = found.words.iter().map(|id| product.map_or_else(|| id.clone(), |product| plan_name(product, id)));
        names.collect::<Vec<_>>().join(", ")
    };
    let words = if found.reason == Reason::SeveralPlans { plans() } else { found.words.join(", ") };
    renderer.text(&format!("catalogue.reason.{key}"), &[("words", &words)])
}

/// A reason's name in wording and the API.
pub(super) const fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::Name => "name",
        Reason::NameAndPlan => "name_and_plan",
        Reason::SeveralPlans => "several_plans",
        Reason::OtherWords => "other_words",
        Reason::InBrackets => "in_brackets",
        Reason::NotAlone => "not_alone",
        Reason::CommonName => "common_name",
        Reason::SpeltNearly => "spelt_nearly",
        Reason::VendorOnly => "vendor_only",
    }
}

fn line_view(renderer: &Renderer, number: usize, reading: &Reading, looked: &Looked) -> LineView {
    let line = |kind, outcome: &str| LineView {
        number,
        text: reading.text.clone(),
        kind,
        outcome: renderer.text(&format!("catalogue.outcome.{outcome}"), &[]),
        ..LineView::default()
    };
    let named = |found: &Found| {
        let product = CATALOGUE.product(&found.product).map(|(_, product)| product);
        let plan = found.plan.as_deref().and_then(|plan| product.map(|product| plan_name(product, plan)));
        (Some(product_name(&found.product)), plan)
    };
    match &reading.outcome {
        Outcome::Certain(found) => {
            let (product, plan) = named(found);
            let reason = (found.reason == Reason::SeveralPlans).then(|| reason(renderer, found));
            LineView { product, plan, reason, ..line("ok", "matched") }
        }
        Outcome::Ask(found) => match looked.meanings.get(&meant_by(&reading.text)) {
            Some(Some(meant)) => {
                let found = found.iter().find(|found| found.product == *meant);
                let (product, plan) = found.map(named).unwrap_or_default();
                LineView { product, plan, ..line("ok", "told") }
            }
            Some(None) => line("calm", "told_none"),
            None => {
                let names: Vec<String> = found.iter().map(|found| product_name(&found.product)).collect();
                let reason = found.first().map(|found| reason(renderer, found));
                LineView { product: Some(names.join(", ")), reason, ..line("warn", "doubtful") }
            }
        },
        Outcome::Unknown => line("dashed", "unknown"),
        Outcome::NotAProduct(naming) => {
            let reason = match naming {
                Naming::Unnamed => "unnamed",
                Naming::NotKnown => "not_known",
                Naming::Withheld => "withheld",
                Naming::None | Naming::Named => "none",
            };
            let reason = renderer.text(&format!("catalogue.naming.{reason}"), &[]);
            LineView { reason: Some(reason), ..line("calm", "not_a_product") }
        }
    }
}
