//! The catalogue as JSON.

use super::catalogue_changes;
use super::catalogue_pages::{Filter, is_changed, named};
use super::catalogue_told::{name, today};
use super::catalogue_which::{look, reason_name};
use crate::actions::content::CATALOGUE;
use crate::actions::product_list::{Meanings, meant_by};
use crate::actions::register;
use crate::error::Result;
use crate::web::actor::{May, may};
use crate::web::api::Body;
use crate::web::failure::ProblemDocument;
use crate::web::fields::Fields;
use crate::web::render::Renderer;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum_extra::extract::Query;
use domain::catalogue::recognise::{Found, Outcome};
use domain::catalogue::{Answer, Change, Condition, Entry, Fact, Feature, Source, Status};
use domain::register::Naming;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// A feature of the catalogue, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueFeature {
    /// Its id, kept for ever.
    id: String,
    /// What the vendor calls it.
    name: String,
    /// One of the register's kinds.
    kind: String,
    /// Whose it is.
    vendor: String,
    /// The product's id.
    product: String,
    /// The product's name.
    product_name: String,
    /// Whether it is on by default: `on`, `depends` (on plan, region, or on who is right), `not_known`, `opt_in`, `off`.
    answer: &'static str,
    /// Somebody held it against a contract and settings. All else was read in public pages only.
    verified: bool,
    /// Its entry in the register; null where it was not taken over.
    component: Option<Uuid>,
    /// The catalogue says otherwise than when it was taken over.
    changed: bool,
}

/// The features, by vendor, product and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueFeatures {
    /// All that fit.
    items: Vec<CatalogueFeature>,
}

fn short(
    entry: &Entry<'_>,
    answer: Answer,
    there: Option<&(entity::component::Model, register::Taken)>,
) -> CatalogueFeature {
    CatalogueFeature {
        id: entry.feature.id.clone(),
        name: entry.feature.name.clone(),
        kind: entry.feature.kind.clone(),
        vendor: entry.document.vendor.clone(),
        product: entry.product.id.clone(),
        product_name: entry.product.name.clone(),
        answer: name(answer),
        verified: entry.feature.status == Status::Verified,
        component: there.map(|(row, _)| row.id),
        changed: there.is_some_and(|(_, taken)| is_changed(&entry.feature.id, taken)),
    }
}

/// AI features that stand inside bought software.
#[utoipa::path(
    get,
    path = "/catalogue/features",
    tag = "catalogue",
    params(
        ("q" = Option<String>, Query, description = "A part of a feature's, product's or vendor's name"),
        ("vendor" = Option<String>, Query, description = "The vendor's name"),
        ("product" = Option<String>, Query, description = "The product's id"),
        ("state" = Option<String>, Query, description = "`on`, `depends`, `not_known`, `opt_in` or `off`"),
        ("trains" = Option<String>, Query, description = "`always`, `opt_out`, `opt_in`, `no` or `unknown`"),
        ("adopted" = Option<String>, Query, description = "`yes`: those that are in the register, `no`: the others"),
    ),
    responses((status = 200, body = CatalogueFeatures))
)]
pub(super) async fn features(
    may: May<may::Read>,
    renderer: Renderer,
    query: Query<Vec<(String, String)>>,
) -> Result<Json<CatalogueFeatures>> {
    let filter = Filter::of(&Fields(query.0));
    let there = register::adopted(&renderer.platform, &may.buyer()).await?;
    let found = filter.features(&there, &today(&renderer));
    let items = found.iter().map(|(entry, answer)| short(entry, *answer, there.get(&entry.feature.id)));
    Ok(Json(CatalogueFeatures { items: items.collect() }))
}

/// A fact of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatedFact {
    /// What is said, in which plans and regions, from when to when, on what ground.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fact: Fact,
    /// As of when.
    as_of: String,
    /// The page.
    #[schema(value_type = Object)]
    page: Option<Source>,
}

/// A feature of the catalogue with all that is stated of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeFeature {
    /// In short.
    #[serde(flatten)]
    feature: CatalogueFeature,
    /// What to look into.
    note: Option<String>,
    /// What is stated.
    facts: Vec<StatedFact>,
    /// The file's key, which names its version.
    file: String,
    /// The file's version.
    version: u32,
    /// The day of this version.
    date: String,
}

/// One feature.
#[utoipa::path(
    get,
    path = "/catalogue/features/{feature}",
    tag = "catalogue",
    params(("feature" = String, Path)),
    responses(
        (status = 200, body = WholeFeature),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn feature(
    may: May<may::Read>,
    renderer: Renderer,
    Path(id): Path<String>,
) -> Result<Json<WholeFeature>> {
    let entry = named(&id)?;
    let there = register::adopted(&renderer.platform, &may.buyer()).await?;
    let on = today(&renderer);
    let answer = super::catalogue_told::anywhere(&entry, &on).map_or(Answer::NotKnown, |may| may.answer);
    let Entry { document, feature, .. } = entry;
    let Feature { note, facts, .. } = feature.clone();
    let facts = facts.into_iter().map(|fact| StatedFact {
        as_of: document.as_of(feature, &fact).unwrap_or_default().to_owned(),
        page: document.source_of(feature, &fact).cloned(),
        fact,
    });
    Ok(Json(WholeFeature {
        feature: short(&entry, answer, there.get(&id)),
        note,
        facts: facts.collect(),
        file: document.key.clone(),
        version: document.version,
        date: document.date.clone(),
    }))
}

/// The products that somebody uses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOfProducts {
    /// One product, or several, to a line, as people write them.
    list: String,
    /// Where they are used: the id of a region.
    region: Option<String>,
    /// What texts mean that are not clear: by text the product's id, or null for none of those offered.
    #[serde(default)]
    means: BTreeMap<String, Option<String>>,
    /// The plans in use, by product.
    #[serde(default)]
    plans: BTreeMap<String, String>,
}

/// A product that a text means, or may mean.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeantProduct {
    /// Its id.
    product: String,
    /// Its name.
    name: String,
    /// The plan that the text names.
    plan: Option<String>,
    /// `certain`, `likely` or `uncertain`.
    certainty: &'static str,
    /// `name`, `name_and_plan`, `several_plans`, `other_words`, `in_brackets`, `not_alone`, `common_name`, `spelt_nearly`
    /// or `vendor_only`.
    reason: &'static str,
    /// The words that the reason is about.
    words: Vec<String>,
}

/// What a line, or a part of it, was taken for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadLine {
    /// Counted from 1.
    line: usize,
    /// The text.
    text: String,
    /// `matched`, `doubtful`, `unknown` or `not_a_product`.
    outcome: &'static str,
    /// Of a matched text the product, of a doubtful one those that it may mean.
    products: Vec<MeantProduct>,
}

/// A plan and a region in which something holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldsIn {
    /// The plan's id; null for all that no fact names.
    plan: Option<String>,
    /// The region's id; null for all that no fact names.
    region: Option<String>,
}

/// A feature that may be on.
#[derive(Debug, Serialize, ToSchema)]
pub struct MayBeOnFeature {
    /// In short; `answer` is that of the plan and region in use.
    #[serde(flatten)]
    feature: CatalogueFeature,
    /// The register's value of `default_state`, and where it holds.
    by_value: BTreeMap<String, Vec<HoldsIn>>,
    /// What one would have to know to get a clear answer: `plan`, `region`.
    missing: BTreeSet<&'static str>,
    /// Pages contradict each other.
    disputed: bool,
    /// All it rests on are other people's pages, hearsay or judgement.
    second_hand: bool,
}

/// What a list says, and which features may be on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadList {
    /// Every line that is not blank.
    lines: Vec<ReadLine>,
    /// How many lines are blank.
    blank: usize,
    /// Features of the products that were matched, those that may be on first.
    features: Vec<MayBeOnFeature>,
}

/// Which AI features may be on in the products that somebody uses. Nothing is kept.
#[utoipa::path(
    post,
    path = "/catalogue/which",
    tag = "catalogue",
    request_body = ListOfProducts,
    responses(
        (status = 200, body = ReadList),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn which(
    may: May<may::Read>,
    renderer: Renderer,
    Body(body): Body<ListOfProducts>,
) -> Result<Json<ReadList>> {
    let meanings: Meanings = body.means.into_iter().map(|(text, meant)| (meant_by(&text), meant)).collect();
    let looked = look(&renderer, &body.list, body.region.as_deref().unwrap_or_default(), meanings, &body.plans)?;
    let there = register::adopted(&renderer.platform, &may.buyer()).await?;
    let product = |found: &Found| MeantProduct {
        product: found.product.clone(),
        name: CATALOGUE.product(&found.product).map(|(_, product)| product.name.clone()).unwrap_or_default(),
        plan: found.plan.clone(),
        certainty: found.certainty.name(),
        reason: reason_name(found.reason),
        words: found.words.clone(),
    };
    let readings = looked.list.lines.iter().flat_map(|line| line.readings.iter().map(move |reading| (line, reading)));
    let lines = readings.map(|(line, reading)| {
        let (outcome, products) = match &reading.outcome {
            Outcome::Certain(found) => ("matched", vec![product(found)]),
            Outcome::Ask(found) => ("doubtful", found.iter().map(product).collect()),
            Outcome::Unknown | Outcome::NotAProduct(Naming::Named) => ("unknown", Vec::new()),
            Outcome::NotAProduct(_) => ("not_a_product", Vec::new()),
        };
        ReadLine { line: line.number, text: reading.text.clone(), outcome, products }
    });
    let holds_in = |condition: &Condition| HoldsIn { plan: condition.plan.clone(), region: condition.region.clone() };
    let features = looked.may_be_on(&today(&renderer)).into_iter().map(|may| {
        let entry = Entry { document: may.document, product: may.product, feature: may.feature };
        MayBeOnFeature {
            feature: short(&entry, may.answer, there.get(&may.feature.id)),
            by_value: may
                .by_value
                .iter()
                .map(|(value, places)| (value.clone(), places.iter().map(holds_in).collect()))
                .collect(),
            missing: may.missing,
            disputed: may.is_disputed,
            second_hand: may.is_second_hand,
        }
    });
    let (lines, features) = (lines.collect(), features.collect());
    Ok(Json(ReadList { lines, blank: looked.list.blank, features }))
}

/// Features that are taken over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeaturesToAdopt {
    /// Their ids.
    features: BTreeSet<String>,
}

/// What became of features: each with its entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdoptedFeatures {
    /// New entries.
    added: BTreeMap<String, Uuid>,
    /// Entries of which the catalogue says something that it did not say before.
    updated: BTreeMap<String, Uuid>,
    /// Entries of which it says the same.
    unchanged: BTreeMap<String, Uuid>,
}

/// Takes features over into the register; taken over again, they bring their entries up to date.
#[utoipa::path(
    post,
    path = "/catalogue/adopt",
    tag = "catalogue",
    request_body = FeaturesToAdopt,
    responses(
        (status = 200, body = AdoptedFeatures),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn adopt(
    may: May<may::EditRegister>,
    renderer: Renderer,
    Body(body): Body<FeaturesToAdopt>,
) -> Result<Json<AdoptedFeatures>> {
    let adoption = register::adopt(&renderer.platform, &may.buyer(), &body.features).await?;
    let ids = |ids: BTreeMap<String, domain::ids::ComponentId>| ids.into_iter().map(|(feature, id)| (feature, id.0));
    Ok(Json(AdoptedFeatures {
        added: ids(adoption.added).collect(),
        updated: ids(adoption.updated).collect(),
        unchanged: ids(adoption.unchanged).collect(),
    }))
}

/// Takes a feature back out of the register. An entry that others speak of, or that is used, stays without what the
/// catalogue said.
#[utoipa::path(
    delete,
    path = "/catalogue/features/{feature}/entry",
    tag = "catalogue",
    params(("feature" = String, Path)),
    responses(
        (status = 204),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn leave(
    may: May<may::EditRegister>,
    renderer: Renderer,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    register::leave(&renderer.platform, &may.buyer(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Features in the register of which the catalogue says something else than when they were taken over.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueChanges {
    /// By feature: what is named otherwise, said, withdrawn, changed, or read again.
    #[schema(value_type = BTreeMap<String, Vec<Object>>)]
    changed: BTreeMap<String, Vec<Change>>,
    /// Features that the catalogue does not have any more. They may be there in the product all the same.
    gone: Vec<String>,
}

/// What a newer catalogue says otherwise of features in the register. Taking them over again brings their entries up to
/// date.
#[utoipa::path(get, path = "/catalogue/changes", tag = "catalogue", responses((status = 200, body = CatalogueChanges)))]
pub(super) async fn changes(may: May<may::Read>, renderer: Renderer) -> Result<Json<CatalogueChanges>> {
    let there = register::adopted(&renderer.platform, &may.buyer()).await?;
    let changed = catalogue_changes::all(&there).into_iter().map(|(id, changes)| (id.to_owned(), changes)).collect();
    let gone = there.keys().filter(|id| CATALOGUE.entry(id).is_none()).cloned().collect();
    Ok(Json(CatalogueChanges { changed, gone }))
}

/// Leaves entries as they are though the catalogue says something else of them now.
#[utoipa::path(
    post,
    path = "/catalogue/changes/keep",
    tag = "catalogue",
    request_body = FeaturesToAdopt,
    responses(
        (status = 204),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn keep(
    may: May<may::EditRegister>,
    renderer: Renderer,
    Body(body): Body<FeaturesToAdopt>,
) -> Result<StatusCode> {
    register::keep(&renderer.platform, &may.buyer(), &body.features).await?;
    Ok(StatusCode::NO_CONTENT)
}
